"""Rows of the store's own tables, in Arrow form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.reading import Reading
from pipeline.sources import Content, Source
from pipeline.store_layout import READINGS, SOURCES
from schemas.results import Ingest
from schemas.vocabulary import Outcome


def given_rows(sources: Sequence[Source]) -> pa.Table:
    return pa.table({
        "number": pa.array(range(len(sources)), type=pa.int32()),
        "source_uri": pa.array([source.uri for source in sources], type=pa.string()),
        "stamp": pa.array([source.stamp for source in sources], type=pa.string()),
    })


def placed_rows(contents: Sequence[Content]) -> pa.Table:
    rows = [
        (
            content.source.uri,
            content.source.name,
            _durable(content.source.path),
            content.content_id,
            content.source.stamp,
            False,
        )
        for content in contents
    ]
    return _table(rows, SOURCES)


def contents_read(readings: Sequence[Reading]) -> pa.Table:
    found = [(each.source.uri, each.content_id) for each in readings if each.content_id]
    return pa.table({
        "source_uri": pa.array([uri for uri, _ in found], type=pa.string()),
        "content_id": pa.array([content_id for _, content_id in found], type=pa.string()),
    })


def _durable(path: Path | str) -> str | None:
    return path if isinstance(path, str) else as_utf8(str(path.absolute()))


def _table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [
        pa.array(column, type=kind) for column, kind in zip(columns, schema.types, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def reading_rows(readings: Sequence[Reading], version: str, run_id: str) -> pa.Table:
    rows: list[tuple[Any, ...]] = [
        (
            reading.content_id,
            ordinal,
            as_utf8(document.member),
            document.document_id,
            document.status,
            as_utf8(document.reason),
            document.code,
            version,
            run_id,
        )
        for reading in readings
        for ordinal, document in enumerate(reading.documents, start=1)
    ]
    return _table(rows, READINGS)


def ingest_records(readings: Sequence[Reading], run_id: str) -> list[Ingest]:
    now = utc_now()
    rows: list[Ingest] = []
    for reading in readings:
        if reading.content_id is None:
            uri = reading.source.uri
            seconds = reading.seconds
            rows.append(
                Ingest(None, run_id, uri, "failed", reading.reason, seconds, now, "not_opened")
            )
        for document in reading.documents:
            uri = reading.source.uri + (as_utf8(document.member) or "")
            outcome: Outcome = "failed" if document.status == "failed" else "read"
            reason = as_utf8(document.reason)
            seconds, code = reading.seconds, document.code
            rows.append(
                Ingest(document.document_id, run_id, uri, outcome, reason, seconds, now, code)
            )
    return rows


def names(names: Sequence[str]) -> pa.Table:
    return pa.table({"name": pa.array(names, type=pa.string())})


def as_utf8(value: str | None) -> str | None:
    """`value` as UTF-8 can write it; names in archives may hold broken characters."""
    return None if value is None else value.encode("utf-8", "backslashreplace").decode()


def utc_now() -> datetime:
    """The time in UTC, without zone, as the tables store it."""
    return datetime.now(UTC).replace(tzinfo=None)
