"""The lines of a text around marked spans, cut into pieces so that a mark never moves."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from pipeline.show.plain import printable
from schemas.columns import Locator

AROUND = 140  # characters shown before and after a mark; dumps may hold a report on one line
TO_LINE_END = 160  # characters more, where that completes a line
Span = tuple[int, int]
Piece = tuple[str, list[int]]
Passage = list[tuple[int | None, list[Piece]]]


def passages(text: str, marks: Sequence[tuple[int, Locator]]) -> list[Passage]:
    """The passages that hold the marks, in order; neighbours are one passage."""
    spans = [
        (number, (at.char_start, at.char_end))
        for number, at in marks
        if at.char_start is not None and at.char_end is not None and at.char_end <= len(text)
    ]
    windows = merged([_window(text, span) for _, span in spans])
    starts = [0, *(i + 1 for i, character in enumerate(text) if character == "\n")]
    return [_passage(text, window, starts, spans) for window in windows]


def merged(spans: Sequence[Span]) -> list[Span]:
    """Spans in order, those that touch as one.

    >>> merged([(5, 9), (0, 3), (8, 12)])
    [(0, 3), (5, 12)]
    """
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def _window(text: str, span: Span) -> Span:
    start, end = max(0, span[0] - AROUND), min(len(text), span[1] + AROUND)
    before = text.rfind("\n", max(0, start - TO_LINE_END), start)
    after = text.find("\n", end, end + TO_LINE_END)
    if before >= 0:
        start = before + 1
    elif start <= TO_LINE_END:
        start = 0
    return start, after if after >= 0 else end


def _passage(
    text: str, window: Span, starts: Sequence[int], spans: Sequence[tuple[int, Span]]
) -> Passage:
    lines: Passage = []
    at = window[0]
    while at < window[1]:
        number = bisect_right(starts, at)
        following = starts[number] if number < len(starts) else len(text) + 1
        end = min(following - 1, window[1])
        if text[at:end].strip():
            lines.append((number, _pieces(text, (at, end), spans)))
        at = following
    return lines


def _pieces(text: str, line: Span, spans: Sequence[tuple[int, Span]]) -> list[Piece]:
    """A line cut wherever a mark begins or ends."""
    edges = {*line}
    for _, (start, end) in spans:
        edges |= {edge for edge in (start, end) if line[0] < edge < line[1]}
    ends = sorted(edges)
    return [
        (
            printable(text[low:high].replace("\r", "")),
            [number for number, (start, end) in spans if start <= low and high <= end],
        )
        for low, high in zip(ends, ends[1:], strict=False)
    ]
