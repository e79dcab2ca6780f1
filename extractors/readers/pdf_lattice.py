"""Tables out of rules: rules that meet make a grid, its enclosed rectangles are the cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extractors.readers.pdf_page import Box, Flags, Floats, Ints
from extractors.readers.pdf_rules import BRIDGE, Rules, snapped, split_directions

OPEN_SIDE = 8.0  # points by which rules must run past the last crossing rule to mean an open side
MOST_CROSSINGS = 4_000_000  # a drawing with more rules than these is a plan or a map
TALLEST_LONE_ROW = 45.0  # points from a table's edge to a rule that bounds one more row of it
SMALLEST_TABLE = 12.0  # points; a smaller frame is a check box


@dataclass(frozen=True, slots=True)
class Grid:
    """One ruled table of a page: its lines, its cells and the cell that covers each square.

    `cells` are (row, column, rowspan, colspan); `cover` holds the index of the cell, -1 outside.
    """

    xs: Floats
    ys: Floats
    cells: tuple[tuple[int, int, int, int], ...]
    cover: Ints

    @property
    def box(self) -> Box:
        """The outer rules."""
        return (float(self.xs[0]), float(self.ys[0]), float(self.xs[-1]), float(self.ys[-1]))

    @property
    def area(self) -> float:
        """The area inside the outer rules, in square points."""
        x0, top, x1, bottom = self.box
        return (x1 - x0) * (bottom - top)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules of a page draw: tables, the smallest first, and rules across that stand alone.

    No upright rule meets the lone ones.
    """

    grids: tuple[Grid, ...]
    lone: Rules


def find_grids(strokes: Floats) -> Ruling:
    """The ruled tables drawn by the strokes of a page, and the rules left over."""
    across, down = split_directions(strokes)
    if not 0 < len(across.at) * len(down.at) <= MOST_CROSSINGS:
        return Ruling((), across)
    of_across, of_down = _components(across, down)
    _adopt_lone_rules(across, down, of_across, of_down)
    grids = []
    labels = set(of_down.tolist())
    for label in sorted(labels.intersection(of_across.tolist())):
        grid = _grid(across.chosen(of_across == label), down.chosen(of_down == label))
        if grid is not None:
            grids.append(grid)
    lone = np.array([label not in labels for label in of_across.tolist()], dtype=np.bool_)
    in_order = tuple(sorted(_without_frames(grids), key=lambda grid: grid.area))
    return Ruling(in_order, across.chosen(lone))


def _components(across: Rules, down: Rules) -> tuple[Ints, Ints]:
    """A label for each rule, the same for rules that meet directly or through others."""
    meet = (
        (across.start[:, None] - BRIDGE <= down.at[None, :])
        & (down.at[None, :] <= across.end[:, None] + BRIDGE)
        & (down.start[None, :] - BRIDGE <= across.at[:, None])
        & (across.at[:, None] <= down.end[None, :] + BRIDGE)
    )
    none = len(across.at)
    of_across = np.arange(none, dtype=np.int64)
    while True:
        of_down = np.where(meet, of_across[:, None], none).min(axis=0, initial=none)
        lower = np.where(meet, of_down[None, :], none).min(axis=1, initial=none)
        lower = np.minimum(lower, of_across)
        if np.array_equal(lower, of_across):
            return of_across, of_down
        of_across = lower


def _adopt_lone_rules(across: Rules, down: Rules, of_across: Ints, of_down: Ints) -> None:
    """Give rules that no upright one meets to the open-sided table that they go on with.

    In a table without outer sides a row of one cell is bounded by two rules alone.
    """
    met = set(of_down.tolist())
    lone = np.array([i for i, label in enumerate(of_across.tolist()) if label not in met], np.int64)
    for label in sorted(met) if len(lone) else ():
        own = of_across == label
        if not own.any():
            continue
        left, right = float(across.start[own].min()), float(across.end[own].max())
        sides = down.at[of_down == label]
        if sides.min() - left <= OPEN_SIDE or right - sides.max() <= OPEN_SIDE:
            continue
        same = (np.abs(across.start - left) <= BRIDGE) & (np.abs(across.end - right) <= BRIDGE)
        near = lone[same[lone]]
        top, bottom = float(across.at[own].min()), float(across.at[own].max())
        for index in sorted(near.tolist(), key=lambda i: abs(across.at[i] - (top + bottom) / 2)):
            at = float(across.at[index])
            if top - TALLEST_LONE_ROW <= at <= bottom + TALLEST_LONE_ROW:
                of_across[index] = label
                top, bottom = min(top, at), max(bottom, at)


def _grid(across: Rules, down: Rules) -> Grid | None:
    if len(across.at) + len(down.at) < 3 or not len(across.at) or not len(down.at):
        return None
    across, down = _closed(across, down)
    if len(across.at) < 2 or len(down.at) < 2:
        return None
    of_down, xs = snapped(down.at)
    of_across, ys = snapped(across.at)
    if len(xs) < 2 or len(ys) < 2 or xs[-1] - xs[0] < SMALLEST_TABLE:
        return None
    if ys[-1] - ys[0] < SMALLEST_TABLE / 2:
        return None
    above = _walls(of_across, across, xs, len(ys))
    before = _walls(of_down, down, ys, len(xs)).T
    found = _rectangles(above, before) or _regions(above, before)
    return None if found is None else Grid(xs.round(2), ys.round(2), *found)


def _closed(across: Rules, down: Rules) -> tuple[Rules, Rules]:
    """The same rules with the sides added that the table leaves open."""
    down = _with_ends(down, across)
    return _with_ends(across, down), down


def _with_ends(crossing: Rules, along: Rules) -> Rules:
    """`crossing` with a rule where at least two of `along` end together beyond the outermost."""
    first, last = float(crossing.at.min(initial=np.inf)), float(crossing.at.max(initial=-np.inf))
    left, right = float(along.start.min()), float(along.end.max())
    for ends, edge, beyond in (
        (along.start, left, first - left),
        (along.end, right, right - last),
    ):
        if beyond <= OPEN_SIDE:
            continue
        ending = np.abs(ends - edge) <= BRIDGE
        if int(np.count_nonzero(ending)) >= 2:
            crossing = Rules(
                np.append(crossing.at, edge),
                np.append(crossing.start, along.at[ending].min()),
                np.append(crossing.end, along.at[ending].max()),
            )
    return crossing


def _walls(line: Ints, rules: Rules, stops: Floats, lines: int) -> Flags:
    """For each line and each interval between stops: does a rule of the line cover the interval."""
    walls = np.zeros((lines, len(stops) - 1), dtype=np.bool_)
    first = np.searchsorted(stops, rules.start - BRIDGE)
    last = np.searchsorted(stops, rules.end + BRIDGE, side="right") - 1
    for at, begin, stop in zip(line.tolist(), first.tolist(), last.tolist(), strict=True):
        walls[at, begin:stop] = True
    return walls


def _rectangles(
    above: Flags, before: Flags
) -> tuple[tuple[tuple[int, int, int, int], ...], Ints] | None:
    """The cells of a grid whose walls are whole, or None when some wall has a hole."""
    rows, columns = above.shape[0] - 1, before.shape[1] - 1
    right = _next_wall(before.T, columns).T
    below = _next_wall(above, rows)
    row, column = np.nonzero(above[:-1] & before[:, :-1])
    width = right[row, column] - column
    height = below[row, column] - row
    number = np.full((rows, columns), -1, dtype=np.int64)
    number[row, column] = np.arange(len(row))
    top = np.maximum.accumulate(np.where(above[:-1], np.arange(rows)[:, None], 0), axis=0)
    side = np.maximum.accumulate(np.where(before[:, :-1], np.arange(columns), 0), axis=1)
    cover = number[top, side]
    cells = tuple(zip(row.tolist(), column.tolist(), height.tolist(), width.tolist(), strict=True))
    padded = np.full((rows + 2, columns + 2), -1, dtype=np.int64)
    padded[1:-1, 1:-1] = cover
    whole = (
        int((height * width).sum()) == rows * columns - int((cover < 0).sum())
        and not (width > columns).any()
        and not (height > rows).any()
        and np.array_equal(padded[1:-1, 1:] != padded[1:-1, :-1], before)
        and np.array_equal(padded[1:, 1:-1] != padded[:-1, 1:-1], above)
    )
    return (cells, cover) if whole and cells else None


def _next_wall(walls: Flags, never: int) -> Ints:
    """For each line of walls but the last: the index of the next line with a wall there."""
    index = np.where(walls, np.arange(len(walls))[:, None], 2 * never + 2)
    following: Ints = np.minimum.accumulate(index[::-1], axis=0)[::-1][1:]
    return following


def _regions(
    above: Flags, before: Flags
) -> tuple[tuple[tuple[int, int, int, int], ...], Ints] | None:
    """The cells of a grid with holes in its walls: regions closed to the outside, as rectangles."""
    rows, columns = above.shape[0] - 1, before.shape[1] - 1
    region = np.full((rows, columns), -2, dtype=np.int64)
    count = 0
    for r in range(rows):
        for c in range(columns):
            if region[r, c] == -2:
                squares, outside = _flood(above, before, r, c)
                for square in squares:
                    region[square] = -1 if outside else count
                count += not outside
    cells: list[tuple[int, int, int, int]] = []
    cover = np.full((rows, columns), -1, dtype=np.int64)
    for r in range(rows):
        for c in range(columns):
            if region[r, c] >= 0 and cover[r, c] < 0:
                height, width = _largest(region, cover, r, c)
                cover[r : r + height, c : c + width] = len(cells)
                cells.append((r, c, height, width))
    return (tuple(cells), cover) if cells else None


def _flood(above: Flags, before: Flags, r: int, c: int) -> tuple[set[tuple[int, int]], bool]:
    """All squares reached from one without crossing a wall, and whether that leads outside."""
    rows, columns = above.shape[0] - 1, before.shape[1] - 1
    seen, waiting, outside = {(r, c)}, [(r, c)], False
    while waiting:
        r, c = waiting.pop()
        for nr, nc, wall in (
            (r - 1, c, above[r, c]),
            (r + 1, c, above[r + 1, c]),
            (r, c - 1, before[r, c]),
            (r, c + 1, before[r, c + 1]),
        ):
            if wall or (nr, nc) in seen:
                continue
            if 0 <= nr < rows and 0 <= nc < columns:
                seen.add((nr, nc))
                waiting.append((nr, nc))
            else:
                outside = True
    return seen, outside


def _largest(region: Ints, cover: Ints, r: int, c: int) -> tuple[int, int]:
    """Height and width of the rectangle of one region that begins at a square, width first."""
    label = region[r, c]
    width = 1
    while c + width < region.shape[1] and region[r, c + width] == label:
        if cover[r, c + width] >= 0:
            break
        width += 1
    height = 1
    while r + height < region.shape[0]:
        run = slice(c, c + width)
        if (region[r + height, run] != label).any() or (cover[r + height, run] >= 0).any():
            break
        height += 1
    return height, width


def _without_frames(grids: list[Grid]) -> list[Grid]:
    """Grids without frames drawn round other grids, and without boxes drawn inside a cell."""
    kept = []
    for grid in grids:
        others = [other for other in grids if other is not grid]
        if len(grid.cells) == 1 and any(
            _inside(other.box, grid.box) or _inside(grid.box, other.box) for other in others
        ):
            continue
        kept.append(grid)
    return kept


def _inside(inner: Box, outer: Box) -> bool:
    return (
        inner[0] >= outer[0] - BRIDGE
        and inner[1] >= outer[1] - BRIDGE
        and inner[2] <= outer[2] + BRIDGE
        and inner[3] <= outer[3] + BRIDGE
    )
