"""Values: printed strings as forms print them, one row a case, named for where it was seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extractors.values import (
    Amount,
    Points,
    Rate,
    Value,
    has_number,
    is_blank,
    money_unit,
    parse_amount,
    parse_date,
    parse_points,
    parse_rate,
    parse_value,
    parse_year,
)

D = Decimal

AMOUNTS = [  # raw, unit of the head, 万元, last digit, unit in force; seen
    ("6,187.94", "万元", "6187.94", "0.01", "万元"),  # Changji 2024
    ("1，053.78", "万元", "1053.78", "0.01", "万元"),  # full-width comma
    ("１，０５３．７８", "万元", "1053.78", "0.01", "万元"),
    ("１０９．４３４９１２", "万元", "109.434912", "0.000001", "万元"),  # made, Yunnan
    ("0.00", "万元", "0.00", "0.01", "万元"),  # a printed zero is 0
    ("267", "万元", "267", "1", "万元"),
    ("428万元", "元", "428", "1", "万元"),  # commerce department 2018: cell overrides head
    ("620.82 万元", "万元", "620.82", "0.01", "万元"),  # Suzhou 2021
    ("11240元", "万元", "1.124", "0.0001", "元"),  # commerce department 2018
    ("419,840.28元", "万元", "41.984028", "0.000001", "元"),  # made, prose
    ("2,670,012.35", "元", "267.001235", "0.000001", "元"),
    ("1.2亿元", "万元", "12000", "1000", "亿元"),
    ("14.59 亿", "万元", "145900", "100", "亿元"),
    ("267万", "元", "267", "1", "万元"),  # commerce department 2018, prose
    ("3千元", "万元", "0.3", "0.1", "千元"),
    ("100（万元）", "元", "100", "1", "万元"),
    ("￥12,300.00元", "万元", "1.23", "0.000001", "元"),
    ("¥500", "元", "0.05", "0.0001", "元"),
    ("-12.3", "万元", "-12.3", "0.1", "万元"),
    ("－12.3", "万元", "-12.3", "0.1", "万元"),
    ("−12.3", "万元", "-12.3", "0.1", "万元"),
    ("(12.3)", "万元", "-12.3", "0.1", "万元"),
    ("（12.3）", "万元", "-12.3", "0.1", "万元"),
    ("△12.3", "万元", "-12.3", "0.1", "万元"),
    ("-0.00", "万元", "0", "0.01", "万元"),
    ("12.3。", "万元", "12.3", "0.1", "万元"),
    ("1,2345", "万元", "12345", "1", "万元"),  # odd grouping, one reading
    ("1\u2009234.56", "万元", "1234.56", "0.01", "万元"),  # thin space groups
    ("1\u00a0234\u00a0567", "元", "123.4567", "0.0001", "元"),
    (" 90 ", "万元", "90", "1", "万元"),
    ("39.377400000000002", "万元", "39.3774", "0.000001", "万元"),  # a spreadsheet's float
]
BLANKS = ["", " ", "\u00a0", "—", "——", "－－", "--", "-", "–", "/", "／", "\\", "无", "空", "…"]
NO_AMOUNTS = [
    "12.34.5", "9755 %", "97.5%", "100 200", "1 234.56", "1,2", "1,23,456", "0,123", "10个",
    "12美元", "12万美元", "约12", "200万元（含上年结转）", "5万5千元", "(12.3", "-(12)", "1.2E+05",
    "#DIV/0!", "二百万元", "①", "٣", "１２３４５６７８９０１２３４５", "￥12.3", "=100", "100/200",
    "预算数：100", "全部交易，实际成交776.9万元",
]  # fmt: skip


@pytest.mark.parametrize(("raw", "head", "wan", "last", "unit"), AMOUNTS)
def test_amount(raw: str, head: str, wan: str, last: str, unit: str) -> None:
    assert parse_amount(raw, head) == Amount(D(wan), D(last), unit)


@pytest.mark.parametrize("raw", BLANKS)
def test_printed_blanks_are_null_and_not_rejected(raw: str) -> None:
    assert is_blank(raw)
    assert parse_amount(raw) == Amount(None, None, "万元")
    assert parse_points(raw) == Points(None, None)
    assert parse_rate(raw) == Rate(None, None)
    assert parse_value(raw) == Value()


@pytest.mark.parametrize("raw", ["0", "0.00", "０", "0%", "无偏差", "空调", "-5", "有", "0/0"])
def test_zeros_and_words_are_no_blanks(raw: str) -> None:
    assert not is_blank(raw)
    assert parse_value(raw) != Value()


@pytest.mark.parametrize("raw", NO_AMOUNTS)
def test_what_is_no_single_amount_is_refused(raw: str) -> None:
    assert parse_amount(raw) is None


def test_an_unknown_unit_of_the_head_gives_no_amount() -> None:
    assert parse_amount("12", "万美元") is None


@pytest.mark.parametrize("raw", ["不涉及", "不适用", "N/A"])
def test_words_for_not_applicable_are_blanks_of_a_figure_but_words_of_a_target(raw: str) -> None:
    assert parse_amount(raw) == Amount(None, None, "万元")
    assert parse_value(raw) == Value(kind="text")


@pytest.mark.parametrize(
    ("raw", "points", "last"),
    [
        ("10", "10", "1"),
        ("10.00", "10.00", "0.01"),
        ("100.00分", "100", "0.01"),  # Changji 2024
        ("（50分）", "50", "1"),  # national form, class weights
        ("（50）分", "50", "1"),
        ("3.71", "3.71", "0.01"),  # Suzhou 2021
        ("１０．５", "10.5", "0.1"),
        ("22.5 分", "22.5", "0.1"),
        ("-2", "-2", "1"),
        ("（-2）", "-2", "1"),
    ],
)
def test_points(raw: str, points: str, last: str) -> None:
    assert parse_points(raw) == Points(D(points), D(last))


@pytest.mark.parametrize(
    "raw", ["10/10", "100%", "优", "满分10分", "10 9", "≥10", "8-10", "10万元"]
)
def test_no_points(raw: str) -> None:
    assert parse_points(raw) is None


@pytest.mark.parametrize(
    ("raw", "points", "last"),
    [
        ("97.50%", "97.50", "0.01"),
        ("104.01％", "104.01", "0.01"),
        ("１００．００％", "100", "0.01"),  # made, Yunnan
        ("100", "100", "1"),
        ("100百分比", "100", "1"),  # Chizhou 2022
        ("0.9933", "0.9933", "0.0001"),  # stays as printed
        ("1,234.5%", "1234.5", "0.1"),
        ("-5%", "-5", "1"),
        ("99.333333333333%", "99.333333", "0.000001"),
    ],
)
def test_rate(raw: str, points: str, last: str) -> None:
    assert parse_rate(raw) == Rate(D(points), D(last))


@pytest.mark.parametrize(
    "raw", ["#DIV/0!", "约97%", "100%%", "1234567%", "90%-95%", "10万元", "全部"]
)
def test_no_rate(raw: str) -> None:
    assert parse_rate(raw) is None


FIGURES = [  # raw, operator, value, high, last digit, unit, kind; seen
    ("≥1290.3平方米", ">=", "1290.3", None, "0.1", "平方米", "number"),  # Yunnan
    ("≥100百分比", ">=", "100", None, "1", "%", "percent"),  # Chizhou 2022
    ("≧９５％", ">=", "95", None, "1", "%", "percent"),  # Yunnan
    ("＞＝95%", ">=", "95", None, "1", "%", "percent"),
    ("=>95%", ">=", "95", None, "1", "%", "percent"),
    ("﹦100%", "=", "100", None, "1", "%", "percent"),  # Yunnan
    ("═5次", "=", "5", None, "1", "次", "number"),
    ("<=1.20万元", "<=", "1.20", None, "0.01", "万元", "number"),  # Changji 2024
    ("<=269元/人·天", "<=", "269", None, "1", "元/人·天", "number"),
    ("≤２９７８元", "<=", "2978", None, "1", "元", "number"),  # made
    ("＜5%", "<", "5", None, "1", "%", "percent"),
    ("≤-3.2%", "<=", "-3.2", None, "0.1", "%", "percent"),
    ("=10 亿元", "=", "10", None, "1", "亿元", "number"),  # Suzhou 2021
    ("=13000 笔", "=", "13000", None, "1", "笔", "number"),
    ("=180本、份", "=", "180", None, "1", "本、份", "number"),  # Changji 2024
    ("≥373台（套）", ">=", "373", None, "1", "台（套）", "number"),
    ("=0%", "=", "0", None, "1", "%", "percent"),
    ("不低于95%", ">=", "95", None, "1", "%", "percent"),
    ("不得少于30次", ">=", "30", None, "1", "次", "number"),
    ("大于或等于90%", ">=", "90", None, "1", "%", "percent"),
    ("达到90%以上", ">=", "90", None, "1", "%", "percent"),
    ("至少5家", ">=", "5", None, "1", "家", "number"),
    ("超过95%", ">", "95", None, "1", "%", "percent"),
    ("不超过12.5万元", "<=", "12.5", None, "0.1", "万元", "number"),
    ("未超过12.5万元", "<=", "12.5", None, "0.1", "万元", "number"),
    ("不高于5%", "<=", "5", None, "1", "%", "percent"),
    ("控制在100万元以内", "<=", "100", None, "1", "万元", "number"),
    ("成本控制在20万元", "<=", "20", None, "1", "万元", "number"),
    ("8903元以内", "<=", "8903", None, "1", "元", "number"),  # commerce department 2018
    ("169元/人·天以内", "<=", "169", None, "1", "元/人·天", "number"),  # made
    ("15%及其以下", "<=", "15", None, "1", "%", "percent"),  # commerce department 2018
    ("10%（含）以内", "<=", "10", None, "1", "%", "percent"),
    ("90%（含90%）以上", ">=", "90", None, "1", "%", "percent"),
    ("25公里以上", ">=", "25", None, "1", "公里", "number"),
    ("≥95%以上", ">=", "95", None, "1", "%", "percent"),
    ("3个工作日内", "<=", "3", None, "1", "个工作日", "number"),
    ("≤12月", "<=", "12", None, "1", "月", "number"),  # made: twelve months, or by December
    ("3434家", None, "3434", None, "1", "家", "number"),
    ("1,200人次", None, "1200", None, "1", "人次", "number"),
    ("3.5万人次", None, "3.5", None, "0.1", "万人次", "number"),
    ("1万元/年", None, "1", None, "1", "万元/年", "number"),  # exchange 2018
    ("12名工作人员", None, "12", None, "1", "名工作人员", "number"),
    ("≥500m2", ">=", "500", None, "1", "m²", "number"),
    ("90（%）", None, "90", None, "1", "%", "percent"),
    ("10（万元）", None, "10", None, "1", "万元", "number"),
    ("72890", None, "72890", None, "1", None, "number"),
    ("100%完成", None, "100", None, "1", "%", "percent"),
    ("≤3‰", "<=", "0.3", None, "0.1", "‰", "percent"),
    ("百分之百", None, "100", None, "1", "%", "percent"),
    ("两次", None, "2", None, "1", "次", "number"),
    ("每亩300", None, "300", None, "1", None, "number"),  # Anhui
    ("每亩300元", None, "300", None, "1", "元/亩", "number"),
    ("每人每天100元", None, "100", None, "1", "元/人·天", "number"),
    ("每季度1次", None, "1", None, "1", "次/季度", "number"),
    ("投放量共计2025吨", None, "2025", None, "1", "吨", "number"),  # exchange 2018
    ("满意度≥90%", ">=", "90", None, "1", "%", "percent"),
    ("PM2.5≤35微克/立方米", "<=", "35", None, "1", "微克/立方米", "number"),
    ("同比增长8.3%", None, "8.3", None, "0.1", "%", "percent"),
    ("约2000人", None, "2000", None, None, "人", "number"),  # about right: no last digit
    ("2000余人", None, "2000", None, None, "人", "number"),
    ("30场（其中线上10场）", None, "30", None, "1", "场", "number"),
    ("100%（10/10）", None, "100", None, "1", "%", "percent"),
    ("30个，已全部完成", None, "30", None, "1", "个", "number"),
    ("2套完成", None, "2", None, "1", "套", "number"),
    ("4-6次", None, "4", "6", "1", "次", "number"),
    ("80%~90%", None, "80", "90", "1", "%", "percent"),
    ("80-90.5%", None, "80", "90.5", "1", "%", "percent"),
    ("90%至95%", None, "90", "95", "1", "%", "percent"),
    ("5—10个工作日", None, "5", "10", "1", "个工作日", "number"),
    ("±10%", None, "-10", "10", "1", "%", "percent"),
    ("-5%~5%", None, "-5", "5", "1", "%", "percent"),
    ("95%±2%", None, "93", "97", "1", "%", "percent"),
    ("≥80%且≤90%", None, "80", "90", "1", "%", "percent"),
]
WORDS = [
    "良好", "达成预期指标", "全部交易，实际成交776.9万元", "由80%提高到95%", "未达到95%",
    "100%未完成", "下降5%", "较上年减少3次", "30套，20套", "100，200", "10 20", "1、5套",
    "第1期", "第3季度", "1/2", "1:1", "7×24小时", "90%-80%", "3-5", "2024.11", "≤2024.11",
    "80分以上不足90分", "≥90%以下", "5次（应为10次）", "3号楼", "5G基站10个",
    "12.34.5", "95. 10%", "2021年12月完成率95%", "2023年6月、12月", "#DIV/0!",
    "1座2000立方米水池", "２０２４年财政资金１００万元", "长期",
    "每年12月底前",
    "2024年每月", "2023全年", "24年底", "每月5日前", "次月10日前", "30个，未完成", "全年",
    "不足90%", "由1个",
    "约90%-95%",
]  # fmt: skip


@pytest.mark.parametrize(("raw", "op", "value", "high", "last", "unit", "kind"), FIGURES)
def test_figure(
    raw: str, op: str | None, value: str, high: str | None, last: str | None, unit: str, kind: str
) -> None:
    found = parse_value(raw)
    assert (found.op, found.value, found.unit, found.kind) == (op, D(value), unit, kind)
    assert found.high == (None if high is None else D(high))
    assert found.resolution == (None if last is None else D(last))
    assert found.date is None


@pytest.mark.parametrize("raw", WORDS)
def test_words_hold_no_figure(raw: str) -> None:
    assert parse_value(raw) == Value(kind="text")


def test_an_operator_before_words_is_kept() -> None:
    assert parse_value("≥上年") == Value(op=">=", kind="text")


def test_a_passage_is_never_a_figure() -> None:
    assert parse_value("为保障项目顺利实施，" * 8 + "100%") == Value(kind="text")


DATES = [  # raw, fiscal year, operator, last day, days left open; seen
    ("2024年12月1日前", None, "<=", date(2024, 12, 1), 1),  # Changji 2024
    ("=2024年6月25日前", None, "<=", date(2024, 6, 25), 1),  # Changji 2024
    ("≤2024年12月31日", None, "<=", date(2024, 12, 31), 1),
    ("2018年12月15日以前", None, "<=", date(2018, 12, 15), 1),  # commerce department 2018
    ("2019-12-31之前", None, "<=", date(2019, 12, 31), 1),  # made
    ("2024/11/04", None, None, date(2024, 11, 4), 1),
    ("2024-11-4", None, None, date(2024, 11, 4), 1),
    ("2024.11.4", None, None, date(2024, 11, 4), 1),
    ("２０２４年１１月４日", None, None, date(2024, 11, 4), 1),
    ("2024 年 11 月 4 日", None, None, date(2024, 11, 4), 1),
    ("20241104", None, None, date(2024, 11, 4), 1),
    ("2024年11月", None, None, date(2024, 11, 30), 30),  # Changji 2024
    ("2024年2月", None, None, date(2024, 2, 29), 29),
    ("2024.12底前", None, "<=", date(2024, 12, 31), 31),
    ("2019年6月底前", None, "<=", date(2019, 6, 30), 30),  # made
    ("2018年12月前已完成", None, "<=", date(2018, 12, 31), 31),  # commerce department 2018
    ("2018年12月完成", None, None, date(2018, 12, 31), 31),
    ("24年12月底前", None, "<=", date(2024, 12, 31), 31),
    ("2024年11月中旬前", None, "<=", date(2024, 11, 20), 10),
    ("2019年", None, None, date(2019, 12, 31), 365),  # Yunnan
    ("2024年底前", None, "<=", date(2024, 12, 31), 366),
    ("2024年第一季度", None, None, date(2024, 3, 31), 91),
    ("2024年上半年", None, None, date(2024, 6, 30), 182),
    ("2024年6月30日之后", None, ">=", date(2024, 6, 30), 1),
    ("不晚于2024年6月30日", None, "<=", date(2024, 6, 30), 1),
    ("2024年1-12月", None, None, date(2024, 12, 31), None),
    ("2024年1月1日至2024年12月31日", None, None, date(2024, 12, 31), None),
    ("2024.1-2024.12", None, None, date(2024, 12, 31), None),
    ("2024-01-01至2024-12-31", None, None, date(2024, 12, 31), None),
    ("2024年12月31日以前完成项目建设", None, "<=", date(2024, 12, 31), 1),
    ("2023-2025年", None, None, date(2025, 12, 31), None),
    ("12月底之前完成", None, "<=", None, None),  # Yunnan, no year printed
    ("12月底之前完成", 2022, "<=", date(2022, 12, 31), 31),
    ("9月前", 2023, "<=", date(2023, 9, 30), 30),
    ("12月31日", 2023, None, date(2023, 12, 31), 1),
    ("年底前完成", 2023, "<=", date(2023, 12, 31), 365),
    ("次年3月前", 2023, "<=", date(2024, 3, 31), 31),
    ("2023年2月30日", None, None, None, None),  # no such day
    ("2023年13月", None, None, None, None),
    ("2月29日前", 2023, "<=", None, None),
    ("2024年12月初", None, None, None, None),  # no last day can be named
]


@pytest.mark.parametrize(("raw", "year", "op", "day", "days"), DATES)
def test_date(
    raw: str, year: int | None, op: str | None, day: date | None, days: int | None
) -> None:
    found = parse_value(raw, year)
    left_open = None if days is None else D(days)
    assert found == Value(op=op, date=day, resolution=left_open, kind="date")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "raw", ["12月", "3年", "30日", "12个月", "2年内", "1900年", "全年", "5%", "3-5年"]
)
def test_lengths_of_time_are_no_dates(raw: str) -> None:
    assert parse_date(raw, 2024) is None


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("（2021年度）", 2021),
        ("( 2021 年度)", 2021),
        ("( 2 0 2 4 年度)", 2024),
        ("２０２２年度", 2022),
        ("2018 年", 2018),
        ("2023", 2023),
        ("项目支出绩效自评表（2023）", 2023),
        ("二〇二三年度部门决算", 2023),
        ("附件2 2022年度项目支出绩效自评表", 2022),
        ("填报日期：2024年3月1日 2023年度", 2023),  # the year before 年度 wins
        ("2021-2023年度", None),
        ("项目编码2021345", None),
        ("12021年", None),
        ("2500年", None),
        ("年度", None),
    ],
)
def test_year(text: str, year: int | None) -> None:
    assert parse_year(text) == year


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("全年预算数（万元）", "万元"),
        ("预算数 （ 元 ）", "元"),
        ("单位：元", "元"),
        ("金额单位:万元", "万元"),
        ("资金（单位：人民币亿元）", "亿元"),
        ("100万元以上项目（元）", "元"),
        ("万元/人", None),
        ("多元化项目", None),
        ("年度资金总额", None),
    ],
)
def test_unit_of_a_head(text: str, unit: str | None) -> None:
    assert money_unit(text) == unit


def test_has_number_sees_both_widths() -> None:
    assert has_number("完成３次")
    assert has_number("3")
    assert not has_number("三次①")


amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False)
UNIT_SIZES = {"元": D("0.0001"), "万元": D(1), "亿元": D(10000)}
WIDE = str.maketrans("0123456789.-", "０１２３４５６７８９．－")


@given(amounts, st.sampled_from(sorted(UNIT_SIZES)), st.booleans(), st.booleans(), st.booleans())
def test_a_printed_amount_reads_back(
    value: Decimal, unit: str, grouped: bool, wide: bool, named: bool
) -> None:
    raw = f"{value:,f}" if grouped else f"{value:f}"
    raw = (raw.translate(WIDE) if wide else raw) + (unit if named else "")
    found = parse_amount(raw, unit)
    assert found is not None
    assert found.value == (value * UNIT_SIZES[unit]).quantize(D("0.00000001"))
    assert found.resolution == UNIT_SIZES[unit] / 100
    assert found.unit == unit


@given(
    st.sampled_from(["≥", "≤", "=", ">", "<", ">=", "<=", ""]),
    st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False),
    st.sampled_from(["%", "万元", "人次", "个", "元/人·天", ""]),
    st.booleans(),
)
def test_a_printed_target_reads_back(op: str, value: Decimal, unit: str, wide: bool) -> None:
    digits = f"{value:f}".translate(WIDE) if wide else f"{value:f}"
    found = parse_value(f"{op}{digits}{unit}")
    if found.kind == "text":  # 2024.11 without a unit may be a month
        assert unit == ""
        assert 2000 <= value < 2050
        return
    assert (found.value, found.resolution) == (value, D("0.01"))
    assert found.unit == (unit or None)
    assert found.op == ({"≥": ">=", "≤": "<="}.get(op, op) or None)
    assert found.kind == ("percent" if unit == "%" else "number")


@given(st.dates(min_value=date(1995, 1, 1), max_value=date(2090, 12, 31)))
def test_a_printed_day_reads_back(day: date) -> None:
    for raw in (
        f"{day.year}年{day.month}月{day.day}日",
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month:02}.{day.day:02}前",
    ):
        assert parse_value(raw).date == day


FORM_CHARACTERS = st.text(
    alphabet="0123456789０１９．.,，%％≥≤<>=±-—~（）()/· \u00a0"
    "年月日前底以内上下万亿元人次个至到不超过低于每约达无"
)


@given(st.one_of(st.text(), FORM_CHARACTERS), st.sampled_from([None, 2024, 1, 99999]))
@example("截止到" * 20, None)  # words that could be split two ways
@example("不" * 59 + "1", None)
@example("9" * 5000, None)
def test_parsing_never_raises_and_never_invents_a_figure(raw: str, year: int | None) -> None:
    amount, points, rate = parse_amount(raw), parse_points(raw), parse_rate(raw)
    value = parse_value(raw, year)
    parse_year(raw)
    money_unit(raw)
    for found in (amount, points, rate):
        if found is not None:
            assert (found.value is None) == (found.resolution is None)
            assert found.value is None or has_number(raw)
    assert value.value is None or has_number(raw) or "百" in raw or len(raw.strip()) <= 3
    assert value.high is None or (value.value is not None and value.value <= value.high)
    assert (value.kind is None) == is_blank(raw)
    assert value.date is None or value.kind == "date"
    assert value.value is None or value.kind in ("number", "percent")


CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


def _labelled(section: str, key: str) -> Iterator[tuple[str, dict[str, str]]]:
    paths = [path for part in ("labels", "made", "wild") for path in (CORPUS / part).glob("*.json")]
    for path in sorted(paths):
        label = json.loads(path.read_text(encoding="utf-8"))
        for project in label.get("projects", []):
            for row in project.get(section, []):
                if row.get(key):
                    yield path.name, row


needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="labelled documents are not here")


@needs_corpus
def test_every_labelled_amount_is_read_exactly() -> None:
    rows = [row for row in _labelled("funds", "raw") if row[1].get("amount_wan") is not None]
    wrong = [
        (name, row["raw"])
        for name, row in rows
        if (found := parse_amount(row["raw"])) is None or found.value != D(row["amount_wan"])
    ]
    assert rows
    assert wrong == []


@needs_corpus
def test_every_labelled_target_with_a_digit_is_read_unless_it_is_a_sentence() -> None:
    words = {
        row[key]
        for key in ("target_raw", "actual_raw", "last_year_raw")
        for _, row in _labelled("indicators", key)
        if has_number(row[key]) and parse_value(row[key]).kind == "text"
    }
    assert {raw for raw in words if "，" not in raw} == set()


@needs_corpus
@pytest.mark.parametrize("section", ["indicators", "fund_scores"])
@pytest.mark.parametrize("key", ["weight", "score"])
def test_every_labelled_weight_and_score_is_read(section: str, key: str) -> None:
    rows = list(_labelled(section, key))
    assert rows
    assert [row[key] for _, row in rows if parse_points(row[key]) is None] == []
