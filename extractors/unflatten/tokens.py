"""Text dumps as runs of lines in one layout, and runs as tokens that are cells or parts of cells."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from extractors.values import is_blank
from schemas.labels import meanings

Layout = Literal["prose", "led", "tabs", "bars", "bar_cells", "lines", "spaces"]


class Gap(IntEnum):
    """What stands before a token: how surely it is another cell than the token before it."""

    WEAK = 0  # one space
    LINE = 1  # a line break that may stand inside a cell
    CELL = 2  # a separator of cells
    ROW = 3  # a separator of rows


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the source with the offset of its first character."""

    start: int
    text: str


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the source, from `start` to `end`, without outer white space.

    `text` is the cleaned string. `hollow` tells a cell with nothing in it from one with a printed blank.
    """

    text: str
    start: int
    end: int
    gap: Gap
    place: int  # cells before it in its row, where the layout keeps rows
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring lines in one layout."""

    layout: Layout
    lines: tuple[Line, ...]


_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]*|!--.*?--)>")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")
_CJK = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]"
_INNER_BREAK = re.compile(rf"(?<={_CJK})[ \t]*\n\s*|\n\s*(?={_CJK})")
_SPACES = re.compile(r"[\s\u3000]+")
HEADING = re.compile(r"^\s*(?:第[一二三四五六七八九十]+(?:部分|章)|[一二三四五六七八九十]+、)")
COVER = re.compile(
    r"^\s*(?:项目名称|实施单位|预算单位|(?:\w{0,4})?主管部门|项目负责人|填报时间)(?:（[^）]*）)?[:：]"
)


def clean(raw: str) -> str:
    """The value of a printed string: no markup residue, no break inside a word, no outer blanks.

    >>> clean("社会效益\\n指标")
    '社会效益指标'
    >>> clean("<p>1、保障&nbsp;运行。</p>")
    '1、保障 运行。'
    """
    if "<" in raw:
        raw = _TAG.sub(" ", raw)
    if "&" in raw and _ENTITY.search(raw):
        raw = html.unescape(raw)
    if "\n" in raw:
        raw = _INNER_BREAK.sub("", raw)
    return _SPACES.sub(" ", raw).strip() if raw.strip() != raw or _SPACES.search(raw) else raw


def split_lines(source: str) -> tuple[Line, ...]:
    """The lines of a text with their offsets, without their ends."""
    lines, start = [], 0
    for line in source.splitlines(keepends=True):
        lines.append(Line(start, line.rstrip("\r\n\f\v")))
        start += len(line)
    return tuple(lines)


def runs(lines: tuple[Line, ...]) -> Iterator[Run]:
    """The lines as runs of one layout, in order; blank lines stay with the run before them."""
    at = 0
    while at < len(lines):
        layout, end = _run_at(lines, at)
        yield Run(layout, lines[at:end])
        at = end


def _run_at(lines: tuple[Line, ...], at: int) -> tuple[Layout, int]:
    text = lines[at].text
    if "|" in text or "｜" in text:
        end = _bar_end(lines, at)
        return ("bar_cells" if _one_cell_a_line(lines[at:end]) else "bars"), end
    if "\t" in text.rstrip("\t") or text.startswith("\t") or text.endswith("\t\t"):
        end = _tab_end(lines, at)
        return ("tabs" if _inner_tabs(lines[at:end]) else "led"), end
    end = at + 1
    while end < len(lines) and not _separated(lines[end].text):
        end += 1
    return "prose", end


def _separated(text: str) -> bool:
    return "|" in text or "｜" in text or "\t" in text


def _bar_end(lines: tuple[Line, ...], at: int) -> int:
    """Where bars end: lines without a bar belong in between if a few and short."""
    last = at
    for index in range(at + 1, min(len(lines), at + 4000)):
        text = lines[index].text
        if "|" in text or "｜" in text:
            last = index
        elif index - last > 8 or len(text) > 400 or HEADING.match(text):
            break
    return last + 1


def _one_cell_a_line(lines: tuple[Line, ...]) -> bool:
    """Whether each bar ends a line of one cell, rather than separating cells within a line."""
    barred = [line.text.strip() for line in lines if "|" in line.text]
    single = sum(1 for text in barred if text.count("|") == 1 and text.endswith("|"))
    return single * 2 > len(barred) and len(barred) > 6


def _tab_end(lines: tuple[Line, ...], at: int) -> int:
    """Where a run with tabs ends: a line without one continues a cell only right after it."""
    end = at + 1
    blanks = 0
    for index in range(at + 1, len(lines)):
        text = lines[index].text
        if "\t" in text:
            end, blanks = index + 1, 0
        elif not text.strip():
            blanks += 1
            if blanks > 8:
                break
        elif blanks or len(text) > 400 or HEADING.match(text) or COVER.match(text):
            break
        else:
            end = index + 1
    return end


def _inner_tabs(lines: tuple[Line, ...]) -> bool:
    tabbed = [line.text for line in lines if "\t" in line.text]
    inner = sum(1 for text in tabbed if "\t" in text.strip("\t ") or text.endswith("\t\t"))
    return inner * 4 > len(tabbed)


def tokenize(run: Run, source: str) -> tuple[Token, ...]:
    """The tokens of a run of lines."""
    if run.layout == "led":
        return tuple(_split_labels(_led(run.lines, source), source))
    if run.layout == "tabs":
        return tuple(_split_labels(_rows(run.lines, source, re.compile(r"\t")), source))
    if run.layout == "bars":
        return tuple(_split_labels(_rows(run.lines, source, re.compile(r"[|｜]")), source))
    if run.layout == "bar_cells":
        return tuple(_split_labels(_bar_cells(run.lines, source), source))
    if run.layout == "lines":
        return tuple(_split_labels(_lines(run.lines, source), source))
    return tuple(_split_labels(_words(run.lines, source), source))


def _token(source: str, start: int, end: int, gap: Gap, place: int) -> Token:
    raw = source[start:end]
    lead = len(raw) - len(raw.lstrip())
    stripped = raw.strip()
    begin = start + lead if stripped else start
    return Token(clean(stripped), begin, begin + len(stripped), gap, place, hollow=not raw)


def _led(lines: tuple[Line, ...], source: str) -> Iterator[Token]:
    """One cell a line with a leading tab; a blank line ends the row."""
    start = end = -1
    gap, place = Gap.ROW, 0
    for line in lines:
        text = line.text
        if text.startswith("\t"):
            if start >= 0:
                yield _token(source, start, end, gap, place)
                gap, place = Gap.CELL, place + 1
            start, end = line.start + len(text) - len(text.lstrip("\t")), line.start + len(text)
        elif not text.strip(" "):
            if start >= 0:
                yield _token(source, start, end, gap, place)
            start, gap, place = -1, Gap.ROW, 0
        elif start >= 0:
            end = line.start + len(text)
        else:
            start, end = line.start, line.start + len(text)
    if start >= 0:
        yield _token(source, start, end, gap, place)


def _rows(lines: tuple[Line, ...], source: str, bar: re.Pattern[str]) -> Iterator[Token]:
    """One row a line with separators; a line without one continues the cell before it."""
    for first, last in _row_spans(lines, bar):
        start, end = lines[first].start, lines[last].start + len(lines[last].text)
        text = source[start:end]
        cuts = [match.start() for match in bar.finditer(text)]
        edges = [-1, *cuts, len(text)]
        if text.lstrip().startswith(("|", "｜")):
            edges = edges[1:]
        if len(edges) > 2 and not text[edges[-2] + 1 :].strip() and bar.pattern != r"\t":
            edges = edges[:-1]
        gap = Gap.ROW
        for place in range(len(edges) - 1):
            yield _token(source, start + edges[place] + 1, start + edges[place + 1], gap, place)
            gap = Gap.CELL


def _row_spans(lines: tuple[Line, ...], bar: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """First and last line of each row: a line with no separator is part of the row it follows or opens."""
    first: int | None = None
    for index, line in enumerate(lines):
        if not line.text.strip():
            if first is not None and bar.search(lines[index - 1].text):
                yield first, index - 1
                first = None
            continue
        if first is None:
            first = index
        if bar.search(line.text):
            yield first, index
            first = None
    if first is not None:
        yield first, max(i for i, line in enumerate(lines) if line.text.strip())


def _bar_cells(lines: tuple[Line, ...], source: str) -> Iterator[Token]:
    """One cell a line, each ended by a bar; a lone bar is an empty cell, several end a merged row."""
    start = -1
    gap, place = Gap.ROW, 0
    for line in lines:
        stripped = line.text.strip()
        if set(stripped) == {"|"} and len(stripped) > 1:
            gap, place = Gap.ROW, 0
            continue
        if "|" not in line.text:
            start = line.start if start < 0 and stripped else start
            continue
        begin = start if start >= 0 else line.start
        for piece in re.finditer(r"[^|]*(?=\|)|[^|]+$", line.text):
            if piece.group() or piece.start() == 0:
                yield _token(source, min(begin, line.start + piece.start()), line.start + piece.end(), gap, place)
                begin, gap, place = len(source), Gap.CELL, place + 1
        start = -1


def _lines(lines: tuple[Line, ...], source: str) -> Iterator[Token]:
    """One cell a line; a line of blanks is an empty cell, an empty line is nothing."""
    place = 0
    for line in lines:
        if line.text:
            for piece in re.finditer(r"[^\t]+", line.text):
                yield _token(source, line.start + piece.start(), line.start + piece.end(), Gap.LINE, place)
                place += 1


def _words(lines: tuple[Line, ...], source: str) -> Iterator[Token]:
    """One row a line, cells and words alike apart by spaces."""
    for line in lines:
        gap, place = Gap.LINE, 0
        for piece in re.finditer(r"[^\s\u3000]+(?:(?<=[A-Za-z]) (?=[A-Za-z])[^\s\u3000]+)*", line.text):
            yield _token(source, line.start + piece.start(), line.start + piece.end(), gap, place)
            gap, place = Gap.WEAK, place + 1


_GLUED = re.compile(r"^([^:：]{2,24}[:：])\s*(\S.*)$", re.DOTALL)


def _split_labels(tokens: Iterator[Token], source: str) -> Iterator[Token]:
    """Part a label from the value that is glued to it (`预算数：100`)."""
    for token in tokens:
        match = _GLUED.match(source[token.start : token.end]) if ("：" in token.text or ":" in token.text) else None
        if match and any(context in ("head", "funds") for _, context in meanings(match[1])) and not (
            match[1].startswith("其中") and not is_blank(match[2]) and meanings(match[1] + match[2])
        ):
            middle = token.start + match.end(1)
            yield _token(source, token.start, middle, token.gap, token.place)
            yield _token(source, middle, token.end, Gap.CELL, token.place)
        else:
            yield token
