"""The outline: headings of every style, passages that cover every paragraph, exact slices."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Block, Cell, Document, Paragraph, Table
from extractors.prose.outline import Passage, cell_passage, outline
from schemas.columns import Locator

CORPUS = Path(__file__).parents[1] / "../shared/corpus"


def text_document(text: str) -> Document:
    """A text dump as the text reader gives it: one paragraph a line, with character offsets."""
    blocks: list[Block] = []
    at = 0
    for line in text.split("\n"):
        words = line.strip()
        if words:
            start = at + line.index(words)
            place = Locator(char_start=start, char_end=start + len(words))
            blocks.append(Paragraph(words, words, place))
        at += len(line) + 1
    return Document("text/plain", tuple(blocks), source_text=text)


def heads(passages: tuple[Passage, ...]) -> list[tuple[int, str | None, str | None]]:
    return [(passage.level, passage.number, passage.heading) for passage in passages]


def test_styles_nest_in_the_order_they_appear() -> None:
    text = (
        "某局2024年度部门决算\n第一部分 单位概况\n一、主要职能\n（一）机构\n1.科室\n（1）办公室\n"
        "①文秘\n二、人员\n第二部分 决算情况说明\n一、收入决算情况说明\n收入增加。"
    )
    assert heads(outline(text_document(text))) == [
        (0, None, None),
        (1, "第一部分", "单位概况"),
        (2, "一", "主要职能"),
        (3, "（一）", "机构"),
        (4, "1", "科室"),
        (5, "（1）", "办公室"),
        (6, "①", "文秘"),
        (2, "二", "人员"),
        (1, "第二部分", "决算情况说明"),
        (2, "一", "收入决算情况说明"),
    ]


def test_chapters_and_half_width_brackets() -> None:
    text = "第一章 总则\n(一)项目背景\n(二)项目内容\n第二章 绩效\n"
    assert heads(outline(text_document(text))) == [
        (1, "第一章", "总则"),
        (2, "(一)", "项目背景"),
        (2, "(二)", "项目内容"),
        (1, "第二章", "绩效"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "1、负责推进全区绿化工作。",
        "（2）做好资金管理，确保专款专用",
        "1.一般公共服务支出(类)121.19万元,占2.06%。",
        "3. 项目名称：某路灯改造",
        "一、一般公共预算财政拨款收入 2,940.05",
        "2024年度收入总计100万元",
        "1、" + "很长的一句话没有句号" * 6,
    ],
)
def test_numbered_sentences_and_rows_are_text(line: str) -> None:
    passages = outline(text_document("一、概况\n" + line))
    assert heads(passages) == [(1, "一", "概况")]
    assert passages[0].text == line


def test_wrong_kind_of_number_where_another_is_due() -> None:
    text = (
        "一、概况\n（一）背景\n（2）内容\n1.采购\n2.验收\n二、资金\n三、组织\n四、绩效\n五、问题\n"
        "6、项目评价\n七、附表"
    )
    assert [level for level, _, _ in heads(outline(text_document(text)))] == [
        *(1, 2, 2, 3, 3),
        *(1, 1, 1, 1, 1, 1),
    ]


def test_text_in_the_line_of_its_heading() -> None:
    text = "1.收入情况。2024年度收入合计5.00万元。\n较上年增加。\n2.支出情况：支出4.00万元。"
    passages = outline(text_document(text))
    assert [(p.heading, p.text) for p in passages] == [
        ("收入情况", "2024年度收入合计5.00万元。\n较上年增加。"),
        ("支出情况", "支出4.00万元。"),
    ]


def test_unnumbered_heading_of_an_explanation() -> None:
    text = "一、概况\n收入决算情况说明\n本年收入1.00万元。\n支出决算情况说明\n本年支出1.00万元。"
    assert [p.heading for p in outline(text_document(text))] == [
        "概况",
        "收入决算情况说明",
        "支出决算情况说明",
    ]


def test_contents_lose_their_dots_and_pages() -> None:
    passages = outline(text_document("一、主要职能………………3\n二、机构设置 PAGEREF _Toc1 h 3"))
    assert [p.heading for p in passages] == ["主要职能", "机构设置"]


def test_empty_passage_stands_at_the_end_of_its_heading() -> None:
    text = "一、概况 \n（一）背景\n有。"
    first = outline(text_document(text))[0]
    assert first.text == "" and first.locator.char_start == first.locator.char_end == 4


def test_heading_broken_over_two_wrapped_lines() -> None:
    filler = "本单位全面落实各项工作要求并按时完成全年任务取得了良好的社会效益和经济\n"
    text = (
        filler * 6
        + "三、二〇二〇年度三公经费和培训费以及会议费支出预算执行情况和支出决\n算情况说明\n"
        + "（五）拟订和组织实施本区行政事业单位国有资产管理规章制度与规范性文\n"
        + "件，并监督实施。\n"
    )
    passages = outline(text_document(text))
    assert passages[-1].heading == (
        "二〇二〇年度三公经费和培训费以及会议费支出预算执行情况和支出决算情况说明"
    )
    assert passages[-1].text.startswith("（五）拟订") and passages[-1].text.endswith("监督实施。")


def test_one_line_dump_is_cut_at_its_headings() -> None:
    sentence = "本单位认真落实工作要求，" * 80
    text = f"目录 一、收入决算情况说明 本年收入5.00万元。{sentence} 二、支出决算情况说明 {sentence}"
    passages = outline(text_document(text))
    assert [p.heading for p in passages] == [None, "收入决算情况说明", "支出决算情况说明"]
    assert passages[1].text.startswith("本年收入5.00万元。")
    for passage in passages:
        place = passage.locator
        assert text[place.char_start : place.char_end] == passage.text


def table(place: Locator) -> Table:
    return Table((Cell(0, 0, "得分", "得分", place),), 1, 1, place)


def test_table_breaks_a_passage_and_is_no_text() -> None:
    places = [Locator(path=f"p[{n}]") for n in range(4)]
    blocks: tuple[Block, ...] = (
        Paragraph("一、绩效", "一、绩效", places[0]),
        Paragraph("前。", "前。", places[1]),
        table(places[2]),
        Paragraph("后。", " 后。", places[3]),
    )
    passages = outline(Document("text/html", blocks))
    assert [(p.heading, p.text, p.first_block, p.last_block) for p in passages] == [
        ("绩效", "前。", 0, 1),
        ("绩效", " 后。", 3, 3),
    ]
    assert passages[1].locator == places[3]


def test_cell_as_a_passage() -> None:
    place = Locator(path="table[1]/row[3]/cell[2]")
    cell = Cell(2, 1, "完成8期。", "完成8期。\n", place)
    passage = cell_passage("实际完成情况", cell, 4)
    assert (passage.heading, passage.text, passage.first_block) == (
        "实际完成情况",
        "完成8期。\n",
        4,
    )
    assert passage.locator == place


def test_levels_of_the_format() -> None:
    lines = (
        ("绩效评价", 1),
        ("一、项目概况", 2),
        ("项目做得好，按时完成", 2),
        ("（一）背景", None),
    )
    blocks = tuple(
        Paragraph(text, text, Locator(path=f"p[{n}]"), level)
        for n, (text, level) in enumerate(lines)
    )
    assert heads(outline(Document("application/docx", blocks))) == [
        (1, None, "绩效评价"),
        (2, "一", "项目概况"),
        (3, "（一）", "背景"),
    ]


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "一、概况",
                "（一）背景",
                "1.收入情况。收入5万元。",
                "2、做好工作。",
                "第二部分 说明",
                "",
            ]
        ),
        st.text(alphabet="一二、.（）()1情况说明。， 年万元\t", max_size=30),
        st.text(max_size=12).map(lambda text: " ".join(text.splitlines())),
    ),
    max_size=20,
)


@given(LINES)
def test_law_slices_and_coverage(lines: list[str]) -> None:
    document = text_document("\n".join(lines))
    source = document.source_text or ""
    passages = outline(document)
    covered: set[int] = set()
    for passage in passages:
        place = passage.locator
        assert source[place.char_start : place.char_end] == passage.text
        covered.update(range(passage.first_block, passage.last_block + 1))
    assert covered == set(range(len(document.blocks)))
    spans = [(passage.first_block, passage.last_block) for passage in passages]
    assert spans == sorted(spans)


def test_real_report_keeps_its_chapters() -> None:
    path = CORPUS / "000.txt"
    if not path.exists():
        pytest.skip("the corpus of labelled documents is not beside this checkout")
    passages = outline(text_document(path.read_text("utf-8")))
    chapters = [p.number for p in passages if p.level == 1]
    assert [unicodedata.normalize("NFKC", number or "") for number in chapters] == list(
        "一二三四五六七"
    )
