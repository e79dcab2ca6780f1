"""Grids whose merged cells lost their spans: each row keeps only the cells that begin in it.

Merged cells of these forms stand on the left (block labels, levels) or fill whole rows (titles), so
the cells of a row end where the widest row ends. Only that is assumed; a row that then does not fit
its header is refused where it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from extractors.document import Cell, Table
from schemas.labels import field

Row = tuple[Cell, ...]

_FEWEST_CELLS = 5  # of the widest row; narrower grids have no header to fit


def realigned(table: Table) -> Table:
    """The grid with its short rows moved to the right edge, where no cell tells its span."""
    if table.merges == "lost" or _prints_spans(table):
        return table
    rows = list(table.rows())
    if not _has_lost_spans(rows):
        return table
    width = max(len(row) for row in rows)
    moved = [tuple(_moved(row, width)) for row in rows]
    for at, (above, below) in enumerate(pairwise(moved)):
        if _is_second_row(above, below):
            moved[at], moved[at + 1] = _under_target(above, below)
    cells = tuple(cell for row in moved for cell in row)
    return replace(table, cells=cells, column_count=width)


def _moved(row: Row, width: int) -> Iterator[Cell]:
    """A row moved to the right edge; a label that opens it stays where it is."""
    opened = bool(row) and field(row[0].text, "head", "totals", "closing") is not None
    for cell in row:
        stays = len(row) == 1 or (opened and cell is row[0])
        yield cell if stays else replace(cell, column=cell.column + width - len(row))


def _is_second_row(above: Row, below: Row) -> bool:
    """Operator, value and unit of the target, below a header of indicators."""
    fields = {field(cell.text, "indicators") for cell in below}
    if None in fields or not fields & {"operator", "target_unit"} or "level3" in fields:
        return False
    names = [field(cell.text, "indicators") for cell in above]
    return "level3" in names and "target" in names


def _under_target(above: Row, below: Row) -> tuple[Row, Row]:
    """Both rows of a header, the target as wide as the row below it."""
    more = len(below) - 1
    target = next(c for c in above if field(c.text, "indicators") == "target")
    first = target.column - more
    top = (
        replace(cell, column=cell.column - more, colspan=more + 1 if cell is target else 1)
        if cell.column <= target.column
        else cell
        for cell in above
    )
    return tuple(top), tuple(replace(c, column=first + i) for i, c in enumerate(below))


def _prints_spans(table: Table) -> bool:
    return any(cell.rowspan > 1 or cell.colspan > 1 for cell in table.cells)


def _has_lost_spans(rows: Sequence[Row]) -> bool:
    """Rows of many lengths, each filled from the left without a gap."""
    lengths = {len(row) for row in rows if row}
    if len(lengths) < 3 or max(lengths) < _FEWEST_CELLS:
        return False
    return all([cell.column for cell in row] == list(range(len(row))) for row in rows)
