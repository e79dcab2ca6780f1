"""The intermediate document: blocks of text and tables with places, the same for every format.

A reader makes locators once; every later step only passes them on. Two laws hold for every cell
and paragraph: slicing the decoded text at a text locator gives `raw`; cropping the page at a PDF
locator and reading it gives `raw`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from schemas.columns import Locator
from schemas.immutable import immutable


@immutable
class Paragraph:
    """One paragraph, or one line of a text dump.

    `raw` is what the locator cuts out; `text` is `raw` without outer white space and markup
    residue. `level` is the depth of a heading where the format says so (a Word style, an HTML h2).
    """

    text: str
    raw: str
    locator: Locator
    level: int | None = None


@immutable
class Cell:
    """One printed cell of a table, at its first row and column (from 0).

    `text` is the value: outer white space, line breaks inside words and markup residue are gone.
    `raw` is what the locator cuts out. A printed blank is a cell with an empty `text`.
    """

    row: int
    column: int
    text: str
    raw: str
    locator: Locator
    rowspan: int = 1
    colspan: int = 1


_COLUMN = attrgetter("column")


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of cells in reading order (by row, then column).

    `merges`: "printed" where the source says which cells are merged (DOCX, HTML, XLSX, ruled PDF),
    so that a blank cell is a blank; "lost" where a blank cell may be the rest of a merged one (text
    dumps).
    """

    cells: tuple[Cell, ...]
    row_count: int
    column_count: int
    locator: Locator
    merges: Literal["printed", "lost"] = "printed"

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """The cells that begin in each row, left to right; an empty tuple for a row with none."""
        by_row: list[list[Cell]] = [[] for _ in range(self.row_count)]
        for cell in self.cells:
            by_row[cell.row].append(cell)
        for row in by_row:
            yield tuple(sorted(row, key=_COLUMN))

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers a grid position, or None where no cell is known."""
        for cell in self.cells:
            if (
                cell.row <= row < cell.row + cell.rowspan
                and cell.column <= column < cell.column + cell.colspan
            ):
                return cell
        return None


def stretch(place: Locator, start: int | None, end: int | None) -> Locator:
    """Other characters of the same place."""
    return Locator(place.page, place.bbox, start, end, place.path)


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a document that looked like data and could not be read.

    A `notice` is something a person should know although all was read (a hidden sheet).
    """

    reason: str
    raw: str
    locator: Locator
    notice: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One file as read: its blocks in reading order and what could not be read.

    `media_type` comes from the content. `page_count` is None for formats without pages. `title` is
    the title the text itself prints, when the reader knows it (HTML article heading), never file
    metadata. `source_text` is the decoded text that character locators count in; None where
    locators are pages or paths.
    """

    media_type: str
    blocks: tuple[Block, ...]
    page_count: int | None = None
    title: str | None = None
    problems: tuple[Problem, ...] = ()
    source_text: str | None = None


class UnreadableDocument(Exception):
    """The document as a whole cannot be read; `reason` is Chinese and says what a person can do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
