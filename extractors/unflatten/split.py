"""Cuts a run of lines into tokens: cells where separators say so, words where none are left."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from extractors.unflatten.fragments import join_fragments
from extractors.unflatten.tokens import Gap, Layout, Line, Run, Token, clean
from extractors.values import has_number, is_blank
from schemas.labels import meanings

_WORDS = re.compile(
    r"[（(] *20\d\d *年度? *[）)]|[^\s\u3000]+(?:(?<=[A-Za-z]) (?=[A-Za-z])[^\s\u3000]+)*"
)
_GLUED = re.compile(r"^([^:：]{2,24}[:：])\s*(\S.*)$", re.DOTALL)
_FEWEST_ROWS = 4  # rows that show how many bars a row has, or that blank cells are left out


def tokenize(run: Run, source: str) -> tuple[Token, ...]:
    """The tokens of a run of lines."""
    tokens = _READERS[run.layout](run.lines, source)
    parted = _split_labels(tokens, source)
    return join_fragments(parted, source) if run.layout in ("lines", "spaces", "prose") else parted


def without_padding(tokens: Sequence[Token], run: Run) -> tuple[Token, ...] | None:
    """The tokens of a dump that leaves blank cells out and pads each row with bars at its end,
    without the padding; None where blank cells are printed in their place.
    """
    barred = [line.text.rstrip() for line in run.lines if "|" in line.text or "｜" in line.text]
    if sum(text.endswith("||") for text in barred) * 3 < len(barred):
        return None
    kept: list[Token] = []
    rows = 0
    for row in _token_rows(tokens):
        last = max((i for i, token in enumerate(row) if token.text), default=-1)
        first = next((i for i, token in enumerate(row) if token.text), 0)
        if not all(token.text for token in row[first : last + 1]):
            return None
        filled = row[first : last + 1]
        kept.extend([replace(t, gap=Gap.ROW) if not i else t for i, t in enumerate(filled)])
        rows += bool(filled)
    return tuple(kept) if rows >= _FEWEST_ROWS else None


def _token_rows(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    starts = [i for i, token in enumerate(tokens) if token.gap == Gap.ROW or not i]
    for start, stop in zip(starts, [*starts[1:], len(tokens)], strict=True):
        yield tokens[start:stop]


def _token(raw: str, start: int, gap: int, place: int) -> Token:
    """The token of a printed string that begins at `start`."""
    stripped = raw.strip()
    if not stripped:
        return Token("", start, start, gap, place, not raw.strip("\r\n"))
    if len(stripped) < len(raw):
        start += raw.index(stripped)
    text = stripped if stripped.isalnum() else clean(stripped)
    return Token(text, start, start + len(stripped), gap, place)


def _led(lines: tuple[Line, ...], source: str) -> list[Token]:
    """One cell a line with a leading tab; a blank line ends the row."""
    tokens = []
    start = end = -1
    gap, place = Gap.ROW, 0
    for line in lines:
        text = line.text
        if text.startswith("\t"):
            if start >= 0:
                tokens.append(_token(source[start:end], start, gap, place))
                gap, place = Gap.CELL, place + 1
            start = line.start + len(text) - len(text.lstrip("\t"))
            end = line.start + len(text)
        elif not text.strip(" "):
            if start >= 0:
                tokens.append(_token(source[start:end], start, gap, place))
            start, gap, place = -1, Gap.ROW, 0
        elif start >= 0:
            end = line.start + len(text)
        else:
            start, end = line.start, line.start + len(text)
    if start >= 0:
        tokens.append(_token(source[start:end], start, gap, place))
    return tokens


def _tabs(lines: tuple[Line, ...], source: str) -> list[Token]:
    """One row a line, cells apart by tabs."""
    tokens: list[Token] = []
    for first, last in _row_spans(lines, "\t"):
        tokens += _row(source, lines[first].start, _end(lines[last]), "\t")
    return tokens


def _bars(lines: tuple[Line, ...], source: str) -> list[Token]:
    """One row a line, cells apart by bars of one width or the other."""
    if "｜" in source:
        source = source.replace("｜", "|")
        lines = tuple(Line(line.start, line.text.replace("｜", "|")) for line in lines)
    tokens: list[Token] = []
    for first, last in _whole_rows(lines):
        tokens += _row(source, lines[first].start, _end(lines[last]), "|")
    return tokens


def _end(line: Line) -> int:
    return line.start + len(line.text)


def _row(source: str, start: int, end: int, bar: str) -> list[Token]:
    """The cells of one row; a bar at either end stands before or after them, not between."""
    text = source[start:end]
    cells = text.split(bar)
    if text.lstrip().startswith(("|", "｜")):
        start += len(cells.pop(0)) + 1
    if len(cells) > 1 and bar == "|" and not cells[-1].strip():
        cells.pop()
    tokens = []
    for place, cell in enumerate(cells):
        tokens.append(_token(cell, start, Gap.CELL if place else Gap.ROW, place))
        start += len(cell) + 1
    return tokens


def _whole_rows(lines: tuple[Line, ...]) -> Iterator[tuple[int, int]]:
    """First and last line of each row, with rows that were broken after a cell of several lines
    joined again: all rows of a table have the same number of bars.
    """
    spans = list(_row_spans(lines, "|"))
    counts = [sum(line.text.count("|") for line in lines[a : b + 1]) for a, b in spans]
    whole = _bars_of_a_row(counts)
    leading = [lines[a].text.lstrip().startswith("|") for a, _ in spans]
    at = 0
    while at < len(spans):
        last, total = at, counts[at]
        other = counts[at : at + 3] == [total] * 3  # rows of a narrower table
        while total < whole and last + 1 < len(spans) and not other:
            if leading[at] and leading[last + 1]:
                break
            last += 1
            total += counts[last]
        if total != whole:
            last = at
        yield spans[at][0], spans[last][1]
        at = last + 1


def _bars_of_a_row(counts: Sequence[int]) -> int:
    """The number of bars that rows have, or 0 where they have no common number."""
    common = Counter(count for count in counts if count > 2).most_common(1)
    if not common or common[0][1] < _FEWEST_ROWS or common[0][1] * 3 < len(counts):
        return 0
    return common[0][0]


def _row_spans(lines: tuple[Line, ...], bar: str) -> Iterator[tuple[int, int]]:
    """First and last line of each row as broken: a line without a separator is part of the row that
    it follows or opens.
    """
    first: int | None = None
    for index, line in enumerate(lines):
        if not line.text.strip():
            if first is not None and bar in lines[index - 1].text:
                yield first, index - 1
                first = None
            continue
        if first is None:
            first = index
        if bar in line.text and not _opens_cell(lines, index, bar):
            yield first, index
            first = None
    if first is not None:
        yield first, max(i for i, line in enumerate(lines) if line.text.strip())


def _opens_cell(lines: Sequence[Line], index: int, bar: str) -> bool:
    """Whether a line is the beginning of a row's first cell, which goes on in the line below."""
    text = lines[index].text.strip()
    below = lines[index + 1].text.strip() if index + 1 < len(lines) else ""
    begun = bar == "|" and text.startswith(bar) and text.count(bar) == 1 and len(text) > 1
    return begun and bool(below) and not below.startswith(bar)


def _bar_cells(lines: tuple[Line, ...], source: str) -> list[Token]:
    """One cell a line, ended by a bar; a lone bar is a blank cell, several end a merged row."""
    tokens = []
    start = -1
    gap, place = Gap.ROW, 0
    for line in lines:
        stripped = line.text.strip()
        if stripped.startswith("||") and not stripped.strip("|"):
            gap, place = Gap.ROW, 0
            continue
        if "|" not in line.text:
            start = line.start if start < 0 and stripped else start
            continue
        at = line.start
        start = at if start < 0 else start
        for piece in line.text.split("|"):
            end = at + len(piece)
            if piece or at == line.start:
                tokens.append(_token(source[start:end], start, gap, place))
                gap, place = Gap.CELL, place + 1
            start = at = end + 1
        start = -1
    return tokens


def _lines(lines: tuple[Line, ...], source: str) -> list[Token]:
    """One cell a line; a line of blanks is an empty cell, an empty line is nothing."""
    tokens: list[Token] = []
    for line in lines:
        start = line.start
        for piece in line.text.split("\t"):
            if piece:
                tokens.append(_token(piece, start, Gap.LINE, len(tokens)))
            start += len(piece) + 1
    return tokens


def _words(lines: tuple[Line, ...], source: str) -> list[Token]:
    """One row a line, cells and words alike apart by spaces."""
    tokens = []
    for line in lines:
        gap, place = Gap.LINE, 0
        for piece in _WORDS.finditer(line.text):
            first, last = line.start + piece.start(), line.start + piece.end()
            tokens.append(Token(clean(piece.group()), first, last, gap, place))
            gap, place = Gap.WEAK, place + 1
    return tokens


def _split_labels(tokens: list[Token], source: str) -> tuple[Token, ...]:
    """The tokens with labels parted from the values that are glued to them (`预算数：100`)."""
    parted: list[Token] = []
    done = 0  # tokens that have been taken over
    for index in [i for i, t in enumerate(tokens) if "：" in t.text or ":" in t.text]:
        token = tokens[index]
        if cut := _label_length(source[token.start : token.end]):
            middle = token.start + cut
            label, value = source[token.start : middle], source[middle : token.end]
            parted += tokens[done:index]
            parted.append(_token(label, token.start, token.gap, token.place))
            parted.append(_token(value, middle, Gap.CELL, token.place))
            done = index + 1
    return (*parted, *tokens[done:])


@lru_cache(maxsize=16384)
def _label_length(raw: str) -> int:
    """How many characters of a cell are a label that is glued to its value, or 0."""
    match = _GLUED.match(raw)
    if not match or not any(context in ("head", "funds") for _, context in meanings(match[1])):
        return 0
    # 其中： opens the name of a line of funds or of a sub-indicator, unless a figure follows it.
    named = match[1].startswith("其中") and not (is_blank(match[2]) or has_number(match[2][:2]))
    return 0 if named else match.end(1)


_READERS: dict[Layout, Callable[[tuple[Line, ...], str], list[Token]]] = {
    "led": _led,
    "tabs": _tabs,
    "bars": _bars,
    "bar_cells": _bar_cells,
    "lines": _lines,
    "spaces": _words,
    "prose": _words,
}
