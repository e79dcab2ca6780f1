"""The outline of a document: its running text as passages under headings.

Headings are known by their printed number and by being short and no sentence: `1、负责推进…。` is
an item of a list, `（一）项目概况` is a heading. The depth of a heading follows from the order in
which the styles of numbers appear, because every issuer nests them his own way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.document import Block, Cell, Document, Paragraph, stretch
from schemas.columns import Locator
from schemas.immutable import immutable

HEADING_LIMIT = 45  # characters; longer lines are sentences even where the full stop is missing
STYLED_LIMIT = 80  # a line the format itself marks as a heading may be longer
RUN_IN_LIMIT = 32  # a heading that its text follows in the same line
WRAP_FEWEST = 8  # paragraphs that show whether lines are wrapped
WRAP_LEAST = 20  # full-width characters; documents of shorter lines are lists
WRAP_LIMIT = 60  # dumps with longer lines print one paragraph a line
WRAP_SHARE = 0.25  # at least so many lines are full where a dump wraps its lines
FULL_LINE = 0.85  # of the usual longest line

HAN_DIGITS = "一二三四五六七八九十"
NUMBER = re.compile(
    rf"(?P<part>第[{HAN_DIGITS}百\d]{{1,4}}(?:部分|篇))[：:、.．\s]*"
    rf"|(?P<chapter>第[{HAN_DIGITS}百\d]{{1,4}}章)[：:、.．\s]*"
    rf"|(?P<han>[{HAN_DIGITS}]{{1,3}})\s*[、.．，,：:]\s*"
    rf"|(?P<han_paren>[（(]\s*[{HAN_DIGITS}]{{1,3}}\s*[）)])[、.．]?\s*"
    r"|(?P<digit>\d{1,2})\s*(?:、|[.．](?!\d))\s*"
    r"|(?P<digit_paren>[（(]\s*\d{1,2}\s*[）)])[、.．]?\s*"
    r"|(?P<digit_close>\d{1,2}[）)])[、.．]?\s*"
    r"|(?P<circled>[①-⑳])\s*"
)
RANKS = {
    "part": 0,
    "chapter": 1,
    "han": 2,
    "han_paren": 3,
    "digit": 4,
    "digit_paren": 5,
    "digit_close": 6,
    "circled": 7,
    "unnumbered": 2,
}
STYLED = "styled"
UNNUMBERED = "unnumbered"  # stands where 一、 would: word processors lose automatic numbers
PAIRED = {"digit": "han", "digit_paren": "han_paren"}
CONTENTS_TAIL = re.compile(r"\s*(?:[.．…·]{2,}|PAGEREF|\t).*$")
NO_HEADING = re.compile(
    r"[。；;！？!?，,%％=≥≤]|\d\s*(?:万|亿|千)?元|\d\.\d\d|[、—\-]$|[：:]."  # sentences, rows
)
RUN_IN = re.compile(
    rf"((?:\d{{4}}\s*年度?)?[^。；;，,：:！？\d%％（(]{{2,{RUN_IN_LIMIT}}}(?:情况|说明|概况|综述))"
    r"(?:[。：:]\s*|\s+)(?=\S)"
)
COMPLETE = ("情况", "说明", "分析", "概况")  # a heading that ends so goes on in no other line
BARE_END = "情况说明"
BARE = re.compile(rf"[^，。；：:,;、\t|]{{2,36}}{BARE_END}")
# Where a dump put many paragraphs on one line, white space and a number are all that parts them.
INLINE = re.compile(
    rf"\s+(?=第[{HAN_DIGITS}\d]{{1,3}}部分|[{HAN_DIGITS}]{{1,3}}、|[（(][{HAN_DIGITS}]{{1,3}}[）)]"
    r"|\d{1,2}[、.．]\s?[^\d\s])"
)
SPACE, DIGITS, LETTER = re.compile(r"\s"), re.compile(r"\d+"), re.compile(r"[^\W\d_]")
LONG_PARAGRAPH = 800  # characters; longer ones may hold several headings
SENTENCE_END = re.compile(r"[。；;！？!?，,]")


@immutable
class Passage:
    """One stretch of running text under its heading; the blocks it spans include the heading.

    Where character locators exist, the locator cuts `text` out of the source; else `text` is the
    paragraphs' `raw` joined by line breaks and the locator is that of the first paragraph.
    """

    level: int
    number: str | None
    heading: str | None
    text: str
    locator: Locator
    first_block: int
    last_block: int
    paragraphs: tuple[Paragraph, ...] = ()


@immutable
class _Heading:
    style: str
    ordinal: int  # 0 for a heading its text follows: such items count on their own
    number: str | None
    text: str
    lines: int  # printed lines it takes
    rest: Paragraph | None  # text that follows in the same line
    level: int | None = None  # depth given by the format


def outline(document: Document) -> tuple[Passage, ...]:
    """The running text of a document, as passages that cover every paragraph exactly once."""
    return tuple(_passages(document))


def cell_passage(heading: str, cell: Cell, block: int) -> Passage:
    """The running text of one cell, such as 实际完成情况, under its label as a heading."""
    paragraph = Paragraph(cell.text, cell.raw, cell.locator)
    return Passage(1, None, heading, cell.raw, cell.locator, block, block, (paragraph,))


def _passages(document: Document) -> Iterator[Passage]:
    blocks, places = _pieces(document.blocks)
    width = _wrap_width(blocks)
    levels = _Levels()
    head: tuple[int, str | None, str | None] = (0, None, None)
    start: int | None = None
    edge = _NOWHERE
    body: list[Paragraph] = []
    at = 0
    while at < len(blocks):
        block = blocks[at]
        heading = _heading(blocks, at, width, levels) if isinstance(block, Paragraph) else None
        if isinstance(block, Paragraph) and heading is None:
            start = at if start is None else start
            body.append(block)
            at += 1
            continue
        if start is not None:
            yield _passage(document, head, body, edge, (places[start], places[at - 1]))
        if heading is None:  # a table: its words are no running text
            start, body, edge = None, [], block.locator
            at += 1
            continue
        head = levels.enter(heading), heading.number, heading.text
        start = at
        at += heading.lines
        edge = _end_of(blocks[at - 1].locator)
        body = [heading.rest] if heading.rest is not None else []
    if start is not None:
        yield _passage(document, head, body, edge, (places[start], places[-1]))


def _pieces(blocks: Sequence[Block]) -> tuple[list[Block], list[int]]:
    """The blocks with overlong paragraphs cut before inline headings, and where each one stood."""
    pieces: list[Block] = []
    places: list[int] = []
    for place, block in enumerate(blocks):
        if isinstance(block, Paragraph) and len(block.raw) > LONG_PARAGRAPH:
            cut = list(_cut(block))
            pieces += cut
            places += [place] * len(cut)
        else:
            pieces.append(block)
            places.append(place)
    return pieces, places


def _cut(paragraph: Paragraph) -> Iterator[Paragraph]:
    start = 0
    for match in INLINE.finditer(paragraph.raw):
        yield _part(paragraph, start, match.start())
        start = match.end()
    yield _part(paragraph, start, len(paragraph.raw)) if start else paragraph


def _part(paragraph: Paragraph, start: int, end: int) -> Paragraph:
    """A stretch of a paragraph, as a paragraph of its own."""
    raw = paragraph.raw[start:end]
    locator = paragraph.locator
    if locator.char_start is not None:
        base = locator.char_start
        locator = stretch(locator, base + start, base + end)
    return Paragraph(raw.strip(), raw, locator, paragraph.level if start == 0 else None)


_NOWHERE = Locator()


def _passage(
    document: Document,
    head: tuple[int, str | None, str | None],
    body: Sequence[Paragraph],
    edge: Locator,
    span: tuple[int, int],
) -> Passage:
    first, last = span
    level, number, title = head
    if not body:
        return Passage(level, number, title, "", edge, first, last)
    opening, closing = body[0].locator, body[-1].locator
    source = document.source_text
    if source is not None and opening.char_start is not None and closing.char_end is not None:
        text = source[opening.char_start : closing.char_end]
        locator = stretch(opening, opening.char_start, closing.char_end)
    else:
        text = "\n".join(paragraph.raw for paragraph in body)
        locator = opening
    return Passage(level, number, title, text, locator, first, last, tuple(body))


def _end_of(locator: Locator) -> Locator:
    if locator.char_end is None:
        return locator
    return stretch(locator, locator.char_end, locator.char_end)


class _Levels:
    """The open headings: which style of number stands at which depth, and how far it counts."""

    def __init__(self) -> None:
        self._open: list[tuple[str, int, int]] = []  # style, ordinal, level

    def due(self, style: str, ordinal: int) -> str:
        """The style a number stands for: `6、` counts as 六、 where 六 is due and 6 is not."""
        paired = PAIRED.get(style)
        last = {name: number for name, number, _ in self._open}
        if paired is None or ordinal < 2 or last.get(style) == ordinal - 1:
            return style
        return paired if last.get(paired) == ordinal - 1 else style

    def enter(self, heading: _Heading) -> int:
        """Open a heading and say how deep it stands."""
        style = heading.style
        if style == STYLED:
            level = heading.level or 1
            while self._open and self._open[-1][2] >= level:
                self._open.pop()
        else:
            while self._open and self._rank(self._open[-1][0]) >= RANKS[style]:
                self._open.pop()
            level = self._open[-1][2] + 1 if self._open else 1
        self._open.append((style, heading.ordinal, level))
        return level

    @staticmethod
    def _rank(style: str) -> int:
        return RANKS.get(style, -1)


def _heading(
    blocks: Sequence[Block], at: int, width: int | None, levels: _Levels
) -> _Heading | None:
    paragraph = blocks[at]
    if not isinstance(paragraph, Paragraph):
        return None
    text = paragraph.text
    match = NUMBER.match(text)
    if match is None:
        return _styled(paragraph)
    printed = match.group(match.lastgroup or 0)
    number = SPACE.sub("", printed)
    ordinal = _ordinal(number)
    style = match.lastgroup or ""
    lines = _logical_line(blocks, at, width)
    limit = STYLED_LIMIT if paragraph.level is not None else HEADING_LIMIT
    title = _title("".join(line.text for line in lines)[match.end() :], limit)
    if title is None and text.endswith(COMPLETE):
        lines = lines[:1]
        title = _title(text[match.end() :], limit)
    if title is not None:
        style = levels.due(style, ordinal)
        return _Heading(style, ordinal, number, title, len(lines), None)
    run_in = RUN_IN.match(text, match.end())
    if run_in is None:
        return None
    rest = _after(paragraph, run_in.end())
    return _Heading(style, 0, number, run_in.group(1), 1, rest) if rest else None


def _styled(paragraph: Paragraph) -> _Heading | None:
    title = paragraph.text.strip()
    if paragraph.level is None and title.endswith(BARE_END) and BARE.fullmatch(title):
        return _Heading(UNNUMBERED, 0, None, title, 1, None)
    if paragraph.level is None or not title or len(title) > STYLED_LIMIT:
        return None
    if SENTENCE_END.search(title):
        return None
    return _Heading(STYLED, 0, None, title, 1, None, paragraph.level)


def _title(body: str, limit: int) -> str | None:
    """The words of a heading, or None for a sentence or a row of a table."""
    title = CONTENTS_TAIL.sub("", body).strip().rstrip("：:").strip()
    if title.endswith(("情况。", "说明。", "概况。")):
        title = title[:-1]
    if not title or len(title) > limit or NO_HEADING.search(title):
        return None
    return title if LETTER.search(title) else None


def _after(paragraph: Paragraph, offset: int) -> Paragraph | None:
    """What follows a heading printed in the same line, as a paragraph of its own."""
    rest = paragraph.text[offset:]
    start = paragraph.raw.rfind(rest)
    return _part(paragraph, start, start + len(rest)) if start >= 0 else None


def _logical_line(blocks: Sequence[Block], at: int, width: int | None) -> list[Paragraph]:
    """The printed lines that make one line of text, where a dump breaks lines at a fixed width."""
    first = blocks[at]
    lines = [first] if isinstance(first, Paragraph) else []
    while width and lines and len(lines) < 3 and columns(lines[-1].text) >= FULL_LINE * width:
        following = blocks[at + len(lines)] if at + len(lines) < len(blocks) else None
        if not isinstance(following, Paragraph) or NUMBER.match(following.text):
            break
        lines.append(following)
    return lines


def _wrap_width(blocks: Sequence[Block]) -> int | None:
    """The usual length of a full line where a dump wraps its lines, else None."""
    texts = [block.text for block in blocks if isinstance(block, Paragraph)]
    if len(texts) < WRAP_FEWEST:
        return None
    widths = sorted(map(columns, texts))
    width = widths[int(len(widths) * 0.95)]
    full = sum(1 for each in widths if each >= FULL_LINE * width)
    return width if WRAP_LEAST <= width <= WRAP_LIMIT and full >= WRAP_SHARE * len(widths) else None


def columns(text: str) -> int:
    """Length in full-width characters.

    >>> columns("2024年度")
    4
    """
    narrow = len(text.encode("ascii", "ignore"))
    return len(text) - narrow // 2


def _ordinal(number: str) -> int:
    """The value of a printed number.

    >>> _ordinal("（十二）"), _ordinal("第三部分"), _ordinal("6"), _ordinal("③")
    (12, 3, 6, 3)
    """
    digits = DIGITS.search(number)
    if digits:
        return int(digits.group())
    if "①" <= number[0] <= "⑳":
        return ord(number[0]) - ord("①") + 1
    total = 0
    for sign in number:
        if sign == "十":
            total = (total or 1) * 10
        elif sign in HAN_DIGITS:
            total += HAN_DIGITS.index(sign) + 1
    return total
