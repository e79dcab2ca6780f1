"""From the working database to what is published: Parquet, then DuckDB and its Chinese views."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.datapackage import write_datapackage
from pipeline.partition import rows_of, write_parquet, write_table
from pipeline.release import PUBLISHED
from pipeline.store import MEMORY_LIMIT, Store
from pipeline.summary import Published
from schemas.column_types import quoted
from schemas.tables import (
    RESULT_TABLES,
    TABLES,
    TIMED_TABLES,
    comment_view,
    comments,
    create_table,
    create_view,
    literal,
)
from schemas.version import content_hash, extractor_version

PIPELINE = Path(__file__).resolve().parent
TABLES_NAME, DATABASE_NAME, PACKAGE_NAME = PUBLISHED


def create_result_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables that reconciling fills, empty."""
    for spec in RESULT_TABLES:
        connection.execute(create_table(spec))


def publish(connection: duckdb.DuckDBPyConnection, release: Path) -> Published:
    """Write every contract table of the working database into the release's directory."""
    tables = release / TABLES_NAME
    tables.mkdir()
    for spec in TABLES:
        write_table(connection, spec, tables / f"{spec.name}.parquet")
    write_database(tables, release / DATABASE_NAME)
    write_datapackage(release)
    return _counts(connection)


def republish(store: Store, last: Path, release: Path) -> Published:
    """A release of the last one's tables with the times of now: nothing else has changed."""
    (release / TABLES_NAME).mkdir()
    timed = {f"{TABLES_NAME}/{spec.name}.parquet" for spec in TIMED_TABLES}
    for path in sorted((last / TABLES_NAME).rglob("*.parquet")):
        inside = path.relative_to(last)
        if path.is_file() and inside.as_posix() not in timed:
            (release / inside).parent.mkdir(parents=True, exist_ok=True)
            os.link(path, release / inside)
    shutil.copyfile(last / DATABASE_NAME, release / DATABASE_NAME)
    with opened(release / DATABASE_NAME) as connection:
        for spec in TIMED_TABLES:
            path = release / TABLES_NAME / f"{spec.name}.parquet"
            write_parquet(store.connection, spec, path)
            connection.execute(f"TRUNCATE {quoted(spec.name)}")
            connection.execute(f"INSERT INTO {quoted(spec.name)} {rows_of(path, spec)}")
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


def write_database(tables: Path, path: Path) -> None:
    """A DuckDB database of the Parquet files, with comments and Chinese views."""
    with opened(path) as connection:
        connection.begin()
        for spec in TABLES:
            rows = rows_of(tables / f"{spec.name}.parquet", spec)
            connection.execute(create_table(spec))
            connection.execute(f"INSERT INTO {quoted(spec.name)} {rows}")
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
