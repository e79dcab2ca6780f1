"""Straight strokes of a page, merged into the rules a table can be built of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extractors.readers.pdf_page import Flags, Floats, Ints

THICKEST_RULE = 3.5  # points; a thicker bar is a shape, not a rule
SNAP = 2.5  # points between the two strokes of a double border, or of neighbouring cells' edges
BRIDGE = 3.0  # points between the dashes of one rule, and between rules that still meet
SHORTEST_RULE = 6.0  # points; shorter strokes belong to glyphs, arrows and check boxes


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules of one direction: `at` is the fixed coordinate, `start` to `end` the other one."""

    at: Floats
    start: Floats
    end: Floats

    def chosen(self, which: Flags) -> Rules:
        """The rules marked in `which`."""
        return Rules(self.at[which], self.start[which], self.end[which])


def split_directions(strokes: Floats) -> tuple[Rules, Rules]:
    """Horizontal and vertical rules out of thin boxes (n x 4), collinear pieces merged."""
    width = strokes[:, 2] - strokes[:, 0]
    height = strokes[:, 3] - strokes[:, 1]
    flat = (height <= THICKEST_RULE) & (width >= height)
    tall = (width <= THICKEST_RULE) & (height > width)
    across, down = strokes[flat], strokes[tall]
    return (
        _merged((across[:, 1] + across[:, 3]) / 2, across[:, 0], across[:, 2]),
        _merged((down[:, 0] + down[:, 2]) / 2, down[:, 1], down[:, 3]),
    )


def snapped(values: Floats) -> tuple[Ints, Floats]:
    """The cluster of each value and the middle of each cluster, clusters in ascending order."""
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    cluster = np.zeros(len(values), dtype=np.int64)
    np.cumsum(ascending[1:] - ascending[:-1] > SNAP, out=cluster[1:])
    middles = np.bincount(cluster, weights=ascending) / np.bincount(cluster)
    of_value = np.empty(len(values), dtype=np.int64)
    of_value[order] = cluster
    return of_value, middles


def _merged(at: Floats, start: Floats, end: Floats) -> Rules:
    if not len(at):
        return Rules(at, start, end)
    cluster, middles = snapped(at)
    # One running maximum serves all clusters: each is moved far beyond the one before it.
    far = (end.max() - start.min() + 10 * BRIDGE) * cluster
    order = np.argsort(start + far, kind="stable")
    cluster, far, start, end = cluster[order], far[order], start[order], end[order]
    reach = np.maximum.accumulate(end + far)
    first = np.flatnonzero(np.concatenate(([True], (start[1:] + far[1:]) > reach[:-1] + BRIDGE)))
    last = np.append(first[1:], len(start)) - 1
    rules = Rules(middles[cluster[first]], start[first], reach[last] - far[last])
    return rules.chosen(rules.end - rules.start >= SHORTEST_RULE)
