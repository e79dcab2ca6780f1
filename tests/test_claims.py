"""Amounts, rates, counts and dates of project prose: real wordings, and what must be left alone."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Document, Paragraph
from extractors.prose.claims import ProseFacts, read_prose
from extractors.prose.outline import outline
from schemas.columns import Locator
from tests.test_outline import CORPUS, text_document

PROJECT, DOCUMENT = "c" * 16 + ".p1", "c" * 64


def read(body: str, heading: str = "（一）其他情况") -> ProseFacts:
    """What one passage states; every row must be cut out of the text by its locator."""
    text = f"{heading}\n{body}"
    facts = read_prose(outline(text_document(text)), PROJECT, DOCUMENT, 1, 1)
    for row in (*facts.funds, *facts.claims):
        place = row.locator
        assert text[place.char_start : place.char_end] == row.raw
    return facts


def money(facts: ProseFacts) -> list[tuple[str, str, str]]:
    return [(fund.stage, f"{fund.amount:f}", fund.source_label) for fund in facts.funds]


AMOUNTS = {
    "budget and executed total": (
        "项目全年预算安排43.00万元，年内已全额到位43.00万元，累计支出40.00万元。",
        [
            ("annual_budget", "43.00", "总额"),
            ("appropriated", "43.00", "总额"),
            ("executed", "40.00", "总额"),
        ],
    ),
    "an item before its verb": (
        "训练耗材费实际支付23.26万元。",
        [("executed", "23.26", "训练耗材费")],
    ),
    "an item behind its verb": ("支付培训师资费3.4万元；", [("executed", "3.4", "培训师资费")]),
    "the project's whole money": (
        "某救援站通过国库集中支付系统支付项目资金43万元。",
        [("executed", "43", "总额")],
    ),
    "what the money was for stands before": (
        "完成了检测设备的采购，依据双方合同，支付资金49万元。",
        [("executed", "49", "完成了检测设备的采购")],
    ),
    "adjusted within the year": (
        "年初批复预算29.47万元，后因任务变化追加10.92万元，最终全年预算40.39万元。",
        [
            ("initial_budget", "29.47", "总额"),
            ("adjustment", "10.92", "总额"),
            ("annual_budget", "40.39", "总额"),
        ],
    ),
    "a list of items takes the stage of its sum": (
        "全年预算调整为39万元。资金主要用于监理费10万元、维修工程款5万元等方面。",
        [
            ("annual_budget", "39", "总额"),
            ("annual_budget", "10", "监理费"),
            ("annual_budget", "5", "维修工程款"),
        ],
    ),
    "appropriated money spent by item": (
        "资金来源为省级财政专项资金100万元，包括：检测设备的采购：49万元；硬件设备51万元。",
        [
            ("appropriated", "100", "总额"),
            ("annual_budget", "49", "检测设备的采购"),
            ("annual_budget", "51", "硬件设备"),
        ],
    ),
    "a plan to pay": ("2024年需支付运维费43万元。", [("annual_budget", "43", "运维费")]),
    "asked for, not yet paid": (
        "申请了财政拨付资金428万元。",
        [("annual_budget", "428", "申请")],
    ),
    "in yuan": ("支付11240元用于购买票据软件。", [("executed", "1.1240", "购买票据软件")]),
    "without 元": ("2018年财政拨款267万，已到位。", [("appropriated", "267", "总额")]),
    "what is left stands behind its amount": (
        "截至年底尚有60.18万元结余。",
        [("balance", "60.18", "总额")],
    ),
    "left over and without an item": (
        "年末未执行资金11.09万元。",
        [("balance", "11.09", "总额")],
    ),
    "who pays is no item": (
        "截至2023年末，山岭市交通运输局实际支付资金209.81万元。",
        [("executed", "209.81", "总额")],
    ),
    "for the project itself": (
        "财政共安排预算290万元，用于项目实施。",
        [("annual_budget", "290", "总额")],
    ),
    "other people's money": ("实现成交总价14.59亿元，企业增收300万元，营业收入20万元。", []),
    "a bound": ("单项支出100万元以上的须招标，支出≤90万元。", []),
    "a rate per head": ("按支出300元/人计算。", []),
    "no word says which": ("本项目500万元。", []),
    "money of other projects": ("对2个项目开展了自评，涉及全年预算42.51万元。", []),
}


@pytest.mark.parametrize("case", AMOUNTS)
def test_amounts(case: str) -> None:
    body, expected = AMOUNTS[case]
    assert money(read(body)) == expected


def test_heading_decides_where_words_do_not() -> None:
    body = "环评专家费60万元；2024年支付13.5万元。"
    assert [fund.stage for fund in read(body, "一、预期目标").funds] == ["annual_budget"] * 2
    assert [fund.stage for fund in read(body, "一、实际完成情况").funds] == ["executed"] * 2
    assert [fund.stage for fund in read(body).funds] == ["executed"]


def test_markup_within_a_cell() -> None:
    facts = read(
        '<p style="width: 5px">支付培训费3.4万元</p>&nbsp;<p>全年<b>执行数</b>为4万元。</p>'
    )
    assert money(facts) == [("executed", "3.4", "培训费"), ("executed", "4", "总额")]


def test_rows_of_funds_are_complete() -> None:
    fund = read("全年执行数为5,964.31 万元。").funds[0]
    assert (fund.fund_id, fund.ordinal, fund.origin) == (f"{PROJECT}.f1", 1, "text")
    assert (fund.source, fund.stage_label, fund.unit) == ("total", "全年执行数", "万元")
    assert (fund.raw, fund.resolution) == ("5,964.31 万元", Decimal("0.01"))


CLAIMS = {
    "execution rate": (
        "预算执行率达到99.33%。",
        [("execution_rate", "预算执行率", "99.33", "%")],
    ),
    "budget completed": ("完成预算的89.7%。", [("execution_rate", "完成预算的", "89.7", "%")]),
    "satisfaction": (
        "企业和群众满意度97%。",
        [("satisfaction", "企业和群众满意度", "97", "%")],
    ),
    "any rate": ("设备验收合格率为100％。", [("rate", "设备验收合格率", "100", "%")]),
    "share": ("办公费占总投入86.4%。", [("share", "办公费", "86.4", "%")]),
    "falling": ("能耗下降3.5%。", [("growth", "能耗", "-3.5", "%")]),
    "counts": (
        "举办培训班8期，培训商业人才2600人次。",
        [("count", "举办培训班", "8", "期"), ("count", "培训商业人才", "2600", "人次")],
    ),
    "what is counted stands behind": (
        "完成3个自动监测站建设。",
        [("count", "完成自动监测站建设", "3", "个")],
    ),
    "a target keeps its bound": ("演练次数不低于26次。", [("count", "演练次数", "26", "次", ">=")]),
    "a bound behind its number": (
        "奖补贫困户90户以上。",
        [("count", "奖补贫困户", "90", "户", ">=")],
    ),
    "a rate that is a target": (
        "满意度不低于95%。",
        [("satisfaction", "满意度", "95", "%", ">=")],
    ),
    "behind the unit of another number": (
        "维修供水工程34处、清理河道长度58公里。",
        [("count", "维修供水工程", "34", "处"), ("count", "清理河道长度", "58", "公里")],
    ),
    "in ten thousands": ("日均骑行量达到2.36万次。", [("count", "日均骑行量", "2.36", "万次")]),
    "in traditional characters": (
        "全年培訓學員182人次。",
        [("count", "全年培训学员", "182", "人次")],
    ),
    "within the year": (
        "年内实际完成配备诊疗设备30台，覆盖居民25658户。",
        [("count", "配备诊疗设备", "30", "台"), ("count", "覆盖居民", "25658", "户")],
    ),
    "date": ("尾款支付完成时间2024年12月1日。", [("date", "尾款支付完成时间", None, None)]),
    "the day of the report": ("截至2024年12月31日，一切正常。", []),
}


@pytest.mark.parametrize("case", CLAIMS)
def test_claims(case: str) -> None:
    body, expected = CLAIMS[case]
    found = [
        (claim.kind, claim.subject, None if claim.value is None else f"{claim.value:f}", claim.unit)
        + ((claim.operator,) if claim.operator else ())
        for claim in read(body).claims
    ]
    assert found == expected


def test_a_claim_keeps_its_sentence_and_heading() -> None:
    body = "今年工作顺利。对照目标，全年培训护林员320人次。其他情况另报。"
    (claim,) = read(body, "（一）绩效目标完成情况").claims
    assert claim.heading == "绩效目标完成情况"
    assert claim.sentence == "对照目标，全年培训护林员320人次"


def test_ordinals_go_on() -> None:
    passages = outline(
        text_document("一、甲\n执行率97%，支出5万元。\n二、乙\n执行率98%，支出6万元。")
    )
    facts = read_prose(passages, PROJECT, DOCUMENT, 7, 21)
    assert [fund.ordinal for fund in facts.funds] == [7, 8]
    assert [claim.claim_id for claim in facts.claims] == [f"{'c' * 16}.c21", f"{'c' * 16}.c22"]


def test_explanation_of_accounts_is_left_to_account_lines() -> None:
    text = (
        "一、收入决算情况说明\n本年收入5.00万元。\n二、支出决算情况说明\n本年支出5.00万元，占90%。"
    )
    assert read_prose(outline(text_document(text)), PROJECT, DOCUMENT, 1, 1) == ProseFacts((), ())


def test_locator_without_offsets_is_the_paragraph() -> None:
    texts = ("项目全年预算数5万元。", "全年执行数4万元，执行率80%。")
    blocks = tuple(Paragraph(t, t, Locator(path=f"p[{n}]")) for n, t in enumerate(texts))
    passages = outline(Document("application/docx", blocks))
    facts = read_prose(passages, PROJECT, DOCUMENT, 1, 1)
    assert [fund.locator.path for fund in facts.funds] == ["p[0]", "p[1]"]
    assert [claim.locator.path for claim in facts.claims] == ["p[1]"]


def test_labelled_report() -> None:
    path = CORPUS / "labels/000.json"
    if not path.exists():
        pytest.skip("the corpus of labelled documents is not beside this checkout")
    truth = json.loads(path.read_text("utf-8"))["projects"][0]["narrative_amounts"]
    document = text_document((CORPUS / "000.txt").read_text("utf-8"))
    facts = read_prose(outline(document), PROJECT, DOCUMENT, 1, 1)
    stages = {"annual_budget": "budget", "initial_budget": "budget"}
    found = {(stages.get(fund.stage, fund.stage), fund.amount) for fund in facts.funds}
    assert found == {(each["stage"], Decimal(each["amount_wan"])) for each in truth}


PIECES = st.lists(
    st.sampled_from(
        [
            *("全年预算数", "支付", "培训费", "项目资金", "其中：", "用于", "到位", "追加", "共计"),
            *("5.00万元", "1,234元", "3亿元", "，", "。", "；", "、", "\n", "97%", "8期", "执行率"),
            *("2024年5月1日", "满意度", "占", "增长", "（", "）", "1.", " ", "的", "举办", "以上"),
        ]
    ),
    max_size=30,
)


@given(PIECES, st.sampled_from(["一、预期目标", "二、资金使用情况", "三、其他"]))
def test_any_sentence_keeps_the_law(pieces: list[str], heading: str) -> None:
    facts = read("".join(pieces), heading)
    assert [fund.ordinal for fund in facts.funds] == list(range(1, len(facts.funds) + 1))
    assert all(fund.source_label and fund.amount is not None for fund in facts.funds)
    places = [claim.locator.char_start or 0 for claim in facts.claims]
    assert places == sorted(places)
