"""Parts of tables into whole tables: a table that runs over a page end is one table.

A part continues the last one when nothing stands between them, their outer rules agree and its rows
do not begin the form anew. Its first row may be the rest of a row broken by the page end, and its
first cells the rest of cells that span rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from extractors.document import Cell, Table
from extractors.readers.pdf_lines import plain_text
from extractors.readers.pdf_page import Box, Fit, Frame, PartCell, TablePart
from extractors.readers.pdf_rules import snapped

SAME_EDGE = 4.0  # points between the edges of one column on two pages
FORCED_BREAK = 60.0  # points left under a table in which its next row would have stood
LAST_LINE = 2.7  # of the size: from the middle of a cell's last line to a page end that cut it
PADDING = 12.0  # points of a cell's width that text leaves free on both sides together
RAGGED = 1.4  # of the size: what a wrapped line leaves free
TOP_ROWS = 12  # rows in which a repeated header ends
MANY_COLUMNS = 6
MERGED_COLUMNS = 2
FEW_ROWS = 4  # rows of a form's beginning that are compared
_NUMBER = re.compile(r"[-+\d,，.．%％()（）\s]*\d[-+\d,，.．%％()（）\s]*")
_TABLE_TITLE = re.compile(r"[^\d\s][^。；]{2,40}表\s*([（(][^（()）]*[)）])?")


@dataclass(slots=True)
class _JoinedCell:
    """A cell while its table grows; `x0` and `x1` are counted on the table's first page."""

    row: int
    rowspan: int
    x0: float
    x1: float
    raw: str
    frame: Frame
    box: Box
    last_box: Box
    fit: Fit | None

    def take(self, more: PartCell) -> None:
        """Add the rest of the cell from the next page."""
        if more.raw:
            self.raw = f"{self.raw}\n{more.raw}" if self.raw else more.raw
            self.fit = more.fit
        self.last_box = more.box


class GrowingTable:
    """A table that the next page may continue."""

    def __init__(self, part: TablePart) -> None:
        self._first = part
        self._last = part
        self._rows = len(part.ys) - 1
        self._offset = 0.0  # how far the last part was moved to stand under the first
        self._cells: list[_JoinedCell] = []  # none as long as the table is its first part

    def continued_by(self, part: TablePart, page_bottom: float) -> bool:
        """Whether a part at the top of the next page goes on with this table.

        `page_bottom` is the lowest point that text reaches on pages of this size.
        """
        if _shift(self._last, part) is None:
            return False
        repeated = repeated_rows(self._first, part)
        if begins_anew(self._first, part, repeated):
            return False
        rest = [cell for cell in part.cells if cell.row == repeated]
        if not repeated and len(rest) == 1 and len(self._first.xs) > 2:
            whole_width = rest[0].box[2] - rest[0].box[0] > 0.95 * (part.xs[-1] - part.xs[0])
            if whole_width and self._rows > 1 and _TABLE_TITLE.fullmatch(plain_text(rest[0].raw)):
                return False
        height = part.ys[repeated + 1] - part.ys[repeated] if repeated + 1 < len(part.ys) else 0.0
        left_free = page_bottom - self._last.ys[-1]
        cut_cells = bool(rest) and not rest[0].raw
        return cut_cells or left_free <= height + FORCED_BREAK or _same_columns(self._last, part)

    def take(self, part: TablePart) -> None:
        """Add the part that continues this table."""
        if not self._cells:
            self._append(self._first.cells, self._first.frame, 0.0, 0)
        shift = self._offset + (_shift(self._last, part) or 0.0)
        repeated = repeated_rows(self._first, part)
        cells = tuple(
            cell._replace(row=cell.row - repeated) for cell in part.cells if cell.row >= repeated
        )
        first_row = [cell for cell in cells if cell.row == 0]
        above = [self._above(cell, shift) for cell in first_row]
        pairs = [(a, b) for a, b in zip(above, first_row, strict=True) if a is not None]
        alike = len(pairs) == len(first_row)
        broken = alike and _row_is_broken(pairs, self._rows)
        if broken:
            rests = pairs
        else:
            # Rows under one label have the same cells; a row of other cells is under another.
            rests = [
                (a, b)
                for a, b in pairs
                if (alike or b.rowspan > 1) and self._is_cut(a, b, _is_leading(b, first_row))
            ]
        for a, b in rests:
            a.take(b)
            a.rowspan += b.rowspan - 1 if broken else b.rowspan
        taken = {id(b) for _, b in rests}
        start = self._rows - 1 if broken else self._rows
        fresh = tuple(cell for cell in cells if id(cell) not in taken)
        self._append(fresh, part.frame, shift, start)
        self._rows = start + len(part.ys) - 1 - repeated
        self._last = part
        self._offset = shift

    def table(self) -> Table:
        """The whole table."""
        first = self._first
        place = first.frame.locator(first.box)
        if not self._cells:
            return Table(_cells_of(first), self._rows, len(first.xs) - 1, place)
        edges = np.array([edge for cell in self._cells for edge in (cell.x0, cell.x1)])
        columns, middles = snapped(edges)
        at = columns.tolist()
        cells = (
            Cell(
                cell.row,
                at[2 * index],
                plain_text(cell.raw),
                cell.raw,
                cell.frame.locator(cell.box),
                cell.rowspan,
                max(1, at[2 * index + 1] - at[2 * index]),
            )
            for index, cell in enumerate(self._cells)
        )
        in_order = tuple(sorted(cells, key=lambda cell: (cell.row, cell.column)))
        return Table(in_order, self._rows, len(middles) - 1, place)

    def _append(self, cells: tuple[PartCell, ...], frame: Frame, shift: float, row: int) -> None:
        for cell in cells:
            x0, _, x1, _ = cell.box
            self._cells.append(
                _JoinedCell(
                    row + cell.row,
                    cell.rowspan,
                    x0 + shift,
                    x1 + shift,
                    cell.raw,
                    frame,
                    cell.box,
                    cell.box,
                    cell.fit,
                )
            )

    def _above(self, cell: PartCell, shift: float) -> _JoinedCell | None:
        """The cell at the end of the table so far that has the same columns."""
        for candidate in self._cells:
            if (
                candidate.row + candidate.rowspan == self._rows
                and abs(candidate.x0 - cell.box[0] - shift) <= SAME_EDGE
                and abs(candidate.x1 - cell.box[2] - shift) <= SAME_EDGE
            ):
                return candidate
        return None

    def _is_cut(self, above: _JoinedCell, below: PartCell, leading: bool) -> bool:
        """Whether the page end cut one cell of several rows into these two."""
        if below.raw:
            return above.rowspan > 1 and leading and _flows_on(above, below)
        if leading:
            return (
                above.rowspan > 1
                or below.rowspan > 1
                or (bool(above.raw) and self._has_spans(above))
            )
        return below.rowspan > 1 or (above.rowspan > 1 and above.row > 2)

    def _has_spans(self, like: _JoinedCell) -> bool:
        """Whether other cells of the same columns span rows."""
        return any(
            cell.rowspan > 1
            and abs(cell.x0 - like.x0) <= SAME_EDGE
            and abs(cell.x1 - like.x1) <= SAME_EDGE
            for cell in self._cells
        )


def _cells_of(part: TablePart) -> tuple[Cell, ...]:
    locator = part.frame.locator
    return tuple(
        Cell(row, column, plain_text(raw), raw, locator(box), rowspan, colspan)
        for row, column, rowspan, colspan, raw, box, _ in part.cells
    )


def repeated_rows(first: TablePart, part: TablePart) -> int:
    """How many rows at the top of a part print the first part's top rows again."""
    count = 0
    for old, new in zip(_top_rows(first), _top_rows(part), strict=False):
        if not any(cell.raw for cell in new) or not _same_shape(old, new):
            break
        if any(plain_text(a.raw) != plain_text(b.raw) for a, b in zip(old, new, strict=True)):
            break
        count += 1
    return count


def begins_anew(first: TablePart, part: TablePart, repeated: int) -> bool:
    """Whether a part's rows carry the same labels as the table's beginning, so it is another form.

    A repeated header is followed by other rows; a form's beginning is followed by its own labels.
    """
    alike: set[str] = set()
    rows = zip(_top_rows(first), _top_rows(part), strict=False)
    for old, new in islice(rows, repeated, repeated + FEW_ROWS):
        label = next((plain_text(cell.raw) for cell in old if cell.raw), "")
        other = next((plain_text(cell.raw) for cell in new if cell.raw), "")
        if label and label == other and _same_shape(old, new):
            alike.add(label)  # once: a table may print the label of a group in each of its rows
    return len(alike) >= 2


def _top_rows(part: TablePart) -> Iterator[list[PartCell]]:
    """The cells that begin in each of the first rows; most comparisons need but one of them."""
    row: list[PartCell] = []
    at = 0
    for cell in part.cells:
        while at < cell.row:
            yield row
            row, at = [], at + 1
            if at == TOP_ROWS:
                return
        row.append(cell)
    yield row


def _same_shape(old: list[PartCell], new: list[PartCell]) -> bool:
    """Whether two rows have the same cells, wherever the table stands on its page."""
    if len(old) != len(new) or not old:
        return False
    base_old, base_new = old[0].box[0], new[0].box[0]
    return all(
        a.rowspan == b.rowspan
        and abs(a.box[0] - base_old - b.box[0] + base_new) <= SAME_EDGE
        and abs(a.box[2] - base_old - b.box[2] + base_new) <= SAME_EDGE
        for a, b in zip(old, new, strict=True)
    )


def _shift(last: TablePart, part: TablePart) -> float | None:
    """How far a part must move to stand under the last one; None when it does not fit there."""
    if abs(last.frame.layout_size[0] - part.frame.layout_size[0]) > SAME_EDGE:
        return None
    left, right = last.xs[0] - part.xs[0], last.xs[-1] - part.xs[-1]
    if abs(left - right) <= SAME_EDGE and abs(left) <= 0.1 * last.frame.layout_size[0]:
        return left
    known = np.array(last.xs)
    near = [float(np.abs(known - x).min()) <= SAME_EDGE for x in part.xs]
    return 0.0 if all(near) and len(near) > 2 else None


def _same_columns(last: TablePart, part: TablePart) -> bool:
    """Whether both parts have the same columns, but for one or two that were merged, of a number
    that no other table has by chance: rows under one label may be moved to the next page together,
    however much room that leaves free.
    """
    shift = _shift(last, part) or 0.0
    fewer, more = sorted((last.xs, tuple(x + shift for x in part.xs)), key=len)
    if len(fewer) <= MANY_COLUMNS or len(more) - len(fewer) > MERGED_COLUMNS:
        return False
    edges = np.array(more)
    return all(float(np.abs(edges - x).min()) <= SAME_EDGE for x in fewer)


def _is_leading(cell: PartCell, first_row: list[PartCell]) -> bool:
    """Whether nothing is printed left of a cell in its row, and something right of it."""
    return not any(other.raw for other in first_row if other.column < cell.column) and any(
        other.raw for other in first_row if other.column > cell.column
    )


def _row_is_broken(pairs: list[tuple[_JoinedCell, PartCell]], rows: int) -> bool:
    """Whether the first row of a part is the rest of the last row before the page end."""
    ended = 0
    flowing = 0
    for above, below in pairs:
        if below.raw:
            if not above.raw or not _flows_on(above, below):
                return False
            flowing += 1
        elif above.raw and above.row + 1 == rows:
            ended += 1
    return flowing > 0 or ended > 0


def _flows_on(above: _JoinedCell, below: PartCell) -> bool:
    """Whether the text of a cell fills it to the end, so that what follows is its next line."""
    fit = above.fit
    if fit is None or (_NUMBER.fullmatch(above.raw) and _NUMBER.fullmatch(below.raw)):
        return False
    x0, _, x1, bottom = above.last_box
    full = fit.right - fit.left >= (x1 - x0) - PADDING - RAGGED * fit.em
    return full and bottom - fit.middle <= LAST_LINE * fit.em
