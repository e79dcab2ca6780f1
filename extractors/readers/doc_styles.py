"""Styles and lists of a binary Word file, in the terms that DOCX has for them."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from extractors.readers.doc_file import LIST_USES, LISTS, STYLES, WordFile
from extractors.readers.doc_properties import ParagraphRule, paragraph_rule
from extractors.readers.docx_styles import Style
from extractors.readers.numbering import Level, Numbering

_PARAGRAPH_STYLE = 1
_TITLE, _HEADINGS = 62, range(1, 10)  # built-in styles by number
_NO_STYLE = 0xFFF
_NEW_START, _NEW_FORMAT = 0x10, 0x20
_LIST_BYTES, _USE_BYTES, _LEVEL_BYTES = 28, 16, 28
# Number formats of [MS-OSHARED] 2.2.1.3 by the names that DOCX gives them.
_FORMS = {
    0: "decimal",
    1: "upperRoman",
    2: "lowerRoman",
    3: "upperLetter",
    4: "lowerLetter",
    10: "ideographDigital",
    11: "japaneseCounting",
    14: "decimalFullWidth",
    18: "decimalEnclosedCircle",
    19: "decimalFullWidth2",
    22: "decimalZero",
    23: "bullet",
    28: "decimalEnclosedCircleChinese",
    30: "ideographTraditional",
    33: "taiwaneseCounting",
    35: "taiwaneseCountingThousand",
    36: "taiwaneseDigital",
    37: "chineseCounting",
    38: "chineseLegalSimplified",
    39: "chineseCountingThousand",
    255: "none",
}


class WordStyles:
    """The paragraph styles of a file after inheritance, and its lists."""

    __slots__ = ("_declared", "_resolved", "numbering")

    def __init__(self, file: WordFile) -> None:
        self._declared = dict(_styles(file.part(STYLES)))
        self._resolved: dict[int, Style] = {}
        self.numbering = _numbering(file.part(LISTS, onwards=True), file.part(LIST_USES))

    def of(self, rule: ParagraphRule) -> Style:
        """The style of a paragraph with its own properties on top."""
        style = self._resolved.get(rule.style)
        if style is None:
            style = self._resolved[rule.style] = self._inherited(rule.style)
        return _overlay(style, rule)

    def _inherited(self, number: int) -> Style:
        """A style with everything it inherits, ancestors first; a circle ends where it closes."""
        chain: list[int] = []
        while number in self._declared and number not in chain:
            chain.append(number)
            number = self._declared[number][1]
        style = Style()
        for each in reversed(chain):
            built_in, _, rule = self._declared[each]
            level = built_in if built_in in _HEADINGS else style.level
            own = Style(level, style.list_id, style.list_level, built_in == _TITLE)
            style = _overlay(own, rule)
        return style


def _overlay(base: Style, rule: ParagraphRule) -> Style:
    list_id = base.list_id if rule.list_id is None else str(rule.list_id)
    return Style(
        base.level if rule.level is None else rule.level,
        None if list_id == "0" else list_id,
        base.list_level if rule.list_level is None else rule.list_level,
        base.is_title,
    )


def _styles(sheet: bytes) -> Iterator[tuple[int, tuple[int, int, ParagraphRule]]]:
    """Number, built-in number, parent and properties of every paragraph style."""
    if len(sheet) < 6:
        return
    header, _, base_bytes = struct.unpack_from("<HHH", sheet)
    at, number = 2 + header, 0
    while at + 2 <= len(sheet):
        size = int.from_bytes(sheet[at : at + 2], "little")
        found = _style(sheet[at + 2 : at + 2 + size], base_bytes)
        if found is not None:
            yield number, found
        at += 2 + size + size % 2
        number += 1


def _style(declared: bytes, base_bytes: int) -> tuple[int, int, ParagraphRule] | None:
    if len(declared) < base_bytes + 4 or base_bytes < 4:
        return None
    first, second = struct.unpack_from("<HH", declared)
    if second & 0xF != _PARAGRAPH_STYLE:
        return None
    name = 2 * int.from_bytes(declared[base_bytes : base_bytes + 2], "little")
    at = base_bytes + 2 + name + 2
    size = int.from_bytes(declared[at : at + 2], "little")
    properties = declared[at + 4 : at + 2 + size]  # after its own number
    return first & _NO_STYLE, second >> 4, paragraph_rule(0, properties, None)


def _numbering(lists: bytes, uses: bytes) -> Numbering:
    numbering = Numbering()
    count = int.from_bytes(lists[:2], "little")
    at = 2 + _LIST_BYTES * count
    for first in range(2, min(at, len(lists) - _LIST_BYTES + 1), _LIST_BYTES):
        name = str(struct.unpack_from("<i", lists, first)[0])
        for depth in range(1 if lists[first + 26] & 1 else 9):
            level, at = _level(lists, at)
            if level is None:
                return numbering
            numbering.levels[name, depth] = level
    _read_uses(numbering, uses)
    return numbering


def _read_uses(numbering: Numbering, uses: bytes) -> None:
    """Which list each use of one stands for, and where its levels begin anew."""
    count = min(int.from_bytes(uses[:4], "little"), len(uses) // _USE_BYTES)
    at = 4 + _USE_BYTES * count
    for number in range(count):
        name, overrides = struct.unpack_from("<i8xB", uses, 4 + _USE_BYTES * number)
        numbering.abstracts[str(number + 1)] = str(name)
        at += 4
        for _ in range(overrides):
            if at + 8 > len(uses):
                return
            start, flags = struct.unpack_from("<iI", uses, at)
            at += 8
            if flags & _NEW_FORMAT:
                _, at = _level(uses, at)
            elif flags & _NEW_START:
                numbering.restarts[str(number + 1), flags & 0xF] = start


def _level(lists: bytes, at: int) -> tuple[Level | None, int]:
    """The level that stands at an offset, and where the next one does."""
    if at + _LEVEL_BYTES > len(lists):
        return None, at
    start, form, flags = struct.unpack_from("<iBB", lists, at)
    after = at + _LEVEL_BYTES + lists[at + 24] + lists[at + 25]
    length = int.from_bytes(lists[after : after + 2], "little")
    end = after + 2 + 2 * length
    text = lists[after + 2 : end].decode("utf-16-le", "replace")
    shown = "".join(f"%{ord(sign) + 1}" if ord(sign) < 9 else sign for sign in text)
    return Level(_FORMS.get(form, "decimal"), shown, start, bool(flags & 4)), end
