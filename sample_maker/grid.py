"""A form as a grid of merged cells, the one shape every writer renders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A cell before it has a place: its text and how many columns and rows it covers."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell at its first row and column, both from 0."""

    row: int
    column: int
    span: Span


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of `width` columns; its rows are filled from the left like those of HTML."""

    rows: tuple[tuple[Span, ...], ...]
    width: int

    def placed(self) -> tuple[Placed, ...]:
        """Every cell with its place; a row that does not fill the width is an error."""
        taken: set[tuple[int, int]] = set()
        cells: list[Placed] = []
        for row, spans in enumerate(self.rows):
            column = 0
            for span in spans:
                while (row, column) in taken:
                    column += 1
                cells.append(Placed(row, column, span))
                taken |= _covered(row, column, span)
            if sum(r == row for r, _ in taken) != self.width:
                raise ValueError(f"row {row} does not fill {self.width} columns: {spans}")
        return tuple(cells)


def _covered(row: int, column: int, span: Span) -> set[tuple[int, int]]:
    return {(row + r, column + c) for r in range(span.rows) for c in range(span.columns)}


def labelled(label: str, rows: Iterable[tuple[Span, ...]]) -> tuple[tuple[Span, ...], ...]:
    """The rows of a block with one merged label cell on their left."""
    body = tuple(rows)
    return ((Span(label, rows=len(body)), *body[0]), *body[1:])
