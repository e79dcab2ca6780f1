"""Rows of the store's own tables, in Arrow form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.reading import as_utf8
from pipeline.sources import Content, Source, is_url
from pipeline.store_layout import SOURCES


def given_rows(sources: Sequence[Source]) -> pa.Table:
    return pa.table(
        {
            "number": pa.array(range(len(sources)), type=pa.int32()),
            "source_uri": pa.array([source.uri for source in sources], type=pa.string()),
            "stamp": pa.array([source.stamp for source in sources], type=pa.string()),
        }
    )


def placed_rows(contents: Sequence[Content]) -> pa.Table:
    folder = str(Path.cwd())
    rows = [
        (
            content.source.uri,
            content.source.name,
            _durable(content.source.path, folder),
            content.content_id,
            content.source.stamp,
            False,
        )
        for content in contents
    ]
    return _table(rows, SOURCES)


def _durable(path: Path | str, folder: str) -> str | None:
    """A path that holds wherever the next run begins."""
    text = str(path)
    return text if is_url(text) else as_utf8(text if text.startswith("/") else f"{folder}/{text}")


def _table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [
        pa.array(column, type=kind) for column, kind in zip(columns, schema.types, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def names(names: Sequence[str]) -> pa.Table:
    return pa.table({"name": pa.array(names, type=pa.string())})


def utc_now() -> datetime:
    """The time in UTC, without zone, as the tables store it."""
    return datetime.now(UTC).replace(tzinfo=None)
