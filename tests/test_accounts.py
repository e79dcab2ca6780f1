"""Account lines of final accounts: many wordings, and what must yield none."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Document, Paragraph
from extractors.prose.accounts import read_account_lines
from extractors.prose.outline import outline
from schemas.columns import Locator
from schemas.records import AccountLine
from tests.test_outline import CORPUS, text_document

DOCUMENT = "c" * 64
HEAD = (
    "第三部分 2022年度部门决算情况说明\n一、收入决算情况说明\n本年收入5.00万元。\n"
    "二、支出决算情况说明\n本年支出5.00万元。\n"
)
HEAD_LINES = 2


def read(body: str, heading: str = "三、财政拨款收入支出决算总体情况说明") -> list[AccountLine]:
    """The lines of one passage within an explanation of final accounts."""
    text = HEAD + heading + "\n" + body
    lines = read_account_lines(outline(text_document(text)), DOCUMENT)
    for line in lines:
        place = line.locator
        assert text[place.char_start : place.char_end] == line.raw
    return list(lines[HEAD_LINES:])


def names(lines: list[AccountLine]) -> list[tuple[str, str]]:
    return [(line.label, f"{line.amount:f}") for line in lines]


WORDINGS = {
    "Shanghai: unit and year before the name": (
        "某市某区财政局2024年度收入支出总计2,995.39万元。",
        [("收入支出总计", "2995.39")],
    ),
    "two totals share one amount": (
        "2021年度收入总计、支出总计均为88.10万元。",
        [("收入总计", "88.10"), ("支出总计", "88.10")],
    ),
    "an abbreviated pair stays as printed": (
        "2021年度收、支总计均为88.10万元。",
        [("收、支总计", "88.10")],
    ),
    "two names and two amounts": (
        "基本支出、项目支出分别为30.00万元、40.00万元。",
        [("基本支出", "30.00"), ("项目支出", "40.00")],
    ),
    "last year's amount is no line": (
        "2021年度收入总计12.5万元，比2020年决算数10万元增加2.5万元，增长25%。",
        [("收入总计", "12.5")],
    ),
    "stage words stand behind the subject": (
        "2022年度财政拨款支出年初预算数为10.00万元，支出决算数为12.00万元，完成年初预算的120%。",
        [("财政拨款支出年初预算数", "10.00"), ("财政拨款支出决算数", "12.00")],
    ),
    "the item stands in the line before": (
        "1、一般公共服务支出（类）人大事务（款）行政运行（项）。\n年初预算为5.00万元，支出决算为6.00万元。",
        [
            ("一般公共服务支出（类）人大事务（款）行政运行（项）年初预算", "5.00"),
            ("一般公共服务支出（类）人大事务（款）行政运行（项）", "6.00"),
        ],
    ),
    "Sichuan: the item before a colon": (
        "1.一般公共服务（类）财政事务（款）行政运行（项）：支出决算为3.45万元，完成预算100%。",
        [("一般公共服务（类）财政事务（款）行政运行（项）", "3.45")],
    ),
    "quoted names, difference from the budget is no line": (
        "“教育支出”（类）2021年度决算10.00万元，比2021年年初预算增加2.00万元，增长25%。",
        [("“教育支出”（类）", "10.00")],
    ),
    "brackets and shares": (
        "包括财政拨款收入12.00万元（其中：一般公共预算11.00万元，政府性基金预算1.00万元），占收入合计92%。",
        [("财政拨款收入", "12.00"), ("一般公共预算", "11.00"), ("政府性基金预算", "1.00")],
    ),
    "amounts in yuan": (
        "某中心2023年度收入合计1,234,567.89元。其中：财政拨款收入1,200,000.00元，占总收入的97.20%；",
        [("收入合计", "123.456789"), ("财政拨款收入", "120.000000")],
    ),
    "Xinjiang: assets and what is counted": (
        "房屋7,824.62平方米，价值3,680.17万元。车辆2辆，价值31.56万元。单价100万元（含）以上设备5台。",
        [("房屋价值", "3680.17"), ("车辆价值", "31.56")],
    ),
    "a name of its own behind an item": (
        "1.一般公共服务（类）支出9.00万元：主要用于运行。\n2.年末结转和结余3.35万元。",
        [("一般公共服务（类）支出", "9.00"), ("年末结转和结余", "3.35")],
    ),
    "budget and accounts of each part": (
        "公务用车购置及运行维护费支出预算10.00万元，支出决算7.50万元，其中公务用车购置费支出预算为0万元，支出决算为0万元。",
        [
            ("公务用车购置及运行维护费支出预算", "10.00"),
            ("公务用车购置及运行维护费支出决算", "7.50"),
            ("公务用车购置费支出预算", "0"),
            ("公务用车购置费支出决算", "0"),
        ],
    ),
    "a bound is no amount": ("单价50万元以上通用设备3台（套），100万元以上专用设备0台。", []),
    "Guangxi: wrapped lines": (
        "2020 年度一般公共预算财政拨款安排的“三公”经费支\n"
        "出决算总额为 5.48 万元,比预算增加 0 万元,比去年增加\n"
        "1.55 万元,增长 39.4%,增加原因主要是公务用车运行支出增加\n",
        [("一般公共预算财政拨款安排的“三公”经费支出决算总额", "5.48")],
    ),
    "amounts within a reason": (
        "项目支出9.00万元，比上年增加2.00万元，主要原因是：新增路灯经费1.50万元。",
        [("项目支出", "9.00")],
    ),
    "two numbers run together are no amount": (
        "2022年度收、支总计各是4125.49,4143.91万元。收入合计12.34.5万元。",
        [],
    ),
    "a sentence is no name": ("全年新建公园3个，投入100.00万元。", []),
}


@pytest.mark.parametrize("case", WORDINGS)
def test_wordings(case: str) -> None:
    body, expected = WORDINGS[case]
    assert names(read(body)) == expected


CHANGES = {
    "same clause": ("项目支出9.00万元，比上年减少2.00万元，下降18.18%。", "项目支出", -2, "-18.18"),
    "next sentence without a subject": (
        "财政拨款支出9.00万元，占本年支出合计的90%。与上年相比，增加1.00万元，增长12.5%。",
        "财政拨款支出",
        1,
        "12.5",
    ),
    "next sentence names the line": (
        "基本支出5.00万元，项目支出4.00万元。与2023年度相比，基本支出减少1.00万元，下降16.67%。",
        "基本支出",
        -1,
        "-16.67",
    ),
    "rate only": (
        "公务接待费支出决算120万元，比上年增长79.1%。",
        "公务接待费支出决算",
        None,
        "79.1",
    ),
    "against the budget": (
        "会议费支出3.00万元，较年初预算数减少0.50万元，下降14.29%。",
        "会议费支出",
        None,
        None,
    ),
    "budget first, then last year": (
        "培训费支出3.00万元，较年初预算数减少0.50万元，下降14.29%。较上年支出数增加0.10万元，增长3.45%。",
        "培训费支出",
        Decimal("0.10"),
        "3.45",
    ),
    "both totals": (
        "收入总计7.00万元，其中：本年收入合计7.00万元。\n支出总计7.00万元。\n收入支出总体与上年相比，增加2.00万元，增长40%。",
        "支出总计",
        2,
        "40",
    ),
    "each of two": (
        "收入总计7.00万元，支出总计7.00万元，与上年相比，各增加2.00万元，增长40%。",
        "收入总计",
        2,
        "40",
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_changes(case: str) -> None:
    body, label, change, rate = CHANGES[case]
    line = next(line for line in read(body) if line.label == label)
    assert line.change == change
    assert line.change_pct == (None if rate is None else Decimal(rate))


def test_share_reason_and_item() -> None:
    line = read(
        "1.教育支出(类)普通教育(款)小学教育(项):支出决算数为1,461.13万元，占24.5%，比上年决算减少"
        "1,255.65万元，下降46.22%,主要原因是：项目完工。"
    )[0]
    assert (line.class_, line.category, line.item) == ("教育支出", "普通教育", "小学教育")
    assert (line.share_pct, line.reason) == (Decimal("24.5"), "项目完工")
    assert (line.stage, line.resolution) == ("executed", Decimal("0.01"))
    assert line.account_id == f"{'c' * 16}.a3" and line.ordinal == 3


def test_class_in_the_heading() -> None:
    lines = read("1.公安（款）行政运行（项）。支出决算7.00万元。", "（二）公共安全支出（类）")
    assert [(line.class_, line.item, line.label) for line in lines] == [
        ("公共安全支出", "行政运行", "公安（款）行政运行（项）")
    ]


def test_repeated_amount_is_one_line() -> None:
    lines = read(
        "公务接待费支出0.30万元，占5%。\n公务接待费0.30万元，用于接待。\n公务接待费0.40万元。"
    )
    assert names(lines) == [("公务接待费支出", "0.30"), ("公务接待费", "0.40")]


def test_performance_needs_a_subject() -> None:
    lines = read(
        "形成整体支出绩效自评表1个，全年预算总额8.00万元，实际执行总额7.00万元。\n"
        "路灯项目绩效自评综述：全年预算数为2.00万元，执行数为1.00万元。",
        "十、预算绩效的情况说明",
    )
    assert names(lines) == [("整体支出全年预算总额", "8.00"), ("整体支出实际执行总额", "7.00")]


def test_definitions_are_no_lines() -> None:
    assert read("一、财政拨款收入：指取得的拨款100万元。", "第四部分 名词解释") == []


def test_ordinary_report_has_no_lines() -> None:
    text = (
        "一、项目概况\n年初预算数10.00万元。\n二、资金使用情况\n全年执行数9.00万元，支出9.00万元。"
    )
    assert read_account_lines(outline(text_document(text)), DOCUMENT) == ()


def test_locator_of_a_document_without_offsets() -> None:
    texts = (
        "一、收入决算情况说明",
        "本年收入5.00万元。",
        "二、支出决算情况说明",
        "无。",
        "本年支出 4.00 万元。",
        "其中：基本支出3.00万元。",
    )
    blocks = tuple(Paragraph(t, t, Locator(path=f"p[{n}]")) for n, t in enumerate(texts))
    lines = read_account_lines(outline(Document("application/docx", blocks)), DOCUMENT)
    assert [(line.raw, line.locator.path) for line in lines] == [
        ("5.00万元", "p[1]"),
        ("4.00 万元", "p[4]"),
        ("3.00万元", "p[5]"),
    ]


def fold(label: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", label))


def without_forms(text: str) -> str:
    """The dump up to its first form: this test needs no table reader."""
    return text.split("单位整体支出绩效自评表")[0]


def test_labelled_accounts_are_found_exactly() -> None:
    path = CORPUS / "labels/003.json"
    if not path.exists():
        pytest.skip("the corpus of labelled documents is not beside this checkout")
    truth = json.loads(path.read_text("utf-8"))["account_lines"]
    text = without_forms((CORPUS / "003.txt").read_text("utf-8"))
    lines = read_account_lines(outline(text_document(text)), DOCUMENT)
    wanted = Counter((fold(each["label"]), Decimal(each["amount_wan"])) for each in truth)
    found = Counter((fold(line.label), line.amount) for line in lines)
    assert found == wanted
    changes = {(fold(e["label"]), e["section"]): e["change_wan"] for e in truth}
    for line in lines:
        change = changes[fold(line.label), line.section]
        assert line.change == (None if change is None else Decimal(change)), line.label


@pytest.mark.parametrize("name", ["000.txt", "001.txt", "004.txt"])
def test_labelled_reports_without_accounts(name: str) -> None:
    path = CORPUS / name
    if not path.exists():
        pytest.skip("the corpus of labelled documents is not beside this checkout")
    document = text_document(path.read_text("utf-8"))
    assert read_account_lines(outline(document), DOCUMENT) == ()


PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "本年收入",
                "项目支出",
                "其中：",
                "（类）",
                "（款）",
                "（项）",
                "支出决算数为",
                "年初预算",
            ),
            *(
                "5.00万元",
                "1,234元",
                "3亿元",
                "，",
                "。",
                "；",
                "、",
                "\n",
                "比上年",
                "增加",
                "下降",
                "5%",
            ),
            *(
                "与预算相比",
                "主要原因是",
                "各",
                "分别为",
                "价值",
                "3辆",
                "（",
                "）",
                "1.",
                " ",
                "的",
            ),
        ]
    ),
    max_size=30,
)


@given(PIECES)
def test_any_sentence_keeps_the_law(pieces: list[str]) -> None:
    for line in read("".join(pieces)):
        assert line.label and line.amount is not None
        assert re.search(r"\d.*元$", line.raw, re.DOTALL)
