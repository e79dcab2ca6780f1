"""A database file of a run's own, opened with the memory it may take."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from schemas.column_types import quoted
from schemas.tables import literal

# DuckDB compresses that many rows at once. With its own 122,880, tables that grow bit by bit are
# compressed again and again, in a fifth more memory. A file opened with another number is written
# anew bit by bit.
ROW_GROUP = 20_480


@contextmanager
def database(path: Path, memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database at `path`, made if missing; beyond its `memory` DuckDB works from disk."""
    spill = path.with_suffix(".spill")
    with duckdb.connect(config={"memory_limit": memory}) as connection:
        connection.execute(f"SET temp_directory = {literal(str(spill))}")
        connection.execute(attach(path, path.stem))
        with within(connection, path.stem):
            yield connection
    shutil.rmtree(spill, ignore_errors=True)


@contextmanager
def within(connection: duckdb.DuckDBPyConnection, name: str) -> Iterator[None]:
    """Names without a database are those of the attached database `name` here."""
    before = current(connection)
    connection.execute(f"USE {quoted(name)}")
    try:
        yield
    finally:
        connection.execute(f"USE {quoted(before)}")


def current(connection: duckdb.DuckDBPyConnection) -> str:
    """The database whose names need no prefix."""
    ((name,),) = connection.execute("SELECT current_catalog()").fetchall()
    return str(name)


@contextmanager
def cursor_beside(connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor for another thread, within the same database."""
    with connection.cursor() as cursor:
        cursor.execute(f"USE {quoted(current(connection))}")
        yield cursor


def attach(path: Path, name: str) -> str:
    """The statement that attaches a file to write to.

    >>> attach(Path("a.duckdb"), "b")
    "ATTACH 'a.duckdb' AS \\"b\\" (ROW_GROUP_SIZE 20480)"
    """
    return f"ATTACH {literal(str(path))} AS {quoted(name)} (ROW_GROUP_SIZE {ROW_GROUP})"
