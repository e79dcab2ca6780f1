"""DOCX from its XML tree: paragraphs and tables in reading order, each with its path.

The tree is walked directly because python-docx's `row.cells` is quadratic in a long vertical merge
and knows neither tracked changes, content controls nor text boxes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from extractors.document import Block, Document, Paragraph, Problem, UnreadableDocument
from extractors.readers.docx_styles import Styles, read_styles
from extractors.readers.docx_text import (
    MC,
    TRANSPARENT,
    Inline,
    choose,
    is_placeholder,
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

_VAL = f"{W}val"
_P, _TBL, _TR, _TC = f"{W}p", f"{W}tbl", f"{W}tr", f"{W}tc"
_P_PROPERTIES, _TC_PROPERTIES, _TR_PROPERTIES = f"{W}pPr", f"{W}tcPr", f"{W}trPr"
_ALTERNATE = f"{MC}AlternateContent"
_WRAPPERS = TRANSPARENT | {_ALTERNATE}
_RUN_PROPERTIES, _DELETED = f"{W}rPr", f"{W}del"
_GRID_SPAN, _V_MERGE, _H_MERGE = f"{W}gridSpan", f"{W}vMerge", f"{W}hMerge"
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(slots=True)
class _Reader:
    """What is gathered while one document is walked."""

    package: Package
    main: str
    styles: Styles
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
    reader = _Reader(package, main, read_styles(package, main))
    notes = {kind: _notes(package, main, kind) for kind in ("footnotes", "endnotes")}
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


def _elements(container: etree._Element, depth: int = 0) -> list[etree._Element]:
    """Children of a container, through content controls, insertions and alternatives."""
    children = list(container)
    if _WRAPPERS.isdisjoint([child.tag for child in children]):
        return children
    found: list[etree._Element] = []
    for child in children:
        if child.tag not in _WRAPPERS:
            found.append(child)
            continue
        inner = choose(child) if child.tag == _ALTERNATE else child
        if inner is not None and depth < MAX_DEPTH and not is_placeholder(inner):
            found.extend(_elements(inner, depth + 1))
    return found


def _walk(
    container: etree._Element, story: _Story, reader: _Reader, depth: int, notes: _Notes
) -> None:
    """Add a flow's blocks; what is anchored in a block follows it."""
    for element in _elements(container):
        if element.tag == _P:
            story.paragraphs += 1
            path = f"{story.prefix}p[{story.paragraphs}]"
            inline, raw = _paragraph(element, story, reader, path)
            if raw is not None:
                _add_lines(element, raw, path, reader)
            _anchored(inline, path, reader, depth, notes)
        elif element.tag == _TBL:
            story.tables += 1
            _table(element, f"{story.prefix}table[{story.tables}]", reader, depth, notes)
        elif element.tag == f"{W}altChunk":
            reader.problem(
                "嵌入的外部内容（altChunk）未读取，请用 Word 打开后另存为 DOCX",
                f"{story.prefix}altChunk",
                element.get(_RELATION_ID, ""),
            )
        if not depth:
            _flush_notes(reader, notes)


def _paragraph(
    element: etree._Element, story: _Story, reader: _Reader, path: str
) -> tuple[Inline, str | None]:
    """What a paragraph holds and its printed text with its number; None when it runs on."""
    inline = read_inline(element)
    text = story.carried + "".join(inline.pieces)
    story.carried = ""
    if inline.pictures or inline.notes or inline.unread:
        reader.pictures += inline.pictures
        reader.notes.extend(inline.notes)
        for reason in inline.unread:
            reader.problem(reason, path)
    properties = _properties(element, _P_PROPERTIES)
    if properties is not None:
        mark = properties.find(_RUN_PROPERTIES)
        if mark is not None and mark.find(_DELETED) is not None:
            story.carried = text
            return inline, None
    if not reader.styles.numbering.levels:
        return inline, text
    style = reader.styles.of(properties)
    if style.list_id is not None and text.strip():
        text = reader.styles.numbering.number(style.list_id, style.list_level) + text
    return inline, text


def _add_lines(element: etree._Element, raw: str, path: str, reader: _Reader) -> None:
    """One block a printed line: a line break in Word's running text mostly ends a paragraph."""
    style = reader.styles.of(_properties(element, _P_PROPERTIES))
    lines = [line for line in raw.split("\n") if strip(line)]
    for ordinal, line in enumerate(lines, 1):
        place = path if len(lines) == 1 else f"{path}/line[{ordinal}]"
        text = strip(line)
        reader.blocks.append(Paragraph(text, line, Locator(path=place), style.level))
        if style.is_title and reader.title is None:
            reader.title = text


def _anchored(inline: Inline, path: str, reader: _Reader, depth: int, notes: _Notes) -> None:
    for ordinal, box in enumerate(inline.boxes, 1):
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
    rows = [row for row in _elements(table) if row.tag == _TR and not _is_deleted(row)]
    if len(rows) > MAX_ROWS:
        raise UnreadableDocument(f"表格有 {len(rows)} 行，超过上限 {MAX_ROWS}，疑为恶意构造")
    if depth >= MAX_DEPTH:
        reader.problem("表格嵌套过深，未读取", path)
        return
    if len(rows) == 1:
        cells = [cell for cell in _elements(rows[0]) if cell.tag == _TC]
        if len(cells) == 1:  # a frame around something: its contents stand for themselves
            prefix = f"{path}/row[1]/cell[1]/"
            _walk(cells[0], _Story(prefix), reader, depth + 1, notes)
            return
    drafts, nested = _drafts(rows, path, reader)
    if drafts:
        reader.blocks.append(finish(drafts, len(rows), path))
    for story, element in nested:
        if element.tag == _TBL:
            _table(element, story, reader, depth + 1, notes)
        else:
            _walk(element, _Story(story), reader, depth + 1, notes)


_Nested = list[tuple[str, etree._Element]]


def _drafts(rows: list[etree._Element], path: str, reader: _Reader) -> tuple[list[Draft], _Nested]:
    """The cells of a table, vertical merges grown downwards, and what is nested in them."""
    drafts: list[Draft] = []
    nested: _Nested = []
    open_merges: dict[int, Draft] = {}  # by first column, for the row above
    for row_index, row in enumerate(rows):
        column, ordinal = _grid_before(row), 0
        still_open: dict[int, Draft] = {}
        for tc in _elements(row):
            if tc.tag != _TC:
                continue
            ordinal += 1
            cell_path = f"{path}/row[{row_index + 1}]/cell[{ordinal}]"
            span, vertical, horizontal = _merges(tc, cell_path, reader)
            above = open_merges.get(column)
            if horizontal == "continue" and drafts and drafts[-1].row == row_index:
                drafts[-1].colspan += span
            elif vertical == "continue" and above is not None and above.colspan == span:
                above.rowspan += 1
                still_open[column] = above
            else:
                raw = _cell_text(tc, cell_path, reader, nested)
                draft = Draft(row_index, column, raw, cell_path, 1, span)
                drafts.append(draft)
                if vertical is not None:
                    still_open[column] = draft
            column += span
        open_merges = still_open
    reader.cells += len(drafts)
    if reader.cells > MAX_CELLS:
        raise UnreadableDocument(f"单元格超过上限 {MAX_CELLS} 个，疑为恶意构造，未读取")
    return drafts, nested


def _merges(tc: etree._Element, path: str, reader: _Reader) -> tuple[int, str | None, str | None]:
    """Columns a cell covers, and its part in a vertical and an old-style horizontal merge."""
    properties = _properties(tc, _TC_PROPERTIES)
    if properties is None:
        return 1, None, None
    span, vertical, horizontal = 1, None, None
    for child in properties:
        tag = child.tag
        if tag == _GRID_SPAN:
            span = _span(child.get(_VAL), path, reader)
        elif tag == _V_MERGE:
            vertical = child.get(_VAL, "continue")
        elif tag == _H_MERGE:
            horizontal = child.get(_VAL, "continue")
    return span, vertical, horizontal


def _span(raw: str | None, path: str, reader: _Reader) -> int:
    if raw is None or not raw.isdecimal() or len(raw) > 9 or int(raw) > MAX_COLUMNS:
        reader.problem(f"合并列数 {raw} 无效或超过上限 {MAX_COLUMNS}，按 1 列读取", path, raw or "")
        return 1
    return max(1, int(raw))


def _cell_text(tc: etree._Element, path: str, reader: _Reader, nested: _Nested) -> str:
    """The cell's paragraphs as lines; nested tables and text boxes are handed on."""
    story = _Story(f"{path}/")
    lines: list[str] = []
    for element in _elements(tc):
        if element.tag == _P:
            story.paragraphs += 1
            inline, text = _paragraph(element, story, reader, path)
            if text is not None:
                lines.append(text)
            for ordinal, box in enumerate(inline.boxes, 1):
                place = f"{path}/p[{story.paragraphs}]/textbox[{ordinal}]/"
                nested.append((place, box))
        elif element.tag == _TBL:
            story.tables += 1
            nested.append((f"{path}/table[{story.tables}]", element))
    if story.carried:
        lines.append(story.carried)
    return "\n".join(lines)


def _properties(element: etree._Element, tag: str) -> etree._Element | None:
    """The properties of a paragraph or cell: its first child, which is quicker than a search."""
    first = element[0] if len(element) else None
    return first if first is not None and first.tag == tag else None


def _grid_before(row: etree._Element) -> int:
    """Grid columns left empty before a row's first cell."""
    properties = row.find(_TR_PROPERTIES)
    before = None if properties is None else properties.find(f"{W}gridBefore")
    raw = "" if before is None else before.get(_VAL, "")
    return min(int(raw), MAX_COLUMNS) if raw.isdecimal() and len(raw) < 6 else 0


def _is_deleted(row: etree._Element) -> bool:
    properties = row.find(_TR_PROPERTIES)
    return properties is not None and properties.find(_DELETED) is not None
