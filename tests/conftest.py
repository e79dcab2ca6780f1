"""What several tests share: a small published folder whose contents a reader can check by eye."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from schemas.arrow import to_arrow
from schemas.columns import CellSource, Evidence, Locator
from schemas.records import Document, Fund, Indicator, Project, Reject
from schemas.results import CheckResult, Finding
from schemas.tables import TABLES, create_all, create_view, table

REPORT = """项目支出绩效自评报告
项目名称：渠道清淤工程
\t全年预算数
\t267.00
\t全年执行数
\t277.70
项目总分：98
"""


@dataclass(frozen=True, slots=True)
class Published:
    """A published folder, the source it was made from and the ids it holds."""

    output: Path
    source: Path
    document: str
    project: str
    fund: str
    indicator: str
    finding: str


def located(text: str, quote: str) -> Locator:
    """The character span of a quote that stands once in a text."""
    assert text.count(quote) == 1, quote
    start = text.index(quote)
    return Locator(char_start=start, char_end=start + len(quote))


def publish_rows(output: Path, rows: dict[str, Sequence[Any]]) -> None:
    """A database with the published tables and views, filled with these records."""
    output.mkdir(parents=True)
    with duckdb.connect(str(output / "jixiao.duckdb")) as connection:
        create_all(connection)
        for spec in TABLES:
            connection.execute(create_view(spec))
        for name, records in rows.items():
            connection.register("new_rows", to_arrow(table(name), records))
            connection.execute(f"INSERT INTO {name} SELECT * FROM new_rows")


@pytest.fixture
def published(tmp_path: Path) -> Published:
    """One document with one project that spent more than its budget."""
    source = tmp_path / "渠道 清淤.txt"
    source.write_text(REPORT, encoding="utf-8")
    document = hashlib.sha256(REPORT.encode()).hexdigest()
    project = f"{document[:16]}.p1"
    rows = _rows(document, project, str(source))
    output = tmp_path / "output"
    publish_rows(output, rows)
    return Published(
        output,
        source,
        document,
        project,
        rows["funds"][1].fund_id,
        rows["indicators"][0].indicator_id,
        rows["findings"][0].finding_id,
    )


@pytest.fixture
def publish() -> Callable[[Path, dict[str, Sequence[Any]]], None]:
    """Publish records of one's own."""
    return publish_rows


def _rows(document: str, project: str, uri: str) -> dict[str, Sequence[Any]]:
    budget, executed = located(REPORT, "267.00"), located(REPORT, "277.70")
    name = located(REPORT, "渠道清淤工程")
    finding = Finding(
        finding_id="f3c5a9e2b17d40861",
        check_id="executed_within_budget",
        kind="executed_exceeds_budget",
        severity="high",
        document_id=document,
        project_id=project,
        indicator_id=None,
        summary="总额执行 277.7 万元，超过全年预算 267 万元",
        confidence="proved",
        expected=Decimal("267"),
        actual=Decimal("277.7"),
        difference=Decimal("10.69"),
        unit="万元",
        evidence=(Evidence("预算", "267.00", budget), Evidence("执行", "277.70", executed)),
        basis="财预〔2020〕10 号",
    )
    results = (
        CheckResult("executed_within_budget", document, project, 1, 0, 1, 0, None),
        CheckResult("weights_sum", document, project, 1, 0, 0, 1, "没有总分值"),
    )
    return {
        "documents": (_document(document, uri),),
        "projects": (_project(document, project, name),),
        "funds": (
            _fund(document, project, 1, "annual_budget", "全年预算数", "267.00", budget),
            _fund(document, project, 2, "executed", "全年执行数", "277.70", executed),
        ),
        "indicators": (_indicator(document, project, located(REPORT, "98")),),
        "findings": (finding,),
        "check_results": results,
        "rejects": (
            Reject(document, project, "未识别的标签", "项目总分", located(REPORT, "项目总分")),
        ),
    }


def _document(document: str, uri: str) -> Document:
    return Document(
        document_id=document,
        file_name=Path(uri).name,
        source_uris=(uri,),
        media_type="text/plain",
        size_bytes=len(REPORT.encode()),
        page_count=None,
        title="项目支出绩效自评报告",
        publisher="清河县水利局",
        region="清河县",
        fiscal_year=2018,
        document_kind="project_report",
        status="ok",
        status_reason=None,
        extractor_version="test",
    )


def _project(document: str, project: str, name: Locator) -> Project:
    return Project(
        project_id=project,
        document_id=document,
        ordinal=1,
        scope="project",
        project_name="渠道清淤工程",
        unit="清河县水利局",
        competent_department=None,
        fiscal_year=2018,
        form="test",
        has_form=True,
        goal_expected=None,
        goal_actual=None,
        weight_total=None,
        score_total=Decimal("98"),
        score_total_resolution=Decimal("1"),
        rating=None,
        verified="unproved",
        proofs=("总分",),
        cells=(CellSource("project_name", "渠道清淤工程", name),),
        locator=name,
    )


def _fund(
    document: str, project: str, ordinal: int, stage: Any, label: str, raw: str, locator: Locator
) -> Fund:
    return Fund(
        fund_id=f"{project}.f{ordinal}",
        project_id=project,
        document_id=document,
        ordinal=ordinal,
        origin="form",
        source="total",
        source_label="总额",
        stage=stage,
        stage_label=label,
        amount=Decimal(raw),
        resolution=Decimal("0.01"),
        raw=raw,
        unit="万元",
        locator=locator,
    )


def _indicator(document: str, project: str, locator: Locator) -> Indicator:
    absent = dict.fromkeys(Indicator.__dataclass_fields__)
    known: dict[str, Any] = {
        "indicator_id": f"{project}.i1",
        "project_id": project,
        "document_id": document,
        "ordinal": 1,
        "level3": "清淤长度",
        "target_raw": "≥25公里",
        "score": Decimal("9.50"),
        "cells": (),
        "locator": locator,
    }
    return Indicator(**(absent | known))
