"""Reports of a document: which form belongs to which text, and what is no report at all."""

from __future__ import annotations

from extractors.reports import Report, split_reports, year_of
from tests.literal_grids import document, grid

NAMES = """
    项目名称|^c5 {name}
    主管部门|^c2 交通局|实施单位|^c2 公路站
"""
FUNDS = """
    ^r2 项目资金（万元）|资金来源|年初预算数|全年预算数|全年执行数|得分
    年度资金总额|10|10|9|9
"""
GOALS = """
    年度总体目标|预期目标|实际完成情况
    |修路10公里|已修10公里
"""
INDICATORS = """
    一级指标|二级指标|三级指标|年度指标值|实际完成值|得分
    产出指标|数量指标|{name}|10|10|50
"""
LONG = "本单位按照财政部门的要求组织开展了绩效自评工作，现将情况报告如下。"


def form(name: str = "道路项目") -> str:
    return NAMES.format(name=name) + FUNDS + INDICATORS.format(name="里程")


def names(reports: tuple[Report, ...]) -> list[str | None]:
    return [report.printed_name for report in reports]


def test_title_and_year_above_the_grid_belong_to_the_form() -> None:
    parts = document("项目支出绩效自评表", "（2021年度）", "单位：万元", grid(form()))
    reports = split_reports(parts)
    assert names(reports) == ["道路项目"]
    assert reports[0].form and reports[0].form.title
    assert year_of(reports[0], parts) == 2021


def test_unit_above_the_grid_is_that_of_its_amounts() -> None:
    bare = form().replace("（万元）", "")
    reports = split_reports(document("项目支出绩效自评表", "金额单位：元", grid(bare)))
    assert reports[0].form and {f.unit for f in reports[0].form.funds} == {"元"}


def test_form_in_four_grids_is_one() -> None:
    grids = (NAMES.format(name="道路项目"), FUNDS, GOALS, INDICATORS.format(name="里程"))
    reports = split_reports(document("2021年度项目支出绩效自评表", *map(grid, grids)))
    assert names(reports) == ["道路项目"]
    whole = reports[0].form
    assert whole and len(whole.funds) == 3
    assert len(whole.indicators) == 1
    assert [c.text for c in whole.goal_actual] == ["已修10公里"]


def test_more_indicators_of_the_same_header_go_on() -> None:
    reports = split_reports(document(grid(form()), grid(INDICATORS.format(name="桥梁"))))
    assert [len(r.form.indicators) for r in reports if r.form] == [2]


def test_nothing_goes_on_after_the_total() -> None:
    total = form() + "^c5 总分|99\n"
    reports = split_reports(document(grid(total), grid(INDICATORS.format(name="桥梁"))))
    assert [len(r.form.indicators) for r in reports if r.form] == [1, 1]


def test_each_named_grid_is_a_report() -> None:
    reports = split_reports(document(grid(form("甲项目")), grid(form("乙项目"))))
    assert names(reports) == ["甲项目", "乙项目"]


def test_targets_alone_are_no_report() -> None:
    targets = """
        项目名称|^c3 道路
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|里程|10
    """
    assert split_reports(document("项目支出绩效目标表", grid(targets))) == ()


def test_sheet_that_only_scores_is_no_report_by_itself() -> None:
    sheet = """
        一级指标|二级指标|三级指标|分值|评分标准|得分
        决策|项目立项|立项依据充分性|5|依据充分得5分|5
    """
    assert split_reports(document("绩效评价指标体系及评分表", grid(sheet))) == ()
    named = document("道路项目支出绩效自评报告", LONG, LONG, LONG, grid(sheet))
    assert names(split_reports(named)) == ["道路项目"]


def test_table_of_accounts_is_no_form() -> None:
    accounts = """
        项目|行次|年初预算数|全年预算数|决算数
        一、财政拨款收入|1|10|10|9
        本年收入合计|2|10|10|9
    """
    assert split_reports(document("收入支出决算总表", "单位：万元", grid(accounts))) == ()


def test_report_in_prose_counts_by_its_title_or_cover() -> None:
    by_title = split_reports(document("道路养护项目支出绩效自评报告", LONG, LONG, LONG))
    assert names(by_title) == ["道路养护项目"]
    by_cover = split_reports(document("绩效自评报告", "项目名称：桥梁加固", LONG))
    assert names(by_cover) == ["桥梁加固"]
    assert split_reports(document("通知", LONG)) == ()


def test_report_takes_the_form_of_its_own_project_only() -> None:
    text = ("项目名称：甲项目", LONG, LONG, LONG)
    own = split_reports(document("项目支出绩效自评报告", *text, grid(form("甲项目"))))
    assert [(r.printed_name, r.form is not None) for r in own] == [("甲项目", True)]
    other = split_reports(document("项目支出绩效自评报告", *text, grid(form("乙工程"))))
    assert [(r.printed_name, r.form is not None) for r in other] == [
        ("甲项目", False),
        ("乙工程", True),
    ]
