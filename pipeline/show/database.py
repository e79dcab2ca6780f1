"""The published database, opened so that no statement can write or reach a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.errors import UserError

DATABASE = "jixiao.duckdb"
# Read-only alone leaves read_csv('/etc/passwd'), COPY TO and the variables of this process open.
LOCKED_DOWN: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
    "memory_limit": "512MB",
    "threads": 2,
}
ROWS_A_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """The columns of a query's result and its rows, which are fetched as they are asked for."""

    names: tuple[str, ...]
    rows: Iterator[tuple[object, ...]]


def open_published(output: Path, memory: str = "512MB") -> duckdb.DuckDBPyConnection:
    """A locked-down, read-only connection to the tables published in a folder."""
    path = output / DATABASE
    if not path.is_file():
        raise no_results(output)
    try:
        config = LOCKED_DOWN | {"memory_limit": memory}
        connection = duckdb.connect(str(path), read_only=True, config=config)
    except duckdb.Error as error:
        raise UserError(f"打不开 {path}：{one_line(error)}") from error
    locked = connection.execute("SELECT current_setting('lock_configuration')").fetchall()
    if locked == [(False,)]:  # else another connection of this process has done it for the file
        connection.execute("SET lock_configuration = true")
    return connection


def no_results(output: Path) -> UserError:
    """The error for a folder in which nothing has been published."""
    path = output / DATABASE
    return UserError(
        f"还没有结果：找不到 {path}。请先运行 jixiao ingest 文件或文件夹 --output {output}"
    )


def select(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, object] | None = None
) -> Answer:
    """The answer to one of this project's own queries, every figure an exact Decimal."""
    relation = connection.sql(sql, params=dict(parameters)) if parameters else connection.sql(sql)
    # Arrow keeps decimals, HUGEINT and time zones exact; .df() makes floats of them.
    reader = relation.to_arrow_reader(ROWS_A_BATCH)
    rows = (
        row
        for batch in reader
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    )
    return Answer(tuple(reader.schema.names), rows)


def records(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, object] | None = None
) -> tuple[dict[str, object], ...]:
    """All rows of one of this project's own queries, each by column name."""
    answer = select(connection, sql, parameters)
    return tuple(dict(zip(answer.names, row, strict=True)) for row in answer.rows)


def one_line(error: BaseException) -> str:
    """The message of an error on a single line.

    >>> one_line(ValueError("first\\n  second"))
    'first second'
    """
    return " ".join(str(error).split())
