"""Exports for programs: CSV, Parquet and Stata, one file a table."""

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
STATA_VERSION = 118
LONGEST_FIXED_STRING = 2_045  # bytes; Stata keeps longer text as strL
LONGEST_LABEL = 80


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


def write_stata(path: Path, rows: Rows) -> None:
    """Write one table for Stata; it knows no decimals, so figures are doubles."""
    import pandas as pd

    batches = [_for_stata(batch) for batch in rows.batches]
    names = [column.name for column in rows.sheet.columns]
    table = pa.Table.from_batches(batches) if batches else _for_stata(_empty(rows.schema))
    frame = table.to_pandas()
    labels = {c.name: c.chinese[:LONGEST_LABEL] for c in rows.sheet.columns}
    text = [name for name in names if not pd.api.types.is_numeric_dtype(frame[name])]
    frame[text] = frame[text].astype(object).fillna("")
    long = [
        name
        for name in text
        if frame[name].str.encode("utf-8").str.len().max() > LONGEST_FIXED_STRING
    ]
    frame.to_stata(
        path,
        write_index=False,
        version=STATA_VERSION,
        data_label=rows.sheet.chinese,
        variable_labels=labels,
        convert_strl=long,
    )


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array([], type=each.type) for each in schema], schema=schema
    )


def _for_stata(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows with decimals and whole numbers as doubles, which Stata can leave missing."""
    columns = [
        column.cast(pa.float64())
        if pa.types.is_decimal(column.type) or pa.types.is_integer(column.type)
        else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
