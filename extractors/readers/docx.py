"""DOCX from its XML tree: paragraphs and tables in reading order, each with its path.

The tree is walked directly because python-docx's `row.cells` is quadratic in a long vertical merge
and knows neither tracked changes, content controls nor text boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from extractors.document import Block, Document, Paragraph, Problem, UnreadableDocument
from extractors.readers.docx_marks import WRAPPERS, Marks, find_marks
from extractors.readers.docx_styles import Style, Styles, read_styles
from extractors.readers.docx_tables import TC, TR, P, TableCell, TableRow, plain_rows, written_row
from extractors.readers.docx_text import (
    ALTERNATE,
    choose,
    is_placeholder,
    plain_text,
    read_inline,
)
from extractors.readers.encoding import damage_problems
from extractors.readers.grid import Draft, finish
from extractors.readers.limits import MAX_CELLS, MAX_COLUMNS, MAX_DEPTH, MAX_ROWS
from extractors.readers.lines import strip
from extractors.readers.numbering import W
from extractors.readers.package import Package
from extractors.readers.sniff import mime_type
from schemas.columns import Locator

_TBL, _P_PROPERTIES = f"{W}tbl", f"{W}pPr"
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(slots=True)
class _Reader:
    """What is gathered while one document is walked."""

    styles: Styles
    marks: Marks
    blocks: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    title: str | None = None
    cells: int = 0
    pictures: int = 0
    notes: list[tuple[str, str]] = field(default_factory=list)

    def problem(self, reason: str, path: str, raw: str = "") -> None:
        self.problems.append(Problem(reason, raw, Locator(path=path)))


@dataclass(slots=True)
class _Story:
    """One flow of blocks (body, cell, text box, note) and how far its paths have counted."""

    prefix: str
    paragraphs: int = 0
    tables: int = 0
    carried: str = ""  # text of a paragraph whose end was deleted: it runs on into the next


def read_docx(data: bytes) -> Document:
    """The paragraphs and tables of a DOCX file, in reading order."""
    package = Package(data)
    main = package.related("", "officeDocument") or "word/document.xml"
    root = package.tree(main)
    body = root.find(f"{W}body")
    if body is None:
        raise UnreadableDocument("不是完整的 Word 文档：缺少正文（w:body）")
    notes = {kind: _notes(package, main, kind) for kind in ("footnotes", "endnotes")}
    roots = [root, *(note for notes_of_kind in notes.values() for note in notes_of_kind.values())]
    reader = _Reader(read_styles(package, main), find_marks(roots))
    _walk(body, _Story(""), reader, 0, notes)
    if not reader.blocks and reader.pictures:
        reader.problem(f"文档只有图片（{reader.pictures} 幅），没有文字，需要文字识别（OCR）", "")
    problems = (*reader.problems, *damage_problems(reader.blocks))
    return Document(mime_type("docx"), tuple(reader.blocks), title=reader.title, problems=problems)


_Notes = dict[str, dict[str, etree._Element]]


def _notes(package: Package, main: str, kind: str) -> dict[str, etree._Element]:
    part = package.related(main, kind)
    if part is None or not package.has(part):
        return {}
    return {note.get(f"{W}id", ""): note for note in package.tree(part)}


def _elements(container: etree._Element, reader: _Reader, depth: int = 0) -> list[etree._Element]:
    """Children of a container, through content controls, insertions and alternatives."""
    children: list[etree._Element] = container[:]
    if container not in reader.marks.wrapping:
        return children
    found: list[etree._Element] = []
    for child in children:
        if child.tag not in WRAPPERS:
            found.append(child)
            continue
        inner = choose(child) if child.tag == ALTERNATE else child
        if inner is not None and depth < MAX_DEPTH and not is_placeholder(inner):
            found.extend(_elements(inner, reader, depth + 1))
    return found


def _walk(
    container: etree._Element, story: _Story, reader: _Reader, depth: int, notes: _Notes
) -> None:
    """Add a flow's blocks; what is anchored in a block follows it."""
    for element in _elements(container, reader):
        if element.tag == P:
            story.paragraphs += 1
            path = f"{story.prefix}p[{story.paragraphs}]"
            raw, style, boxes = _paragraph(element, story, reader, path)
            if raw is not None:
                _add_lines(raw, style, path, reader)
            if boxes:
                _anchored(boxes, path, reader, depth, notes)
        elif element.tag == _TBL:
            story.tables += 1
            _table(element, f"{story.prefix}table[{story.tables}]", reader, depth, notes)
        elif element.tag == f"{W}altChunk":
            reader.problem(
                "嵌入的外部内容（altChunk）未读取，请用 Word 打开后另存为 DOCX",
                f"{story.prefix}altChunk",
                element.get(_RELATION_ID, ""),
            )
        if reader.notes and not depth:
            _flush_notes(reader, notes)


def _paragraph(
    element: etree._Element, story: _Story, reader: _Reader, path: str
) -> tuple[str | None, Style, Sequence[etree._Element]]:
    """A paragraph's printed text with its number (None when it runs on), style and text boxes."""
    boxes: Sequence[etree._Element] = ()
    children = element[:]
    text = plain_text(children, reader.marks.effects)
    if text is None:
        inline = read_inline(element)
        text, boxes = "".join(inline.pieces), inline.boxes
        reader.pictures += inline.pictures
        reader.notes.extend(inline.notes)
        for reason in inline.unread:
            reader.problem(reason, path)
    if story.carried:
        text, story.carried = story.carried + text, ""
    style = reader.styles.default
    if children and children[0].tag == _P_PROPERTIES:  # they stand first where there are any
        style = reader.styles.of(children[0])
        if children[0] in reader.marks.deleted:
            story.carried = text
            return None, style, boxes
    if style.list_id is not None and text.strip():
        text = reader.styles.numbering.number(style.list_id, style.list_level) + text
    return text, style, boxes


def _add_lines(raw: str, style: Style, path: str, reader: _Reader) -> None:
    """One block a printed line: a line break in Word's running text mostly ends a paragraph."""
    lines = [(text, line) for line in raw.split("\n") if (text := strip(line))]
    for ordinal, (text, line) in enumerate(lines, 1):
        place = path if len(lines) == 1 else f"{path}/line[{ordinal}]"
        locator = Locator(None, None, None, None, place)
        reader.blocks.append(Paragraph(text, line, locator, style.level))
        if style.is_title and reader.title is None:
            reader.title = text


def _anchored(
    boxes: Sequence[etree._Element], path: str, reader: _Reader, depth: int, notes: _Notes
) -> None:
    for ordinal, box in enumerate(boxes, 1):
        if depth < MAX_DEPTH:
            _walk(box, _Story(f"{path}/textbox[{ordinal}]/"), reader, depth + 1, notes)


def _flush_notes(reader: _Reader, notes: _Notes) -> None:
    """Footnotes stand after the block that refers to them."""
    pending, reader.notes = reader.notes, []
    for kind, note_id in pending:
        note = notes[kind].get(note_id)
        if note is not None:
            _walk(note, _Story(f"{kind[:-1]}[{note_id}]/"), reader, 1, notes)


def _table(table: etree._Element, path: str, reader: _Reader, depth: int, notes: _Notes) -> None:
    rows = plain_rows(table, reader.styles, reader.marks.effects)
    rows = _rows(table, reader) if rows is None else rows
    if len(rows) > MAX_ROWS:
        raise UnreadableDocument(f"表格有 {len(rows)} 行，超过上限 {MAX_ROWS}，疑为恶意构造")
    if depth >= MAX_DEPTH:
        reader.problem("表格嵌套过深，未读取", path)
        return
    if len(rows) == 1 and len(rows[0].cells) == 1:
        # A frame around something: its contents stand for themselves.
        prefix = f"{path}/row[1]/cell[1]/"
        _walk(rows[0].cells[0].element, _Story(prefix), reader, depth + 1, notes)
        return
    drafts, nested = _drafts(rows, path, reader)
    if drafts:
        reader.blocks.append(finish(drafts, len(rows), path))
    for story, element in nested:
        if element.tag == _TBL:
            _table(element, story, reader, depth + 1, notes)
        else:
            _walk(element, _Story(story), reader, depth + 1, notes)


def _rows(table: etree._Element, reader: _Reader) -> list[TableRow]:
    """The rows of any table."""
    rows = (row for row in _elements(table, reader) if row.tag == TR)
    return [
        written_row(
            row, [(tc, _elements(tc, reader)) for tc in _elements(row, reader) if tc.tag == TC]
        )
        for row in rows
        if row not in reader.marks.deleted
    ]


_Nested = list[tuple[str, etree._Element]]


def _drafts(rows: list[TableRow], path: str, reader: _Reader) -> tuple[list[Draft], _Nested]:
    """The cells of a table, vertical merges grown downwards, and what is nested in them."""
    drafts: list[Draft] = []
    nested: _Nested = []
    open_merges: dict[int, Draft] = {}  # by first column, for the row above
    for row_index, row in enumerate(rows):
        column = row.before
        still_open: dict[int, Draft] = {}
        row_path = f"{path}/row[{row_index + 1}]/cell["
        for ordinal, cell in enumerate(row.cells, 1):
            cell_path = f"{row_path}{ordinal}]"
            span = 1 if cell.span is None else _span(cell.span, cell_path, reader)
            above = open_merges.get(column)
            if cell.horizontal == "continue" and drafts and drafts[-1].row == row_index:
                drafts[-1].colspan += span
            elif cell.vertical == "continue" and above is not None and above.colspan == span:
                above.rowspan += 1
                still_open[column] = above
            else:
                raw = _cell_text(cell, cell_path, reader, nested)
                draft = Draft(row_index, column, raw, cell_path, 1, span)
                drafts.append(draft)
                if cell.vertical is not None:
                    still_open[column] = draft
            column += span
        open_merges = still_open
    reader.cells += len(drafts)
    if reader.cells > MAX_CELLS:
        raise UnreadableDocument(f"单元格超过上限 {MAX_CELLS} 个，疑为恶意构造，未读取")
    return drafts, nested


def _span(raw: str, path: str, reader: _Reader) -> int:
    if not raw.isdecimal() or len(raw) > 9 or int(raw) > MAX_COLUMNS:
        reader.problem(f"合并列数 {raw} 无效或超过上限 {MAX_COLUMNS}，按 1 列读取", path, raw)
        return 1
    return max(1, int(raw))


def _cell_text(cell: TableCell, path: str, reader: _Reader, nested: _Nested) -> str:
    """The cell's paragraphs as lines; nested tables and text boxes are handed on."""
    if cell.content is None:
        return cell.text
    story = _Story("")
    lines: list[str] = []
    for element in cell.content:
        if element.tag == P:
            text, _, boxes = _paragraph(element, story, reader, path)
            story.paragraphs += 1
            if text is not None:
                lines.append(text)
            for ordinal, box in enumerate(boxes, 1):
                place = f"{path}/p[{story.paragraphs}]/textbox[{ordinal}]/"
                nested.append((place, box))
        elif element.tag == _TBL:
            story.tables += 1
            nested.append((f"{path}/table[{story.tables}]", element))
    if story.carried:
        lines.append(story.carried)
    return "\n".join(lines)
