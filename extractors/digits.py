"""Printed digits: one spelling for all widths, and exact numbers with their last digit's size."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal

# Full-width letters, digits and signs, but not brackets, commas and colons: a unit keeps its
# printed brackets, and a full-width comma in running text separates clauses, not thousands.
_KEEP_WIDE = frozenset("（），：；！？")
_FOLD: dict[int, str | None] = {
    code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in _KEEP_WIDE
}
_FOLD.update({ord(c): "-" for c in "−–‐‑﹣⁻"})
_FOLD.update({ord(c): "=" for c in "﹦═⚌"})
_FOLD.update({ord(c): ">" for c in "﹥"})
_FOLD.update({ord(c): "<" for c in "﹤"})
_FOLD.update({ord(c): "≥" for c in "≧⩾≮"})
_FOLD.update({ord(c): "≤" for c in "≦⩽≯"})
_FOLD.update({ord(c): "%" for c in "﹪٪"})
_FOLD.update({ord(c): "~" for c in "∼〜∽"})
_FOLD.update({ord(c): "¥" for c in "￥"})
_FOLD.update({ord(c): None for c in "\u200b\u200c\u200d\u2060\ufeff\u00ad"})
_FOLDED = re.compile(f"[{''.join(map(chr, _FOLD))}]")  # few texts hold any; translating is slow

_SPACES = re.compile(r"\s+")
# White space between two figures stays: joined they would make a third that was never printed.
_SPACES_IN_WORDS = re.compile(r"(?<![0-9.,，])\s+|\s+(?![0-9.])")

NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_DIGIT = re.compile(r"[0-9０-９]")
_RESOLUTIONS = tuple(Decimal((0, (1,), -places)) for places in range(40))
# Rounding to the stored places must not fail on long input: 400 digits hold any cell we read.
_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)

_LONGEST_BLANK = 20  # characters of dashes and the like; a longer row of them is a rule
_BLANK = re.compile(
    r"[\s\u200b\ufeff—–\-‐‑−－―─﹣/／\\＼|｜_＿…⋯·*＊.。、]*|[（(]?[无無空][）)]?[。.]?"
)


def fold(text: str) -> str:
    """The text with half-width letters, digits and signs, and no white space inside words.

    >>> fold("≧ ９５％"), fold("10 亿元"), fold("10 20")
    ('≥95%', '10亿元', '10 20')
    """
    if _FOLDED.search(text):
        text = text.translate(_FOLD)
    text = text.strip()
    if _SPACES.search(text) is None:
        return text
    return _SPACES.sub(" ", _SPACES_IN_WORDS.sub("", text))


def is_blank(raw: str) -> bool:
    """Whether a cell is empty or prints a blank, such as a dash, a slash or 无.

    >>> is_blank("——"), is_blank("无"), is_blank("0")
    (True, True, False)
    """
    if len(raw) > _LONGEST_BLANK:
        return not raw.strip()
    return _BLANK.fullmatch(raw) is not None


def has_number(raw: str) -> bool:
    """Whether any digit is printed, of either width.

    >>> has_number("完成３次"), has_number("良好")
    (True, False)
    """
    return _DIGIT.search(raw) is not None


def read_number(digits: str, whole: int, places: int) -> tuple[Decimal, Decimal] | None:
    """A plain number and the size of its last digit; None if it has more than `whole` whole digits.

    Digits past `places` are what a spreadsheet's binary floats print (39.377400000000002): the
    value is rounded to what can be stored.

    >>> read_number("1,053.780", 14, 6)
    (Decimal('1053.780'), Decimal('0.001'))
    """
    if "," in digits:
        digits = digits.replace(",", "")
    value = Decimal(digits)
    if value.adjusted() >= whole:
        return None
    printed = len(digits) - digits.index(".") - 1 if "." in digits else 0
    if printed > places:
        value, printed = value.quantize(_RESOLUTIONS[places], context=_WIDE), places
    return value, _RESOLUTIONS[printed]
