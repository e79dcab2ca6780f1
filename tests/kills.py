"""Kill ingest at random moments, again and again: `python tests/kills.py 200`, or a few in tests.

After every kill what is published must be whole and of one run; when nobody disturbs it any more,
the output must have the bytes of one that was never disturbed.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Final

sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parent)]

from plain_reports import no_checks, slowly  # noqa: E402

from pipeline.ingest import ingest  # noqa: E402
from pipeline.verify import verify  # noqa: E402
from schemas.tables import TABLES, TIMED_TABLES  # noqa: E402

SEED: Final = 7
FIRST_DOCUMENTS: Final = 15
NEW_DOCUMENTS: Final = 5  # of every run, one of them for a worker process
PRELOADED: Final = ["pipeline.ingest", "plain_reports", "pipeline.distributed"]


def run(folder: str, output: str) -> None:
    """One ingest, as its own session, so that its workers can be killed with it."""
    os.setsid()
    ingest([folder], Path(output), extract=slowly, reconcile=no_checks, workers=2)


def started(folder: Path, output: Path) -> object:
    """A process that ingests a folder; it starts in some milliseconds."""
    context = get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    process = context.Process(target=run, args=(str(folder), str(output)))
    process.start()
    return process


def write(folder: Path, number: int) -> None:
    """One document more; every fifth needs a worker process."""
    binary = "\0" if number % 5 == 0 else ""
    text = f"道路{number} {number}\n桥梁{number} {number}.5{binary}\n渠道 缺"
    (folder / f"{number:04d}.txt").write_text(text, "utf-8")


def is_whole(output: Path) -> bool:
    """Whether something is published; it must be whole."""
    if not (output / "datapackage.json").exists():
        return False
    verified = verify(output)
    assert verified.faults == (), verified.faults
    return True


def kill_often(place: Path, times: int) -> int:
    """Kill that many runs; how many of the kills hit a run before its end."""
    random = Random(SEED)
    folder, output = place / "in", place / "out"
    folder.mkdir()
    for number in range(FIRST_DOCUMENTS):
        write(folder, number)
    longest = 0.0
    for name in ("first", "warm"):  # the first one also waits for the imports
        began = time.monotonic()
        started(folder, place / name).join()  # type: ignore[attr-defined]
        longest = 0.9 * (time.monotonic() - began)
    hits = 0
    for number in range(times):
        for fresh in range(NEW_DOCUMENTS):
            write(folder, FIRST_DOCUMENTS + NEW_DOCUMENTS * number + fresh)
        (folder / f"{random.randrange(FIRST_DOCUMENTS):04d}.txt").touch()
        process = started(folder, output)
        process.join(random.uniform(0, longest))  # type: ignore[attr-defined]
        if process.is_alive():  # type: ignore[attr-defined]
            _kill(process.pid)  # type: ignore[attr-defined]
            hits += 1
        process.join()  # type: ignore[attr-defined]
        is_whole(output)
    for target in (output, place / "never disturbed"):
        last = started(folder, target)
        last.join()  # type: ignore[attr-defined]
        assert last.exitcode == 0  # type: ignore[attr-defined]
        assert is_whole(target)
    for spec in TABLES:
        if spec not in TIMED_TABLES:
            name = f"tables/{spec.name}.parquet"
            paths = [place / side / name for side in ("out", "never disturbed")]
            assert paths[0].read_bytes() == paths[1].read_bytes(), name
    assert not list((output / ".releases").glob("*.unfinished"))
    return hits


def _kill(pid: int) -> None:
    """Kill a run and, where it has got so far as to lead a session, its workers."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    wanted = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch:
        print(f"{wanted} runs, {kill_often(Path(scratch), wanted)} killed before their end: whole")
