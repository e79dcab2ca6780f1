"""A database file of a run's own, opened with the memory it may take."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TypeVar

import duckdb

from schemas.column_types import quoted
from schemas.tables import literal

log = logging.getLogger(__name__)

# DuckDB compresses so many rows at once, 122,880 of its own accord: tables that grow bit by bit are
# compressed again and again then, in a fifth more memory. Small groups are filled faster but asked
# a tenth slower, so a release has middling ones. Opened with another number, a file is rewritten.
SMALL_GROUP, GROUP = 20_480, 61_440
SOME_ROOM, ROOM = "512MB", "2GB"  # for what does not fit into less

T = TypeVar("T")


@contextmanager
def database(path: Path, memory: str, group: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database at `path` with so many rows a group, made if missing.

    Beyond its `memory` DuckDB works from disk.
    """
    spill = path.with_suffix(".spill")
    try:
        with duckdb.connect(config={"memory_limit": memory}) as connection:
            connection.execute(f"SET temp_directory = {literal(str(spill))}")
            connection.execute(attach(path, path.stem, group))
            connection.execute(f"USE {quoted(path.stem)}")
            yield connection
    finally:
        shutil.rmtree(spill, ignore_errors=True)


@contextmanager
def room(connection: duckdb.DuckDBPyConnection, memory: str) -> Iterator[None]:
    """At least so much memory; what is in use in the end stays."""
    ((before, is_less),) = connection.execute(
        "SELECT current_setting('memory_limit'), parse_formatted_bytes("
        f"current_setting('memory_limit')) < parse_formatted_bytes('{memory}')"
    ).fetchall()
    if not is_less:
        yield
        return
    connection.execute(f"SET memory_limit = '{memory}'")
    try:
        yield
    finally:
        with suppress(duckdb.OutOfMemoryException):
            connection.execute(f"SET memory_limit = '{before}'")


def with_room(connection: duckdb.DuckDBPyConnection, step: Callable[[], T]) -> T:
    """What `step` gives; what does not fit into the connection's memory is done again with more."""
    for memory in (nullcontext(), room(connection, SOME_ROOM)):
        try:
            with memory:
                return step()
        except duckdb.OutOfMemoryException as error:
            log.info("done again with more memory: %s", str(error).partition("\n")[0])
    with room(connection, ROOM):
        return step()


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


def attach(path: Path, name: str, group: int) -> str:
    """The statement that attaches a file to write to, with so many rows a group.

    >>> print(attach(Path("a.duckdb"), "b", 20_480))
    ATTACH 'a.duckdb' AS "b" (ROW_GROUP_SIZE 20480)
    """
    return f"ATTACH {literal(str(path))} AS {quoted(name)} (ROW_GROUP_SIZE {group})"
