"""Tables of rules across alone: above, under the header, below; their columns are gaps in the text.

A passage between rules stays text: only where every line stands in columns parted by the same clear
gaps is there a table.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extractors.readers.pdf_lattice import Grid
from extractors.readers.pdf_page import Characters, Flags, Floats, Ints
from extractors.readers.pdf_rules import BRIDGE, Rules

FEWEST_RULES = 3  # above, under the header, below
MOST_RULES = 500  # more of them are a drawing
FEWEST_LINES = 3  # the header and two rows
FEWEST_GAPS = 2
CLEAR_GAP = 1.0  # of the size: between two columns, in every line
NEW_LINE = 0.5  # of the size: a step in height that begins another line
FEWEST_FILLED = 2  # columns of each line: fewer are a title, a note or the rest of a wrapped cell


def find_open_grids(
    characters: Characters, lone: Rules, ruled: tuple[Grid, ...]
) -> tuple[Grid, ...]:
    """The tables between rules that no upright rule meets, outside the ruled tables of a page."""
    if not FEWEST_RULES <= len(lone.at) <= MOST_RULES:
        return ()
    return tuple(
        grid
        for rules in _alike(lone)
        for grid in _grids(characters, rules)
        if not any(_overlap(grid, other) for other in ruled)
    )


def _alike(lone: Rules) -> Iterator[Rules]:
    """Rules that begin and end alike, from top to bottom."""
    waiting = np.ones(len(lone.at), dtype=np.bool_)
    for first in range(len(lone.at)):
        same = waiting & (np.abs(lone.start - lone.start[first]) <= BRIDGE)
        same &= np.abs(lone.end - lone.end[first]) <= BRIDGE
        if waiting[first] and np.count_nonzero(same) >= FEWEST_RULES:
            chosen = lone.chosen(same)
            order = np.argsort(chosen.at)
            yield Rules(chosen.at[order], chosen.start[order], chosen.end[order])
        waiting &= ~same


def _grids(characters: Characters, rules: Rules) -> Iterator[Grid]:
    """The tables among rules: as many bands from rule to rule as share their columns."""
    first = 0
    while first + FEWEST_RULES <= len(rules.at):
        grid, last = None, first + 1
        while last < len(rules.at):
            longer = _between(characters, rules, first, last)
            if longer is None:
                break
            grid, last = longer, last + 1
        bands = last - 1 - first
        if grid is not None and bands + 1 >= FEWEST_RULES and len(grid.ys) > FEWEST_LINES:
            yield grid
        first = max(first + 1, last - 1 if grid is not None else 0)


def _between(characters: Characters, rules: Rules, first: int, last: int) -> Grid | None:
    """The grid of the text between two rules, or None where it does not stand in columns."""
    top, bottom = float(rules.at[first]), float(rules.at[last])
    left, right = float(rules.start.min()), float(rules.end.max())
    inside = np.flatnonzero((characters.middle > top) & (characters.middle < bottom))
    if not len(inside):
        return None
    x0, x1 = characters.left[inside], characters.right[inside]
    if float(x0.min()) < left - BRIDGE or float(x1.max()) > right + BRIDGE:
        return None  # rules that do not span what stands between them are underlines
    em = float(np.median(characters.em[inside]))
    stops = _stops(x0, x1, CLEAR_GAP * em)
    if len(stops) < FEWEST_GAPS:
        return None
    line, heights = _lines(characters.middle[inside], NEW_LINE * em)
    column = np.searchsorted(stops, (x0 + x1) / 2)
    filled = np.zeros((len(heights), len(stops) + 1), dtype=np.bool_)
    filled[line, column] = True
    if int(filled.sum(axis=1).min()) < FEWEST_FILLED:
        return None
    ys = _edges(heights, rules.at[first : last + 1])
    return None if ys is None else _grid(np.array([left, *stops.tolist(), right]), ys)


def _stops(x0: Floats, x1: Floats, clear: float) -> Floats:
    """The middles of the gaps that no character reaches into."""
    order = np.argsort(x0)
    reach = np.maximum.accumulate(x1[order])[:-1]
    following = x0[order][1:]
    wide: Flags = following - reach >= clear
    middles: Floats = (reach[wide] + following[wide]) / 2
    return middles


def _lines(middle: Floats, step: float) -> tuple[Ints, Floats]:
    """The line of each character, and the height of each line."""
    order = np.argsort(middle)
    ascending = middle[order]
    rank = np.concatenate(([0], np.cumsum(ascending[1:] - ascending[:-1] > step)))
    line = np.empty(len(middle), dtype=np.int64)
    line[order] = rank
    return line, np.bincount(rank, weights=ascending) / np.bincount(rank)


def _edges(heights: Floats, rules: Floats) -> Floats | None:
    """The edges of rows: rules, and half the way between lines; None where a band is empty."""
    band = np.searchsorted(rules, heights)
    if set(band.tolist()) != set(range(1, len(rules))):
        return None
    between = (heights[1:] + heights[:-1]) / 2
    edges: Floats = np.sort(np.concatenate((rules, between[band[1:] == band[:-1]])))
    return edges


def _grid(xs: Floats, ys: Floats) -> Grid:
    rows, columns = len(ys) - 1, len(xs) - 1
    cells = tuple((row, column, 1, 1) for row in range(rows) for column in range(columns))
    cover = np.arange(rows * columns, dtype=np.int64).reshape(rows, columns)
    return Grid(xs.round(2), ys.round(2), cells, cover)


def _overlap(grid: Grid, other: Grid) -> bool:
    x0, top, x1, bottom = grid.box
    ox0, otop, ox1, obottom = other.box
    return x0 < ox1 and ox0 < x1 and top < obottom and otop < bottom
