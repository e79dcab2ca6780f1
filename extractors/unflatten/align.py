"""Places the cells of a row, or of many rows run together, under the columns of a header.

Where merged cells were dropped, blank cells vanished or rows run into one another, position alone
no longer says which column a string belongs to. What is printed in its place is taken as it stands;
elsewhere the cheapest assignment over the whole run of tokens is taken (`program`): each column
prefers what it usually holds, order is kept, and a cell that moves against its printed position
costs.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.unflatten.kinds import kind_of as kind_of
from extractors.unflatten.program import Header, Placed, Policy, fits, solve
from extractors.unflatten.tokens import Token

_LEVELS = ("level1", "level2", "level3")
_LEVEL_KINDS = ("level1", "level2", "both")


def align(
    tokens: Sequence[Token], columns: Sequence[Header], policy: Policy, printed: bool = True
) -> tuple[Placed, ...]:
    """The cheapest placing of all tokens under the columns, in order, row after row.

    `printed`: places in the row can be compared with those in the header. Blank tokens that belong
    to no column (the rest of a merged cell) are left out of the result.
    """
    if not tokens:
        return ()
    if policy.rows and printed and policy.places and (placed := _as_printed(tokens, columns)):
        return placed
    best = solve(tokens, columns, policy)
    blanks = next((i for i, token in enumerate(tokens) if token.text), 0)
    if blanks and policy.rows:
        later = solve(tokens[blanks:], columns, policy)
        if later[0] + 0.2 < best[0]:
            moved = (Placed(p.row, p.column, p.first + blanks, p.last + blanks) for p in later[1])
            return tuple(moved)
    return best[1]


def align_full(tokens: Sequence[Token], columns: Sequence[Header]) -> tuple[Placed, ...]:
    """A row with as many cells as columns, every one of which fits its column; else nothing."""
    if len(tokens) != len(columns):
        return ()
    for token, column in zip(tokens, columns, strict=True):
        if not fits(token.text, column.field):
            return ()
    return tuple([Placed(0, i, i, i) for i in range(len(tokens))])


def align_whole_rows(tokens: Sequence[Token], columns: Sequence[Header]) -> tuple[Placed, ...]:
    """Rows that keep every blank cell, without marked ends: each as long as the header, or longer
    by the cell of the block's label; nothing unless every string fits its column.
    """
    for margin in (0, 1):
        width = len(columns) + margin
        if len(tokens) % width and any(t.text for t in tokens[len(tokens) // width * width :]):
            continue
        placed: list[Placed] = []
        for row in range(len(tokens) // width):
            first = row * width + margin
            cells = align_full(tokens[first : first + len(columns)], columns)
            if not cells or (margin and row and tokens[first - 1].text):
                placed = []
                break
            placed.extend(
                Placed(row, cell.column, first + cell.first, first + cell.last) for cell in cells
            )
        if placed:
            return tuple(placed)
    return ()


def _as_printed(tokens: Sequence[Token], columns: Sequence[Header]) -> tuple[Placed, ...]:
    """One row as it stands, where every string is under a header and fits it; else nothing."""
    at = {column.place: number for number, column in enumerate(columns)}
    placed = []
    named = True  # the third level holds a name: then names of levels stand where they are printed
    doubt = False
    for index, token in enumerate(tokens):
        column = at.get(token.place)
        if column is None:
            if token.text:
                return ()
            continue
        field = columns[column].field
        kind = kind_of(token.text)
        if field == "level3":
            named = kind == "text" or kind in _LEVEL_KINDS
        if not fits(token.text, field):
            doubt = field in _LEVELS and kind in _LEVEL_KINDS
            if not doubt:
                return ()
        placed.append(Placed(0, column, index, index))
    return tuple(placed) if named or not doubt else ()
