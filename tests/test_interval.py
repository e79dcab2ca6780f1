"""Intervals: the laws that every comparison of published figures rests on."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.interval import Interval

D = Decimal

figures = st.decimals(min_value=-10**9, max_value=10**9, places=4, allow_nan=False)
places = st.integers(min_value=0, max_value=6)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted((draw(figures), draw(figures)))
    if low == high:
        return Interval.point(low)
    return Interval(low, high, draw(st.booleans()), draw(st.booleans()))


@st.composite
def held(draw: st.DrawFn) -> tuple[Interval, Decimal]:
    """An interval and a value in it, the ends included where they are closed."""
    interval = draw(intervals())
    candidates = [(interval.low + interval.high) / 2]
    candidates += [interval.low] * interval.low_closed + [interval.high] * interval.high_closed
    return interval, draw(st.sampled_from(candidates))


def truncated(value: int) -> Interval:
    return Interval.truncated(D(value), D(1))


@pytest.mark.parametrize(
    ("value", "resolution", "low", "high"),
    [
        ("267", "1", "266.5", "267.5"),
        ("267.00", "0.01", "266.995", "267.005"),
        ("277.7", "0.1", "277.65", "277.75"),
        ("0", "1", "-0.5", "0.5"),
        ("-3.2", "0.1", "-3.25", "-3.15"),
        ("5", "0", "5", "5"),
    ],
)
def test_printed_is_half_a_digit_either_way(
    value: str, resolution: str, low: str, high: str
) -> None:
    assert Interval.printed(D(value), D(resolution)) == Interval(D(low), D(high))


@pytest.mark.parametrize(
    ("value", "resolution", "shown"),
    [
        ("11", "1", "[11, 12)"),
        ("-11", "1", "(-12, -11]"),
        ("0", "1", "(-1, 1)"),
        ("0.00", "0.01", "(-0.01, 0.01)"),
        ("5", "0", "[5, 5]"),
    ],
)
def test_truncation_cuts_towards_zero(value: str, resolution: str, shown: str) -> None:
    assert str(Interval.truncated(D(value), D(resolution))) == shown


def test_negative_weight_swaps_closedness_with_the_ends() -> None:
    # -11 = 1 - 11 under truncation: [1, 2) - [11, 12) is (-11, -9), which (-12, -11] does not meet.
    total = truncated(1) - truncated(11)
    assert str(total) == "(-11, -9)"
    assert not total.meets(truncated(-11))


def test_small_integer_totals_agree_exactly_where_exact_values_exist() -> None:
    """Every a - b = t under truncation, judged against enumeration of exact tenths."""
    tenths = {
        v: [D(t) / 10 for t in range(-40, 41) if int(D(t) / 10) == v] for v in range(-3, 4)
    }
    for a, b, t in product(range(-3, 4), repeat=3):
        possible = any(int(x - y) == t for x in tenths[a] for y in tenths[b])
        assert (truncated(a) - truncated(b)).meets(truncated(t)) == possible, (a, b, t)


def test_two_printings_that_differ_by_two_units_are_no_duplicates() -> None:
    five, seven = Interval.printed(D(5), D(1)), Interval.printed(D(7), D(1))
    assert not five.meets(seven)
    assert five.intersect(seven) is None
    assert five.gap(seven) == 1


def test_touching_ends_count_only_if_both_are_closed() -> None:
    closed, half_open = Interval(D(1), D(2)), Interval(D(1), D(2), True, False)
    above = Interval(D(2), D(3))
    assert closed.meets(above)
    assert str(closed.intersect(above)) == "[2, 2]"
    assert not half_open.meets(above)
    assert half_open.intersect(above) is None
    assert half_open.gap(above) == 0


def test_executed_above_budget_worked_example() -> None:
    budget, executed = Interval.printed(D(267), D(1)), Interval.printed(D("277.7"), D("0.1"))
    assert not executed.at_most(budget)
    excess = executed - budget
    assert (excess.low, excess.high) == (D("10.15"), D("11.25"))
    rate = executed.divide(budget)
    assert rate is not None
    percent = rate.scale(D(100))
    assert round(percent.low, 2) == D("103.79")
    assert round(percent.high, 2) == D("104.22")
    assert percent.meets(Interval.printed(D("104.01"), D("0.01")))
    assert not percent.meets(Interval.printed(D(100), D(1)))


def test_a_divisor_that_may_be_zero_has_no_quotient() -> None:
    one = Interval.point(D(1))
    assert one.divide(Interval.printed(D(0), D(1))) is None
    assert one.divide(Interval.point(D(0))) is None
    assert one.divide(Interval(D(0), D(1), False, True)) is None
    assert str(one.divide(Interval(D(-4), D(-2)))) == "[-0.5, -0.25]"


def test_zero_times_an_open_end_is_reached() -> None:
    zero_to_one, open_two = Interval(D(0), D(1)), Interval(D(1), D(2), False, False)
    assert str(zero_to_one.multiply(open_two)) == "[0, 2)"


@pytest.mark.parametrize(
    ("low", "high", "closed"), [("2", "1", True), ("1", "1", False), ("NaN", "1", True)]
)
def test_an_empty_interval_cannot_be_made(low: str, high: str, closed: bool) -> None:
    with pytest.raises(ValueError, match="interval"):
        Interval(D(low), D(high), closed, closed)


@given(st.lists(st.tuples(st.integers(-10**12, 10**12), places), min_size=1, max_size=8))
def test_a_sum_of_rounded_figures_holds_the_exact_sum(exact: list[tuple[int, int]]) -> None:
    total, rounded = Interval.point(D(0)), Interval.point(D(0))
    exact_sum = D(0)
    for digits, printed_places in exact:
        value, resolution = D(digits).scaleb(-7), D(1).scaleb(-printed_places)
        rounded += Interval.printed(value.quantize(resolution), resolution)
        total += Interval.truncated(value.quantize(resolution, rounding="ROUND_DOWN"), resolution)
        exact_sum += value
    assert rounded.contains(exact_sum)
    assert total.contains(exact_sum)


@given(held(), held())
def test_arithmetic_holds_every_exact_result(
    one: tuple[Interval, Decimal], two: tuple[Interval, Decimal]
) -> None:
    (a, x), (b, y) = one, two
    assert (a + b).contains(x + y)
    assert (a - b).contains(x - y)
    assert a.scale(y).contains(x * y)
    assert a.multiply(b).contains(x * y)
    quotient = a.divide(b)
    assert (quotient is None) == (b.low <= 0 <= b.high)
    if quotient is not None:
        # x / y itself is rounded to 28 digits, so cross-multiply.
        ends = sorted((quotient.low * y, quotient.high * y))
        slack = D("1e-9")
        assert ends[0] - slack <= x <= ends[1] + slack


@given(intervals())
def test_minus_one_twice_is_identity(a: Interval) -> None:
    assert a.scale(D(-1)).scale(D(-1)) == a
    negated = -a
    assert -negated == a
    assert a.scale(D(-1)) == -a


@given(intervals(), intervals())
def test_meeting_is_symmetric_and_agrees_with_intersection(a: Interval, b: Interval) -> None:
    assert a.meets(b) == b.meets(a)
    assert a.intersect(b) == b.intersect(a)
    assert (a.intersect(b) is not None) == a.meets(b)
    assert a.meets(b) == (a.at_most(b) and a.at_least(b))
    assert a.at_most(b) == b.at_least(a)
    assert a.at_most(b) or a.at_least(b)
    assert a.gap(b) == b.gap(a) >= 0
    if a.gap(b) > 0:
        assert not a.meets(b)


@given(held(), intervals())
def test_intersection_holds_exactly_the_shared_values(
    one: tuple[Interval, Decimal], b: Interval
) -> None:
    a, x = one
    both = a.intersect(b)
    assert (both is not None and both.contains(x)) == b.contains(x)
