"""Headers: which printed label stands over which columns of a grid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractors.document import Cell
from schemas.labels import Context, meanings

Labelled = tuple[str, Cell]  # field and the cell that prints its label


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a header: the field it holds and the grid columns it covers."""

    field: str
    first: int
    last: int
    label: Cell
    source: Cell | None = None  # whose money a column of funds holds, where its header says so


def labelled(cells: Iterable[Cell], context: Context) -> list[Labelled]:
    """The cells that are labels of one context, with their fields; block labels are no columns."""
    found = []
    for cell in cells:
        for name, where in meanings(cell.text):
            if where == context and not name.endswith("_block"):
                found.append((name, cell))
                break
    return found


def stacked(above: Sequence[Labelled], below: Sequence[Labelled]) -> list[Labelled]:
    """A header of two rows: what stands below replaces what spans it above."""
    covered = {at for _, cell in below for at in _covers(cell)}
    kept = [(name, cell) for name, cell in above if not covered.intersection(_covers(cell))]
    return sorted([*kept, *below], key=lambda pair: pair[1].column)


def columns_of(labels: Iterable[Labelled]) -> tuple[Column, ...]:
    """The columns of a header."""
    return tuple(
        Column(name, cell.column, cell.column + cell.colspan - 1, cell) for name, cell in labels
    )


def column_at(columns: Sequence[Column], cell: Cell) -> Column | None:
    """The column that a cell stands in: the first that it covers."""
    for at in _covers(cell):
        for column in columns:
            if column.first <= at <= column.last:
                return column
    return None


def _covers(cell: Cell) -> range:
    return range(cell.column, cell.column + cell.colspan)
