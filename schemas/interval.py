"""What a printed figure may stand for: the interval of exact values behind its digits.

The principle is that of XBRL Calculations 1.1: two published figures contradict each other only
when no exact values behind their printed digits could agree. Ends carry whether they belong to the
interval, because truncated figures are half open. All arithmetic rounds outwards, so a result
always contains every exact result.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

_ZERO = Decimal(0)
_HALF = Decimal("0.5")
# 50 digits hold every product of two stored figures exactly; only quotients are ever rounded.
_DOWN = Context(prec=50, rounding=ROUND_FLOOR)
_UP = Context(prec=50, rounding=ROUND_CEILING)

_Corner = tuple[Decimal, Decimal, bool]  # a value rounded down, rounded up, whether it is reached


@dataclass(frozen=True, slots=True)
class Interval:
    """A non-empty interval of exact values; a closed end belongs to it."""

    low: Decimal
    high: Decimal
    low_closed: bool = True
    high_closed: bool = True

    def __post_init__(self) -> None:
        if not (self.low.is_finite() and self.high.is_finite()):
            raise ValueError(f"an interval needs finite ends: {self.low}, {self.high}")
        if self.low > self.high or (
            self.low == self.high and not (self.low_closed and self.high_closed)
        ):
            raise ValueError(f"an interval must hold a value: {self}")

    @classmethod
    def printed(cls, value: Decimal, resolution: Decimal) -> Interval:
        """The exact values that round (四舍五入) to `value`, printed as fine as `resolution`.

        Both ends are closed, because how a half was rounded is not known.

        >>> print(Interval.printed(Decimal("267"), Decimal("1")))
        [266.5, 267.5]
        """
        half = _UP.multiply(resolution, _HALF)
        return cls(_DOWN.subtract(value, half), _UP.add(value, half))

    @classmethod
    def truncated(cls, value: Decimal, resolution: Decimal) -> Interval:
        """The exact values that `value` is left of when the digits after its last are cut off.

        Cutting moves towards zero, so a printed zero hides values on both sides of it.

        >>> print(Interval.truncated(Decimal("9.63"), Decimal("0.01")))
        [9.63, 9.64)
        >>> print(Interval.truncated(Decimal("-11"), Decimal("1")))
        (-12, -11]
        >>> print(Interval.truncated(Decimal("0"), Decimal("1")))
        (-1, 1)
        """
        if resolution == 0:
            return cls.point(value)
        below, above = _DOWN.subtract(value, resolution), _UP.add(value, resolution)
        if value > 0:
            return cls(value, above, True, False)
        if value < 0:
            return cls(below, value, False, True)
        return cls(below, above, False, False)

    @classmethod
    def point(cls, value: Decimal) -> Interval:
        """The interval that holds one exact value."""
        return cls(value, value)

    def __str__(self) -> str:
        left, right = "[" if self.low_closed else "(", "]" if self.high_closed else ")"
        return f"{left}{self.low}, {self.high}{right}"

    def __add__(self, other: Interval) -> Interval:
        return Interval(
            _DOWN.add(self.low, other.low),
            _UP.add(self.high, other.high),
            self.low_closed and other.low_closed,
            self.high_closed and other.high_closed,
        )

    def __neg__(self) -> Interval:
        return Interval(
            self.high.copy_negate(), self.low.copy_negate(), self.high_closed, self.low_closed
        )

    def __sub__(self, other: Interval) -> Interval:
        return self + (-other)

    def scale(self, factor: Decimal) -> Interval:
        """Every value times one exact factor; a negative one swaps ends and their closedness.

        >>> print(Interval.truncated(Decimal("11"), Decimal("1")).scale(Decimal("-1")))
        (-12, -11]
        """
        return self.multiply(Interval.point(factor))

    def multiply(self, other: Interval) -> Interval:
        """Every product of a value of this interval with one of the other."""
        return _hull([
            (_DOWN.multiply(a, b), _UP.multiply(a, b), _product_reached(a, a_closed, b, b_closed))
            for a, a_closed in self._ends()
            for b, b_closed in other._ends()
        ])

    def divide(self, other: Interval) -> Interval | None:
        """Every quotient of a value of this interval by one of the other; None where that may be 0.

        >>> Interval.point(Decimal(1)).divide(Interval.printed(Decimal("0.4"), Decimal("1")))
        """
        if other.low <= 0 <= other.high:
            return None
        return _hull([
            (_DOWN.divide(a, b), _UP.divide(a, b), a_closed and (b_closed or a == 0))
            for a, a_closed in self._ends()
            for b, b_closed in other._ends()
        ])

    def contains(self, value: Decimal) -> bool:
        """Whether the value lies in the interval."""
        return self.meets(Interval.point(value))

    def at_most(self, other: Interval) -> bool:
        """Whether some value here is not above some value there: `self <= other` can hold."""
        if self.low == other.high:
            return self.low_closed and other.high_closed
        return self.low < other.high

    def at_least(self, other: Interval) -> bool:
        """Whether some value here is not below some value there: `self >= other` can hold."""
        return other.at_most(self)

    def meets(self, other: Interval) -> bool:
        """Whether the intervals share a value; ends that touch count only if both are closed."""
        return self.at_most(other) and other.at_most(self)

    def intersect(self, other: Interval) -> Interval | None:
        """The values in both (two printings of one figure), or None where there are none."""
        if not self.meets(other):
            return None
        low, low_open = max(
            (self.low, not self.low_closed), (other.low, not other.low_closed)
        )
        high, high_closed = min((self.high, self.high_closed), (other.high, other.high_closed))
        return Interval(low, high, not low_open, high_closed)

    def gap(self, other: Interval) -> Decimal:
        """The distance that no rounding explains; 0 where the intervals meet or only touch.

        >>> budget, executed = Decimal("267"), Decimal("277.7")
        >>> tenth = Decimal("0.1")
        >>> Interval.printed(executed, tenth).gap(Interval.printed(budget, Decimal(1)))
        Decimal('10.15')
        """
        below = _DOWN.subtract(self.low, other.high)
        above = _DOWN.subtract(other.low, self.high)
        return max(_ZERO, below, above)

    def _ends(self) -> tuple[tuple[Decimal, bool], tuple[Decimal, bool]]:
        return (self.low, self.low_closed), (self.high, self.high_closed)


def _product_reached(a: Decimal, a_closed: bool, b: Decimal, b_closed: bool) -> bool:
    """Whether two ends' product is reached: 0 times anything is 0, so one closed zero suffices."""
    return (a_closed and b_closed) or (a_closed and a == 0) or (b_closed and b == 0)


def _hull(corners: list[_Corner]) -> Interval:
    """The smallest interval around products or quotients of ends, monotone in each end."""
    low = min(down for down, _, _ in corners)
    high = max(up for _, up, _ in corners)
    return Interval(
        low,
        high,
        any(closed for down, _, closed in corners if down == low),
        any(closed for _, up, closed in corners if up == high),
    )
