"""Forms in grids: one small grid for each family, and one for each fault that was repaired."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Cell, Table
from extractors.forms.form import Form
from extractors.forms.realign import realigned
from extractors.forms.recognise import recognise
from extractors.forms.records import FormRecords, make_records
from schemas.columns import Locator
from tests.literal_grids import grid

DOCUMENT, PROJECT = "d" * 64, "p" * 20
NATIONAL = """
    ^c8 项目支出绩效自评表
    ^c8 （2021年度）
    项目名称|^c7 农村饮水安全工程
    主管部门|^c3 青石县水利局|实施单位|^c3 青石县水务站
    ^r4 项目资金（万元）||年初预算数|全年预算数|全年执行数|分值|执行率|得分
    年度资金总额|100.00|120.00|118.50|10|98.75%|9.9
    其中：当年财政拨款|100.00|100.00|100.00|—|—|—
    上年结转资金||20.00|18.50|—|—|—
    ^r2 年度总体目标|^c4 预期目标|^c3 实际完成情况
    ^c4 解决1200人饮水问题|^c3 已解决1250人
    ^r4 绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
    ^r2 产出指标|^r2 数量指标|受益人数|≥1200人|1250人|50|50
    新建水窖|30座|30座|20|20
    满意度指标|服务对象满意度指标|群众满意度|≥90%|95%|20|20
    ^c6 总分|100|99.9
"""


def one(text: str) -> Form:
    """The only form of a grid."""
    forms = recognise(grid(text))
    assert len(forms) == 1
    return forms[0]


def records(text: str, year: int | None = 2021) -> FormRecords:
    return make_records(one(text), DOCUMENT, PROJECT, year)


def funds(text: str) -> list[tuple[str, str, str, str]]:
    """Source, label, stage and amount in 万元."""
    return [
        (f.source, f.source_label, f.stage, "" if f.amount is None else f"{f.amount:f}")
        for f in records(text).funds
    ]


def indicators(text: str) -> list[tuple[str | None, ...]]:
    """Levels, target, actual, weight and score."""
    return [
        (
            i.level1,
            i.level2,
            i.level3,
            i.target_raw,
            i.actual_raw,
            _figure(i.weight),
            _figure(i.score),
        )
        for i in records(text).indicators
    ]


def _figure(value: object) -> str | None:
    return None if value is None else str(value)


def names(form: Form) -> dict[str, str]:
    return {name: cell.text for name, cell in form.names.items()}


def test_national_form_of_three_stages() -> None:
    form = one(NATIONAL)
    assert names(form) == {
        "project_name": "农村饮水安全工程",
        "competent_department": "青石县水利局",
        "unit": "青石县水务站",
    }
    assert form.year == 2021
    assert [c.text for c in form.goal_expected] == ["解决1200人饮水问题"]
    assert [c.text for c in form.goal_actual] == ["已解决1250人"]
    assert form.weight_total and form.weight_total.text == "100"
    assert form.score_total and form.score_total.text == "99.9"
    assert funds(NATIONAL)[:4] == [
        ("total", "年度资金总额", "initial_budget", "100.00"),
        ("total", "年度资金总额", "annual_budget", "120.00"),
        ("total", "年度资金总额", "executed", "118.50"),
        ("fiscal", "其中：当年财政拨款", "initial_budget", "100.00"),
    ]
    line = records(NATIONAL).fund_scores
    assert [(_figure(s.weight), _figure(s.execution_rate), _figure(s.score)) for s in line] == [
        ("10", "98.75", "9.9")
    ]
    assert indicators(NATIONAL)[1] == (
        "产出指标",
        "数量指标",
        "新建水窖",
        "30座",
        "30座",
        "20",
        "20",
    )


def test_weight_may_stand_before_the_target() -> None:
    found = indicators("""
        一级指标|二级指标|三级指标|分值|年度指标值|全年实际值|得分|未完成原因及拟采取的改进措施
        产出指标|数量指标|道路里程|15|≥8公里|8公里|15|
    """)
    assert found == [("产出指标", "数量指标", "道路里程", "≥8公里", "8公里", "15", "15")]


def test_transfer_payment_form_without_scores() -> None:
    text = """
        转移支付（项目）名称|^c4 林业补助
        中央主管部门|^c4 财政部
        地方主管部门|柏山县林业局|资金使用单位|^c2 柏山县林场
        ^r3 项目资金（万元）||全年预算数（A）|全年执行数（B）|预算执行率（B/A）
        年度资金总额：|50|45|90%
        其中：中央财政资金|50|45|90%
        一级指标|二级指标|三级指标|指标值|全年实际完成值
        产出指标|数量指标|造林面积|100亩|100亩
    """
    assert names(one(text))["competent_department"] == "柏山县林业局"
    assert [f[:3] for f in funds(text)] == [
        ("total", "年度资金总额：", "annual_budget"),
        ("total", "年度资金总额：", "executed"),
        ("superior", "其中：中央财政资金", "annual_budget"),
        ("superior", "其中：中央财政资金", "executed"),
    ]


def test_several_blocks_of_indicators_in_one_form() -> None:
    found = indicators("""
        项目名称|^c6 城区养护
        ^r2 年度绩效目标1（80分）|一级指标|二级指标|三级指标|年初目标值(A)|实际完成值(B)|得分
        产出指标|数量指标|养护里程|10|10|40
        ^r2 年度绩效目标2|一级指标|二级指标|三级指标|年初目标值(A)|实际完成值(B)|得分
        效益指标|社会效益指标|投诉件数|≤5|3|40
        ^c6 总分|98
    """)
    assert [(i[2], i[6]) for i in found] == [("养护里程", "40"), ("投诉件数", "40")]


TWO_ROWS = """
    项目名称|^c9 图书馆免费开放
    ^r4 绩效指标|^r2 一级指标|^r2 二级指标|^r2 三级指标|^c3 指标值|^r2 完成值|^r2 分值|^r2 得分
    指标性质|指标值|度量单位
    产出指标|数量指标|接待人次|≥|12|万人次|12.8|20|20
    效益指标|社会效益指标|阅读氛围|定性|有效提升||有效提升|10|10
"""


def test_operator_value_and_unit_in_three_cells_below_their_label() -> None:
    assert [(i[3], i[4], i[5]) for i in indicators(TWO_ROWS)] == [
        ("≥12万人次", "12.8", "20"),
        ("有效提升", "有效提升", "10"),
    ]


def test_target_in_words_may_stand_in_the_column_of_units() -> None:
    found = indicators("""
        一级指标|二级指标|三级指标|指标性质|指标值|单位（文字描述）|实际完成值
        效益指标|社会效益指标|服务水平|||明显提高|明显提高
    """)
    assert found[0][3] == "明显提高"


def test_pairs_of_label_and_amount() -> None:
    text = """
        项目名称|^c4 消防装备
        ^r3 预算执行情况（万元）|预算数：|43|执行数：|40
        其中-财政拨款：|43|其中-财政拨款：|40
        其它资金：||其它资金：|
        一级指标|二级指标|三级指标|预期指标值（包含数字及文字描述）|实际完成指标值（包含数字及文字描述）
        项目完成指标|数量指标|购置车辆|6辆|6辆
    """
    assert funds(text) == [
        ("total", "总额", "annual_budget", "43"),
        ("total", "总额", "executed", "40"),
        ("fiscal", "其中-财政拨款：", "annual_budget", "43"),
        ("fiscal", "其中-财政拨款：", "executed", "40"),
    ]


def test_rate_after_pairs_is_no_amount() -> None:
    text = """
        项目名称|^c6 消防装备
        项目资金（万元）|预算数：|43|执行数：|40|执行率：|93.02%
    """
    assert [f[3] for f in funds(text)] == ["43", "40"]
    assert _figure(records(text).fund_scores[0].execution_rate) == "93.02"


def test_stages_may_stand_in_rows_and_sources_in_columns() -> None:
    found = funds("""
        项目名称|^c3 道路建设
        资金情况（万元）|合计|中央财政|其他
        计划安排资金|100|60|40
        实际支出|90|60|30
        结余|10||10
    """)
    assert found[1] == ("superior", "中央财政", "initial_budget", "60")
    assert found[5] == ("other", "其他", "executed", "30")
    assert found[6:] == [("total", "合计", "balance", "10"), ("other", "其他", "balance", "10")]


def test_sources_below_each_stage() -> None:
    found = funds("""
        项目名称|^c7 道路建设
        ^r3 项目资金（万元）|^c3 全年预算数|^c3 全年执行数|^r2 执行率
        合计|财政资金|其他资金|合计|财政资金|其他资金
        100|80|20|90|75|15|90%
    """)
    assert found[1] == ("fiscal", "财政资金", "annual_budget", "80")
    assert found[5] == ("other", "其他资金", "executed", "15")


DEPARTMENT = """
    ^c7 部门整体支出绩效自评表
    一级预算单位名称|^c6 宁远区教育局
    ^r5 年度预算申请（万元）||年初预算数|全年预算数|全年执行数|执行率|得分
    年度资金总额|100.50|120.60|{executed}|98.01%|9.8
    ^c3 按收入性质分：|^c3 按支出性质分：
    ^c3 其中：一般公共预算：118.20|^c3 其中：基本支出：100.00
    ^c3 其他资金：|^c3 项目支出：18.20
    一级指标|二级指标|^c2 三级指标|指标值|实际完成值|得分
    产出指标|数量指标|^c2 学校数|10|10|50
"""


def test_amounts_by_nature_take_the_stage_they_add_up_to() -> None:
    text = DEPARTMENT.format(executed="118.20")
    assert one(text).is_department
    assert funds(text)[3:] == [
        ("fiscal", "其中：一般公共预算", "executed", "118.20"),
        ("component", "其中：基本支出", "executed", "100.00"),
        ("component", "项目支出", "executed", "18.20"),
    ]


def test_amounts_by_nature_that_add_up_to_nothing_are_refused() -> None:
    found = records(DEPARTMENT.format(executed="117.00"))
    assert len(found.funds) == 3
    reasons = {reject.reason for reject in found.rejects}
    assert reasons == {"金额没有写明是预算数还是执行数"}


def test_amounts_in_yuan_by_the_head_and_by_the_cell() -> None:
    found = funds("""
        项目名称|^c3 道路
        ^r3 项目资金（元）|资金来源|全年预算数|全年执行数
        年度资金总额|12,345.60|12,000.00
        其他资金|1.5万元|0
    """)
    assert [f[3] for f in found] == ["1.234560", "1.200000", "1.5", "0.0000"]


def test_of_which_in_a_cell_of_its_own() -> None:
    found = funds("""
        项目名称|^c4 道路
        ^r4 项目资金（万元）|^c2 |全年预算数|全年执行数
        ^c2 年度资金总额|10|9
        ^r2 其⏎中|当年财政拨款|6|5
        其他资金|4|4
    """)
    assert [(f[0], f[1]) for f in found[2:]] == [
        ("fiscal", "当年财政拨款"),
        ("fiscal", "当年财政拨款"),
        ("other", "其他资金"),
        ("other", "其他资金"),
    ]


def test_of_which_in_a_row_of_its_own_does_not_end_the_funds() -> None:
    found = funds("""
        项目名称|^c3 道路
        ^r5 项目资金（万元）||全年预算数|全年执行数
        年度资金总额|10|9
        其中：||
        1.当年财政拨款|6|5
        2.上年结转资金|4|4
    """)
    assert [(f[0], f[3]) for f in found] == [
        ("total", "10"),
        ("total", "9"),
        ("fiscal", "6"),
        ("fiscal", "5"),
        ("carryover", "4"),
        ("carryover", "4"),
    ]


@pytest.mark.parametrize("line", ["单位：元", "公开14表 金额单位：元"])
def test_unit_in_a_line_of_its_own(line: str) -> None:
    found = funds(f"""
        ^c3 {line}
        项目名称|^c2 道路
        资金来源|全年预算数|全年执行数
        年度资金总额|120000|110000
    """)
    assert [f[3] for f in found] == ["12.0000", "11.0000"]


def test_subtotals_of_indicators_are_no_indicators() -> None:
    text = """
        一级指标|二级指标|三级指标|指标值|实际完成值|分值|得分
        产出指标|数量指标|甲|1|1|50|50
        ^c5 小计|50|50
        效益指标|社会效益|乙|好|好|40|40
    """
    assert [(i[0], i[2]) for i in indicators(text)] == [("产出指标", "甲"), ("效益指标", "乙")]
    assert records(text).rejects == []


def test_list_of_many_projects_is_no_form() -> None:
    forms = recognise(
        grid("""
        序号|项目名称|主管部门|全年预算数|全年执行数|执行率|自评得分
        1|道路项目|交通局|100|90|90%|95
        2|桥梁项目|交通局|50|50|100%|98
        合计|||150|140||
    """)
    )
    assert [form for form in forms if form.funds or form.fund_lines] == []


def test_goals_printed_in_one_cell_with_their_labels() -> None:
    form = one("""
        项目名称|^c3 道路
        ^r2 年度总体目标|^c3 预期目标：修路10公里。
        ^c3 实际完成情况：已修10公里。
        一级指标|三级指标|指标值|完成值
        产出指标|里程|10|10
    """)
    assert [c.text for c in form.goal_expected] == ["修路10公里。"]
    assert [c.text for c in form.goal_actual] == ["已修10公里。"]


def test_sub_rows_of_a_marked_indicator_and_prompts_nobody_filled_in() -> None:
    found = indicators("""
        一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
        ^r4 产出指标|^r4 数量指标|★完成工程数|||20|18
        其中：桥梁|3座|3座||
        指标3：||||
        ……||||
    """)
    assert [(i[0], i[2]) for i in found] == [
        ("产出指标", "★完成工程数"),
        ("产出指标", "其中：桥梁"),
    ]


def test_blank_levels_go_on_where_no_level_is_merged() -> None:
    found = indicators("""
        ^r3 绩效指标|一级指标|二级指标|三级指标|指标值|完成值|得分
        产出指标|数量指标|甲|1|1|5
        ||乙|2|2|5
    """)
    assert found[1][:2] == ("产出指标", "数量指标")


def test_blank_level_is_a_blank_where_levels_are_merged() -> None:
    found = indicators("""
        一级指标|二级指标|三级指标|指标值|完成值|得分
        ^r2 产出指标|数量指标|甲|1|1|5
        |乙|2|2|5
    """)
    assert found[1][:2] == ("产出指标", None)


def test_first_level_may_be_missing() -> None:
    found = records("""
        二级指标|三级指标|指标值|完成值|得分
        质量指标|合格率|95%|96%|5
    """).indicators
    assert (found[0].level1, found[0].level1_kind) == (None, "output")


def test_form_with_two_levels_only() -> None:
    found = indicators("""
        一级指标|二级指标|指标值|实际完成值|得分
        产出指标|新建道路|10公里|10公里|5
    """)
    assert found[0][:3] == ("产出指标", None, "新建道路")


def test_unknown_labels_are_named_alone() -> None:
    form = one("""
        项目名称|^c5 道路
        一级指标|二级指标|三级指标|指标值|实际完成值|责任⏎科室
        产出指标|数量指标|里程|1|1|办公室
    """)
    assert [(p.reason, p.raw) for p in form.problems] == [("未识别的标签：责任科室", "责任\n科室")]
    assert [named.field for named in form.indicators[0].cells] == ["level3", "target", "actual"]


def test_unknown_source_keeps_its_amount_and_is_named() -> None:
    found = records("""
        项目名称|^c3 道路
        ^r2 项目资金（万元）|资金来源|预算数|执行数
        彩票返还款|100|90
    """)
    assert [(f.source, f.source_label) for f in found.funds] == [("other", "彩票返还款")] * 2
    assert [reject.reason for reject in found.rejects] == ["未识别的标签：彩票返还款"]


def test_shifted_rows_are_refused() -> None:
    text = """
        一级指标|二级指标|三级指标|指标值|实际完成值|分值|得分
        产出指标|数量指标|甲|1|1|5|5
        数量指标|乙|2|2|5|有效提升|受雨水影响延期
    """
    assert [i[2] for i in indicators(text)] == ["甲"]
    assert [r.reason for r in records(text).rejects] == ["指标行与表头错位"]


def test_grid_that_lost_its_spans_is_read_from_its_right_edge() -> None:
    bare = NATIONAL
    for mark in ("^c8 ", "^c7 ", "^c6 ", "^c4 ", "^c3 ", "^r4 ", "^r2 "):
        bare = bare.replace(mark, "")
    assert funds(bare) == funds(NATIONAL)
    assert indicators(bare) == indicators(NATIONAL)
    score = one(bare).score_total
    assert score and score.text == "99.9"


def test_lost_spans_of_a_header_of_two_rows() -> None:
    bare = TWO_ROWS
    for mark in ("^c9 ", "^c3 ", "^r4 ", "^r2 "):
        bare = bare.replace(mark, "")
    assert indicators(bare) == indicators(TWO_ROWS)


@pytest.mark.parametrize("text", [NATIONAL, TWO_ROWS])
def test_grids_with_spans_stay_as_they_are(text: str) -> None:
    assert realigned(grid(text)) == grid(text)


@pytest.mark.parametrize(
    ("row", "weight", "score", "rating"),
    [
        ("^c5 总分|100|98.5", "100", "98.5", None),
        ("^c2 总分|^c2 98.5分|^c2 评价等级|优", None, "98.5分", "优"),
        ("^c5 自评总分|^c2 96", None, "96", None),
        ("^c4 合计|100|100|98", "100", "98", None),
    ],
)
def test_totals(row: str, weight: str | None, score: str, rating: str | None) -> None:
    form = one(f"""
        一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
        产出指标|数量指标|甲|1|1|90|88
        {row}
    """)
    found = [c.text if c else None for c in (form.weight_total, form.score_total, form.rating)]
    assert found == [weight, score, rating]


def test_year_in_a_name_is_not_the_year_of_the_form() -> None:
    assert (
        one("""
        项目名称|^c5 2021年村级道路硬化
        一级指标|二级指标|三级指标|指标值|实际完成值|得分
        产出指标|数量指标|里程|1|1|5
    """).year
        is None
    )


def test_own_label_of_the_goals_is_no_goal() -> None:
    form = one("""
        项目名称|^c2 道路
        ^r2 年度目标|年度预期目标|目标实际完成情况
        修路10公里|修路10公里
    """)
    assert [c.text for c in form.goal_expected] == ["修路10公里"]


def test_two_forms_in_one_grid_without_titles() -> None:
    forms = recognise(
        grid("""
        项目名称|^c5 甲项目
        一级指标|二级指标|三级指标|指标值|实际完成值|得分
        产出指标|数量指标|里程|1|1|5
        项目名称|^c5 乙项目
        一级指标|二级指标|三级指标|指标值|实际完成值|得分
        产出指标|数量指标|座数|2|2|6
    """)
    )
    assert [(f.names["project_name"].text, len(f.indicators)) for f in forms] == [
        ("甲项目", 1),
        ("乙项目", 1),
    ]


def test_targets_alone_are_no_evaluation() -> None:
    form = one("""
        ^c4 项目支出绩效目标表
        项目名称|^c3 道路
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|里程|1
    """)
    assert not form.is_evaluation


def test_name_and_value_in_one_cell() -> None:
    form = one("""
        ^c6 项目名称：道路养护
        ^c3 主管部门：交通局|^c3 实施单位：公路站
        一级指标|二级指标|三级指标|指标值|完成值|得分
        产出指标|数量指标|里程|1|1|5
    """)
    assert names(form) == {
        "project_name": "道路养护",
        "competent_department": "交通局",
        "unit": "公路站",
    }


WORDS = st.sampled_from(
    (
        *("项目名称", "主管部门", "项目资金（万元）", "年度资金总额", "中央财政", "计划安排资金"),
        *("全年预算数", "全年执行数", "分值", "执行率", "得分", "预算数：", "按收入性质分："),
        *("预期目标", "实际完成情况", "一级指标", "二级指标", "三级指标", "年度指标值"),
        *("实际完成值", "指标性质", "度量单位", "产出指标", "数量指标", "总分", "合计", "说明"),
        *("其中：基本支出：3", "100", "98.5%", "≥3个", "—", "优", ""),
    )
)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=7), min_size=1, max_size=8))
def test_any_order_of_labels_is_read_without_failing(rows: list[list[str]]) -> None:
    cells = tuple(
        Cell(r, c, text, text, Locator(path=f"r[{r}]/c[{c}]"))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    )
    table = Table(cells, len(rows), 7, Locator(path="t"))
    for form in recognise(table):
        made = make_records(form, DOCUMENT, PROJECT, None)
        printed = {cell.raw for cell in cells}
        assert {fund.raw for fund in made.funds} <= printed
