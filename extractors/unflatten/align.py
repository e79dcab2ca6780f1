"""Places the cells of a row, or of many rows run together, under the columns of a header.

Where merged cells were dropped, blank cells vanished or rows run into one another, position alone no
longer says which column a string belongs to. The cheapest assignment over the whole run of tokens is
taken (dynamic programming): each column prefers what it usually holds, order is kept, and a cell that
moves against its printed position costs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from extractors.unflatten.tokens import Gap, Token
from extractors.values import is_blank, parse_value
from schemas.labels import level_kind

Kind = Literal["blank", "dash", "number", "percent", "value", "level1", "level2", "both", "symbol", "text"]
FAR = 1_000.0
_MERGED_BLANK = 1.3  # a blank that is the rest of the merged cell before it


@dataclass(frozen=True, slots=True)
class Header:
    """One column of a header: the field it holds and its printed position in the row."""

    field: str
    place: int


@dataclass(frozen=True, slots=True)
class Policy:
    """How far a layout can be trusted."""

    rows: bool  # row ends are marked
    shift: float  # cost for a cell that moves against its printed position
    wrap: float = 3.0  # cost for a cell that goes on over a line break
    advance: float = 0.6  # cost for a row that goes on over a line break


@dataclass(frozen=True, slots=True)
class Placed:
    """Tokens `first` to `last` are one cell of column `column` in row `row`."""

    row: int
    column: int
    first: int
    last: int


_NUMBER = re.compile(r"^[-－+]?[\d０-９][\d０-９,，]*(?:[.．][\d０-９]+)?分?$")
_PERCENT = re.compile(r"^[=＝≥≤><]*\s*[-－]?[\d０-９][\d０-９,，]*(?:[.．][\d０-９]+)?\s*[%％]$")
_SYMBOL = re.compile(r"^(?:[=＝﹦═≥≤≧≦><＞＜]{1,2}|定性|定量)$")
_VALUE = re.compile(r"^[=＝﹦═≥≤≧≦><＞＜±]")


@lru_cache(maxsize=65536)
def kind_of(text: str) -> Kind:
    """What sort of string a cell holds.

    >>> kind_of("8.00"), kind_of("97.5%"), kind_of("≥13名"), kind_of("产出指标"), kind_of("满意度指标")
    ('number', 'percent', 'value', 'level1', 'both')
    """
    if not text:
        return "blank"
    if is_blank(text):
        return "dash"
    if _NUMBER.match(text):
        return "number"
    if _PERCENT.match(text):
        return "percent"
    if _SYMBOL.match(text):
        return "symbol"
    first, second = level_kind(text, 1), level_kind(text, 2)
    if first or second:
        return "both" if first and second else "level1" if first else "level2"
    if _VALUE.match(text) or (len(text) <= 24 and parse_value(text).kind in ("number", "percent", "date")):
        return "value"
    return "text"


# Cost of finding a kind of string in a column. Rows: field; kinds not named cost `else`.
_FITS: dict[str, dict[str, float]] = {
    "amount": {"number": 0, "value": 1, "blank": 0.5, "dash": 0.2, "percent": 20, "else": 30},
    "weight": {"number": 0, "blank": 1, "dash": 1, "percent": 8, "value": 12, "else": 25},
    "score": {"number": 0, "blank": 1, "dash": 1, "percent": 8, "value": 12, "else": 25},
    "execution_rate": {"percent": 0, "number": 1.5, "blank": 1, "dash": 0.5, "value": 12, "else": 25},
    "completion_rate": {"percent": 0, "number": 1.5, "blank": 1, "dash": 0.5, "value": 6, "else": 15},
    "level1": {"level1": 0, "both": 0.2, "blank": 0.4, "level2": 8, "text": 6, "else": 30},
    "level2": {"level2": 0, "both": 0.1, "blank": 0.4, "level1": 4, "text": 5, "else": 30},
    "level3": {"text": 0, "value": 3, "level2": 3, "both": 4, "level1": 8, "dash": 6, "blank": 8, "else": 15},
    "target": {"value": 0, "percent": 0, "number": 1, "text": 1, "dash": 1, "blank": 2, "symbol": 6, "else": 9},
    "actual": {"value": 0, "percent": 0, "number": 1, "text": 1, "dash": 1, "blank": 1.5, "symbol": 6, "else": 9},
    "operator": {"symbol": 0, "blank": 0.6, "dash": 1, "text": 12, "else": 20},
    "target_unit": {"text": 0.5, "blank": 0.4, "dash": 0.6, "value": 2, "else": 14},
    "last_year": {"text": 0, "value": 0, "percent": 0, "number": 0.5, "dash": 0, "blank": 0, "else": 10},
    "remark": {"text": 0, "value": 1, "blank": 0, "dash": 0, "number": 6, "percent": 6, "else": 40},
    "label": {"text": 0, "blank": 0, "number": 10, "else": 5},
}
_SKIP: dict[str, float] = {
    "amount": 8, "weight": 4, "score": 4, "execution_rate": 2.5, "completion_rate": 4, "level1": 0.3,
    "level2": 0.3, "level3": 12, "target": 4, "actual": 4, "operator": 3, "target_unit": 1.5,
    "last_year": 1, "remark": 0.5, "label": 0.3,
}  # fmt: skip
_PROSE = ("remark", "last_year")


def family(field: str) -> str:
    """The cost row of a field."""
    if field.startswith("stage:"):
        return "amount"
    if field == "target_adjusted":
        return "target"
    if field in _FITS:
        return field
    return "label" if field in ("block", "item_column") else "remark"


def align(
    tokens: Sequence[Token], columns: Sequence[Header], policy: Policy, printed: bool = True
) -> tuple[Placed, ...]:
    """The cheapest placing of all tokens under the columns, in order, row after row.

    `printed`: places in the row can be compared with those in the header. Blank tokens that belong to no column (the rest of a merged cell) are left out of the result.
    """
    if not tokens:
        return ()
    if policy.rows and printed and (placed := _as_printed(tokens, columns)):
        return placed
    best = _Alignment(tokens, columns, policy).solve()
    blanks = next((i for i, token in enumerate(tokens) if token.text), 0)
    if blanks and policy.rows:
        later = _Alignment(tokens[blanks:], columns, policy).solve()
        if later[0] + 0.2 < best[0]:
            moved = (Placed(p.row, p.column, p.first + blanks, p.last + blanks) for p in later[1])
            return tuple(moved)
    return best[1]


def align_full(tokens: Sequence[Token], columns: Sequence[Header]) -> tuple[Placed, ...]:
    """A row with as many cells as columns, every one of which fits its column; else nothing."""
    if len(tokens) != len(columns):
        return ()
    moved = [replace(token, place=column.place) for token, column in zip(tokens, columns, strict=True)]
    return _as_printed(moved, columns)


def _as_printed(tokens: Sequence[Token], columns: Sequence[Header]) -> tuple[Placed, ...]:
    """One row as it stands, where every string is under a header and fits it; else nothing."""
    at = {column.place: number for number, column in enumerate(columns)}
    placed = []
    for index, token in enumerate(tokens):
        column = at.get(token.place)
        if column is None:
            if token.text:
                return ()
            continue
        fits = _FITS[family(columns[column].field)]
        if fits.get(kind_of(token.text), fits["else"]) > 3:
            return ()
        placed.append(Placed(0, column, index, index))
    return tuple(placed)


class _Alignment:
    """One dynamic program: the state is the column that the current token stands in."""

    def __init__(self, tokens: Sequence[Token], columns: Sequence[Header], policy: Policy) -> None:
        self.tokens, self.columns, self.policy = tokens, columns, policy
        self.families = [family(column.field) for column in columns]
        skips = [_SKIP[name] for name in self.families]
        self.skipped = [0.0]
        for cost in skips:
            self.skipped.append(self.skipped[-1] + cost)

    def solve(self) -> tuple[float, tuple[Placed, ...]]:
        width = len(self.columns)
        costs = [self.skipped[c] + self._fit(0, c) + self._shift(0, c) for c in range(width)]
        back: list[list[tuple[int, str]]] = [[(-1, "row")] * width]
        for index in range(1, len(self.tokens)):
            costs, steps = self._step(index, costs)
            back.append(steps)
        ends = [costs[c] + self.skipped[width] - self.skipped[c + 1] for c in range(width)]
        return min(ends), self._trace(back, ends.index(min(ends)))

    def _step(self, index: int, before: list[float]) -> tuple[list[float], list[tuple[int, str]]]:
        width = len(self.columns)
        gap = self.tokens[index].gap
        restart_from = min(range(width), key=lambda c: before[c] - self.skipped[c + 1])
        restart = before[restart_from] + self.skipped[width] - self.skipped[restart_from + 1]
        restart += self._restart(gap)
        costs, steps = [], []
        for column in range(width):
            fit = self._fit(index, column)
            best, step = restart + self.skipped[column] + self._shift(index, column), (restart_from, "row")
            if gap < Gap.ROW or not self.policy.rows:
                for source in range(column):
                    moved = before[source] + self.skipped[column] - self.skipped[source + 1]
                    moved += self._move(index, source, column)
                    if moved < best:
                        best, step = moved, (source, "cell")
            best += fit
            joined = before[column] + self._join(index, column)
            if joined < best:
                best, step = joined, (column, "join")
            costs.append(best)
            steps.append(step)
        return costs, steps

    def _fit(self, index: int, column: int) -> float:
        table = _FITS[self.families[column]]
        cost = table.get(kind_of(self.tokens[index].text))
        return table["else"] if cost is None else cost

    def _shift(self, index: int, column: int) -> float:
        """A row that begins at another column than its printed place."""
        return self.policy.shift * min(abs(self.columns[column].place - self.tokens[index].place), 3) * 0.3

    def _move(self, index: int, source: int, column: int) -> float:
        """A cell whose distance to the cell before it is not the printed one."""
        wraps = self.tokens[index].gap == Gap.LINE and not self.policy.rows
        cost = self.policy.advance if wraps else 0.0
        if not self.policy.shift:
            return cost
        printed = self.columns[column].place - self.columns[source].place
        found = self.tokens[index].place - self.tokens[index - 1].place
        return cost + self.policy.shift * (printed != found)

    def _restart(self, gap: Gap) -> float:
        if self.policy.rows:
            return 0.0 if gap == Gap.ROW else 12.0
        return 0.3 if gap in (Gap.LINE, Gap.ROW) else 1.2

    def _join(self, index: int, column: int) -> float:
        """The token is the rest of the cell before it: only where the separator allows it."""
        gap, kind = self.tokens[index].gap, kind_of(self.tokens[index].text)
        if kind == "blank" and gap < Gap.ROW:
            return _MERGED_BLANK
        if gap >= Gap.CELL or kind in ("blank", "dash") or not self.tokens[index - 1].text:
            return FAR
        name = self.families[column]
        if name in ("amount", "weight", "score", "execution_rate", "completion_rate", "operator"):
            return FAR
        cost = self.policy.wrap if gap == Gap.LINE else 2.5
        if kind in ("number", "percent", "symbol", "level1", "level2", "both"):
            cost += 9.0
        return cost * 0.7 if name in _PROSE else cost

    def _filled(self, first: int, last: int) -> int:
        """The last token of a cell without the blanks merged into it."""
        while last > first and not self.tokens[last].text:
            last -= 1
        return last

    def _trace(self, back: list[list[tuple[int, str]]], column: int) -> tuple[Placed, ...]:
        cells: list[tuple[int, int, int, bool]] = []
        last = len(self.tokens) - 1
        for index in range(len(self.tokens) - 1, -1, -1):
            source, step = back[index][column]
            if step != "join":
                cells.append((column, index, self._filled(index, last), step == "row"))
                last = index - 1
                column = source
        cells.reverse()
        placed, row = [], -1
        for column, first, final, begins in cells:
            row += begins
            placed.append(Placed(row, column, first, final))
        return tuple(placed)
