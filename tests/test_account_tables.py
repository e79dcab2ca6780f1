"""Tables of final accounts in grids: every layout of the nine, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from extractors.accounts_tables import NO_AMOUNT, NO_UNIT, Accounts, read_account_tables
from tests.literal_grids import document, grid

DOCUMENT = "c" * 64


def read(title: str, text: str, unit: str = "单位：万元") -> Accounts:
    return read_account_tables(document(title, unit, grid(text)), DOCUMENT, 1)


def lines(title: str, text: str, unit: str = "单位：万元") -> list[tuple[str, str]]:
    """Label and amount in 万元."""
    return [(a.label, f"{a.amount:f}") for a in read(title, text, unit).lines]


def test_income_beside_spending() -> None:
    title = "2022年度收入支出决算总表（公开01表）"
    found = read(
        title,
        """
        ^c3 收入|^c3 支出
        项目|行次|决算数|项目|行次|决算数
        栏次||1|栏次||2
        一、财政拨款收入|1|1,234.50|一、一般公共服务支出|31|800.20
        二、事业收入|2||二、外交支出|32|—
        本年收入合计|27|1,234.50|本年支出合计|57|1,200.00
        """,
    )
    assert [(a.label, a.raw) for a in found.lines] == [
        ("一、财政拨款收入", "1,234.50"),
        ("一、一般公共服务支出", "800.20"),
        ("本年收入合计", "1,234.50"),
        ("本年支出合计", "1,200.00"),
    ]
    assert {(a.section, a.stage) for a in found.lines} == {("收入支出决算总表", "executed")}
    assert [a.ordinal for a in found.lines] == [1, 2, 3, 4]


def test_stages_beside_each_other() -> None:
    found = read(
        "收入支出决算总表",
        """
        项目|行次|年初预算数|全年预算数|决算数
        一、财政拨款收入|1|10.0|12.0|11.5
        """,
    )
    assert [(a.stage, a.amount) for a in found.lines] == [
        ("initial_budget", Decimal("10.0")),
        ("annual_budget", Decimal("12.0")),
        ("executed", Decimal("11.5")),
    ]
    assert {a.label for a in found.lines} == {"一、财政拨款收入"}


def test_codes_give_class_category_and_item() -> None:
    found = read(
        "收入决算表",
        """
        ^c4 项目|^r2 本年收入合计|^r2 财政拨款收入
        ^c3 功能分类科目编码|科目名称
        类|款|项|栏次|1|2
        ^c4 合计|12,345.00|12,000.00
        ^c3 201|一般公共服务支出|10,000.00|
        ^c3 20103|政府办公厅事务|10,000.00|
        ^c3 2010301|行政运行|8,000.00|8,000.00
        """,
        unit="金额单位：元",
    ).lines
    assert [(a.label, f"{a.amount:f}") for a in found[:2]] == [
        ("合计", "1.234500"),
        ("合计（财政拨款收入）", "1.200000"),
    ]
    last = found[-1]
    assert (last.class_, last.category, last.item) == (
        "一般公共服务支出",
        "政府办公厅事务",
        "行政运行",
    )
    assert last.label == "行政运行（财政拨款收入）"
    assert (found[2].category, found[2].item) == (None, None)


def test_code_in_three_cells() -> None:
    found = read(
        "政府性基金预算财政拨款收入支出决算表",
        """
        ^c4 项目|^r3 本年收入|^c2 本年支出
        ^c3 支出功能分类科目编码|^r2 科目名称|^r2 小计|^r2 项目支出
        类|款|项
        212|||城乡社区支出|10.00|10.00|10.00
        212|08||土地出让收入安排的支出|10.00|10.00|10.00
        212|08|03|城市建设支出|10.00|10.00|10.00
        """,
    ).lines
    assert [a.label for a in found[-3:]] == [
        "城市建设支出（本年收入）",
        "城市建设支出（本年支出）",
        "城市建设支出（项目支出）",
    ]
    assert (found[-1].class_, found[-1].item) == ("城乡社区支出", "城市建设支出")


def test_two_groups_of_economic_codes_in_a_row() -> None:
    found = read(
        "一般公共预算财政拨款基本支出决算表",
        """
        ^c3 人员经费|^c3 公用经费
        科目编码|科目名称|决算数|科目编码|科目名称|决算数
        30101|基本工资|200.00|30201|办公费|20.00
        ^c2 人员经费合计|500.00|^c2 公用经费合计|100.00
        """,
    ).lines
    assert [(a.label, f"{a.amount}") for a in found] == [
        ("基本工资", "200.00"),
        ("办公费", "20.00"),
        ("人员经费合计", "500.00"),
        ("公用经费合计", "100.00"),
    ]
    assert all(a.class_ is None for a in found)


def test_one_row_of_three_public_expenses() -> None:
    half = "^r2 合计|^r2 因公出国（境）费|^c2 公务用车购置及运行费"
    found = read(
        "一般公共预算财政拨款“三公”经费支出决算表",
        f"""
        ^c4 2022年度预算数|^c4 2022年度决算数
        {half}|{half}
        小计|公务用车购置费|小计|公务用车购置费
        1|2|3|4|5|6|7|8
        12.00|2.00|10.00|4.00|9.50|1.50|8.00|3.00
        """,
    ).lines
    assert [(a.label, a.stage, f"{a.amount}") for a in found[:5]] == [
        ("合计", "initial_budget", "12.00"),
        ("因公出国（境）费", "initial_budget", "2.00"),
        ("公务用车购置及运行费", "initial_budget", "10.00"),
        ("公务用车购置费", "initial_budget", "4.00"),
        ("合计", "executed", "9.50"),
    ]


SMALL = """
    项目|行次|决算数
    本年收入合计|1|{amount}
"""


def test_unit_may_stand_in_the_grid() -> None:
    inside = "^c2 公开01表|单位：元\n" + SMALL.format(amount="12,000.00")
    assert lines("收入支出决算总表", inside, unit="某局") == [("本年收入合计", "1.200000")]


def test_amounts_without_a_unit_are_refused() -> None:
    found = read("收入支出决算总表", SMALL.format(amount="5.00"), unit="某局")
    assert found.lines == ()
    assert [problem.reason for problem in found.problems] == [NO_UNIT]


def test_amount_that_is_none_is_refused() -> None:
    found = read("收入支出决算总表", SMALL.format(amount="12.34.5"))
    assert found.lines == ()
    assert [(p.reason, p.raw) for p in found.problems] == [(NO_AMOUNT, "12.34.5")]


@pytest.mark.parametrize("title", ["机构运行信息表", "关于决算公开的说明", "三、支出决算表说明"])
def test_other_tables_give_no_lines(title: str) -> None:
    assert read(title, SMALL.format(amount="5.00")).lines == ()


def test_last_year_and_changes_are_no_amounts_of_this_year() -> None:
    text = """
        项目|上年决算数|决算数|增减额|增减%
        本年收入合计|4.00|5.00|1.00|25%
    """
    assert lines("收入支出决算总表", text) == [("本年收入合计", "5.00")]


def test_grid_without_its_merges_is_left_alone() -> None:
    table = replace(grid(SMALL.format(amount="5.00")), merges="lost")
    parts = document("收入支出决算总表", "单位：万元", table)
    assert read_account_tables(parts, DOCUMENT, 1) == Accounts()


def test_lines_are_numbered_after_those_of_the_prose() -> None:
    parts = document("收入支出决算总表", "单位：万元", grid(SMALL.format(amount="5.00")))
    assert [a.ordinal for a in read_account_tables(parts, DOCUMENT, 8).lines] == [8]


def test_form_below_a_list_of_tables_is_no_table_of_accounts() -> None:
    form = """
        项目名称|^c3 道路
        一级指标|二级指标|三级指标|决算数
        产出指标|数量指标|里程|10
    """
    assert read("支出决算表", form) == Accounts()
