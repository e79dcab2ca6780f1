"""Every check breaks on, holds on and does not apply to a fixture; and the runner's own laws."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from case_tables import DOCUMENT, fill
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reconcile import builtin_checks, reconcile, run
from pipeline.reconcile.findings import register_finding_id
from pipeline.reconcile.headers import InvalidCheck, read_check
from pipeline.reconcile.macros import register_macros
from pipeline.reconcile.run import run_checks
from schemas.columns import Evidence, Locator
from schemas.ids import finding_id, fund_id, indicator_id, project_id
from schemas.interval import Interval

FIXTURES = Path(__file__).parent / "checks"
REQUIRED = {"breaks", "holds", "does_not_apply"}
VERDICTS = REQUIRED | {"not_judged"}
PROJECT = project_id(DOCUMENT, 1)


@cache
def cases_of(check: Path) -> list[dict[str, Any]]:
    fixture = FIXTURES / f"{check.stem}.toml"
    if not fixture.exists():
        return []
    return tomllib.loads(fixture.read_text(encoding="utf-8"))["case"]


def all_cases() -> Iterator[Any]:
    for check in builtin_checks():
        for number, case in enumerate(cases_of(check), start=1):
            name = f"{check.stem}-{number}-{case['verdict']}"
            yield pytest.param(check, number, id=name)


@pytest.mark.parametrize("check", builtin_checks(), ids=lambda path: path.stem)
def test_every_check_has_its_three_cases(check: Path) -> None:
    verdicts = [case["verdict"] for case in cases_of(check)]
    assert set(verdicts) >= REQUIRED
    assert set(verdicts) <= VERDICTS


def test_every_fixture_belongs_to_a_check() -> None:
    assert {path.stem for path in FIXTURES.glob("*.toml")} == {c.stem for c in builtin_checks()}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check made of one case."""

    applied: int
    held: int
    broken: int
    not_judged: int
    reason: str | None
    found: tuple[tuple[Any, ...], ...]  # summary, severity, confidence, places of evidence


@cache
def outcome(check: Path, number: int) -> Outcome:
    with duckdb.connect() as connection:
        fill(connection, cases_of(check)[number - 1])
        report = run_checks(connection, [check])
        assert report.failed == (), report.errors
        row = connection.execute(
            "SELECT sum(applied), sum(held), sum(broken), sum(not_judged), min(reason) "
            "FROM check_results"
        ).fetchone()
        found = connection.execute(
            "SELECT summary, severity, confidence, len(evidence) FROM findings ORDER BY summary"
        ).fetchall()
    assert row is not None
    return Outcome(*row, tuple(found))


@pytest.mark.parametrize(("check", "number"), list(all_cases()))
def test_case(check: Path, number: int) -> None:
    case, got = cases_of(check)[number - 1], outcome(check, number)
    assert got.applied == got.held + got.broken + got.not_judged
    summaries = [summary for summary, *_ in got.found]
    if case["verdict"] == "breaks":
        assert summaries == [case["summary"]]
        assert all(count > 0 for *_, count in got.found)
        _, severity, confidence, _ = got.found[0]
        assert severity == case.get("severity", severity)
        assert confidence == case.get("confidence", confidence)
        return
    assert summaries == []
    if case["verdict"] == "holds":
        assert got.held > 0
        assert got.not_judged == 0
    elif case["verdict"] == "not_judged":
        assert got.not_judged > 0
        assert case["reason"] in (got.reason or "")
    else:
        assert got.applied == 0
        assert (got.reason or "").startswith("没有")


@pytest.mark.parametrize("check", builtin_checks(), ids=lambda path: path.stem)
def test_every_check_has_applied_somewhere(check: Path) -> None:
    """A check that matches nothing in any fixture is a defect."""
    assert sum(outcome(check, n).applied for n in range(1, len(cases_of(check)) + 1)) > 0


EXCEEDING = {
    "funds": [
        {"stage": "annual_budget", "amount": "267"},
        {"stage": "executed", "amount": "277.70"},
    ]
}
BROKEN_CHECK = """-- 指标应当存在。
-- kind: other
-- severity: low
-- summary: 无
-- basis: -
SELECT project_id, nonsense AS holds FROM projects
"""
OWN_CHECK = """-- 项目名称不应为空。
-- kind: missing_value
-- severity: low
-- summary: 项目“{project_name}”的名称只有 {actual} 个字
-- basis: -
SELECT project_id, project_name, CAST(4.50 AS DECIMAL(10, 2)) AS actual, FALSE AS holds,
  [project_id || '#project_name'] AS evidence FROM projects
"""


def test_a_failing_check_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "broken.sql").write_text(BROKEN_CHECK, encoding="utf-8")
    (tmp_path / "headless.sql").write_text("SELECT 1", encoding="utf-8")
    with duckdb.connect() as connection:
        fill(connection, EXCEEDING)
        report = reconcile(connection, [tmp_path])
        kinds = connection.execute("SELECT DISTINCT kind FROM findings").fetchall()
    assert report.failed == ("broken", "headless")
    assert "nonsense" in report.errors[0]
    assert "规则" in report.errors[1]
    assert ("executed_exceeds_budget",) in kinds
    assert len(report.checks) == len(builtin_checks())


def test_a_check_of_ones_own_runs_and_takes_the_place_of_one_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "goal_copied.sql").write_text(OWN_CHECK, encoding="utf-8")
    with duckdb.connect() as connection:
        fill(connection, {})
        report = reconcile(connection, [tmp_path / "goal_copied.sql"])
        rows = connection.execute(
            "SELECT summary, basis, evidence[1].quote FROM findings"
        ).fetchall()
    assert report.failed == ()
    assert rows == [("项目“示例项目”的名称只有 4.5 个字", None, "示例项目")]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("-- severity: low", "-- severity: urgent", "urgent"),
        ("-- kind: missing_value", "-- kind: 缺失", "缺失"),
        ("-- basis: -\n", "", "basis"),
        ("-- basis: -", "-- basis: -\n-- author: 张三", "author"),
        ("SELECT", "DROP TABLE projects; SELECT", "一条 SELECT"),
        ("SELECT project_id", "SELEC project_id", "无法解析"),
        ("FROM projects\n", "FROM projects; DELETE FROM projects\n", "一条 SELECT"),
    ],
)
def test_a_wrong_header_is_told(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    path = tmp_path / "own.sql"
    path.write_text(OWN_CHECK.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidCheck, match=complaint):
        read_check(path)


def test_a_summary_that_names_a_missing_column_fails_by_name(tmp_path: Path) -> None:
    path = tmp_path / "own.sql"
    path.write_text(OWN_CHECK.replace("{actual}", "{length}"), encoding="utf-8")
    with duckdb.connect() as connection:
        fill(connection, {})
        report = run_checks(connection, [path])
    assert report.failed == ("own",)
    assert "length" in report.errors[0]


def test_evidence_quotes_the_print_and_says_where() -> None:
    case = EXCEEDING | {
        "indicators": [
            {
                "target_raw": "≥10件",
                "target_op": ">=",
                "target_value": "10",
                "target_unit": "件",
                "actual_raw": "8件",
                "actual_value": "8",
                "actual_unit": "件",
                "weight": "5",
                "score": "5",
            }
        ]
    }
    with duckdb.connect() as connection:
        fill(connection, case)
        reconcile(connection)
        found = dict(
            connection.execute(
                "SELECT check_id, list_transform(evidence, "
                "lambda e: [e.role, e.quote, e.locator.path]) FROM findings"
            ).fetchall()
        )
        ids = connection.execute("SELECT indicator_id FROM findings").fetchall()
    assert found["executed_exceeds_budget"] == [
        ["年度资金总额全年预算数", "267", "funds/row[1]"],
        ["年度资金总额全年执行数", "277.70", "funds/row[2]"],
    ]
    assert found["unmet_but_full_score"] == [
        ["示例指标·年度指标值", "≥10件", "cell/target_raw"],
        ["示例指标·实际完成值", "8件", "cell/actual_raw"],
        ["示例指标·分值", "5", "indicators/row[1]"],
        ["示例指标·得分", "5", "indicators/row[1]"],
    ]
    assert (indicator_id(PROJECT, 1),) in ids


def test_reconciling_twice_gives_the_same_tables() -> None:
    case = {
        "projects": [{}, {}],
        "funds": [
            *EXCEEDING["funds"],
            {"project": 2, "stage": "annual_budget", "amount": "5"},
            {"project": 2, "stage": "executed", "amount": "7"},
        ],
    }
    with duckdb.connect() as connection:
        fill(connection, case)
        runs = []
        for _ in range(2):
            reconcile(connection)
            runs.append(
                [
                    connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall()
                    for name in ("findings", "check_results", "projects")
                ]
            )
    assert runs[0] == runs[1]
    assert len(runs[0][0]) == 2


def test_rows_kept_and_rows_asked_for_twice_give_the_same_tables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Few rows are kept, many are asked for again; FEW is where one becomes the other."""
    case = EXCEEDING | {
        "projects": [{}, {}],
        "indicators": [
            {"target_raw": "明显提升", "target_kind": "text", "weight": "10", "score": "8"},
            {"target_raw": "≥5件", "target_value": "5", "target_unit": "件", "weight": "12"},
        ],
    }
    tables = []
    for few in (run.FEW, -1):
        monkeypatch.setattr(run, "FEW", few)
        with duckdb.connect() as connection:
            fill(connection, case)
            assert reconcile(connection).failed == ()
            tables.append(
                [
                    connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall()
                    for name in ("findings", "check_results", "projects", "scores")
                ]
            )
    assert tables[0] == tables[1]
    assert len(tables[0][0]) > 1


coordinates = st.floats(0, 20_000, width=32).map(float) | st.integers(0, 900).map(float)
locators = st.builds(
    Locator,
    page=st.none() | st.integers(1, 999),
    bbox=st.none() | st.tuples(coordinates, coordinates, coordinates, coordinates),
    char_start=st.none() | st.integers(0, 10**9),
    char_end=st.none() | st.integers(0, 10**9),
    path=st.none() | st.text("表[]/1a·", max_size=9),
)
places = st.builds(
    Evidence,
    role=st.text("执行率·", max_size=5),
    quote=st.text("一12.%，\n", max_size=9),
    locator=st.none() | locators,
)


@settings(max_examples=60, deadline=None)
@given(st.none() | st.just(PROJECT), st.lists(places, max_size=3))
def test_the_id_of_a_finding_is_that_of_its_record(
    project: str | None, evidence: list[Evidence]
) -> None:
    """Findings are written in SQL; their ids must stay what `schemas.ids` says they are."""
    given_places = [
        {
            "role": e.role,
            "quote": e.quote,
            "locator": None
            if e.locator is None
            else {
                "page": e.locator.page,
                "bbox": e.locator.bbox and list(e.locator.bbox),
                "char_start": e.locator.char_start,
                "char_end": e.locator.char_end,
                "path": e.locator.path,
            },
        }
        for e in evidence
    ]
    with duckdb.connect() as connection:
        register_finding_id(connection)
        found = connection.execute(
            "SELECT finding_id_of(['c', 'd', coalesce($1::VARCHAR, ''), ''], "
            "$2::STRUCT(role VARCHAR, quote VARCHAR, locator STRUCT(page INT, bbox DOUBLE[4], "
            "char_start BIGINT, char_end BIGINT, path VARCHAR))[])",
            [project, given_places],
        ).fetchone()
    assert found == (finding_id("c", "d", project, None, evidence),)


def test_what_was_not_checked_is_not_taken_for_passed() -> None:
    with duckdb.connect() as connection:
        fill(connection, {"projects": []})
        reconcile(connection)
        rows = connection.execute(
            "SELECT count(*), sum(applied), count(reason) FROM check_results "
            "WHERE project_id IS NULL"
        ).fetchone()
    assert rows == (len(builtin_checks()), 0, len(builtin_checks()))


def test_a_reject_in_the_project_leaves_the_finding_for_review() -> None:
    with duckdb.connect() as connection:
        fill(connection, EXCEEDING | {"rejects": [{}]})
        reconcile(connection)
        rows = connection.execute("SELECT DISTINCT confidence FROM findings").fetchall()
    assert rows == [("review",)]


def test_one_absurd_figure_costs_one_row() -> None:
    huge = "9" * 19
    absurd = {
        "target_value": huge,
        "actual_value": huge,
        "target_raw": huge,
        "actual_raw": huge,
        "completion_rate": "90",
        "weight": "5",
        "score": "5",
        "target_unit": "万元",
        "actual_unit": "元",
    }
    money = [{"stage": stage, "amount": "9" * 14} for stage in ("annual_budget", "executed")]
    with duckdb.connect() as connection:
        fill(
            connection,
            {
                "indicators": [absurd],
                "funds": money,
                "fund_scores": [{"execution_rate": "999999", "weight": "10", "score": "10"}],
            },
        )
        report = reconcile(connection)
    assert report.failed == ()


def test_amounts_of_running_text_are_not_the_forms() -> None:
    rows = [row | {"origin": "text"} for row in EXCEEDING["funds"]]
    with duckdb.connect() as connection:
        fill(connection, {"funds": rows})
        reconcile(connection)
        assert connection.execute("SELECT count(*) FROM findings").fetchone() == (0,)


figures = st.decimals(min_value=-(10**6), max_value=10**6, places=3)
digits = st.sampled_from(["0.001", "0.01", "0.1", "1"])
connection_of_macros = duckdb.connect()
register_macros(connection_of_macros)


@settings(deadline=None, max_examples=50)
@given(figures, digits, figures, digits)
def test_interval_macros_agree_with_the_interval_class(
    a: Any, a_digit: str, b: Any, b_digit: str
) -> None:
    def sql(expression: str) -> Any:
        row = connection_of_macros.execute(
            f"SELECT {expression} FROM (SELECT $1::DECIMAL(20,6) AS a, $2::DECIMAL(20,6) AS ad, "
            "$3::DECIMAL(20,6) AS b, $4::DECIMAL(20,6) AS bd)",
            [a, a_digit, b, b_digit],
        ).fetchone()
        return row[0] if row else None

    left, right = (Interval.printed(v, type(v)(d)) for v, d in ((a, a_digit), (b, b_digit)))
    assert sql("meets(lo(a, ad), hi(a, ad), lo(b, bd), hi(b, bd))") == left.meets(right)
    assert sql("gap(lo(a, ad), hi(a, ad), lo(b, bd), hi(b, bd))") == left.gap(right)
    cut_left, cut_right = (
        Interval.truncated(v, type(v)(d)) for v, d in ((a, a_digit), (b, b_digit))
    )
    if a > 0 and b > 0:
        cuts = sql("cut_meets(cut_lo(a, ad), cut_hi(a, ad), cut_lo(b, bd), cut_hi(b, bd))")
        assert cuts == cut_left.meets(cut_right)


@settings(deadline=None, max_examples=50)
@given(
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.decimals(min_value="0.01", max_value=10**9, places=2),
)
def test_shown_rate_is_the_exact_quotient_rounded_half_up(part: Any, whole: Any) -> None:
    row = connection_of_macros.execute(
        "SELECT rate_of($1::DECIMAL(20,6), $2::DECIMAL(20,6))", [part, whole]
    ).fetchone()
    assert row is not None
    shown = row[0]
    assert (
        (shown - type(shown)("0.005")) * whole
        <= part * 100
        < (shown + type(shown)("0.005")) * whole
    )


def test_fund_evidence_id_is_that_of_the_row() -> None:
    with duckdb.connect() as connection:
        fill(connection, EXCEEDING)
        assert connection.execute("SELECT fund_id FROM funds WHERE ordinal = 2").fetchone() == (
            fund_id(PROJECT, 2),
        )
