"""`jixiao findings --explain` and `jixiao checks --checks`: the reasoning, and a trial run."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from case_tables import fill

from pipeline.errors import UserError
from pipeline.reconcile import reconcile
from pipeline.show.explanation import explain_findings, reasoning
from pipeline.show.trial import try_checks

EXCEEDING = {
    "funds": [
        {"stage": "annual_budget", "amount": "267"},
        {"stage": "executed", "amount": "277.70"},
    ]
}
OWN_CHECK = """-- 项目名称应当写明年度。
-- kind: name_mismatch
-- severity: low
-- summary: 项目名称“{project_name}”没有写年度
-- basis: -
SELECT project_id, project_name, contains(project_name, '年') AS holds,
  [cell(project_id, 'project_name')] AS evidence FROM projects
"""


def test_the_reasoning_shows_rule_intervals_gap_and_excuse(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with duckdb.connect() as connection:
        fill(connection, EXCEEDING)
        reconcile(connection)
        explain_findings(connection)
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert "规则：全年执行数不应大于同一来源的全年预算数。" in lines
    assert "年度资金总额全年预算数：267 → [266.5, 267.5]" in lines
    assert "年度资金总额全年执行数：277.70 → [277.695, 277.705]" in lines
    assert "应为 267万元，实为 277.7万元" in lines
    assert "舍入不能解释的差额：10.195万元" in lines
    assert any(line.startswith("可能的解释：执行数含上年结转") for line in lines)


def test_a_finding_of_an_own_check_is_explained_by_what_it_says() -> None:
    row = {
        "check_id": "own",
        "summary": "摘要",
        "evidence": None,
        "unit": None,
        "expected": None,
        "actual": None,
        "difference": None,
        "basis": "单位内部规定",
    }
    assert list(reasoning(row)) == ["摘要", "依据：单位内部规定"]


def test_own_checks_are_tried_without_changing_what_is_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "year_in_name.sql").write_text(OWN_CHECK, encoding="utf-8")
    with duckdb.connect() as connection:
        fill(connection, EXCEEDING)
        reconcile(connection)
        before = connection.execute("SELECT * FROM findings").fetchall()
        try_checks(connection, tmp_path, "csv")
        assert connection.execute("SELECT * FROM findings").fetchall() == before
    out = capsys.readouterr().out
    assert "year_in_name,1,0,1,0" in out
    assert "项目名称“示例项目”没有写年度" in out
    assert "executed_exceeds_budget" not in out


def test_a_folder_without_checks_is_told(tmp_path: Path) -> None:
    with duckdb.connect() as connection, pytest.raises(UserError, match="没有检查"):
        try_checks(connection, tmp_path, "table")
