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
import pyarrow as pa

from pipeline import reading
from pipeline.datapackage import write_datapackage
from pipeline.errors import UserError
from pipeline.executor import DOCUMENT_SECONDS, default_workers
from pipeline.intake import Listener, Options, Read, Reader
from pipeline.known import Known, known_from
from pipeline.lock import exclusive
from pipeline.publish import (
    DATABASE_NAME,
    create_result_tables,
    opened,
    publication_key,
    publish,
    republish,
)
from pipeline.reading import Extract
from pipeline.release import (
    PARTS,
    current_release,
    fresh_release,
    is_current,
    refuse_foreign_files,
)
from pipeline.sources import expand, reason_of
from pipeline.store import (
    Publication,
    Reread,
    Store,
    Tally,
    Trouble,
    first_line,
    open_store,
)
from pipeline.store_rows import utc_now
from pipeline.summary import Failure, Published, RunSummary
from schemas.results import Run
from schemas.version import extractor_version

log = logging.getLogger(__name__)

STORE_NAME = "store.duckdb"
NO_ROOM = ("No space left on device", "Disk quota exceeded", "File too large")
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Report(Protocol):
    """What reconciling says about itself."""

    @property
    def failed(self) -> Sequence[object]:
        """The checks that could not run."""

    @property
    def documents(self) -> int:
        """How many documents were reconciled anew."""


Reconcile = Callable[[duckdb.DuckDBPyConnection, Sequence[Path], Known | None], Report]


def reconcile_tables(
    connection: duckdb.DuckDBPyConnection, checks: Sequence[Path], known: Known | None
) -> Report:
    """The reconciler, imported only when there is something to reconcile."""
    from pipeline.reconcile.incremental import reconcile_changed
    from pipeline.reconcile.run import reconcile

    changed = reconcile_changed(connection, checks, known) if known else None
    return changed or reconcile(connection, checks)


def ingest(
    paths: Sequence[str | Path],
    output: Path,
    *,
    workers: int | None = None,
    checks: Sequence[Path] = (),
    progress: Listener | None = None,
    seconds: float = DOCUMENT_SECONDS,
    retry_failed: bool = False,
    upgrade: bool = False,
    scheduler: str | None = None,
    parts: str | None = None,
    extract: Extract = reading.extract,
    reconcile: Reconcile = reconcile_tables,
) -> RunSummary:
    """Read the documents below `paths` that are new, and publish the tables of all known.

    Documents read before are read again if they failed (`retry_failed`) or another version read
    them (`upgrade`). With a `scheduler` the workers of a Dask cluster read; where they do not see
    the output, `parts` is a URL for what they hand over.
    """
    began = time.monotonic()
    # Arrow's own allocator keeps what DuckDB, which has the C library's, could use.
    pa.set_memory_pool(pa.system_memory_pool())
    options = Options(
        workers or default_workers(),
        seconds,
        Reread(retry_failed, upgrade),
        scheduler,
        (str(output.absolute() / PARTS), *filter(None, (parts,))),
    )
    given = expand(paths, exclude=output)
    with (
        _disk_errors(output),
        exclusive(output),
        open_store(output / STORE_NAME, extractor_version()) as store,
    ):
        refuse_foreign_files(output)
        run = _begin(store, paths, options)
        log.info("run %s begins", run.run_id, extra={"run_id": run.run_id, "paths": len(paths)})
        read = Reader(store, extract, options, progress).read(given, run.run_id)
        run = _finished(run, read, store.tally(run.run_id))
        store.finish(run)
        log.info("run %s has read", run.run_id, extra=_counts(run))
        release = _publish(store, output, run.run_id, checks, reconcile)
        return _summary(run, read, store, release, time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class Release:
    """What is published now, and whether this run had to make it anew."""

    published: Published
    checks_failed: tuple[str, ...]
    anew: bool
    reconciled: int = 0  # documents


def _publish(
    store: Store, output: Path, run_id: str, checks: Sequence[Path], reconcile: Reconcile
) -> Release:
    """A release of what the store holds; of the last one's tables where nothing has changed."""
    key = publication_key(checks)
    last = store.published(key)
    if last is not None and not is_current(output, last.run_id):
        last = None
    if last is not None and not last.outdated:
        with fresh_release(output, run_id) as release:
            published = republish(store, current_release(output), release)
        store.note_published(key, run_id, last.checks_failed)
        return Release(published, last.checks_failed, anew=False)
    with fresh_release(output, run_id) as release:
        database = release / DATABASE_NAME
        store.copy_to(database)
        with opened(database) as connection:
            create_result_tables(connection)
            report = reconcile(connection, checks, _known(store, last, output))
            published = publish(connection, release)
        write_datapackage(release)
    failed = tuple(map(str, report.failed))
    store.note_published(key, run_id, failed)
    said = {"run_id": run_id, "documents_reconciled": report.documents}
    log.info("run %s has reconciled", run_id, extra=said)
    return Release(published, failed, anew=True, reconciled=report.documents)


def _known(store: Store, last: Publication | None, output: Path) -> Known | None:
    """What the last release says of the documents; nothing where it may say too little."""
    if last is None or last.checks_failed:
        return None
    read_since = store.read_since()
    return None if read_since is None else known_from(current_release(output), read_since)


def _begin(store: Store, paths: Sequence[str | Path], options: Options) -> Run:
    now = utc_now()
    said = {
        "paths": [str(path) for path in paths],
        "folder": str(Path.cwd()),  # where paths that are not absolute begin
        "workers": options.workers,
        "seconds": options.seconds,
        "retry_failed": options.again.failed,
        "upgrade": options.again.outdated,
        "scheduler": options.scheduler,
    }
    run = Run(
        run_id=_run_id(now),
        started_at=now,
        finished_at=None,
        documents_seen=0,
        documents_new=0,
        documents_unchanged=0,
        documents_failed=0,
        extractor_version=store.version,
        options=json.dumps(said),
    )
    store.begin(run)
    return run


def _run_id(now: datetime) -> str:
    """Sorted by time, so that the newest release is the last by name."""
    return f"{now:%Y%m%dT%H%M%S.%fZ}-{os.getpid()}"


def _counts(run: Run) -> dict[str, object]:
    names = ("run_id", "documents_seen", "documents_new", "documents_unchanged", "documents_failed")
    return {name: getattr(run, name) for name in names}


def _finished(run: Run, read: Read, tally: Tally) -> Run:
    return replace(
        run,
        finished_at=utc_now(),
        documents_seen=tally.seen + len(read.unopened),
        documents_new=tally.new,
        documents_unchanged=tally.seen - tally.new,
        documents_failed=tally.failed + len(read.unopened),
        documents_changed=read.changed,
        documents_renamed=read.renamed,
        documents_retired=read.retired,
        documents_duplicate=tally.duplicate,
        documents_retried=read.retried,
        documents_upgraded=read.upgraded,
        documents_outdated=tally.outdated,
    )


def _summary(run: Run, read: Read, store: Store, release: Release, seconds: float) -> RunSummary:
    published = release.published
    troubles = store.troubles()
    failures = [Failure(each.source.uri, each.reason, "not_opened") for each in read.unopened]
    failures += [_failure(each) for each in troubles if each.status == "failed"]
    partials = tuple(_failure(each) for each in troubles if each.status == "partial")
    return RunSummary(
        run_id=run.run_id,
        documents_seen=run.documents_seen,
        documents_new=run.documents_new,
        documents_unchanged=run.documents_unchanged,
        documents_failed=run.documents_failed,
        documents_partial=len(partials),
        documents_retired=run.documents_retired,
        projects=published.projects,
        indicators=published.indicators,
        rejects=published.rejects,
        findings_high=published.findings_high,
        findings_medium=published.findings_medium,
        findings_low=published.findings_low,
        failures=tuple(sorted(failures, key=lambda failure: failure.name)),
        partials=partials,
        checks_failed=release.checks_failed,
        seconds=seconds,
        documents_outdated=run.documents_outdated,
        republished=release.anew,
        documents_reconciled=release.reconciled,
    )


def _failure(document: Trouble) -> Failure:
    return Failure(document.source_uri, document.reason, document.code)


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
    except duckdb.Error as error:
        said = first_line(error)
        if any(phrase in str(error) for phrase in NO_ROOM):
            raise UserError(f"磁盘空间不足，无法写入“{output}”；原有结果未受影响") from error
        if isinstance(error, duckdb.IOException):
            raise UserError(f"无法写入“{output}”：{said}；原有结果未受影响") from error
        raise
