"""The reading part of a run: what is new is read and stored, what is gone is retired."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from pipeline.executor import read_all
from pipeline.parts import Part, Task, discard, is_whole, left_behind, load, name_of
from pipeline.reading import Extract, Reading
from pipeline.sources import Content, Given, Source, Unopened, identify
from pipeline.store import Reread, Retired, Store
from pipeline.store_rows import utc_now
from pipeline.summary import Progress
from schemas.results import Ingest

log = logging.getLogger(__name__)

LOAD_BYTES = 4 << 20  # of parts: what they hold is some five times as large

Listener = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Read:
    """What the reading part of a run did."""

    unopened: tuple[Unopened, ...] = ()
    changed: int = 0
    renamed: int = 0
    retired: int = 0
    retried: int = 0
    upgraded: int = 0


@dataclass(frozen=True, slots=True)
class Options:
    """How documents are read in a run."""

    workers: int
    seconds: float
    again: Reread
    scheduler: str | None
    parts: tuple[str, ...]  # where parts may be; new ones go to the last


@dataclass(frozen=True, slots=True)
class Reader:
    """How documents are read in this run."""

    store: Store
    extract: Extract
    options: Options
    progress: Listener | None

    def read(self, given: Given, run_id: str) -> Read:
        """Read what is new, note what is not, and retire what is gone."""
        store, again = self.store, self.options.again
        self._recover()
        store.give(given.sources)
        doubtful = [given.sources[number] for number in store.unsettled(again)]
        identified = self._identified((*doubtful, *store.left_out(again)))
        contents = tuple(each for each in identified if isinstance(each, Content))
        unopened = tuple(each for each in identified if isinstance(each, Unopened))
        pending = store.unread(contents, again)
        placed = store.place(contents)
        retried, upgraded = store.count_again(pending) if pending else (0, 0)
        store.note(_not_opened(unopened, run_id))
        for part in self._stored(
            self._told(self._parts(pending, run_id), len(pending), run_id), run_id
        ):
            unopened += tuple(
                Unopened(each.source, each.reason) for each in part.readings if each.reason
            )
        self._discard()
        store.note_unchanged(run_id)
        retired = store.retire(given)
        store.note(_retired(retired, run_id))
        renamed = placed.new & {each.content_id for each in retired}
        return Read(unopened, placed.changed, len(renamed), len(retired), retried, upgraded)

    def _identified(self, sources: Sequence[Source]) -> tuple[Content | Unopened, ...]:
        if self.options.scheduler is None or not sources:
            return tuple(identify(sources))
        from pipeline.distributed import identify_by

        return identify_by(self.options.scheduler, sources)

    def _parts(self, pending: Sequence[Content], run_id: str) -> Iterator[Part]:
        """What the workers read, of this machine or of the cluster."""
        folder = f"{self.options.parts[-1]}/{run_id}"
        task = Task(self.extract, self.store.version, self.options.seconds, folder)
        if self.options.scheduler is None or not pending:
            return read_all(pending, task, self.options.workers)
        from pipeline.distributed import read_by

        return read_by(self.options.scheduler, pending, task)

    def _stored(self, parts: Iterator[Part], run_id: str) -> Iterator[Part]:
        """The same parts; they are stored while the workers read the next ones."""
        with ThreadPoolExecutor(1) as beside:
            storing: Future[None] | None = None
            for load_of in _loads(parts):
                if storing is not None:
                    storing.result()
                places = [part.place for part in load_of]
                storing = beside.submit(self._store, run_id, places)
                yield from load_of
            if storing is not None:
                storing.result()

    def _recover(self) -> None:
        """Store what a run read that was killed before it could."""
        for folder in self.options.parts:
            for run_id, part in left_behind(folder):
                if not self.store.has_kept(name_of(part)) and is_whole(part):
                    self._store(run_id, [part])
        self._discard()

    def _store(self, run_id: str, parts: Sequence[str]) -> None:
        self.store.add(map(load, parts), run_id, tuple(map(name_of, parts)))

    def _discard(self) -> None:
        for folder in self.options.parts:
            discard(folder)
        self.store.forget_parts()

    def _told(self, parts: Iterator[Part], total: int, run_id: str) -> Iterator[Part]:
        """The same parts; each document is reported: it is kept, whatever happens now."""
        done = 0
        for part in parts:
            yield part
            for result in part.readings:
                done += 1
                states = {document.status for document in result.documents} or {"failed"}
                status = next(s for s in ("failed", "partial", "ok") if s in states)
                log.info(
                    "%s: %s, %.2f s",
                    result.source.uri,
                    status,
                    result.seconds,
                    extra=_fields(result, status) | {"run_id": run_id},
                )
                if self.progress is not None:
                    self.progress(Progress(done, total, result.source.uri, status))


def _loads(parts: Iterator[Part]) -> Iterator[list[Part]]:
    """Parts in numbers that are worth a transaction."""
    waiting: list[Part] = []
    for part in parts:
        waiting.append(part)
        if sum(each.size for each in waiting) >= LOAD_BYTES:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _fields(result: Reading, status: str) -> dict[str, object]:
    """What a log line of JSON says of a document beside its message."""
    codes = [document.code for document in result.documents if document.code]
    return {
        "source_uri": result.source.uri,
        "document_id": result.content_id,
        "status": status,
        "status_code": codes[0] if codes else None,
        "seconds": round(result.seconds, 3),
    }


def _not_opened(unopened: Sequence[Unopened], run_id: str) -> list[Ingest]:
    now = utc_now()
    return [
        Ingest(None, run_id, each.source.uri, "failed", each.reason, 0.0, now) for each in unopened
    ]


def _retired(retired: Sequence[Retired], run_id: str) -> list[Ingest]:
    now = utc_now()
    return [
        Ingest(each.document_id, run_id, each.source_uri, "retired", None, 0.0, now)
        for each in retired
    ]
