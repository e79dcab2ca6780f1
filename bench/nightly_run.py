"""One ingest here, its steps timed: `python -m bench.nightly_run FOLDER OUTPUT WORKERS`."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipeline import ingest as line
from pipeline import publish
from pipeline.ingest import Report, ingest, reconcile_tables
from pipeline.known import Known
from pipeline.store import Store
from pipeline.summary import Published


def main(folder: str, output: str, workers: int) -> None:
    """Write what one run took, as JSON."""
    spent = {"reconcile": 0.0, "publish": 0.0}

    def reconcile(
        connection: duckdb.DuckDBPyConnection, checks: Sequence[Path], known: Known | None
    ) -> Report:
        began = time.perf_counter()
        report = reconcile_tables(connection, checks, known)
        spent["reconcile"] = time.perf_counter() - began
        return report

    def timed(connection: duckdb.DuckDBPyConnection, release: Path) -> Published:
        began = time.perf_counter()
        published = publish.publish(connection, release)
        spent["publish"] += time.perf_counter() - began
        return published

    def copied(store: Store, path: Path) -> None:
        began = time.perf_counter()
        copy_to(store, path)
        spent["publish"] += time.perf_counter() - began

    copy_to = Store.copy_to
    Store.copy_to = copied  # type: ignore[method-assign, assignment]
    line.publish = timed  # type: ignore[attr-defined]
    began = time.perf_counter()
    summary = ingest([folder], Path(output), workers=workers, reconcile=reconcile)
    seconds = time.perf_counter() - began
    result = {
        "documents": summary.documents_seen,
        "read": summary.documents_new,
        "failed": summary.documents_failed,
        "indicators": summary.indicators,
        "seconds": seconds,
        "reading": seconds - spent["reconcile"] - spent["publish"],
        **spent,
        "driver_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "worker_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
