"""From the database of a release to what is published: Parquet, Chinese views, the description.

The database that is reconciled is the one that is published: its tables of facts are filled in the
order of the contract, and what reconciling makes is put in that order here.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb

from pipeline.database import GROUP, cursor_beside, database, with_room
from pipeline.datapackage import write_datapackage
from pipeline.partition import rows_of, write_parquet, write_table
from pipeline.release import PUBLISHED
from pipeline.store import Store
from pipeline.summary import Published
from schemas.column_types import quoted
from schemas.tables import (
    RESULT_TABLES,
    TABLES,
    TIMED_TABLES,
    TableSpec,
    comment_view,
    comments,
    create_table,
    create_view,
    table,
)
from schemas.version import content_hash, extractor_version

MEMORY_LIMIT = "176MB"  # for the checks; beyond it DuckDB works from disk
WRITING_MEMORY = "96MB"  # beside what Arrow needs
PIPELINE = Path(__file__).resolve().parent
TABLES_NAME, DATABASE_NAME, PACKAGE_NAME = PUBLISHED
REPEATING = "check_results"  # a row for each check and project, of few texts
MADE_HERE = ("scoring_rules", *(spec.name for spec in RESULT_TABLES))  # by reconciling, unordered
UPDATED = "projects"  # by reconciling: what has lists is moved, in any order where rows are many


def create_result_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables that reconciling fills, empty, and outside the database's file."""
    for spec in RESULT_TABLES:
        connection.execute(create_table(spec).replace("TABLE ", "TEMP TABLE ", 1))


def publish(connection: duckdb.DuckDBPyConnection, release: Path) -> Published:
    """Write every table of a release's database as Parquet, and finish the database."""
    tables = release / TABLES_NAME
    tables.mkdir()
    connection.execute(f"SET memory_limit = '{WRITING_MEMORY}'")
    give_back()
    _put_in_order(connection, table(UPDATED))
    with ThreadPoolExecutor(1) as beside, cursor_beside(connection) as cursor:
        writing = [
            beside.submit(_write, cursor, spec, tables)
            for spec in TABLES
            if spec.name not in MADE_HERE
        ]
        for spec in reversed(TABLES):  # the largest first: it lies in memory until then
            if spec.name in MADE_HERE:
                _put_in_order(connection, spec)
                give_back()
                writing.append(beside.submit(_write, cursor, spec, tables))
        for each in writing:
            each.result()
    name_tables(connection)
    return _counts(connection)


def give_back() -> None:
    """Give memory that is free back to the system; where it cannot be asked to, it takes longer."""
    with suppress(AttributeError, OSError, TypeError):  # only the C library of GNU knows how
        ctypes.CDLL(None).malloc_trim(0)


def _write(connection: duckdb.DuckDBPyConnection, spec: TableSpec, tables: Path) -> None:
    """Write a table whose rows stand in their order."""
    write_table(connection, replace(spec, order_by=()), tables / f"{spec.name}.parquet")


def _put_in_order(connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> None:
    """Put the rows of a table in their order, in the database's file."""
    connection.execute(f"ALTER TABLE {quoted(spec.name)} RENAME TO unordered")
    connection.execute(create_table(spec))
    if spec.name == REPEATING:
        _insert_numbered(connection, spec)
    else:
        columns = ", ".join(quoted(column.name) for column in spec.columns)
        order = ", ".join(spec.order_by)
        _insert(connection, spec, f"SELECT {columns} FROM unordered ORDER BY {order}")
    connection.execute("DROP TABLE unordered")


def _insert_numbered(connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> None:
    """Insert the unordered rows by the numbers of their texts: a fifth of the bytes to sort."""
    texts = [column.name for column in spec.columns if column.sql == "VARCHAR"]
    for name in texts:
        order = ", ".join(
            term.removesuffix(" NULLS FIRST") for term in spec.order_by if name in term
        )
        connection.execute(
            f"CREATE TEMP TYPE {name}_number AS ENUM (SELECT DISTINCT {name} FROM unordered"
            f" WHERE {name} IS NOT NULL ORDER BY {order or name})"
        )
    numbers = ", ".join(f"{name}::{name}_number AS {name}" for name in texts)
    columns = ", ".join(f"{c.name}::{c.sql}" for c in spec.columns)
    terms = ", ".join(term for term in spec.order_by if term.partition(" ")[0] in texts)
    ordered = f"SELECT * REPLACE ({numbers}) FROM unordered ORDER BY {terms}"
    _insert(connection, spec, f"SELECT {columns} FROM ({ordered})")
    for name in texts:
        connection.execute(f"DROP TYPE {name}_number")


def _insert(connection: duckdb.DuckDBPyConnection, spec: TableSpec, rows: str) -> None:
    with_room(connection, partial(connection.execute, f"INSERT INTO {quoted(spec.name)} {rows}"))


def name_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Comments on every table and column, and the views with Chinese names."""
    connection.begin()
    for spec in TABLES:
        connection.execute(create_view(spec))
        for statement in comments(spec) + comment_view(spec):
            connection.execute(statement)
    connection.commit()


def republish(store: Store, last: Path, release: Path) -> Published:
    """A release of the last one's tables with the times of now: nothing else has changed."""
    (release / TABLES_NAME).mkdir()
    timed = {f"{TABLES_NAME}/{spec.name}.parquet" for spec in TIMED_TABLES}
    for path in sorted((last / TABLES_NAME).rglob("*.parquet")):
        inside = path.relative_to(last)
        if path.is_file() and inside.as_posix() not in timed:
            (release / inside).parent.mkdir(parents=True, exist_ok=True)
            os.link(path, release / inside)
    shutil.copyfile(last / DATABASE_NAME, release / DATABASE_NAME)
    with opened(release / DATABASE_NAME) as connection:
        for spec in TIMED_TABLES:
            path = release / TABLES_NAME / f"{spec.name}.parquet"
            write_parquet(store.connection, spec, path)
            connection.execute(f"TRUNCATE {quoted(spec.name)}")
            connection.execute(f"INSERT INTO {quoted(spec.name)} {rows_of(path, spec)}")
        published = _counts(connection)
    write_datapackage(release, last)
    return published


def publication_key(checks: Sequence[Path]) -> str:
    """What the tables of a release rest on beside the store: our code, DuckDB, the checks given."""
    versions = f"{extractor_version()} {content_hash(PIPELINE)} {duckdb.__version__}"
    digest = hashlib.sha256(versions.encode())
    for path in checks:
        for file in sorted(path.glob("*.sql")) if path.is_dir() else [path]:
            content = file.read_bytes() if file.is_file() else b""
            digest.update(f"\0{file.name}\0{hashlib.sha256(content).hexdigest()}".encode())
    return digest.hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of this run's own, whose memory does not grow with the number of documents."""
    give_back()
    with database(path, MEMORY_LIMIT, GROUP) as connection:
        yield connection


def _counts(connection: duckdb.DuckDBPyConnection) -> Published:
    def count(rows: str) -> int:
        ((found,),) = connection.execute(f"SELECT count(*) FROM {rows}").fetchall()
        return int(found)

    return Published(
        documents=count("documents"),
        projects=count("projects"),
        indicators=count("indicators"),
        rejects=count("rejects"),
        findings_high=count("findings WHERE severity = 'high'"),
        findings_medium=count("findings WHERE severity = 'medium'"),
        findings_low=count("findings WHERE severity = 'low'"),
    )
