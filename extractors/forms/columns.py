"""Headers: which printed label stands over which columns of a grid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extractors.document import Cell
from schemas.immutable import immutable
from schemas.labels import Context, meanings

Labelled = tuple[str, Cell]  # field and the cell that prints its label


@immutable
class Column:
    """One column of a header: the field it holds and the grid columns it covers."""

    field: str
    first: int
    last: int
    label: Cell
    source: Cell | None = None  # whose money a column of funds holds, where its header says so


@immutable
class Places:
    """The columns of a header, and which of them stands over each place of a row."""

    columns: tuple[Column, ...]
    left: int  # of the first column
    over: dict[int, Column]

    @classmethod
    def of(cls, columns: Sequence[Column]) -> Places:
        """The places that columns cover; the first has it where two claim one."""
        left = min([column.first for column in columns], default=0)
        over = {at: c for c in reversed(columns) for at in range(c.first, c.last + 1)}
        return cls(tuple(columns), left, over)

    def at(self, cell: Cell) -> Column | None:
        """The column that a cell stands in: the first that it covers."""
        if cell.colspan == 1:
            return self.over.get(cell.column)
        return next((self.over[at] for at in covers(cell) if at in self.over), None)


NO_PLACES = Places.of(())


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
    covered = {at for _, cell in below for at in covers(cell)}
    kept = [(name, cell) for name, cell in above if not covered.intersection(covers(cell))]
    return sorted([*kept, *below], key=lambda pair: pair[1].column)


def columns_of(labels: Iterable[Labelled]) -> tuple[Column, ...]:
    """The columns of a header."""
    columns = [Column(n, c.column, c.column + c.colspan - 1, c) for n, c in labels]
    return tuple(columns)


def covers(cell: Cell) -> range:
    """The places of a row that a cell takes."""
    return range(cell.column, cell.column + cell.colspan)
