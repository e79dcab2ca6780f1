"""Cells that hold one figure: money in 万元, weights and scores in points, rates in percent."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from extractors.digits import fold, is_blank, read_number
from schemas.immutable import immutable

UNITS = {  # 万元 in one of each
    "元": Decimal("0.0001"),
    "角": Decimal("0.00001"),
    "分": Decimal("0.000001"),
    "百元": Decimal("0.01"),
    "千元": Decimal("0.1"),
    "万元": Decimal(1),
    "十万元": Decimal(10),
    "百万元": Decimal(100),
    "千万元": Decimal(1000),
    "亿元": Decimal(10000),
}
_CENT = Decimal("0.000001")  # 0.01 元 in 万元: money has no smaller part
_LONGEST = 64  # characters; no single figure is longer
_WHOLE_MONEY, _WHOLE_POINTS, _PLACES = 14, 6, 6  # what DECIMAL(20,6) and DECIMAL(12,6) hold

_PLAIN = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")
# Groups of three or more after a separator: 1,2345 is a slip, but 1,2 may be a decimal comma.
_GROUPED = r"(?:(?!0[,，])[0-9]+(?:[,，][0-9]{3,})*(?:\.[0-9]*)?|\.[0-9]+)"
_GROUP_SPACE = re.compile("(?<=[0-9])[\u00a0\u2007\u2009\u202f](?=[0-9]{3}(?![0-9]))")
_UNIT = r"(?:人民币)?(?P<unit>亿|[十百千]?万元?|[百千]?元|亿元)(?:整|人民币)?"
_AMOUNT = re.compile(
    rf"(?P<yen>¥|人民币)?(?P<open>[(（])?(?P<sign>[-+△▲])?(?P<yen2>¥)?(?P<digits>{_GROUPED})"
    rf"(?:{_UNIT}|[(（]{_UNIT.replace('unit', 'unit2')}[)）])?(?P<close>[)）])?[。;；]?"
)
_POINTS = re.compile(
    r"(?P<open>[(（])?(?P<sign>[-+])?(?P<digits>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)分?(?P<close>[)）])?分?[。;；]?"
)
_RATE = re.compile(rf"(?P<sign>[-+])?(?P<digits>{_GROUPED})(?:%|百分比|[(（]%[)）])?[。;；]?")
_NOT_APPLICABLE = frozenset({"不适用", "不涉及", "N/A", "n/a", "NA", "暂无", "无此项"})
_HEAD_UNIT = re.compile(
    r"(?:单位[:：]?(?:人民币)?|[(（](?:单位[:：])?(?:人民币)?)(?P<named>亿元|[十百千]?万元|[百千]?元|万|亿)(?![/／])"
    r"|(?<![0-9０-９.．])(?P<loose>亿元|[十百千]?万元|千元)(?![/／])"
)


@immutable
class Amount:
    """An amount in 万元, the size of its last digit in 万元, and the unit it was printed in.

    `value` is None for a printed blank.
    """

    value: Decimal | None
    resolution: Decimal | None
    unit: str


@immutable
class Points:
    """A weight or a score and the size of its last printed digit; both None for a printed blank."""

    value: Decimal | None
    resolution: Decimal | None


@immutable
class Rate:
    """A rate in percent points and the size of its last printed digit; both None for a blank."""

    value: Decimal | None
    resolution: Decimal | None


def parse_amount(raw: str, unit: str = "万元") -> Amount | None:
    """An amount in 万元, or None when `raw` is no amount; a unit in the cell overrides `unit`.

    >>> parse_amount("12345元").value
    Decimal('1.2345')
    >>> parse_amount("1,053.78")
    Amount(value=Decimal('1053.78'), resolution=Decimal('0.01'), unit='万元')
    >>> parse_amount("—").value is None      # a printed blank: NULL, not a reject
    True
    >>> parse_amount("12.34.5"), parse_amount("97.5%"), parse_amount("100 200")
    (None, None, None)
    """
    return _amount(raw, unit) if len(raw) <= _LONGEST else _no_amount(raw, unit)


@lru_cache(maxsize=8192)
def _amount(raw: str, unit: str) -> Amount | None:
    if unit not in UNITS:
        return None
    if _PLAIN.fullmatch(raw):
        return _in_wan("", raw, unit)
    text = fold(_GROUP_SPACE.sub("", raw))
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return _no_amount(raw, unit)
    printed = match["unit"] or match["unit2"]
    if (match["yen"] or match["yen2"]) and printed is None and unit != "元":
        return None  # a yen sign under a head in 万元: either may be the slip
    if bool(match["open"]) != bool(match["close"]):
        return None
    sign = match["sign"] or ""
    if match["open"]:
        if sign:
            return None
        sign = "-"  # accountants' brackets
    if printed is not None and not printed.endswith("元"):
        printed += "元"
    return _in_wan("-" if sign in "-△▲" and sign else "", match["digits"], printed or unit)


def _in_wan(sign: str, digits: str, unit: str) -> Amount | None:
    number = read_number(digits.replace("，", ",").rstrip("."), _WHOLE_MONEY, 20)
    if number is None:
        return None
    value, resolution = number[0] * UNITS[unit], number[1] * UNITS[unit]
    if value.adjusted() >= _WHOLE_MONEY:
        return None
    if resolution < _CENT:
        value, resolution = value.quantize(_CENT), _CENT
    return Amount(-value if sign and value else value, resolution, unit)


def _no_amount(raw: str, unit: str) -> Amount | None:
    return Amount(None, None, unit) if _is_void(raw) else None


def _is_void(raw: str) -> bool:
    return is_blank(raw) or raw.strip() in _NOT_APPLICABLE


def parse_points(raw: str) -> Points | None:
    """A weight or a score, or None when `raw` is neither; a percentage is refused.

    >>> parse_points("（50分）").value, parse_points("100.00分").resolution
    (Decimal('50'), Decimal('0.01'))
    >>> parse_points("/").value is None, parse_points("10/10") is None
    (True, True)
    """
    return _points(raw) if len(raw) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _points(raw: str) -> Points | None:
    match = _POINTS.fullmatch(fold(raw))
    if match is None or bool(match["open"]) != bool(match["close"]):
        return Points(None, None) if _is_void(raw) else None
    number = _signed(match["sign"], match["digits"])
    return None if number is None else Points(*number)


def parse_rate(raw: str) -> Rate | None:
    """A rate in percent points, or None when `raw` is no rate.

    A number without a percent sign stays as printed, for a column may leave the sign to its head or
    print fractions; which of the two it did shows only beside the amounts.

    >>> parse_rate("97.50%").value, parse_rate("１０４.０１％").value, parse_rate("0.9933").value
    (Decimal('97.50'), Decimal('104.01'), Decimal('0.9933'))
    """
    return _rate(raw) if len(raw) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _rate(raw: str) -> Rate | None:
    match = _RATE.fullmatch(fold(raw))
    if match is None:
        return Rate(None, None) if _is_void(raw) else None
    number = _signed(match["sign"], match["digits"].replace("，", ","))
    return None if number is None else Rate(*number)


def _signed(sign: str | None, digits: str) -> tuple[Decimal, Decimal] | None:
    number = read_number(digits.rstrip("."), _WHOLE_POINTS, _PLACES)
    if number is None or sign != "-" or not number[0]:
        return number
    return -number[0], number[1]


@lru_cache(maxsize=1024)
def money_unit(text: str) -> str | None:
    """The unit of money that a column's head or a note above a table names.

    >>> money_unit("全年预算数（万元）"), money_unit("单位：元"), money_unit("多元化项目")
    ('万元', '元', None)
    """
    match = _HEAD_UNIT.search(fold(text)[:200])
    if match is None:
        return None
    unit = match["named"] or match["loose"]
    return unit if unit.endswith("元") else unit + "元"
