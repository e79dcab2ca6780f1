"""Straight strokes out of a page's paths: lines, frames, thin filled rectangles, long paths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extractors.readers import pdf_native as native
from extractors.readers.pdf_page import Floats
from extractors.readers.pdf_rules import THICKEST_RULE

Matrix = tuple[float, float, float, float, float, float]
Stroke = tuple[float, float, float, float]
Point = tuple[float, float]
UNMOVED: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
RECTANGLE = 5  # segments of a rectangle, its closing one counted
LONGEST_PATH = 20_000  # segments; a map has more, a table has not
STRAIGHT = 0.5  # points a straight stroke may lean
CURVE, MOVE = 1, 2  # pdfium's kinds of segments; 0 is a line


def combined(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that applies `inner` first.

    >>> combined((2, 0, 0, 2, 1, 0), (1, 0, 0, 1, 5, 5))
    (2, 0, 0, 2, 6, 5)
    """
    a, b, c, d, e, f = inner
    oa, ob, oc, od, oe, of = outer
    return (
        a * oa + b * oc,
        a * ob + b * od,
        c * oa + d * oc,
        c * ob + d * od,
        e * oa + f * oc + oe,
        e * ob + f * od + of,
    )


def moved(box: Stroke, matrix: Matrix) -> Stroke:
    """The upright box round a box after a matrix."""
    a, b, c, d, e, f = matrix
    x0, y0, x1, y1 = box
    xs = [a * x + c * y + e for x, y in ((x0, y0), (x1, y0), (x0, y1), (x1, y1))]
    ys = [b * x + d * y + f for x, y in ((x0, y0), (x1, y0), (x0, y1), (x1, y1))]
    return (min(xs), min(ys), max(xs), max(ys))


def strokes_of(paths: Sequence[tuple[int, Matrix]]) -> tuple[Floats, int]:
    """Thin boxes of all straight strokes in page space, and how many paths had curves."""
    if not paths:
        return np.zeros((0, 4), dtype=np.float64), 0
    handles = [path for path, _ in paths]
    bounds = native.bounds_of(handles)
    for index, (_, outer) in enumerate(paths):
        if outer != UNMOVED:
            bounds[index] = moved(tuple(bounds[index].tolist()), outer)
    filled, stroked = native.draw_modes(handles)
    short = native.segment_counts(handles) <= RECTANGLE
    thin = (bounds[:, 2:] - bounds[:, :2]).min(axis=1, initial=np.inf) <= THICKEST_RULE
    plain = (filled | stroked) & short & thin
    shade = ~stroked & short
    strokes: list[Stroke] = []
    curved = 0
    for index in np.flatnonzero((filled | stroked) & ~plain & ~shade).tolist():
        path, outer = paths[index]
        points = native.path_points(path, LONGEST_PATH)
        curved += any(kind == CURVE for kind, _, _, _ in points)
        matrix = combined(native.object_matrix(path), outer)
        for figure in _figures(points, matrix):
            strokes.extend(_edges(figure) if stroked[index] else _bar(figure))
    longer = np.array(strokes, dtype=np.float64).reshape(-1, 4)
    return np.concatenate((bounds[plain], longer)), curved


def _thin(box: Stroke) -> bool:
    return min(box[2] - box[0], box[3] - box[1]) <= THICKEST_RULE


def _figures(
    points: list[tuple[int, float, float, bool]], matrix: Matrix
) -> list[list[tuple[Point, bool]]]:
    """The figures of a path: corners in page space, each with whether a line leads to it."""
    a, b, c, d, e, f = matrix
    figures: list[list[tuple[Point, bool]]] = []
    for kind, x, y, closes in points:
        point = (a * x + c * y + e, b * x + d * y + f)
        if kind == MOVE or not figures:
            figures.append([])
        figures[-1].append((point, kind not in (CURVE, MOVE)))
        if closes:
            figures[-1].append((figures[-1][0][0], True))
    return figures


def _edges(figure: list[tuple[Point, bool]]) -> list[Stroke]:
    """The upright edges of a stroked figure."""
    edges = []
    for (start, _), (end, straight) in zip(figure, figure[1:], strict=False):
        x0, x1 = sorted((start[0], end[0]))
        y0, y1 = sorted((start[1], end[1]))
        if straight and (x1 - x0 <= STRAIGHT or y1 - y0 <= STRAIGHT):
            edges.append((x0, y0, x1, y1))
    return edges


def _bar(figure: list[tuple[Point, bool]]) -> list[Stroke]:
    """A filled figure as a rule when it is thin."""
    xs = [point[0] for point, _ in figure]
    ys = [point[1] for point, _ in figure]
    box = (min(xs), min(ys), max(xs), max(ys))
    return [box] if _thin(box) and all(straight for _, straight in figure[1:]) else []
