"""What a spreadsheet cell shows: a stored number printed by its number format.

0.975 under `0.00%` is read by everyone as 97.50 %, so that is what jixiao reads too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

GENERAL = "General"
_DAY_SECONDS = Decimal(86_400)
_MAX_SERIAL = 2_958_466  # 31 December 9999
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<ampm>AM/PM|A/P|上午/下午)|(?P<general>General|G/通用格式)"
    r"|(?P<date>[yY]+|[eE]+(?![eE+-])|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?|aaaa?)"
    r"|(?P<digits>[0#?][0#?,]*(?:\.[0#?]*,*)?|\.[0#?]+,*)(?P<exponent>[eE][+-][0#?]+)?"
    r"|(?P<other>.)",
    re.S,
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = "一二三四五六日"
_CURRENCY = re.compile(r"\$([^-\]]*)")
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_SIGNIFICANT = 15  # digits a stored number holds
_GENERAL_WIDTH = 11  # characters General shows of a fraction

# Formats without a code of their own in the file, as a Chinese Excel prints them.
_BUILT_IN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ ¥* #,##0_ ;_ ¥* -#,##0_ ;_ ¥* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # literal, digits, percent, date, ampm, elapsed, text, general
    text: str
    exponent: str = ""


@dataclass(frozen=True, slots=True)
class _Section:
    tokens: tuple[_Token, ...]
    condition: tuple[str, Decimal] | None

    def is_date(self) -> bool:
        return any(token.kind in ("date", "elapsed", "ampm") for token in self.tokens)


def built_in(number: int) -> str:
    """The code of a format that a file only gives by number.

    >>> built_in(10), built_in(31)
    ('0.00%', 'yyyy"年"m"月"d"日"')
    """
    return _BUILT_IN.get(number, GENERAL)


def is_date_format(code: str) -> bool:
    """Whether a format prints a date or a time.

    >>> is_date_format('yyyy"年"m"月"'), is_date_format('0.00_ ;[Red]-0.00'), is_date_format('0"d"')
    (True, False, False)
    """
    return any(section.is_date() for section in _sections(code))


def display(value: Decimal, code: str = GENERAL, epoch: int = 1900) -> str:
    """What a cell shows for a stored number.

    >>> display(Decimal("0.975"), "0.00%"), display(Decimal("1234.5"), "#,##0.00_ ")
    ('97.50%', '1,234.50')
    >>> display(Decimal(45234), "yyyy/m/d"), display(Decimal("0.30000000000000004"))
    ('2023/11/4', '0.3')
    >>> display(Decimal(0), built_in(43)), display(Decimal(-5), "0.0;(0.0)")
    ('-', '(5.0)')
    """
    sections = _sections(code)
    section, signed = _choose(value, sections)
    if not section.tokens:
        return ""
    if section.is_date():
        return _date(value, section, epoch)
    if any(token.kind in ("general", "text") for token in section.tokens):
        shown = _general(value if signed else abs(value))
        return _around(section, shown)
    return _number(value if signed else abs(value), section)


def serial(moment: datetime | timedelta, epoch: int = 1900) -> Decimal:
    """The stored number of a date, time or duration.

    >>> serial(datetime(2023, 11, 4))
    Decimal('45234')
    """
    if isinstance(moment, datetime):
        moment = moment - _day_zero(epoch)
        if epoch == 1900 and moment < timedelta(days=61):  # Excel's 29 February 1900
            moment -= timedelta(days=1)
    seconds = Decimal(moment.seconds) + Decimal(moment.microseconds) / 1_000_000
    return Decimal(moment.days) + seconds / _DAY_SECONDS


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[_Section, ...]:
    parts = re.findall(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[_*].|[^;])+|(?<=;)(?=;|$)|^(?=;)', code)
    return tuple(_section(part) for part in parts[:4]) or (_section(GENERAL),)


def _section(code: str) -> _Section:
    tokens: list[_Token] = []
    condition: tuple[str, Decimal] | None = None
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup
        if match["exponent"]:
            tokens.append(_Token("digits", match["digits"], match["exponent"]))
        elif kind in ("quoted", "escaped"):
            tokens.append(_Token("literal", match[kind]))
        elif kind == "bracket":
            inner = match["bracket"]
            test = _CONDITION.fullmatch(inner)
            if test:
                condition = (test[1], Decimal(test[2]))
            elif re.fullmatch(r"[hHmMsS]+", inner):
                tokens.append(_Token("elapsed", inner.lower()))
            elif currency := _CURRENCY.match(inner):
                tokens.append(_Token("literal", currency[1]))
        elif kind in ("date", "digits", "general", "ampm"):
            tokens.append(_Token(kind, match[0]))
        elif kind == "other":
            named = {"%": "percent", "@": "text", "/": "slash"}.get(match[0], "literal")
            tokens.append(_Token(named, match[0]))
    return _Section(tuple(tokens), condition)


_TESTS = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}


def _choose(value: Decimal, sections: tuple[_Section, ...]) -> tuple[_Section, bool]:
    """The section for a value, and whether the minus sign is still to be printed."""
    numeric = sections[:3]
    if any(section.condition for section in numeric):
        for section in numeric:
            if section.condition is None or _TESTS[section.condition[0]](
                value, section.condition[1]
            ):
                return section, True
        return numeric[-1], True
    if value < 0 and len(numeric) > 1:
        return numeric[1], False
    if value == 0 and len(numeric) > 2:
        return numeric[2], True
    return numeric[0], True


def _around(section: _Section, shown: str) -> str:
    out = "".join(
        shown if token.kind in ("general", "text") else token.text for token in section.tokens
    )
    return out.strip()


def _number(value: Decimal, section: _Section) -> str:
    tokens = section.tokens
    if any(t.kind == "slash" for t in tokens) and sum(t.kind == "digits" for t in tokens) > 1:
        return _general(value)  # a fraction such as # ?/?: its value is what can be compared
    digits = [token for token in tokens if token.kind == "digits"]
    scaled = value * Decimal(100) ** sum(token.kind == "percent" for token in tokens)
    if not digits:
        return "".join(token.text for token in tokens).strip()
    pattern = digits[0].text if len(digits) == 1 else "".join(t.text for t in digits)
    shown = _exponential(scaled, digits[0]) if digits[0].exponent else _fixed(scaled, pattern)
    first, last = tokens.index(digits[0]), len(tokens) - tokens[::-1].index(digits[-1])
    before = "".join(token.text for token in tokens[:first])
    after = "".join(token.text for token in tokens[last:])
    sign = "-" if shown.startswith("-") else ""
    return sign + f"{before}{shown.lstrip('-')}{after}".strip()


def _fixed(value: Decimal, pattern: str) -> str:
    """A number under digit places such as `#,##0.00`; trailing commas divide by 1,000."""
    whole, _, fraction = pattern.partition(".")
    thousands = len(pattern) - len(pattern.rstrip(","))
    fraction = fraction.rstrip(",")
    places = sum(c in "0#?" for c in fraction)
    optional = len(fraction) - len(fraction.rstrip("#?"))
    rounded = _round(value / Decimal(1000) ** thousands, places)
    text = format(abs(rounded), "f")
    left, _, right = text.partition(".")
    while optional and right.endswith("0"):
        right, optional = right[:-1], optional - 1
    required = whole.count("0")
    left = left.lstrip("0").rjust(required, "0")
    if "," in whole.rstrip(","):
        left = f"{int(left):,}" if left else ""
    sign = "-" if rounded < 0 else ""
    return f"{sign}{left}" + (f".{right}" if right else "")


def _exponential(value: Decimal, token: _Token) -> str:
    places = len(token.text.partition(".")[2])
    mantissa, _, power = f"{_stored(value):.{places}E}".partition("E")
    width = sum(c in "0#?" for c in token.exponent)
    return f"{mantissa}E{'-' if power.startswith('-') else '+'}{power[1:].rjust(width, '0')}"


def _general(value: Decimal) -> str:
    """Unformatted: as many digits as stored, a fraction within eleven characters."""
    stored = _stored(value)
    whole = len(str(abs(int(stored))))
    if stored != int(stored):
        stored = _round(stored, max(0, _GENERAL_WIDTH - whole - 1))
    text = format(stored, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _stored(value: Decimal) -> Decimal:
    """The decimal behind a stored binary number: fifteen significant digits."""
    if not value:
        return Decimal(0)
    exponent = value.adjusted() - _SIGNIFICANT + 1
    return value if exponent < -400 else value.quantize(Decimal(1).scaleb(exponent)).normalize()


def _round(value: Decimal, places: int) -> Decimal:
    """Half away from zero, on the decimal that is meant: 1.005 is shown as 1.01."""
    if abs(value) > Decimal(10) ** 20:
        return value.to_integral_value()
    return _stored(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _day_zero(epoch: int) -> datetime:
    return datetime(1904, 1, 1) if epoch == 1904 else datetime(1899, 12, 30)


def _moment(value: Decimal, epoch: int) -> datetime:
    days = int(value)
    if epoch == 1900 and days < 60:  # before Excel's 29 February 1900
        days += 1
    seconds = int(((value - int(value)) * _DAY_SECONDS).to_integral_value(ROUND_HALF_UP))
    return _day_zero(epoch) + timedelta(days=days, seconds=seconds)


def _date(value: Decimal, section: _Section, epoch: int) -> str:
    if not 0 <= value < _MAX_SERIAL:
        return _general(value)  # Excel shows ####; the number is what is known
    moment = _moment(value, epoch)
    twelve = any(token.kind == "ampm" for token in section.tokens)
    out = ""
    for index, token in enumerate(section.tokens):
        if token.kind == "date":
            minutes = token.text[0] in "mM" and _is_minute(section.tokens, index)
            out += _date_part(moment, token.text, minutes, twelve)
        elif token.kind == "ampm":
            out += (
                ("AM" if moment.hour < 12 else "PM")
                if "A" in token.text
                else ("上午" if moment.hour < 12 else "下午")
            )
        elif token.kind == "elapsed":
            total = int(value * _DAY_SECONDS)
            unit = {"h": 3600, "m": 60, "s": 1}[token.text[0]]
            out += str(total // unit).rjust(len(token.text), "0")
        elif token.kind in ("literal", "slash"):
            out += token.text
    return out.strip()


def _is_minute(tokens: tuple[_Token, ...], index: int) -> bool:
    """`m` beside hours or seconds is a minute, else a month."""
    before = [t for t in tokens[:index] if t.kind in ("date", "elapsed")]
    after = [t for t in tokens[index + 1 :] if t.kind in ("date", "elapsed")]
    return bool((before and before[-1].text[0] in "hH") or (after and after[0].text[0] in "sS"))


def _date_part(moment: datetime, code: str, minutes: bool, twelve: bool) -> str:
    letter, width = code[0].lower(), len(code)
    if letter in "ye":
        return f"{moment.year % 100:02d}" if width <= 2 and letter == "y" else str(moment.year)
    if letter == "a":
        weekday = _WEEKDAYS[moment.weekday()]
        return f"星期{weekday}" if width == 4 else weekday
    if letter == "m" and not minutes:
        if width >= 3:
            return _MONTHS[moment.month - 1]
        number = moment.month
    elif letter == "m":
        number = moment.minute
    elif letter == "d":
        number = moment.day
    elif letter == "h":
        number = (moment.hour - 1) % 12 + 1 if twelve else moment.hour
    else:
        number, width = moment.second, len(code.partition(".")[0])
    return f"{number:02d}" if width >= 2 else str(number)
