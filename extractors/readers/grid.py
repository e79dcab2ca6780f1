"""Cells with spans to a `Table`, whatever the format said about its spans."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from extractors.document import Cell, Table
from extractors.readers.limits import MAX_COLUMNS
from extractors.readers.lines import join_lines
from schemas.columns import Locator


@dataclass(slots=True)
class Draft:
    """A cell while its table is being read; a vertical merge still grows."""

    row: int
    column: int
    raw: str
    path: str
    rowspan: int = 1
    colspan: int = 1


def finish(drafts: list[Draft], row_count: int, path: str) -> Table:
    """The table of these cells, in reading order.

    Columns in which no cell begins are kept as printed, unless there are absurdly many of them.
    """
    columns = max([d.column + d.colspan for d in drafts], default=0)
    if columns > MAX_COLUMNS:
        columns = _compress(drafts)
    cells = [
        Cell(
            draft.row,
            draft.column,
            join_lines(draft.raw),
            draft.raw,
            Locator(None, None, None, None, draft.path),
            1 if draft.rowspan <= 1 else max(1, min(draft.rowspan, row_count - draft.row)),
            draft.colspan,
        )
        for draft in sorted(drafts, key=attrgetter("row", "column"))
    ]
    return Table(tuple(cells), row_count, columns, Locator(path=path))


def _compress(drafts: list[Draft]) -> int:
    """Drop the columns no cell begins in; the new number of columns."""
    starts = sorted({d.column for d in drafts})
    index = {column: i for i, column in enumerate(starts)}
    ends = [*starts[1:], starts[-1] + 1]
    for draft in drafts:
        end = draft.column + draft.colspan
        first = draft.column
        last = index[first]
        while last + 1 < len(starts) and ends[last] < end:
            last += 1
        draft.column, draft.colspan = index[first], last - index[first] + 1
    return len(starts)
