"""The PDF reader: every way a table is ruled, broken or hidden, and every way a file is bad."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from pathlib import Path

import pdf_samples as samples
import pdfplumber
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdf_samples import Draw, Form, form, pdf, plain_form, rules_across, texts, together

from extractors.document import Cell, Document, Paragraph, Table, UnreadableDocument
from extractors.readers import pdf_faults
from extractors.readers.pdf import NEEDS_OCR, read_pdf

CORPUS = Path(__file__).parent / "../../shared/corpus"
with_corpus = pytest.mark.skipif(not CORPUS.exists(), reason="the labelled corpus is not here")
MERGED = Form(
    left=60,
    top=80,
    widths=(80, 60, 60, 100),
    heights=(30, 30, 40),
    cells=(
        (0, 0, 1, 4, "项目支出绩效自评表"),
        (1, 0, 2, 1, "项目名称"),
        (1, 1, 1, 1, "1.20"),
        (1, 2, 1, 2, "资金\n总额"),
        (2, 1, 1, 1, ""),
        (2, 2, 1, 1, "100.00\n%"),
        (2, 3, 1, 1, "得分"),
    ),
)
HEADER = ("三级指标", "年度指标值", "实际完成值")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def paragraphs(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def grid(table: Table) -> list[tuple[int, int, int, int, str]]:
    return [(c.row, c.column, c.rowspan, c.colspan, c.text) for c in table.cells]


def rows(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows()]


def drawn(table: Form) -> list[tuple[int, int, int, int, str]]:
    return [(r, c, h, w, text.replace("\n", "")) for r, c, h, w, text in table.cells]


# --- one page ------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["lines", "bars", "frames", "path", "dashes"])
def test_every_way_of_ruling(style: samples.Style) -> None:
    (table,) = tables(read_pdf(pdf(form(dataclasses.replace(MERGED, style=style)))))
    assert grid(table) == drawn(MERGED)
    assert (table.row_count, table.column_count, table.merges) == (3, 4, "printed")


def test_open_sides_are_closed() -> None:
    document = read_pdf(pdf(form(dataclasses.replace(MERGED, style="open"))))
    assert [grid(table) for table in tables(document)] == [drawn(MERGED)]
    assert paragraphs(document) == []


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_rotated_pages_and_turned_drawings(rotation: int, quarters: int) -> None:
    page = pdf(samples.turned(form(MERGED), quarters), rotation=rotation)
    (table,) = tables(read_pdf(page))
    assert grid(table) == drawn(MERGED)
    with pdfplumber.open(io.BytesIO(page)) as reference:
        for cell in table.cells:
            box = cell.locator.bbox
            assert box is not None
            chars = reference.pages[0].within_bbox(box).chars
            assert sorted("".join(char["text"] for char in chars)) == sorted(squeezed(cell.raw))


def test_form_object() -> None:
    (table,) = tables(read_pdf(pdf(samples.inside_form_object(form(MERGED), 20, 50))))
    assert grid(table) == drawn(MERGED)
    assert table.cells[0].locator.bbox == (80.0, 130.0, 380.0, 160.0)


def test_overprinted_bold_is_read_once() -> None:
    page = pdf(
        together(samples.twice(form(MERGED)), samples.twice(texts((60, 40, "共和乡1100万元"))))
    )
    document = read_pdf(page)
    assert grid(tables(document)[0]) == drawn(MERGED)
    assert paragraphs(document) == ["共和乡1100万元"]


def test_values_of_form_fields_are_read() -> None:
    table = plain_form([["预算数", ""], ["执行数", "98.00"]])

    def field(canvas: samples.Canvas) -> None:
        canvas.acroForm.textfield(
            value="1200.50", x=146, y=samples.HEIGHT - 104, width=68, height=18, borderWidth=0
        )

    document = read_pdf(pdf(together(form(table), field)))
    assert rows(tables(document)[0]) == [["预算数", "1200.50"], ["执行数", "98.00"]]


def test_side_by_side_and_nested_tables() -> None:
    left = plain_form([["预算数", "100.00"], ["执行数", "98.00"]], left=40)
    right = plain_form([["分值", "10"], ["得分", "9.8"]], left=320)
    outer = Form(40, 300, (120, 300), (120,), ((0, 0, 1, 1, "资金情况"), (0, 1, 1, 1, "见下表")))
    inner = plain_form([["财政拨款", "60"], ["其他资金", "40"]], left=180, top=340)
    document = read_pdf(pdf(together(form(left), form(right), form(outer), form(inner))))
    assert [rows(table) for table in tables(document)] == [
        [["预算数", "100.00"], ["执行数", "98.00"]],
        [["分值", "10"], ["得分", "9.8"]],
        [["资金情况", "见下表"]],
        [["财政拨款", "60"], ["其他资金", "40"]],
    ]


def in_columns(rows_of_text: list[tuple[str, ...]], top: float) -> Draw:
    """Rows of text 20 points apart in columns 150 points apart."""
    return texts(
        *(
            (64 + 150 * column, top + 20 * row, words)
            for row, line in enumerate(rows_of_text)
            for column, words in enumerate(line)
            if words
        )
    )


THREE_RULED = [
    ("资金来源", "预算数", "执行数"),
    ("财政拨款", "100.00", "98.00"),
    ("其他资金", "", "20"),
]


def test_tables_of_three_rules_are_read() -> None:
    upper = together(rules_across(100, 120, 160), in_columns(THREE_RULED, 105))
    lower = together(rules_across(200, 220, 260), in_columns(THREE_RULED, 205))
    around = texts(
        (200, 80, "表一、资金情况"), (200, 180, "表二、资金情况"), (60, 270, "注：单位为万元。")
    )
    document = read_pdf(pdf(together(upper, lower, around)))
    expected = [list(row) for row in THREE_RULED]
    assert [rows(table) for table in tables(document)] == [expected, expected]
    assert paragraphs(document) == ["表一、资金情况", "表二、资金情况", "注：单位为万元。"]
    assert tables(document)[0].locator.bbox == pytest.approx((60, 100, 500, 160), abs=1)


def test_rules_under_each_row_give_the_same_rows() -> None:
    ruled = together(rules_across(100, 120, 140, 160), in_columns(THREE_RULED, 105))
    assert rows(tables(read_pdf(pdf(ruled)))[0]) == [list(row) for row in THREE_RULED]


PROSE = ("项目实施以来，各项资金及时足额拨付到位，", "年度目标全部完成，资金使用合规有效益。")


@pytest.mark.parametrize(
    "page",
    [
        together(
            rules_across(100, 120, 180),
            texts((64, 105, "一、基本情况")),
            in_columns([(line * 2,) for line in PROSE] * 2, 125),
        ),
        together(
            rules_across(100, 120, 160),
            in_columns([("指标", "完成值"), ("质量", "98%"), ("数量", "12")], 105),
        ),
        together(rules_across(100, 160), in_columns(THREE_RULED, 105)),
        together(
            rules_across(100, 120, 180), in_columns([*THREE_RULED, ("（含上年结转）", "", "")], 105)
        ),
        together(rules_across(120, 140, 160, left=160, right=400), in_columns(THREE_RULED, 105)),
        together(rules_across(100, 120, 140, 160)),
        together(
            rules_across(100, 120, 140, 200),
            in_columns(THREE_RULED[:1], 105),
            in_columns(THREE_RULED[1:], 145),
        ),
    ],
    ids=["prose", "two columns", "two rules", "wrapped", "underlines", "no text", "empty band"],
)
def test_rules_round_other_text_make_no_table(page: Draw) -> None:
    assert tables(read_pdf(pdf(together(page, texts((60, 400, "填报说明")))))) == []


def test_frame_round_a_page_is_no_table() -> None:
    frame = Form(20, 20, (550,), (800,), ((0, 0, 1, 1, ""),))
    document = read_pdf(pdf(together(form(frame), form(MERGED), texts((60, 300, "填报说明")))))
    assert [grid(table) for table in tables(document)] == [drawn(MERGED)]
    assert paragraphs(document) == ["填报说明"]


def test_figures_keep_their_sentence_and_their_gaps() -> None:
    def sentence(canvas: samples.Canvas) -> None:
        samples.text(canvas, 60, 60, "全年预算")
        canvas.setFont(samples.LATIN, 9)
        samples.text(canvas, 96, 60, "2,670.00")
        canvas.setFont(samples.EMBEDDED, 9)
        samples.text(canvas, 132, 60, "万元，日期：2024-12-31 10:30")

    assert paragraphs(read_pdf(pdf(sentence))) == ["全年预算2,670.00万元，日期：2024-12-31 10:30"]


def test_hyphens_at_line_ends_stay() -> None:
    table = plain_form([["完成时间", "2024-\n12-31"], ["文号", "A-\nB-12"]])
    document = read_pdf(pdf(together(form(table), texts((60, 300, "执行数-"), (60, 312, "1.20")))))
    assert rows(tables(document)[0]) == [["完成时间", "2024-12-31"], ["文号", "A-B-12"]]
    assert paragraphs(document) == ["执行数-", "1.20"]


def test_short_label_lines_are_not_joined() -> None:
    page = pdf(
        texts((60, 60, "填报单位：某某县水利局规划建设管理科"), (60, 75, "填报日期：2024年3月"))
    )
    assert paragraphs(read_pdf(page)) == [
        "填报单位：某某县水利局规划建设管理科",
        "填报日期：2024年3月",
    ]


def test_watermark_and_text_off_the_page_are_left_out() -> None:
    def watermark(canvas: samples.Canvas) -> None:
        canvas.saveState()
        canvas.rotate(45)
        canvas.setFont(samples.EMBEDDED, 40)
        canvas.drawString(300, 200, "内部资料严禁外传")
        canvas.restoreState()

    page = pdf(together(form(MERGED), watermark, texts((-80, 300, "裁掉的字"))))
    document = read_pdf(page)
    assert [grid(table) for table in tables(document)] == [drawn(MERGED)]
    assert paragraphs(document) == []
    assert "倾斜" in document.problems[0].reason and " 8 " in document.problems[0].reason


def test_paragraphs_join_wrapped_lines_only() -> None:
    full = (
        "本年度收到财政拨款资金共计一千二百万元整其中上级资金三百万元"
        "全部用于渠道清淤和维修养护保障灌区用水安全"
    )
    page = pdf(
        texts(
            (60, 60, "一、项目概况"),
            (78, 80, full[:-1]),
            (60, 95, full + "等"),
            (60, 110, "工程，年末无结余。"),
            (78, 125, "（一）资金情况"),
            (60, 140, "项目名称：渠道清淤工程"),
            (60, 155, "主管部门：水利局"),
        )
    )
    document = read_pdf(page)
    assert paragraphs(document) == [
        "一、项目概况",
        full[:-1] + full + "等工程，年末无结余。",
        "（一）资金情况",
        "项目名称：渠道清淤工程",
        "主管部门：水利局",
    ]
    wrapped = document.blocks[1]
    assert wrapped.raw == f"{full[:-1]}\n{full}等\n工程，年末无结余。"
    left, top, right, bottom = wrapped.locator.bbox or (0, 0, 0, 0)
    assert 58 <= left <= 62 and 79 <= top <= 84 and 116 <= bottom <= 122
    assert right == pytest.approx(60 + 9 * (len(full) + 1), abs=3)


# --- over page ends ------------------------------------------------------------------------------


def long_table(count: int, top: float = 80) -> Form:
    cells = [list(HEADER)] + [[f"指标{n}", f"{n}个", f"{n + 1}个"] for n in range(count)]
    return plain_form(cells, top=top)


def rest_of_table(first: int, last: int, header: bool) -> Form:
    body = [[f"指标{n}", f"{n}个", f"{n + 1}个"] for n in range(first, last)]
    return plain_form(([list(HEADER)] if header else []) + body, top=60)


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("note", ["", "续表"])
def test_table_over_a_page_end(header: bool, note: str) -> None:
    second: Draw = form(rest_of_table(22, 25, header))
    if note:
        second = together(texts((60, 45, note)), second)
    document = read_pdf(pdf(form(long_table(22)), second))
    (table,) = document.blocks
    assert isinstance(table, Table)
    assert rows(table) == [list(HEADER)] + [[f"指标{n}", f"{n}个", f"{n + 1}个"] for n in range(25)]
    assert {cell.locator.page for cell in table.cells if cell.row > 22} == {2}


def test_margins_that_change_sides_keep_the_columns() -> None:
    parts = [long_table(22)]
    for page in range(1, 4):
        part = rest_of_table(22 * page, 22 * page + 22, header=page == 2)
        parts.append(dataclasses.replace(part, left=60 + 25 * (page % 2)))
    (table,) = read_pdf(pdf(*(form(part) for part in parts))).blocks
    assert isinstance(table, Table)
    assert (table.row_count, table.column_count) == (89, 3)


def test_running_lines_do_not_part_a_table() -> None:
    edges = [texts((250, 30, "2024年度部门决算"), (290, 800, f"— {n} —")) for n in (1, 2, 3)]
    pages = [
        together(form(long_table(22)), edges[0]),
        together(form(rest_of_table(22, 44, True)), edges[1]),
        together(texts((60, 60, "第三部分情况说明")), edges[2]),
    ]
    document = read_pdf(pdf(*pages))
    assert [table.row_count for table in tables(document)] == [45]
    assert paragraphs(document) == ["第三部分情况说明"]


def test_unit_line_of_each_table_stays_unless_the_table_goes_on() -> None:
    unit = texts((250, 40, "收入决算表"), (480, 56, "单位：万元"))
    income = plain_form([["项目", "收入"], ["合计", "10.00"]], top=70)
    expense = plain_form([["科目", "支出"], ["合计", "9.00"]], top=70)
    document = read_pdf(pdf(together(unit, form(income)), together(unit, form(expense))))
    assert paragraphs(document) == ["收入决算表", "单位：万元"] * 2
    first, second = long_table(22, top=70), rest_of_table(22, 30, header=True)
    document = read_pdf(
        pdf(together(unit, form(first)), together(unit, form(dataclasses.replace(second, top=70))))
    )
    assert paragraphs(document) == ["收入决算表", "单位：万元"]
    assert [table.row_count for table in tables(document)] == [31]


def test_group_labels_in_each_row_begin_no_new_form() -> None:
    def body(first: int, last: int) -> list[list[str]]:
        return [["产出指标", f"任务{n}", f"{n}.00"] for n in range(first, last)]

    first = plain_form([["一级指标", "三级指标", "指标值"], *body(0, 22)])
    second = plain_form([["一级指标", "三级指标", "指标值"], *body(22, 26)], top=60)
    assert [t.row_count for t in tables(read_pdf(pdf(form(first), form(second))))] == [27]
    second = plain_form(body(22, 26), top=60)
    assert [t.row_count for t in tables(read_pdf(pdf(form(first), form(second))))] == [27]


def form_of(project: str) -> Form:
    return plain_form(
        [["项目名称", project], ["主管部门", "水利局"], ["年度预算", "12.00"], ["得分", "98"]],
        top=70,
    )


def test_forms_on_pages_of_their_own_stay_apart() -> None:
    titled = [
        together(texts((200, 40, "项目支出绩效自评表")), form(form_of(name)))
        for name in ("清淤工程", "防汛物资", "水质监测")
    ]
    document = read_pdf(pdf(*titled))
    assert paragraphs(document) == ["项目支出绩效自评表"] * 3
    assert [table.row_count for table in tables(document)] == [4, 4, 4]
    untitled = read_pdf(pdf(form(form_of("清淤工程")), form(form_of("防汛物资"))))
    assert [table.row_count for table in tables(untitled)] == [4, 4]


def test_row_broken_over_a_page_end() -> None:
    first = plain_form(
        [["年度目标", "预期", "10"], ["质量", "验收合格率达到百\n分之百并且按期完", "10"]],
        top=700,
        height=30,
    )
    second = plain_form([["", "成全部工程", ""], ["时效", "按期完工", "20"]], top=40)
    (table,) = tables(read_pdf(pdf(form(first), form(second))))
    assert rows(table) == [
        ["年度目标", "预期", "10"],
        ["质量", "验收合格率达到百分之百并且按期完成全部工程", "10"],
        ["时效", "按期完工", "20"],
    ]
    joined = table.at(1, 1)
    assert joined is not None and joined.raw.endswith("按期完\n成全部工程")
    assert joined.locator.page == 1
    last = table.at(2, 0)
    assert last is not None and last.locator.page == 2


def test_row_without_a_border_at_the_page_end() -> None:
    def ruled(top: float, bottom: float, across: tuple[float, ...]) -> Draw:
        def draw(canvas: samples.Canvas) -> None:
            for x in (60, 140, 260):
                canvas.line(x, samples.HEIGHT - top, x, samples.HEIGHT - bottom)
            for y in across:
                canvas.line(60, samples.HEIGHT - y, 260, samples.HEIGHT - y)

        return draw

    first = together(
        ruled(700, 776, (700, 730)),
        texts((64, 704, "项目名称"), (144, 704, "清淤工程"), (64, 734, "年度目标")),
        texts((144, 734, "完成渠道清淤二十公里并且"), (144, 746, "配套建筑物四座的维修养护")),
        texts((144, 758, "保障灌区三万亩农田的用水")),
    )
    second = together(
        ruled(40, 100, (70, 100)),
        texts((144, 44, "安全。"), (64, 74, "得分"), (144, 74, "98")),
    )
    (table,) = read_pdf(pdf(first, second)).blocks
    assert isinstance(table, Table)
    goal = "完成渠道清淤二十公里并且配套建筑物四座的维修养护保障灌区三万亩农田的用水安全。"
    assert rows(table) == [["项目名称", "清淤工程"], ["年度目标", goal], ["得分", "98"]]


def test_blank_rest_of_a_broken_row_is_no_row() -> None:
    first = plain_form([["数量", "2.00"], ["质量", "98.00"]], top=740, height=40)
    second = plain_form([["", ""], ["时效", "3.00"]], top=40)
    (table,) = tables(read_pdf(pdf(form(first), form(second))))
    assert rows(table) == [["数量", "2.00"], ["质量", "98.00"], ["时效", "3.00"]]


def test_figures_under_figures_are_two_rows() -> None:
    first = plain_form(
        [["201", "06", "10.00"], ["201", "08", "449.52"]], top=760, width=40, height=20
    )
    second = plain_form(
        [["208", "", "326.72"], ["208", "05", "84.65"]], top=40, width=40, height=20
    )
    (table,) = tables(read_pdf(pdf(form(first), form(second))))
    assert rows(table)[1:3] == [["201", "08", "449.52"], ["208", "", "326.72"]]


def test_cell_of_several_rows_cut_by_a_page_end() -> None:
    first = Form(
        60,
        720,
        (80, 80, 80),
        (30, 30),
        ((0, 0, 2, 1, "产出指标"), (0, 1, 1, 1, "数量"), (0, 2, 1, 1, "10"))
        + ((1, 1, 1, 1, "质量"), (1, 2, 1, 1, "12")),
    )
    second = Form(
        60,
        40,
        (80, 80, 80),
        (30, 30),
        ((0, 0, 1, 1, ""), (0, 1, 1, 1, "时效"), (0, 2, 1, 1, "8"))
        + ((1, 0, 1, 1, "效益指标"), (1, 1, 1, 1, "社会"), (1, 2, 1, 1, "30")),
    )
    (table,) = tables(read_pdf(pdf(form(first), form(second))))
    assert grid(table) == [
        (0, 0, 3, 1, "产出指标"),
        (0, 1, 1, 1, "数量"),
        (0, 2, 1, 1, "10"),
        (1, 1, 1, 1, "质量"),
        (1, 2, 1, 1, "12"),
        (2, 1, 1, 1, "时效"),
        (2, 2, 1, 1, "8"),
        (3, 0, 1, 1, "效益指标"),
        (3, 1, 1, 1, "社会"),
        (3, 2, 1, 1, "30"),
    ]


# --- fonts and text layers -----------------------------------------------------------------------


def test_font_that_is_not_embedded_loses_nothing() -> None:
    rows_read = rows(tables(read_pdf(pdf(form(MERGED, samples.NOT_EMBEDDED))))[0])
    assert rows_read == rows(tables(read_pdf(pdf(form(MERGED))))[0])


def test_not_embedded_font_is_never_left_to_pdfium(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    reader = "extractors.readers.pdf.ReferenceReader.read"
    original = read_pdf.__globals__["ReferenceReader"].read
    monkeypatch.setattr(reader, lambda self, n: (asked.append(n), original(self, n))[1])
    read_pdf(pdf(form(MERGED), form(MERGED, samples.NOT_EMBEDDED), texts((60, 60, "说明"))))
    assert asked == [2]


def cropped(data: bytes) -> bytes:
    """The page cut at all sides by different widths, on a sheet that does not begin at zero."""
    document = pypdfium2.PdfDocument(data)
    document[0].set_mediabox(-20, -10, 600, 850)
    document[0].set_cropbox(30, 40, 550, 800)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pdf(together(form(MERGED), texts((60, 300, "年末无结余 10.00 万元")))),
        pdf(form(dataclasses.replace(MERGED, style="frames"))),
        pdf(form(dataclasses.replace(MERGED, style="bars"))),
        pdf(form(dataclasses.replace(MERGED, style="path"))),
        pdf(samples.turned(form(MERGED), 1), rotation=90),
        pdf(samples.turned(form(MERGED), 3), rotation=270),
        pdf(samples.inside_form_object(form(MERGED), 20, 50)),
        cropped(pdf(together(form(MERGED), texts((60, 300, "年末无结余"))))),
        cropped(pdf(samples.turned(form(MERGED), 1), rotation=90)),
        cropped(pdf(samples.turned(form(MERGED), 2), rotation=180)),
        cropped(pdf(samples.turned(form(MERGED), 3), rotation=270)),
    ],
    ids=["lines", "frames", "bars", "path", "90", "270", "object"]
    + ["cropped", "cropped 90", "cropped 180", "cropped 270"],
)
def test_both_readers_agree(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = read_pdf(data)
    monkeypatch.setattr("extractors.readers.pdf_fast.fonts_embedded", lambda objects: False)
    reference = read_pdf(data)
    assert [grid(table) for table in tables(fast)] == [grid(table) for table in tables(reference)]
    assert paragraphs(fast) == paragraphs(reference)
    for mine, theirs in zip(fast.blocks, reference.blocks, strict=True):
        pairs = [(mine.locator, theirs.locator)]
        if isinstance(mine, Table) and isinstance(theirs, Table):
            pairs += [(a.locator, b.locator) for a, b in zip(mine.cells, theirs.cells, strict=True)]
        for here, there in pairs:
            assert here.bbox == pytest.approx(there.bbox, abs=2.5)


def test_pages_without_usable_text_say_so() -> None:
    private = "".join(chr(0xE000 + n) for n in range(40))
    piled: Draw = together(
        *(
            texts((60 + n / 10, 60, word))
            for n, word in enumerate("项目支出绩效自评报告年度资金总额执行率得分产出指标满意")
        )
    )
    document = read_pdf(
        pdf(
            texts((60, 60, "第一页有文字层")),
            samples.picture(1.0),
            together(samples.picture(1.0), samples.hidden(texts((60, 60, "扫描识别的文字")))),
            texts((60, 60, private)),
            piled,
            together(samples.picture(0.7), texts((60, 800, "附图"))),
        )
    )
    assert [problem.locator.page for problem in document.problems] == [2, 3, 4, 5, 6]
    assert all(NEEDS_OCR in problem.reason for problem in document.problems)
    assert "没有文字层" in document.problems[0].reason
    assert "隐藏文字" in document.problems[1].reason
    assert "乱码" in document.problems[2].reason
    assert paragraphs(document) == ["第一页有文字层", "附图"]
    assert document.page_count == 6


# --- files that are no good ----------------------------------------------------------------------


def tree(kids: bytes, count: int) -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        + b"2 0 obj\n<< /Type /Pages /Kids ["
        + kids
        + b"] /Count %d >>\nendobj\n" % count
        + b"3 0 obj\n<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>\nendobj\n"
        + b"trailer\n<< /Root 1 0 R /Size 4 >>\nstartxref\n0\n%%EOF\n"
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", pdf_faults.EMPTY),
        (b"<html><body>404</body></html>", pdf_faults.NOT_PDF),
        (pdf(form(MERGED), password="secret"), pdf_faults.ENCRYPTED),
        (pdf(form(MERGED))[:900], pdf_faults.TRUNCATED),
        (tree(b"", 0), pdf_faults.NO_PAGES),
        (tree(b"3 0 R", 1), pdf_faults.CYCLIC),
        (b"%PDF-1.4\n" + b"\x00\xff" * 200 + b"\n%%EOF", pdf_faults.DAMAGED),
        (pdf(lambda canvas: None), pdf_faults.ALL_BLANK),
    ],
    ids=["empty", "html", "encrypted", "truncated", "no pages", "cyclic", "damaged", "blank"],
)
def test_bad_files_have_their_own_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read_pdf(data)
    assert caught.value.reason == reason


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cut=st.integers(0, 3000), noise=st.binary(max_size=40))
def test_damage_never_raises_anything_else(cut: int, noise: bytes) -> None:
    whole = pdf(form(MERGED), texts((60, 60, "第二页")))
    at = cut * len(whole) // 3000
    try:
        document = read_pdf(whole[:at] + noise + whole[at + len(noise) :])
    except UnreadableDocument as error:
        assert re.search(r"[\u4e00-\u9fff]", error.reason)
    else:
        assert document.page_count is not None


# --- properties ----------------------------------------------------------------------------------


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """A form of random size, some cells merged, some blank."""
    row_count, column_count = draw(st.integers(2, 6)), draw(st.integers(2, 5))
    taken: set[tuple[int, int]] = set()
    cells = []
    for row in range(row_count):
        for column in range(column_count):
            if (row, column) in taken:
                continue
            height = draw(st.integers(1, min(2, row_count - row)))
            width = draw(st.integers(1, min(3, column_count - column)))
            covered = {
                (r, c) for r in range(row, row + height) for c in range(column, column + width)
            }
            if covered & taken:
                height, width, covered = 1, 1, {(row, column)}
            taken |= covered
            text = draw(
                st.sampled_from(["", "产出指标", "12.50", "100.00%", "≥95%", "年度\n目标", "—"])
            )
            cells.append((row, column, height, width, text))
    widths = tuple(draw(st.floats(45, 100)) for _ in range(column_count))
    heights = tuple(draw(st.floats(28, 60)) for _ in range(row_count))
    style = draw(st.sampled_from(["lines", "bars", "frames", "path"]))
    return Form(40, 60, widths, heights, tuple(cells), style)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(forms())
def test_what_is_drawn_is_read(table: Form) -> None:
    """Every cell is read at its place, unless whole rows or columns have no border of their own."""
    rows_kept = {r for r in range(len(table.heights)) if any(c[0] == r for c in table.cells)}
    columns_kept = {c for c in range(len(table.widths)) if any(x[1] == c for x in table.cells)}
    whole = len(rows_kept) == len(table.heights) and len(columns_kept) == len(table.widths)
    if not any(cell[4] for cell in table.cells):
        return
    (found,) = tables(read_pdf(pdf(form(table))))
    expected = drawn(table)
    if whole:
        assert grid(found) == expected
    else:
        assert [cell.text for cell in found.cells] == [text for *_, text in expected]


@with_corpus
@pytest.mark.parametrize("name", ["portrait", "broken"])
def test_labelled_forms(name: str) -> None:
    document = read_pdf((CORPUS / f"files/{name}.pdf").read_bytes())
    truth = json.loads((CORPUS / "files/truth.json").read_text(encoding="utf-8"))
    found = tables(document)
    assert [table.row_count for table in found] == [table["nrows"] for table in truth]
    right = expected = 0
    for table, labels in zip(found, truth, strict=True):
        mine = {(r, c, h, w, squeezed(text)) for r, c, h, w, text in grid(table)}
        theirs = {(r, c, h, w, squeezed(text)) for r, c, h, w, text in labels["cells"]}
        right += len(mine & theirs)
        expected += max(len(mine), len(theirs))
    assert right / expected >= 0.999


@with_corpus
def test_cropping_a_cell_or_paragraph_gives_its_text() -> None:
    data = (CORPUS / "files/portrait.pdf").read_bytes()
    document = read_pdf(data)
    reference = pypdfium2.PdfDocument(data)
    pages = [page.get_textpage() for page in reference]
    height = reference[0].get_height()
    places: list[Cell | Paragraph] = [
        place
        for block in document.blocks
        for place in (block.cells if isinstance(block, Table) else (block,))
    ]
    wrong = []
    for place in places:
        assert place.locator.page is not None and place.locator.bbox is not None
        x0, top, x1, bottom = place.locator.bbox
        cut = pages[place.locator.page - 1].get_text_bounded(
            x0 - 0.5, height - bottom - 0.5, x1 + 0.5, height - top + 0.5
        )
        if squeezed(cut.replace("\ufffe", "-")) != squeezed(place.raw):
            wrong.append((place.raw, cut))
    over_page_ends = 3
    assert len(wrong) <= over_page_ends, wrong[:5]


@with_corpus
@pytest.mark.parametrize(
    "path", sorted((CORPUS / "made").glob("*.pdf")), ids=lambda path: path.stem
)
def test_made_reports_have_every_labelled_cell(path: Path) -> None:
    document = read_pdf(path.read_bytes())
    printed = {squeezed(cell.text) for table in tables(document) for cell in table.cells}
    labels = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    wanted = {
        squeezed(value)
        for project in labels["projects"]
        for indicator in project["indicators"]
        for value in indicator.values()
        if value
    }
    assert wanted and wanted <= printed
