"""What a scheduled run needs: counts of each case, options to read again, status, verify, diff."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import fsspec
import pytest
from plain_reports import extract, no_checks
from plain_s3 import bucket

from pipeline import cli
from pipeline.compare import compare
from pipeline.errors import UserError
from pipeline.ingest import ingest
from pipeline.place import working
from pipeline.summary import RunSummary
from pipeline.verify import verify
from schemas.records import Extraction
from schemas.version import extractor_version

ROOT = Path(__file__).resolve().parent.parent
LONG_AGO = 1_600_000_000


def run(output: Path, *paths: str | Path, **options: object) -> RunSummary:
    given = {"extract": extract, "reconcile": no_checks, "workers": 1} | options
    return ingest(list(paths), output, **given)  # type: ignore[arg-type]


def last_run(output: Path) -> dict[str, object]:
    """The newest row of `runs`."""
    with duckdb.connect(str(output / "jixiao.duckdb"), read_only=True) as connection:
        found = connection.execute("FROM runs ORDER BY started_at DESC LIMIT 1")
        names = [column[0] for column in found.description or ()]
        (row,) = found.fetchall()
    return dict(zip(names, row, strict=True))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "报告"
    place.mkdir()
    texts = {"甲": "道路 12.50", "乙": "渠道 7.1", "丙": "泵站 8", "坏": "DEFECT"}
    for name, text in texts.items():
        (place / f"{name}.txt").write_text(text, "utf-8")
    return place


def test_every_case_is_counted(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    run(output, folder)
    (folder / "甲.txt").write_text("道路 12.51", "utf-8")
    (folder / "乙.txt").rename(folder / "乙二.txt")
    (folder / "丙.txt").unlink()
    (folder / "丁.txt").write_text("水库 9", "utf-8")
    (folder / "戊.txt").write_text("水库 9", "utf-8")
    summary = run(output, folder)
    row = last_run(output)
    counted = {name: row[f"documents_{name}"] for name in (
        "seen", "new", "unchanged", "failed", "changed", "renamed", "retired", "duplicate",
        "retried", "upgraded", "outdated",
    )}  # fmt: skip
    assert counted == {
        "seen": 5, "new": 3, "unchanged": 2, "failed": 1, "changed": 1, "renamed": 1,
        "retired": 2, "duplicate": 1, "retried": 0, "upgraded": 0, "outdated": 0,
    }  # fmt: skip
    assert summary.republished


def test_failed_documents_are_read_again_when_asked(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    run(output, folder)
    read: list[str] = []

    def healed(data: bytes, name: str) -> tuple[Extraction, ...]:
        read.append(name)
        return extract(data.replace(b"DEFECT", "甲 1".encode()), name)

    assert run(output, folder, extract=healed).documents_failed == 1
    summary = run(output, folder, extract=healed, retry_failed=True)
    assert read == ["坏.txt"]
    assert (summary.documents_failed, summary.documents_new) == (0, 1)
    assert last_run(output)["documents_retried"] == 1


def test_another_version_reads_again_when_asked(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out"
    run(output, folder)
    monkeypatch.setattr("pipeline.ingest.extractor_version", lambda: "another")
    summary = run(output, folder)
    assert (summary.documents_new, summary.documents_outdated) == (0, 4)
    summary = run(output, folder, upgrade=True)
    assert (summary.documents_new, summary.documents_outdated) == (4, 0)
    assert last_run(output)["documents_upgraded"] == 4
    with duckdb.connect(str(output / "jixiao.duckdb"), read_only=True) as connection:
        versions = connection.execute("SELECT DISTINCT extractor_version FROM documents")
        assert versions.fetchall() == [("another",)]
    assert extractor_version() != "another"


def test_an_unchanged_run_opens_no_file_and_reconciles_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out"
    for path in folder.iterdir():
        os.utime(path, (LONG_AGO, LONG_AGO))
    monkeypatch.setattr("pipeline.sources.SETTLED_NS", 0)  # these files are not written any more
    run(output, folder)
    before = (output / "tables" / "funds.parquet").stat()

    def forbidden(*_: object) -> object:
        raise AssertionError("nothing has changed")

    monkeypatch.setattr("pipeline.intake.identify", lambda sources: [forbidden() for _ in sources])
    summary = run(output, folder, extract=forbidden, reconcile=forbidden)
    assert (summary.documents_unchanged, summary.republished) == (4, False)
    assert summary.failures[0].code == "defect"
    assert (output / "tables" / "funds.parquet").stat().st_ino == before.st_ino
    with duckdb.connect(str(output / "jixiao.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchall() == [(2,)]
        query = "SELECT outcome, count(*) FROM ingests GROUP BY 1 ORDER BY 1"
        counts = [("failed", 1), ("read", 3), ("unchanged", 4)]
        assert connection.execute(query).fetchall() == counts
    assert verify(output).faults == ()


def test_a_change_of_the_checks_reconciles_again(folder: Path, tmp_path: Path) -> None:
    output, own = tmp_path / "out", tmp_path / "own.sql"
    own.write_text("SELECT 1")
    assert run(output, folder, checks=[own]).republished
    assert not run(output, folder, checks=[own]).republished
    own.write_text("SELECT 2")
    assert run(output, folder, checks=[own]).republished
    assert run(output, folder).republished


def test_verify_names_what_is_wrong(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    run(output, folder)
    assert cli.run(["verify", str(output)]) == 0
    funds, rejects = (output / "tables" / f"{name}.parquet" for name in ("funds", "rejects"))
    data = bytearray(funds.read_bytes())
    data[40] ^= 1
    funds.write_bytes(data)
    rejects.unlink()
    (output / "tables" / "extra.parquet").write_bytes(b"x")
    faults = {fault.path: fault.reason for fault in verify(output).faults}
    assert faults == {
        "tables/funds.parquet": "内容与记录的哈希值不符",
        "tables/rejects.parquet": "文件不见了",
        "tables/extra.parquet": "没有登记在 datapackage.json 中",
    }
    assert cli.run(["verify", str(output)]) == 1
    with pytest.raises(UserError, match="不是发布的结果"):
        verify(tmp_path)


def test_diff_says_what_changed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out"
    run(output, folder)
    old = (output / ".current").resolve()
    assert compare(output, output).is_empty
    (folder / "甲.txt").write_text("道路 99\n新桥 1", "utf-8")
    (folder / "丙.txt").unlink()
    (folder / "丁.txt").write_text("水库 9", "utf-8")
    run(output, folder)
    difference = compare(old, output)
    changes = {Path(row.name).name: row.change for row in difference.documents}
    assert changes == {"甲.txt": "changed", "丙.txt": "removed", "丁.txt": "added"}
    funds = next(each for each in difference.tables if each.table == "funds")
    assert (funds.rows_old, funds.rows_new, funds.only_old, funds.only_new) == (3, 4, 2, 3)
    assert cli.run(["diff", str(old), str(output), "--format", "csv"]) == 0
    assert "文档,added" in capsys.readouterr().out


def test_status_lists_runs_failures_and_slow_documents(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out"
    run(output, folder)
    assert cli.run(["status", "--output", str(output)]) == 0
    printed = capsys.readouterr().out
    for word in ("最近的批次", "defect", "最慢的文档"):
        assert word in printed
    assert cli.run(["status", "--output", str(output), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["失败"] == 1


def test_the_log_of_a_pipe_is_json_with_ids(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("项目名称：甲\n全年预算数：100万元\n", "utf-8")
    command = [sys.executable, "-m", "pipeline.cli", "ingest", str(tmp_path / "a.txt")]
    done = subprocess.run(
        [*command, "--output", str(tmp_path / "out")], cwd=ROOT, capture_output=True, check=False
    )
    lines = [json.loads(line) for line in done.stderr.decode().splitlines()]
    document = next(line for line in lines if "document_id" in line)
    assert document["source_uri"].endswith("a.txt")
    assert {line["run_id"] for line in lines if "run_id" in line} == {document["run_id"]}
    assert all({"timestamp", "level", "event"} <= set(line) for line in lines)


def test_sources_at_a_url(tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    for name, text in (("一/甲.txt", "道路 1"), ("乙.txt", "桥梁 2"), (".隐藏", "x")):
        memory.pipe(f"/reports/{name}", text.encode())
    output = tmp_path / "out"
    summary = run(output, "memory://reports")
    assert (summary.documents_seen, summary.projects) == (2, 2)
    assert run(output, "memory://reports").documents_new == 0
    memory.rm("/reports/乙.txt")
    memory.pipe("/reports/一/甲.txt", "道路 3".encode())
    summary = run(output, "memory://reports")
    assert (summary.documents_new, summary.documents_retired, summary.projects) == (1, 1, 1)
    with duckdb.connect(str(output / "jixiao.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT file_name, source_uris FROM documents").fetchall()
    assert rows == [("甲.txt", ["memory://reports/一/甲.txt"])]
    with pytest.raises(UserError, match="找不到文件或目录"):
        run(output, "memory://nowhere")


def test_sources_on_s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    objects = {"年/甲.txt": "道路 1".encode(), "年/乙.bin": "桥梁 2\0".encode()}
    with bucket("reports", objects) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        summary = run(tmp_path / "out", "s3://reports/年", workers=2)
        assert (summary.documents_seen, summary.projects) == (2, 2)
        assert summary.documents_failed == 0
        assert run(tmp_path / "out", "s3://reports/年").documents_new == 0
        with pytest.raises(UserError, match="找不到文件或目录"):
            run(tmp_path / "out", "s3://reports/没有")


def test_an_output_at_a_url(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = fsspec.filesystem("memory")

    def nightly(machine: str) -> RunSummary:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / machine))
        with working("memory://out/jixiao") as (place, done):
            summary = run(place, folder)
            done(summary.run_id)
        return summary

    def current() -> dict[str, str]:
        package = json.loads(memory.cat_file("/out/jixiao/datapackage.json"))
        paths = {each["path"]: each for each in package["resources"]}
        for path, each in paths.items():
            data = memory.cat_file(f"/out/jixiao/{path}")
            digest = hashlib.sha256(data).hexdigest()
            assert (len(data), f"sha256:{digest}") == (each["bytes"], each["hash"])
        return {each["name"]: path for path, each in paths.items()}

    assert nightly("one").documents_new == 4
    first = current()
    (folder / "丁.txt").write_text("水库 9", "utf-8")
    assert nightly("another").documents_new == 1  # which has no store of its own yet
    second = current()
    assert second["funds"] != first["funds"]
    assert second["account_lines"] == first["account_lines"]  # empty then and now: not sent again
    assert nightly("another").documents_new == 0
    assert current()["funds"] == second["funds"]
    nightly("one")
    kept = {path.split("/releases/")[1].split("/")[0] for path in memory.find("/out/jixiao")
            if "/releases/" in path}  # fmt: skip
    assert first["funds"].split("/")[1] in {each.split("/")[1] for each in current().values()}
    assert len(kept) <= 4


def test_a_file_url_is_a_path(folder: Path, tmp_path: Path) -> None:
    assert run(tmp_path / "out", f"file://{folder}").documents_seen == 4
    assert run(tmp_path / "out", folder).documents_new == 0
