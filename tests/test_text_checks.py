"""Running text against forms and other text: what is aligned, what is alike, what stays quiet."""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from case_tables import fill
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reconcile import reconcile
from pipeline.reconcile.run import prepare
from pipeline.reconcile.text import align, similarity
from pipeline.reconcile.text.sections import REQUIRED
from schemas.labels import simplifications, simplified

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "made"
names = st.text(alphabet="培训护林员人次数量设备验收合格率满意度完成、（）0123", max_size=14)


@given(names, names)
def test_likeness_is_symmetric_and_a_share(left: str, right: str) -> None:
    share = align._share(left, right)
    assert share == align._share(right, left)
    assert 0 <= share <= 1
    assert align._share(left, left) in (0, 1)


@pytest.mark.parametrize(
    ("said", "indicator"),
    [
        ("全年培训护林员", "护林员培训人次"),
        ("配备个人防护装备完成", "配备个人防护装备"),
        ("效果评估、组织企业开展污染治理培训", "组织企业开展行业污染治理培训"),
        ("日均骑行量", "日均骑行量"),
        ("订购报刊、购买书籍", "购买书籍、报刊"),
    ],
)
def test_one_thing_in_two_wordings(said: str, indicator: str) -> None:
    assert align.likeness(said, indicator) >= align.CONTAINED


@pytest.mark.parametrize(
    ("said", "indicator"),
    [
        ("设备验收合格率", "工程验收合格率"),
        ("帮扶指导和调研", "开展现场核查、评估、验收销号次数"),
        ("机构编制", "职能科室"),
        ("人数", "受益人数"),
    ],
)
def test_two_things_are_not_one(said: str, indicator: str) -> None:
    assert align.likeness(said, indicator) == 0


def test_a_match_that_is_not_clearly_the_best_is_none() -> None:
    candidates = [
        ("c1", "result", "i1", "培训教师", "培训教师一班"),
        ("c1", "result", "i2", "培训教师", "培训教师二班"),
        ("c2", "result", "i3", "安装监控点位", "安装监控点位数"),
    ]
    assert align.best_matches(candidates) == (align.Match("c2", "i3", 1.0),)


def test_the_better_claim_takes_the_indicator() -> None:
    candidates = [
        ("c1", "result", "i1", "教师培训合格率", "教师培训合格率"),
        ("c2", "result", "i1", "培训合格率", "教师培训合格率"),
    ]
    assert [match.spoken for match in align.best_matches(candidates)] == ["c1"]


CLAIM = {"kind": "count", "subject": "培训护林员", "unit": "人次", "value": "320"}
SPOKEN = {
    "a result": ("完成情况", "全年培训护林员320人次", ("result", False)),
    "a goal": ("绩效目标设定情况", "培训护林员320人次", ("goal", False)),
    "a goal among results": ("完成情况", "年初设定的目标为培训护林员320人次", ("goal", True)),
    "cumulative": ("完成情况", "累计培训护林员320人次", ("result", True)),
    "another year": ("完成情况", "2023年培训护林员320人次", ("result", True)),
    "this year": ("完成情况", "2024年培训护林员320人次", ("result", False)),
    "approximate": ("完成情况", "约培训护林员320人次", ("result", True)),
    "a list of plans is no plan": (
        "完成情况",
        "形成计划清单、培训护林员320人次",
        ("result", False),
    ),
    "background": ("项目概况", "林区培训护林员320人次", ("other", False)),
}


@pytest.mark.parametrize("case", SPOKEN)
def test_what_a_claim_tells(case: str) -> None:
    heading, sentence, expected = SPOKEN[case]
    claim = CLAIM | {"raw": "320人次", "heading": heading, "sentence": sentence}
    with duckdb.connect() as connection:
        fill(connection, {"claims": [claim]})
        prepare(connection)
        assert connection.execute("SELECT role, quiet FROM spoken").fetchall() == [expected]


def test_a_claim_in_ten_thousands_is_compared_in_its_base_unit() -> None:
    claim = CLAIM | {"unit": "万次", "value": "2.36", "raw": "2.36万次", "sentence": "2.36万次"}
    with duckdb.connect() as connection:
        fill(connection, {"claims": [claim]})
        prepare(connection)
        (row,) = connection.execute("SELECT value, low, high, bare FROM spoken").fetchall()
    assert row == (Decimal(23600), Decimal(23550), Decimal(23700), "次")


LONG = (
    "管护站每周对沙枣林和梭梭林巡护两次，护林员逐段登记鼠洞密度、枯死株数和围栏破损处，发现新发病斑"
    "即取样送检；防治队按四十亩一个小班施药，施药后第七天复查虫口减退率，不足九成的小班由作业队自行"
    "补防，费用不再另计，所需药剂从县级储备库领取并逐笔销号。"
)


def likenesses(case: dict[str, Any]) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        fill(connection, case)
        prepare(connection)
        return connection.execute("SELECT signs, likeness FROM likenesses").fetchall()


def reports(*texts: str) -> dict[str, Any]:
    """One document a text, each with one project and one section."""
    numbers = range(1, len(texts) + 1)
    return {
        "documents": [{"document": number} for number in numbers],
        "projects": [{"document": number, "unit": f"{number}号林场"} for number in numbers],
        "sections": [{"document": n, "text": text} for n, text in zip(numbers, texts, strict=True)],
    }


def test_a_copied_passage_is_found_though_a_word_differs() -> None:
    ((signs, share),) = likenesses(reports(LONG, LONG.replace("销号", "登记")))
    assert signs > similarity.LEAST_SIGNS
    assert 0.9 <= share < 1


def test_wording_that_many_share_is_no_copy() -> None:
    assert likenesses(reports(*[LONG] * (similarity.CROWD + 1))) == []


def test_statutory_wording_is_taken_out() -> None:
    wording = "。".join(similarity.STATUTORY.read_text("utf-8").splitlines()[1:6])
    assert len(similarity.folded(wording)) > similarity.LEAST_SIGNS
    assert similarity.own_words(wording) == ""
    assert likenesses(reports(wording, wording)) == []


@given(st.text(max_size=40), st.text(max_size=40))
def test_exact_share_of_shingles(left: str, right: str) -> None:
    a, b = similarity.shingles(left), similarity.shingles(right)
    assert similarity.likeness(a, b) == similarity.likeness(b, a)
    assert similarity.likeness(a, a) in (0, 1)


@given(st.text(alphabet=simplifications()[0] + "培训12，。", max_size=30))
def test_simplifying_keeps_every_place(text: str) -> None:
    assert len(simplified(text)) == len(text)


def test_sql_simplifies_as_python_does() -> None:
    with duckdb.connect() as connection:
        fill(connection, {})
        prepare(connection)
        row = connection.execute("SELECT simple($1)", ["培訓學員162人次，結餘"]).fetchone()
    assert row == (simplified("培訓學員162人次，結餘"),)


def test_required_sections_are_patterns_with_names() -> None:
    with REQUIRED.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows
    samples = (
        "存在的主要问题",
        "下一步改进措施",
        "项目组织情况分析",
        "资金管理情况",
        "自评工作情况",
    )
    for row, heading in zip(rows, samples, strict=True):
        assert re.search(row["heading"], heading), row["name"]


def test_one_sentence_is_one_finding() -> None:
    """A count that contradicts the form is not said to contradict the text as well."""
    claim = CLAIM | {"raw": "320人次", "heading": "完成情况", "sentence": "培训护林员320人次"}
    other = claim | {"value": "302", "raw": "302人次", "heading": "效益情况"}
    indicator = {"level3": "护林员培训人次", "actual_raw": "302人次", "actual_value": "302"}
    with duckdb.connect() as connection:
        fill(
            connection,
            {
                "claims": [claim, other | {"sentence": "培训护林员302人次"}],
                "indicators": [indicator | {"actual_unit": "人次"}],
            },
        )
        reconcile(connection)
        found = connection.execute("SELECT check_id FROM findings").fetchall()
    assert found == [("prose_count_vs_form",)]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the labelled corpus is not beside this repository")
def test_faults_across_and_within_texts_are_found_and_nothing_else(tmp_path: Path) -> None:
    from extractors.extract import extract
    from schemas.arrow import to_arrow
    from schemas.tables import create_all, table

    parts = ("sections", "projects", "funds", "fund_scores", "indicators", "claims")
    wanted: dict[str, list[dict[str, Any]]] = {}
    with duckdb.connect() as connection:
        create_all(connection)
        for path in sorted(CORPUS.glob("m*.json")):
            label = json.loads(path.read_text("utf-8"))
            source = next(p for p in CORPUS.glob(f"{path.stem}.*") if p.suffix != ".json")
            for made in extract(source.read_bytes(), source.name):
                wanted[made.document.document_id] = label["findings"]
                rows = {name: getattr(made, name) for name in parts}
                rows["documents"] = (made.document,)
                for name, records in rows.items():
                    new_rows = to_arrow(table(name), records)
                    connection.register("new_rows", new_rows)
                    connection.execute(f"INSERT INTO {name} SELECT * FROM new_rows")
                    connection.unregister("new_rows")
        reconcile(connection)
        found = connection.execute("SELECT document_id, kind FROM findings ORDER BY 1").fetchall()
    of_text = {"table_vs_text", "text_vs_text", "copied_text", "year_mismatch", "name_mismatch"}
    for document, labels in wanted.items():
        kinds = sorted(kind for where, kind in found if where == document and kind in of_text)
        assert kinds == sorted(w["kind"] for w in labels if w["kind"] in of_text)
