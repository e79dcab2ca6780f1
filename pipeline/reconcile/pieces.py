"""The language of scoring rules: under which completion which score follows.

A rule is a few pieces, each a `condition` and a `formula` as they stand in `scoring_rules`. Names:
`w` the weight, `r` the completion (1 is 100 %). A condition is `r` between bounds (`0.6 <= r < 1`),
a grade in words (`grade = 较好`), or `missing`; a formula is linear in `r` (`w * (5 * r - 4)`) or a
range of two such (`[0.8 * w, w]`). Scores are always kept within 0 and the weight.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

FARTHEST = Decimal(1000)  # completion that stands for "without bound"
_BOUND = r"\d+(?:\.\d+)?"
_BETWEEN = re.compile(
    rf"(?:(?P<low>{_BOUND})\s*(?P<low_op><=?)\s*)?r(?:\s*(?P<high_op><=?)\s*(?P<high>{_BOUND}))?"
)
_ABOVE = re.compile(rf"r\s*(?P<op>>=?|=)\s*(?P<bound>{_BOUND})")
_GRADE = re.compile(r"grade = (?P<grade>\S+)")
MISSING = "missing"


class InvalidRule(ValueError):
    """A condition or formula that is not of the language."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A score as `constant + of_r * r + of_w * w + of_wr * w * r`."""

    constant: Decimal = Decimal(0)
    of_r: Decimal = Decimal(0)
    of_w: Decimal = Decimal(0)
    of_wr: Decimal = Decimal(0)

    def add(self, other: Linear, sign: int = 1) -> Linear:
        """The sum, or with sign -1 the difference."""
        return Linear(
            self.constant + sign * other.constant,
            self.of_r + sign * other.of_r,
            self.of_w + sign * other.of_w,
            self.of_wr + sign * other.of_wr,
        )

    def scale(self, factor: Decimal) -> Linear:
        """The score times a number."""
        return Linear(
            self.constant * factor, self.of_r * factor, self.of_w * factor, self.of_wr * factor
        )

    def at(self, weight: Decimal, completion: Decimal) -> Decimal:
        """The score, kept within 0 and the weight."""
        score = self.constant + self.of_r * completion
        score += weight * (self.of_w + self.of_wr * completion)
        return max(Decimal(0), min(weight, score))


@dataclass(frozen=True, slots=True)
class Piece:
    """One condition with the lowest and the highest score that follow from it."""

    low: Decimal
    high: Decimal
    low_closed: bool
    high_closed: bool
    grade: str | None  # a piece for words; `missing` for no value at all
    lowest: Linear
    highest: Linear


@lru_cache(maxsize=4096)
def parse_piece(condition: str, formula: str) -> Piece:
    """The piece that a condition and a formula state; InvalidRule where they state none.

    >>> piece = parse_piece("r > 1.3", "w * (2.3 - r)")
    >>> piece.lowest.at(Decimal(10), Decimal("1.5"))
    Decimal('8.00')
    >>> parse_piece("grade = 较好", "0.8 * w").grade
    '较好'
    """
    low, high, low_closed, high_closed, grade = _condition(condition.strip())
    lowest, highest = parse_formula(formula)
    return Piece(low, high, low_closed, high_closed, grade, lowest, highest)


def parse_formula(formula: str) -> tuple[Linear, Linear]:
    """The lowest and the highest score of a formula; equal unless it is a range.

    >>> parse_formula("w * (r - 0.6) / 0.4")[0].at(Decimal(10), Decimal("0.9"))
    Decimal('7.500')
    """
    try:
        body = ast.parse(formula.strip(), mode="eval").body
    except SyntaxError as error:
        raise InvalidRule(f"无法解析的公式：{formula}") from error
    if isinstance(body, ast.List) and len(body.elts) == 2:
        return _linear(body.elts[0], formula), _linear(body.elts[1], formula)
    one = _linear(body, formula)
    return one, one


def _condition(text: str) -> tuple[Decimal, Decimal, bool, bool, str | None]:
    grade = _GRADE.fullmatch(text)
    if grade or text == MISSING:
        return Decimal(0), FARTHEST, True, True, grade["grade"] if grade else MISSING
    above = _ABOVE.fullmatch(text)
    if above:
        bound = Decimal(above["bound"])
        if above["op"] == "=":
            return bound, bound, True, True, None
        return bound, FARTHEST, above["op"] == ">=", True, None
    between = _BETWEEN.fullmatch(text)
    if between is None:
        raise InvalidRule(f"无法解析的条件：{text}")
    low, high = Decimal(between["low"] or 0), Decimal(between["high"] or FARTHEST)
    if low > high:
        raise InvalidRule(f"条件的下限高于上限：{text}")
    return low, high, between["low_op"] != "<", between["high_op"] != "<", None


def _linear(node: ast.expr, formula: str) -> Linear:
    """The linear form of an expression of +, -, *, / over numbers, w and r."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return Linear(constant=Decimal(repr(value)))
        case ast.Name(id="w"):
            return Linear(of_w=Decimal(1))
        case ast.Name(id="r"):
            return Linear(of_r=Decimal(1))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _linear(operand, formula).scale(Decimal(-1))
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            sign = 1 if isinstance(op, ast.Add) else -1
            return _linear(left, formula).add(_linear(right, formula), sign)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(_linear(left, formula), _linear(right, formula), formula)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            divisor = _linear(right, formula)
            if divisor == Linear(constant=divisor.constant) and divisor.constant:
                return _linear(left, formula).scale(1 / divisor.constant)
    raise InvalidRule(f"公式只能由 w、r 和数的加减乘除组成：{formula}")


def _product(a: Linear, b: Linear, formula: str) -> Linear:
    """The product, where it is still linear in r and in w."""
    if a.of_wr or b.of_wr or (a.of_r and b.of_r) or (a.of_w and b.of_w):
        raise InvalidRule(f"公式中的 w 与 r 只能是一次的：{formula}")
    return Linear(
        a.constant * b.constant,
        a.constant * b.of_r + a.of_r * b.constant,
        a.constant * b.of_w + a.of_w * b.constant,
        a.of_w * b.of_r + a.of_r * b.of_w,
    )
