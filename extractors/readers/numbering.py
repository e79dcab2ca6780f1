"""The automatic numbers of Word paragraphs: printed on the page, absent from the text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = f"{W}val"
_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"))
_ROMAN_LOW = ((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: how its numbers look and where they begin."""

    form: str
    text: str
    start: int
    legal: bool  # isLgl: every number in it is printed as a decimal


@dataclass(slots=True)
class Numbering:
    """The lists of one document and how far each has counted."""

    levels: dict[tuple[str, int], Level] = field(default_factory=dict)  # (abstract, level)
    abstracts: dict[str, str] = field(default_factory=dict)  # list -> abstract list
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)  # (list, level) -> start
    _counts: dict[tuple[str, int], int] = field(default_factory=dict)
    _restarted: set[tuple[str, int]] = field(default_factory=set)

    def number(self, list_id: str, level: int) -> str:
        """The printed number of the next paragraph of a list; '' for bullets and unknown lists."""
        abstract = self.abstracts.get(list_id)
        if abstract is None or (abstract, level) not in self.levels:
            return ""
        self._count(list_id, abstract, level)
        own = self.levels[abstract, level]
        if own.form in ("bullet", "none"):
            return ""

        def place(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            shown = self.levels.get((abstract, at))
            if shown is None:
                return ""
            count = self._counts.get((abstract, at), shown.start)
            return printed(count, "decimal" if own.legal and at < level else shown.form)

        label = _PLACE.sub(place, own.text).strip()
        return label if not label or label[-1] in "、）)．。】〕：" else f"{label} "

    def _count(self, list_id: str, abstract: str, level: int) -> None:
        key = (abstract, level)
        start = self.levels[key].start
        if (list_id, level) in self.restarts and (list_id, level) not in self._restarted:
            self._restarted.add((list_id, level))
            self._counts[key] = self.restarts[list_id, level]
        else:
            self._counts[key] = self._counts.get(key, start - 1) + 1
        for deeper in range(level + 1, 9):
            self._counts.pop((abstract, deeper), None)


def read_numbering(root: etree._Element | None) -> Numbering:
    """The lists that `numbering.xml` declares."""
    lists = Numbering()
    if root is None:
        return lists
    for abstract in root.iterchildren(f"{W}abstractNum"):
        name = abstract.get(f"{W}abstractNumId", "")
        for level in abstract.iterchildren(f"{W}lvl"):
            lists.levels[name, _integer(level.get(f"{W}ilvl"), 0)] = _level(level)
    for number in root.iterchildren(f"{W}num"):
        list_id = number.get(f"{W}numId", "")
        target = number.find(f"{W}abstractNumId")
        lists.abstracts[list_id] = target.get(_VAL, "") if target is not None else ""
        for override in number.iterchildren(f"{W}lvlOverride"):
            start = override.find(f"{W}startOverride")
            if start is not None:
                at = _integer(override.get(f"{W}ilvl"), 0)
                lists.restarts[list_id, at] = _integer(start.get(_VAL), 1)
    return lists


def _level(element: etree._Element) -> Level:
    def value(name: str, default: str) -> str:
        child = element.find(f"{W}{name}")
        return default if child is None else child.get(_VAL, default)

    legal = element.find(f"{W}isLgl") is not None
    start = _integer(value("start", "1"), 1)
    return Level(value("numFmt", "decimal"), value("lvlText", ""), start, legal)


def printed(count: int, form: str) -> str:
    """A count in one of Word's number formats.

    >>> printed(12, "chineseCountingThousand"), printed(3, "decimalEnclosedCircleChinese")
    ('十二', '③')
    >>> printed(4, "lowerRoman"), printed(28, "upperLetter"), printed(2, "ideographTraditional")
    ('iv', 'BB', '乙')
    """
    writer = _FORMS.get(form)
    return writer(count) if writer is not None and count > 0 else str(count)


def chinese(count: int, digits: str = _DIGITS, units: str = "十百千") -> str:
    """A count below 10,000 in Chinese characters.

    >>> chinese(10), chinese(21), chinese(105)
    ('十', '二十一', '一百〇五')
    """
    if not 0 < count < 10_000:
        return str(count)
    out, gap = "", False
    for power in (3, 2, 1, 0):
        digit = count // 10**power % 10
        if digit:
            out += (digits[0] if gap and out else "") + digits[digit]
            out += units[power - 1] if power else ""
        gap = not digit
    return out[1:] if 10 <= count < 20 and digits is _DIGITS else out


def _letters(count: int) -> str:
    """Word repeats the letter: Z is followed by AA, then BB."""
    return chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 20)


def _roman(count: int) -> str:
    out = ""
    for value, sign in (*_ROMAN, *_ROMAN_LOW):
        repeat, count = divmod(min(count, 9999), value)
        out += sign * repeat
    return out


def _circled(count: int) -> str:
    return chr(0x2460 + count - 1) if count <= 20 else str(count)


def _stem(count: int) -> str:
    return _STEMS[count - 1] if count <= len(_STEMS) else str(count)


def _wide(count: int) -> str:
    return "".join(chr(ord("０") + int(digit)) for digit in str(count))


def _integer(raw: str | None, default: int) -> int:
    return int(raw) if raw is not None and re.fullmatch(r"-?\d{1,9}", raw) else default


_FORMS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda n: f"{n:02d}",
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "ideographDigital": lambda n: "".join(_DIGITS[int(d)] for d in str(n)),
    "taiwaneseDigital": lambda n: "".join(_DIGITS[int(d)] for d in str(n)),
    "chineseLegalSimplified": lambda n: chinese(n, _LEGAL, "拾佰仟"),
    "ideographTraditional": _stem,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalFullWidth": _wide,
    "decimalFullWidth2": _wide,
    "lowerLetter": _letters,
    "upperLetter": lambda n: _letters(n).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda n: _roman(n).upper(),
}
