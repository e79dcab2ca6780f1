"""Reading on a real Dask cluster of separate processes, one of which is killed on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from plain_reports import extract, no_checks, slowly

from pipeline import cli
from pipeline.errors import UserError
from pipeline.ingest import ingest
from pipeline.parts import SUFFIX
from pipeline.release import PARTS
from pipeline.summary import Progress, RunSummary
from schemas.tables import TABLES, TIMED_TABLES

pytest.importorskip("distributed", reason="needs the extra [distributed]")

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = 120
START_SECONDS = 60.0


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """A process of the cluster, which finds the code under test and this folder."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler's address, and two workers."""
    told = tmp_path / "scheduler.json"
    scheduler = start(
        *("distributed.cli.dask_scheduler", "--port", "0", "--host", "127.0.0.1"),
        *("--no-dashboard", "--scheduler-file", str(told)),
    )
    processes = [scheduler]
    try:
        deadline = time.monotonic() + START_SECONDS
        while not told.exists() or not told.read_text():
            assert scheduler.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        address = json.loads(told.read_text())["address"]
        workers = [
            start(
                *("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"),
                *("--no-dashboard", "--local-directory", str(tmp_path / f"worker{number}")),
            )
            for number in range(2)
        ]
        processes += workers
        yield address, workers
    finally:
        for process in processes:
            process.kill()
            process.wait()


def run(output: Path, folder: Path, **options: object) -> RunSummary:
    given = {"extract": extract, "reconcile": no_checks, "workers": 2} | options
    return ingest([folder], output, **given)  # type: ignore[arg-type]


def test_a_lost_worker_costs_nothing_and_the_bytes_are_the_same(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(DOCUMENTS):
        (folder / f"{number}.txt").write_text(f"道路{number} {number}\n桥梁 缺", "utf-8")
    (folder / "崩溃.txt").write_text("ABORT", "utf-8")
    local = run(tmp_path / "local", folder)

    def kill_one(step: Progress) -> None:
        if step.done > DOCUMENTS // 10 and workers[0].poll() is None:
            workers[0].send_signal(signal.SIGKILL)

    far = run(
        tmp_path / "far", folder, scheduler=address, extract=slowly, progress=kill_one
    )
    assert workers[0].wait() == -signal.SIGKILL
    assert (far.documents_seen, far.documents_failed) == (DOCUMENTS + 1, 1)
    assert [failure.code for failure in far.failures] == ["parser_died"]
    assert far.failures == local.failures
    for spec in TABLES:
        if spec not in TIMED_TABLES:
            paths = [tmp_path / side / f"tables/{spec.name}.parquet" for side in ("local", "far")]
            assert paths[0].read_bytes() == paths[1].read_bytes(), spec.name
    assert pq.read_metadata(tmp_path / "far" / "tables" / "funds.parquet").num_rows == DOCUMENTS
    assert not (tmp_path / "far" / PARTS).exists()


def test_an_output_at_a_url_needs_no_shared_folder(
    tmp_path: Path,
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder, output = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for number in range(3):
        text = f"项目名称：道路{number}\n全年预算数：{number}00万元\n"
        (folder / f"{number}.txt").write_text(text, "utf-8")
    lost = output / PARTS / "killed run" / f"0{SUFFIX}"  # of a machine that died while it wrote
    lost.parent.mkdir(parents=True)
    lost.write_bytes(b"half")
    address, url = cluster[0], f"local://{output}"
    assert cli.run(["ingest", str(folder), "-o", url, "--scheduler", address, "-q"]) == 0
    package = json.loads((output / "datapackage.json").read_text("utf-8"))
    files = {each["name"]: output / each["path"] for each in package["resources"]}
    assert pq.read_metadata(files["documents"]).num_rows == 3
    assert pq.read_metadata(files["ingests"]).num_rows == 3
    assert not list((output / PARTS).rglob(f"*{SUFFIX}"))


def test_no_scheduler_is_wrong_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.distributed.CONNECT_SECONDS", 1)
    (tmp_path / "a.txt").write_text("道路 1", "utf-8")
    with pytest.raises(UserError, match="连不上调度器"):
        run(tmp_path / "out", tmp_path / "a.txt", scheduler="tcp://127.0.0.1:9")
