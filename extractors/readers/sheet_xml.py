"""Spreadsheets that are XML: SpreadsheetML 2003 (an `.xls` of many systems) and OpenDocument."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from lxml import etree

from extractors.document import UnreadableDocument
from extractors.readers.encoding import decode
from extractors.readers.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from extractors.readers.number_format import GENERAL, display
from extractors.readers.package import Package, parse_xml
from extractors.readers.sheet_blocks import Sheet

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# SpreadsheetML names some formats in words.
_NAMED = {
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Percent": "0.00%",
    "Scientific": "0.00E+00",
    "General Number": GENERAL,
    "Short Date": "yyyy/m/d",
    "Medium Date": "d-mmm-yy",
    "Long Date": 'yyyy"年"m"月"d"日"',
    "General Date": "yyyy/m/d h:mm",
    "Currency": "¥#,##0.00",
}
_OVERSIZED = "工作表“{}”超过上限（{} 行或 {} 列），疑为恶意构造，未读取"


def read_spreadsheetml_sheets(data: bytes) -> list[Sheet]:
    """The sheets of an Excel 2003 XML file."""
    text, _ = decode(data)
    # The declaration names the encoding of the bytes, not of this string.
    root = parse_xml(_XML_DECLARATION.sub("", text, count=1).encode("utf-8"), "Excel 2003 XML")
    codes = {style.get(f"{_SS}ID", ""): _code(style) for style in root.iter(f"{_SS}Style")}
    return [_worksheet(element, codes) for element in root.iter(f"{_SS}Worksheet")]


def _code(style: etree._Element) -> str:
    number_format = style.find(f"{_SS}NumberFormat")
    code = GENERAL if number_format is None else number_format.get(f"{_SS}Format", GENERAL)
    return _NAMED.get(code, code)


def _worksheet(element: etree._Element, codes: dict[str, str]) -> Sheet:
    sheet = Sheet(element.get(f"{_SS}Name", ""))
    row = -1
    for row_element in element.iterfind(f"{_SS}Table/{_SS}Row"):
        row = _integer(row_element.get(f"{_SS}Index"), row + 2) - 1
        column = 0
        for cell in row_element.iterchildren(f"{_SS}Cell"):
            column = _integer(cell.get(f"{_SS}Index"), column + 1) - 1
            _check(sheet.name, row, column)
            across = _integer(cell.get(f"{_SS}MergeAcross"), 0)
            down = _integer(cell.get(f"{_SS}MergeDown"), 0)
            if across or down:
                sheet.merges.append((row, column, row + down, column + across))
            style = cell.get(f"{_SS}StyleID") or row_element.get(f"{_SS}StyleID") or ""
            shown = _shown(cell.find(f"{_SS}Data"), codes.get(style, GENERAL))
            if shown:
                sheet.texts[row, column] = shown
            column += across + 1
        row += _integer(row_element.get(f"{_SS}Span"), 0)
    return sheet


def _shown(data: etree._Element | None, code: str) -> str:
    if data is None:
        return ""
    text = "".join(data.itertext())
    kind = data.get(f"{_SS}Type", "String")
    if kind == "Number":
        try:
            return display(Decimal(text.strip()), code)
        except InvalidOperation:
            return text
    if kind == "DateTime":
        return text.partition("T")[0]
    if kind == "Boolean":
        return "TRUE" if text.strip() == "1" else "FALSE"
    return text.replace("\r\n", "\n")


def read_ods_sheets(data: bytes) -> list[Sheet]:
    """The sheets of an OpenDocument spreadsheet; it stores the shown text itself."""
    package = Package(data)
    if package.has("META-INF/manifest.xml") and b"encryption-data" in package.read(
        "META-INF/manifest.xml"
    ):
        raise UnreadableDocument("ODS 文件设有打开密码，请解密后再试")
    root = package.tree("content.xml")
    return [_ods_table(element) for element in root.iter(f"{_TABLE}table")]


def _ods_table(element: etree._Element) -> Sheet:
    sheet = Sheet(element.get(f"{_TABLE}name", ""))
    row = 0
    for row_element in element.iter(f"{_TABLE}table-row"):
        column = 0
        filled = False
        for cell in row_element:
            repeat = _integer(cell.get(f"{_TABLE}number-columns-repeated"), 1)
            text = _ods_text(cell) if cell.tag == f"{_TABLE}table-cell" else ""
            across = _integer(cell.get(f"{_TABLE}number-columns-spanned"), 1)
            down = _integer(cell.get(f"{_TABLE}number-rows-spanned"), 1)
            if across > 1 or down > 1:
                sheet.merges.append((row, column, row + down - 1, column + across - 1))
            if text:
                filled = True
                _check(sheet.name, row, column + repeat)
                for at in range(column, column + repeat):
                    sheet.texts[row, at] = text
            column += repeat
        # A repeated row of text is rare and small; the million at the end of a sheet are blank.
        repeated = _integer(row_element.get(f"{_TABLE}number-rows-repeated"), 1)
        if filled and repeated > 1:
            _check(sheet.name, row + repeated, column)
            _repeat(sheet, row, repeated)
        row += repeated
    return sheet


def _repeat(sheet: Sheet, row: int, repeated: int) -> None:
    line = [(column, text) for (at, column), text in sheet.texts.items() if at == row]
    if len(line) * repeated > MAX_CELLS:
        raise UnreadableDocument(_OVERSIZED.format(sheet.name, MAX_ROWS, MAX_COLUMNS))
    for below in range(row + 1, row + repeated):
        for column, text in line:
            sheet.texts[below, column] = text


def _ods_text(cell: etree._Element) -> str:
    """The paragraphs of a cell; a comment on it is not shown."""
    lines = []
    for paragraph in cell.iterchildren(f"{_TEXT}p"):
        pieces = [paragraph.text or ""]
        for element in paragraph.iterdescendants():
            if element.tag == f"{_TEXT}s":
                pieces.append(" " * min(_integer(element.get(f"{_TEXT}c"), 1), 100))
            elif element.tag == f"{_TEXT}line-break":
                pieces.append("\n")
            elif element.tag == f"{_TEXT}tab":
                pieces.append("\t")
            else:
                pieces.append(element.text or "")
            pieces.append(element.tail or "")
        lines.append("".join(pieces))
    return "\n".join(lines)


def _check(name: str, row: int, column: int) -> None:
    if row >= MAX_ROWS or column >= MAX_COLUMNS:
        raise UnreadableDocument(_OVERSIZED.format(name, MAX_ROWS, MAX_COLUMNS))


def _integer(raw: str | None, default: int) -> int:
    return int(raw) if raw is not None and raw.isdecimal() and len(raw) < 9 else default
