"""projects.verified and proofs: what the form's own arithmetic says of the reading."""

from __future__ import annotations

from typing import Any

import duckdb
from case_tables import fill

from pipeline.reconcile import reconcile


def verified(case: dict[str, Any]) -> tuple[str, list[str]]:
    with duckdb.connect() as connection:
        fill(connection, case)
        reconcile(connection)
        row = connection.execute(
            "SELECT verified, proofs FROM projects ORDER BY ordinal"
        ).fetchone()
    assert row is not None
    return row


def amounts(stage: str, total: str, fiscal: str, other: str) -> list[dict[str, str]]:
    return [
        {"stage": stage, "amount": total},
        {"stage": stage, "amount": fiscal, "source": "fiscal"},
        {"stage": stage, "amount": other, "source": "other"},
    ]


def test_a_form_that_closes_is_proved_and_says_by_what() -> None:
    case = {
        "funds": amounts("annual_budget", "100", "80", "20")
        + amounts("executed", "90", "75", "15"),
        "fund_scores": [{"execution_rate": "90.00", "weight": "10", "score": "9"}],
        "indicators": [{"weight": "90", "score": "90"}],
        "projects": [{"weight_total": "100", "score_total": "99"}],
    }
    status, proofs = verified(case)
    assert status == "proved"
    assert proofs == [
        "执行率=执行数÷预算数（年度资金总额）",
        "资金各来源之和=总额（全年执行数）",
        "资金各来源之和=总额（全年预算数）",
        "资金得分+各指标得分=总得分",
        "资金分值+各指标分值=总分值",
    ]


def test_one_identity_that_fails_disproves_and_is_named() -> None:
    case = {
        "funds": amounts("annual_budget", "100", "80", "20") + amounts("executed", "90", "75", "10")
    }
    status, proofs = verified(case)
    assert status == "disproved"
    assert proofs == [
        "资金各来源之和=总额（全年执行数）：不成立",
        "资金各来源之和=总额（全年预算数）",
    ]


def test_nothing_to_check_is_unproved() -> None:
    assert verified({"funds": [{"stage": "executed", "amount": "5"}]}) == ("unproved", [])


def test_zeros_that_close_prove_nothing() -> None:
    assert verified({"funds": amounts("annual_budget", "0.00", "0.00", "0.00")}) == ("unproved", [])


def test_what_only_truncation_explains_neither_proves_nor_disproves() -> None:
    case = {"funds": amounts("annual_budget", "101", "80.9", "20.9")}
    status, _ = verified(case)
    assert status == "unproved"


def test_a_project_without_a_form_is_unproved_beside_one_that_is_proved() -> None:
    case = {
        "projects": [{"has_form": False}, {}],
        "funds": [row | {"project": 2} for row in amounts("annual_budget", "100", "80", "20")],
    }
    with duckdb.connect() as connection:
        fill(connection, case)
        reconcile(connection)
        rows = connection.execute(
            "SELECT ordinal, verified FROM projects ORDER BY ordinal"
        ).fetchall()
    assert rows == [(1, "unproved"), (2, "proved")]


def test_a_finding_in_a_form_that_else_closes_is_proved() -> None:
    case = {
        "funds": amounts("annual_budget", "100", "80", "20")
        + amounts("executed", "120", "100", "20"),
    }
    with duckdb.connect() as connection:
        fill(connection, case)
        reconcile(connection)
        rows = connection.execute("SELECT check_id, confidence FROM findings").fetchall()
    assert rows == [("executed_exceeds_budget", "proved")]
