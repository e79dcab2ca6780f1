"""Targets and actuals: an operator, a number or a range with its unit, a date, or words."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from functools import lru_cache

from extractors.dates import SYMBOL, SYMBOLS, date_of
from extractors.digits import NUMBER, fold, is_blank, read_number
from schemas.immutable import immutable
from schemas.vocabulary import Operator, ValueKind

_LONGEST = 60  # characters; a longer text is a passage, and one number in it need not be the value
_LONGEST_HEAD = 16
_WHOLE, _PLACES = 20, 8  # what DECIMAL(28,8) holds

_FIRST_SYMBOL = re.compile(SYMBOL)
_DIGIT = re.compile(r"[0-9.]")
# Longest first within a relation; each stands right before the number.
_WORDS: tuple[tuple[str, Operator], ...] = (
    (r"[大高多]于[或且]?等于|不[得会应]?[低少小短]于|至少|最少|起码|达到|达", ">="),
    (r"[小低少]于[或且]?等于|[不未][得应]?(?:超出?过?|[高大多长]于)|至多|最多|控制[在到]", "<="),
    (r"超过|超出|高于|大于|多于", ">"),
    (r"低于|少于|小于", "<"),
    (r"等于", "="),
)
_WORD = re.compile("(?:" + "|".join(f"({words})" for words, _ in _WORDS) + r")(?:[:：]|到|了)?$")
_WORD_OPS = tuple(op for _, op in _WORDS)
# A number after these is not the value itself: a negation, a loss, an ordinal, a part of a change.
_HEAD_STOPS = re.compile(
    r"[0-9A-Za-z,，。;；、()（）\[\]<>《》“”\"'%/+\-—–~]|[不未无没非第从由约近逾]$|[不未没无]"
    r"|下降|降低|减少|降至|降到|压减|缩减|缩短|节约|节省|低于|少于|负"
)
_EVERY = re.compile(r"每([^0-9每]{1,4})(?:每([^0-9每]{1,4}))?$")
_BLURRED_HEAD = re.compile(r"(?:大约|约为?|近|≈|将近|接近)$")

_INCLUDING = r"(?:[(（]?含[^)）]{0,8}[)）]?)?"
_BOUND = (
    rf"(?P<upto>{_INCLUDING}(?:[及或]其?)?(?:以上|之上|以下|以内|之内|之下)"
    rf"|(?<=[天日月年时周秒钟])内)?{_INCLUDING}"
)
_MEASURED = re.compile(
    rf"(?P<sign>[-+±])?(?P<first>{NUMBER})"
    rf"(?:(?P<unit1>[^0-9\-~±—–至到]{{0,6}})(?:(?P<dash>[-—–]+|~+|至|到)(?P<second>{NUMBER})"
    rf"|±(?P<around>{NUMBER})))?"
    rf"(?P<blur>余|多|来)?(?P<unit>[^0-9≥≤<>=±]*?){_BOUND}(?P<around_word>左右|上下)?[。;；,，.]?"
)
_BETWEEN = re.compile(
    rf"(?:≥|>=?)(?P<low>{NUMBER})(?P<unit1>[^0-9≥≤<>=且并、,，;；和]{{0,4}})[且并、,，;；和]?"
    rf"(?:≤|<=?)(?P<high>{NUMBER})(?P<unit>[^0-9≥≤<>=]{{0,6}})"
)
_REMARK = re.compile(r"(?P<body>[^(（]*[0-9][^(（]*)[(（](?P<remark>[^()（）]*)[)）]。?")
_DONE = re.compile(r"(?P<body>.*?)[，,;；、]?(?:已经?|均|全部|按时|按期|如期)*完成。?")
# A remark with these takes the figure back, or sets another one against it.
_TAKES_BACK = re.compile(r"[不未无没缺仅应差]|目标|计划|预算|实际|其余|剩余|累计|调整")
_CLEAN_UNIT = re.compile(
    r"(?P<percent>%|百分比|[(（]%[)）])(?P<after>[^0-9%]*)|(?P<permille>‰)"
    r"|(?P<named>[^0-9%‰，。,.;；:：“”!?#]*)"
)
_BRACKETED_UNIT = re.compile(r"[(（](?P<inner>[^()（）]{1,8})[)）]")
_MEASURES = frozenset(
    "个名人位次套台件份项家户处座条场期篇册本块辆只头盏棵株亩米吨克升元万亿千百口眼间幢栋栏面幅张枚批"
    "组班轮天日月年周时分秒堂节课种类卷盒箱袋瓶支根片段宗笔桩起例艘架部门扇把对双匹尾羽群站所村镇县"
)
# 元/人·天, 台（套）: up to four parts; brackets hold another measure, or they are a remark.
_UNIT_PART = rf"[^\s/·*、()（）]{{1,4}}(?:[(（][{''.join(sorted(_MEASURES))}]{{1,4}}[)）])?"
_UNIT = re.compile(rf"{_UNIT_PART}(?:[/·*、每]{_UNIT_PART}){{0,3}}")
_NOT_UNITS = re.compile(
    r"[不未无没已较均约的了且并按超因但由与同为是号第前底后]|^[年月日][^/·]|全年|完成|达到|达标|合格|良好|优秀|满意|全部|以上|以下|以内|左右"
    r"|提[升高]|增[长加]|下降|减少|降低|改善|保障|落实|及时|正常"
)
_AFTER_PERCENT = re.compile(r"[一-鿿]{0,6}")
_NEGATION = re.compile(r"[不未无没]|以[上下内]|下降|减少|降低")
_POWER = re.compile(r"(?<=[0-9][mM])[23](?![0-9])|(?<=[kKcC][mM])[23](?![0-9])|(?<=/[mM])[23]")
_POWERS = {"2": "²", "3": "³"}
_YEAR_MONTH = re.compile(rf"(?:{SYMBOL})?20[0-4][0-9]\.(?:0?[1-9]|1[0-2])")

_NUMERALS = "零一二三四五六七八九十"  # each at its own value
_NUMERAL_COUNT = re.compile(rf"([{_NUMERALS}两])([次个套台份项家户名期场篇册本辆座条处件起例宗])")
_HUNDRED_PERCENT = frozenset({"百分之百", "百分之一百"})


@immutable
class Value:
    """A target or an actual as printed.

    `value` is a number in `unit`, percent points for kind percent, or the lower end of a range
    whose upper end is `high`. `resolution` is the size of the last printed digit (for a date, the
    number of days left open), None where the figure is only about right (约, 左右, 余). `date` is
    the last day a date allows. `kind` is None for a printed blank.
    """

    op: Operator | None = None
    value: Decimal | None = None
    high: Decimal | None = None
    resolution: Decimal | None = None
    date: datetime.date | None = None
    unit: str | None = None
    kind: ValueKind | None = None


_BLANK, _TEXT = Value(), Value(kind="text")


def parse_value(raw: str, fiscal_year: int | None = None) -> Value:
    """What a target or an actual says; text where it is not exactly one number, range or date.

    >>> parse_value("≥２０００万元")
    Value(op='>=', value=Decimal('2000'), high=None, resolution=Decimal('1'), date=None, \
unit='万元', kind='number')
    >>> v = parse_value("80%~90%"); v.value, v.high, v.kind
    (Decimal('80'), Decimal('90'), 'percent')
    >>> v = parse_value("2024年12月1日前"); v.op, v.date
    ('<=', datetime.date(2024, 12, 1))
    >>> parse_value("由80%提高到95%").kind, parse_value("—").kind
    ('text', None)
    """
    if len(raw) > _LONGEST:
        return _BLANK if is_blank(raw) else _TEXT
    return _value(raw, fiscal_year)


@lru_cache(maxsize=8192)
def _value(raw: str, fiscal_year: int | None) -> Value:
    if is_blank(raw):
        return _BLANK
    text = fold(raw)
    when = date_of(text, fiscal_year)
    if when is not None:
        days = None if when.days is None else Decimal(when.days)
        return Value(op=when.op, date=when.date, resolution=days, kind="date")
    return _figure(text)


@lru_cache(maxsize=8192)
def _figure(text: str) -> Value:
    """What a folded text says that is no date, whatever the year."""
    if "m" in text or "M" in text:
        text = _POWER.sub(lambda power: _POWERS[power.group()], text)
    if _DIGIT.search(text) is None:
        return _in_words(text)
    if _YEAR_MONTH.fullmatch(text):
        return _TEXT  # 2024.11 may be a month or a figure
    return _between(text) or _number(text) or _without_words(text) or _TEXT


def _in_words(text: str) -> Value:
    symbol = _FIRST_SYMBOL.match(text)
    op = SYMBOLS[symbol.group()] if symbol else None
    rest = text[symbol.end() :] if symbol else text
    if rest in _HUNDRED_PERCENT:
        return Value(op, Decimal(100), resolution=Decimal(1), unit="%", kind="percent")
    count = _NUMERAL_COUNT.fullmatch(rest)
    if count is not None:
        number = Decimal(_NUMERALS.index(count[1].replace("两", "二")))
        return Value(op, number, resolution=Decimal(1), unit=count[2], kind="number")
    return Value(op=op, kind="text")


def _between(text: str) -> Value | None:
    """≥80%且≤90%: a range printed as two relations."""
    if "≤" not in text and "<" not in text:
        return None
    match = _BETWEEN.fullmatch(text)
    if match is None:
        return None
    unit = match["unit"] or match["unit1"]
    if match["unit1"] not in ("", unit):
        return None
    return _range(match["low"], match["high"], unit)


def _without_words(text: str) -> Value | None:
    """30场（其中线上10场）, 30场，已完成: the figure before words that leave it standing."""
    done = _DONE.fullmatch(text)
    if done is not None:
        return _number(done["body"])
    match = _REMARK.fullmatch(text)
    if match is None or _TAKES_BACK.search(match["remark"]):
        return None
    return _number(match["body"])


def _number(text: str) -> Value | None:
    split = _split(text)
    if split is None:
        return None
    op, blurred, per, body = split
    match = _MEASURED.fullmatch(body)
    if match is None:
        return None
    if match["upto"]:
        bound: Operator = ">=" if match["upto"][-1] == "上" else "<="
        if op not in (None, bound, "="):
            return None  # the two relations contradict each other
        op = bound
    if match["second"] or match["around"] or match["sign"] == "±":
        if per or blurred or match["upto"] or match["blur"] or op not in (None, "=", "<="):
            return None
        return _two_ended(match, op)
    blurred = blurred or bool(match["blur"] or match["around_word"])
    return _one(op, match["sign"] or "", match["first"], match["unit"], per, blurred)


def _split(text: str) -> tuple[Operator | None, bool, str, str] | None:
    """Operator, whether the number is only about right, per what it is counted, and the rest."""
    symbol = _FIRST_SYMBOL.search(text)
    if symbol is not None:
        head, body = text[: symbol.start()], text[symbol.end() :]
        if head and (len(head) > _LONGEST_HEAD or any(stop in head for stop in "，。;；")):
            return None
        return SYMBOLS[symbol.group()], False, "", body
    first = _DIGIT.search(text)
    if first is None:
        return None
    start = first.start()
    if start and text[start - 1] in "-+±":
        start -= 1
    head, body = text[:start], text[start:]
    if not head:
        return None, False, "", body
    op: Operator | None = None
    word = _WORD.search(head)
    if word is not None:
        op = _WORD_OPS[(word.lastindex or 1) - 1]
        head = head[: word.start()]
    blur = _BLURRED_HEAD.search(head)
    if blur is not None:
        head = head[: blur.start()]
    every = _EVERY.fullmatch(head)
    per = "" if every is None else "·".join(part for part in every.groups() if part)
    if len(head) > _LONGEST_HEAD or (head and _HEAD_STOPS.search(head)):
        return None
    return op, blur is not None, per, body


def _one(
    op: Operator | None, sign: str, digits: str, unit: str, per: str, blurred: bool
) -> Value | None:
    number = read_number(digits, _WHOLE, _PLACES)
    measured = _unit(unit)
    if number is None or measured is None:
        return None
    kind, name, factor = measured
    value, resolution = number[0] * factor, number[1] * factor
    if sign == "-" and value:
        value = -value
    if per and name:
        name = f"{name}/{per}"
    return Value(op, value, None, None if blurred else resolution, None, name, kind)


def _two_ended(match: re.Match[str], op: Operator | None) -> Value | None:
    unit, unit1 = match["unit"], match["unit1"] or ""
    if match["sign"] == "±":
        if match["second"] or match["around"]:
            return None
        return _range("-" + match["first"], match["first"], unit)
    if unit1 not in ("", unit) and not (unit1 == "%" and unit == ""):
        return None
    unit = unit or unit1
    if op == "<=" or (match["sign"] and (match["around"] or match["dash"][0] in "-—–")):
        return None
    if match["around"]:
        low = read_number(match["first"], _WHOLE, _PLACES)
        half = read_number(match["around"], _WHOLE, _PLACES)
        if low is None or half is None:
            return None
        return _range(str(low[0] - half[0]), str(low[0] + half[0]), unit)
    if not unit and match["dash"][0] in "-—–":
        return None  # 3-5 alone may be a code or a day
    return _range((match["sign"] or "") + match["first"], match["second"], unit)


def _range(low: str, high: str, unit: str) -> Value | None:
    first = read_number(low.lstrip("+-"), _WHOLE, _PLACES)
    second = read_number(high.lstrip("+-"), _WHOLE, _PLACES)
    measured = _unit(unit)
    if first is None or second is None or measured is None:
        return None
    kind, name, factor = measured
    start = (-first[0] if low.startswith("-") else first[0]) * factor
    end = (-second[0] if high.startswith("-") else second[0]) * factor
    if start > end:
        return None
    resolution = max(first[1], second[1]) * factor
    return Value(None, start, end, resolution, None, name, kind)


@lru_cache(maxsize=2048)
def _unit(printed: str) -> tuple[ValueKind, str | None, Decimal] | None:
    """Kind, unit and factor to the stored number; None where the words are no unit of measure."""
    match = _CLEAN_UNIT.fullmatch(printed)
    if match is None:
        return None
    if match["permille"]:
        return "percent", "‰", Decimal("0.1")
    if match["percent"]:
        after = match["after"]
        if _AFTER_PERCENT.fullmatch(after) is None or _NEGATION.search(after):
            return None
        return "percent", "%", Decimal(1)
    name = match["named"]
    if not name:
        return "number", None, Decimal(1)
    bracketed = _BRACKETED_UNIT.fullmatch(name)
    if bracketed is not None:
        name = bracketed["inner"]
    if _NOT_UNITS.search(name) or not (_UNIT.fullmatch(name) or _is_counted(name)):
        return None
    return "number", name, Decimal(1)


def _is_counted(name: str) -> bool:
    """名工作人员, 个行政村: a measure word and what it counts."""
    return len(name) <= 10 and name[0] in _MEASURES and not any(c in name for c in "()（）")
