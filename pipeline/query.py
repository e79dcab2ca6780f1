"""The one way in which a query from outside is answered: in a process of its own, within limits.

The command line, the page, the API and the MCP server all come here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipeline.cage import Child, caged
from pipeline.errors import UserError
from pipeline.show.database import DATABASE, Answer, no_results

PROCESS = "pipeline.query_process"
MEBIBYTE = 1 << 20
CRASHED = "查询耗尽了内存或时间，已停止；请加上条件或 LIMIT"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one query may take; None is no limit."""

    rows: int | None
    bytes: int | None
    seconds: float | None
    memory: int = 1536 * MEBIBYTE  # address space beyond an opened database; DuckDB's own is 512 MB


OWNER = Limits(rows=None, bytes=None, seconds=None)  # at one's own terminal Ctrl+C is the limit
PAGE = Limits(rows=1_000, bytes=8 * MEBIBYTE, seconds=10.0)
DOWNLOAD = Limits(rows=1_000_000, bytes=256 * MEBIBYTE, seconds=60.0)


@dataclass(frozen=True, slots=True)
class Result:
    """A complete answer; `truncated` says whether a limit cut it short."""

    table: pa.Table
    truncated: bool

    def answer(self) -> Answer:
        """The columns and rows, every figure an exact Decimal."""
        return Answer(tuple(self.table.schema.names), _rows(iter(self.table.to_batches())))


class Running:
    """A query that is being answered: its batches as they come, then whether it was cut short."""

    def __init__(self, child: Child, limits: Limits) -> None:
        self._child = child
        self._limits = limits
        self.truncated = False
        self.schema, self._reader = self._open()

    @property
    def process_id(self) -> int:
        """The process that answers."""
        return self._child.process.pid

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Every batch; raises UserError when the query fails on the way."""
        try:
            yield from self._reader
        except (pa.ArrowException, OSError, EOFError) as error:
            raise self._broken() from error
        self._finish()

    def answer(self) -> Answer:
        """The columns, and the rows as they come."""
        return Answer(tuple(self.schema.names), _rows(self.batches()))

    def _open(self) -> tuple[pa.Schema, pa.RecordBatchReader]:
        try:
            reader = pa.ipc.open_stream(pa.PythonFile(self._child.output, mode="r"))
        except (pa.ArrowException, OSError, EOFError) as error:
            raise self._broken() from error
        if not reader.schema.names:  # a query has columns: this is how a refused one begins
            reader.read_all()
            self._finish()
        return reader.schema, reader

    def _finish(self) -> None:
        ending = self._child.output.read()
        if not ending:
            raise self._broken()
        told = json.loads(ending)
        if "error" in told:
            raise UserError(told["error"])
        self.truncated = bool(told["truncated"])

    def _broken(self) -> UserError:
        if self._child.late.is_set():
            return UserError(f"查询超过 {self._limits.seconds:g} 秒，已停止；请加上条件或 LIMIT")
        return UserError(CRASHED)


@contextmanager
def running(output: Path, sql: str, limits: Limits = OWNER) -> Iterator[Running]:
    """Answer one SELECT over the tables published in a folder; UserError where it is refused."""
    database = (output / DATABASE).resolve()
    if not database.is_file():
        raise no_results(output)
    request = {
        "database": str(database),
        "sql": sql,
        "rows": limits.rows,
        "bytes": limits.bytes,
        "seconds": limits.seconds,
        "memory": limits.memory,
    }
    with caged(PROCESS, json.dumps(request).encode(), limits.seconds) as child:
        yield Running(child, limits)


def run(output: Path, sql: str, limits: Limits = PAGE) -> Result:
    """The complete answer to one SELECT, cut at the limits."""
    with running(output, sql, limits) as query:
        table = pa.Table.from_batches(tuple(query.batches()), schema=query.schema)
        return Result(table, query.truncated)


def _rows(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[object, ...]]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
