"""Layouts met in documents of other issuers: one case a fault repaired, wrong numbers first."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest

from extractors.extract import extract
from schemas.records import Extraction
from tests.text_forms import COLUMNS, read

STAGES = ("项目资金（万元）", "", "全年预算数", "全年执行数", "分值", "执行率", "得分")
ROWS = (
    ("产出指标", "数量指标", "巡查次数", "≥12次", "13次", "50", "50", "无"),
    ("效益指标", "社会效益指标", "知晓率", "≥90%", "91%", "40", "39", ""),
)


def row(cells: tuple[str, ...], width: int = 8) -> str:
    """One row as most sites print it: bars between cells, and more for merged ones."""
    return " | ".join(cells) + " |" + "|" * (width - len(cells)) + "\n"


def form(name: str, rows: tuple[tuple[str, ...], ...] = ROWS, unit: str = "元") -> str:
    head = row(("项目名称", name)) + row(("主管部门", "某局", "实施单位", "某馆"))
    funds = row(STAGES) + row(("年度资金总额", "100.00", "90.00", "10", "90%", "9"))
    return head + funds + row(COLUMNS) + "".join(map(row, rows))


def amounts(made: Extraction) -> list[tuple[str, str, str]]:
    return [
        (f.source_label, f.stage, f"{f.amount.normalize():f}")
        for f in made.funds
        if f.origin == "form" and f.amount is not None
    ]


def scores(made: Extraction) -> list[tuple[Decimal | None, ...]]:
    return [(s.weight, s.execution_rate, s.score) for s in made.fund_scores]


@pytest.mark.parametrize(
    "between",
    [
        "项目支出绩效自评表\n",
        "\n2021年度项目支出绩效自评表\n",
        "注：得分不超过分值。\n\n绩效自评表\n",
    ],
)
def test_lines_between_two_forms_belong_to_neither(between: str) -> None:
    made = read(form("甲项目") + between + form("乙项目"))
    assert [p.project_name for p in made.projects] == ["甲项目", "乙项目"]
    assert [len([i for i in made.indicators if i.project_id == p.project_id])
            for p in made.projects] == [2, 2]  # fmt: skip
    assert len(amounts(made)) == 4


def test_the_unit_above_the_second_form_is_read_below_a_note() -> None:
    note = "注：定性指标分为达成预期指标、部分达成预期指标、未达成预期指标三档，分别合理确定分值。"
    second = form("乙项目").replace("（万元）", "")
    made = read(form("甲项目") + f"\n{note}\n金额单位：元\n" + second)
    assert [f.amount for f in made.funds] == [100, 90, Decimal("0.01"), Decimal("0.009")]


def test_a_list_of_projects_is_no_form() -> None:
    head = row(("序号", "项目名称", "预算数", "执行数", "执行率", "自评得分"), 6)
    listed = row(("1", "丙项目", "10", "9", "90%", "95"), 6)
    made = read(form("甲项目") + "\n2021年度预算项目清单\n" + head + listed)
    assert [p.project_name for p in made.projects] == ["甲项目"]


def test_rows_of_a_narrower_table_are_not_joined() -> None:
    targets = (
        ("二级指标", "三级指标", "指标值", "备注"),
        ("数量指标", "抽检批次", "100批", "全年"),
        ("质量指标", "合格率", "90%", "全年"),
        ("时效指标", "及时率", "95%", "全年"),
    )
    funds = (
        ("项目资金（万元）", "", "全年预算数", "", "全年执行数", "", "分值", "执行率", ""),
        ("", "年度资金总额", "100.00", "", "90.00", "", "10", "90%", ""),
        ("", "其中：财政拨款", "60.00", "", "50.00", "", "——", "83%", ""),
        ("", "其他资金", "40.00", "", "40.00", "", "——", "100%", ""),
    )
    named = (("项目名称", "甲项目", *[""] * 7),)
    made = read("".join(f"| {' | '.join(cells)} |\n" for cells in (*targets, *named, *funds)))
    assert [a[2] for a in amounts(made)] == ["100", "90", "60", "50", "40", "40"]
    assert {a[1] for a in amounts(made)} == {"annual_budget", "executed"}


def test_blank_lines_of_funds_do_not_end_the_table_of_a_sheet() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (
        ("项目名称：甲项目",),
        ("资金来源（万元）", "计划安排资金", "实际到位资金", "实际支出"),
        ("中央财政", "26", "26", "20"),
        ("市财政",),
        ("区财政",),
        ("合计", "26", "26", "20"),
    ):
        sheet.append(cells)
    data = io.BytesIO()
    book.save(data)
    (made,) = extract(data.getvalue(), "form.xlsx")
    assert [a[2] for a in amounts(made) if a[0] == "合计"] == ["26", "26", "20"]


@pytest.mark.parametrize("beside", ["单位：万元", "资金来源", ""])
def test_what_stands_beside_the_block_is_no_column_of_values(beside: str) -> None:
    rows = (
        ("项目资金（万元）", beside, "全年预算数", "", "全年执行数", "", "分值", "", "执行率"),
        ("", "年度资金总额", "100.00", "", "90.00", "", "10", "", "90%"),
        ("", "其中：财政拨款", "100.00", "", "90.00", "", "", "", "90%"),
    )
    made = read("项目名称\t甲项目\n" + "\n".join("\t".join(cells) for cells in rows) + "\n")
    assert [a[1:] for a in amounts(made)] == [("annual_budget", "100"), ("executed", "90")] * 2
    assert scores(made) == [(10, 90, None), (None, 90, None)]


def test_a_rate_without_its_sign_is_no_weight() -> None:
    words = "项目名称 甲项目 项目资金（万元） 全年预算数 全年执行数 分值 执行率 得分 "
    words += "年度资金总额 200 116 10 58.00 5.8 其中：财政拨款 200 116 58.00 "
    made = read(words + " ".join((*COLUMNS, *ROWS[0], "总分", "100", "99")) + "\n")
    assert scores(made) == [(10, 58, Decimal("5.8")), (None, 58, None)]


def test_sources_beside_their_header_on_one_line() -> None:
    line = "资金来源（万元） | 计划安排资金 | 实际到位资金 | 实际支出 | 结余 | "
    line += "中央财政 | 26 | 26 | 20 | 6 | 省财政 |\n"
    made = read("项目名称：甲项目\n" + line + "合计 | 26 | 26 | 20 | 6 |\n")
    assert [a for a in amounts(made) if a[0] == "中央财政"] == [
        ("中央财政", "initial_budget", "26"),
        ("中央财政", "appropriated", "26"),
        ("中央财政", "executed", "20"),
        ("中央财政", "balance", "6"),
    ]


def test_a_line_of_funds_with_an_unknown_name_does_not_end_the_funds() -> None:
    words = "项目名称\n甲项目\n项目资金（万元）\n全年预算数\n全年执行数\n执行率\n"
    words += "年度资金总额\n200\n116\n58%\n其中：财政拨款\n100\n16\n16%\n"
    words += "湖区共建资金\n—\n—\n—\n其他资金\n100\n100\n100%\n"
    made = read(words + "\n".join((*COLUMNS, *ROWS[0])) + "\n")
    assert ("其他资金", "executed", "100") in amounts(made)


def test_numbers_in_thousands_do_not_make_a_text_a_table_of_commas() -> None:
    words = "项目名称 甲项目 项目资金（万元） 全年预算数 全年执行数 执行率 年度资金总额 "
    words += "4,469.86 4,710.17 105.4% 其中：财政拨款 4,469.86 4,710.17 105.4% "
    line = words + " ".join((*COLUMNS, *ROWS[0])) + "\n"
    made = read(line + line.replace("甲", "乙"))
    assert [p.project_name for p in made.projects] == ["甲项目", "乙项目"]
    assert amounts(made)[0][2] == "4469.86"


@pytest.mark.parametrize("glue", [" | ", "\n"])
def test_a_part_of_an_indicator_is_a_row_of_its_own(glue: str) -> None:
    part = ("其中：城区巡查次数", "≥5次", "6次", "", "", "")
    rows = (ROWS[0], part, ROWS[1])
    text = form("甲项目", rows)
    if glue == "\n":
        text = text.replace(" | ", " |\n").replace("||", "").replace("|||", "")
    made = read(text)
    assert [(i.level3, i.actual_raw, i.weight) for i in made.indicators] == [
        ("巡查次数", "13次", 50), ("其中：城区巡查次数", "6次", None), ("知晓率", "91%", 40),
    ]  # fmt: skip


def test_a_part_whose_figures_fit_several_columns_is_refused() -> None:
    names = "项目名称 甲项目 主管部门 某局 项目资金（万元） 全年预算数 全年执行数 执行率 "
    funds = "年度资金总额 200 116 58% 年度总体目标 预期目标 实际完成情况 加强巡查。 已完成。 "
    rows = (*ROWS[0], "其中：城区巡查次数", "≥5次", "6", *ROWS[1][:7])
    made = read(names + funds + " ".join((*COLUMNS, *rows, "总分", "100", "98")) + "\n")
    assert [i.level3 for i in made.indicators] == ["巡查次数", "知晓率"]
    assert any("分项" in reject.reason for reject in made.rejects)


def test_a_name_like_a_level_beside_a_rule_stays_a_name() -> None:
    columns = (*COLUMNS[:3], "评分标准", *COLUMNS[3:])
    rows = (
        (
            "满意度指标",
            "服务对象满意度指标",
            "师生满意度",
            "按比例赋分",
            "≥90%",
            "91%",
            "5",
            "5",
            "",
        ),
        ("服务对象满意度", "按比例赋分", "≥90%", "92%", "5", "5", "无"),
    )
    text = row(("项目名称", "甲项目"), 9) + row(columns, 9)
    text += row(("产出指标", "数量指标", "次数", "按比例赋分", "1次", "1次", "9", "9", "无"), 9)
    made = read(text + "".join(row(cells, 9) for cells in rows))
    last = made.indicators[-1]
    assert (last.level2, last.level3, last.rule_raw) == (
        "服务对象满意度指标",
        "服务对象满意度",
        "按比例赋分",
    )


def test_a_vertical_name_in_bars_is_joined() -> None:
    text = "| 项目名称 | 甲项目 ||||||\n| " + " | ".join(COLUMNS) + " |\n"
    for cells in ROWS:
        first = "\n".join(cells[0])
        text += f"| {first} | " + " | ".join(cells[1:]) + " |\n"
    made = read(text)
    assert [i.level1 for i in made.indicators] == ["产出指标", "效益指标"]


def test_the_year_before_a_project_in_a_title_is_no_part_of_its_name() -> None:
    text = "本项目按计划实施，完成禁毒宣传进校园活动并通过验收。\n" * 4
    made = read("2023年度禁毒专项经费绩效自评报告\n一、项目基本情况\n" + text)
    assert [(p.project_name, p.fiscal_year) for p in made.projects] == [("禁毒专项经费", 2023)]


def test_subtotals_beside_the_total_do_not_hide_it() -> None:
    words = "部门整体支出绩效评价指标表\n一级指标 分值 二级指标 分值 三级指标 分值 评分标准 得分\n"
    words += "投入 10 预算配置 10 在职人员控制率 10 以100%为标准。 9\n合计 100 100 100 96\n"
    made = read("填报单位：某县林业局 单位：万元\n\n" + words)
    (project,) = made.projects
    assert (project.unit, project.weight_total, project.score_total) == ("某县林业局", 100, 96)
