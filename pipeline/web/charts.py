"""Plots as plain SVG made on the server: geometry here, drawing in `_charts.html`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

PLOT_WIDTH = 440.0  # no wider, so that its labels can be read on a telephone
PLOT_HEIGHT = 210.0
FOOT = 46.0  # room for the labels below and the name of the axis
HEAD = 34.0  # room for the counts above and the name of the axis
BAR_UNITS = 1000.0  # width of a horizontal bar's own coordinate system


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a horizontal bar: which class it is drawn in, where it begins, how wide it is."""

    style: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar with its label, its total and where a click leads."""

    label: str
    total: str
    segments: tuple[Segment, ...]
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a histogram."""

    label: str
    count: int
    x: float
    width: float
    y: float
    height: float
    style: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """A histogram with the names of its axes and one sentence on what it shows."""

    title: str
    across: str
    up: str
    said: str
    columns: tuple[Column, ...]
    width: float = PLOT_WIDTH
    height: float = PLOT_HEIGHT
    base: float = PLOT_HEIGHT - FOOT


def bars(
    rows: Sequence[tuple[str, str | None, Sequence[tuple[str, float]], str]],
) -> tuple[Bar, ...]:
    """Horizontal bars on one scale; a row is its label, link, (class, value) parts and total.

    >>> bars([("甲", None, [("high", 1), ("low", 1)], "2")])[0].segments[1]
    Segment(style='low', start=500.0, width=500.0)
    """
    largest = max((sum(value for _, value in parts) for _, _, parts, _ in rows), default=0) or 1
    return tuple(
        Bar(label, total, _segments(parts, BAR_UNITS / largest), href)
        for label, href, parts, total in rows
    )


def _segments(parts: Sequence[tuple[str, float]], scale: float) -> tuple[Segment, ...]:
    result: list[Segment] = []
    start = 0.0
    for style, value in parts:
        if value > 0:
            result.append(Segment(style, round(start, 2), round(value * scale, 2)))
            start += value * scale
    return tuple(result)


def columns(counts: Sequence[tuple[str, int, str]]) -> tuple[Column, ...]:
    """The columns of a histogram; a count is its label, how many, and its class."""
    if not counts:
        return ()
    largest = max(count for _, count, _ in counts) or 1
    step = PLOT_WIDTH / len(counts)
    room = PLOT_HEIGHT - FOOT - HEAD
    return tuple(
        Column(
            label,
            count,
            round(index * step + step * 0.08, 2),
            round(step * 0.84, 2),
            round(HEAD + room * (1 - count / largest), 2),
            round(room * count / largest, 2),
            style,
        )
        for index, (label, count, style) in enumerate(counts)
    )


def plot_of(names: Sequence[str], rows: Sequence[Sequence[object]]) -> tuple[Bar, ...]:
    """Bars for a query's result: the first text column as label, the first figures as length."""
    if not rows or len(names) < 2:
        return ()
    numeric = [i for i in range(len(names)) if _is_figure(rows, i)]
    labels = [i for i in range(len(names)) if i not in numeric] or [0]
    if not numeric or numeric[0] == labels[0]:
        numeric = [i for i in numeric if i != labels[0]]
    if not numeric:
        return ()
    value, label = numeric[0], labels[0]
    drawn = [row for row in rows if isinstance(row[value], int | float | Decimal)]
    parts = [
        (str(row[label]), None, [("plain", max(0.0, float(str(row[value]))))], str(row[value]))
        for row in drawn
    ]
    return bars(parts)


def _is_figure(rows: Sequence[Sequence[object]], index: int) -> bool:
    values = [row[index] for row in rows if row[index] is not None]
    return bool(values) and all(
        isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in values
    )
