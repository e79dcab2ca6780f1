"""Text dumps become grids again: one case a layout and a fault, and the laws for any text."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Document, Table
from extractors.unflatten.closure import settle
from extractors.unflatten.fragments import join_fragments
from extractors.unflatten.program import Header, Placed
from extractors.unflatten.rebuild import rebuild
from extractors.unflatten.split import tokenize
from extractors.unflatten.tokens import Gap, Run, Token, runs, split_lines
from tests.text_forms import COLUMNS


@dataclass(frozen=True)
class Case:
    """A text, and the rows of its grid as `column:text` from the header of indicators on."""

    name: str
    text: str
    rows: tuple[str, ...]


HEAD = ("项目支出绩效自评表", "（2022年度）", "项目名称", "禁毒经费", "主管部门", "某市公安局")
FUNDS = ("项目资金（万元）", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
TOTAL = ("年度资金总额", "100", "100", "90", "10", "90%", "9")
HEADER = " ".join(f"{i}:{label}" for i, label in enumerate(COLUMNS))
NBSP = "\u00a0"


def read(text: str) -> Document:
    blocks, problems = rebuild(text)
    return Document("text/plain", blocks, problems=problems, source_text=text)


def lines_of(*cells: str) -> str:
    return "\n\n".join(cells)


def table(document: Document) -> Table:
    tables = [block for block in document.blocks if isinstance(block, Table)]
    assert len(tables) == 1
    return tables[0]


def printed(document: Document, first: str = "一级指标") -> tuple[str, ...]:
    rows = [" ".join(f"{c.column}:{c.text}" for c in row) for row in table(document).rows()]
    start = next(i for i, row in enumerate(rows) if first in row)
    return tuple(row for row in rows[start:] if row)


ONE_LINE = " ".join(
    (*HEAD, *FUNDS, *TOTAL, *COLUMNS)
    + ("产出指标", "数量指标", "培训人次", "≥50人", "52人", "10", "10")
    + ("质量指标", "合格率", "100%", "100%", "20", "18", "验收延后")
)
LAYOUTS = (
    Case(
        "one cell a line, blank cells kept",
        lines_of(*HEAD, *FUNDS, *TOTAL, *COLUMNS)
        + "\n\n"
        + lines_of("产出指标", "数量指标", "培训人次", "≥50人", "52人", "10", "10", NBSP)
        + "\n\n"
        + lines_of(NBSP, NBSP, "设备数量", "=3台", "3台", "5", "5", NBSP),
        (
            HEADER,
            "0:产出指标 1:数量指标 2:培训人次 3:≥50人 4:52人 5:10 6:10",
            "2:设备数量 3:=3台 4:3台 5:5 6:5",
        ),
    ),
    Case(
        "one cell a line, blank cells gone",
        lines_of(*HEAD, *FUNDS, *TOTAL, *COLUMNS)
        + "\n\n"
        + lines_of("产出指标", "数量指标", "培训人次", "≥50人", "52人", "10", "10")
        + "\n\n"
        + lines_of("设备数量", "=3台", "3台", "5", "5", "总分", "100", "98"),
        (
            HEADER,
            "0:产出指标 1:数量指标 2:培训人次 3:≥50人 4:52人 5:10 6:10",
            "2:设备数量 3:=3台 4:3台 5:5 6:5",
            "0:总分 5:100 6:98",
        ),
    ),
    Case(
        "one line for the whole form",
        ONE_LINE,
        (
            HEADER,
            "0:产出指标 1:数量指标 2:培训人次 3:≥50人 4:52人 5:10 6:10",
            "1:质量指标 2:合格率 3:100% 4:100% 5:20 6:18 7:验收延后",
        ),
    ),
    Case(
        "tabs",
        "\n".join(
            "\t".join(row)
            for row in (
                HEAD[2:4],
                FUNDS,
                TOTAL,
                ("绩效指标", *COLUMNS),
                ("", "产出指标", "数量指标", "培训人次", "≥50人", "52人", "10", "10", ""),
                ("", "", "", "设备数量", "=3台", "3台", "5", "5", ""),
            )
        ),
        (
            HEADER,
            "0:产出指标 1:数量指标 2:培训人次 3:≥50人 4:52人 5:10 6:10",
            "2:设备数量 3:=3台 4:3台 5:5 6:5",
        ),
    ),
    Case(
        "bars, one row a line",
        "\n".join(
            "| " + " | ".join(row) + " |"
            for row in (
                (*HEAD[2:4], "", "", "", "", "", ""),
                (*FUNDS, ""),
                (*TOTAL, ""),
                COLUMNS,
                ("产出指标", "数量指标", "培训人次", "≥50人", "52人", "10", "10", ""),
                ("", "", "设备数量", "=3台", "3台", "5", "5", "延后"),
            )
        ),
        (
            HEADER,
            "0:产出指标 1:数量指标 2:培训人次 3:≥50人 4:52人 5:10 6:10",
            "2:设备数量 3:=3台 4:3台 5:5 6:5 7:延后",
        ),
    ),
    Case(
        "one cell a line, each ended by a bar",
        "\n".join(
            f"{cell} |" if cell else "|"
            for cell in (
                *HEAD[2:],
                *FUNDS,
                *TOTAL,
                *COLUMNS,
                *("产出指标", "数量指标", "培训人次", "≥50人", "52人", "10", "10", ""),
                *("", "", "设备数量", "=3台", "3台", "5", "5", ""),
            )
        ),
        (
            HEADER,
            "0:产出指标 1:数量指标 2:培训人次 3:≥50人 4:52人 5:10 6:10",
            "2:设备数量 3:=3台 4:3台 5:5 6:5",
        ),
    ),
)

PADDED = """\
绩效目标自评表 | ||||||||
项目名称 | 特色种养补贴 | 项目负责人及电话 | 李某 | |||||
资金情况 (万元) |
全年预算数(A) | 全年执行数(B) | 分值 | 执行率(B/A) | 得分 | |||
年度资金总额: | 9.48 | 9.48 | 10 | 100% | 10 | |||
其他资金 | - | - | ||||||
绩效指标 | 一级 指标 |
二级指标 | 三级指标 | 分值 | 年度指标值 | 全年实际值 | 得分 | 未完成原因 |
产 出 指 标 (50分) |
数量指标 | ★补助种植面积 | 20 | 29.5亩 | 29.5亩 | 20 | ||
其中桃树种植面积 | 1.5亩 | 1.5亩 | ||||||
质量指标 | ||||||||
作物成活率 | 5 | 95% | 95% | 5 | ||||
总分 | 100 | 98 | |||||||
"""
SPACES = """\
项目支出绩效自评表
(2021年度)
项目名称 禁毒经费
主管部门 某市公安局 实施单位 禁毒支队
项目资金
(万元)
年初预算数 全年预算数(A) 全年执行数(B) 分值 执行率(B/A) 得分
年度资金总额: 100 100 100 10 100% 10
其中:本年财政拨款 100 100 100 - -
    上年结转资金 - -
年度绩效指标完成情况 一级
指标
二级指标 三级指标 年度指标值 实际完成值 分值 得分 偏差原因
产
出
指
标
(50分)
数量指标 指标1:宣传场次 ≥1场 1场 12 12
指标2:
……
质量指标 指标1:支出合规性 10 10
社会效益
指标
指标1:识毒意识 提升 提升 30 30
总分 100 100
"""


@pytest.mark.parametrize("case", LAYOUTS, ids=lambda case: case.name)
def test_a_layout_gives_its_grid(case: Case) -> None:
    assert printed(read(case.text)) == case.rows


def test_rows_broken_after_a_cell_of_two_lines_are_joined_by_their_bars() -> None:
    document = read(PADDED)
    assert printed(document, "年度资金总额") == (
        "0:年度资金总额: 1:9.48 2:9.48 3:10 4:100% 5:10",
        "0:其他资金",
        "0:一级 指标 1:二级指标 2:三级指标 3:分值 4:年度指标值 5:全年实际值 6:得分 7:未完成原因",
        "0:产 出 指 标 (50分) 1:数量指标 2:★补助种植面积 3:20 4:29.5亩 5:29.5亩 6:20",
        "2:其中桃树种植面积 4:1.5亩 5:1.5亩",
        "1:质量指标",
        "2:作物成活率 3:5 4:95% 5:95% 6:5",
        "0:总分 3:100 6:98",
    )
    assert document.problems == ()


def test_rows_of_words_with_vertical_names_prompts_and_lines_of_dashes() -> None:
    document = read(SPACES)
    assert printed(document, "年度资金总额") == (
        "0:年度资金总额: 1:100 2:100 3:100 4:10 5:100% 6:10",
        "0:其中:本年财政拨款 1:100 2:100 3:100 4:- 6:-",
        "0:上年结转资金",
        "0:一级指标 1:二级指标 2:三级指标 3:年度指标值 4:实际完成值 5:分值 6:得分 7:偏差原因",
        "0:产出指标(50分) 1:数量指标 2:指标1:宣传场次 3:≥1场 4:1场 5:12 6:12",
        "1:质量指标 2:指标1:支出合规性 5:10 6:10",
        "1:社会效益指标 2:指标1:识毒意识 3:提升 4:提升 5:30 6:30",
        "0:总分 5:100 6:100",
    )
    assert document.problems == ()


def test_what_is_left_of_a_vertical_name_ends_the_level_above_and_names_none() -> None:
    text = SPACES.replace("社会效益\n指标\n", "(30分)\n社会效益\n指标\n")
    row = next(r for r in table(read(text)).rows() if any(c.raw == "(30分)" for c in r))
    assert [(cell.column, cell.text) for cell in row][:2] == [(0, ""), (1, "社会效益指标")]


def test_a_block_in_drawing_order_is_lost_as_a_whole() -> None:
    scrambled = " ".join(
        (*HEAD, *FUNDS, *TOTAL, "三级指标", "年度指标值", "实际完成值", "得分")
        + ("在岸人数", "20", "23", "10", "二级指标", "数量指标", "产出指标", "时效指标")
        + ("总额", "质量指标", "20", "20", "效益指标", "社会效益指标", "离岸人数", "4", "5", "9")
    )
    document = read(scrambled)
    assert [p.reason[:11] for p in document.problems] == ["指标区的文字次序已乱，"]
    assert "0:三级指标" in printed(document, "三级指标")[-1]


def test_cells_run_together_give_names_and_a_reject() -> None:
    text = (
        "附件:绩效目标自评表(2022年度)项目名称水标尺制作安装项目负责人及电话谢某13900000000"
        "主管部门某县水利局实施单位某县水利站资金情况(万元)全年预算数(A)全年执行数(B)分值执行率(B/A)"
        "得分年度资金总额:202010100.00%10一级指标二级指标三级指标分值年度指标值全年实际值得分"
        "产出指标(70分)数量指标安装水标尺10≥266米≥266米10"
    )
    document = read(text)
    assert printed(document, "绩效") == (
        "0:绩效目标自评表(2022年度)",
        "0:项目名称 1:水标尺制作安装",
        "0:主管部门 1:某县水利局",
        "0:实施单位 1:某县水利站",
        "0:一级指标 1:二级指标 2:三级指标 3:年度指标值 4:全年实际值",
    )
    assert [p.raw for p in document.problems] == [text]


def test_the_head_of_a_list_of_projects_is_no_name() -> None:
    cells = (
        "序号",
        "项目名称",
        "1",
        "月度考核奖",
        "2",
        "网络运行费",
        *HEAD,
        *FUNDS,
        *TOTAL,
        *COLUMNS,
    )
    text = "\n".join(f"{cell} |" for cell in cells)
    rows = [[c.text for c in row] for row in table(read(text)).rows()]
    assert [row for row in rows if row[0] == "项目名称"] == [["项目名称"], ["项目名称", "禁毒经费"]]


def test_a_name_may_stand_after_the_blanks_of_its_label() -> None:
    rows = ("项目名称 | | 护林经费 | |", "主管部门 | | 某市林业局 | | 实施单位 | |")
    lines = (
        *rows,
        "一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | |",
        "产出指标 | | 面积 | 5 | 5 | |",
    )
    assert printed(read("\n".join(f"| {line}" for line in lines)), "项目名称")[:3] == (
        "0:项目名称 1:护林经费",
        "0:主管部门 1:某市林业局",
        "0:实施单位",
    )


def test_second_levels_without_an_indicator_are_passed_over() -> None:
    text = lines_of(*HEAD, *FUNDS, *TOTAL, *COLUMNS, "效益指标", "经济效益指标", "社会效益指标")
    text += "\n\n" + lines_of("安全感", "提升", "提升", "10", "10", "总分", "100", "98")
    assert printed(read(text))[1] == "0:效益指标 1:社会效益指标 2:安全感 3:提升 4:提升 5:10 6:10"


def test_indicators_without_totals_end_at_a_note() -> None:
    text = lines_of(
        *HEAD, *FUNDS, *TOTAL, *COLUMNS, "产出指标", "数量指标", "人次", "5", "5", "9", "9"
    )
    document = read(text + "\n\n注：1.一级指标分值统一设置。")
    assert printed(document)[1] == "0:产出指标 1:数量指标 2:人次 3:5 4:5 5:9 6:9"


def test_two_labels_of_two_blocks_are_one_of_a_third() -> None:
    columns = (*COLUMNS[:3], "年度", "指标值", "实际", "完成值", *COLUMNS[5:])
    text = lines_of(
        *HEAD, *FUNDS, *TOTAL, *columns, "产出指标", "数量指标", "人次", "5", "6", "9", "9"
    )
    assert printed(read(text))[0] == HEADER


STAGES = ("initial_budget", "annual_budget", "executed")
LINE = (*(f"stage:{s}" for s in STAGES), "weight", "execution_rate", "score")


def settled(*texts: str, total: bool = True) -> dict[str, str] | None:
    columns = tuple(Header(field, place) for place, field in enumerate(LINE))
    tokens = tuple(Token(t, 0, len(t), Gap.LINE, i) for i, t in enumerate(texts))
    leading = tuple(Placed(0, i, i, i) for i in range(3)) if len(texts) > 2 else ()
    placed = settle(tokens, columns, leading, total)
    return None if placed is None else {LINE[c.column]: texts[c.first] for c in placed}


def test_the_rate_of_a_line_tells_which_stage_is_blank() -> None:
    found = settled("30", "30", "10", "100%", "9")
    assert found == {
        "stage:annual_budget": "30",
        "stage:executed": "30",
        "weight": "10",
        "execution_rate": "100%",
        "score": "9",
    }


def test_a_line_whose_rate_fits_as_it_stands_is_kept() -> None:
    assert settled("80", "100", "90", "90%", total=False) == {
        "stage:initial_budget": "80",
        "stage:annual_budget": "100",
        "stage:executed": "90",
    }


@pytest.mark.parametrize("texts", [("30", "30"), ("115.2", "115.2", "-", "-"), ("30", "20", "10")])
def test_a_line_with_too_few_figures_is_undecided(texts: tuple[str, ...]) -> None:
    assert settled(*texts) is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("产\n出\n指\n标\n(50分)\n数量指标", ["产出指标(50分)", "数量指标"]),
        ("可持续影\n响指标\n经济效益\n指标", ["可持续影响指标", "经济效益指标"]),
        ("满意度指标\n满意度指标", ["满意度指标", "满意度指标"]),
        ("产出指标\n数量指标\n指标1", ["产出指标", "数量指标", "指标1"]),
        ("服务对象\n满意度指标\n90%", ["服务对象满意度指标", "90%"]),
    ],
)
def test_broken_names_of_levels_are_joined(source: str, expected: list[str]) -> None:
    tokens = tokenize(Run("lines", split_lines(source)), source)
    assert [token.text for token in tokens] == expected
    assert join_fragments(tokens, source) == tokens


def assert_cells_are_cut_out(text: str) -> None:
    document = read(text)
    source = document.source_text or ""
    for block in document.blocks:
        parts = block.cells if isinstance(block, Table) else (block,)
        for part in parts:
            assert source[part.locator.char_start : part.locator.char_end] == part.raw
    for problem in document.problems:
        assert source[problem.locator.char_start : problem.locator.char_end] == problem.raw


@pytest.mark.parametrize("text", [*(c.text for c in LAYOUTS), PADDED, SPACES])
def test_every_cell_is_what_its_locator_cuts_out(text: str) -> None:
    assert_cells_are_cut_out(text)


PIECES = st.sampled_from(
    (
        *HEAD,
        *FUNDS,
        *TOTAL,
        *COLUMNS,
        "产出指标",
        "数量指标",
        "产",
        "(50分)",
        "……",
        "指标2：",
        "≥5人",
    )
    + (
        "总分",
        "年度总体目标",
        "预期目标",
        "实际完成情况",
        "已完成",
        "—",
        "0.00",
        "97.5%",
        "无",
        "其中：",
    )
    + ("预算数：", "执行数：", "绩效指标", "注：一", "一、概况", "序号", "<p>", "&nbsp;", "\x0b")
)
GAPS = st.sampled_from(
    ("\n", "\n\n", " ", "\t", "\n\t", " | ", " |\n", "||||\n", "\n\u00a0\n", "\r\n")
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(PIECES, GAPS), max_size=60))
def test_any_pieces_of_forms_are_read_and_cut_out(pieces: list[tuple[str, str]]) -> None:
    assert_cells_are_cut_out("".join(text + gap for text, gap in pieces))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_and_no_filled_line_is_lost_from_the_runs(text: str) -> None:
    lines = split_lines(text)
    assert [line for run in runs(lines) for line in run.lines] == list(lines)
    assert_cells_are_cut_out(text)
