"""DOCX from its XML tree."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from extractors.document import Document, Paragraph, Table, UnreadableDocument
from extractors.readers import docx as reader_module
from extractors.readers.docx import read_docx

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
needs_corpus = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="labelled corpus is not beside this checkout"
)


def saved(document: WordDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_body(*fragments: str) -> bytes:
    """A Word file whose body holds these pieces of WordprocessingML."""
    document = docx.Document()
    spaces = nsdecls("w", "r", "wp", "a") + (
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    for fragment in fragments:
        root = parse_xml(f"<w:body {spaces}>{fragment}</w:body>")
        for element in list(root):
            document.element.body.insert(len(document.element.body) - 1, element)
    return saved(document)


def replaced(data: bytes, part: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            new.writestr(info, content if info.filename == part else old.read(info))
    return out.getvalue()


def paragraphs(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{run(text)}</w:p></w:tc>"


def table(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


TWO_BY_TWO = table(cell("甲") + cell("1"), cell("乙") + cell("2"))


@needs_corpus
@pytest.mark.parametrize("name", ["portrait.docx", "broken.docx"])
def test_every_cell_of_the_labelled_forms(name: str) -> None:
    truth = json.loads((CORPUS / "files" / "truth.json").read_text("utf-8"))
    found = tables(read_docx((CORPUS / "files" / name).read_bytes()))
    assert len(found) == len(truth)
    exact = total = 0
    for grid, expected in zip(found, truth, strict=True):
        assert grid.row_count == expected["nrows"]
        cells = {
            (c.row, c.column, c.rowspan, c.colspan, "".join(c.raw.split())) for c in grid.cells
        }
        wanted = {(*place, "".join(text.split())) for *place, text in expected["cells"]}
        exact += len(cells & wanted)
        total += len(wanted)
    assert exact >= 0.999 * total


def test_blocks_stand_in_reading_order_with_paths() -> None:
    document = docx.Document()
    document.add_heading("一、基本情况", 2)
    document.add_paragraph("　　项目概况。")
    grid = document.add_table(2, 3)
    grid.cell(0, 0).merge(grid.cell(1, 0)).text = "项目资金\n（万元）"
    grid.cell(0, 1).merge(grid.cell(0, 2)).text = "全年预算数"
    grid.cell(1, 2).text = "12.50"
    document.add_paragraph("完")
    read = read_docx(saved(document))
    heading, text, form, last = read.blocks
    assert isinstance(heading, Paragraph)
    assert (heading.text, heading.level) == ("一、基本情况", 2)
    assert isinstance(text, Paragraph)
    assert (text.text, text.raw, text.level) == ("项目概况。", "　　项目概况。", None)
    assert isinstance(form, Table)
    assert form.merges == "printed"
    shown = [(c.row, c.column, c.rowspan, c.colspan, c.text) for c in form.cells]
    assert shown == [
        (0, 0, 2, 1, "项目资金（万元）"),
        (0, 1, 1, 2, "全年预算数"),
        (1, 1, 1, 1, ""),
        (1, 2, 1, 1, "12.50"),
    ]
    assert form.cells[3].locator.path == "table[1]/row[2]/cell[3]"
    assert last.locator.path == "p[3]"


def test_tracked_changes_read_as_final_text() -> None:
    data = with_body(
        f"<w:p>{run('预算')}<w:del>{'<w:r><w:delText>10</w:delText></w:r>'}</w:del>"
        f"<w:ins>{run('12')}</w:ins><w:moveFrom>{run('旧')}</w:moveFrom>"
        f"<w:moveTo>{run('万元')}</w:moveTo></w:p>"
    )
    assert paragraphs(read_docx(data)) == ["预算12万元"]


def test_a_deleted_paragraph_end_joins_the_next_paragraph() -> None:
    data = with_body(
        f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('全年预算')}</w:p><w:p>{run('12万元')}</w:p>"
    )
    assert paragraphs(read_docx(data)) == ["全年预算12万元"]


def test_deleted_rows_are_gone() -> None:
    deleted = f"<w:trPr><w:del/></w:trPr>{cell('乙')}{cell('2')}"
    read = read_docx(with_body(table(cell("甲") + cell("1"), deleted, cell("丙") + cell("3"))))
    assert [c.text for c in tables(read)[0].cells] == ["甲", "1", "丙", "3"]


def test_what_a_cell_was_before_a_tracked_change_does_not_count() -> None:
    once = '<w:tcPr><w:gridSpan w:val="3"/></w:tcPr>'
    before = f'<w:tcPrChange w:id="1" w:author="a">{once}</w:tcPrChange>'
    (read,) = tables(
        read_docx(with_body(table(cell("预算数", before) + cell("100"), cell("甲") * 2)))
    )
    assert [(c.column, c.colspan, c.text) for c in read.cells[:2]] == [
        (0, 1, "预算数"),
        (1, 1, "100"),
    ]


def test_content_controls_links_and_fields_are_read() -> None:
    data = with_body(
        f"<w:sdt><w:sdtContent><w:p><w:sdt><w:sdtContent>{run('控件')}</w:sdtContent></w:sdt>"
        f"<w:hyperlink>{run('链接')}</w:hyperlink>"
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
        f"<w:r><w:fldChar w:fldCharType='separate'/></w:r>{run('3')}</w:p></w:sdtContent></w:sdt>",
        "<w:sdt><w:sdtContent>" + TWO_BY_TWO + "</w:sdtContent></w:sdt>",
    )
    read = read_docx(data)
    assert paragraphs(read) == ["控件链接3"]
    assert tables(read)[0].row_count == 2


def test_the_prompt_of_an_empty_control_is_not_text() -> None:
    prompt = f"<w:sdtContent>{run('单击此处输入文字。')}</w:sdtContent>"
    control = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr>{prompt}</w:sdt>"
    assert paragraphs(read_docx(with_body(f"<w:p>{run('备注：')}{control}</w:p>"))) == ["备注："]


def test_hidden_runs_are_not_read_and_raised_digits_stay_raised() -> None:
    data = with_body(
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>"
        f"{run('120m')}<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr>"
        "<w:t>2</w:t></w:r></w:p>"
    )
    assert paragraphs(read_docx(data)) == ["120m²"]


def test_text_box_is_read_once_after_its_paragraph() -> None:
    box = f"<w:txbxContent><w:p>{run('附件1')}</w:p></w:txbxContent>"
    data = with_body(
        "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:anchor>"
        f"{box}</wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}"
        f"</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>{run('正文')}</w:p>"
    )
    read = read_docx(data)
    assert paragraphs(read) == ["正文", "附件1"]
    assert read.blocks[1].locator.path == "p[1]/textbox[1]/p[1]"


def test_nested_table_follows_and_a_frame_is_dissolved() -> None:
    inner = TWO_BY_TWO + "<w:p/>"
    nested = table(cell("外") + f"<w:tc>{inner}</w:tc>", cell("下") + cell("右"))
    framed = table(f"<w:tc><w:p>{run('框内文字')}</w:p>{inner}</w:tc>")
    read = read_docx(with_body(nested, framed))
    outer, second, third = tables(read)
    assert [c.text for c in outer.cells] == ["外", "", "下", "右"]
    assert second.cells[0].locator.path == "table[1]/row[1]/cell[2]/table[1]/row[1]/cell[1]"
    assert third.locator.path == "table[2]/row[1]/cell[1]/table[1]"
    assert paragraphs(read) == ["框内文字"]


def test_vertical_merge_without_a_beginning_keeps_its_text() -> None:
    merge = "<w:vMerge/>"
    read = read_docx(with_body(table(cell("孤", merge) + cell("1"), cell("", merge) + cell("2"))))
    first = tables(read)[0].cells[0]
    assert (first.text, first.rowspan) == ("孤", 2)


UNUSUAL = (
    "<w:ins>{}</w:ins>",  # wraps the last run of a table that is ordinary otherwise
    "<w:r><w:sym w:char='F0FE'/></w:r>{}",
    "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>{}",
    "<w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom>{}",
)


@pytest.mark.parametrize("unusual", UNUSUAL)
def test_an_ordinary_table_and_one_with_anything_else_in_it_read_alike(unusual: str) -> None:
    later = "<w:trPr><w:gridBefore w:val='1'/></w:trPr>"
    stops = "<w:pPr><w:tabs><w:tab w:val='left' w:pos='420'/></w:tabs></w:pPr>"
    lines = (
        f"<w:tc><w:p>{stops}{run('一')}<w:r><w:tab/><w:t>二</w:t><w:br/></w:r></w:p><w:p/></w:tc>"
    )
    start, rest = (f"<w:vMerge w:val='{value}'/>" for value in ("restart", "continue"))
    rows = (
        cell("甲", "<w:gridSpan w:val='2'/>") + cell("1", start),
        f"{later}{lines}{cell('2', rest)}",
    )
    last = cell("末", "<w:gridSpan w:val='3'/>")
    (plain,) = tables(read_docx(with_body(table(*rows, last))))
    (other,) = tables(
        read_docx(with_body(table(*rows, last.replace(run("末"), unusual.format(run("末"))))))
    )
    seen = [(c.row, c.column, c.rowspan, c.colspan, c.raw) for c in plain.cells]
    assert seen[:3] == [(0, 0, 1, 2, "甲"), (0, 2, 2, 1, "1"), (1, 1, 1, 1, "一\t二\n\n")]
    assert [c.locator for c in plain.cells] == [c.locator for c in other.cells]
    assert seen[:3] == [(c.row, c.column, c.rowspan, c.colspan, c.raw) for c in other.cells][:3]


def test_rows_that_begin_later_and_old_horizontal_merges() -> None:
    restart, go_on = '<w:hMerge w:val="restart"/>', "<w:hMerge/>"
    read = read_docx(
        with_body(
            table(
                cell("标题", restart) + cell("", go_on) + cell("尾"),
                f'<w:trPr><w:gridBefore w:val="1"/></w:trPr>{cell("二")}{cell("三")}',
            )
        )
    )
    shown = [(c.row, c.column, c.colspan, c.text) for c in tables(read)[0].cells]
    assert shown == [(0, 0, 2, "标题"), (0, 2, 1, "尾"), (1, 1, 1, "二"), (1, 2, 1, "三")]


def test_automatic_numbers_are_printed() -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {W} w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
            '<w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl>'
            '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
            '<w:isLgl/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>'
        ),
    )
    numbering.append(parse_xml(f'<w:num {W} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for level, text in ((0, "基本情况"), (1, "概况"), (1, "资金"), (0, "绩效分析"), (1, "产出")):
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {W}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>')
        )
    assert paragraphs(read_docx(saved(document))) == [
        "一、基本情况",
        "1.1 概况",
        "1.2 资金",
        "二、绩效分析",
        "2.1 产出",
    ]


def test_title_style_gives_the_title_and_breaks_part_lines() -> None:
    document = docx.Document()
    document.add_paragraph("项目支出绩效自评报告", style="Title")
    document.add_paragraph("第一行\n第二行")
    read = read_docx(saved(document))
    assert read.title == "项目支出绩效自评报告"
    assert [b.locator.path for b in read.blocks] == ["p[1]", "p[2]/line[1]", "p[2]/line[2]"]


def test_footnote_follows_the_paragraph_that_refers_to_it() -> None:
    data = with_body(
        f"<w:p>{run('预算数')}<w:r><w:footnoteReference w:id='5'/></w:r></w:p>",
        f"<w:p>{run('后文')}</w:p>",
    )
    footnote = f"<w:footnote w:id='5'><w:p>{run('不含结转')}</w:p></w:footnote>"
    note = f"<w:footnotes {W}>{footnote}</w:footnotes>"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "word/_rels/document.xml.rels":
                relation = (
                    b'<Relationship Id="rId99" Target="footnotes.xml" Type="http://schemas.'
                    b'openxmlformats.org/officeDocument/2006/relationships/footnotes"/>'
                )
                content = content.replace(b"</Relationships>", relation + b"</Relationships>")
            new.writestr(info, content)
        new.writestr("word/footnotes.xml", note)
    read = read_docx(out.getvalue())
    assert paragraphs(read) == ["预算数", "不含结转", "后文"]
    assert read.blocks[1].locator.path == "footnote[5]/p[1]"


def test_strict_open_xml_is_read() -> None:
    data = with_body(TWO_BY_TWO)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        main = package.read("word/document.xml")
    strict = main.replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert tables(read_docx(replaced(data, "word/document.xml", strict)))[0].column_count == 2


def test_symbols_without_meaning_become_a_problem() -> None:
    read = read_docx(
        with_body("<w:p><w:r><w:t>目标</w:t><w:sym w:font='X' w:char='F0B3'/></w:r></w:p>")
    )
    assert [problem.raw for problem in read.problems] == ["目标\N{REPLACEMENT CHARACTER}"]


def test_one_long_vertical_merge_is_read_in_one_pass() -> None:
    rows = [cell("产出", '<w:vMerge w:val="restart"/>') + cell("0") * 13]
    rows += [cell("", "<w:vMerge/>") + cell(str(n)) * 13 for n in range(1, 2000)]
    grid = tables(read_docx(with_body(table(*rows))))[0]
    assert (grid.row_count, grid.column_count, len(grid.cells)) == (2000, 14, 1 + 2000 * 13)
    assert grid.cells[0].rowspan == 2000


def test_an_absurd_span_is_named_and_not_expanded() -> None:
    wide = cell("甲", '<w:gridSpan w:val="30000000"/>')
    read = read_docx(with_body(table(wide + cell("1"), cell("乙") + cell("2"))))
    assert tables(read)[0].column_count == 2
    assert "30000000" in read.problems[0].reason


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: data[: len(data) // 2], "不完整"),
        (lambda data: replaced(data, "word/document.xml", b"<w:document"), "XML 有误"),
        (
            lambda data: replaced(
                data,
                "word/document.xml",
                b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
            ),
            "DOCTYPE",
        ),
        (lambda data: replaced(data, "word/document.xml", b"<x/>"), "缺少正文"),
    ],
)
def test_broken_files_give_their_reason(damage, reason: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UnreadableDocument, match=reason):
        read_docx(damage(with_body(TWO_BY_TWO)))


def test_bomb_is_refused_before_it_is_parsed() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", b"<w:p/>" * 8_000_000)
    with pytest.raises(UnreadableDocument, match="压缩炸弹"):
        read_docx(out.getvalue())


def test_cells_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "MAX_CELLS", 3)
    with pytest.raises(UnreadableDocument, match="超过上限"):
        read_docx(with_body(TWO_BY_TWO))
