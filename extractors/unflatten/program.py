"""The cheapest placing of a run of tokens under the columns of a header, as a dynamic program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from extractors.unflatten.kinds import Role, role_of
from extractors.unflatten.tokens import Gap, Token

FAR = 1_000.0
_NO_DOUBT = 3.0  # cost up to which a string fits a column
_MERGED_BLANK = 1.3  # a blank that is the rest of the merged cell before it
_REMEMBERED = 128  # tokens of the longest run whose placing is remembered
_GLUE_WORDS = 3.2  # a cell that goes on after a space
_KEPT_REMARK = 1.5  # for leaving out a remark that is seldom blank, as those left of figures are
_SELDOM_BLANK = ("aside", "evidence", "rule", "basis")
_APART = ("number", "percent", "symbol", "level1", "level2", "both", "level_word")
_PROSE = ("remark", "last_year")
_SINGLE = (
    "amount", "weight", "score", "execution_rate", "completion_rate", "operator", "aside_figure",
    "subtotal",
)  # fmt: skip


class Header(NamedTuple):
    """One column of a header: the field it holds and its printed position in the row."""

    field: str
    place: int


@dataclass(frozen=True, slots=True)
class Policy:
    """How far a layout can be trusted."""

    rows: bool  # row ends are marked
    shift: float  # cost for a cell that moves against its printed position
    places: bool = True  # where rows are marked: blank cells keep their place
    marks: bool = False  # some rows have a mark at their end
    wrap: float = 3.0  # cost for a cell that goes on over a line break
    advance: float = 0.6  # cost for a row that goes on over a line break


class Placed(NamedTuple):
    """Tokens `first` to `last` are one cell of column `column` in row `row`."""

    row: int
    column: int
    first: int
    last: int


# Cost of finding a sort of string in a column; sorts not named cost `else`.
_FITS: dict[str, dict[str, float]] = {
    "amount": {
        "none": 0.2, "number": 0, "value": 1, "blank": 0.5, "dash": 0.2, "percent": 20,
        "else": 30,
    },
    "weight": {
        "number": 0, "blank": 1, "dash": 1, "none": 6, "percent": 8, "value": 12, "else": 25,
    },
    "score": {
        "number": 0, "blank": 1, "dash": 1, "none": 6, "percent": 8, "value": 12, "else": 25,
    },
    "execution_rate": {
        "none": 1, "percent": 0, "number": 1.5, "blank": 1, "dash": 0.5, "value": 12, "else": 25,
    },
    "completion_rate": {
        "none": 1, "percent": 0, "number": 1.5, "blank": 1, "dash": 0.5, "value": 6, "else": 15,
    },
    "level1": {
        "level1": 0, "both": 0.2, "level_word": 0.8, "blank": 0.4, "remnant": 0, "level2": 8,
        "text": 6, "else": 30,
    },
    "level2": {
        "level2": 0, "both": 0.1, "level_word": 0.8, "blank": 0.4, "level1": 4, "text": 5,
        "else": 30,
    },
    "level3": {
        "unit": 3, "none": 6, "text": 0, "sentence": 2.5, "part": 0, "prompt": 0, "value": 3,
        "level2": 3,
        "both": 4, "level1": 8, "level_word": 1.2, "dash": 6,
        "blank": 8, "else": 15,
    },
    "target": {
        "unit": 2, "none": 1, "value": 0, "percent": 0, "number": 1, "text": 1, "dash": 1,
        "blank": 2, "symbol": 6,
        "remnant": 30, "prompt": 30, "else": 9,
    },
    "actual": {
        "unit": 6, "none": 1, "value": 0, "percent": 0, "number": 1, "text": 1, "dash": 1,
        "blank": 1.5, "symbol": 6,
        "remnant": 30, "prompt": 30, "else": 9,
    },
    "operator": {"none": 1, "symbol": 0, "blank": 0.6, "dash": 1, "text": 12, "else": 20},
    "target_unit": {
        "unit": 0, "none": 0.6, "text": 1.2, "blank": 0.4, "dash": 0.6, "value": 2, "else": 14,
    },
    "last_year": {
        "unit": 2, "none": 0, "text": 0, "value": 0, "percent": 0, "number": 0.5, "dash": 0,
        "sentence": 1.8, "part": 6, "blank": 0,
        "remnant": 30, "prompt": 30, "else": 10,
    },
    "remark": {
        "unit": 2, "none": 0, "text": 0, "part": 6, "value": 1, "blank": 0, "dash": 0, "number": 6,
        "percent": 6, "else": 40,
    },
    "label": {"text": 0, "blank": 0, "number": 10, "else": 5},
    "subtotal": {"number": 0, "blank": 0.2, "dash": 0.5, "percent": 2, "else": 15},
    "aside_figure": {"number": 0, "percent": 0, "blank": 0.5, "dash": 0.5, "none": 1, "else": 15},
}  # fmt: skip
_SKIP: dict[str, float] = {
    "amount": 8, "weight": 4, "score": 4, "execution_rate": 2.5, "completion_rate": 4,
    "level1": 0.3, "level2": 0.3, "level3": 12, "target": 4, "actual": 4, "operator": 3,
    "target_unit": 1.5, "last_year": 1, "remark": 0.5, "label": 0.3,
    "aside_figure": 2, "subtotal": 0.3,
}  # fmt: skip


def family(field: str) -> str:
    """The cost row of a field."""
    if field.startswith("stage:"):
        return "amount"
    if field == "target_adjusted":
        return "target"
    if field in _FITS:
        return field
    return "label" if field in ("block", "item_column") else "remark"


@lru_cache(maxsize=65536)
def fits(text: str, field: str) -> bool:
    """Whether a string may stand in a column without doubt."""
    return _fit(family(field), role_of(text)) <= _NO_DOUBT


def _fit(name: str, role: str) -> float:
    """The cost of a sort of string in a column of a family; a sentence is text."""
    costs = _FITS[name]
    if role not in costs and role == "sentence":
        role = "text"
    return costs.get(role, costs["else"])


@dataclass(frozen=True, slots=True)
class _Costs:
    """What depends on the columns alone."""

    skipped: tuple[float, ...]  # of leaving out all columns before one
    joins: tuple[float, ...]  # factor for going on with a cell; FAR where a cell is one token
    blanks: tuple[float, ...]  # the same for a blank, which any cell may take in
    fits: Mapping[str, tuple[float, ...]]  # by role
    others: tuple[float, ...]


@lru_cache(maxsize=256)
def _costs_of(fields: tuple[str, ...]) -> _Costs:
    families = [family(field) for field in fields]
    skipped = [0.0]
    told = max([i for i, name in enumerate(families) if name not in _PROSE], default=0)
    for i, name in enumerate(families):
        kept = name == "remark" and (i < told or fields[i] in _SELDOM_BLANK)
        skipped.append(skipped[-1] + (_KEPT_REMARK if kept else _SKIP[name]))
    roles = {role for name in families for role in _FITS[name]} | {"sentence", "part"}
    table = {role: tuple([_fit(name, role) for name in families]) for role in roles}
    joins = tuple(FAR if name in _SINGLE else 0.7 if name in _PROSE else 1.0 for name in families)
    others = tuple(_FITS[name]["else"] for name in families)
    blanks = (1.0,) * len(families)
    return _Costs(tuple(skipped), joins, blanks, table, others)


class Printed(NamedTuple):
    """What the program knows of a token: what sort of string it is and where it was printed."""

    role: Role
    gap: int  # one of Gap
    place: int


def solve(
    tokens: Sequence[Token], columns: Sequence[Header], policy: Policy
) -> tuple[float, tuple[Placed, ...]]:
    """The cost of the cheapest placing, and the placing."""
    places = policy.shift > 0
    printed = tuple([Printed(role_of(t.text), t.gap, t.place if places else 0) for t in tokens])
    if len(tokens) > _REMEMBERED:
        return Program(printed, columns, policy).solve()
    return _solve(printed, tuple(columns), policy)


@lru_cache(maxsize=512)
def _solve(
    tokens: tuple[Printed, ...], columns: tuple[Header, ...], policy: Policy
) -> tuple[float, tuple[Placed, ...]]:
    # Names and figures differ from one form of a template to the next, their sorts hardly.
    return Program(tokens, columns, policy).solve()


_NEW_ROW = -1  # a step other than from an earlier column, or within one


class Program:
    """One dynamic program: the state is the column that the current token stands in."""

    def __init__(
        self, tokens: Sequence[Printed], columns: Sequence[Header], policy: Policy
    ) -> None:
        self.tokens, self.columns, self.policy = tokens, columns, policy
        self.costs = _costs_of(tuple(column.field for column in columns))
        self.width = len(columns)
        self.ended = [-1]  # by token: the column that the row before ends in, if a row begins here

    def solve(self) -> tuple[float, tuple[Placed, ...]]:
        """The cost of the cheapest placing, and the placing."""
        width, skipped = self.width, self.costs.skipped
        fit = self._fit(0)
        costs = [skipped[c] + fit[c] + self._shift(0, c) for c in range(width)]
        back = [[_NEW_ROW] * width]
        for index in range(1, len(self.tokens)):
            costs, steps = self._step(index, costs)
            back.append(steps)
        ends = [costs[c] + skipped[width] - skipped[c + 1] for c in range(width)]
        return min(ends), self._trace(back, ends.index(min(ends)))

    def _step(self, index: int, before: list[float]) -> tuple[list[float], list[int]]:
        """Costs of the token in each column, and the column it comes from: in a new row, after an
        earlier column, or joined to the cell in the same one.
        """
        skipped, shift = self.costs.skipped, self.policy.shift
        role, gap, _ = self.tokens[index]
        left = [cost - passed for cost, passed in zip(before, skipped[1:], strict=True)]
        restart = min(left)
        self.ended.append(left.index(restart))
        restart += skipped[-1] + self._restart(gap)
        goes_on = gap < Gap.ROW or not (self.policy.rows or self.policy.marks)
        advance = self.policy.advance if gap == Gap.LINE and not self.policy.rows else 0.0
        join = self._join(index)
        joins = join < FAR
        factors = self.costs.blanks if role == "blank" else self.costs.joins
        costs, steps = [], []
        nearest, source = FAR * FAR, _NEW_ROW  # the cheapest earlier column
        columns = zip(skipped, self._fit(index), before, factors, strict=False)
        for column, (passed, fit, prior, factor) in enumerate(columns):
            best, step = restart + passed, _NEW_ROW
            if shift:
                best += self._shift(index, column)
                if goes_on:
                    nearest, source = self._moved(index, column, left)
            if goes_on and (after := nearest + passed + advance) < best:
                best, step = after, source
            best += fit
            if joins and (joined := prior + join * factor) < best:
                best, step = joined, column
            costs.append(best)
            steps.append(step)
            if left[column] < nearest:
                nearest, source = left[column], column
        return costs, steps

    def _fit(self, index: int) -> tuple[float, ...]:
        return self.costs.fits.get(self.tokens[index].role, self.costs.others)

    def _shift(self, index: int, column: int) -> float:
        """A row that begins at another column than its printed place."""
        if not self.policy.shift:
            return 0.0
        moved = abs(self.columns[column].place - self.tokens[index].place)
        return self.policy.shift * min(moved, 3) * 0.3

    def _moved(self, index: int, column: int, left: Sequence[float]) -> tuple[float, int]:
        """The cheapest earlier column where a distance that is not the printed one costs."""
        found = self.tokens[index].place - self.tokens[index - 1].place
        best, best_source = FAR * FAR, _NEW_ROW
        for source in range(column):
            printed = self.columns[column].place - self.columns[source].place
            cost = left[source] + self.policy.shift * (printed != found)
            if cost < best:
                best, best_source = cost, source
        return best, best_source

    def _restart(self, gap: int) -> float:
        if self.policy.rows:
            return 0.0 if gap == Gap.ROW else 12.0
        return 0.3 if gap in (Gap.LINE, Gap.ROW) else 1.2

    def _join(self, index: int) -> float:
        """The token is the rest of the cell before it: only where the separator allows it."""
        role, gap, _ = self.tokens[index]
        before = self.tokens[index - 1].role
        if role == "blank" and gap < Gap.ROW:
            return _MERGED_BLANK
        if gap >= Gap.CELL or before in ("blank", "prompt"):
            return FAR
        if role in ("blank", "dash", "none", "prompt", "remnant", "part"):
            return FAR
        cost = self.policy.wrap if gap == Gap.LINE else _GLUE_WORDS
        if role == before == "value":
            cost += 3.0
        if before == "part" or role in _APART:
            cost += 9.0
        return cost

    def _filled(self, first: int, last: int) -> int:
        """The last token of a cell without the blanks merged into it."""
        while last > first and self.tokens[last].role == "blank":
            last -= 1
        return last

    def _trace(self, back: list[list[int]], column: int) -> tuple[Placed, ...]:
        cells: list[tuple[int, int, int, bool]] = []
        last = len(self.tokens) - 1
        for index in range(len(self.tokens) - 1, -1, -1):
            step = back[index][column]
            if step != column:
                begins = step == _NEW_ROW
                cells.append((column, index, self._filled(index, last), begins))
                last = index - 1
                column = self.ended[index] if begins else step
        cells.reverse()
        placed, row = [], -1
        for column, first, final, begins in cells:
            row += begins
            placed.append(Placed(row, column, first, final))
        return tuple(placed)
