"""Steps wait for what they read; checks run side by side as they would one after the other."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from case_tables import fill
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reconcile import reconcile
from pipeline.reconcile.headers import Check
from pipeline.reconcile.judge import Form, Judged, judge
from pipeline.reconcile.run import CHECKS, PREPARED, run_checks
from pipeline.reconcile.steps import Step, perform, steps_for, table_step
from pipeline.reconcile.workshop import NAME

NAMES = "abcdefgh"
CASE = {
    "projects": [{"score_total": "99"}, {}],
    "funds": [
        {"stage": "annual_budget", "amount": "267"},
        {"stage": "executed", "amount": "277.70"},
    ],
    "fund_scores": [{"execution_rate": "100", "weight": "10", "score": "10"}],
    "indicators": [
        {
            "target_raw": "≥5件",
            "target_value": "5",
            "target_unit": "件",
            "weight": "90",
            "score": "91",
        }
    ],
}
RESULTS = ("findings", "check_results", "projects", "scores", "scoring_rules")


@st.composite
def plans(draw: st.DrawFn) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """What steps make and read; what one reads is made by others, in any order of the list."""
    made = [
        ((name,), tuple(draw(st.sets(st.sampled_from(NAMES[:at])) if at else st.just(set()))))
        for at, name in enumerate(NAMES[: draw(st.integers(1, len(NAMES)))])
    ]
    return draw(st.permutations(made + draw(st.lists(st.sampled_from(made), max_size=3))))


@settings(max_examples=50, deadline=None)
@given(plans(), st.integers(1, 3))
def test_a_step_waits_for_all_that_make_what_it_reads(
    plan: list[tuple[tuple[str, ...], tuple[str, ...]]], workers: int
) -> None:
    lock = threading.Lock()
    unmade = [name for makes, _ in plan for name in makes]
    too_early: list[str] = []
    busy: list[int] = []

    def step(makes: tuple[str, ...], reads: tuple[str, ...]) -> Step:
        def work(cursor: Any) -> None:
            with lock:
                too_early.extend(name for name in reads if name in unmade)
                assert cursor not in busy
                busy.append(cursor)
            with lock:
                busy.remove(cursor)
                for name in makes:
                    unmade.remove(name)

        return Step(makes, reads, work)

    perform([step(*each) for each in plan], numbers(workers))
    assert (too_early, unmade) == ([], [])


def numbers(count: int) -> Sequence[Any]:
    """Numbers in the place of cursors."""
    return range(count)


def test_steps_that_wait_for_each_other_are_told() -> None:
    def nothing(_: duckdb.DuckDBPyConnection) -> None: ...

    with pytest.raises(ValueError, match=r"\['a', 'b'\]"):
        perform([Step(("a",), ("b",), nothing), Step(("b",), ("a",), nothing)], numbers(2))


def test_a_step_that_fails_ends_the_run() -> None:
    done: list[str] = []

    def fail(_: duckdb.DuckDBPyConnection) -> None:
        raise duckdb.Error("disk")

    with pytest.raises(duckdb.Error, match="disk"):
        perform([Step(("a",), (), fail), Step((), ("a",), lambda _: done.append("b"))], numbers(2))
    assert done == []


def test_every_prepared_table_stands_after_those_it_reads() -> None:
    made: set[str] = set()
    for step in PREPARED:
        assert made.issuperset(step.reads), step.makes
        made.update(step.makes)


def test_passing_tables_are_dropped_when_nobody_is_left_to_read_them() -> None:
    seen: list[tuple[str, ...]] = []

    def look(cursor: duckdb.DuckDBPyConnection) -> None:
        names = cursor.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
        seen.append(tuple(name for (name,) in names))

    steps = [
        table_step("CREATE TABLE money AS SELECT 1"),
        table_step("CREATE TABLE lines AS SELECT 2", "money"),
        Step((), ("lines",), look),
        Step((), ("money",), look),
    ]
    with duckdb.connect() as connection:
        perform(steps, [connection.cursor()], tidy=True)
        assert seen == [("money",), ("lines",)]
        look(connection)
        assert seen[-1] == ()
        perform(steps, [connection.cursor()])
        assert seen[3:] == [("lines", "money")] * 2


def test_only_what_is_named_is_prepared() -> None:
    names = [name for step in steps_for(PREPARED, ["fund_splits"]) for name in step.makes]
    assert names == ["money", "fund_splits"]


def tables(threads: int) -> list[list[tuple[Any, ...]]]:
    with duckdb.connect(config={"threads": threads}) as connection:
        fill(connection, CASE)
        assert reconcile(connection).failed == ()
        return [
            connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in RESULTS
        ]


def test_the_number_of_cores_changes_nothing() -> None:
    alone = tables(1)
    assert all(alone)
    assert tables(2) == alone
    assert tables(5) == alone


def test_nothing_is_left_of_the_workshop() -> None:
    with duckdb.connect() as connection:
        fill(connection, CASE)
        seen = "SELECT table_name FROM duckdb_tables() ORDER BY ALL"
        before = connection.execute(seen).fetchall()
        reconcile(connection)
        assert connection.execute(seen).fetchall() == before
        (path, databases) = connection.execute(
            "SELECT current_setting('search_path'), list(database_name) FROM duckdb_databases()"
        ).fetchall()[0]
    assert path == "memory.main"
    assert not [name for name in databases if name.startswith(NAME)]


def test_results_may_stand_in_temp_tables() -> None:
    """As in a run: what reconciling fills is not written to the file."""
    with duckdb.connect() as connection:
        fill(connection, CASE)
        for name in ("findings", "check_results", "scores"):
            connection.execute(f"CREATE TEMP TABLE kept AS FROM {name}")
            connection.execute(f"DROP TABLE {name}")
            connection.execute(f"ALTER TABLE kept RENAME TO {name}")
        assert reconcile(connection).failed == ()
        rows = [
            connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in RESULTS
        ]
    assert rows == tables(2)


LATE = """-- 晚失败的检查。
-- kind: other
-- severity: low
-- summary: 无
-- basis: -
SELECT project_id, FALSE AS holds, [error('boom' || project_id)] AS evidence FROM projects
"""
OF_SCORES = """-- 得分应与重算一致。
-- kind: other
-- severity: low
-- summary: {subject} {verdict}
-- basis: -
SELECT s.project_id, s.subject, s.verdict, p.verified, s.verdict = 'agrees' AS holds
FROM scores s JOIN projects p USING (project_id) WHERE p.verified = 'disproved'
"""


@pytest.mark.parametrize("few", [100, -1])
def test_a_check_that_fails_late_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("pipeline.reconcile.run.FEW", few)
    path = tmp_path / "late.sql"
    path.write_text(LATE, encoding="utf-8")
    with duckdb.connect() as connection:
        fill(connection, CASE)
        report = reconcile(connection, [path])
        rows = connection.execute(
            "SELECT count(*) FROM check_results WHERE check_id = 'late'"
        ).fetchone()
        others = connection.execute("SELECT count(DISTINCT check_id) FROM check_results").fetchone()
    assert report.failed == ("late",)
    assert "boom" in report.errors[0]
    assert rows == (0,)
    assert others == (len(report.checks),)


def test_what_does_not_fit_into_memory_is_done_again_with_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits: list[str] = []

    def narrow(connection: duckdb.DuckDBPyConnection, check: Check, form: Form) -> Judged:
        ((limit,),) = connection.execute("SELECT current_setting('memory_limit')").fetchall()
        limits.append(limit)
        if limit != "1.8 GiB":
            raise duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate")
        return judge(connection, check, form)

    with duckdb.connect(config={"memory_limit": "500MiB"}) as connection:
        fill(connection, CASE)
        expected = reconcile(connection)
        rows = connection.execute("FROM check_results ORDER BY ALL").fetchall()
        monkeypatch.setattr("pipeline.reconcile.run.judge", narrow)
        assert reconcile(connection) == expected
        assert connection.execute("FROM check_results ORDER BY ALL").fetchall() == rows
        after = connection.execute("SELECT current_setting('memory_limit')").fetchone()
    assert after == ("500.0 MiB",)
    assert set(limits) == {"500.0 MiB", "1.8 GiB"}


def test_a_check_of_ones_own_sees_the_scores_and_what_is_verified(tmp_path: Path) -> None:
    path = tmp_path / "of_scores.sql"
    path.write_text(OF_SCORES, encoding="utf-8")
    with duckdb.connect() as connection:
        fill(connection, CASE)
        report = run_checks(connection, [CHECKS / "total_score.sql", path])
        applied = connection.execute(
            "SELECT sum(applied) FROM check_results WHERE check_id = 'of_scores'"
        ).fetchone()
        scored = connection.execute("SELECT count(*) FROM scores").fetchone()
    assert report.failed == ()
    assert applied == scored
    assert applied > (0,)
