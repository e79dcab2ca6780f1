"""Unattended runs: killed at random, two at once, on a full disk."""

from __future__ import annotations

import resource
import signal
from multiprocessing import get_context
from pathlib import Path

import kills
import pytest
from plain_reports import extract, no_checks

from pipeline.errors import UserError
from pipeline.ingest import ingest
from pipeline.verify import verify

KILLS = 15
ROOM = 200_000  # bytes of one file: too few for a database


def test_random_kills_lose_nothing(tmp_path: Path) -> None:
    assert kills.kill_often(tmp_path, KILLS) > 0  # how many hit depends on the machine


def test_two_ingests_at_once_both_end_well(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("甲", "乙")]
    for number, folder in enumerate(folders):
        folder.mkdir()
        for each in range(10):
            kills.write(folder, 100 * number + each)
    running = [kills.started(folder, tmp_path / "out") for folder in folders]
    for process in running:
        process.join()  # type: ignore[attr-defined]
        assert process.exitcode == 0  # type: ignore[attr-defined]
    assert verify(tmp_path / "out").faults == ()
    summary = ingest([*folders], tmp_path / "out", extract=extract, reconcile=no_checks)
    assert (summary.documents_seen, summary.documents_new) == (20, 0)


def fill_the_disk(folder: str, output: str) -> None:
    """Ingest where no file may grow beyond ROOM, as on a disk that has no more."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))
    with pytest.raises(UserError, match="磁盘空间不足.*原有结果未受影响"):
        ingest([folder], Path(output), extract=extract, reconcile=no_checks, workers=1)


def test_a_full_disk_leaves_the_last_state_and_the_next_run_goes_on(tmp_path: Path) -> None:
    folder, output = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    kills.write(folder, 1)
    ingest([folder], output, extract=extract, reconcile=no_checks, workers=1)
    before = (output / "datapackage.json").read_bytes()
    kills.write(folder, 2)
    child = get_context("spawn").Process(target=fill_the_disk, args=(str(folder), str(output)))
    child.start()
    child.join()
    assert child.exitcode == 0
    assert (output / "datapackage.json").read_bytes() == before
    assert verify(output).faults == ()
    summary = ingest([folder], output, extract=extract, reconcile=no_checks, workers=1)
    assert (summary.documents_seen, verify(output).faults) == (2, ())
