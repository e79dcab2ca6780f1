"""Databases in memory for what reconciling prepares, in reach of several cursors at a time.

Temp tables belong to one connection. What is made here is seen by all, and is never written to the
file that will be published. Each worker has a database of its own for the tables it makes: DuckDB
compresses a table in memory as soon as nobody else writes to its database, to a tenth.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import duckdb

from pipeline.database import SMALL_GROUP, current
from schemas.column_types import quoted
from schemas.tables import literal

NAME = "reconciling"  # what several workers write to; with a number, what one of them makes


@contextmanager
def workshop(
    connection: duckdb.DuckDBPyConnection,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, tuple[duckdb.DuckDBPyConnection, ...]]]:
    """A cursor that makes tables for all, and one for each worker, of which there is one a core.

    The connection finds its own tables first, then what was made, until `close_workshop`.
    """
    own = current(connection)
    ((threads,),) = connection.execute("SELECT current_setting('threads')").fetchall()
    close_workshop(connection)
    names = [NAME, *(f"{NAME}_{number}" for number in range(1, int(threads) + 1))]
    for name in names:
        connection.execute(f"ATTACH ':memory:' AS {name} (COMPRESS, ROW_GROUP_SIZE {SMALL_GROUP})")
    with ExitStack() as stack:
        cursors = [stack.enter_context(connection.cursor()) for _ in names]
        for cursor, first in zip((connection, *cursors), (own, *names), strict=True):
            path = [first, *(name for name in (*names, own) if name != first)]
            shown = ",".join(f"{quoted(name)}.main" for name in path)
            cursor.execute(f"SET search_path = {literal(shown)}")
        yield cursors[0], tuple(cursors[1:])


def close_workshop(connection: duckdb.DuckDBPyConnection) -> None:
    """Let go of all that was made."""
    connection.execute(f"USE {quoted(current(connection))}")
    names = connection.execute(
        f"SELECT database_name FROM duckdb_databases() WHERE starts_with(database_name, '{NAME}')"
    ).fetchall()
    for (name,) in names:
        connection.execute(f"DETACH {name}")
