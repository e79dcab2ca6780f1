"""Publishing: files that agree with each other, and readers that never see half a state."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from multiprocessing import get_context
from pathlib import Path

import duckdb
import frictionless
import pyarrow.parquet as pq
import pytest
from plain_reports import a_fund, extract, no_checks

from pipeline import ingest as ingesting
from pipeline import partition, release
from pipeline import publish as publishing
from pipeline.errors import UserError
from pipeline.ingest import ingest
from pipeline.partition import write_parquet
from pipeline.release import PUBLISHED, fresh_release, switch
from pipeline.verify import verify
from schemas.arrow import arrow_schema, to_arrow
from schemas.columns import Locator
from schemas.tables import TABLES, TIMED_TABLES, create_all, table


@pytest.fixture
def output(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "甲.txt").write_text("道路 12.50\n桥梁 3", "utf-8")
    run(tmp_path / "output")
    return tmp_path / "output"


def run(output: Path) -> None:
    ingest([output.parent / "in"], output, extract=extract, reconcile=no_checks, workers=1)


def die_publishing(output: Path) -> None:
    """Run until the tables are written and the package is not, then die without a last word."""
    ingesting.write_datapackage = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    run(output)


def projects(output: Path) -> int:
    """How many projects each of the two published forms has; they must agree."""
    rows = pq.read_metadata(output / "tables" / "projects.parquet").num_rows
    with duckdb.connect(str(output / "jixiao.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM 项目").fetchall() == [(rows,)]
    return rows


def test_results_of_any_owner_are_published_in_the_order_of_the_contract(tmp_path: Path) -> None:
    spec = table("check_results")
    owners = [
        (None, "a.p1"),
        ("b" * 64, None),
        *((d, f"{d}.p{n}") for d in "ab" for n in (10, 9, 1)),
    ]
    with duckdb.connect(str(tmp_path / "jixiao.duckdb")) as connection:
        create_all(connection)
        for document, project in owners:
            for check, reason in (("z", "没有资金行"), ("a", None), ("甲", "")):
                row = [check, document, project, 1, 1, 0, 0, reason]
                connection.execute("INSERT INTO check_results VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        wanted = connection.execute(
            f"FROM check_results ORDER BY {', '.join(spec.order_by)}"
        ).fetchall()
        publishing.publish(connection, tmp_path)
        assert connection.execute("FROM check_results").fetchall() == wanted
    path = tmp_path / "tables" / "check_results.parquet"
    assert [tuple(row.values()) for row in pq.read_table(path).to_pylist()] == wanted


def test_projects_that_reconciling_moved_are_published_in_order(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "jixiao.duckdb")) as connection:
        create_all(connection)
        for document, ordinal in (("b", 2), ("a", 1), ("b", 1)):
            connection.execute(
                "INSERT INTO projects BY NAME SELECT $1 AS document_id, $2 AS ordinal, "
                "$1 || '.p' || $2 AS project_id, TRUE AS has_form, [] AS proofs, [] AS cells",
                [document, ordinal],
            )
        publishing.publish(connection, tmp_path)
        assert connection.execute("SELECT project_id FROM projects").fetchall() == [
            ("a.p1",),
            ("b.p1",),
            ("b.p2",),
        ]
    published = pq.read_table(tmp_path / "tables" / "projects.parquet")
    assert published.column("project_id").to_pylist() == ["a.p1", "b.p1", "b.p2"]


def test_every_table_is_there_in_both_forms(output: Path) -> None:
    with duckdb.connect(str(output / "jixiao.duckdb"), read_only=True) as connection:
        for spec in TABLES:
            path = output / "tables" / f"{spec.name}.parquet"
            schema = pq.read_schema(path)
            assert schema.equals(arrow_schema(spec))
            assert [field.metadata[b"chinese"].decode() for field in schema] == [
                column.chinese for column in spec.columns
            ]
            differing = f"SELECT count(*) FROM (FROM {spec.name} EXCEPT ALL FROM '{path}')"
            assert connection.execute(differing).fetchall() == [(0,)]
            rows = connection.execute(f'SELECT count(*) FROM "{spec.chinese}"').fetchall()
            assert rows == [(pq.read_metadata(path).num_rows,)]


def test_the_data_package_is_valid_and_true(output: Path) -> None:
    descriptor = json.loads((output / "datapackage.json").read_text("utf-8"))
    frictionless.Package.from_descriptor(descriptor, basepath=str(output)).to_descriptor()
    report = frictionless.Package.validate_descriptor(descriptor)
    assert report.valid, report.flatten(["note"])
    named = [resource["path"] for resource in descriptor["resources"]]
    files = [path for path in (output / ".current").rglob("*") if path.is_file()]
    here = [path.relative_to(output / ".current").as_posix() for path in files]
    assert sorted([*named, "datapackage.json"]) == sorted(here)
    for resource in descriptor["resources"]:
        data = (output / resource["path"]).read_bytes()
        assert resource["bytes"] == len(data)
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
    funds = next(each for each in descriptor["resources"] if each["name"] == "funds")
    assert funds["rows"] == 2
    types = {field["name"]: field["type"] for field in funds["schema"]["fields"]}
    assert (types["amount"], types["ordinal"], types["locator"]) == ("number", "integer", "object")


def test_an_open_reader_keeps_its_release(output: Path) -> None:
    with duckdb.connect(str(output / "jixiao.duckdb"), read_only=True) as reader:
        (output.parent / "in" / "乙.txt").write_text("渠道 1", "utf-8")
        run(output)
        assert reader.execute("SELECT count(*) FROM projects").fetchall() == [(2,)]
    assert projects(output) == 3


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (publishing, "write_table"),
        (publishing, "name_tables"),
        (ingesting, "write_datapackage"),
        (release, "sync"),
        (release, "switch"),
    ],
)
def test_an_interrupted_run_leaves_the_old_state(
    output: Path, monkeypatch: pytest.MonkeyPatch, place: object, name: str
) -> None:
    (output.parent / "in" / "乙.txt").write_text("渠道 1", "utf-8")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(place, name, interrupt)
        with pytest.raises(KeyboardInterrupt):
            run(output)
    assert projects(output) == 2
    run(output)
    assert projects(output) == 3


def test_a_killed_run_leaves_the_old_state(output: Path) -> None:
    (output.parent / "in" / "乙.txt").write_text("渠道 1", "utf-8")
    child = get_context("spawn").Process(target=die_publishing, args=(output,))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert list((output / ".releases").glob("*.unfinished"))
    assert projects(output) == 2
    run(output)
    assert projects(output) == 3
    assert not list((output / ".releases").glob("*.unfinished"))


def test_one_older_release_is_kept(output: Path) -> None:
    for _ in range(3):
        before = (output / ".current").readlink().name
        run(output)
    kept = sorted(path.name for path in (output / ".releases").iterdir())
    assert kept == sorted([before, (output / ".current").readlink().name])


def test_a_full_disk_is_one_line_and_the_old_state_stays(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (output.parent / "in" / "乙.txt").write_text("渠道 1", "utf-8")
    monkeypatch.setattr(publishing, "name_tables", full)
    with pytest.raises(UserError, match="磁盘空间不足"):
        run(output)
    assert projects(output) == 2


def test_files_of_others_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "output" / "tables").mkdir(parents=True)
    (tmp_path / "output" / "tables" / "mine").write_text("x")
    with pytest.raises(UserError, match="不是本程序建立的"):
        run(tmp_path / "output")
    assert (tmp_path / "output" / "tables" / "mine").read_text() == "x"


def test_a_missing_link_is_made_again(output: Path) -> None:
    (output / "tables").unlink()
    switch(output, (output / ".current").readlink().name)
    assert projects(output) == 2
    assert all((output / name).is_symlink() for name in PUBLISHED)


def test_a_release_without_success_leaves_no_trace(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), fresh_release(tmp_path, "1") as fresh:
        (fresh / "x").write_text("x")
        raise ZeroDivisionError
    assert list((tmp_path / ".releases").iterdir()) == []
    assert not (tmp_path / ".current").is_symlink()


def test_row_groups_do_not_depend_on_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partition, "GROUP_ROWS", 3000)
    spec = table("funds")
    rows = [a_fund(f"d.p{n}", "d", 1, None, str(n), Locator()) for n in range(7000)]
    digests = set()
    for step in (1000, 7000):
        with duckdb.connect() as connection:
            create_all(connection)
            for start in range(0, len(rows), step):
                connection.register("new", to_arrow(spec, rows[start : start + step]))
                connection.execute("INSERT INTO funds FROM new")
            path = tmp_path / f"{step}.parquet"
            write_parquet(connection, spec, path)
        groups = pq.read_metadata(path)
        assert [groups.row_group(n).num_rows for n in range(3)] == [3000, 3000, 1000]
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_a_large_table_is_cut_by_year_and_answers_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def content(output: Path) -> dict[str, list[tuple[object, ...]]]:
        with duckdb.connect(str(output / "jixiao.duckdb"), read_only=True) as connection:
            return {
                spec.name: connection.execute(f"FROM {spec.name}").fetchall()
                for spec in TABLES
                if spec not in TIMED_TABLES
            }

    (tmp_path / "in").mkdir()
    for number, year in enumerate((2023, 2024, 2024, 0)):
        text = f"道路{number} {number}\n年度 {year}\n桥梁 缺\n渠道 {number}.5"
        (tmp_path / "in" / f"{number}.txt").write_text(text, "utf-8")
    run(tmp_path / "whole")
    monkeypatch.setattr(partition, "PARTITION_ROWS", 3)
    run(tmp_path / "cut")
    assert content(tmp_path / "cut") == content(tmp_path / "whole")
    parts = sorted((tmp_path / "cut" / "tables" / "funds.parquet").iterdir())
    names = [f"fiscal_year={year}" for year in ("2023", "2024", "unknown")]
    assert [part.name for part in parts] == names
    with duckdb.connect() as connection:
        pattern = tmp_path / "cut" / "tables" / "funds.parquet" / "*" / "*.parquet"
        query = f"SELECT count(*) FROM read_parquet('{pattern}', hive_partitioning = true)"
        assert connection.execute(f"{query} WHERE fiscal_year = '2024'").fetchall() == [(6,)]
    assert verify(tmp_path / "cut").faults == ()
    run(tmp_path / "cut")  # nothing changed: the parts are taken over
    assert verify(tmp_path / "cut").faults == ()
    assert content(tmp_path / "cut") == content(tmp_path / "whole")


def test_no_time_stands_in_a_table_of_facts(output: Path) -> None:
    for spec in TABLES:
        times = [column.name for column in spec.columns if column.sql == "TIMESTAMP"]
        assert bool(times) == (spec.name in ("runs", "ingests"))
