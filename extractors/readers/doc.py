"""DOC and WPS, the binary files of Word 97 to 2003: paragraphs and tables in reading order.

The text of a table's cells stands in the same flow as all other text; each paragraph says how deep
in tables it stands, and the last one of each row where the edges of its cells are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from extractors.document import Block, Document, Paragraph, Problem, UnreadableDocument
from extractors.readers.doc_file import WordFile
from extractors.readers.doc_properties import ParagraphRule, RowRule, paragraph_rule
from extractors.readers.doc_styles import WordStyles
from extractors.readers.docx_styles import Style
from extractors.readers.docx_text import symbol
from extractors.readers.encoding import damage_problems
from extractors.readers.grid import Draft, finish
from extractors.readers.limits import MAX_CELLS, MAX_DEPTH, MAX_ROWS
from extractors.readers.lines import strip
from extractors.readers.sniff import mime_type
from schemas.columns import Locator

_CELL_END = "\x07"
_PARAGRAPH = re.compile("[^\r\x07\x0c]*[\r\x07\x0c]?")
_PICTURE = re.compile("[\x01\x08]")
_SIGNS = str.maketrans(
    {"\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\x1f": "", "\t": "\t"}
    | {chr(code): "" for code in (*range(9), 0x0C, 0x0D, *range(0x13, 0x16))}
)
_PRIVATE = re.compile("[\uf020-\uf0ff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SAME_EDGE = 20  # 1/20 point: rows drawn one under the other differ by less than a point


@dataclass(frozen=True, slots=True)
class _Line:
    """One paragraph as the file holds it."""

    text: str
    ends_cell: bool
    rule: ParagraphRule


@dataclass(slots=True)
class _Row:
    """The cells of a row, each with its paragraphs, and what the file says of their edges."""

    cells: list[list[_Line]] = field(default_factory=list)
    rule: RowRule | None = None


@dataclass(slots=True)
class _Reader:
    """What is gathered while one document is walked."""

    styles: WordStyles
    blocks: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    title: str | None = None
    cells: int = 0


def read_doc(data: bytes) -> Document:
    """The paragraphs and tables of a binary Word file, in reading order; notes stand at the end."""
    file = WordFile(data)
    reader = _Reader(WordStyles(file))
    for story in ("main", "footnote", "endnote", "textbox"):
        prefix = "" if story == "main" else f"{story}/"
        _walk(tuple(_lines(file, *file.stories[story])), prefix, reader, 0)
    pictures = len(_PICTURE.findall(file.text))
    if not reader.blocks and pictures:
        reason = f"文档只有图片（{pictures} 幅），没有文字，需要文字识别（OCR）"
        reader.problems.append(Problem(reason, "", Locator(path="")))
    problems = (*reader.problems, *damage_problems(reader.blocks))
    return Document(mime_type("doc"), tuple(reader.blocks), title=reader.title, problems=problems)


def _lines(file: WordFile, begin: int, end: int) -> Iterator[_Line]:
    rules: dict[bytes, ParagraphRule] = {}
    for match in _PARAGRAPH.finditer(file.text, begin, end):
        if not match[0]:
            continue
        properties = file.paragraphs.of(file.place(match.end() - 1))
        rule = rules.get(properties)
        if rule is None:
            style = int.from_bytes(properties[:2], "little")
            rule = rules[properties] = paragraph_rule(style, properties[2:], file.data)
        yield _Line(_printed(match[0]), match[0][-1] == _CELL_END, rule)


def _printed(text: str) -> str:
    """The characters that a paragraph shows."""
    text = text.translate(_SIGNS)
    if _PRIVATE.search(text):
        text = _PRIVATE.sub(lambda match: symbol(f"{ord(match[0]):04X}"), text)
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _walk(lines: Sequence[_Line], prefix: str, reader: _Reader, depth: int) -> None:
    """Add the blocks of lines that stand in so many tables, or in more."""
    paragraphs = tables = 0
    for deeper, group in groupby(lines, key=lambda line: line.rule.depth > depth):
        if deeper:
            tables += 1
            _table(tuple(group), f"{prefix}table[{tables}]", reader, depth + 1)
            continue
        for line in group:
            paragraphs += 1
            _add_paragraph(line, f"{prefix}p[{paragraphs}]", reader)


def _add_paragraph(line: _Line, path: str, reader: _Reader) -> None:
    style = reader.styles.of(line.rule)
    printed = [part for part in _numbered(line, style, reader).split("\n") if strip(part)]
    for ordinal, part in enumerate(printed, 1):
        place = path if len(printed) == 1 else f"{path}/line[{ordinal}]"
        reader.blocks.append(Paragraph(strip(part), part, Locator(path=place), style.level))
        if style.is_title and reader.title is None:
            reader.title = strip(part)


def _numbered(line: _Line, style: Style, reader: _Reader) -> str:
    if style.list_id is None or not strip(line.text):
        return line.text
    return reader.styles.numbering.number(style.list_id, style.list_level) + line.text


def _table(lines: Sequence[_Line], path: str, reader: _Reader, depth: int) -> None:
    if depth > MAX_DEPTH:
        reader.problems.append(Problem("表格嵌套过深，未读取", "", Locator(path=path)))
        return
    rows = _rows(lines, depth)
    if len(rows) > MAX_ROWS:
        raise UnreadableDocument(f"表格有 {len(rows)} 行，超过上限 {MAX_ROWS}，疑为恶意构造")
    if len(rows) == 1 and len(rows[0].cells) == 1:
        # A frame around something: its contents stand for themselves.
        _walk(rows[0].cells[0], f"{path}/row[1]/cell[1]/", reader, depth)
        return
    drafts = _drafts(rows, path, reader, depth)
    reader.cells += len(drafts)
    if reader.cells > MAX_CELLS:
        raise UnreadableDocument(f"单元格超过上限 {MAX_CELLS} 个，疑为恶意构造，未读取")
    if drafts:
        reader.blocks.append(finish(drafts, len(rows), path))
    for row_number, row in enumerate(rows, 1):
        for cell_number, cell in enumerate(row.cells, 1):
            nested = [line for line in cell if line.rule.depth > depth]
            if nested:
                _walk(nested, f"{path}/row[{row_number}]/cell[{cell_number}]/", reader, depth)


def _rows(lines: Sequence[_Line], depth: int) -> list[_Row]:
    """Rows and cells by the marks that end them."""
    rows, row = list[_Row](), _Row()
    cell: list[_Line] = []
    for line in lines:
        own = line.rule.depth == depth
        if own and line.rule.row_end:
            row.rule = line.rule.row
            rows.append(row)
            row, cell = _Row(), []
            continue
        cell.append(line)
        if own and (line.rule.cell_end or (depth == 1 and line.ends_cell)):
            row.cells.append(cell)
            cell = []
    if cell:
        row.cells.append(cell)
    return [*rows, row] if row.cells else rows


def _drafts(rows: Sequence[_Row], path: str, reader: _Reader, depth: int) -> list[Draft]:
    """The cells of a table, vertical merges grown downwards."""
    columns = _columns(rows)
    drafts: list[Draft] = []
    above: dict[int, Draft] = {}  # cells of the row above that may go on, by first column
    for row_index, row in enumerate(rows):
        open_cells: dict[int, Draft] = {}
        for index, first, last in _spans(row, columns):
            merge = row.rule.cells[index] if row.rule and index < len(row.rule.cells) else None
            goes_on = above.get(first)
            if merge and merge.joins_left and drafts and drafts[-1].row == row_index:
                drafts[-1].colspan = max(drafts[-1].colspan, last - drafts[-1].column)
                continue
            if merge and merge.vertical and not merge.restarts and goes_on is not None:
                goes_on.rowspan += 1
                open_cells[first] = goes_on
                continue
            place = f"{path}/row[{row_index + 1}]/cell[{index + 1}]"
            raw = _cell_text(row.cells[index], reader, depth)
            draft = Draft(row_index, first, raw, place, 1, last - first)
            drafts.append(draft)
            if merge and merge.vertical:
                open_cells[first] = draft
        above = open_cells
    return drafts


def _columns(rows: Sequence[_Row]) -> dict[int, int]:
    """The column that begins at each edge; edges less than a point apart are the same one."""
    edges = sorted({edge for row in rows if row.rule for edge in row.rule.edges})
    columns: dict[int, int] = {}
    column, began = -1, 0
    for edge in edges:
        if column < 0 or edge - began > _SAME_EDGE:
            column, began = column + 1, edge
        columns[edge] = column
    return columns


def _spans(row: _Row, columns: dict[int, int]) -> Iterator[tuple[int, int, int]]:
    """Number, first column and column after the last one of each cell of a row."""
    edges = row.rule.edges if row.rule else ()
    column = 0
    for index in range(len(row.cells)):
        last = column + 1
        if index + 1 < len(edges):
            column, last = columns[edges[index]], columns[edges[index + 1]]
        yield index, column, max(last, column + 1)
        column = max(last, column + 1)


def _cell_text(cell: Sequence[_Line], reader: _Reader, depth: int) -> str:
    """The cell's own paragraphs as lines; what is nested in it is handed on."""
    own = [line for line in cell if line.rule.depth == depth]
    return "\n".join(_numbered(line, reader.styles.of(line.rule), reader) for line in own)
