"""Exports for programs: CSV and Parquet, one file a table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.export.sheets import Rows
from pipeline.export.spreadsheet_text import defused
from pipeline.show.plain import figure, to_text

CSV_PART = 1 << 16  # characters


def csv_parts(rows: Rows) -> Iterator[str]:
    """One table as CSV with a byte order mark, Chinese headings and every digit, part by part."""
    out = StringIO()
    out.write("\ufeff")  # without it Excel reads UTF-8 as the system's encoding
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.chinese for column in rows.sheet.columns])
    for row in rows.tuples():
        writer.writerow([_field(value) for value in row])
        if out.tell() > CSV_PART:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _field(value: object) -> str:
    if isinstance(value, Decimal):
        return figure(value)
    return defused(value) if isinstance(value, str) else to_text(value)


def write_csv(path: Path, rows: Rows) -> None:
    """Write one table as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as out:
        out.writelines(csv_parts(rows))


def write_parquet(path: Path, rows: Rows) -> None:
    """Write one table as Parquet, figures as decimals, headings as field metadata."""
    fields = [
        field.with_metadata({"chinese": column.chinese})
        for field, column in zip(rows.schema, rows.sheet.columns, strict=True)
    ]
    schema = pa.schema(fields, metadata={"chinese": rows.sheet.chinese})
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in rows.batches:
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
