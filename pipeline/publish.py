"""From the working database to what is published: Parquet, then DuckDB and its Chinese views."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.datapackage import write_datapackage
from pipeline.release import PUBLISHED
from pipeline.store import MEMORY_LIMIT, Store
from pipeline.summary import Published
from schemas.arrow import arrow_schema
from schemas.column_types import quoted
from schemas.tables import (
    RESULT_TABLES,
    TABLES,
    TIMED_TABLES,
    TableSpec,
    comment_view,
    comments,
    create_table,
    create_view,
    literal,
)
from schemas.version import content_hash, extractor_version

PIPELINE = Path(__file__).resolve().parent
TABLES_NAME, DATABASE_NAME, PACKAGE_NAME = PUBLISHED
GROUP_ROWS = 122_880  # one row group of DuckDB, so that its threads share a file well
COMPRESSION_LEVEL = 3


def create_result_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables that reconciling fills, empty."""
    for spec in RESULT_TABLES:
        connection.execute(create_table(spec))


def publish(connection: duckdb.DuckDBPyConnection, release: Path) -> Published:
    """Write every contract table of the working database into the release's directory."""
    tables = release / TABLES_NAME
    tables.mkdir()
    for spec in TABLES:
        write_parquet(connection, spec, tables / f"{spec.name}.parquet")
    write_database(tables, release / DATABASE_NAME)
    write_datapackage(release)
    return _counts(connection)


def republish(store: Store, last: Path, release: Path) -> Published:
    """A release of the last one's tables with the times of now: nothing else has changed."""
    (release / TABLES_NAME).mkdir()
    timed = {f"{TABLES_NAME}/{spec.name}.parquet" for spec in TIMED_TABLES}
    for path in sorted((last / TABLES_NAME).rglob("*.parquet")):
        inside = path.relative_to(last)
        if inside.as_posix() not in timed:
            (release / inside).parent.mkdir(parents=True, exist_ok=True)
            os.link(path, release / inside)
    shutil.copyfile(last / DATABASE_NAME, release / DATABASE_NAME)
    with opened(release / DATABASE_NAME) as connection:
        for spec in TIMED_TABLES:
            path = release / TABLES_NAME / f"{spec.name}.parquet"
            write_parquet(store.connection, spec, path)
            connection.execute(f"TRUNCATE {quoted(spec.name)}")
            source = literal(str(path))
            connection.execute(f"INSERT INTO {quoted(spec.name)} FROM read_parquet({source})")
        published = _counts(connection)
    write_datapackage(release, last)
    return published


def publication_key(checks: Sequence[Path]) -> str:
    """What the tables of a release depend on beside the store: our code and the checks given."""
    digest = hashlib.sha256(f"{extractor_version()} {content_hash(PIPELINE)}".encode())
    for path in checks:
        for file in sorted(path.glob("*.sql")) if path.is_dir() else [path]:
            content = file.read_bytes() if file.is_file() else b""
            digest.update(f"\0{file.name}\0{hashlib.sha256(content).hexdigest()}".encode())
    return digest.hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of this run's own, whose memory does not grow with the number of documents."""
    with duckdb.connect(str(path), config={"memory_limit": MEMORY_LIMIT}) as connection:
        connection.execute(f"SET temp_directory = {literal(str(path.with_suffix('.spill')))}")
        yield connection
    shutil.rmtree(path.with_suffix(".spill"), ignore_errors=True)


def write_parquet(connection: duckdb.DuckDBPyConnection, spec: TableSpec, path: Path) -> None:
    """One table as Parquet; the same rows give the same bytes."""
    schema = arrow_schema(spec)
    columns = ", ".join(quoted(column.name) for column in spec.columns)
    order = ", ".join(spec.order_by)
    rows = connection.sql(f"SELECT {columns} FROM {quoted(spec.name)} ORDER BY {order}")
    with pq.ParquetWriter(
        path, schema, compression="zstd", compression_level=COMPRESSION_LEVEL
    ) as writer:
        for group in _groups(rows.to_arrow_reader(GROUP_ROWS), schema):
            writer.write_table(group, row_group_size=GROUP_ROWS)


def _groups(batches: pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.Table]:
    """Groups of exactly GROUP_ROWS rows but the last, however the batches came."""
    pending = schema.empty_table()
    for batch in batches:
        fresh = pa.Table.from_batches([batch]).cast(schema)
        pending = pa.concat_tables([pending, fresh])
        while pending.num_rows >= GROUP_ROWS:
            yield pending.slice(0, GROUP_ROWS).combine_chunks()
            pending = pending.slice(GROUP_ROWS)
    yield pending.combine_chunks()


def write_database(tables: Path, path: Path) -> None:
    """A DuckDB database of the Parquet files, with comments and Chinese views."""
    with opened(path) as connection:
        connection.begin()
        for spec in TABLES:
            source = literal(str(tables / f"{spec.name}.parquet"))
            connection.execute(create_table(spec))
            connection.execute(f"INSERT INTO {quoted(spec.name)} FROM read_parquet({source})")
            connection.execute(create_view(spec))
            for statement in comments(spec) + comment_view(spec):
                connection.execute(statement)
        connection.commit()
        connection.execute("CHECKPOINT")


def _counts(connection: duckdb.DuckDBPyConnection) -> Published:
    def count(rows: str) -> int:
        ((found,),) = connection.execute(f"SELECT count(*) FROM {rows}").fetchall()
        return int(found)

    return Published(
        documents=count("documents"),
        projects=count("projects"),
        indicators=count("indicators"),
        rejects=count("rejects"),
        findings_high=count("findings WHERE severity = 'high'"),
        findings_medium=count("findings WHERE severity = 'medium'"),
        findings_low=count("findings WHERE severity = 'low'"),
    )
