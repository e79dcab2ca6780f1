"""The rows of a Word table as written; those of an ordinary one in a single walk within libxml2.

To ask each element for its children in Python takes twice as long. An ordinary table holds
nothing but text; any other is left to the reader that knows what else there may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from lxml import etree

from extractors.readers.docx_styles import P_STYLE, Styles
from extractors.readers.docx_text import (
    ALTERNATE,
    ANCHORED,
    CHARACTERS,
    MATH,
    NOTES,
    RUN,
    SYMBOL,
    TEXT,
    TRANSPARENT,
)
from extractors.readers.limits import MAX_COLUMNS
from extractors.readers.numbering import W

TR, TC, P = f"{W}tr", f"{W}tc", f"{W}p"
_VAL = f"{W}val"
_TC_PROPERTIES, _TR_PROPERTIES = f"{W}tcPr", f"{W}trPr"
_GRID_BEFORE = f"{W}gridBefore"
_GRID_SPAN, _V_MERGE, _H_MERGE = f"{W}gridSpan", f"{W}vMerge", f"{W}hMerge"
_MERGES = frozenset((_GRID_SPAN, _V_MERGE, _H_MERGE))
_TAB_STOPS = f"{W}tabs"  # among the properties of a paragraph: its tabs print nothing
_PRINTED = frozenset((TEXT, *CHARACTERS))
# What no ordinary table holds: wrappers, objects, notes, tracked changes, numbers of lists.
_OTHERS = (*TRANSPARENT, ALTERNATE, *ANCHORED, *NOTES, SYMBOL, f"{MATH}*", f"{W}del", f"{W}numPr")
_WALKED = (TR, TC, P, *_PRINTED, *_MERGES, _GRID_BEFORE, P_STYLE, *_OTHERS)


@dataclass(slots=True)
class TableCell:
    """A cell: its text, or what it contains where that has to be read, and how it is merged."""

    element: etree._Element
    text: str = ""
    content: Sequence[etree._Element] | None = None
    span: str | None = None
    vertical: str | None = None
    horizontal: str | None = None

    def merge(self, setting: etree._Element) -> None:
        """Take over a property of the cell that may merge it with others."""
        tag = setting.tag
        if tag == _GRID_SPAN:
            self.span = setting.get(_VAL, "")
        elif tag == _V_MERGE:
            self.vertical = setting.get(_VAL, "continue")
        elif tag == _H_MERGE:
            self.horizontal = setting.get(_VAL, "continue")


@dataclass(slots=True)
class TableRow:
    """A row: `before` are the grid columns left empty before its first cell."""

    element: etree._Element
    before: int = 0
    cells: list[TableCell] = field(default_factory=list)


def plain_rows(
    table: etree._Element, styles: Styles, effects: AbstractSet[etree._Element]
) -> list[TableRow] | None:
    """The rows of an ordinary table with their texts; None for any other table."""
    if styles.default.list_id is not None:
        return None
    rows: list[TableRow] = []
    row, cell, paragraph = TableRow(table), TableCell(table), None
    for element in table.iter(*_WALKED):
        tag = element.tag
        if tag == P:
            if paragraph is not None:
                cell.text += "\n"
            paragraph = element
        elif tag in _PRINTED:
            run = element.getparent()
            if run.getparent() is paragraph and run.tag == RUN and run not in effects:
                cell.text += element.text or "" if tag == TEXT else CHARACTERS[tag]
            elif run.tag != _TAB_STOPS:
                return None
        elif tag == TC:
            cell, paragraph = TableCell(element), None
            row.cells.append(cell)
        elif tag == TR and element.getparent() is table:
            row = TableRow(element)
            rows.append(row)
        elif not _is_ordinary(element, row, cell, styles):
            return None
    return rows


def _is_ordinary(element: etree._Element, row: TableRow, cell: TableCell, styles: Styles) -> bool:
    """Take over a property of a row or cell; False where the table is no ordinary one."""
    tag = element.tag
    if tag == P_STYLE:
        return styles.named(element).list_id is None
    if tag == _GRID_BEFORE:
        row.before = grid_before(row.element)
        return True
    cell.merge(element)
    return tag in _MERGES and element.getparent().getparent() is cell.element


def written_row(
    element: etree._Element, cells: Iterable[tuple[etree._Element, list[etree._Element]]]
) -> TableRow:
    """A row of any table, of cells with what they contain, wrappers left out."""
    row = TableRow(element, grid_before(element))
    for tc, content in cells:
        cell = TableCell(tc, content=content)
        for setting in content[0] if content and content[0].tag == _TC_PROPERTIES else ():
            cell.merge(setting)
        row.cells.append(cell)
    return row


def grid_before(row: etree._Element) -> int:
    """Grid columns left empty before a row's first cell."""
    for properties in row[:2]:  # they stand first, or second after exceptions from the table's
        if properties.tag == _TR_PROPERTIES:
            before = properties.find(_GRID_BEFORE)
            raw = "" if before is None else before.get(_VAL, "")
            return min(int(raw), MAX_COLUMNS) if raw.isdecimal() and len(raw) < 6 else 0
    return 0
