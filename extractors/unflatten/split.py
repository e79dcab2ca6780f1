"""Cuts a run of lines into tokens: cells where separators say so, words where none are left."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from extractors.unflatten.fragments import join_fragments
from extractors.unflatten.tokens import Gap, Line, Run, Token, clean
from extractors.values import is_blank
from schemas.labels import meanings

_BAR = re.compile(r"[|｜]")
_TAB = re.compile(r"\t")
_PADDED = re.compile(r"\|\|\s*$")
_WORDS = re.compile(r"[^\s\u3000]+(?:(?<=[A-Za-z]) (?=[A-Za-z])[^\s\u3000]+)*")
_PIECE = re.compile(r"[^|]*(?=\|)|[^|]+$")
_GLUED = re.compile(r"^([^:：]{2,24}[:：])\s*(\S.*)$", re.DOTALL)
_FEWEST_ROWS = 4  # rows that show how many bars a row has, or that blank cells are left out


def tokenize(run: Run, source: str) -> tuple[Token, ...]:
    """The tokens of a run of lines."""
    if run.layout == "led":
        tokens = _led(run.lines, source)
    elif run.layout == "tabs":
        tokens = _rows(run.lines, source, _TAB)
    elif run.layout == "bars":
        tokens = _rows(run.lines, source, _BAR)
    elif run.layout == "bar_cells":
        tokens = _bar_cells(run.lines, source)
    elif run.layout == "lines":
        tokens = _lines(run.lines, source)
    else:
        tokens = _words(run.lines, source)
    parted = tuple(_split_labels(tokens, source))
    return join_fragments(parted, source) if run.layout in ("lines", "spaces", "prose") else parted


def without_padding(tokens: Sequence[Token], run: Run) -> tuple[Token, ...] | None:
    """The tokens of a dump that leaves blank cells out and pads each row with bars at its end,
    without the padding; None where blank cells are printed in their place.
    """
    barred = [line.text for line in run.lines if _BAR.search(line.text)]
    if sum(bool(_PADDED.search(text)) for text in barred) * 3 < len(barred):
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


def _token(source: str, start: int, end: int, gap: Gap, place: int) -> Token:
    raw = source[start:end]
    stripped = raw.strip()
    begin = start + len(raw) - len(raw.lstrip()) if stripped else start
    hollow = not raw.strip("\r\n")
    return Token(clean(stripped), begin, begin + len(stripped), gap, place, hollow)


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
            start = line.start + len(text) - len(text.lstrip("\t"))
            end = line.start + len(text)
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
    for first, last in _whole_rows(lines, bar):
        start, end = lines[first].start, lines[last].start + len(lines[last].text)
        text = source[start:end]
        edges = [-1, *(match.start() for match in bar.finditer(text)), len(text)]
        if text.lstrip().startswith(("|", "｜")):
            edges = edges[1:]
        if len(edges) > 2 and not text[edges[-2] + 1 :].strip() and bar is not _TAB:
            edges = edges[:-1]
        gap = Gap.ROW
        for place in range(len(edges) - 1):
            yield _token(source, start + edges[place] + 1, start + edges[place + 1], gap, place)
            gap = Gap.CELL


def _whole_rows(lines: tuple[Line, ...], bar: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """First and last line of each row, with rows that were broken after a cell of several lines
    joined again: all rows of a table have the same number of bars.
    """
    spans = list(_row_spans(lines, bar))
    counts = [sum(len(bar.findall(lines[i].text)) for i in range(a, b + 1)) for a, b in spans]
    whole = _bars_of_a_row(counts) if bar is _BAR else 0
    at = 0
    while at < len(spans):
        last, total = at, counts[at]
        while total < whole and last + 1 < len(spans):
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


def _row_spans(lines: tuple[Line, ...], bar: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """First and last line of each row as broken: a line without a separator is part of the row that
    it follows or opens.
    """
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
    """One cell a line, ended by a bar; a lone bar is a blank cell, several end a merged row."""
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
        for piece in _PIECE.finditer(line.text):
            if piece.group() or piece.start() == 0:
                first, last = line.start + piece.start(), line.start + piece.end()
                yield _token(source, min(begin, first), last, gap, place)
                begin, gap, place = len(source), Gap.CELL, place + 1
        start = -1


def _lines(lines: tuple[Line, ...], source: str) -> Iterator[Token]:
    """One cell a line; a line of blanks is an empty cell, an empty line is nothing."""
    place = 0
    for line in lines:
        if line.text:
            for piece in re.finditer(r"[^\t]+", line.text):
                first, last = line.start + piece.start(), line.start + piece.end()
                yield _token(source, first, last, Gap.LINE, place)
                place += 1


def _words(lines: tuple[Line, ...], source: str) -> Iterator[Token]:
    """One row a line, cells and words alike apart by spaces."""
    for line in lines:
        gap, place = Gap.LINE, 0
        for piece in _WORDS.finditer(line.text):
            first, last = line.start + piece.start(), line.start + piece.end()
            yield _token(source, first, last, gap, place)
            gap, place = Gap.WEAK, place + 1


def _split_labels(tokens: Iterator[Token], source: str) -> Iterator[Token]:
    """Part a label from the value that is glued to it (`预算数：100`)."""
    for token in tokens:
        cut = 0
        if "：" in token.text or ":" in token.text:
            cut = _label_length(source[token.start : token.end])
        if cut:
            middle = token.start + cut
            yield _token(source, token.start, middle, token.gap, token.place)
            yield _token(source, middle, token.end, Gap.CELL, token.place)
        else:
            yield token


@lru_cache(maxsize=16384)
def _label_length(raw: str) -> int:
    """How many characters of a cell are a label that is glued to its value, or 0."""
    match = _GLUED.match(raw)
    if not match or not any(context in ("head", "funds") for _, context in meanings(match[1])):
        return 0
    of_which = match[1].startswith("其中") and not is_blank(match[2])
    return 0 if of_which and meanings(match[1] + match[2]) else match.end(1)
