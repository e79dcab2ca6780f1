"""HTML tables to grids: rowspan and colspan laid out as browsers do, within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from extractors.document import UnreadableDocument
from extractors.readers.limits import MAX_COLUMNS, MAX_GRID, MAX_ROWS

_SECTIONS = ("thead", "tbody", "tfoot")
_CELLS = ("td", "th")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_FORM_LABELS = 6  # cells with text of their own that make a table a form, whatever is nested in it
_LONG = 40  # characters of a paragraph rather than a label
_ARTICLE_PARAGRAPHS = 3


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell element at its place in the grid; `row_ordinal` and `ordinal` count elements."""

    element: etree._Element
    row: int
    column: int
    rowspan: int
    colspan: int
    ordinal: int
    oversized: str | None = None  # a colspan beyond HTML's limit, as written


def is_hidden(element: etree._Element) -> bool:
    """Whether an element is not displayed.

    >>> is_hidden(etree.fromstring('<p style="DISPLAY: none">x</p>'))
    True
    """
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style", "")))


def sections(table: etree._Element) -> list[list[etree._Element]]:
    """The rows of a table by row group, nested tables left out, hidden rows too."""
    groups: list[list[etree._Element]] = []
    loose: list[etree._Element] = []
    for child in table:
        if child.tag == "tr":
            if not loose:
                groups.append(loose)
            if not is_hidden(child):
                loose.append(child)
        elif child.tag in _SECTIONS and not is_hidden(child):
            loose = []
            groups.append([row for row in child if row.tag == "tr" and not is_hidden(row)])
    return [group for group in groups if group]


def cells_of(row: etree._Element) -> Iterator[etree._Element]:
    """The displayed cells of one row."""
    return (cell for cell in row if cell.tag in _CELLS and not is_hidden(cell))


def place(table: etree._Element) -> tuple[list[Placed], int]:
    """Every cell at its grid position, and the number of rows."""
    placed: list[Placed] = []
    top, area = 0, 0
    for group in sections(table):
        bottom = top + len(group)
        if bottom > MAX_ROWS:
            raise UnreadableDocument(f"网页表格超过 {MAX_ROWS} 行，疑为恶意构造，未读取")
        busy: list[int] = []  # for each column the first row that is free again
        for row, element in enumerate(group, top):
            column = 0
            for ordinal, cell in enumerate(cells_of(element), 1):
                while column < len(busy) and busy[column] > row:
                    column += 1
                item = _fit(cell, row, column, ordinal, bottom, busy)
                placed.append(item)
                column += item.colspan
                area += item.colspan
                if area > MAX_GRID:
                    raise UnreadableDocument("网页表格的合并列数总和过大，疑为恶意构造，未读取")
        top = bottom
    return placed, top


def _fit(
    cell: etree._Element, row: int, column: int, ordinal: int, bottom: int, busy: list[int]
) -> Placed:
    """One cell from a free column on; it does not cover cells that reach down from above."""
    span = _number(cell.get("colspan"))
    oversized = cell.get("colspan") if span > MAX_COLUMNS else None
    span = max(1, min(span, MAX_COLUMNS + 1))
    down = _number(cell.get("rowspan"), zero=MAX_ROWS)
    height = max(1, min(down, bottom - row))
    busy.extend([0] * (column + span - len(busy)))
    for offset in range(1, span):
        if busy[column + offset] > row:
            span = offset
            break
    for offset in range(span):
        busy[column + offset] = row + height
    return Placed(cell, row, column, height, span, ordinal, oversized)


def _number(raw: str | None, zero: int = 1) -> int:
    match = re.match(r"\s*(\d{1,12})", raw or "1")
    return (int(match[1]) or zero) if match else 1


def is_layout(table: etree._Element) -> bool:
    """Whether a table only places things on the page, so that its contents stand for themselves."""
    rows = [list(cells_of(row)) for group in sections(table) for row in group]
    cells = [cell for row in rows for cell in row]
    if max(map(len, rows), default=0) <= 1 or table.get("role") in ("presentation", "none"):
        return True
    nested = [cell for cell in cells if any(_cell_count(t) > 1 for t in cell.iter("table"))]
    if nested:
        return sum(bool(_own_text(cell)) for cell in cells) < _FORM_LABELS
    return len(rows) <= 2 and any(_is_article(cell) for cell in cells)


def _cell_count(table: etree._Element) -> int:
    return sum(1 for group in sections(table) for row in group for _ in cells_of(row))


def _own_text(cell: etree._Element) -> str:
    """The text of a cell outside the tables nested in it."""
    pieces: list[str] = []
    stack: list[etree._Element] = [cell]
    while stack:
        element = stack.pop()
        pieces.append(element.text or "")
        for child in element:
            pieces.append(child.tail or "")
            if child.tag != "table":
                stack.append(child)
    return "".join(pieces).strip()


def _is_article(cell: etree._Element) -> bool:
    paragraphs = ("".join(p.itertext()).strip() for p in cell.iter("p"))
    return sum(len(text) >= _LONG for text in paragraphs) >= _ARTICLE_PARAGRAPHS
