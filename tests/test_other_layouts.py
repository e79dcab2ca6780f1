"""Forms of other provinces, and dumps that print them another way: one case a fault repaired."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from extractors.extract import extract
from extractors.forms.recognise import recognise
from extractors.reports import split_reports
from extractors.unflatten.headers import own_points
from schemas.labels import GLOSSARY, field, fold
from schemas.records import Indicator
from tests.literal_grids import document, grid
from tests.text_forms import COLUMNS as USUAL_COLUMNS
from tests.text_forms import read

HEAD = ("项目支出绩效自评表", "（ 2022 年度）", "项目名称", "禁毒经费", "主管部门", "某市公安局")
FUNDS = ("项目资金（万元）", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
TOTAL = ("年度资金总额", "100", "100", "90", "10", "90.00%", "9")
GOALS = ("年度总体目标", "预期目标", "实际完成情况", "抓好禁毒宣传。", "全部完成。")
COLUMNS = ("绩效指标", *USUAL_COLUMNS[:-1])
OTHERS = ("上年结转资金", "政府性基金", "单位资金", "自筹资金", "其他资金")
ROWS = ("产出指标", "数量指标", "宣传次数", "≥12次", "13次", "50", "50", "总分", "100", "99")


def spaces(*parts: tuple[str, ...]) -> str:
    return " ".join(cell for part in parts for cell in part)


def bars(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def row_of(indicator: Indicator) -> tuple[str | None, ...]:
    figures = (indicator.weight, indicator.score)
    printed = (indicator.level1, indicator.level2, indicator.level3)
    values = (indicator.target_raw, indicator.actual_raw)
    return (*printed, *values, *(None if f is None else f"{f:f}" for f in figures))


# Text before and after a form that stands on one line with it.


def test_a_form_on_one_line_may_follow_a_table_of_contents() -> None:
    noise = ("目录", "第一部分", "部门概况......1", "第二部分", "附件......9", "附件1")
    made = read(spaces(noise, HEAD, FUNDS, TOTAL, GOALS, COLUMNS, ROWS))
    (project,) = made.projects
    assert (project.project_name, project.fiscal_year) == ("禁毒经费", 2022)
    assert [f.amount for f in made.funds if f.origin == "form"] == [100, 100, 90]
    assert [row_of(i) for i in made.indicators] == [
        ("产出指标", "数量指标", "宣传次数", "≥12次", "13次", "50", "50")
    ]


def test_a_form_on_one_line_may_be_followed_by_its_notes() -> None:
    note = "注：1.得分计算方法应用全年实际值除以年度指标值再乘以该指标分值，最高不超过该指标分值。"
    made = read(spaces(HEAD, FUNDS, TOTAL, GOALS, COLUMNS, ROWS, (note,)))
    assert len(made.indicators) == 1
    assert made.projects[0].score_total == 99


def test_many_lines_of_funds_on_one_line_do_not_hide_the_form() -> None:
    lines = tuple(
        cell
        for name in ("中央资金", "省级资金", "市级资金", "县级资金", "镇级资金", *OTHERS)
        for cell in (name, "10", "10", "9", "—", "90.00%", "—")
    )
    many = read(spaces(HEAD, FUNDS, TOTAL, lines, GOALS, COLUMNS, ROWS))
    assert len([f for f in many.funds if f.origin == "form"]) == 33
    assert len(many.indicators) == 1


@pytest.mark.parametrize("between", [" ", "\n", "\n\n"])
def test_a_form_may_begin_below_names_in_lines_of_their_own(between: str) -> None:
    names = ("项目支出绩效自评表", "（2022年度）", "项目名称：禁毒经费", "实施单位：某市公安局")
    cells = (*FUNDS, *TOTAL, *GOALS, *COLUMNS, *ROWS)
    made = read("\n".join((*names, between.join(cells))) + "\n")
    (project,) = made.projects
    assert (project.project_name, project.unit, project.fiscal_year) == (
        "禁毒经费",
        "某市公安局",
        2022,
    )
    assert [f.amount for f in made.funds if f.origin == "form"] == [100, 100, 90]
    assert len(made.indicators) == 1


# Names of indicators that are also names of levels.


def test_the_name_of_a_level_may_name_an_indicator_in_marked_rows() -> None:
    made = read(
        bars(
            *(f"| {' | '.join(HEAD[i : i + 2])} |" for i in (2, 4)),
            f"| {' | '.join(COLUMNS)} |",
            "|  | 效益指标 | 社会效益指标 | 知晓率 | ≥90% | 91% | 20 | 20 |",
            "|  |  | 可持续影响指标 | 使用年限 | ≥5年 | 5年 | 5 | 5 |",
            "|  |  |  | 可持续发展能力 | 增强 | 有效增强 | 10 | 9 |",
        )
    )
    assert row_of(made.indicators[2])[1:3] == ("可持续影响指标", "可持续发展能力")
    assert row_of(made.indicators[2])[3:] == ("增强", "有效增强", "10", "9")


def test_the_name_of_a_level_may_name_an_indicator_where_rows_run_on() -> None:
    rows = (
        "效益指标",
        "可持续影响指标",
        "可持续发展能力",
        "增强",
        "增强",
        "10",
        "9",
        "总分",
        "100",
        "99",
    )
    made = read(spaces(HEAD, FUNDS, TOTAL, GOALS, COLUMNS, rows))
    assert [i.level3 for i in made.indicators] == ["可持续发展能力"]


def test_a_second_level_of_five_signs_is_no_first_level() -> None:
    rows = ("产出", "数量", "宣传次数", "≥12次", "13次", "50", "50")
    more = ("效益", "可持续影响", "使用年限", "≥5年", "5年", "40", "40", "总分", "100", "99")
    made = read(spaces(HEAD, FUNDS, TOTAL, GOALS, COLUMNS, rows, more))
    assert row_of(made.indicators[1])[:3] == ("效益", "可持续影响", "使用年限")


# Columns that no table holds.


def test_columns_of_numbers_and_second_scores_are_passed_over() -> None:
    made = read(
        bars(
            *(f"{' | '.join(HEAD[i : i + 2])} |" for i in (2, 4)),
            "序号 | 一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分 | 复核得分 |",
            "1 | 产出指标 | 数量指标 | 宣传次数 | ≥12次 | 13次 | 50 | 48 | 47 |",
            "2 | 质量指标 | 合格率 | ≥95% | 96% | 20 | 19 | 18 |",
            "总分 | 100 | 99 |",
        )
    )
    assert [row_of(i) for i in made.indicators] == [
        ("产出指标", "数量指标", "宣传次数", "≥12次", "13次", "50", "48"),
        ("产出指标", "质量指标", "合格率", "≥95%", "96%", "20", "19"),
    ]


def test_a_total_ends_the_indicators_below_a_column_of_numbers() -> None:
    (form,) = recognise(
        grid(
            """
            ^c6 项目支出绩效自评表
            序号|一级指标|三级指标|年度指标值|分值|得分
            1|产出指标|宣传次数|≥12次|90|88
            ^c4 总分|100|98
            """
        )
    )
    assert form.score_total is not None and form.score_total.text == "98"
    assert not form.problems


def test_points_beside_the_names_of_levels() -> None:
    printed = ["level1", "weight", "level2", "weight", "level3", "weight", "rule", "score"]
    own = own_points(printed)
    assert own == ["level1", "subtotal", "level2", "subtotal", "level3", "weight", "rule", "score"]


def test_a_label_stands_for_one_field_in_a_block() -> None:
    fields: dict[tuple[str, str], set[str]] = {}
    with (GLOSSARY / "labels.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            fields.setdefault((fold(row["label"]), row["context"]), set()).add(row["field"])
    doubled = {label for (label, _), found in fields.items() if len(found) > 1}
    assert doubled == {"总体目标"}  # the name of the block, and of its expected half


def test_a_remark_of_a_label_belongs_to_the_block_it_stands_in() -> None:
    assert field("权重（分）", "indicators") == "weight"
    assert field("权重（分）", "funds") == "weight"
    assert field("主管部门（单位）", "head") == "department_and_unit"


# Funds of other shapes.


def test_lines_under_a_nature_keep_their_stages() -> None:
    (form,) = recognise(
        grid(
            """
            ^c5 部门整体支出绩效自评表
            部门名称|^c4 青石县水利局
            ^r7 年度预算申请（万元）||年初预算数|全年预算数|全年执行数
            年度资金总额|90|100|95
            按收入性质分：|||
            其中：一般公共预算|90|100|95
            按支出性质分：|||
            其中：基本支出|60|70|66
            项目支出|30|30|29
            """
        )
    )
    printed = [(f.source.text if f.source else None, f.amount.text) for f in form.funds]
    assert printed[3:6] == [("其中：一般公共预算", a) for a in ("90", "100", "95")]
    assert printed[-1] == ("项目支出", "29")


def test_stages_under_a_header_of_sources_in_bars() -> None:
    made = read(
        bars(
            "项目名称 | 禁毒经费 |",
            "项目资金（万元） | 资金安排 | 合计 | 中央财政 | 省财政 | 其它 |",
            "计划安排资金 | 120 | 70 | 50 | 0 | |",
            "实际支出 | 110 | 62 | 48 | 0 | |",
        )
    )
    found = [(f.source_label, f.stage_label, f.amount) for f in made.funds]
    assert ("中央财政", "实际支出", Decimal(62)) in found
    assert len(found) == 8


def test_two_sources_side_by_side_are_no_amounts_of_stages() -> None:
    (form,) = recognise(
        grid(
            """
            ^c5 项目支出绩效自评表
            项目名称|^c4 禁毒经费
            ^r3 项目资金（万元）||年初预算数|全年预算数|全年执行数
            年度资金总额|90|100|95
            其中：财政拨款|90|其他资金|10
            """
        )
    )
    assert [f.amount.text for f in form.funds] == ["90", "100", "95"]
    assert len(form.problems) == 1


# Several forms, and forms without a name of their own.


def test_the_second_form_of_a_run_is_read_after_what_stands_between() -> None:
    cells = (*HEAD, *FUNDS, *TOTAL, *COLUMNS, *ROWS, "其他需要说明事项", "无", "公开14表")
    made = read("\n".join(f"{cell} |" for cell in (*cells, *HEAD, *FUNDS, *TOTAL, *COLUMNS, *ROWS)))
    assert len(made.projects) == 2
    assert len(made.indicators) == 2


SCORES = """
    ^c6 项目绩效评价自评评分表
    一级指标|二级指标|三级指标|分值|评分标准|得分
    项目决策|项目目标|目标内容|4|目标明确得满分|4
    ^c3 总分|100||96
"""


def test_a_sheet_of_scores_belongs_to_the_project_named_above() -> None:
    made = document(
        "项目名称：禁毒经费", "项目单位：某市公安局", "报告日期：2019年5月10日", grid(SCORES)
    )
    (report,) = split_reports(made)
    assert report.form is not None and len(report.form.indicators) == 1
    assert report.form.year is None  # the day of the report is no year reported on


def test_a_sheet_of_scores_after_a_form_is_no_project_of_its_own() -> None:
    form = """
        项目名称|^c4 禁毒经费
        项目资金（万元）||年初预算数|全年预算数|全年执行数
        |年度资金总额|90|100|95
    """
    (report,) = split_reports(document(grid(form), grid(SCORES)))
    assert report.printed_name == "禁毒经费"
    assert report.form is not None and len(report.form.indicators) == 1


def test_points_of_a_block_are_a_total_only_of_printed_weights() -> None:
    rows = (
        "<td colspan=6>项目自评表</td>",
        "<td>项目名称</td><td colspan=5>禁毒经费</td>",
        "<td rowspan=2>年度绩效目标1（80分）</td><td>一级指标</td><td>三级指标</td>"
        "<td>年初目标值</td><td>实际完成值</td><td>得分</td>",
        "<td>产出指标</td><td>宣传次数</td><td>≥12次</td><td>13次</td><td>50</td>",
        "<td colspan=5>总分</td><td>98</td>",
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    page = f"<html><body><table border=1>{body}</table></body></html>"
    ((project,),) = (made.projects for made in extract(page.encode(), "page.html"))
    assert (project.weight_total, project.score_total) == (None, Decimal(98))


def test_a_label_is_not_joined_out_of_two_columns() -> None:
    cells = (
        "项目名称",
        "禁毒经费",
        "项目年份",
        "2021",
        "项目",
        "类别",
        "指标名称",
        "目标值",
        "权重",
    )
    more = (
        "实际完成值",
        "自评分",
        "产出目标",
        "宣传次数",
        "≥12次",
        "6.5",
        "13次",
        "6.5",
        "合计",
        "78.5",
    )
    made = read("\n\n".join(("市级财政支出项目绩效自评表", *cells, *more)) + "\n")
    (indicator,) = made.indicators
    assert (indicator.level1, indicator.level3) == ("产出目标", "宣传次数")
    assert made.projects[0].score_total == Decimal("78.5")
