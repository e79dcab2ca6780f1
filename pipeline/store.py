"""The durable store: every document's rows, kept by content, and what each run did.

`sources` says which content each path has now; `readings` which documents a content holds and which
version read it. The extraction tables are those of the contract with each row's position. A source
that vanished is retired: its documents stay here and leave the published tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.database import SMALL_GROUP, database
from pipeline.errors import UserError
from pipeline.reading import READ, Batch, grouped
from pipeline.sources import Content, Given, Source, is_url
from pipeline.store_copy import copy_published
from pipeline.store_layout import prepare
from pipeline.store_rows import (
    given_rows,
    names,
    placed_rows,
    utc_now,
)
from schemas.arrow import to_arrow
from schemas.column_types import quoted
from schemas.results import Ingest, Run
from schemas.tables import EXTRACTION_TABLES, table
from schemas.vocabulary import Status, StatusCode

IDLE_MEMORY = "32MB"
MEMORY_LIMIT = "160MB"  # beyond it DuckDB works from disk
ADD_READINGS = """
    INSERT INTO readings BY NAME
    SELECT content_id, ordinal, member, document_id, status, reason, reason_code, version,
           $run_id AS run_id
    FROM read_now WHERE content_id IS NOT NULL"""
ADD_INGESTS = """
    INSERT INTO ingests BY NAME
    SELECT document_id, $run_id AS run_id, source_uri || member AS source_uri,
           if(status = 'failed', 'failed', 'read') AS outcome, reason, seconds,
           $now AS ingested_at, reason_code
    FROM read_now"""
OUTDATE = "UPDATE publication SET outdated = TRUE"
# A source may change between being looked at and being read.
CORRECT = """
    UPDATE sources SET content_id = now.content_id, stamp = NULL
    FROM (SELECT DISTINCT source_uri, content_id FROM read_now WHERE content_id IS NOT NULL) now
    WHERE sources.source_uri = now.source_uri AND sources.content_id <> now.content_id"""
# Contents to be read although they are known; each takes what `_terms` gives.
AGAIN = "($upgrade AND version <> $version) OR ($retry AND status = 'failed')"
OF_GIVEN = """
    FROM given_now g JOIN sources s USING (source_uri) JOIN readings r USING (content_id)
    WHERE NOT s.retired"""


@dataclass(frozen=True, slots=True)
class Reread:
    """Which known contents are to be read again: failed ones, those of another version."""

    failed: bool = False
    outdated: bool = False


DEFAULT_REREAD = Reread()


@dataclass(frozen=True, slots=True)
class Retired:
    """A document that a vanished source held."""

    document_id: str
    source_uri: str
    content_id: str


@dataclass(frozen=True, slots=True)
class Placed:
    """What noting the contents of sources changed."""

    new: frozenset[str]  # content of sources that were not known
    changed: int  # sources whose content is another


@dataclass(frozen=True, slots=True)
class Tally:
    """Documents of the sources given."""

    seen: int
    new: int
    failed: int
    partial: int
    duplicate: int
    outdated: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A document of a source given that was not read, or not wholly."""

    source_uri: str
    reason: str
    status: Status
    code: StatusCode | None


@dataclass(frozen=True, slots=True)
class Publication:
    """The last release, and whether it no longer shows what the store holds."""

    run_id: str
    checks_failed: tuple[str, ...]
    outdated: bool


class Store:
    """One open store; every change is one transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, version: str) -> None:
        self.connection = connection
        self.version = version

    def begin(self, run: Run) -> None:
        """Note that a run has started."""
        with self._transaction():
            self._append("runs", to_arrow(table("runs"), [run]))

    def give(self, sources: Sequence[Source]) -> None:
        """Note for the questions below which sources this run was given."""
        self._register("given_now", given_rows(sources))

    def unsettled(self, again: Reread) -> tuple[int, ...]:
        """Numbers of the sources given whose content has to be looked at.

        The others are as they were when they were last read, by size and time.
        """
        query = f"""
            SELECT g.number FROM given_now g LEFT JOIN sources s
              ON g.source_uri = s.source_uri AND g.stamp = s.stamp AND NOT s.retired
            WHERE s.content_id IS NULL
               OR s.content_id NOT IN (FROM (SELECT content_id FROM readings))
               OR s.content_id IN (SELECT content_id FROM readings WHERE {AGAIN})
            ORDER BY g.number"""
        rows = self.connection.execute(query, self._terms(again)).fetchall()
        return tuple(row[0] for row in rows)

    def unread(
        self, contents: Sequence[Content], again: Reread = DEFAULT_REREAD
    ) -> tuple[Content, ...]:
        """One source for each content that has to be read, in the order given."""
        self._register("asked", names([content.content_id for content in contents]))
        query = f"""
            SELECT DISTINCT content_id FROM readings WHERE content_id IN (SELECT name FROM asked)
            EXCEPT SELECT content_id FROM readings WHERE {AGAIN}"""
        rows = self.connection.execute(query, self._terms(again)).fetchall()
        known = {row[0] for row in rows}
        fresh: list[Content] = []
        for content in contents:
            if content.content_id not in known:
                known.add(content.content_id)
                fresh.append(content)
        return tuple(fresh)

    def count_again(self, contents: Sequence[Content]) -> tuple[int, int]:
        """How many documents of these contents had failed, and were read by another version."""
        self._register("asked", names([content.content_id for content in contents]))
        query = """
            SELECT count(*) FILTER (status = 'failed' AND version = $version),
                   count(*) FILTER (version <> $version)
            FROM readings WHERE content_id IN (SELECT name FROM asked)"""
        failed, outdated = self._one(query, {"version": self.version})
        return failed, outdated

    def left_out(self, again: Reread) -> tuple[Source, ...]:
        """Sources of earlier runs, not given now but still there, that have to be read again."""
        query = f"""
            SELECT source_uri, name, path FROM sources
            WHERE NOT retired AND source_uri NOT IN (SELECT source_uri FROM given_now)
              AND (content_id NOT IN (SELECT content_id FROM readings)
                   OR content_id IN (SELECT content_id FROM readings WHERE {AGAIN}))
            ORDER BY source_uri"""
        rows = self.connection.execute(query, self._terms(again)).fetchall()
        sources = (Source(*row) for row in rows)
        return tuple(s for s in sources if is_url(s.path) or Path(s.path).is_file())

    def _terms(self, again: Reread) -> dict[str, object]:
        return {"upgrade": again.outdated, "retry": again.failed, "version": self.version}

    def add(self, batches: Iterable[Batch], run_id: str, parts: Sequence[str] = ()) -> None:
        """Keep what was read; rows of an earlier reading of the same documents are replaced.

        The `parts` it comes from are noted, so that none is kept twice.
        """
        with self._transaction():
            self.connection.execute(OUTDATE)
            for batch in grouped(batches):
                self._keep(batch, run_id)
            self._register("kept_parts", names(parts))
            self.connection.execute("INSERT INTO parts SELECT name FROM kept_parts")
        self._register("read_now", READ.empty_table())  # lets go of the rows
        self._register("appended", READ.empty_table())
        pa.default_memory_pool().release_unused()

    def _keep(self, batch: Batch, run_id: str) -> None:
        self._register("read_now", batch.read)
        self._forget(batch.tables[0].select(["document_id"]))
        self.connection.execute("INSERT INTO read_since FROM new_documents")
        terms = {"run_id": run_id, "now": utc_now()}
        self.connection.execute(ADD_READINGS, {"run_id": run_id})
        self.connection.execute(ADD_INGESTS, terms)
        self.connection.execute(CORRECT)
        for spec, rows in zip(EXTRACTION_TABLES, batch.tables, strict=True):
            if rows.num_rows:
                self._append(spec.name, rows)

    def has_kept(self, part: str) -> bool:
        """Whether the rows of a part are here."""
        return self._one("SELECT count(*) FROM parts WHERE name = $name", {"name": part}) == (1,)

    def forget_parts(self) -> None:
        """Note that there are no parts any more."""
        with self._transaction():
            self.connection.execute("DELETE FROM parts")

    def place(self, contents: Sequence[Content]) -> Placed:
        """Note which content each source has now."""
        if not contents:
            return Placed(frozenset(), 0)
        self._register("placed", placed_rows(contents))
        query = """
            SELECT p.content_id, s.content_id, coalesce(s.retired, true)
            FROM placed p LEFT JOIN sources s USING (source_uri)
            WHERE s.content_id IS DISTINCT FROM p.content_id OR s.retired"""
        with self._transaction():
            moved = self.connection.execute(query).fetchall()
            if moved:
                self.connection.execute(OUTDATE)
            self.connection.execute(
                "DELETE FROM sources WHERE source_uri IN (SELECT source_uri FROM placed)"
            )
            self.connection.execute("INSERT INTO sources FROM placed")
        new = frozenset(now for now, _, gone in moved if gone)
        return Placed(new, sum(1 for _, _, gone in moved if not gone))

    def note(self, ingests: Sequence[Ingest]) -> None:
        """Note sources that were not read in this run: unchanged, not to be opened, or retired."""
        if ingests:
            with self._transaction():
                self._append("ingests", to_arrow(table("ingests"), ingests))

    def note_unchanged(self, run_id: str) -> None:
        """Note the documents of the sources given that this run did not read.

        Those of earlier runs are dropped: each run has its own, and its row in `runs` counts them.
        """
        query = f"""
            INSERT INTO ingests BY NAME
            SELECT r.document_id, $run_id AS run_id, s.source_uri || r.member AS source_uri,
                   'unchanged' AS outcome, r.reason, 0.0 AS seconds, $now AS ingested_at,
                   r.reason_code
            {OF_GIVEN} AND r.run_id <> $run_id"""
        with self._transaction():
            self.connection.execute("DELETE FROM ingests WHERE outcome = 'unchanged'")
            self.connection.execute(query, {"run_id": run_id, "now": utc_now()})

    def retire(self, given: Given) -> tuple[Retired, ...]:
        """Retire sources gone from the folders given; the documents they held."""
        self._register("roots", names([root.rstrip("/") + "/" for root in given.roots]))
        gone = """
            NOT retired AND source_uri NOT IN (SELECT source_uri FROM given_now)
            AND EXISTS (FROM roots WHERE starts_with(source_uri, roots.name)
                        OR (roots.name = './' AND NOT starts_with(source_uri, '/')))"""
        query = f"""
            SELECT r.document_id, s.source_uri || r.member, content_id
            FROM (FROM sources WHERE {gone}) s JOIN readings r USING (content_id) ORDER BY 2"""
        rows = self.connection.execute(query).fetchall()
        with self._transaction():
            (count,) = self._one(f"SELECT count(*) FROM sources WHERE {gone}", {})
            if count:
                self.connection.execute(OUTDATE)
                self.connection.execute(f"UPDATE sources SET retired = true WHERE {gone}")
        return tuple(Retired(*row) for row in rows)

    def tally(self, run_id: str) -> Tally:
        """The documents of the sources given, counted."""
        query = f"""
            SELECT count(*), count(*) FILTER (r.run_id = $run_id),
                   count(*) FILTER (r.status = 'failed'), count(*) FILTER (r.status = 'partial'),
                   count(DISTINCT s.source_uri) - count(DISTINCT content_id),
                   count(*) FILTER (r.version <> $version) {OF_GIVEN}"""
        return Tally(*self._one(query, {"run_id": run_id, "version": self.version}))

    def troubles(self) -> tuple[Trouble, ...]:
        """The documents of the sources given that were not read, or not wholly, by source."""
        query = f"""
            SELECT s.source_uri || r.member, coalesce(r.reason, ''), r.status, r.reason_code
            {OF_GIVEN} AND r.status <> 'ok' ORDER BY s.source_uri, r.ordinal"""
        return tuple(Trouble(*row) for row in self.connection.execute(query).fetchall())

    def published(self, key: str) -> Publication | None:
        """The last release, if it was made under this key."""
        query = "SELECT run_id, checks_failed, outdated FROM publication WHERE key = ?"
        rows = self.connection.execute(query, [key]).fetchall()
        return Publication(rows[0][0], tuple(rows[0][1]), rows[0][2]) if rows else None

    def read_since(self) -> tuple[str, ...] | None:
        """The documents read since the last release; None where they are most of all."""
        query = "SELECT (SELECT count(*) FROM read_since), (SELECT count(*) FROM documents)"
        read, known = self._one(query, {})
        if read * 2 > known:
            return None
        rows = self.connection.execute("SELECT DISTINCT document_id FROM read_since").fetchall()
        return tuple(row[0] for row in rows)

    def note_published(self, key: str, run_id: str, checks_failed: Sequence[str]) -> None:
        """Note that a release shows what the store holds now."""
        with self._transaction():
            self.connection.execute("DELETE FROM publication")
            self.connection.execute("DELETE FROM read_since")
            self.connection.execute(
                "INSERT INTO publication VALUES (?, ?, ?, FALSE)",
                [key, run_id, list(checks_failed)],
            )

    def _one(self, query: str, terms: dict[str, object]) -> tuple[int, ...]:
        (row,) = self.connection.execute(query, terms).fetchall()
        return tuple(map(int, row))

    def finish(self, run: Run) -> None:
        """Note that a run has ended."""
        with self._transaction():
            self.connection.execute("DELETE FROM runs WHERE run_id = ?", [run.run_id])
            self._append("runs", to_arrow(table("runs"), [run]))

    def copy_to(self, path: Path) -> None:
        """Write what is published now, in its order, to a new database of contract tables."""
        self.connection.execute("RESET threads")
        copy_published(self.connection, path)
        # what follows needs the room more
        self.connection.execute(f"SET memory_limit = '{IDLE_MEMORY}'")

    def _forget(self, ids: pa.Table) -> None:
        self._register("new_documents", ids)
        self.connection.execute(
            "DELETE FROM readings WHERE content_id IN (SELECT content_id FROM read_now)"
        )
        again = "FROM documents WHERE document_id IN (SELECT document_id FROM new_documents)"
        if not self.connection.execute(f"SELECT 1 {again} LIMIT 1").fetchall():
            return
        for spec in EXTRACTION_TABLES:
            self.connection.execute(
                f"DELETE FROM {quoted(spec.name)}"
                " WHERE document_id IN (SELECT document_id FROM new_documents)"
            )

    def _append(self, name: str, rows: pa.Table) -> None:
        self._register("appended", rows)
        self.connection.execute(f"INSERT INTO {quoted(name)} BY NAME FROM appended")

    def _register(self, name: str, rows: pa.Table) -> None:
        self.connection.register(name, rows)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()


@contextmanager
def open_store(path: Path, version: str) -> Iterator[Store]:
    """The store at `path`, made if missing; readings of another table layout are dropped."""
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(database(path, MEMORY_LIMIT, SMALL_GROUP))
        except duckdb.Error as error:
            message = f"无法打开存储文件“{path}”（可能已损坏或被其他程序占用）：{first_line(error)}"
            raise UserError(message) from error
        connection.execute("SET threads = 1")  # the other cores read documents
        prepare(connection)
        yield Store(connection, version)


def first_line(error: Exception) -> str:
    """The first line of a message that may run over several."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__
