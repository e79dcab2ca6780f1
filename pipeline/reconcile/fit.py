"""Finds the rule that an issuer scored by, from the completion and score of its own rows alone.

The family is: in proportion below full completion with some slope (1 is plain proportion, 2.5
gives nothing at 60 %), full marks up to a tolerated excess, and a slope down from there. A side of
the rule is accepted only where several rows in part scored agree on one slope and hardly any
contradicts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal

ONE, ZERO = Decimal(1), Decimal(0)
STEEPEST = Decimal(100)  # one percent missed gives nothing: no published rule is steeper
FREE_EXCESS = tuple(Decimal(n) for n in ("1", "1.1", "1.2", "1.3", "1.5", "2", "3"))
LEAST_ROWS = 2  # rows in part scored that must agree: one alone fits some slope always
FEWEST_DIGITS = 1  # decimals of a slope; rules are written with round ones
EXPLAINED = Decimal("0.85")  # of all rows of a label


@dataclass(frozen=True, slots=True)
class Row:
    """One row: completion between low and high, and the share of the weight that was scored."""

    low: Decimal
    high: Decimal
    share_low: Decimal
    share_high: Decimal

    @property
    def is_full(self) -> bool:
        """Whether full marks were given."""
        return self.share_high >= ONE

    @property
    def is_nothing(self) -> bool:
        """Whether no marks were given."""
        return self.share_low <= ZERO


@dataclass(frozen=True, slots=True)
class Fit:
    """A rule found: its pieces, and how many of the rows it speaks of it explains."""

    pieces: tuple[tuple[str, str], ...]
    explained: int
    total: int


@dataclass(frozen=True, slots=True)
class _Side:
    """The rule on one side of full completion."""

    free: Decimal  # full marks up to here
    slope: Decimal  # share lost for each 1.0 of completion beyond; 0 for none
    agreeing: int
    partial: int  # agreeing rows that were scored in part
    contradicting: int
    expected: bool = False  # plain proportion below full completion is the rule to expect

    @property
    def holds(self) -> bool:
        """Whether enough rows agree and hardly any contradicts."""
        if self.slope == ZERO:
            return self.agreeing >= LEAST_ROWS and not self.contradicting
        allowed = 2 if self.expected else 4
        return self.partial >= LEAST_ROWS and self.contradicting * allowed <= self.agreeing


def fit_rule(rows: Sequence[Row], plain: int, named: bool) -> Fit | None:
    """The rule behind the rows, or None where they do not agree on one.

    `plain` counts the further rows that met their target exactly and got full marks. Only where
    rows name their rule does full marks for every excess count as one.

    >>> def row(completion, share):
    ...     c, s, e = Decimal(completion), Decimal(share), Decimal("0.0005")
    ...     return Row(c, c, s - e, s + e)
    >>> fit_rule([row("0.9", "0.75"), row("0.8", "0.5"), row("0.45", "0")], 9, True).pieces
    (('r < 1', 'w * (1 - 2.5 * (1 - r))'), ('r = 1', 'w'))
    """
    below = _below([row for row in rows if row.high < ONE])
    above = _above([row for row in rows if row.low > ONE], named)
    if not (below and below.holds or above and above.holds):
        return None
    pieces: list[tuple[str, str]] = []
    explained = plain
    if below and below.holds:
        pieces.append(("r < 1", f"w * (1 - {_plain(below.slope)} * (1 - r))"))
        explained += below.agreeing
    pieces.append(("r = 1", "w"))
    if above and above.holds:
        pieces += _above_pieces(above)
        explained += above.agreeing
    explained += sum(row.low <= ONE <= row.high and row.is_full for row in rows)
    judged = plain + len(rows) - _left_open(rows, below, above)
    if explained < judged * EXPLAINED and not (below and below.expected):
        return None
    return Fit(tuple(pieces), explained, judged)


def _left_open(rows: Sequence[Row], below: _Side | None, above: _Side | None) -> int:
    """Rows of a side that the rule says nothing about."""
    count = 0
    if not (below and below.holds):
        count += sum(row.high < ONE for row in rows)
    if not (above and above.holds):
        count += sum(row.low > ONE for row in rows)
    return count


def _above_pieces(side: _Side) -> list[tuple[str, str]]:
    if side.slope == ZERO:
        return [("r > 1", "w")]
    fall = f"w * (1 - {_plain(side.slope)} * (r - {_plain(side.free)}))"
    free = [] if side.free == ONE else [(f"1 < r <= {_plain(side.free)}", "w")]
    return [*free, (f"r > {_plain(side.free)}", fall)]


def _below(rows: Sequence[Row]) -> _Side | None:
    """The slope below full completion; full marks there contradict every slope."""
    gaps = [(ONE - row.high, ONE - row.low, row) for row in rows]
    side = _agreement(ONE, gaps)
    return side and replace(side, expected=side.slope == ONE)


def _above(rows: Sequence[Row], named: bool) -> _Side | None:
    """The tolerated excess and the slope beyond it that explain the most rows."""
    if not rows:
        return None
    full = sum(row.is_full for row in rows)
    best = _Side(ONE, ZERO, full, 0, len(rows) - full) if named else None
    for free in FREE_EXCESS:
        within = [row for row in rows if row.high <= free]
        beyond = [row for row in rows if row.high > free]
        gaps = [(max(row.low - free, ZERO), row.high - free, row) for row in beyond]
        side = _agreement(free, gaps) if gaps else None
        if side is None:
            continue
        kept = sum(row.is_full for row in within)
        side = _Side(
            free,
            side.slope,
            side.agreeing + kept,
            side.partial,
            side.contradicting + len(within) - kept,
        )
        if best is None or side.agreeing > best.agreeing:
            best = side
    return best


def _agreement(
    free: Decimal, gaps: Sequence[tuple[Decimal, Decimal, Row]]
) -> _Side | None:
    """The round slope that the most rows allow; None where no row was scored in part."""
    allowed = [(_slopes(low, high, row), row) for low, high, row in gaps]
    partial = [ends for ends, row in allowed if not (row.is_full or row.is_nothing)]
    best: _Side | None = None
    for slope in _candidates(partial):
        agreeing = [row for (low, high), row in allowed if low <= slope <= high]
        side = _Side(
            free,
            slope,
            len(agreeing),
            sum(not (row.is_full or row.is_nothing) for row in agreeing),
            len(allowed) - len(agreeing),
        )
        if best is None or (side.agreeing, side.partial) > (best.agreeing, best.partial):
            best = side
    return best


def _slopes(gap_low: Decimal, gap_high: Decimal, row: Row) -> tuple[Decimal, Decimal]:
    """The slopes that lead from a gap to the share of a row."""
    least = max(ONE - row.share_high, ZERO) / gap_high
    if row.is_nothing or gap_low <= ZERO:
        return least, STEEPEST
    return least, max(ONE - row.share_low, ZERO) / gap_low


def _candidates(allowed: Iterable[tuple[Decimal, Decimal]]) -> list[Decimal]:
    """Round slopes worth trying: plain proportion first, then the roundest of each row's."""
    found = {slope for ends in allowed if (slope := _roundest(*ends)) is not None and slope > ZERO}
    return ([ONE] if allowed else []) + sorted(found - {ONE})


def _roundest(low: Decimal, high: Decimal) -> Decimal | None:
    """The number with the fewest decimals between two ends.

    >>> _roundest(Decimal("2.4938"), Decimal("2.5063"))
    Decimal('2.5')
    """
    for places in range(FEWEST_DIGITS + 1):
        step = ONE.scaleb(-places)
        number = low.quantize(step, rounding=ROUND_CEILING)
        if number <= high:
            return number
    return None


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
