"""The lock on queries from outside: what a stranger may ask, and what happens to the rest."""

from __future__ import annotations

import os
import time
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipeline.cage import GRACE_SECONDS
from pipeline.errors import UserError
from pipeline.query import Limits, run, running
from pipeline.query_process import locked_connection
from pipeline.query_rules import require_one_select
from tests.conftest import Published

SHORT = Limits(rows=100, bytes=1 << 20, seconds=2.0)


def answer(published: Published, sql: str, limits: Limits = SHORT) -> list[tuple[object, ...]]:
    return list(run(published.output, sql, limits).answer().rows)


def refused(published: Published, sql: str, limits: Limits = SHORT) -> str:
    with pytest.raises(UserError) as error:
        run(published.output, sql, limits)
    return str(error.value)


@pytest.mark.parametrize(
    "sql",
    [
        "FROM 项目",
        "SELECT i.level3, f.amount FROM indicators i JOIN funds f USING (project_id)",
        "WITH a AS (SELECT 1 AS x) SELECT * FROM a",
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) FROM t",
        "SELECT * FROM (SELECT unnest(range(3)))",
        "SHOW TABLES",
        "DESCRIBE funds",
        "SELECT table_name FROM information_schema.tables",
        "PIVOT funds ON stage IN ('executed') USING sum(amount) GROUP BY project_id",
    ],
)
def test_ordinary_questions_are_answered(sql: str, locked: duckdb.DuckDBPyConnection) -> None:
    assert locked.execute(require_one_select(locked, sql)).fetchall()


def test_figures_stay_exact(published: Published) -> None:
    rows = answer(published, "SELECT amount FROM funds ORDER BY ordinal")
    assert rows[1] == (Decimal("277.700000"),)


FILES = (
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_blob('jixiao.duckdb')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM parquet_metadata('/etc/passwd')",
    "FROM '/etc/passwd'",
    "FROM 'x.parquet'",
    "SELECT getenv('HOME')",
    "SELECT * FROM published",  # a variable of this process
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM 'http://example.com/a.csv'",
    "SELECT * FROM which_secret('/etc/passwd', 'file')",
)
WRITES = (
    "COPY funds TO 'stolen.csv'",
    "EXPORT DATABASE 'stolen'",
    "ATTACH 'stolen.duckdb'",
    "CREATE TABLE mine (a INT)",
    "CREATE TEMP TABLE mine (a INT)",
    "DELETE FROM funds",
    "WITH gone AS (DELETE FROM funds RETURNING 1) FROM gone",
    "CHECKPOINT",
    "INSTALL httpfs",
    "LOAD json",
    "PREPARE p AS SELECT 1",
    "CALL enable_logging(storage = 'file')",
    "SELECT 1; DROP TABLE funds",
    "SELECT * FROM query('SELECT 1')",
    "SELECT write_log('x')",
    "EXPLAIN ANALYZE SELECT 1",
    "SET log_query_path = 'queries.log'",
    "USE memory",
    "VACUUM",
)
SETTINGS_STATEMENTS = (
    "SET memory_limit = '64GB'",
    "SET lock_configuration = false",
    "PRAGMA enable_profiling",
    "RESET threads",
    "PRAGMA database_list",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_databases",
    "SELECT * FROM system.main.duckdb_databases()",
    "SELECT * FROM DuckDB_Settings",
    "SELECT (SELECT max(path) FROM duckdb_databases())",
    "SELECT current_setting('allowed_paths')",
    "SELECT * FROM pg_catalog.pg_settings",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM duckdb_secrets()",
)


@pytest.fixture
def locked(published: Published, monkeypatch: pytest.MonkeyPatch) -> duckdb.DuckDBPyConnection:
    """The connection that the process of a query has, without the process."""
    monkeypatch.chdir(published.output)  # and back, where the connection leaves us
    return locked_connection(published.output / "jixiao.duckdb")


@pytest.mark.parametrize("sql", FILES + WRITES + SETTINGS_STATEMENTS)
def test_what_is_no_question_about_the_tables_is_refused(
    sql: str, locked: duckdb.DuckDBPyConnection, published: Published
) -> None:
    before = sorted(path.name for path in published.output.iterdir())
    with pytest.raises((UserError, duckdb.Error)) as error:
        locked.execute(require_one_select(locked, sql)).fetchall()
    assert str(published.output.parent) not in str(error.value)
    assert sorted(path.name for path in published.output.iterdir()) == before
    assert locked.execute("SELECT count(*) FROM funds").fetchall() == [(2,)]


@pytest.mark.parametrize("sql", [FILES[0], WRITES[0], SETTINGS_STATEMENTS[5]])
def test_the_process_refuses_it_too(sql: str, published: Published) -> None:
    assert str(published.output.parent) not in refused(published, sql)


@pytest.mark.parametrize("sql", ["SELECT nonsense FROM funds", "SELECT 1 +", "SELECT error('x')"])
def test_errors_are_one_line_without_a_path(sql: str, published: Published) -> None:
    message = refused(published, sql)
    assert message.startswith("查询有误：")
    assert "\n" not in message
    assert str(published.output.parent) not in message


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT length(repeat('a', 2000000000))",
        "SELECT range(300000000)",
        "SELECT list(i) FROM range(1000000000) t(i)",
        "SELECT string_agg(repeat('x', 1000), '') FROM range(100000000)",
    ],
)
def test_memory_is_limited(sql: str, published: Published) -> None:
    message = refused(published, sql, Limits(rows=10, bytes=1 << 20, seconds=20.0))
    assert "内存" in message


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM range(10000000) a, range(10000000) b",
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t",
        "SELECT count(*) FROM range(10000000000) t(i) WHERE regexp_matches(i::VARCHAR, '(a*)*b')",
    ],
)
def test_time_is_limited(sql: str, published: Published) -> None:
    started = time.monotonic()
    message = refused(published, sql, Limits(rows=10, bytes=1 << 20, seconds=0.5))
    assert "0.5 秒" in message
    assert time.monotonic() - started < 0.5 + 10 * GRACE_SECONDS  # it would run for hours


def test_rows_and_bytes_are_limited(published: Published) -> None:
    result = run(published.output, "SELECT * FROM range(100000)", SHORT)
    assert (result.table.num_rows, result.truncated) == (100, True)
    result = run(published.output, "SELECT * FROM range(100)", SHORT)
    assert (result.table.num_rows, result.truncated) == (100, False)
    wide = "SELECT repeat('x', 100000) FROM range(100)"
    result = run(published.output, wide, SHORT)
    assert result.truncated
    assert 0 < result.table.nbytes <= 1 << 20


def test_the_owner_has_no_row_limit(published: Published) -> None:
    with running(published.output, "SELECT * FROM range(50000)") as query:
        assert sum(1 for _ in query.answer().rows) == 50_000


def test_no_process_is_left_behind(published: Published) -> None:
    with running(published.output, "SELECT * FROM range(10000000)") as query:
        next(query.answer().rows)
        child = query.process_id
        os.kill(child, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_without_results_the_next_step_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="jixiao ingest"):
        run(tmp_path, "SELECT 1")
