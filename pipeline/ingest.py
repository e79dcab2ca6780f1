"""The straight line: sources are read, stored, reconciled and published."""

from __future__ import annotations

import errno
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

import duckdb

from pipeline import reading
from pipeline.errors import UserError
from pipeline.executor import DOCUMENT_SECONDS, default_workers, read_all
from pipeline.lock import exclusive
from pipeline.publish import create_result_tables, publish
from pipeline.reading import Batch, Extract, grouped
from pipeline.release import fresh_release, refuse_foreign_files
from pipeline.sources import Content, Given, Unopened, expand, identify, reason_of
from pipeline.store import Known, Store, first_line, open_store, utc_now
from pipeline.summary import Failure, Progress, Published, RunSummary
from schemas.results import Ingest, Run
from schemas.version import extractor_version

log = logging.getLogger(__name__)

STORE_NAME = "store.duckdb"
WORK_NAME = "work.duckdb"
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


class Report(Protocol):
    """What reconciling says about itself."""

    @property
    def failed(self) -> Sequence[object]:
        """The checks that could not run."""


Reconcile = Callable[[duckdb.DuckDBPyConnection, Sequence[Path]], Report]
Listener = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Read:
    """What the reading part of a run did: sources not opened, contents read, documents retired."""

    unopened: tuple[Unopened, ...]
    fresh: frozenset[str]
    retired: int


def reconcile_tables(connection: duckdb.DuckDBPyConnection, checks: Sequence[Path]) -> Report:
    """The reconciler, imported only when there is something to reconcile."""
    from pipeline.reconcile.run import reconcile

    return reconcile(connection, checks)


def ingest(
    paths: Sequence[str | Path],
    output: Path,
    *,
    workers: int | None = None,
    checks: Sequence[Path] = (),
    progress: Listener | None = None,
    seconds: float = DOCUMENT_SECONDS,
    extract: Extract = reading.extract,
    reconcile: Reconcile = reconcile_tables,
) -> RunSummary:
    """Read the documents below `paths` that are new, and publish the tables of all known."""
    began = time.monotonic()
    given = expand(paths, exclude=output)
    with (
        _disk_errors(output),
        exclusive(output),
        open_store(output / STORE_NAME, extractor_version()) as store,
    ):
        refuse_foreign_files(output)
        run = _begin(store, paths, workers, seconds)
        reader = _Reader(store, extract, workers or default_workers(), seconds, progress)
        read = reader.read(given, run.run_id)
        known = store.known(given)
        store.finish(_finished(run, read, known))
        with fresh_release(output, run.run_id) as release:
            work = release / WORK_NAME
            store.copy_to(work)
            with duckdb.connect(str(work)) as connection:
                create_result_tables(connection)
                report = reconcile(connection, checks)
                published = publish(connection, release)
            work.unlink()  # what it held is published
    return _summary(run, read, known, published, report, time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class _Reader:
    """How documents are read in this run."""

    store: Store
    extract: Extract
    workers: int
    seconds: float
    progress: Listener | None

    def read(self, given: Given, run_id: str) -> Read:
        """Read what is new, note what is not, and retire what is gone."""
        sources = given.sources + self.store.outdated(given.sources)
        identified = tuple(identify(sources))
        contents = tuple(each for each in identified if isinstance(each, Content))
        unopened = tuple(each for each in identified if isinstance(each, Unopened))
        pending = self.store.unread(contents)
        self.store.place(contents)
        batches = read_all(pending, self.extract, self.store.version, self.workers, self.seconds)
        self.store.note(_not_opened(unopened, run_id))
        for batch in self._told(grouped(batches), len(pending)):
            self.store.add(batch, run_id)
            unopened += tuple(
                Unopened(each.source, each.reason) for each in batch.readings if each.reason
            )
        fresh = frozenset(content.content_id for content in pending)
        self.store.note(_unchanged(self.store.known(given), fresh, run_id))
        retired = self.store.retire(given)
        self.store.note(_retired(retired, run_id))
        return Read(unopened, fresh, len(retired))

    def _told(self, batches: Iterator[Batch], total: int) -> Iterator[Batch]:
        """The same batches; each is reported when the store has kept it."""
        done = 0
        for batch in batches:
            yield batch
            for result in batch.readings:
                done += 1
                states = {document.status for document in result.documents} or {"failed"}
                status = next(s for s in ("failed", "partial", "ok") if s in states)
                log.info("%s: %s, %.2f s", result.source.uri, status, result.seconds)
                if self.progress is not None:
                    self.progress(Progress(done, total, result.source.uri, status))


def _begin(store: Store, paths: Sequence[str | Path], workers: int | None, seconds: float) -> Run:
    now = utc_now()
    options = {"paths": [str(path) for path in paths], "workers": workers, "seconds": seconds}
    run = Run(
        run_id=_run_id(now),
        started_at=now,
        finished_at=None,
        documents_seen=0,
        documents_new=0,
        documents_unchanged=0,
        documents_failed=0,
        extractor_version=store.version,
        options=json.dumps(options),
    )
    store.begin(run)
    return run


def _run_id(now: datetime) -> str:
    """Sorted by time, so that the newest release is the last by name."""
    return f"{now:%Y%m%dT%H%M%S.%fZ}-{os.getpid()}"


def _finished(run: Run, read: Read, known: Sequence[Known]) -> Run:
    new = sum(1 for document in known if _is_fresh(document, read.fresh))
    failed = sum(1 for document in known if document.status == "failed")
    return replace(
        run,
        finished_at=utc_now(),
        documents_seen=len(known) + len(read.unopened),
        documents_new=new,
        documents_unchanged=len(known) - new,
        documents_failed=failed + len(read.unopened),
    )


def _is_fresh(document: Known, fresh: frozenset[str]) -> bool:
    """Whether a document was read in this run; a member of an archive goes with its archive."""
    return document.content_id in fresh


def _not_opened(unopened: Sequence[Unopened], run_id: str) -> list[Ingest]:
    now = utc_now()
    return [
        Ingest(None, run_id, each.source.uri, "failed", each.reason, 0.0, now) for each in unopened
    ]


def _unchanged(known: Sequence[Known], fresh: frozenset[str], run_id: str) -> list[Ingest]:
    now = utc_now()
    return [
        Ingest(each.document_id, run_id, each.source_uri, "unchanged", each.reason, 0.0, now)
        for each in known
        if not _is_fresh(each, fresh)
    ]


def _retired(retired: Sequence[tuple[str, str]], run_id: str) -> list[Ingest]:
    now = utc_now()
    return [Ingest(each, run_id, uri, "retired", None, 0.0, now) for each, uri in retired]


def _summary(
    run: Run,
    read: Read,
    known: Sequence[Known],
    published: Published,
    report: Report,
    seconds: float,
) -> RunSummary:
    finished = _finished(run, read, known)
    partials = [each for each in known if each.status == "partial"]
    failures = [Failure(each.source.uri, each.reason) for each in read.unopened]
    failures += [_failure(each) for each in known if each.status == "failed"]
    return RunSummary(
        run_id=run.run_id,
        documents_seen=finished.documents_seen,
        documents_new=finished.documents_new,
        documents_unchanged=finished.documents_unchanged,
        documents_failed=finished.documents_failed,
        documents_partial=len(partials),
        documents_retired=read.retired,
        projects=published.projects,
        indicators=published.indicators,
        rejects=published.rejects,
        findings_high=published.findings_high,
        findings_medium=published.findings_medium,
        findings_low=published.findings_low,
        failures=tuple(sorted(failures, key=lambda failure: failure.name)),
        partials=tuple(_failure(each) for each in partials),
        checks_failed=tuple(map(str, report.failed)),
        seconds=seconds,
    )


def _failure(document: Known) -> Failure:
    return Failure(document.source_uri, document.reason or "")


@contextmanager
def _disk_errors(output: Path) -> Iterator[None]:
    """A full or forbidden disk is not a defect of ours: one line, and the old tables stay."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL:
            raise UserError(f"磁盘空间不足，无法写入“{output}”；原有结果未受影响") from error
        if isinstance(error, PermissionError):
            raise UserError(f"无法写入“{output}”：{reason_of(error)}") from error
        raise
    except duckdb.IOException as error:
        message = f"无法写入“{output}”：{first_line(error)}；原有结果未受影响"
        raise UserError(message) from error
