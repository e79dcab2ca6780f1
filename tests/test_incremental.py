"""Reconciling only what changed gives what reconciling everything gives, table by table."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from case_tables import document_of, fill
from test_checks import FIXTURES, OWN_CHECK

from bench.generate import report
from pipeline.ingest import ingest
from pipeline.known import Known
from pipeline.publish import create_result_tables
from pipeline.reconcile import builtin_checks, reconcile
from pipeline.reconcile.headers import read_check
from pipeline.reconcile.incremental import reconcile_changed
from pipeline.reconcile.run import ReconcileReport, run_checks
from pipeline.summary import RunSummary
from schemas.ids import document_id
from schemas.tables import EXTRACTION_TABLES, RESULT_TABLES, TABLES, TIMED_TABLES

SAMPLES = Path(__file__).parent.parent / "samples"
Rows = dict[str, list[dict[str, Any]]]  # partial rows of a case, by table
CASE_DOCUMENTS = 20  # more than twice what any case has

WIDE_CHECK = """-- 检查时能看到的项目个数。
-- kind: other
-- severity: low
-- scope: document
-- summary: 看到 {seen} 个项目
-- basis: -
SELECT project_id, (SELECT count(*) FROM projects) AS seen, FALSE AS holds,
  [project_id || '#project_name'] AS evidence FROM projects
"""
OF_SCORES = """-- 各项目的得分应当重算过。
-- kind: other
-- severity: low
-- summary: 有 {scored} 项重算过
-- basis: -
SELECT any_value(project_id) AS project_id, count(*) AS scored, FALSE AS holds FROM rescored
"""


@cache
def cases() -> tuple[Mapping[str, Any], ...]:
    """Every case of every check's fixture."""
    files = sorted(FIXTURES.glob("*.toml"))
    return tuple(case for file in files for case in tomllib.loads(file.read_text("utf-8"))["case"])


def placed(case: Mapping[str, Any], first: int) -> Rows:
    """The rows of a case, its documents numbered from another number on."""
    given = {"documents": [{}], "projects": [{}]} | dict(case)
    return {
        name: [row | {"document": first + row.get("document", 1) - 1} for row in rows]
        for name, rows in given.items()
        if isinstance(rows, list)
    }


def joined(parts: Iterable[Rows]) -> Rows:
    """The rows of all cases as those of one corpus."""
    corpus: Rows = {"documents": [], "projects": []}
    for part in parts:
        for name, rows in part.items():
            corpus.setdefault(name, []).extend(rows)
    return corpus


@contextmanager
def corpus_of(rows: Rows, path: str = ":memory:") -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the tables of a corpus, reconciled as a release is; whole in the end."""
    with duckdb.connect(path) as connection:
        fill(connection, rows)
        create_result_tables(connection)
        yield connection
        for spec in RESULT_TABLES:
            ((own,),) = connection.execute("SELECT current_catalog()").fetchall()
            connection.execute(f'INSERT INTO "{own}".main.{spec.name} FROM temp.{spec.name}')


def results(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    """What reconciling has made or changed."""
    names = ("projects", "scoring_rules", *(spec.name for spec in RESULT_TABLES))
    return {name: connection.execute(f"FROM {name} ORDER BY ALL").fetchall() for name in names}


def of_scope(scope: str) -> list[Path]:
    return [path for path in builtin_checks() if read_check(path).scope == scope]


def apart_and_together(
    checks: Sequence[Path], corpus: Sequence[Mapping[str, Any]]
) -> tuple[frozenset[Any], frozenset[Any]]:
    """What checks say of the first document of every case and of the others, and of all at once.

    The others are the further documents of the case and another document like the first.
    """
    together = joined(
        placed(case, 2 + CASE_DOCUMENTS * number + further)
        for number, case in enumerate(corpus)
        for further in (0, CASE_DOCUMENTS // 2)
    )
    firsts, others = (
        {
            name: [row for row in rows if (row["document"] % CASE_DOCUMENTS == 2) is is_first]
            for name, rows in together.items()
        }
        for is_first in (True, False)
    )
    return said(checks, firsts) | said(checks, others), said(checks, together)


def said(checks: Sequence[Path], rows: Rows) -> frozenset[Any]:
    """What checks count, find, prove and score."""
    with corpus_of(rows) as connection:
        assert run_checks(connection, checks).failed == ()
        made = results(connection)
    return frozenset((name, *map(str, row)) for name, rows in made.items() for row in rows)


def test_what_a_check_of_documents_says_rests_on_each_alone() -> None:
    apart, together = apart_and_together(of_scope("document"), cases())
    assert apart == together


@pytest.mark.parametrize("check", of_scope("corpus"), ids=lambda path: path.stem)
def test_a_check_of_the_corpus_sees_other_documents(check: Path) -> None:
    fixture = tomllib.loads((FIXTURES / f"{check.stem}.toml").read_text("utf-8"))["case"]
    assert any(apart != together for apart, together in map(
        lambda case: apart_and_together([check], [case]), fixture
    ))  # fmt: skip


@dataclass(slots=True)
class Corpus:
    """Cases under numbers that do not change, and the edits a night may bring."""

    kept: dict[int, Mapping[str, Any]]
    random: Random
    names: dict[int, str]

    def rows(self) -> Rows:
        corpus = joined(
            placed(case, CASE_DOCUMENTS * number) for number, case in sorted(self.kept.items())
        )
        for row in corpus["documents"]:
            name = self.names.get(row["document"] // CASE_DOCUMENTS)
            row |= {"source_uris": [name]} if name else {}
        return corpus

    def edit(self) -> int:
        """Add, take away, rename or replace a case, or bring one a second time; its number."""
        number = self.random.choice(sorted(self.kept))
        match self.random.randrange(5):
            case 0:
                number = max(self.kept) + 1
                self.kept[number] = self.random.choice(cases())
            case 1:
                del self.kept[number]
            case 2:
                self.names[number] = f"另一处/{self.random.random()}.txt"
            case 3:
                self.kept[number] = self.random.choice(cases())
            case _:
                again = self.kept[number]
                number = max(self.kept) + 1
                self.kept[number] = again
        return number


@pytest.mark.parametrize("seed", range(2))
def test_any_edits_give_what_a_full_run_gives(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    corpus = Corpus(dict(enumerate(random.sample(cases(), 25), start=1)), random, {})
    last = tmp_path / "0.duckdb"
    with corpus_of(corpus.rows(), str(last)) as connection:
        assert reconcile(connection).failed == ()
    for night in range(1, 3):
        edited = [corpus.edit() for _ in range(random.randint(1, 3))]
        read = [document_of(CASE_DOCUMENTS * n + d) for n in edited for d in range(CASE_DOCUMENTS)]
        now = tmp_path / f"{night}.duckdb"
        with corpus_of(corpus.rows(), str(now)) as connection:
            report = reconcile_changed(connection, (), Known(last, tuple(read)))
            assert isinstance(report, ReconcileReport)
            assert report.documents < len(corpus.rows()["documents"])
            changed = results(connection)
        with corpus_of(corpus.rows()) as connection:
            full = reconcile(connection)
            assert results(connection) == changed
        assert (full.checks, full.findings) == (report.checks, report.findings)
        last = now


def test_what_cannot_be_sure_is_left_to_a_full_run(tmp_path: Path) -> None:
    last = tmp_path / "last.duckdb"
    corpus = joined(placed(case, 2 + CASE_DOCUMENTS * n) for n, case in enumerate(cases()[:20]))
    with corpus_of(corpus, str(last)) as connection:
        reconcile(connection)
    all_read = tuple(document_of(row["document"]) for row in corpus["documents"])
    own, of_scores, broken = (tmp_path / f"{name}.sql" for name in ("own", "of_scores", "broken"))
    own.write_text(OWN_CHECK.replace("FALSE AS holds", "TRUE AS holds"), "utf-8")
    of_scores.write_text(OF_SCORES, "utf-8")
    broken.write_text("SELECT 1", "utf-8")
    with corpus_of(corpus) as connection:
        assert reconcile_changed(connection, (), Known(last, all_read)) is None
        assert reconcile_changed(connection, [of_scores], Known(last, ())) is None
        assert reconcile_changed(connection, [broken], Known(last, ())) is None
        assert reconcile_changed(connection, [own], Known(last, ())) is not None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "报告"
    place.mkdir()
    for number in range(6):
        (place / f"{number}.txt").write_text(report(number), "utf-8")
    for sample in sorted(SAMPLES.glob("*.txt"))[:4]:
        shutil.copyfile(sample, place / sample.name)
    return place


def compared(folder: Path, output: Path, **options: Any) -> RunSummary:
    """A further run, which publishes byte by byte what a first one publishes."""
    summary = ingest([folder], output, workers=1, **options)
    fresh = output.with_name("fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    first = ingest([folder], fresh, workers=1, **options)
    assert first.documents_reconciled == first.documents_seen - duplicates(fresh)
    for spec in TABLES:
        if spec not in TIMED_TABLES:
            ours, theirs = (out / "tables" / f"{spec.name}.parquet" for out in (output, fresh))
            assert ours.read_bytes() == theirs.read_bytes(), spec.name
    return summary


def duplicates(output: Path) -> int:
    with duckdb.connect(str(output / "jixiao.duckdb"), read_only=True) as connection:
        query = "SELECT documents_duplicate FROM runs ORDER BY started_at DESC LIMIT 1"
        ((count,),) = connection.execute(query).fetchall()
    return int(count)


def test_only_what_changed_is_reconciled(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    ingest([folder], output, workers=1)
    text = (folder / "3.txt").read_text("utf-8")
    (folder / "3.txt").write_text(text.replace("预算执行率", "预算执行率为12.34%，即"), "utf-8")
    summary = compared(folder, output)
    assert (summary.documents_reconciled, summary.republished) == (1, True)
    (folder / "0.txt").rename(folder / "改名.txt")
    shutil.copyfile(folder / "1.txt", folder / "又一份.txt")
    (folder / "2.txt").unlink()
    (folder / "新.txt").write_text(report(99), "utf-8")
    assert compared(folder, output).documents_reconciled == 3
    unchanged = ingest([folder], output, workers=1)
    assert (unchanged.documents_reconciled, unchanged.republished) == (0, False)


def test_documents_that_another_one_concerns_are_reconciled_too(
    folder: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    ingest([folder], output, workers=1)
    text = (folder / "4.txt").read_text("utf-8")
    other = re.sub(r"\d+\.\d\d", r"1\g<0>", text)  # every amount is larger in another copy
    copies = (f"{other}\n第{number}稿\n" for number in count())
    # the finding is of the document with the greater identifier: of the one that has not changed
    (folder / "另一份.txt").write_text(
        next(copy for copy in copies if document_id(copy.encode()) < document_id(text.encode())),
        "utf-8",
    )
    summary = compared(folder, output)
    assert contradicted(output) == {"4.txt"}
    assert summary.documents_reconciled == 2
    (folder / "另一份.txt").unlink()
    assert compared(folder, output).documents_reconciled == 1
    assert contradicted(output) == set()


def contradicted(output: Path) -> set[str]:
    """Files of which another one tells another amount of the same project."""
    with duckdb.connect(str(output / "jixiao.duckdb"), read_only=True) as connection:
        query = """
            SELECT file_name FROM findings JOIN documents USING (document_id)
            WHERE check_id = 'same_project_twice'"""
        return {name for (name,) in connection.execute(query).fetchall()}


def test_other_checks_and_a_damaged_release_reconcile_everything(
    folder: Path, tmp_path: Path
) -> None:
    output, own = tmp_path / "out", tmp_path / "own"
    own.mkdir()
    documents = ingest([folder], output, workers=1).documents_reconciled
    (own / "seen.sql").write_text(WIDE_CHECK, "utf-8")
    summary = ingest([folder], output, workers=1, checks=[own])
    assert summary.documents_reconciled == documents == summary.documents_seen
    (folder / "新.txt").write_text(report(98), "utf-8")
    assert ingest([folder], output, workers=1, checks=[own]).documents_reconciled == 1
    assert seen(output) == {f"看到 {summary.projects} 个项目": summary.projects, "看到 1 个项目": 1}
    (folder / "新二.txt").write_text(report(97), "utf-8")
    with (output / "jixiao.duckdb").open("r+b") as stream:
        stream.seek(-1, 2)
        stream.write(b"\1")
    summary = ingest([folder], output, workers=1, checks=[own])
    assert summary.documents_reconciled == documents + 2
    assert seen(output) == {f"看到 {summary.projects} 个项目": summary.projects}


def seen(output: Path) -> dict[str, int]:
    """What the check that counts all projects has found, and in how many."""
    with duckdb.connect(str(output / "jixiao.duckdb"), read_only=True) as connection:
        query = "SELECT summary, count(*) FROM findings WHERE check_id = 'seen' GROUP BY summary"
        return dict(connection.execute(query).fetchall())


def test_every_table_with_documents_is_part_of_the_small_database() -> None:
    """What `reconcile_changed` fills by the document has that column in every table."""
    for spec in EXTRACTION_TABLES:
        assert "document_id" in {column.name for column in spec.columns}
