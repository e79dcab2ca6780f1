"""Web pages, single-file pages and the HTML that calls itself `.xls` or `.doc`."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from lxml import etree

from extractors.document import Block, Document, Paragraph, Problem, UnreadableDocument
from extractors.readers.encoding import damage_problems, decode
from extractors.readers.grid import Draft, finish
from extractors.readers.html_article import BLOCKS, article, fold
from extractors.readers.html_table import Placed, is_hidden, is_layout, place
from extractors.readers.limits import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_DEPTH,
    MAX_HTML_BYTES,
    MAX_NODES,
)
from extractors.readers.lines import SOFT_BREAK, settle, strip, superscript
from extractors.readers.numbering import printed
from extractors.readers.sniff import mime_type
from schemas.columns import Locator

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w-]{2,20})""", re.I)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_WHITE = re.compile(r"[ \t\r\n\f]+")
_PRESERVED = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.I)
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_LIST_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_TITLE_PARAGRAPHS = 6  # the article mostly repeats its title among its first lines


class _Event(NamedTuple):
    kind: Literal["text", "number", "break", "level", "table"]
    text: str = ""
    level: int | None = None
    element: etree._Element | None = None


@dataclass(slots=True)
class _Reader:
    """What is gathered while one page is walked."""

    blocks: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    cells: int = 0


def read_html(data: bytes) -> Document:
    """The article of a web page: its paragraphs and tables in reading order."""
    declared = _CHARSET.search(data[:4096])
    text, _ = decode(data, declared[1].decode("ascii") if declared else None)
    return _read(text)


def read_mhtml(data: bytes) -> Document:
    """The pages inside a single-file web page (MHT), one after the other."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    blocks: list[Block] = []
    problems: list[Problem] = []
    title = None
    for part in message.walk():
        payload = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
        if not isinstance(payload, bytes) or not payload.strip():
            continue
        text, _ = decode(payload, part.get_content_charset())
        page = _read(text)
        blocks.extend(page.blocks)
        problems.extend(page.problems)
        title = title or page.title
    if not blocks:
        raise UnreadableDocument("单个文件网页（MHT）中没有可读的网页内容，文件可能不完整")
    return Document(mime_type("mhtml"), tuple(blocks), title=title, problems=tuple(problems))


def _read(text: str) -> Document:
    root = _parse(text)
    images = sum(1 for _ in root.iter("img"))
    body, title = article(root)
    reader = _Reader()
    _walk(body, "", reader, 0)
    if not reader.blocks:  # all of it was taken for the site's: then it is what there is to read
        _walk(_parse(text), "", reader, 0)
    _print_title_once(title, reader.blocks)
    if images and not any(len(_text(block)) > 40 for block in reader.blocks):
        reason = "网页正文没有文字，只有图片，需要文字识别（OCR）或下载附件"
        reader.problems.append(Problem(reason, "", Locator(path="body")))
    problems = (*reader.problems, *damage_problems(reader.blocks))
    return Document(mime_type("html"), tuple(reader.blocks), title=title, problems=problems)


def _parse(text: str) -> etree._Element:
    data = _DECLARATION.sub("", text, count=1).replace("\x00", "").encode("utf-8", "replace")
    if len(data) > MAX_HTML_BYTES:
        raise UnreadableDocument(f"网页超过 {MAX_HTML_BYTES // 1_000_000} MB，未读取，请拆分后再试")
    if data.count(b"<") > MAX_NODES:
        raise UnreadableDocument(f"网页元素超过 {MAX_NODES} 个，疑为恶意构造，未读取")
    root = _tree(data, huge=False)
    root = root if root is not None else _tree(data, huge=True)  # 2,048 levels instead of 256
    if root is None:
        raise UnreadableDocument("网页标签嵌套过深或没有任何内容，疑为恶意构造或损坏，未读取")
    return root


def _tree(data: bytes, *, huge: bool) -> etree._Element | None:
    """The parsed page, or None where the parser gave up before its end."""
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=huge
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableDocument(f"网页无法解析（{error.msg}），文件可能损坏") from error
    gave_up = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return None if gave_up else root


_Stack = list[tuple[etree._Element | _Event, bool]]  # what comes, and whether its space is kept


def _events(root: etree._Element) -> Iterator[_Event]:
    """The contents of an element in reading order; nested tables are handed out, not entered."""
    stack: _Stack = []
    _push(root, stack, root.tag == "pre")
    while stack:
        item, keep = stack.pop()
        if isinstance(item, _Event):
            yield item
            continue
        tag = item.tag
        if is_hidden(item) or tag == "rt":
            continue
        if tag == "br":
            yield _Event("break")
        elif tag == "table":
            yield _Event("table", element=item)
        elif tag == "sup" and not len(item):
            yield _Event("text", superscript((item.text or "").strip()))
        elif tag in BLOCKS:
            yield _Event("break")
            stack.append((_Event("break"), keep))
            if tag in _HEADINGS:
                yield _Event("level", level=_HEADINGS[tag])
                stack.append((_Event("level"), keep))
                stack.append((_Event("break"), keep))
            pre = tag == "pre" or bool(_PRESERVED.search(item.get("style", "")))
            _push(item, stack, keep or pre)
        else:
            _push(item, stack, keep)


def _push(element: etree._Element, stack: _Stack, keep: bool) -> None:
    """Lay an element's text, children and tails on the stack, first on top."""
    numbers = _item_numbers(element) if element.tag == "ol" else []
    for child in reversed(element):
        if child.tail:
            stack.append((_Event("text", _collapsed(child.tail, keep)), keep))
        stack.append((child, keep))
        if numbers and child.tag == "li":
            stack.append((_Event("number", numbers.pop()), keep))
    if element.text:
        stack.append((_Event("text", _collapsed(element.text, keep)), keep))


def _item_numbers(ordered: etree._Element) -> list[str]:
    """The numbers that an ordered list prints before its items."""
    if "none" in ordered.get("style", ""):
        return []
    start, form = ordered.get("start", "1"), _LIST_FORMS.get(ordered.get("type", "1"), "decimal")
    first = int(start) if start.isdecimal() and len(start) < 6 else 1
    count = sum(child.tag == "li" for child in ordered)
    return [f"{printed(number, form)}. " for number in range(first, first + count)]


def _collapsed(text: str, keep: bool) -> str:
    """Source white space as a browser shows it; whether a line end shows is decided later."""
    if keep:
        return text.replace("\r\n", "\n").replace("\r", "\n")
    return _WHITE.sub(lambda m: SOFT_BREAK if "\n" in m[0] or "\r" in m[0] else " ", text)


@dataclass(slots=True)
class _Lines:
    """Printed lines while their pieces arrive."""

    pieces: list[str] = field(default_factory=list)
    number: str = ""

    def add(self, text: str) -> None:
        if self.number and text.strip():
            self.pieces.append(self.number)
            self.number = ""
        self.pieces.append(text)

    def take(self) -> list[str]:
        """The lines so far that print something."""
        lines = "".join(self.pieces).split("\n")
        self.pieces.clear()
        return [settled for line in lines if strip(settled := settle(line))]


def _walk(container: etree._Element, prefix: str, reader: _Reader, depth: int) -> None:
    """Add the paragraphs and tables of a flow of content."""
    lines, level, paragraphs, tables = _Lines(), None, 0, 0
    for event in (*_events(container), _Event("break")):
        if event.kind == "text":
            lines.add(event.text)
        elif event.kind == "number":
            lines.number = event.text
        else:
            for line in lines.take():
                paragraphs += 1
                place_ = Locator(path=f"{prefix}p[{paragraphs}]")
                reader.blocks.append(Paragraph(strip(line), line, place_, level))
        if event.kind == "level":
            level = event.level
        elif event.element is not None:
            tables += 1
            _table(event.element, f"{prefix}table[{tables}]", reader, depth)


def _table(table: etree._Element, path: str, reader: _Reader, depth: int) -> None:
    """Add a data table, or the contents of one that only lays out the page."""
    if depth >= MAX_DEPTH // 4:
        reader.problems.append(Problem("表格嵌套过深，按文字读取", "", Locator(path=path)))
        text = strip(settle(_collapsed("".join(table.itertext()), keep=False)))
        if text:
            reader.blocks.append(Paragraph(text, text, Locator(path=path)))
        return
    for number, caption in enumerate(table.iterchildren("caption"), 1):
        _walk(caption, f"{path}/caption[{number}]/", reader, depth + 1)
    placed, row_count = place(table)
    reader.cells += len(placed)
    if reader.cells > MAX_CELLS:
        raise UnreadableDocument(f"网页表格的单元格超过上限 {MAX_CELLS} 个，疑为恶意构造，未读取")
    if is_layout(table):
        for cell in placed:
            _walk(cell.element, f"{_cell_path(path, cell)}/", reader, depth + 1)
        return
    drafts: list[Draft] = []
    nested: list[tuple[etree._Element, str]] = []
    for cell in placed:
        drafts.append(_draft(cell, path, reader, nested))
    if any(strip(draft.raw) for draft in drafts):
        reader.blocks.append(finish(drafts, row_count, path))
    for element, place_ in nested:
        _table(element, place_, reader, depth + 1)


def _draft(
    cell: Placed, path: str, reader: _Reader, nested: list[tuple[etree._Element, str]]
) -> Draft:
    """A cell with its printed lines; tables in it are handed on."""
    cell_path = _cell_path(path, cell)
    if cell.oversized is not None:
        reason = f"colspan={cell.oversized} 超过上限 {MAX_COLUMNS}，按表格实际列数读取"
        reader.problems.append(Problem(reason, cell.oversized, Locator(path=cell_path)))
    lines, printed_lines, tables = _Lines(), [], 0
    for event in _events(cell.element):
        if event.kind == "text":
            lines.add(event.text)
        elif event.kind == "number":
            lines.number = event.text
        else:
            printed_lines.extend(lines.take())
        if event.element is not None:
            tables += 1
            nested.append((event.element, f"{cell_path}/table[{tables}]"))
    printed_lines.extend(lines.take())
    raw = "\n".join(printed_lines)
    return Draft(cell.row, cell.column, raw, cell_path, cell.rowspan, cell.colspan)


def _cell_path(path: str, cell: Placed) -> str:
    return f"{path}/row[{cell.row + 1}]/cell[{cell.ordinal}]"


def _text(block: Block) -> str:
    if isinstance(block, Paragraph):
        return block.text
    return "".join(cell.text for cell in block.cells)


def _print_title_once(title: str | None, blocks: list[Block]) -> None:
    """The site prints the title over the article, which mostly repeats it in its first lines."""
    if title is None:
        return
    first = blocks[0] if blocks else None
    if isinstance(first, Paragraph) and fold(first.text) == fold(title):
        if _is_printed(title, blocks[1:]):
            del blocks[0]
    elif not _is_printed(title, blocks):
        blocks.insert(0, Paragraph(title, title, Locator(path="h1[1]"), 1))


def _is_printed(title: str, blocks: list[Block]) -> bool:
    """Whether the article repeats its title at its beginning."""
    return fold(title) in fold("".join(_text(block) for block in blocks[:_TITLE_PARAGRAPHS]))
