"""Databases of a run: small row groups, the memory they may take, and more where it is needed."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.database import SMALL_GROUP, cursor_beside, database, room, with_room

LIMIT = "20MB"
SORTED = """
    CREATE OR REPLACE TABLE sorted AS
    SELECT range AS number, repeat('绩', 60) || range AS text FROM range(400000)
    ORDER BY hash(range)
"""


def limit_of(connection: duckdb.DuckDBPyConnection) -> str:
    ((limit,),) = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    return str(limit)


def test_what_does_not_fit_is_done_again_with_more_memory() -> None:
    tries: list[str] = []
    with duckdb.connect(config={"memory_limit": LIMIT}) as connection:
        connection.execute("SET temp_directory = ''")  # so that nothing can be put on a disk

        def sort() -> int:
            tries.append(limit_of(connection))
            connection.execute(SORTED)
            return 7

        with pytest.raises(duckdb.OutOfMemoryException):
            sort()
        assert with_room(connection, sort) == 7
        assert connection.execute("SELECT count(*) FROM sorted").fetchone() == (400_000,)
    assert tries == ["19.0 MiB", "19.0 MiB", "488.2 MiB"]


def test_what_fails_for_another_reason_is_not_done_again() -> None:
    tries: list[int] = []
    with duckdb.connect() as connection:

        def fail() -> None:
            tries.append(1)
            connection.execute("SELECT * FROM nowhere")

        with pytest.raises(duckdb.CatalogException):
            with_room(connection, fail)
    assert len(tries) == 1


def test_more_memory_is_given_back_and_never_less() -> None:
    with duckdb.connect(config={"memory_limit": LIMIT}) as connection:
        with room(connection, "100MiB"):
            assert limit_of(connection) == "100.0 MiB"
            with room(connection, "50MiB"):
                assert limit_of(connection) == "100.0 MiB"
        assert limit_of(connection) == "19.0 MiB"


def test_tables_have_small_row_groups_also_when_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "a b.duckdb"
    rows = f"SELECT range AS number FROM range({3 * SMALL_GROUP})"
    groups = "SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('numbers')"
    with database(path, "100MB", SMALL_GROUP) as connection:
        connection.execute(f"CREATE TABLE numbers AS {rows}")
    with database(path, "100MB", SMALL_GROUP) as connection, cursor_beside(connection) as cursor:
        cursor.execute(f"INSERT INTO numbers {rows}")
        connection.execute("CHECKPOINT")
        assert connection.execute(groups).fetchone() == (6,)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
