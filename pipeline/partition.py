"""Tables as Parquet: one file, or above a size a directory with one part for each fiscal year.

    tables/indicators.parquet
    tables/indicators.parquet/fiscal_year=2024/part-0.parquet

The columns of a part are those of the table. Rows of no year stand in `fiscal_year=unknown`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.arrow import arrow_schema
from schemas.column_types import quoted
from schemas.tables import TIMED_TABLES, TableSpec, literal

PARTITION_ROWS = 5_000_000  # rows of a table that is better read by year
GROUP_ROWS = 8_192  # wide rows: a group of indicators is 9 MB, held in memory some times over
COMPRESSION_LEVEL = 1  # as small as 3, in three quarters of the time
UNKNOWN = "unknown"
TIMED = tuple(spec.name for spec in TIMED_TABLES)
YEARS = """
    CREATE OR REPLACE TEMP TABLE {name} AS
    SELECT project_id AS id, any_value(fiscal_year) AS year FROM projects GROUP BY 1
    UNION ALL SELECT document_id, any_value(fiscal_year) FROM documents GROUP BY 1"""


def write_table(connection: duckdb.DuckDBPyConnection, spec: TableSpec, path: Path) -> None:
    """One table at its place; the same rows give the same bytes."""
    ((rows,),) = connection.execute(f"SELECT count(*) FROM {quoted(spec.name)}").fetchall()
    names = {column.name for column in spec.columns}
    of_document = bool(names & {"project_id", "document_id"})
    if rows <= PARTITION_ROWS or not of_document or spec.name in TIMED:
        write_parquet(connection, spec, path)
        return
    connection.execute(YEARS.format(name="partition_years"))
    year = _year_of(names)
    query = f"SELECT DISTINCT {year} FROM {quoted(spec.name)} ORDER BY 1"
    for (found,) in connection.execute(query).fetchall():
        part = path / f"fiscal_year={UNKNOWN if found is None else found}" / "part-0.parquet"
        part.parent.mkdir(parents=True)
        same = "IS NULL" if found is None else f"= {found}"
        write_parquet(connection, spec, part, f"WHERE {year} {same}")
    connection.execute("DROP TABLE partition_years")


def _year_of(names: set[str]) -> str:
    """The year of a row: its own, else that of its project, else that of its document."""
    sources = ["fiscal_year"] if "fiscal_year" in names else []
    sources += [
        f"(SELECT year FROM partition_years WHERE id = {column})"
        for column in ("project_id", "document_id")
        if column in names
    ]
    return f"coalesce({', '.join(sources)}, NULL)"


def write_parquet(
    connection: duckdb.DuckDBPyConnection, spec: TableSpec, path: Path, condition: str = ""
) -> None:
    """The rows of a table that meet a condition as one file."""
    schema = arrow_schema(spec)
    columns = ", ".join(quoted(column.name) for column in spec.columns)
    order = f"ORDER BY {', '.join(spec.order_by)}" if spec.order_by else ""  # else as they stand
    rows = connection.sql(f"SELECT {columns} FROM {quoted(spec.name)} {condition} {order}")
    with pq.ParquetWriter(
        path, schema, compression="zstd", compression_level=COMPRESSION_LEVEL
    ) as writer:
        for group in _groups(rows.to_arrow_reader(GROUP_ROWS), schema):
            writer.write_table(group, row_group_size=GROUP_ROWS)


def _groups(batches: pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.Table]:
    """Groups of exactly GROUP_ROWS rows but the last, however the batches came."""
    pending = schema.empty_table()
    for batch in batches:
        fresh = _typed(batch, schema)
        pending = pa.concat_tables([pending, fresh])
        while pending.num_rows >= GROUP_ROWS:
            yield pending.slice(0, GROUP_ROWS).combine_chunks()
            pending = pending.slice(GROUP_ROWS)
    yield pending.combine_chunks()


def _typed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.Table:
    """A batch in a schema; columns of the schema's types are taken as they are.

    To cast them would change nothing, and loads code that an unchanged run does not need.
    """
    if list(map(str, batch.schema.types)) == list(map(str, schema.types)):
        return pa.Table.from_arrays(batch.columns, schema=schema)
    return pa.Table.from_batches([batch]).cast(schema)


def rows_of(path: Path, spec: TableSpec) -> str:
    """SQL for the rows of a published table in their order, in one file or in parts."""
    if path.is_file():
        return f"FROM read_parquet({literal(str(path))})"
    files = literal(str(path / "*" / "*.parquet"))
    columns = ", ".join(quoted(column.name) for column in spec.columns)
    order = ", ".join(spec.order_by).replace("rowid", "file_row_number")
    return (
        f"SELECT {columns} FROM read_parquet({files}, hive_partitioning = false,"
        f" file_row_number = true) ORDER BY {order}"
    )
