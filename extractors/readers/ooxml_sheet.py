"""What an XLSX file says about how its cells look: number formats, errors, hidden rows."""

from __future__ import annotations

import re

from lxml import etree

from extractors.document import UnreadableDocument
from extractors.readers.biff import Marks, WorkbookMarks
from extractors.readers.number_format import GENERAL, built_in, is_date_format
from extractors.readers.package import Package

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _CELL, _VALUE, _FORMULA = (f"{_S}{name}" for name in ("row", "c", "v", "f"))
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ISO_DATE = "yyyy-mm-dd"
_TRUE = ("1", "true")


def read_marks(package: Package) -> WorkbookMarks:
    """Number formats, errors, uncomputed formulas and hidden rows of every sheet."""
    main = package.related("", "officeDocument") or "xl/workbook.xml"
    workbook = package.tree(main)
    marks = WorkbookMarks()
    settings = workbook.find(f"{_S}workbookPr")
    if settings is not None and settings.get("date1904") in _TRUE:
        marks.epoch = 1904
    codes = _codes(package, main)
    parts = {relation: target for _, target, relation in package.relations(main)}
    for sheet in workbook.iter(f"{_S}sheet"):
        part = parts.get(sheet.get(_RELATION, ""))
        if part is not None and package.has(part):
            root = package.tree(part)
            if root.tag == f"{_S}worksheet":
                marks.sheets[sheet.get("name", "")] = _marks(root, codes)
            root.clear()
    return marks


def _codes(package: Package, main: str) -> list[str]:
    """The number format code of each cell style."""
    part = package.related(main, "styles")
    if part is None or not package.has(part):
        return []
    root = package.tree(part)
    own = {
        element.get("numFmtId", ""): element.get("formatCode", GENERAL)
        for element in root.iter(f"{_S}numFmt")
    }
    styles = root.find(f"{_S}cellXfs")
    if styles is None:
        return []
    numbers = [element.get("numFmtId", "0") for element in styles.iterchildren(f"{_S}xf")]
    return [own[n] if n in own else built_in(_integer(n)) for n in numbers]


def _marks(root: etree._Element, codes: list[str]) -> Marks:
    marks = Marks()
    marks.hides = any(column.get("hidden") in _TRUE for column in root.iter(f"{_S}col"))
    at_row = -1
    for row in root.iter(_ROW):
        at_row = _integer(row.get("r"), at_row + 2) - 1
        marks.hides |= row.get("hidden") in _TRUE
        at_column = -1
        for cell in row.iterchildren(_CELL):
            address = cell.get("r")
            place = None if address is None else _PLACE.fullmatch(address.upper())
            if place is not None:
                at_row, at_column = int(place[2]) - 1, column_index(place[1])
            elif address is None:
                at_column += 1
            else:  # calamine would make room up to wherever it takes this to be
                raise UnreadableDocument(f"Excel 文件损坏：单元格地址“{address[:20]}”无效")
            if len(cell):
                marks.reach(at_row, at_column)
                _mark(marks, cell, at_row, at_column, codes)
    return marks


def _mark(marks: Marks, cell: etree._Element, row: int, column: int, codes: list[str]) -> None:
    kind = cell.get("t", "n")
    value = cell.findtext(_VALUE)
    if kind == "e":
        marks.errors[row, column] = value or "#ERROR!"
    elif not value and kind != "str" and cell.find(_FORMULA) is not None:
        marks.uncomputed.append((row, column))
    elif kind in ("n", "d"):
        style = _integer(cell.get("s"), 0)
        code = codes[style] if style < len(codes) else GENERAL
        if kind == "d" and not is_date_format(code):
            code = _ISO_DATE
        marks.formats[row, column] = code


def column_index(letters: str) -> int:
    """The column of some letters, counted from 0.

    >>> column_index("A"), column_index("AB"), column_index("XFD")
    (0, 27, 16383)
    """
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _integer(raw: str | None, default: int = 0) -> int:
    return int(raw) if raw is not None and raw.isdecimal() and len(raw) < 10 else default
