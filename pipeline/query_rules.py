"""What one SELECT may name: the published tables, and no window on the machine they stand on.

Settings and catalogue functions (`duckdb_settings()`, `duckdb_databases()`, `pg_settings`) show the
absolute paths of files even on a locked-down connection, so the parsed statement is looked through.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import duckdb

from pipeline.errors import UserError

TABLE_FUNCTIONS = frozenset(
    (
        *("range", "generate_series", "unnest", "repeat", "json_each", "json_tree", "summary"),
        *("duckdb_tables", "duckdb_columns", "duckdb_views", "duckdb_functions", "duckdb_types"),
    )
)
FORBIDDEN_FUNCTION = re.compile(
    r"current_setting|query|query_table|write_log|getenv|read_\w+|duckdb_\w+|pragma_\w+|glob"
    r"|sniff_csv|parquet_\w+|which_secret|force_checkpoint|checkpoint|in_search_path"
)
FORBIDDEN_TABLE = re.compile(r"(duckdb|pragma|pg|sqlite|sql)_\w*|.*[./\\:].*", re.DOTALL)
SCHEMAS = frozenset(("", "main", "information_schema"))
ONLY_SELECT = "只能执行 SELECT 查询：结果是只读的"


def require_one_select(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The only statement of `sql`; UserError if it is no SELECT over the published tables."""
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise UserError(f"一次只能执行一条 SELECT 查询，这里有 {len(statements)} 条")
    if statements[0].type != duckdb.StatementType.SELECT:
        raise UserError(ONLY_SELECT)
    query = statements[0].query
    found = connection.execute("SELECT json_serialize_sql($sql)", {"sql": query}).fetchall()
    tree = json.loads(found[0][0])
    if tree["error"]:
        raise UserError(f"{ONLY_SELECT}（PIVOT 请写明 IN 里的值）")
    for node in _nodes(tree):
        _require_harmless(node)
    return query


def _require_harmless(node: dict[str, object]) -> None:
    function = _lower(node, "function_name")
    if node.get("type") == "TABLE_FUNCTION":
        called = node.get("function")
        name = _lower(called, "function_name") if isinstance(called, dict) else ""
        if name not in TABLE_FUNCTIONS:
            raise UserError(f"查询里不能用表函数 {name}")
    elif function and function not in TABLE_FUNCTIONS and FORBIDDEN_FUNCTION.fullmatch(function):
        raise UserError(f"查询里不能用函数 {function}")
    if node.get("type") == "BASE_TABLE":
        schema, table = _lower(node, "schema_name"), _lower(node, "table_name")
        catalog = _lower(node, "catalog_name")
        if schema not in SCHEMAS or catalog == "system" or FORBIDDEN_TABLE.fullmatch(table):
            raise UserError(f"查询里不能用 {table}：只能查询发布的表")


def _lower(node: dict[str, object], key: str) -> str:
    return str(node.get(key) or "").lower()


def _nodes(tree: object) -> Iterator[dict[str, object]]:
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
