"""Spreadsheets (XLSX, XLS, XLSB, ODS, SpreadsheetML, CSV) as they are shown, sheet by sheet."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

import python_calamine

from extractors.document import Block, Document, Problem, UnreadableDocument
from extractors.readers.biff import Marks, WorkbookMarks, read_biff
from extractors.readers.encoding import damage_problems, decode
from extractors.readers.limits import MAX_CELLS, MAX_COLUMNS, MAX_GRID, MAX_ROWS, MAX_SHEETS
from extractors.readers.number_format import GENERAL, display, serial
from extractors.readers.ooxml_sheet import read_marks
from extractors.readers.package import Package
from extractors.readers.sheet_blocks import Sheet, blocks_of
from extractors.readers.sheet_xml import read_ods_sheets, read_spreadsheetml_sheets
from extractors.readers.sniff import MediaType, chinese_name, mime_type, sniff
from schemas.columns import Locator

_T = TypeVar("_T")
_Value = int | float | str | bool | date | datetime | time | timedelta
_PLAIN_DATE, _PLAIN_TIME = "yyyy/m/d", "h:mm:ss"
_READ_ALL_THE_SAME = "内容已一并读取"
_HIDDEN_SHEET = f"工作表“{{}}”是隐藏的，请核对是否属于公开内容，{_READ_ALL_THE_SAME}"
_HIDDEN_PART = f"工作表“{{}}”有隐藏的行或列，{_READ_ALL_THE_SAME}"
_UNCOMPUTED = "公式没有保存计算结果，按空白处理，请用 Excel 打开并保存后再试"
_NO_FORMATS = "XLSB 的数字显示格式未读取，数字按存储值显示"


def read_sheet(data: bytes) -> Document:
    """The paragraphs and tables of a spreadsheet, numbers as they are shown."""
    media_type = sniff(data)
    readers: dict[MediaType, Callable[[bytes], list[Sheet]]] = {
        "xlsx": _xlsx,
        "xls": _xls,
        "xlsb": _xlsb,
        "ods": read_ods_sheets,
        "spreadsheetml": read_spreadsheetml_sheets,
        "csv": _csv,
    }
    if media_type not in readers:
        raise UnreadableDocument(
            f"不是电子表格（实际格式：{chinese_name(media_type)}），无法按表格读取"
        )
    sheets = readers[media_type](data)
    if sum(len(sheet.texts) for sheet in sheets) > MAX_CELLS:
        raise UnreadableDocument(f"单元格超过上限 {MAX_CELLS} 个，疑为恶意构造，未读取")
    blocks: list[Block] = []
    problems: list[Problem] = []
    for sheet in sheets:
        blocks.extend(blocks_of(sheet))
        for reason, raw, (row, column) in sheet.notices:
            where = Locator(path=sheet.path(row, column))
            problems.append(Problem(reason, raw, where, notice=reason.endswith(_READ_ALL_THE_SAME)))
    problems.extend(damage_problems(blocks))
    return Document(mime_type(media_type), tuple(blocks), problems=tuple(problems))


def _xlsx(data: bytes) -> list[Sheet]:
    return _workbook(data, read_marks(Package(data)))


def _xls(data: bytes) -> list[Sheet]:
    return _workbook(data, read_biff(data))


def _xlsb(data: bytes) -> list[Sheet]:
    package = Package(data)
    for name in package.names():
        package.read(name)  # only to refuse bombs before calamine inflates them
    sheets = _workbook(data, WorkbookMarks())
    for sheet in sheets[:1]:
        sheet.notices.append((_NO_FORMATS, "", (0, 0)))
    return sheets


def _workbook(data: bytes, marks: WorkbookMarks) -> list[Sheet]:
    """Every worksheet of a workbook, once its size is known to be sane."""
    if len(marks.sheets) > MAX_SHEETS:
        raise UnreadableDocument(f"工作表超过上限 {MAX_SHEETS} 张，疑为恶意构造，未读取")
    for name, sheet_marks in marks.sheets.items():
        if sheet_marks.rows * sheet_marks.columns > MAX_GRID:
            raise UnreadableDocument(
                f"工作表“{name}”的内容远至第 {sheet_marks.rows} 行、第 {sheet_marks.columns} 列，"
                f"范围超过上限 {MAX_GRID} 格，请删去表外的零散单元格后再试"
            )
    workbook = _guarded(lambda: python_calamine.load_workbook(io.BytesIO(data)))
    visible = python_calamine.SheetVisibleEnum.Visible
    sheets: list[Sheet] = []
    for metadata in workbook.sheets_metadata:
        if metadata.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = _worksheet(workbook, metadata.name, marks)
        if sheet.texts and metadata.visible != visible:
            sheet.notices.append((_HIDDEN_SHEET.format(metadata.name), "", (0, 0)))
        sheets.append(sheet)
    return sheets


def _worksheet(
    workbook: python_calamine.CalamineWorkbook, name: str, marks: WorkbookMarks
) -> Sheet:
    known = name in marks.sheets
    own = marks.sheets.get(name, Marks())
    sheet = Sheet(name)
    source = _guarded(lambda: workbook.get_sheet_by_name(name))
    top, left = source.start or (0, 0)
    end = source.end or (0, 0)
    if (end[0] - top + 1) * (end[1] - left + 1) > MAX_GRID:
        raise UnreadableDocument(f"工作表“{name}”的范围超过上限 {MAX_GRID} 格，未读取")
    for row, values in enumerate(_guarded(source.to_python), top):
        for column, value in enumerate(values, left):
            if value == "":
                continue
            code = own.formats.get((row, column), GENERAL)
            text = shown(value, code, marks.epoch, known)
            if text:
                sheet.texts[row, column] = text
    sheet.texts.update(own.errors)
    merged = source.merged_cell_ranges or []
    sheet.merges = [(r1, c1, r2, c2) for (r1, c1), (r2, c2) in merged]
    sheet.notices.extend((_UNCOMPUTED, "", place) for place in own.uncomputed)
    if own.hides and sheet.texts:
        sheet.notices.append((_HIDDEN_PART.format(name), "", (0, 0)))
    return sheet


def shown(value: _Value, code: str = GENERAL, epoch: int = 1900, known: bool = True) -> str:
    """What a cell with this value and number format shows.

    `known` is False where the file's formats are not read, so that a date is just a date.

    >>> shown(0.975, "0.00%"), shown(" 其中：\\r\\n财政 "), shown(True), shown(3.0)
    ('97.50%', ' 其中：\\n财政 ', 'TRUE', '3')
    """
    if isinstance(value, str):
        text = value.replace("_x000D_", "").replace("\x00", "")
        return text.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and not math.isfinite(value):
        return "#NUM!"
    if isinstance(value, int | float):
        return display(Decimal(repr(value)), code, epoch)
    if not known or code == GENERAL:
        code = _PLAIN_TIME if isinstance(value, time | timedelta) else _PLAIN_DATE
    if isinstance(value, time):
        value = timedelta(
            hours=value.hour,
            minutes=value.minute,
            seconds=value.second,
            microseconds=value.microsecond,
        )
    elif not isinstance(value, datetime | timedelta):
        value = datetime(value.year, value.month, value.day)
    return display(serial(value, epoch), code, epoch)


def _guarded(call: Callable[[], _T]) -> _T:
    """One call into calamine, its failures as reasons."""
    try:
        return call()
    except python_calamine.PasswordError as error:
        raise UnreadableDocument("Excel 文件设有打开密码，请解密后再试") from error
    except python_calamine.CalamineError as error:
        raise UnreadableDocument(
            f"Excel 文件损坏或不完整（{error}），请重新下载或另存后再试"
        ) from error
    except BaseException as error:
        # A panic of calamine's Rust code derives from BaseException alone.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableDocument(f"Excel 文件损坏，读取程序无法继续（{error}）") from error


def _csv(data: bytes) -> list[Sheet]:
    text, _ = decode(data)
    sheet = Sheet("CSV")
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error as error:
        raise UnreadableDocument(f"CSV 有误：{error}") from error
    if len(rows) > MAX_ROWS or max(map(len, rows), default=0) > MAX_COLUMNS:
        raise UnreadableDocument(f"CSV 超过上限 {MAX_ROWS} 行或 {MAX_COLUMNS} 列，未读取")
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if value:
                sheet.texts[row, column] = value.replace("\r\n", "\n")
    return [sheet]
