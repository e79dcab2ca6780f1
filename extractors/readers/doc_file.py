"""The streams of a binary Word file: its characters, and the property lists that tell of them.

Layout as in [MS-DOC]: the File Information Block says where things stand, the piece table gives the
characters their places, and pages of 512 bytes hold the property lists.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.document import UnreadableDocument
from extractors.readers.doc_properties import RunRule, run_rule
from extractors.readers.lines import superscript
from extractors.readers.ole2 import CompoundFile

_WORD_97 = 0x00C1  # the first version of this layout
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_COUNTS, _PLACES = 64, 154  # offsets of the story lengths and of the (place, size) pairs
_STORIES = {"main": 3, "footnote": 4, "header": 5, "annotation": 7, "endnote": 8, "textbox": 9}
STYLES, _RUNS, _PARAGRAPHS, _PIECES, LISTS, LIST_USES = 1, 12, 13, 33, 73, 74
_TRUNCATED = "文件不完整：旧版 Word 文档（DOC）在中途断开，请重新下载或另存为 DOCX 后再试"
_MAX_CHARACTERS = 50_000_000
_PAGE = 512
_FIELD_MARK = re.compile("[\x13\x14\x15]")
_ReadList = Callable[[bytes, int], bytes]  # of a page, at an offset
_PLAIN = RunRule()
GONE = "\x00"  # stands for a character that is not printed, so that the others keep their places


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters from `first` to `last` that stand together in the stream, from byte `at` on."""

    first: int
    last: int
    at: int
    width: int  # bytes a character


@dataclass(slots=True)
class PropertyLists:
    """Which bytes of the text stream each property list tells of, in their order."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    lists: list[bytes] = field(default_factory=list)

    def of(self, at: int) -> bytes:
        """The list that tells of a byte; empty where none does."""
        index = bisect_right(self.starts, at) - 1
        return self.lists[index] if index >= 0 and at < self.ends[index] else b""


class WordFile:
    """A binary Word file opened for reading.

    `text` holds every story one after the other, each UTF-16 unit a character; `stories` says where
    each one begins and ends. Raises `UnreadableDocument` where the file is encrypted, older than
    Word 97, or broken off.
    """

    __slots__ = ("_document", "_pieces", "_table", "data", "paragraphs", "stories", "text")

    def __init__(self, data: bytes) -> None:
        container = CompoundFile(data)
        self._document = container.stream("WordDocument") or b""
        if len(self._document) < _PLACES + 8 * (_PIECES + 1):
            raise UnreadableDocument(_TRUNCATED)
        version, flags = struct.unpack_from("<2xH6xH", self._document)
        if version < _WORD_97:
            raise UnreadableDocument("暂不能读取 Word 97 以前的文档；请另存为 DOCX 后再试")
        if flags & _ENCRYPTED:
            raise UnreadableDocument("文档有密码，请去除密码后再试")
        table = container.stream("1Table" if flags & _TABLE_1 else "0Table")
        if table is None:
            raise UnreadableDocument(_TRUNCATED)
        self._table = table
        self.data = container.stream("Data")
        self._pieces = tuple(_pieces(self.part(_PIECES)))
        self.text = self._shown("".join(self._characters()))
        self.stories = self._stories()
        self.paragraphs = self._lists(_PARAGRAPHS, 13, _paragraph_list)

    def part(self, number: int, *, onwards: bool = False) -> bytes:
        """The bytes of the table stream that a (place, size) pair names; empty where none does.

        The levels of lists stand after the lists, uncounted: `onwards` takes all that follows.
        """
        offset = _PLACES + 8 * number
        if offset + 8 > len(self._document):
            return b""
        at, size = struct.unpack_from("<II", self._document, offset)
        return self._table[at:] if onwards and size else self._table[at : at + size]

    def place(self, character: int) -> int:
        """The byte of the text stream that a character begins at."""
        index = bisect_right(self._pieces, character, key=lambda piece: piece.first) - 1
        piece = self._pieces[index]
        return piece.at + (character - piece.first) * piece.width

    def _characters(self) -> Iterator[str]:
        if sum(piece.last - piece.first for piece in self._pieces) > _MAX_CHARACTERS:
            raise UnreadableDocument("文档字数超过上限，疑为恶意构造，未读取")
        for piece in self._pieces:
            size = (piece.last - piece.first) * piece.width
            raw = self._document[piece.at : piece.at + size]
            if len(raw) < size:
                raise UnreadableDocument(_TRUNCATED)
            if piece.width == 1:
                yield raw.decode("cp1252", "replace")
            else:  # unit by unit, since places count units
                yield "".join(map(chr, struct.unpack(f"<{len(raw) // 2}H", raw)))

    def _shown(self, text: str) -> str:
        """The text with what is not printed blanked out, and signs of symbol fonts in their place.

        Cell marks stay: without them the cells of a table would run together.
        """
        shown = list(_without_instructions(text))
        runs = self._lists(_RUNS, 1, _run_list)
        for start, end, properties in zip(runs.starts, runs.ends, runs.lists, strict=True):
            rule = run_rule(properties)
            if rule == _PLAIN:
                continue
            for first, last in self._between(start, end):
                shown[first:last] = _told("".join(shown[first:last]), rule)
        return "".join(shown)

    def _between(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The characters whose bytes stand between two places."""
        for piece in self._pieces:
            size = (piece.last - piece.first) * piece.width
            low, high = max(start, piece.at), min(end, piece.at + size)
            if low < high:
                first = piece.first + (low - piece.at) // piece.width
                yield first, min(piece.last, first + (high - low) // piece.width)

    def _stories(self) -> dict[str, tuple[int, int]]:
        lengths = struct.unpack_from("<11I", self._document, _COUNTS)
        stories, at = {}, 0
        for name, number in _STORIES.items():
            end = min(at + lengths[number], len(self.text))
            stories[name] = (at, end)
            at = end
        return stories

    def _lists(self, number: int, entry_bytes: int, read: _ReadList) -> PropertyLists:
        """The property lists of the pages that an index (PlcfBte…) names, in the text's order."""
        index = self.part(number)
        found: list[tuple[int, int, bytes]] = []
        pages = index[4 * ((len(index) + 4) // 8) :]  # after the places, of which there is one more
        for (page_number,) in struct.iter_unpack("<I", pages[: len(pages) // 4 * 4]):
            at = (page_number & 0x3FFFFF) * _PAGE
            page = self._document[at : at + _PAGE]
            if len(page) == _PAGE:
                found.extend(_of_page(page, entry_bytes, read))
        found.sort(key=lambda each: each[0])
        return PropertyLists(*map(list, zip(*found, strict=True))) if found else PropertyLists()


def _told(run: str, rule: RunRule) -> str:
    """What is shown for the characters of a run, as many as there were."""
    if rule.symbol is not None:
        run = run.replace("(", chr(rule.symbol))
    if rule.gone:
        return "".join(sign if sign == "\x07" else GONE for sign in run)
    return superscript(run) if rule.raised else run


def _pieces(table: bytes) -> Iterator[Piece]:
    """The pieces that the piece table (Clx) lists after the properties of fast saving."""
    at = 0
    while at + 3 <= len(table) and table[at] == 1:
        at += 3 + int.from_bytes(table[at + 1 : at + 3], "little")
    if at + 5 > len(table) or table[at] != 2:
        raise UnreadableDocument(_TRUNCATED)
    places = table[at + 5 : at + 5 + int.from_bytes(table[at + 1 : at + 5], "little")]
    count = (len(places) - 4) // 12
    if count < 1:
        raise UnreadableDocument(_TRUNCATED)
    bounds = struct.unpack_from(f"<{count + 1}I", places)
    if bounds[0] != 0:
        raise UnreadableDocument(_TRUNCATED)
    for number, (first, last) in enumerate(pairwise(bounds)):
        (where,) = struct.unpack_from("<I", places, 4 * (count + 1) + 8 * number + 2)
        if last < first:
            raise UnreadableDocument(_TRUNCATED)
        compressed = bool(where & 0x40000000)
        where &= 0x3FFFFFFF
        yield Piece(first, last, where // 2 if compressed else where, 1 if compressed else 2)


def _of_page(page: bytes, entry_bytes: int, read: _ReadList) -> Iterator[tuple[int, int, bytes]]:
    count = page[-1]
    after = 4 * (count + 1)
    if after + entry_bytes * count > _PAGE:
        return
    for number, (start, end) in enumerate(pairwise(struct.unpack_from(f"<{count + 1}I", page))):
        at = 2 * page[after + entry_bytes * number]
        yield start, end, read(page, at) if at else b""


def _paragraph_list(page: bytes, at: int) -> bytes:
    """The style (two bytes) and the properties of a paragraph."""
    if page[at]:
        return page[at + 1 : at + 2 * page[at]]
    return page[at + 2 : at + 2 + 2 * page[at + 1]] if at + 1 < _PAGE else b""


def _run_list(page: bytes, at: int) -> bytes:
    return page[at + 1 : at + 1 + page[at]]


def _without_instructions(text: str) -> str:
    """The text with the instructions of closed fields blanked out; what they print stays."""
    shown = list(text)
    open_fields: list[list[int]] = []  # where each begins and, once found, where its result does
    for mark in _FIELD_MARK.finditer(text):
        if mark[0] == "\x13":
            open_fields.append([mark.start()])
        elif open_fields and mark[0] == "\x14":
            open_fields[-1].append(mark.start())
        elif open_fields:
            begin, *separators = open_fields.pop()
            end = separators[0] if separators else mark.start()
            shown[begin:end] = GONE * (end - begin)
    return "".join(shown)
