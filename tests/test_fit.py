"""The rule behind published scores comes out of the rows alone, or not at all."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reconcile.fit import Fit, Row, fit_rule
from pipeline.reconcile.pieces import parse_piece

CENT = Decimal("0.01")

# Published rows of one rule label (按照完成比例赋分): printed completion in percent, weight, score.
CHANGJI = (
    ("164.00", "8", "2.88"),
    ("300.00", "8", "0"),
    ("120.00", "8", "6.40"),
    ("45.00", "6", "0"),
    ("132.18", "6", "4.07"),
    ("117.65", "8", "6.59"),
    ("140.00", "6", "3.60"),
    ("0.00", "5", "0"),
    ("104.56", "5", "4.77"),
    ("90.00", "10", "7.50"),
    ("105.26", "5", "4.74"),
    ("98.68", "8", "7.74"),
)


def row(completion: str, weight: str, score: str) -> Row:
    rate, w, s = Decimal(completion) / 100, Decimal(weight), Decimal(score)
    half = Decimal("0.00005")
    return Row(
        max(rate - half, Decimal(0)),
        rate + half,
        max((s - CENT / 2) / w, Decimal(0)),
        (s + CENT / 2) / w,
    )


def score_of(fit: Fit, completion: Decimal, weight: Decimal) -> Decimal:
    for condition, formula in fit.pieces:
        piece = parse_piece(condition, formula)
        above = completion > piece.low or (completion == piece.low and piece.low_closed)
        below = completion < piece.high or (completion == piece.high and piece.high_closed)
        if above and below:
            return piece.lowest.at(weight, completion)
    raise AssertionError(f"no piece for {completion}")


def test_the_changji_rule_comes_out_of_its_rows() -> None:
    fit = fit_rule([row(*each) for each in CHANGJI], plain=108, named=True)
    assert fit is not None
    assert fit.pieces == (
        ("r < 1", "w * (1 - 2.5 * (1 - r))"),
        ("r = 1", "w"),
        ("r > 1", "w * (1 - 1 * (r - 1))"),
    )
    assert (fit.explained, fit.total) == (120, 120)


def test_one_wrong_row_is_an_exception_not_another_rule() -> None:
    rows = [row(*each) for each in CHANGJI] + [row("90.00", "10", "10")]
    fit = fit_rule(rows, plain=108, named=True)
    assert fit is not None
    assert fit.pieces[0] == ("r < 1", "w * (1 - 2.5 * (1 - r))")
    assert (fit.explained, fit.total) == (120, 121)


def test_a_tolerated_excess_is_found() -> None:
    rows = [
        row("110.00", "10", "10"),
        row("125.00", "10", "10"),
        row("150.00", "10", "8"),
        row("180.00", "10", "5"),
    ]
    fit = fit_rule(rows, plain=3, named=False)
    assert fit is not None
    assert fit.pieces == (
        ("r = 1", "w"),
        ("1 < r <= 1.3", "w"),
        ("r > 1.3", "w * (1 - 1 * (r - 1.3))"),
    )


def test_full_marks_for_every_excess_are_a_rule_only_of_a_named_label() -> None:
    rows = [row("105.26", "10", "10"), row("111.11", "10", "10")]
    named = fit_rule(rows, plain=2, named=True)
    assert named is not None
    assert named.pieces == (("r = 1", "w"), ("r > 1", "w"))
    assert fit_rule(rows, plain=2, named=False) is None


def test_one_row_in_part_shows_no_rule() -> None:
    assert fit_rule([row("90.00", "10", "7.5"), row("80.00", "10", "10")], 20, True) is None


def test_full_marks_below_the_target_never_make_a_rule() -> None:
    rows = [row(rate, "10", "10") for rate in ("90.00", "80.00", "70.00", "95.00")]
    assert fit_rule(rows, plain=20, named=True) is None


def test_rows_that_disagree_show_no_rule() -> None:
    rows = [row("90.00", "10", "9"), row("80.00", "10", "3"), row("70.00", "10", "6.5")]
    assert fit_rule(rows, plain=5, named=True) is None


slopes = st.sampled_from(["1", "2", "2.5", "4", "5"])
rates = st.integers(min_value=8000, max_value=9990)


@settings(deadline=None, max_examples=60)
@given(slopes, st.lists(rates, min_size=3, max_size=8, unique=True))
def test_a_fitted_rule_gives_back_the_scores_it_was_fitted_to(
    slope: str, listed: list[int]
) -> None:
    weight, rows, scores = Decimal(10), [], []
    for rate in listed:
        completion = Decimal(rate) / 10000
        exact = max(Decimal(0), weight * (1 - Decimal(slope) * (1 - completion)))
        score = exact.quantize(CENT, rounding=ROUND_HALF_UP)
        rows.append(row(str(completion * 100), "10", str(score)))
        scores.append((completion, score))
    fit = fit_rule(rows, plain=10, named=True)
    if fit is None:  # rows so near to full or so far from it that no slope can be told
        assert sum(0 < score < weight for _, score in scores) < 2
        return
    for completion, score in scores:
        # two roundings: the printed rate's half digit times the slope, and the score's
        assert abs(score_of(fit, completion, weight) - score) <= Decimal("0.02")
