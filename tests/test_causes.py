"""One misprint is one finding: what is merged, what is not, and which sentence stays."""

from __future__ import annotations

from typing import Any

import duckdb
from case_tables import fill
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reconcile import reconcile
from pipeline.reconcile.causes import Rank, leads_of

SHORT_CLASS = {
    "projects": [{"weight_total": "100", "score_total": "97"}],
    "funds": [{"stage": "annual_budget", "amount": "20"}, {"stage": "executed", "amount": "20"}],
    "fund_scores": [{"execution_rate": "100", "weight": "10", "score": "10"}],
    "indicators": [
        {"level1": "产出指标（50分）", "weight": "20", "score": "20"},
        {"level1": "产出指标（50分）", "weight": "27", "score": "27"},
        {"level1": "效益指标（40分）", "weight": "40", "score": "40"},
    ],
}


def findings_of(case: dict[str, Any]) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        fill(connection, case)
        report = reconcile(connection)
        assert report.failed == ()
        return connection.execute(
            "SELECT check_id, severity, summary, basis, len(evidence) FROM findings "
            "WHERE kind IN ('weight_total_mismatch', 'score_mismatch', 'total_score_mismatch') "
            "ORDER BY check_id"
        ).fetchall()


def test_a_missing_weight_is_one_finding_told_by_its_class() -> None:
    [(check, severity, summary, basis, places)] = findings_of(SHORT_CLASS)
    assert check == "class_weight_total"
    assert severity == "high"  # the total that does not close is
    assert summary == (
        "产出指标（50分）各项分值之和为 47，与所印 50 分不符"
        "（同一原因：各项分值之和为 97（资金 10，指标 87），与总分值 100 不符）"
    )
    assert basis.endswith("同一原因的检查：weights_sum")
    assert places == 5  # two weights of the class, the total, the fund weight, the third weight


def test_the_merged_check_is_still_counted() -> None:
    with duckdb.connect() as connection:
        fill(connection, SHORT_CLASS)
        reconcile(connection)
        broken = connection.execute(
            "SELECT check_id FROM check_results WHERE broken > 0 ORDER BY check_id"
        ).fetchall()
    assert broken == [("class_weight_total",), ("weights_sum",)]


def test_two_lines_with_one_score_wrong_are_one_finding() -> None:
    line = {"execution_rate": "89.7", "weight": "10"}
    found = findings_of(
        {
            "funds": [
                {"stage": "annual_budget", "amount": "200"},
                {"stage": "executed", "amount": "179.43"},
                {"stage": "annual_budget", "amount": "200", "source": "fiscal"},
                {"stage": "executed", "amount": "179.43", "source": "fiscal"},
            ],
            "fund_scores": [line | {"score": "8.97"}, line | {"source": "fiscal", "score": "8"}],
        }
    )
    assert [check for check, *_ in found] == ["equal_lines_scored_apart"]


def test_independent_faults_stay_apart() -> None:
    """A total printed 3 too low is not caused by a weight that is short by 5."""
    case = SHORT_CLASS | {"projects": [{"weight_total": "100", "score_total": "92"}]}
    assert [check for check, *_ in findings_of(case)] == ["class_weight_total", "total_score"]


drafts = st.integers(min_value=1, max_value=8)


@given(st.lists(st.tuples(drafts, drafts).filter(lambda pair: pair[0] != pair[1]), min_size=1))
def test_every_draft_has_one_lead_that_leads_itself(pairs: list[tuple[int, int]]) -> None:
    ranks = {n: Rank(n % 3 == 0, n * 7 % 5, 1, "check", n) for n in range(1, 9)}
    leads = leads_of(pairs, ranks)
    assert set(leads) == {draft for pair in pairs for draft in pair}
    for draft, lead in leads.items():
        assert leads[lead] == lead
        assert ranks[lead].key() <= ranks[draft].key()
