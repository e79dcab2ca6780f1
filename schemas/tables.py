"""Every published table, made from the record classes: DuckDB DDL, comments, Chinese views.

`schemas.arrow` turns records into Arrow tables by the same specifications.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from schemas import records, results
from schemas.column_types import ValueType, is_nullable, quoted, value_type
from schemas.columns import Column

if TYPE_CHECKING:
    import duckdb  # slow to load: workers, which need the tables, have no database

# Natural order without parsing ids: within one document the shorter of two ids is the earlier one.
BY_DOCUMENT = ("document_id",)
BY_PROJECT = (*BY_DOCUMENT, "length(project_id) NULLS FIRST", "project_id NULLS FIRST")


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column: its SQL name and type, the record's attribute, its Chinese name and meaning."""

    name: str
    attribute: str
    chinese: str
    meaning: str
    type: ValueType
    nullable: bool

    @property
    def sql(self) -> str:
        """The DuckDB type of the column."""
        return self.type.sql


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table: its record class, Chinese name, columns, and the order of its published rows."""

    name: str
    chinese: str
    meaning: str
    record: type
    columns: tuple[ColumnSpec, ...]
    order_by: tuple[str, ...]


def _column(attribute: str, hint: Any) -> ColumnSpec:
    columns = [extra for extra in get_args(hint)[1:] if isinstance(extra, Column)]
    if len(columns) != 1:
        raise TypeError(f"field {attribute} needs one Column")
    return ColumnSpec(
        name=attribute.rstrip("_"),
        attribute=attribute,
        chinese=columns[0].chinese,
        meaning=columns[0].meaning,
        type=value_type(hint),
        nullable=is_nullable(hint),
    )


def _table(name: str, record: type, order_by: tuple[str, ...]) -> TableSpec:
    chinese, _, meaning = (record.__doc__ or "").partition(":")
    hints = get_type_hints(record, include_extras=True)
    columns = tuple(_column(f.name, hints[f.name]) for f in dataclasses.fields(record))
    return TableSpec(name, chinese.strip(), meaning.strip(), record, columns, order_by)


EXTRACTION_TABLES: tuple[TableSpec, ...] = (
    _table("documents", records.Document, BY_DOCUMENT),
    _table("sections", records.Section, (*BY_DOCUMENT, "ordinal")),
    _table("projects", records.Project, (*BY_DOCUMENT, "ordinal")),
    _table("funds", records.Fund, (*BY_PROJECT, "ordinal", "rowid")),
    _table("fund_scores", records.FundScore, (*BY_PROJECT, "ordinal", "rowid")),
    _table("indicators", records.Indicator, (*BY_PROJECT, "ordinal")),
    _table("account_lines", records.AccountLine, (*BY_DOCUMENT, "ordinal")),
    _table("claims", records.Claim, (*BY_DOCUMENT, "ordinal", "rowid")),
    _table(
        "scoring_rules",
        records.ScoringRule,
        ("document_id NULLS LAST", "pack NULLS FIRST", "length(rule_id)", "rule_id"),
    ),
    _table("rejects", records.Reject, (*BY_DOCUMENT, "rowid")),
)
RESULT_TABLES: tuple[TableSpec, ...] = (
    _table(
        "scores",
        results.Score,
        (
            "left(project_id, 16)",
            "length(project_id)",
            "project_id",
            "subject",
            "length(indicator_id) NULLS FIRST",
            "indicator_id NULLS FIRST",
            "rule_id NULLS FIRST",
            "explanation",
            "source_label NULLS FIRST",
        ),
    ),
    _table(
        "findings",
        results.Finding,
        (*BY_PROJECT, "check_id", "length(indicator_id) NULLS FIRST", "finding_id"),
    ),
    # Rows of one document stand together: sorted by check the table is five times as large.
    _table("check_results", results.CheckResult, (*BY_PROJECT, "check_id")),
)
TIMED_TABLES: tuple[TableSpec, ...] = (
    _table("ingests", results.Ingest, ("ingested_at", "run_id", "source_uri")),
    _table("runs", results.Run, ("started_at", "run_id")),
)
CONTRACT_ORDER = (
    "documents",
    "sections",
    "projects",
    "funds",
    "fund_scores",
    "indicators",
    "account_lines",
    "claims",
    "scoring_rules",
    "scores",
    "findings",
    "check_results",
    "rejects",
    "ingests",
    "runs",
)
TABLES: tuple[TableSpec, ...] = tuple(
    sorted(
        EXTRACTION_TABLES + RESULT_TABLES + TIMED_TABLES,
        key=lambda spec: CONTRACT_ORDER.index(spec.name),
    )
)


def table(name: str) -> TableSpec:
    """The specification of the table called `name`."""
    for spec in TABLES:
        if spec.name == name:
            return spec
    raise KeyError(name)


def literal(text: str) -> str:
    """A string for SQL.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def create_table(spec: TableSpec) -> str:
    """The DDL of a table."""
    columns = ",\n  ".join(f"{quoted(column.name)} {column.sql}" for column in spec.columns)
    return f"CREATE TABLE {quoted(spec.name)} (\n  {columns}\n)"


def comments(spec: TableSpec) -> tuple[str, ...]:
    """The COMMENT statements of a table and its columns."""
    on_table = f"COMMENT ON TABLE {quoted(spec.name)} IS {literal(_described(spec))}"
    on_columns = (
        f"COMMENT ON COLUMN {quoted(spec.name)}.{quoted(column.name)} IS "
        + literal(f"{column.chinese}: {column.meaning}")
        for column in spec.columns
    )
    return (on_table, *on_columns)


def create_view(spec: TableSpec) -> str:
    """The DDL of the Chinese view of a table."""
    columns = ",\n  ".join(f"{quoted(c.name)} AS {quoted(c.chinese)}" for c in spec.columns)
    return f"CREATE VIEW {quoted(spec.chinese)} AS SELECT\n  {columns}\nFROM {quoted(spec.name)}"


def comment_view(spec: TableSpec) -> tuple[str, ...]:
    """The COMMENT statements of a Chinese view and its columns."""
    on_view = f"COMMENT ON VIEW {quoted(spec.chinese)} IS {literal(_described(spec))}"
    on_columns = (
        f"COMMENT ON COLUMN {quoted(spec.chinese)}.{quoted(column.chinese)} IS "
        + literal(f"{column.name}: {column.meaning}")
        for column in spec.columns
    )
    return (on_view, *on_columns)


def create_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every contract table, empty."""
    for spec in TABLES:
        connection.execute(create_table(spec))


def _described(spec: TableSpec) -> str:
    return f"{spec.chinese}: {spec.meaning}"
