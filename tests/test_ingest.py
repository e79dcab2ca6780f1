"""Ingest from end to end with a small extractor: what is read, kept, retired and reported."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import duckdb
import pytest
from plain_reports import MEMBERS, extract, no_checks, one

from pipeline.errors import UserError
from pipeline.executor import chunks, read_all
from pipeline.ingest import ingest
from pipeline.lock import exclusive
from pipeline.parts import SUFFIX, Task, load
from pipeline.reading import read_source, to_batch
from pipeline.release import PARTS
from pipeline.sources import Content, Source, expand, identify
from pipeline.summary import Progress, RunSummary
from schemas.records import Extraction
from schemas.tables import TABLES, TIMED_TABLES

TIMELESS = [spec.name for spec in TABLES if spec not in TIMED_TABLES]


def run(output: Path, *paths: str | Path, **options: object) -> RunSummary:
    """One ingest with the test language."""
    given = {"extract": extract, "reconcile": no_checks, "workers": 1} | options
    return ingest(list(paths), output, **given)  # type: ignore[arg-type]


def query(output: Path, sql: str) -> list[tuple[object, ...]]:
    """Rows of the published database."""
    with duckdb.connect(str(output / "jixiao.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def write(folder: Path, **texts: str) -> Path:
    """A folder with these text files."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "报告", 甲="道路 12.50\n桥梁 3", 乙="渠道 7.1", 丙="泵站 8")


def test_a_folder_becomes_tables(folder: Path, output: Path) -> None:
    summary = run(output, folder)
    assert (summary.documents_seen, summary.documents_new, summary.projects) == (3, 3, 4)
    assert summary.exit_code() == 0
    assert query(output, "SELECT 金额 FROM 资金 ORDER BY 金额 DESC LIMIT 1")[0][0] == 12.5
    assert query(output, "SELECT count(*) FROM ingests WHERE outcome = 'read'") == [(3,)]
    assert query(output, "SELECT documents_new, finished_at > started_at FROM runs") == [(3, True)]


def test_unchanged_documents_are_not_read_again(folder: Path, output: Path) -> None:
    run(output, folder)
    read: list[str] = []

    def watched(data: bytes, name: str) -> tuple[Extraction, ...]:
        read.append(name)
        return extract(data, name)

    write(folder, 乙="渠道 7.2")
    summary = run(output, folder, extract=watched)
    assert read == ["乙.txt"]
    assert (summary.documents_new, summary.documents_unchanged) == (1, 2)
    assert query(output, "SELECT raw FROM funds WHERE raw LIKE '7%'") == [("7.2",)]
    unchanged = "SELECT count(*) FROM ingests WHERE outcome = 'unchanged'"
    assert query(output, unchanged) == [(2,)]


def test_the_same_content_under_two_names_is_one_document(folder: Path, output: Path) -> None:
    shutil.copy(folder / "乙.txt", folder / "a.txt")
    run(output, folder)
    rows = query(output, "SELECT file_name, source_uris FROM documents WHERE len(source_uris) > 1")
    assert rows == [("a.txt", [f"{folder}/a.txt", f"{folder}/乙.txt"])]
    assert query(output, "SELECT count(*) FROM funds WHERE raw = '7.1'") == [(1,)]


def test_a_vanished_source_is_retired_and_comes_back_unread(folder: Path, output: Path) -> None:
    run(output, folder)
    text = (folder / "丙.txt").read_text("utf-8")
    (folder / "丙.txt").unlink()
    summary = run(output, folder)
    assert summary.documents_retired == 1
    assert query(output, "SELECT count(*) FROM documents") == [(2,)]
    retired = query(output, "SELECT source_uri FROM ingests WHERE outcome = 'retired'")
    assert retired == [(f"{folder}/丙.txt",)]
    assert query(output, "SELECT count(*) FROM projects WHERE project_name = '泵站'") == [(0,)]
    write(folder, 丙=text)
    assert run(output, folder).documents_new == 0
    assert query(output, "SELECT count(*) FROM documents") == [(3,)]


def test_a_folder_beside_is_not_retired(folder: Path, tmp_path: Path, output: Path) -> None:
    run(output, folder)
    summary = run(output, write(tmp_path / "报告二", 丁="水库 9"))
    assert (summary.documents_seen, summary.documents_retired) == (1, 0)
    assert query(output, "SELECT count(*) FROM documents") == [(4,)]


def test_bad_files_cost_only_themselves(folder: Path, output: Path) -> None:
    (folder / "空.txt").write_bytes(b"")
    (folder / "乱码.bin").write_bytes(b"\xff\xfe\x00\x9c" * 9)
    write(folder, 缺陷="DEFECT", 残缺="道路 十二")
    seen: list[Progress] = []
    summary = run(output, folder, progress=seen.append)
    assert summary.exit_code() == summary.exit_code("high") == 3
    assert (summary.documents_failed, summary.documents_partial, summary.rejects) == (3, 1, 1)
    reasons = {Path(failure.name).name: failure.reason for failure in summary.failures}
    assert reasons["空.txt"] == "文件是空的"
    assert reasons["乱码.bin"] == "不是文本"
    assert "IndexError" in reasons["缺陷.txt"] and "列表越界" in reasons["缺陷.txt"]
    assert query(output, "SELECT count(*) FROM documents WHERE status = 'ok'") == [(3,)]
    assert query(output, "SELECT count(*) FROM documents WHERE status_reason IS NULL") == [(3,)]
    assert sorted(event.done for event in seen) == list(range(1, 8))
    again = run(output, folder)
    assert (again.documents_new, again.exit_code()) == (0, 3)


def test_a_source_that_cannot_be_opened_is_named(folder: Path, output: Path) -> None:
    def vanish(data: bytes, name: str) -> tuple[Extraction, ...]:
        (folder / "乙.txt").unlink(missing_ok=True)
        return extract(data, name)

    summary = run(output, folder, extract=vanish)
    reasons = [(failure.name, failure.reason) for failure in summary.failures]
    assert reasons == [(f"{folder}/乙.txt", "无法打开文件：文件已不存在")]
    assert query(output, "SELECT document_id FROM ingests WHERE outcome = 'failed'") == [(None,)]


def test_a_dead_and_an_overdue_worker_cost_one_document_each(folder: Path, output: Path) -> None:
    write(folder, 崩溃="ABORT\n", 死循环="HANG\n")
    write(folder, 附件="水厂\0 1")  # no plain text: needs a worker
    summary = run(output, folder, workers=2, seconds=2.0)
    reasons = {Path(failure.name).name: failure.reason for failure in summary.failures}
    assert set(reasons) == {"崩溃.txt", "死循环.txt"}
    assert reasons["崩溃.txt"].startswith("解析进程异常退出")
    assert reasons["死循环.txt"].startswith("超过 2 秒")
    assert (summary.documents_seen, summary.documents_failed, summary.projects) == (6, 2, 5)


class Unborn:
    """An extractor that no worker can load."""

    def __call__(self, data: bytes, name: str) -> tuple[Extraction, ...]:
        raise AssertionError

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (1,)


def test_workers_that_cannot_start_blame_no_document(folder: Path, output: Path) -> None:
    write(folder, 附件="水厂\0 1")
    with pytest.raises(UserError, match="无法启动解析进程"):
        run(output, folder, extract=Unborn())
    assert run(output, folder).documents_failed == 0


def test_what_was_cut_short_is_tried_again(folder: Path, output: Path) -> None:
    write(folder, 坏="ABORT\0")
    assert run(output, folder).documents_failed == 1

    def healed(data: bytes, name: str) -> tuple[Extraction, ...]:
        return (one(b"\xe7\x94\xb2 1", name),) if b"ABORT" in data else extract(data, name)

    (folder / "坏.txt").write_bytes(b"ABORT")
    assert run(output, folder, extract=healed).documents_failed == 0


def test_members_of_an_archive_are_documents(folder: Path, output: Path) -> None:
    (folder / "包.zip").write_bytes(MEMBERS + "\n里/子.txt=水厂 5\n同.txt=渠道 7.1".encode())
    summary = run(output, folder)
    assert (summary.documents_seen, summary.projects) == (5, 5)
    rows = query(output, "SELECT file_name, source_uris FROM documents ORDER BY file_name")
    assert ("包.zip!里/子.txt", [f"{folder}/包.zip!里/子.txt"]) in rows
    assert ("乙.txt", [f"{folder}/乙.txt", f"{folder}/包.zip!同.txt"]) in rows
    (folder / "包.zip").unlink()
    assert run(output, folder).documents_retired == 2
    assert query(output, "SELECT count(*) FROM documents") == [(3,)]


def test_two_folders_two_orders_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {f"r{n}": f"道路 {n}\n桥梁 {n}.5\n渠道 缺" * (1 + n % 3) for n in range(40)}
    for place, names in (("one", sorted(texts)), ("two", sorted(texts, reverse=True))):
        (tmp_path / place).mkdir()
        monkeypatch.chdir(tmp_path / place)
        write(Path("in"), **{name: texts[name] for name in names})
    monkeypatch.chdir(tmp_path / "one")
    run(Path("out"), "in")
    monkeypatch.chdir(tmp_path / "two")
    for name in sorted(texts, reverse=True)[:7]:
        run(Path("elsewhere"), f"in/{name}.txt")
    (tmp_path / "two" / "in" / "zip").write_bytes(b"PK\0")  # sends all to worker processes
    run(Path("elsewhere"), "in", workers=2)
    (tmp_path / "two" / "in" / "zip").unlink()
    run(Path("elsewhere"), "in", workers=2)
    first, second = tmp_path / "one" / "out", tmp_path / "two" / "elsewhere"
    for name in TIMELESS:
        paths = [place / "tables" / f"{name}.parquet" for place in (first, second)]
        hashes = {hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
        assert len(hashes) == 1, name
    assert query(first, "SELECT count(*) FROM projects")[0][0] == sum(
        len(text.splitlines()) for text in texts.values()
    )


def test_rows_stand_in_document_order(folder: Path, output: Path) -> None:
    write(folder, 多="\n".join(f"项目{n} {n}" for n in range(1, 13)))
    run(output, folder)
    names = query(output, "SELECT raw FROM funds WHERE raw NOT IN ('12.50', '7.1')")
    order = [str(name[0]) for name in names]
    start = order.index("1")
    assert order[start : start + 12] == [str(n) for n in range(1, 13)]


def test_a_missing_path_is_wrong_use(tmp_path: Path, output: Path) -> None:
    with pytest.raises(UserError, match="找不到文件或目录“.*没有”"):
        run(output, tmp_path / "没有")
    assert not output.exists()


def test_an_output_that_cannot_be_written_is_wrong_use(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="无法写入输出目录"):
        run(tmp_path / "file", folder)


def test_a_damaged_store_is_named(folder: Path, output: Path) -> None:
    output.mkdir()
    (output / "store.duckdb").write_bytes(b"not a database" * 999)
    with pytest.raises(UserError, match="无法打开存储文件"):
        run(output, folder)


def test_the_second_ingest_says_who_writes(output: Path) -> None:
    with (
        exclusive(output),
        pytest.raises(UserError, match=f"正由进程 {os.getpid()}"),
        exclusive(output, patience=0.0),
    ):
        pass


def test_hidden_files_and_the_output_are_no_sources(folder: Path) -> None:
    inside = folder / "output"
    run(inside, folder)
    write(folder, **{".隐藏": "x", "~$甲": "x", "README.md": "x"})
    names = [source.name for source in expand([folder], exclude=inside).sources]
    assert names == sorted(["甲.txt", "乙.txt", "丙.txt"])


def test_a_name_in_gbk_is_readable(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/" + "自评.txt".encode("gb18030")
    Path(os.fsdecode(raw)).write_bytes("甲 1".encode())
    (source,) = expand([tmp_path], exclude=tmp_path / "output").sources
    assert source.name == "自评.txt"
    assert Path(source.path).read_bytes() == "甲 1".encode()


def test_chunks_lose_nothing_and_keep_large_files_apart() -> None:
    source = Source("a", "a", Path("a"))
    sizes = [10, 5 << 20, 10, 3 << 20, 2 << 20, 1]
    contents = [Content(source, str(n), size) for n, size in enumerate(sizes)] * 9
    found = list(chunks(contents, 1))
    assert [content for chunk in found for content in chunk] == contents
    assert all(len(chunk) == 1 or sum(c.size for c in chunk) <= 4 << 20 for chunk in found)


def test_every_source_is_in_one_part_in_both_ways(folder: Path, tmp_path: Path) -> None:
    contents = [
        each
        for each in identify(expand([folder], exclude=tmp_path).sources)
        if isinstance(each, Content)
    ]
    task = Task(extract, "v", 60.0, str(tmp_path / "parts"))
    in_process = list(read_all(contents, task, 1))
    (folder / "worker").write_bytes(b"\0")
    source = Source("worker", "worker", folder / "worker")
    binary = Content(source, hashlib.sha256(b"\0").hexdigest(), 1)
    by_workers = list(read_all([*contents, binary], task, 2))
    for parts, size in ((in_process, 3), (by_workers, 4)):
        uris = [reading.source.uri for part in parts for reading in part.readings]
        assert len(uris) == len(set(uris)) == size
        batches = [load(part.place) for part in parts]
        assert sum(batch.tables[0].num_rows for batch in batches) == size


def test_a_record_of_the_wrong_type_costs_its_document(folder: Path) -> None:
    def wrong(data: bytes, name: str) -> tuple[Extraction, ...]:
        read = extract(data, name)[0]
        if name != "乙.txt":
            return (read,)
        broken = type(read)(read.document, funds=("not a fund",))  # type: ignore[arg-type]
        return (broken,)

    results = [
        read_source(Source(path.name, path.name, path), wrong) for path in sorted(folder.iterdir())
    ]
    readings, batch = to_batch(results, "v")
    assert sorted(row["status"] for row in batch.tables[0].to_pylist()) == ["failed", "ok", "ok"]
    states = [document.status for reading in readings for document in reading.documents]
    assert sorted(states) == ["failed", "ok", "ok"]


def test_what_a_lost_run_had_read_is_not_read_again(
    folder: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise KeyboardInterrupt

    def unasked(data: bytes, name: str) -> tuple[Extraction, ...]:
        raise AssertionError(name)

    for step in ("pipeline.store.Store.add", "pipeline.store.Store.forget_parts"):
        with monkeypatch.context() as patch:
            patch.setattr(step, lost)
            patch.setattr("pipeline.intake.discard", lambda folder: None)
            with pytest.raises(KeyboardInterrupt):
                run(output, folder)
    assert list((output / PARTS).rglob(f"*{SUFFIX}"))
    summary = run(output, folder, extract=unasked)
    assert (summary.documents_seen, summary.documents_failed, summary.projects) == (3, 0, 4)
    assert query(output, "SELECT count(*) FROM ingests WHERE outcome = 'read'") == [(3,)]
    assert not (output / PARTS).exists()
