"""A twin as a workbook: the running text on one sheet, each form on its own."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import openpyxl
from openpyxl.styles import Alignment, Border, Side
from openpyxl.worksheet.worksheet import Worksheet

from sample_maker.archive import freeze
from sample_maker.grid import Grid
from sample_maker.twin import Twin

PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d*[1-9])?")  # printed as a spreadsheet prints it
THIN = Side(style="thin")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
TEXT_SHEET, FORM_SHEET = "自评报告", "自评表"


def write_xlsx(twin: Twin) -> bytes:
    """The bytes of the workbook."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    if twin.lines:
        sheet = book.create_sheet(TEXT_SHEET)
        for row, line in enumerate(twin.lines, 1):
            sheet.cell(row, 1, line.text)
    for number, grid in enumerate(twin.grids, 1):
        name = FORM_SHEET if len(twin.grids) == 1 else f"{FORM_SHEET}{number}"
        _fill(book.create_sheet(name), grid, twin.native_numbers)
    out = io.BytesIO()
    book.save(out)
    return freeze(out.getvalue())


def _fill(sheet: Worksheet, grid: Grid, native: bool) -> None:
    for place in grid.placed():
        span, row, column = place.span, place.row + 1, place.column + 1
        if span.rows > 1 or span.columns > 1:
            sheet.merge_cells(
                start_row=row,
                start_column=column,
                end_row=row + span.rows - 1,
                end_column=column + span.columns - 1,
            )
        cell = sheet.cell(row, column)
        cell.value = Decimal(span.text) if native and _is_plain(span.text) else span.text or None
        cell.alignment, cell.border = CENTRE, BOX


def _is_plain(text: str) -> bool:
    return PLAIN_NUMBER.fullmatch(text) is not None
