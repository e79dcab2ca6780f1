"""One definition of every table: the contract's columns, and all that is generated from it."""

from __future__ import annotations

import dataclasses
import tomllib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_reports import a_fund, an_indicator, one

from schemas import ids, version
from schemas.arrow import arrow_schema, to_arrow
from schemas.columns import CellSource, Evidence, Locator
from schemas.dictionary import dictionary
from schemas.records import Extraction
from schemas.results import Finding, Run
from schemas.storable import storable
from schemas.tables import (
    EXTRACTION_TABLES,
    TABLES,
    comment_view,
    comments,
    create_all,
    create_view,
    table,
)

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = {
    "documents": "document_id file_name source_uris media_type size_bytes page_count title "
    "publisher region fiscal_year document_kind status status_reason extractor_version",
    "sections": "section_id document_id project_id ordinal level number heading text locator",
    "projects": "project_id document_id ordinal scope project_name unit competent_department "
    "fiscal_year form has_form goal_expected goal_actual weight_total score_total rating verified "
    "proofs locator",
    "funds": "fund_id project_id document_id ordinal origin source source_label stage stage_label "
    "amount resolution raw unit locator",
    "fund_scores": "project_id document_id source source_label weight execution_rate score locator",
    "indicators": "indicator_id project_id document_id ordinal level1 level2 level3 level1_kind "
    "level2_kind target_raw target_op target_value target_high target_unit target_kind actual_raw "
    "actual_op actual_value actual_unit actual_kind weight completion_rate score rule_raw "
    "basis_raw last_year_raw evidence_raw deviation_raw locator",
    "account_lines": "account_id document_id ordinal section label class category item stage "
    "amount change change_pct share_pct reason raw locator",
    "claims": "claim_id project_id document_id ordinal kind subject value unit raw locator",
    "scoring_rules": "rule_id document_id pack applies_to condition formula raw locator",
    "scores": "project_id indicator_id subject rule_id completion_rate score_low score_high "
    "reported_score difference verdict explanation",
    "findings": "finding_id check_id kind severity document_id project_id indicator_id summary "
    "confidence expected actual difference unit evidence basis",
    "check_results": "check_id document_id project_id applied held broken not_judged reason",
    "rejects": "document_id project_id reason raw locator",
    "ingests": "document_id run_id source_uri outcome reason seconds ingested_at",
    "runs": "run_id started_at finished_at documents_seen documents_new documents_unchanged "
    "documents_failed extractor_version options",
}
VIEWS = (
    *("文档", "章节", "项目", "资金", "资金得分", "指标", "决算", "陈述", "赋分规则"),
    *("重算得分", "疑点", "检查结果", "未读", "读取", "批次"),
)
LOCATOR = "STRUCT(page INTEGER, bbox DOUBLE[4], char_start BIGINT, char_end BIGINT, path VARCHAR)"


@pytest.fixture
def database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    create_all(connection)
    return connection


def test_every_table_of_the_contract_in_its_order() -> None:
    assert [spec.name for spec in TABLES] == list(CONTRACT)
    assert [spec.chinese for spec in TABLES] == list(VIEWS)


@pytest.mark.parametrize("name", CONTRACT)
def test_no_column_of_the_contract_is_missing(name: str) -> None:
    columns = [column.name for column in table(name).columns]
    wanted = CONTRACT[name].split()
    assert [column for column in columns if column in wanted] == wanted


def test_types_of_the_contract(database: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT table_name || '.' || column_name, data_type FROM duckdb_columns()"
    found = dict(database.execute(query).fetchall())
    assert found["funds.amount"] == found["account_lines.change"] == "DECIMAL(20,6)"
    assert found["indicators.completion_rate"] == "DECIMAL(12,6)"
    assert found["documents.source_uris"] == found["projects.proofs"] == "VARCHAR[]"
    assert found["funds.locator"].replace('"', "") == LOCATOR
    assert (
        found["findings.evidence"].replace('"', "")
        == f"STRUCT(role VARCHAR, quote VARCHAR, locator {LOCATOR})[]"
    )


def test_every_table_and_column_is_commented(database: duckdb.DuckDBPyConnection) -> None:
    for spec in TABLES:
        database.execute(create_view(spec))
        for statement in comments(spec) + comment_view(spec):
            database.execute(statement)
    query = "SELECT count(*) FROM duckdb_columns() WHERE comment IS NULL AND NOT internal"
    assert database.execute(query).fetchall() == [(0,)]
    comment = "SELECT comment FROM duckdb_columns() WHERE table_name = ? AND column_name = ?"
    assert database.execute(comment, ["资金", "金额"]).fetchall() == [("amount: Amount in 万元.",)]


def test_chinese_column_names_are_distinct_in_each_view() -> None:
    for spec in TABLES:
        names = [column.chinese for column in spec.columns]
        assert len(set(names)) == len(names), spec.name


def test_records_come_back_from_the_database_exactly(
    database: duckdb.DuckDBPyConnection,
) -> None:
    place = Locator(page=2, bbox=(1.5, 2.0, 30.25, 40.0))
    finding = Finding(
        "f1", "c1", "other", "low", "d1", None, None, "摘要", "review", Decimal("1.5"), None, None,
        "万元", (Evidence("执行数", "12", place), Evidence("预算数", "10", None)), None,
    )  # fmt: skip
    database.register("new", to_arrow(table("findings"), [finding]))
    database.execute("INSERT INTO findings FROM new")
    row = database.execute("SELECT expected, actual, evidence FROM findings").fetchall()[0]
    assert row[:2] == (Decimal("1.5"), None)
    assert row[2][0]["locator"]["bbox"] == (1.5, 2.0, 30.25, 40.0)
    assert row[2][1] == {"role": "预算数", "quote": "10", "locator": None}


def test_dates_and_times() -> None:
    indicator = dataclasses.replace(
        an_indicator("p", "d", 1, "数量", Locator()),
        target_date=date(2024, 12, 1),
        cells=(CellSource("level3", "数 量", Locator(path="table[1]/row[2]/cell[3]")),),
    )
    rows = to_arrow(table("indicators"), [indicator]).to_pylist()
    assert rows[0]["target_date"] == date(2024, 12, 1)
    assert rows[0]["cells"][0]["locator"]["path"] == "table[1]/row[2]/cell[3]"
    run = Run("r", datetime(2026, 1, 2, 3, 4, 5, 6), None, 0, 0, 0, 0, "v", "{}")
    assert to_arrow(table("runs"), [run]).to_pylist()[0]["started_at"] == run.started_at


@given(st.decimals(places=6, min_value=-(10**13), max_value=10**13))
def test_money_is_exact_or_refused(amount: Decimal) -> None:
    rows = to_arrow(table("funds"), [a_fund("p", "d", 1, amount, "", Locator())])
    assert rows.column("amount").to_pylist() == [amount]


@pytest.mark.parametrize("amount", ["0.0000001", "123456789012345.5", "1e30", "NaN"])
def test_a_figure_that_does_not_fit_becomes_null_and_a_reject(amount: str) -> None:
    bad = a_fund("d.p1", "d", 1, Decimal(amount), "原文", Locator(char_start=3))
    read = dataclasses.replace(one("甲 1".encode(), "x"), funds=(bad,))
    with pytest.raises(ValueError):
        to_arrow(table("funds"), read.funds)
    safe = storable(read)
    assert safe.funds[0].amount is None
    assert safe.rejects[0].locator == Locator(char_start=3)
    assert "金额" in safe.rejects[0].reason
    assert_converts(safe)


def test_half_of_a_surrogate_pair_does_not_stop_a_document() -> None:
    bad = a_fund("d.p1", "d", 1, Decimal(1), "1\ud800", Locator())
    safe = storable(dataclasses.replace(one("甲 1".encode(), "x"), funds=(bad,)))
    assert safe.funds[0].raw.startswith("1")
    assert_converts(safe)


def assert_converts(extraction: Extraction) -> None:
    for spec in EXTRACTION_TABLES[1:]:
        assert to_arrow(spec, getattr(extraction, spec.name)).schema == arrow_schema(spec)


def test_an_empty_table_has_the_schema() -> None:
    for spec in TABLES:
        rows = to_arrow(spec, [])
        assert rows.num_rows == 0
        assert rows.schema == arrow_schema(spec)


def test_the_arrow_types_are_those_duckdb_gives(database: duckdb.DuckDBPyConnection) -> None:
    for spec in TABLES:
        given_back = database.sql(f"FROM {spec.name}").to_arrow_table().schema
        assert given_back.empty_table().cast(arrow_schema(spec)).schema == arrow_schema(spec)
        for field in arrow_schema(spec):
            if pa.types.is_primitive(field.type):
                assert given_back.field(field.name).type == field.type


def test_a_finding_keeps_its_id_and_another_place_has_another() -> None:
    here = (Evidence("执行数", "12", Locator(page=1, bbox=(1, 2, 3, 4))),)
    there = (Evidence("执行数", "12", Locator(page=2, bbox=(1, 2, 3, 4))),)
    same = (Evidence("执行数", "12", Locator(page=1, bbox=(1.0, 2.0, 3.0, 4.0))),)
    first = ids.finding_id("c", "d", "p", None, here)
    assert first == ids.finding_id("c", "d", "p", None, same)
    assert first != ids.finding_id("c", "d", "p", None, there)
    assert first == "f" + first[1:] and len(first) == 17


def test_the_version_follows_content_and_not_place(tmp_path: Path) -> None:
    for folder, text in (("a", "x"), ("b", "x"), ("c", "y")):
        (tmp_path / folder / "code" / "__pycache__").mkdir(parents=True)
        (tmp_path / folder / "code" / "one.py").write_text(text)
        (tmp_path / folder / "code" / "__pycache__" / "one.pyc").write_text(folder)
    first, same, other = (version.content_hash(tmp_path / f / "code") for f in "abc")
    assert first == same != other


def test_the_version_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == version.VERSION
    assert version.extractor_version().startswith(f"{version.VERSION}+")


def test_the_data_dictionary_is_fresh() -> None:
    page = (ROOT / "docs" / "dictionary.md").read_text("utf-8")
    assert page == dictionary(), "run: python -m schemas.dictionary > docs/dictionary.md"


def test_the_data_dictionary_names_every_column() -> None:
    page = dictionary()
    for spec in TABLES:
        section = page.partition(f"## `{spec.name}` ")[2].partition("\n## ")[0]
        for column in spec.columns:
            assert f"| `{column.name}` | {column.chinese} |" in section
