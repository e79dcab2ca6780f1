"""Lines of running text into paragraphs, and pages into the blocks of the document."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from extractors.document import Block, Paragraph
from extractors.readers.pdf_joins import GrowingTable
from extractors.readers.pdf_lines import plain_text
from extractors.readers.pdf_page import Box, Frame, Item, Line, PageItems, TablePart

NARROWEST = 0.8  # of the page's width: running text reaches that far, or no line of it is full
PAGE_END = (
    6.0  # of the size: how far above the lowest text a paragraph may go over to the next page
)
RAGGED = 1.2  # of the size: what a line that wraps leaves free besides the word that did not fit
LATIN_WIDTH = 0.55  # of the size: about a Latin letter's or a figure's
INDENT = 1.0  # of the size: a first line set in this far begins a paragraph
SAME_SIZE = 0.1  # share by which the sizes of one paragraph's lines differ at most
LEADING = 2.6  # of the size: base line to base line within a paragraph, at most
LONGEST_BOX = 3  # lines: a frame round more is a text box, not a table
_NUMBERED = re.compile(
    r"[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|第[一二三四五六七八九十百\d]{1,4}[章节部条]|[（(]\d{1,2}[)）]"
    r"|\d{1,2}[、)）]|\d{1,2}[.．](?!\d)|附件|附表|[①-⑳]|[●■◆▲]"
)
_SENTENCE_END = re.compile(r"[。！？!?；;：:]$")
_LATIN_RUN = re.compile(r"[!-~]+")
_NO_LINE_START = re.compile(r"[，。、；：！？）》”’%]")
_SET_APART = re.compile(r"[^ -~] [^ -~]")  # a gap as wide as a character: labels side by side
_CONTINUED = re.compile(r"[（(]?\s*(续上?表|接上[页表]|续)\s*[)）]?")

_Size = tuple[int, int]  # of a page, in points


@dataclass(frozen=True, slots=True)
class _Column:
    """The left and right edge of the running text on pages of one size."""

    left: float
    right: float


def blocks_of(pages: tuple[PageItems, ...]) -> tuple[Block, ...]:
    """The paragraphs and tables of all pages in reading order, joined over page ends."""
    columns = _columns(pages)
    bottoms = _bottoms(pages)
    blocks: list[Block] = []
    lines: list[Line] = []
    table: GrowingTable | None = None
    for page in pages:
        size = _size(page.frame)
        for place, item in enumerate(_without_notes(page.items)):
            if isinstance(item, Line):
                if table is not None:
                    blocks.append(_whole(table))
                    table = None
                if lines and not _wraps(lines[-1], item, columns[size], bottoms):
                    blocks.append(_paragraph(lines))
                    lines = []
                lines.append(item)
                continue
            if lines:
                blocks.append(_paragraph(lines))
                lines = []
            if table is not None:
                if place == 0 and table.continued_by(item, bottoms[size]):
                    table.take(item)
                    continue
                blocks.append(_whole(table))
            table = GrowingTable(item)
    if table is not None:
        blocks.append(_whole(table))
    if lines:
        blocks.append(_paragraph(lines))
    return tuple(blocks)


def _without_notes(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items of a page; a line at its top that only says a table goes on is left out."""
    while (
        len(items) > 1
        and isinstance(items[0], Line)
        and isinstance(items[1], TablePart)
        and _CONTINUED.fullmatch(items[0].text)
    ):
        items = items[1:]
    return items


def _size(frame: Frame) -> _Size:
    width, height = frame.layout_size
    return (round(width), round(height))


def _columns(pages: tuple[PageItems, ...]) -> dict[_Size, _Column]:
    """For each page size where running text begins and ends."""
    boxes: dict[_Size, list[Box]] = {}
    for page in pages:
        lines = [item.box for item in page.items if isinstance(item, Line)]
        if lines:
            boxes.setdefault(_size(page.frame), []).extend(lines)
    columns: dict[_Size, _Column] = {}
    for size, found in boxes.items():
        left, _, right, _ = np.array(found).T
        far = max(float(np.percentile(right, 98)), NARROWEST * size[0])
        columns[size] = _Column(float(np.percentile(left, 5)), far)
    return columns


def _bottoms(pages: tuple[PageItems, ...]) -> dict[_Size, float]:
    """For each page size how far down text and tables reach."""
    bottoms: dict[_Size, float] = {}
    for page in pages:
        size = _size(page.frame)
        lowest = max((item.box[3] for item in page.items), default=0.0)
        bottoms[size] = max(bottoms.get(size, 0.0), lowest)
    return bottoms


def _wraps(line: Line, following: Line, column: _Column, bottoms: dict[_Size, float]) -> bool:
    """Whether a line ends only because the paper does, and the next one goes on with it."""
    if line.box[2] + _first_word(following) < column.right - RAGGED * line.em:
        return False
    if abs(line.em - following.em) > SAME_SIZE * line.em + 0.6:
        return False
    if following.box[0] > column.left + INDENT * following.em:
        return False
    if _NUMBERED.match(following.text) and _SENTENCE_END.search(line.text):
        return False
    if _SET_APART.search(line.text) or _SET_APART.search(following.text):
        return False
    if line.frame.page != following.frame.page:
        lowest = bottoms[_size(line.frame)] - PAGE_END * line.em
        return following.frame.page == line.frame.page + 1 and line.box[3] >= lowest
    return following.box[3] - line.box[3] <= LEADING * line.em


def _first_word(line: Line) -> float:
    """The width of what stands unbroken at the start of a line, about.

    A Latin word or a figure moves to the next line whole, a Chinese character with the punctuation
    after it.
    """
    latin = _LATIN_RUN.match(line.text)
    if latin:
        return LATIN_WIDTH * line.em * len(latin[0])
    return 2 * line.em if _NO_LINE_START.match(line.text[1:]) else line.em


def _paragraph(lines: list[Line]) -> Paragraph:
    """One paragraph; its place is that of its lines on the first page."""
    text, place, _, frame = lines[0]
    if len(lines) == 1:
        return Paragraph(plain_text(text), text, frame.locator(place))
    raw = "\n".join(line.text for line in lines)
    box = _around([line.box for line in lines if line.frame is frame])
    return Paragraph(plain_text(raw), raw, frame.locator(box))


def _whole(growing: GrowingTable) -> Block:
    """A table; but a frame round several lines is a passage of text set in a box."""
    table = growing.table()
    if len(table.cells) == 1 and table.cells[0].raw.count("\n") >= LONGEST_BOX:
        cell = table.cells[0]
        return Paragraph(cell.text, cell.raw, cell.locator)
    return table


def _around(boxes: list[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
