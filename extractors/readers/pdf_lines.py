"""Characters into printed lines, of cells and of running text, all of a page in one pass."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from extractors.readers.pdf_lattice import Grid
from extractors.readers.pdf_page import (
    Characters,
    Fit,
    Flags,
    Floats,
    Ints,
    Item,
    Line,
    PageContent,
    PageItems,
    PartCell,
    TablePart,
)

NEW_LINE = 0.25  # of two neighbours' sizes added: a step in height that begins another line
OVERPRINT = 0.15  # of the size: the same character again within this is the same one, made bold
WORD_GAP = 0.2  # of the size: between Latin letters, a space
FIGURE_GAP = 0.6  # of the size: between figures, which are set apart more often
COLUMN_GAP = 1.0  # of the size: between any characters, a space
CHINESE = 0x2E80  # code points from here on are as wide as the font size
PIECE = 0x1E  # parts cells and lines in the run of code points; no page prints it
_RADICALS = re.compile(r"[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")
_BETWEEN_WORDS = re.compile(r"(?<=[A-Za-z])\n(?=[A-Za-z])")


@lru_cache(maxsize=8192)  # forms print the same labels again and again
def plain_text(raw: str) -> str:
    """The text of printed lines: no break between Chinese characters, a space between Latin words.

    >>> plain_text("年度绩\\n效指标")
    '年度绩效指标'
    >>> plain_text("100.00\\n%"), plain_text("annual\\nreport")
    ('100.00%', 'annual report')
    >>> plain_text("\\u2f00级指标")  # the sign of a radical, as some fonts map the character
    '一级指标'
    """
    if "\n" in raw:
        raw = _BETWEEN_WORDS.sub(" ", raw).replace("\n", "")
    if not raw.isascii():
        raw = _RADICALS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), raw)
    return raw.strip()


def lay_out(content: PageContent, grids: tuple[Grid, ...]) -> PageItems:
    """The lines and tables of a page from top to bottom; tables without any text are left out."""
    of_cell, offsets = _covering(content.characters, grids)
    pieces = _pieces(content.characters, of_cell)
    items: list[Item] = list(_running_lines(content, pieces))
    for grid, offset in zip(grids, offsets, strict=True):
        part = _part(grid, offset, pieces, content)
        if any(cell.raw for cell in part.cells):
            items.append(part)
    return PageItems(content.frame, tuple(sorted(items, key=_height)))


def _height(item: Item) -> tuple[float, float]:
    if isinstance(item, TablePart):
        return (item.ys[0], item.xs[0])
    return ((item.box[1] + item.box[3]) / 2, item.box[0])


def _covering(characters: Characters, grids: tuple[Grid, ...]) -> tuple[Ints, list[int]]:
    """For each character the number of its cell, -1 in running text; and each grid's first number.

    Grids come smallest first, so a character of a nested table is its own, not the outer cell's.
    """
    of_cell = np.full(len(characters.codes), -1, dtype=np.int64)
    center = (characters.left + characters.right) / 2
    offsets, offset = [], 0
    for grid in grids:
        column = np.searchsorted(grid.xs, center) - 1
        row = np.searchsorted(grid.ys, characters.middle) - 1
        inside = (column >= 0) & (column < len(grid.xs) - 1) & (row >= 0)
        inside &= (row < len(grid.ys) - 1) & (of_cell < 0)
        found = np.flatnonzero(inside)
        cell = grid.cover[row[found], column[found]]
        of_cell[found[cell >= 0]] = cell[cell >= 0] + offset
        offsets.append(offset)
        offset += len(grid.cells)
    return of_cell, offsets


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The texts of a page: one for each line of running text, then one for each printed cell.

    `order` are the characters in reading order, `line_starts` where lines begin in it, `ends` where
    cells end in it.
    """

    order: Ints
    line_starts: Ints
    running: tuple[str, ...]
    of_cell: dict[int, str]
    ends: dict[int, int]


def _pieces(characters: Characters, of_cell: Ints) -> _Pieces:
    if not len(of_cell):
        return _Pieces(of_cell, of_cell, (), {}, {})
    order, line = _in_lines(characters, of_cell)
    cell = of_cell[order]
    new_line = np.concatenate(([True], line[1:] != line[:-1]))
    new_cell = np.concatenate(([True], cell[1:] != cell[:-1])) | (new_line & (cell < 0))
    texts = _texts(characters, order, new_line, new_cell)
    line_starts = np.flatnonzero(new_line)
    starts = np.flatnonzero(new_cell)
    running = int(np.count_nonzero(cell[starts] < 0))
    numbers = cell[starts[running:]].tolist()
    ends = [*starts[running + 1 :].tolist(), len(order)]
    return _Pieces(
        order,
        line_starts,
        tuple(texts[:running]),
        dict(zip(numbers, texts[running:], strict=True)),
        dict(zip(numbers, ends, strict=False)),  # without cells the last line ends there
    )


def _fit(number: int, pieces: _Pieces, characters: Characters) -> Fit | None:
    """How a cell's text ends; None where the cell prints none."""
    if number not in pieces.ends:
        return None
    last = pieces.ends[number] - 1
    line = np.searchsorted(pieces.line_starts, last, side="right") - 1
    first, last = pieces.order[pieces.line_starts[line]], pieces.order[last]
    return Fit(
        float(characters.left[first]),
        float(characters.right[last]),
        float(characters.middle[first]),
        float(characters.em[first]),
    )


def _in_lines(characters: Characters, of_cell: Ints) -> tuple[Ints, Ints]:
    """The characters in reading order, over-printed ones once, and the line of each."""
    order = _ordered(of_cell, characters.middle)
    middle, size, cell = characters.middle[order], characters.em[order], of_cell[order]
    step = middle[1:] - middle[:-1] > NEW_LINE * (size[1:] + size[:-1])
    line = np.zeros(len(order), dtype=np.int64)
    np.cumsum(step | (cell[1:] != cell[:-1]), out=line[1:])
    by_place = _ordered(line, characters.left[order])
    order, line = order[by_place], line[by_place]
    left, code = characters.left[order], characters.codes[order]
    again = (line[1:] == line[:-1]) & (code[1:] == code[:-1])
    again &= left[1:] - left[:-1] < OVERPRINT * characters.em[order[1:]]
    if not again.any():
        return order, line
    once = np.concatenate(([True], ~again))
    return order[once], line[once]


def _ordered(groups: Ints, places: Floats) -> Ints:
    """The order by group, then by place; nearly that of drawing, so that one stable sort is cheap.

    One key serves for both: each group is moved beyond the one before it.
    """
    far = float(places.max() - places.min()) + 1.0
    return np.argsort(places + far * groups, kind="stable")


def _texts(characters: Characters, order: Ints, new_line: Flags, new_cell: Flags) -> list[str]:
    """The text between marks of new cells, its lines parted by line breaks."""
    codes = characters.codes[order]
    run = np.zeros((len(order), 2), dtype="<u4")  # each character and what stands before it
    before = run[:, 0]
    before[1:][_spaced(characters, order, codes)] = ord(" ")
    before[new_line] = ord("\n")
    before[new_cell] = PIECE
    surrogate = (codes >= 0xD800) & (codes < 0xE000)
    run[:, 1] = np.where((codes > 0) & ~surrogate, codes, 0xFFFD)
    flat = run.ravel()
    return flat[flat > 0].tobytes().decode("utf-32-le").split(chr(PIECE))[1:]


def _spaced(characters: Characters, order: Ints, codes: Ints) -> Flags:
    """Where a space stands before a character, for all but the first."""
    em = characters.em[order]
    gap = characters.left[order[1:]] - characters.right[order[:-1]]
    gap /= np.maximum(em[1:], em[:-1])
    spaced: Flags = gap > COLUMN_GAP
    latin = codes < 0x7F
    pairs = np.flatnonzero(latin[1:] & latin[:-1])
    if len(pairs):
        figure = _FIGURES[codes[pairs]] & _FIGURES[codes[pairs + 1]]
        gap = gap[pairs]
        printed = characters.spaced[order[pairs + 1]] & (gap > WORD_GAP / 2)
        spaced[pairs] = printed | (gap > np.where(figure, FIGURE_GAP, WORD_GAP))
    return spaced


_FIGURES = np.array([chr(code) in "0123456789,.%-+=" for code in range(0x80)])


def _running_lines(content: PageContent, pieces: _Pieces) -> list[Line]:
    count = len(pieces.running)
    if not count:
        return []
    ends = np.append(pieces.line_starts[1:], len(pieces.order))[:count]
    starts = pieces.line_starts[:count]
    running = pieces.order[: int(ends[-1])]
    ink = content.characters.ink(running)
    boxes = _joined(ink, starts)
    em = content.characters.em[running]
    chinese = np.where(content.characters.codes[running] >= CHINESE, em, 0.0)
    sizes = np.maximum.reduceat(chinese, starts)  # Latin letters tell their size less well
    sizes = np.where(sizes > 0, sizes, np.maximum.reduceat(em, starts))
    return [
        Line(text, (box[0], box[1], box[2], box[3]), size, content.frame)
        for text, box, size in zip(pieces.running, boxes.tolist(), sizes.tolist(), strict=True)
    ]


def _joined(boxes: Floats, starts: Ints) -> Floats:
    """One box (x0, y0, x1, y1) for the boxes, given by rows, from each start to the next."""
    low = np.minimum.reduceat(boxes[:2], starts, axis=1)
    high = np.maximum.reduceat(boxes[2:], starts, axis=1)
    box: Floats = np.concatenate((low, high)).round(2).T
    return box


def _part(grid: Grid, offset: int, pieces: _Pieces, content: PageContent) -> TablePart:
    xs, ys = tuple(grid.xs.tolist()), tuple(grid.ys.tolist())
    texts, last_row = pieces.of_cell, len(ys) - 1
    cells = tuple(
        PartCell(
            row,
            column,
            rowspan,
            colspan,
            texts.get(number, ""),
            (xs[column], ys[row], xs[column + colspan], ys[row + rowspan]),
            _fit(number, pieces, content.characters) if row + rowspan == last_row else None,
        )
        for number, (row, column, rowspan, colspan) in enumerate(grid.cells, offset)
    )
    return TablePart(cells, xs, ys, content.frame)
