"""Excel for auditors: four sheets, frozen headings, filters, links; text is never a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from pipeline.export.sheets import Rows, Sheet
from pipeline.export.spreadsheet_text import looks_like_formula
from pipeline.show.plain import figure, to_text

MOST_ROWS = 1_048_575  # of a sheet, below its heading
MOST_LINKS = 60_000  # Excel drops all links of a sheet that has more than 65,530
LONGEST_TEXT = 32_767  # characters of a cell
CUT = "……（单元格最多 32,767 字，此处截断；全文见 CSV 或原文件）"
NOTES = "说明"
SPLIT = "{}超过 Excel 一张表的上限 1,048,576 行，依次分在：{}"
FEW_LINKS = "{}只有前 60,000 行有链接（Excel 一张表最多 65,530 个）"
EXACT_DIGITS = 15  # what a spreadsheet keeps of a number
WIDTHS = {"summary": 60, "evidence": 60, "basis": 30, "goal_expected": 50, "goal_actual": 50}
NARROW = {"severity": 7, "confidence": 9, "fiscal_year": 8, "unit": 9}
USUAL_WIDTH = 16
HEADING_STYLE = {"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "text_wrap": True}


def write_xlsx(path: Path, tables: Iterable[Rows], base_url: str | None = None) -> tuple[str, ...]:
    """Write one workbook; with `base_url`, the first column of a row links to the page.

    Returns what its reader must know: which table stands on several sheets.
    """
    # strings_to_… off: a text stays a text, whatever it looks like. Rows go to disk as they come.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        writer = _Writer(book, base_url)
        for rows in tables:
            writer.write(rows)
        writer.write_notes()
        return tuple(writer.notes)


class _Writer:
    """The sheets of one workbook, with the few formats they share."""

    def __init__(self, book: Any, base_url: str | None) -> None:
        self.notes: list[str] = []
        self._book = book
        self._base_url = base_url
        self._heading = book.add_format(HEADING_STYLE)
        self._text = book.add_format({"valign": "top", "num_format": "@"})
        self._quoted = book.add_format({"valign": "top", "num_format": "@", "quote_prefix": True})
        self._link = book.add_format({"valign": "top", "font_color": "blue", "underline": 1})
        self._figures: dict[int, Any] = {}

    def write(self, rows: Rows) -> None:
        """Write one table, on several sheets where Excel cannot hold it on one."""
        title = rows.sheet.chinese
        body = rows.tuples()
        names: list[str] = []
        row = next(body, None)
        while not names or row is not None:
            names.append(f"{title}{len(names) + 1}" if names else title)
            row = self._sheet(names[-1], rows.sheet, row, body)
        if len(names) > 1:
            self.notes.append(SPLIT.format(title, "、".join(names)))

    def write_notes(self) -> None:
        """A last sheet with what the reader must know, if there is anything."""
        if self.notes:
            page = self._book.add_worksheet(NOTES)
            page.write_column(0, 0, self.notes, self._text)

    def _sheet(
        self,
        name: str,
        sheet: Sheet,
        row: tuple[object, ...] | None,
        body: Iterator[tuple[object, ...]],
    ) -> tuple[object, ...] | None:
        """Fill one worksheet; returns the first row that did not fit."""
        page = self._book.add_worksheet(name)
        for index, column in enumerate(sheet.columns):
            width = WIDTHS.get(column.name) or NARROW.get(column.name) or USUAL_WIDTH
            page.set_column(index, index, width)
            page.write_string(0, index, column.chinese, self._heading)
        page.freeze_panes(1, 1)
        line = 0
        while row is not None and line < MOST_ROWS:
            line += 1
            for index, value in enumerate(row):
                self._cell(page, line, index, value)
            self._row_link(page, line, sheet, row)
            row = next(body, None)
        page.autofilter(0, 0, line, len(sheet.columns) - 1)
        if self._base_url is not None and line > MOST_LINKS:
            self.notes.append(FEW_LINKS.format(name))
        return row

    def _cell(self, page: Any, line: int, index: int, value: object) -> None:
        if value is None:
            return
        if isinstance(value, Decimal) and len(value.normalize().as_tuple().digits) <= EXACT_DIGITS:
            page.write_number(line, index, value, self._figure(figure(value)))
        elif isinstance(value, int) and not isinstance(value, bool):
            page.write_number(line, index, value)
        else:
            text = to_text(value)
            if len(text) > LONGEST_TEXT:
                text = text[: LONGEST_TEXT - len(CUT)] + CUT
            style = self._quoted if looks_like_formula(text) else self._text
            page.write_string(line, index, text, style)

    def _row_link(self, page: Any, line: int, sheet: Sheet, row: tuple[object, ...]) -> None:
        if self._base_url is None or line > MOST_LINKS:
            return
        place = [column.name for column in sheet.columns].index(sheet.link)
        url = f"{self._base_url.rstrip('/')}/{sheet.page}/{row[place]}"
        page.write_url(line, 0, url, self._link, str(row[0]))

    def _figure(self, shown: str) -> Any:
        """A number format with exactly the decimals of a figure."""
        decimals = len(shown.partition(".")[2])
        if decimals not in self._figures:
            pattern = "0." + "0" * decimals if decimals else "0"
            style = {"valign": "top", "num_format": pattern}
            self._figures[decimals] = self._book.add_format(style)
        return self._figures[decimals]
