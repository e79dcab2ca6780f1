"""One file in, its records out: whatever the file, a status with a reason, never an exception."""

from __future__ import annotations

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.extract import NOTHING_FOUND, extract
from schemas.records import Extraction

FORM = """<html><body><table border=1>
<tr><td colspan=7>项目支出绩效自评表</td></tr><tr><td colspan=7>（2021年度）</td></tr>
<tr><td>项目名称</td><td colspan=6>农村道路硬化</td></tr>
<tr><td>主管部门</td><td colspan=3>青石县交通局</td><td>实施单位</td><td colspan=2>公路站</td></tr>
<tr><td rowspan=2>项目资金（万元）</td><td></td><td>年初预算数</td><td>全年预算数</td>
<td>全年执行数</td><td>执行率</td><td>得分</td></tr>
<tr><td>年度资金总额</td><td>100</td><td>120</td><td>{executed}</td><td>90%</td><td>9</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td>
<td>分值</td><td>{label}</td></tr>
<tr><td>产出指标</td><td>数量指标</td><td>里程</td><td>≥10公里</td><td>12公里</td><td>90</td>
<td>90</td></tr></table></body></html>"""


def page(executed: str = "108", label: str = "得分") -> bytes:
    return FORM.format(executed=executed, label=label).encode()


def one(data: bytes, name: str = "文件") -> Extraction:
    found = extract(data, name)
    assert len(found) == 1
    return found[0]


def test_form_gives_its_project_and_status_ok() -> None:
    made = one(page())
    assert (made.document.status, made.document.status_reason) == ("ok", None)
    assert (made.document.document_kind, made.document.fiscal_year) == ("form", 2021)
    assert [(p.project_name, p.unit, p.fiscal_year) for p in made.projects] == [
        ("农村道路硬化", "公路站", 2021)
    ]
    assert [(f.stage, str(f.amount)) for f in made.funds if f.origin == "form"] == [
        ("initial_budget", "100"),
        ("annual_budget", "120"),
        ("executed", "108"),
    ]


def test_amount_that_cannot_be_read_is_null_with_a_reject() -> None:
    made = one(page(executed="1O8"))
    executed = [f for f in made.funds if f.stage == "executed" and f.origin == "form"]
    assert [(f.amount, f.raw) for f in executed] == [(None, "1O8")]
    assert [(r.reason, r.raw) for r in made.rejects] == [("金额不是数字", "1O8")]
    assert made.document.status == "partial"
    assert "1 处" in (made.document.status_reason or "")


def test_unknown_label_is_a_reject_that_leaves_the_document_whole() -> None:
    made = one(page(label="责任科室"))
    assert [(r.reason, r.raw) for r in made.rejects] == [("未识别的标签：责任科室", "责任科室")]
    assert made.document.status == "ok"


def test_same_bytes_give_the_same_records() -> None:
    assert extract(page(), "甲") == extract(page(), "甲")


def test_empty_file() -> None:
    made = one(b"")
    assert made.document.status == "failed"
    assert "空" in (made.document.status_reason or "")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(64), id="image"),
        pytest.param(b"MZ" + bytes(range(256)) * 8, id="binary"),
        pytest.param(b"%PDF-1.7\n1 0 obj\n<<", id="truncated pdf"),
        pytest.param(b"PK\x03\x04" + bytes(40), id="truncated archive"),
    ],
)
def test_files_that_cannot_be_read_say_why(data: bytes) -> None:
    made = one(data)
    assert made.document.status == "failed"
    assert made.document.status_reason
    assert not made.projects


def test_truncated_workbook_says_why() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "项目支出绩效自评表"
    out = io.BytesIO()
    book.save(out)
    made = one(out.getvalue()[:600])
    assert made.document.status == "failed"
    assert made.document.status_reason


def test_gb18030_text_is_read_like_utf8() -> None:
    text = (
        "绩效自评报告\n项目名称：农村道路硬化\n实施单位：公路站\n"
        + "项目按期完工，群众满意。\n" * 4
    )
    assert [p.project_name for p in one(text.encode("gb18030")).projects] == ["农村道路硬化"]
    assert [p.project_name for p in one(text.encode()).projects] == ["农村道路硬化"]


@pytest.mark.parametrize(
    "text", ["<html><body><p>天气晴朗</p></body></html>", "会议纪要\n今天讨论了食堂的菜单。\n"]
)
def test_unrelated_files_give_nothing_and_say_so(text: str) -> None:
    made = one(text.encode())
    assert (made.document.status, made.document.status_reason) == ("partial", NOTHING_FOUND)
    assert made.document.document_kind == "other"


def test_tables_of_accounts_alone_make_final_accounts() -> None:
    html = """<html><body><p>收入支出决算总表</p><p>单位：万元</p><table border=1>
    <tr><td>项目</td><td>行次</td><td>决算数</td></tr>
    <tr><td>本年收入合计</td><td>1</td><td>5.00</td></tr></table></body></html>"""
    made = one(html.encode())
    assert [(a.label, str(a.amount)) for a in made.account_lines] == [("本年收入合计", "5.00")]
    assert made.document.document_kind == "department_accounts"
    assert made.document.status == "ok"
    assert not made.projects


HEADS = st.sampled_from(
    (b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<html><table>", b"\xd0\xcf\x11\xe0", b"{\\rtf")
)


@settings(deadline=None, max_examples=60)
@given(HEADS, st.binary(max_size=400))
def test_no_bytes_raise(head: bytes, rest: bytes) -> None:
    for made in extract(head + rest, "任意"):
        assert made.document.status in ("ok", "partial", "failed")
        assert made.document.status == "ok" or made.document.status_reason


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    for made in extract(text.encode("utf-8", "surrogatepass"), "任意"):
        assert made.document.status == "ok" or made.document.status_reason
