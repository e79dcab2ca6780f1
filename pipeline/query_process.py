"""The process in which a stranger's query runs: `python -m pipeline.query_process`.

The request is one JSON object on stdin. The answer is an Arrow stream on stdout and then one JSON
object that says how it ended: `{"truncated": …}` or `{"error": …}`.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import IO, Any

import duckdb
import pyarrow as pa

from pipeline.cage import limit_this_process
from pipeline.errors import UserError
from pipeline.query_rules import require_one_select
from pipeline.show.database import LOCKED_DOWN, ROWS_A_BATCH, one_line

# Nothing may spill to a disk, and no setting may show a path of this machine.
SETTINGS = {**LOCKED_DOWN, "temp_directory": "", "home_directory": "/", "secret_directory": "/"}
NO_COLUMNS = pa.schema([])
LONGEST_ERROR = 600


def main() -> None:
    """Answer the request on stdin."""
    request = json.load(sys.stdin)
    out = sys.stdout.buffer
    try:
        truncated = _answer(request, out)
        ending: dict[str, Any] = {"truncated": truncated}
    except _Failed as failure:
        if not failure.begun:
            pa.ipc.new_stream(out, NO_COLUMNS).close()
        ending = {"error": failure.reason}
    out.write(json.dumps(ending).encode())
    out.flush()
    os._exit(0)  # a thread of the database that does not stop must not keep the answer waiting


class _Failed(Exception):
    """The query has no complete answer; `begun` says whether a stream had been opened."""

    def __init__(self, reason: str, begun: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.begun = begun


def _answer(request: dict[str, Any], out: IO[bytes]) -> bool:
    """Write the result as a stream; whether it was cut short."""
    writer = None
    try:
        connection = locked_connection(Path(request["database"]))
        limit_this_process(request["memory"], request["seconds"])
        if request["seconds"] is not None:
            timer = threading.Timer(request["seconds"], connection.interrupt)
            timer.daemon = True
            timer.start()
        query = require_one_select(connection, request["sql"])
        reader = connection.sql(query).to_arrow_reader(ROWS_A_BATCH)
        writer = pa.ipc.new_stream(out, reader.schema)
        truncated = _copy(reader, writer, request["rows"], request["bytes"])
        writer.close()
        return truncated
    except UserError as error:
        raise _Failed(str(error), False) from error
    except (duckdb.Error, OSError, MemoryError, RuntimeError, pa.ArrowException) as error:
        if writer is not None:
            writer.close()
        raise _Failed(_reason(error, request), writer is not None) from error


def locked_connection(database: Path) -> duckdb.DuckDBPyConnection:
    """The only way in: read-only, nothing but the tables, settings that stay as they are."""
    os.chdir(database.parent)
    try:
        connection = duckdb.connect(database.name, read_only=True, config=SETTINGS)
    except duckdb.Error as error:
        reason = one_line(error).replace(str(database.parent), "…")
        raise UserError(f"打不开 {database.name}：{reason}") from error
    connection.execute("SET lock_configuration = true")
    return connection


def _copy(
    reader: pa.RecordBatchReader, writer: Any, rows: int | None, most_bytes: int | None
) -> bool:
    """Copy batches until a limit is reached; whether something was left out."""
    for batch in reader:
        fits = batch.num_rows if rows is None else min(rows, batch.num_rows)
        if most_bytes is not None and batch.nbytes > most_bytes:
            fits = min(fits, int(batch.num_rows * (most_bytes / batch.nbytes)))
        if fits:
            writer.write_batch(batch.slice(0, fits))
        if fits < batch.num_rows:
            return True
        rows = None if rows is None else rows - fits
        most_bytes = None if most_bytes is None else most_bytes - batch.nbytes
    return False


def _reason(error: Exception, request: dict[str, Any]) -> str:
    """The message of the database on one line, without the folders of this machine."""
    text = one_line(error)
    if "INTERRUPT" in text:
        return f"查询超过 {request['seconds']:g} 秒，已停止；请加上条件或 LIMIT"
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException) or "memory" in text.lower():
        return "查询需要的内存超过上限，已停止；请加上条件或减少列"
    folder = str(Path(request["database"]).parent)
    for path in (folder, str(Path(folder).resolve()), str(Path.home()), sys.prefix):
        if len(path) > 1:
            text = text.replace(path, "…")
    return f"查询有误：{text[:LONGEST_ERROR]}"


if __name__ == "__main__":
    main()
