"""The durable store: every document's rows, kept by content, and what each run did.

`sources` says which content each path has now; `readings` which documents a content holds and which
version read it. The extraction tables are those of the contract with each row's position. A source
that vanished is retired: its documents stay here and leave the published tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.errors import UserError
from pipeline.reading import POSITION, Batch, Reading
from pipeline.sources import Content, Given, Source
from schemas.arrow import to_arrow
from schemas.column_types import quoted
from schemas.results import Ingest, Run
from schemas.tables import EXTRACTION_TABLES, TIMED_TABLES, TableSpec, create_table, table
from schemas.vocabulary import Outcome, Status

BOOKKEEPING = (
    """CREATE TABLE IF NOT EXISTS sources (
         source_uri VARCHAR, name VARCHAR, path VARCHAR, content_id VARCHAR, retired BOOLEAN)""",
    """CREATE TABLE IF NOT EXISTS readings (
         content_id VARCHAR, ordinal INTEGER, member VARCHAR, document_id VARCHAR, status VARCHAR,
         reason VARCHAR, version VARCHAR, transient BOOLEAN)""",
    "CREATE TABLE IF NOT EXISTS layout (digest VARCHAR)",
)
SOURCES = pa.schema(
    [(name, pa.string()) for name in ("source_uri", "name", "path", "content_id")]
    + [("retired", pa.bool_())]
)
READINGS = pa.schema(
    [
        ("content_id", pa.string()),
        ("ordinal", pa.int32()),
        *((name, pa.string()) for name in ("member", "document_id", "status", "reason", "version")),
        ("transient", pa.bool_()),
    ]
)
# Each published document with the sources it is given under; a document may be in several archives.
PUBLISHED = """
    SELECT r.document_id,
           list(DISTINCT s.source_uri || r.member ORDER BY s.source_uri || r.member) AS source_uris,
           arg_min(s.name || r.member, s.source_uri || r.member) AS file_name
    FROM sources s JOIN readings r USING (content_id)
    WHERE NOT s.retired
    GROUP BY r.document_id"""


@dataclass(frozen=True, slots=True)
class Known:
    """One document of one source given; in an archive, `source_uri` goes on to the member."""

    content_id: str
    source_uri: str
    document_id: str
    status: Status
    reason: str | None


class Store:
    """One open store; every change is one transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, version: str) -> None:
        self._connection = connection
        self.version = version

    def begin(self, run: Run) -> None:
        """Note that a run has started."""
        with self._transaction():
            self._append("runs", to_arrow(table("runs"), [run]))

    def unread(self, contents: Sequence[Content]) -> tuple[Content, ...]:
        """One source for each content that this version has not read, in the order given."""
        query = "SELECT DISTINCT content_id FROM readings WHERE version = ? AND NOT transient"
        known = {row[0] for row in self._connection.execute(query, [self.version]).fetchall()}
        fresh: list[Content] = []
        for content in contents:
            if content.content_id not in known:
                known.add(content.content_id)
                fresh.append(content)
        return tuple(fresh)

    def outdated(self, given: Sequence[Source]) -> tuple[Source, ...]:
        """Sources of earlier runs, not given now but still there, that another version read."""
        query = """
            SELECT source_uri, name, path FROM sources
            WHERE NOT retired
              AND content_id NOT IN (SELECT content_id FROM readings WHERE version = ?)
            ORDER BY source_uri"""
        rows = self._connection.execute(query, [self.version]).fetchall()
        uris = {source.uri for source in given}
        sources = (Source(uri, name, Path(path)) for uri, name, path in rows if uri not in uris)
        return tuple(source for source in sources if source.path.is_file())

    def add(self, batch: Batch, run_id: str) -> None:
        """Keep what was read; rows of an earlier reading of the same documents are replaced."""
        ids = batch.tables[0].select(["document_id"])
        contents = [(r.source, r.content_id) for r in batch.readings if r.content_id is not None]
        with self._transaction():
            self._forget(batch.readings, ids)
            self._append("readings", _readings(batch.readings, self.version))
            for spec, rows in zip(EXTRACTION_TABLES, batch.tables, strict=True):
                if rows.num_rows:
                    self._append(spec.name, rows)
            self._place(contents)
            self._append("ingests", to_arrow(table("ingests"), _ingests(batch.readings, run_id)))

    def place(self, contents: Sequence[Content]) -> None:
        """Note which content each source has now."""
        with self._transaction():
            self._place([(content.source, content.content_id) for content in contents])

    def note(self, ingests: Sequence[Ingest]) -> None:
        """Note sources that were not read in this run: unchanged, not to be opened, or retired."""
        if ingests:
            with self._transaction():
                self._append("ingests", to_arrow(table("ingests"), ingests))

    def retire(self, given: Given) -> tuple[tuple[str, str], ...]:
        """Retire sources gone from the folders given; the (document_id, source_uri) they held."""
        self._register("given_now", _names([source.uri for source in given.sources]))
        self._register("roots", _names([root.rstrip("/") + "/" for root in given.roots]))
        gone = """
            NOT retired AND source_uri NOT IN (SELECT name FROM given_now)
            AND EXISTS (FROM roots WHERE starts_with(source_uri, roots.name)
                        OR (roots.name = './' AND NOT starts_with(source_uri, '/')))"""
        query = f"""
            SELECT r.document_id, s.source_uri || r.member
            FROM (FROM sources WHERE {gone}) s JOIN readings r USING (content_id) ORDER BY 2"""
        rows = self._connection.execute(query).fetchall()
        with self._transaction():
            self._connection.execute(f"UPDATE sources SET retired = true WHERE {gone}")
        return tuple((str(document_id), str(uri)) for document_id, uri in rows)

    def known(self, given: Given) -> tuple[Known, ...]:
        """Every document of the sources given, by source."""
        self._register("given_now", _names([source.uri for source in given.sources]))
        query = """
            SELECT content_id, s.source_uri || r.member, r.document_id, r.status, r.reason
            FROM sources s JOIN readings r USING (content_id)
            WHERE NOT s.retired AND s.source_uri IN (SELECT name FROM given_now)
            ORDER BY s.source_uri, r.ordinal"""
        return tuple(Known(*row) for row in self._connection.execute(query).fetchall())

    def finish(self, run: Run) -> None:
        """Note that a run has ended."""
        with self._transaction():
            self._connection.execute("DELETE FROM runs WHERE run_id = ?", [run.run_id])
            self._append("runs", to_arrow(table("runs"), [run]))

    def copy_to(self, path: Path) -> None:
        """Write what is published now, in document order, to a new database of contract tables."""
        execute = self._connection.execute
        execute(f"CREATE OR REPLACE TEMP TABLE published AS {PUBLISHED}")
        execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS copy_target")
        try:
            with self._transaction():
                for spec in EXTRACTION_TABLES + TIMED_TABLES:
                    execute(create_table(spec).replace("TABLE ", "TABLE copy_target.", 1))
                    execute(f"INSERT INTO copy_target.{quoted(spec.name)} {_selection(spec)}")
        finally:
            execute("DETACH copy_target")

    def _forget(self, readings: Sequence[Reading], ids: pa.Table) -> None:
        self._register("new_contents", _names([r.content_id for r in readings if r.content_id]))
        self._register("new_documents", ids)
        self._connection.execute(
            "DELETE FROM readings WHERE content_id IN (SELECT name FROM new_contents)"
        )
        again = "FROM documents WHERE document_id IN (SELECT document_id FROM new_documents)"
        if not self._connection.execute(f"SELECT 1 {again} LIMIT 1").fetchone():
            return
        for spec in EXTRACTION_TABLES:
            self._connection.execute(
                f"DELETE FROM {quoted(spec.name)}"
                " WHERE document_id IN (SELECT document_id FROM new_documents)"
            )

    def _place(self, contents: Sequence[tuple[Source, str | None]]) -> None:
        rows = [
            (source.uri, source.name, str(source.path.absolute()), content_id, False)
            for source, content_id in contents
        ]
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(SOURCES)
        arrays = [
            pa.array(map(_text, column) if kind == pa.string() else column, type=kind)
            for column, kind in zip(columns, SOURCES.types, strict=True)
        ]
        self._register("placed", pa.Table.from_arrays(arrays, schema=SOURCES))
        self._connection.execute(
            "DELETE FROM sources WHERE source_uri IN (SELECT source_uri FROM placed)"
        )
        self._connection.execute("INSERT INTO sources FROM placed")

    def _append(self, name: str, rows: pa.Table) -> None:
        self._register("appended", rows)
        self._connection.execute(f"INSERT INTO {quoted(name)} BY NAME FROM appended")

    def _register(self, name: str, rows: pa.Table) -> None:
        self._connection.register(name, rows)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.begin()
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()


@contextmanager
def open_store(path: Path, version: str) -> Iterator[Store]:
    """The store at `path`, made if missing; readings of another table layout are dropped."""
    try:
        connection = duckdb.connect(str(path))
    except duckdb.Error as error:
        message = f"无法打开存储文件“{path}”（可能已损坏或被其他程序占用）：{first_line(error)}"
        raise UserError(message) from error
    with connection:
        _prepare(connection)
        yield Store(connection, version)


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables; after a change of the contract the documents have to be read again."""
    for statement in BOOKKEEPING:
        connection.execute(statement)
    ddl = "\n".join(create_table(spec) for spec in EXTRACTION_TABLES + TIMED_TABLES)
    digest = hashlib.sha256(ddl.encode()).hexdigest()
    if connection.execute("SELECT digest FROM layout").fetchall() == [(digest,)]:
        return
    connection.begin()
    for spec in EXTRACTION_TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {quoted(spec.name)}")
        connection.execute(create_table(spec))
        connection.execute(f"ALTER TABLE {quoted(spec.name)} ADD COLUMN {POSITION} INTEGER")
    for spec in TIMED_TABLES:
        _widen(connection, spec)
    connection.execute("DELETE FROM readings")
    connection.execute("DELETE FROM layout")
    connection.execute("INSERT INTO layout VALUES (?)", [digest])
    connection.commit()


def _widen(connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> None:
    """Give a table of times its present columns and keep its rows: they cannot be made again."""
    query = "SELECT column_name FROM duckdb_columns() WHERE table_name = ? AND NOT internal"
    old = {row[0] for row in connection.execute(query, [spec.name]).fetchall()}
    if not old:
        connection.execute(create_table(spec))
        return
    kept = ", ".join(quoted(column.name) for column in spec.columns if column.name in old)
    connection.execute(f"CREATE TEMP TABLE kept AS SELECT {kept} FROM {quoted(spec.name)}")
    connection.execute(f"DROP TABLE {quoted(spec.name)}")
    connection.execute(create_table(spec))
    connection.execute(f"INSERT INTO {quoted(spec.name)} BY NAME FROM kept")
    connection.execute("DROP TABLE kept")


def _selection(spec: TableSpec) -> str:
    """The published rows of a table in document order."""
    if spec in TIMED_TABLES:
        return f"FROM {quoted(spec.name)} ORDER BY {', '.join(spec.order_by)}"
    columns = ", ".join(
        f"p.{column.name}"
        if spec.name == "documents" and column.name in ("source_uris", "file_name")
        else f"t.{quoted(column.name)}"
        for column in spec.columns
    )
    return (
        f"SELECT {columns} FROM {quoted(spec.name)} t JOIN published p USING (document_id)"
        f" ORDER BY t.document_id, t.{POSITION}"
    )


def _readings(readings: Sequence[Reading], version: str) -> pa.Table:
    rows: list[tuple[Any, ...]] = [
        (
            reading.content_id,
            ordinal,
            _text(document.member),
            document.document_id,
            document.status,
            _text(document.reason),
            version,
            reading.transient,
        )
        for reading in readings
        for ordinal, document in enumerate(reading.documents, start=1)
    ]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(READINGS)
    arrays = [
        pa.array(column, type=kind) for column, kind in zip(columns, READINGS.types, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=READINGS)


def _ingests(readings: Sequence[Reading], run_id: str) -> list[Ingest]:
    now = utc_now()
    rows: list[Ingest] = []
    for reading in readings:
        if reading.content_id is None:
            uri = reading.source.uri
            seconds = reading.seconds
            rows.append(Ingest(None, run_id, uri, "failed", reading.reason, seconds, now))
        for document in reading.documents:
            uri = reading.source.uri + (_text(document.member) or "")
            outcome: Outcome = "failed" if document.status == "failed" else "read"
            reason = _text(document.reason)
            seconds = reading.seconds
            rows.append(Ingest(document.document_id, run_id, uri, outcome, reason, seconds, now))
    return rows


def _names(names: Sequence[str]) -> pa.Table:
    return pa.table({"name": pa.array(names, type=pa.string())})


def _text(value: str | None) -> str | None:
    """`value` as UTF-8 can write it; names in archives may hold broken characters."""
    return None if value is None else value.encode("utf-8", "backslashreplace").decode()


def first_line(error: Exception) -> str:
    """The first line of a message that may run over several."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def utc_now() -> datetime:
    """The time in UTC, without zone, as the tables store it."""
    return datetime.now(UTC).replace(tzinfo=None)
