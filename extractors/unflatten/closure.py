"""Which amounts a line of funds prints where blank cells vanished: its own execution rate tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from extractors.unflatten.kinds import kind_of
from extractors.unflatten.program import Header, Placed
from extractors.unflatten.tokens import Token
from extractors.values import parse_amount, parse_rate

_USUAL_WEIGHTS = (Decimal(10), Decimal(20))  # points that forms give to the execution of the budget
_HALF = Decimal("0.51")  # half of the last printed digit, and a little for truncation of amounts


def settle(
    tokens: Sequence[Token], columns: Sequence[Header], placed: Sequence[Placed], total: bool
) -> tuple[Placed, ...] | None:
    """The placing of a line with fewer figures than columns: the given one where nothing speaks
    against it, the only other one that fits the printed rate, or None where that is not decided.

    `total`: the line of the total, beside which weight and score are usually printed.
    """
    numbers = [i for i, t in enumerate(tokens) if kind_of(t.text) in ("number", "value")]
    rates = [i for i, t in enumerate(tokens) if kind_of(t.text) == "percent"]
    rooms = [i for i, c in enumerate(columns) if _holds_number(c)]
    stages = [i for i, c in enumerate(columns) if c.field.startswith("stage:")]
    bare = not rates and len(stages) < len(numbers) <= len(rooms)
    if bare and (decided := _by_bare_rate(tokens, columns, numbers)):
        return decided
    if len(numbers) >= len(rooms):
        return tuple(placed)
    if len(rates) == 1 and (decided := _by_rate(tokens, columns, placed, rates[0], numbers)):
        return decided
    if len(numbers) < len(stages):
        return None
    last = parse_amount(tokens[numbers[len(stages) - 1]].text) if numbers else None
    if len(numbers) > len(stages) or (last and last.value in _USUAL_WEIGHTS):
        equal = len({tokens[i].text for i in numbers[: len(stages)]}) == 1
        dense = len(numbers) == len(rooms) - 1 and not total
        return tuple(placed) if equal or dense else None
    return tuple(placed)


def _holds_number(column: Header) -> bool:
    return column.field.startswith("stage:") or column.field in ("weight", "score")


def _by_rate(
    tokens: Sequence[Token],
    columns: Sequence[Header],
    placed: Sequence[Placed],
    rate: int,
    numbers: Sequence[int],
) -> tuple[Placed, ...] | None:
    """The given placing if its amounts make the rate, else the only one whose amounts do."""
    if _closes(tokens, columns, placed, rate):
        return tuple(placed)
    fitting = [
        p for p in _placings(tokens, columns, rate, numbers) if _closes(tokens, columns, p, rate)
    ]
    amounts = {
        tuple(sorted((c.column, c.first) for c in p if _is_stage(columns, c))) for p in fitting
    }
    return fitting[0] if len(amounts) == 1 else None


def _by_bare_rate(
    tokens: Sequence[Token], columns: Sequence[Header], numbers: Sequence[int]
) -> tuple[Placed, ...] | None:
    """The only placing in which one of the numbers is a rate printed without its sign."""
    found = []
    for rate in numbers[1:]:
        others = [i for i in numbers if i != rate]
        placed = _by_rate(tokens, columns, (), rate, others)
        if placed and all(_is_positive(tokens[c.first]) for c in placed if _is_stage(columns, c)):
            found.append(placed)
    return found[0] if len(found) == 1 else None


def _is_positive(token: Token) -> bool:
    amount = parse_amount(token.text)
    return amount is not None and amount.value is not None and amount.value > 0


def _is_stage(columns: Sequence[Header], cell: Placed) -> bool:
    return columns[cell.column].field.startswith("stage:")


def _placings(
    tokens: Sequence[Token], columns: Sequence[Header], rate: int, numbers: Sequence[int]
) -> Iterator[tuple[Placed, ...]]:
    """Every placing in order of the figures before and after the rate."""
    at = next((i for i, c in enumerate(columns) if c.field == "execution_rate"), None)
    if at is None:
        return
    before, after = [i for i in numbers if i < rate], [i for i in numbers if i > rate]
    left = [i for i in range(at) if _holds_number(columns[i])]
    right = [i for i in range(at + 1, len(columns)) if _holds_number(columns[i])]
    for low in combinations(left, len(before)):
        for high in combinations(right, len(after)):
            pairs = [*zip(low, before, strict=True), (at, rate), *zip(high, after, strict=True)]
            yield tuple(Placed(0, column, token, token) for column, token in pairs)


def _closes(
    tokens: Sequence[Token], columns: Sequence[Header], placed: Sequence[Placed], rate: int
) -> bool:
    """Whether executed by budget makes the printed rate, to its last digit."""
    budget = executed = None
    for cell in placed:
        field = columns[cell.column].field
        if field in ("stage:annual_budget", "stage:executed"):
            amount = parse_amount(tokens[cell.first].text)
            if field == "stage:executed":
                executed = amount.value if amount else None
            else:
                budget = amount.value if amount else None
    printed = parse_rate(tokens[rate].text)
    if budget is None or executed is None or printed is None or printed.value is None:
        return False
    if not budget:
        return not executed
    digit = printed.resolution or Decimal(1)
    return abs(executed * 100 - printed.value * budget) <= budget * digit * 2 * _HALF
