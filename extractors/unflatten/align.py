"""Places the cells of a row, or of many rows run together, under the columns of a header.

Where merged cells were dropped, blank cells vanished or rows run into one another, position alone
no longer says which column a string belongs to. What is printed in its place is taken as it stands;
elsewhere the cheapest assignment over the whole run of tokens is taken (`program`): each column
prefers what it usually holds, order is kept, and a cell that moves against its printed position
costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from extractors.unflatten.kinds import kind_of as kind_of
from extractors.unflatten.program import Header, Placed, Policy, fits, solve
from extractors.unflatten.tokens import Token

_LEVELS = ("level1", "level2", "level3")
_LEVEL_KINDS = ("level1", "level2", "both")
_NAMES = ("text", *_LEVEL_KINDS)


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
    if not _all_fit(tokens, columns):
        return ()
    return _one_row(tuple(range(len(tokens))))


def _all_fit(tokens: Sequence[Token], columns: Sequence[Header]) -> bool:
    for token, column in zip(tokens, columns, strict=True):
        if not fits(token.text, column.field):
            return False
    return True


@lru_cache(maxsize=1024)
def _one_row(columns: tuple[int | None, ...]) -> tuple[Placed, ...]:
    """A row whose tokens stand each in a column of its own, or in none."""
    return tuple([Placed(0, c, i, i) for i, c in enumerate(columns) if c is not None])


def align_after_levels(tokens: Sequence[Token], columns: Sequence[Header]) -> tuple[Placed, ...]:
    """A marked row that keeps its blank cells and lacks at most the merged cells of its levels,
    with padding at its end; nothing where the number of cells does not tell, or one does not fit.
    """
    end = len(tokens)
    while end and tokens[end - 1].hollow:
        end -= 1
    lost = len(columns) - end
    padded = 0 <= lost <= len(tokens) - end
    if not padded or not tokens[0].text or any(t.hollow for t in tokens[:end]):
        return ()
    if any(column.field not in _LEVELS[:2] for column in columns[:lost]):
        return ()
    placed = align_full(tokens[:end], columns[lost:])
    return tuple([cell._replace(column=cell.column + lost) for cell in placed])


def align_whole_rows(tokens: Sequence[Token], columns: Sequence[Header]) -> tuple[Placed, ...]:
    """Rows that keep every blank cell, without marked ends: each as long as the header, or longer
    by the cell of the block's label; nothing unless every string fits its column.
    """
    for margin in (0, 1):
        width = len(columns) + margin
        count = len(tokens) // width
        if len(tokens) % width and any(t.text for t in tokens[count * width :]):
            continue
        if margin and any(tokens[row * width].text for row in range(1, count)):
            continue
        rows = [tokens[row * width + margin : (row + 1) * width] for row in range(count)]
        if rows and all(_all_fit(row, columns) for row in rows):
            return _whole_rows(count, len(columns), margin)
    return ()


@lru_cache(maxsize=256)
def _whole_rows(count: int, width: int, margin: int) -> tuple[Placed, ...]:
    """So many rows, each with a margin and a cell in every column."""
    firsts = [row * (width + margin) + margin for row in range(count)]
    cells = [(row, at + c, c) for row, at in enumerate(firsts) for c in range(width)]
    return tuple([Placed(row, column, token, token) for row, token, column in cells])


def _as_printed(tokens: Sequence[Token], columns: Sequence[Header]) -> tuple[Placed, ...]:
    """One row as it stands, where every string is under a header and fits it; else nothing."""
    at = {column.place: number for number, column in enumerate(columns)}
    placed: list[int | None] = []
    named = True  # the third level holds a name: then names of levels stand where they are printed
    doubt = False
    for token in tokens:
        column = at.get(token.place)
        if column is None:
            if token.text:
                return ()
            placed.append(None)
            continue
        field = columns[column].field
        if field == "level3":
            named = kind_of(token.text) in _NAMES
        if not fits(token.text, field):
            doubt = field in _LEVELS and kind_of(token.text) in _LEVEL_KINDS
            if not doubt:
                return ()
        placed.append(column)
    return _one_row(tuple(placed)) if named or not doubt else ()
