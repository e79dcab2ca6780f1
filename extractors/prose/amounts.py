"""Amounts in running text: the text without its white space, and where each amount stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from extractors.amounts import Amount, parse_amount
from extractors.document import stretch
from extractors.prose.outline import FULL_LINE, NUMBER, WRAP_LIMIT, Passage, columns
from schemas.columns import Locator
from schemas.immutable import immutable
from schemas.labels import simplified

PRINTED = re.compile(  # its sign is looked for afterwards: a pattern starting with digits is quick
    r"(?P<digits>\d[\d,.，．]*)(?P<unit>亿元|百万元|万元|千元|元|[万亿](?=[，,。；;、（()）]|$))"
    r"(?![/／旦月件素])"
)
MINUS = re.compile(r"(?<!\d)[-－−]")
READABLE = re.compile(r"\d+(?:,\d+)*(?:[.．]\d+)?|\d{1,3}(?:，\d{3})+(?:[.．]\d+)?")
PAGE_NUMBER = re.compile(r"^[\s\-—–－]*\d{1,3}[\s\-—–－]*$|^\s*第\s*\d+\s*页.{0,12}$")
WORD = re.compile(r"\S+")
SPACE = re.compile(r"\s")
# Dumps of web forms keep markup within their cells.
MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,300}>|&[a-z]{2,6};|[^\s<&]+|[<&]")
BREAKING = re.compile(r"</?(?:p|br|div|li|tr|h\d)\b")
MID_SENTENCE = re.compile(r"[，；。]")
LINE_END = "。；;！？!?：:"
# Of the longest line of the passage, where a paragraph goes on behind the line break:
LONG_LINE = 0.75  # in a dump that seldom wraps, a line without a full stop
HALF_LINE = 0.5  # in a wrapped one, a line without a full stop
SHORTEST_WRAP = 15  # characters; passages of shorter lines are lists


@immutable
class Stream:
    """A passage's text without white space and in simplified characters, sign by sign.

    A line break stands only where a paragraph ends.
    """

    passage: Passage
    text: str
    offsets: tuple[int, ...]

    def printed(self, start: int, end: int) -> str:
        """What stands in the source between two places of the stream."""
        return self.passage.text[self.offsets[start] : self.offsets[end - 1] + 1]

    def locate(self, start: int, end: int) -> Locator:
        """The place of a stretch of the stream in the source."""
        first, last = self.offsets[start], self.offsets[end - 1] + 1
        locator = self.passage.locator
        if locator.char_start is not None:
            base = locator.char_start
            return stretch(locator, base + first, base + last)
        return _paragraph_at(self.passage, first)


@immutable
class PrintedAmount:
    """An amount of the stream, from `start` to `end`, with its unit as printed."""

    start: int
    end: int
    raw: str
    amount: Amount


def stream(passage: Passage) -> Stream:
    """The passage's text in simplified characters, without white space, page numbers and wraps."""
    lines = passage.text.split("\n")
    longest = max([columns(line) for line in lines]) if len(lines) > 1 else 0
    parts: list[str] = []
    offsets: list[int] = []
    at, before = 0, ""
    for line in lines:
        if line.strip() and not PAGE_NUMBER.match(line):
            if before and not _wraps(before, line, longest):
                parts.append("\n")
                offsets.append(at - 1)
            if "<" not in line and line[0] != "&" and not SPACE.search(line):
                parts.append(line)  # one word, as most lines are
                offsets.extend(range(at, at + len(line)))
            else:
                _words(line, at, parts, offsets)
            before = line
        at += len(line) + 1
    return Stream(passage, simplified("".join(parts)), tuple(offsets))


def _words(line: str, at: int, parts: list[str], offsets: list[int]) -> None:
    """Add what a line holds besides white space and markup; `at` is its place in the passage."""
    for word in (MARKUP if "<" in line else WORD).finditer(line):
        if len(word.group()) > 1 and word.group().startswith(("<", "&")):
            if BREAKING.match(word.group()):
                parts.append("\n")
                offsets.append(at + word.start())
            continue
        parts.append(word.group())
        offsets.extend(range(at + word.start(), at + word.end()))


def _wraps(line: str, following: str, longest: int) -> bool:
    """Whether a line break is only the width of the page and no end of a paragraph."""
    if NUMBER.match(following.lstrip()) is not None:
        return False
    end = line.rstrip()[-1:]
    if end in "，,、":
        return True
    if longest < SHORTEST_WRAP:
        return False
    full = columns(line) / longest
    if longest > WRAP_LIMIT:
        return end not in LINE_END and (full >= LONG_LINE or MID_SENTENCE.search(line) is not None)
    return full >= (FULL_LINE if end in LINE_END else HALF_LINE)


def printed_amounts(source: Stream) -> Iterator[PrintedAmount]:
    """Every readable amount with a unit of money; two numbers run together are no amount."""
    for match in PRINTED.finditer(source.text):
        if not READABLE.fullmatch(match["digits"]):
            continue
        start, end = match.span()
        if start and MINUS.match(source.text, start - 1):
            start -= 1
        amount = _amount(source.text[start:end])
        if amount is not None and amount.value is not None:
            yield PrintedAmount(start, end, source.printed(start, end), amount)


@lru_cache(maxsize=4096)
def _amount(printed: str) -> Amount | None:
    return parse_amount(printed)


def _paragraph_at(passage: Passage, offset: int) -> Locator:
    at = 0
    for paragraph in passage.paragraphs:
        at += len(paragraph.raw) + 1
        if offset < at:
            return paragraph.locator
    return passage.locator
