"""Spreadsheets as they are shown."""

from __future__ import annotations

import datetime
import io
import json
import struct
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from extractors.document import Document, Paragraph, Table, UnreadableDocument
from extractors.readers.number_format import built_in, display
from extractors.readers.sheet import read_sheet

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
ACCOUNTING = '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '


def workbook(fill: Callable[[Worksheet], None], title: str = "自评表") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    fill(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows()]


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("0.975", "0.00%", "97.50%"),
        ("0.975", "0%", "98%"),
        ("1.005", "0.00", "1.01"),
        ("101", "General", "101"),
        ("0.1", "General", "0.1"),
        ("42.543700000000001", "General", "42.5437"),
        ("42.5437", "0.00_ ", "42.54"),
        ("42.5437", "0.0000", "42.5437"),
        ("1234567.891", "#,##0.00", "1,234,567.89"),
        ("-12.5", "0.00_);[Red]\\(0.00\\)", "(12.50)"),
        ("-12.5", "0.00;[Red]-0.00", "-12.50"),
        ("0", ACCOUNTING, "-"),
        ("1234.5", ACCOUNTING, "1,234.50"),
        ("0", "0;-0;;@", ""),
        ("12.5", '0.0"万元"', "12.5万元"),
        ("12.5", 'General"万元"', "12.5万元"),
        ("12500", "0.00,", "12.50"),
        ("45234", "yyyy/m/d", "2023/11/4"),
        ("45234", '[$-804]yyyy"年"m"月"d"日";@', "2023年11月4日"),
        ("45234", built_in(57), "2023年11月"),
        ("45234.75", "yyyy-mm-dd hh:mm", "2023-11-04 18:00"),
        ("1.25", "[h]:mm", "30:00"),
        ("123456789012", "General", "123456789012"),
        ("7", "000", "007"),
        ("1.5", "# ?/?", "1.5"),
        ("12345", "0.00E+00", "1.23E+04"),
        ("60", "[<60]0;[>=60]0.0", "60.0"),
        ("99999999", "yyyy/m/d", "99999999"),
    ],
)
def test_numbers_are_shown_by_their_format(value: str, code: str, shown: str) -> None:
    assert display(Decimal(value), code) == shown


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(["0.00", "#,##0.00", "0.00_ "]))
def test_two_places_lose_nothing_of_two_places(value: Decimal, code: str) -> None:
    assert Decimal(display(value, code).replace(",", "")) == value


@given(st.text(max_size=20), st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_no_format_code_raises(code: str, value: Decimal) -> None:
    assert isinstance(display(value % 10**12, code), str)


def test_cells_are_read_as_shown_with_their_addresses() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["B2"], sheet["C2"], sheet["D2"] = "执行率", 0.975, datetime.date(2023, 11, 4)
        sheet["C2"].number_format, sheet["D2"].number_format = "0.00%", 'yyyy"年"m"月"d"日"'
        sheet["B3"], sheet["C3"], sheet["D3"] = "其中：\n财政拨款", 42.5437, True
        sheet["C3"].number_format = "0.00"

    (table,) = tables(read_sheet(workbook(fill)))
    assert texts(table) == [
        ["执行率", "97.50%", "2023年11月4日"],
        ["其中：财政拨款", "42.54", "TRUE"],
    ]
    assert table.cells[1].locator.path == "自评表!C2"
    assert table.cells[3].raw == "其中：\n财政拨款"


def test_merges_are_spans_and_blank_cells_are_printed() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"], sheet["A2"], sheet["B2"], sheet["C3"] = "自评表", "资金", "预算数", "10"
        sheet.merge_cells("A1:C1")
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B2:C2")

    (table,) = tables(read_sheet(workbook(fill)))
    shown = [(c.row, c.column, c.rowspan, c.colspan, c.text) for c in table.cells]
    assert shown == [
        (0, 0, 1, 3, "自评表"),
        (1, 0, 2, 1, "资金"),
        (1, 1, 1, 2, "预算数"),
        (2, 1, 1, 1, ""),
        (2, 2, 1, 1, "10"),
    ]


def test_text_around_a_form_is_running_text() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = "附件1"
        sheet["A2"] = "一、项目概况。" + "本项目资金已全部到位并按计划执行" * 4
        sheet.merge_cells("A2:C2")
        for row, values in enumerate((("指标", "目标", "实际"), ("数量", "10个", "10个")), 3):
            for column, value in enumerate(values, 1):
                sheet.cell(row, column, value)
        sheet["A5"] = "注：" + "执行率按全年执行数除以全年预算数计算，" * 3
        sheet.merge_cells("A5:C5")

    blocks = read_sheet(workbook(fill)).blocks
    assert [type(block) for block in blocks] == [Paragraph, Paragraph, Table, Paragraph]
    assert blocks[0].locator.path == "自评表!A1"


def test_two_forms_on_one_sheet_are_two_tables() -> None:
    def fill(sheet: Worksheet) -> None:
        for top in (1, 6):
            sheet.cell(top, 1, "项目支出绩效自评表")
            sheet.merge_cells(start_row=top, start_column=1, end_row=top, end_column=2)
            sheet.cell(top + 1, 1, "项目名称")
            sheet.cell(top + 1, 2, f"项目{top}")
            sheet.cell(top + 3, 1, "总分")  # after a blank row of the form itself
            sheet.cell(top + 3, 2, "100")

    found = tables(read_sheet(workbook(fill)))
    assert [texts(table)[1][1] for table in found] == ["项目1", "项目6"]
    assert [table.row_count for table in found] == [4, 4]


def test_hidden_sheets_rows_and_uncomputed_formulas_are_said() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet["A1"], sheet["B1"], sheet["B2"] = "合计", "=SUM(1,2)", "x"
    sheet.row_dimensions[2].hidden = True
    other = book.create_sheet("旧 表")
    other.sheet_state = "hidden"
    other["A1"] = "旧"
    out = io.BytesIO()
    book.save(out)
    read = read_sheet(out.getvalue())
    found = [(p.locator.path, p.reason) for p in read.problems]
    assert [path for path, _ in found] == ["Sheet!B1", "Sheet!A1", "'旧 表'!A1"]
    assert all(
        word in reason
        for word, (_, reason) in zip(("公式", "隐藏的行", "是隐藏的"), found, strict=True)
    )


def with_second_cell(cell: bytes) -> bytes:
    """A workbook whose cell B1 is written as given."""
    data = workbook(lambda sheet: sheet.append(["执行率", 1]))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                assert b'<c r="B1" t="n"><v>1</v></c>' in content
                content = content.replace(b'<c r="B1" t="n"><v>1</v></c>', cell)
            new.writestr(info, content)
    return out.getvalue()


def test_errors_are_printed_as_errors() -> None:
    data = with_second_cell(b'<c r="B1" t="e"><v>#DIV/0!</v></c>')
    assert texts(tables(read_sheet(data))[0]) == [["执行率", "#DIV/0!"]]


@pytest.mark.parametrize("address", [b"B99999999999", b"WWWWWW1", b"1B"])
def test_an_address_outside_any_sheet_is_refused(address: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="地址"):
        read_sheet(with_second_cell(b'<c r="%s"><v>1</v></c>' % address))


def test_a_cell_at_the_end_of_the_sheet_is_refused_before_it_costs_memory() -> None:
    data = workbook(lambda sheet: sheet.cell(1_048_576, 16_384, "x"))
    with pytest.raises(UnreadableDocument, match="1048576 行"):
        read_sheet(data)


def test_a_merge_of_the_whole_sheet_is_clipped_and_said() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = "全表合并"
        sheet.merged_cells.add("A1:XFD1048576")

    read = read_sheet(workbook(fill))
    assert [block.locator.path for block in read.blocks] == ["自评表!A1"]
    assert "合并区域" in read.problems[0].reason


def test_dates_of_1904() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.parent.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        sheet.append(["填报日期", datetime.date(2023, 11, 4)])

    assert texts(tables(read_sheet(workbook(fill)))[0]) == [["填报日期", "2023-11-04"]]


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def xls(*cells: bytes, formats: tuple[str, ...] = ()) -> bytes:
    """A BIFF8 workbook of one sheet in an OLE2 file of one stream."""
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    looks = b"".join(
        record(0x041E, struct.pack("<HHB", 164 + i, len(code), 1) + code.encode("utf-16-le"))
        for i, code in enumerate(formats)
    )
    styles = b"".join(
        record(0x00E0, struct.pack("<HH", 0, 164 + i) + bytes(16)) for i in range(len(formats))
    )
    name = "自评表".encode("utf-16-le")
    bound = struct.pack("<BBBB", 0, 0, 3, 1) + name
    start = len(begin) + len(looks) + len(styles) + 4 + 4 + len(bound) + 4
    globals_ = begin + looks + styles + record(0x0085, struct.pack("<I", start) + bound)
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    stream = (globals_ + record(0x0A) + sheet + b"".join(cells) + record(0x0A)).ljust(4096, b"\0")
    sectors = len(stream) // 512
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIIII",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        1,
        1,
        0,
        4096,
        0xFFFFFFFE,
        0,
        0xFFFFFFFE,
        0,
        0,
    )
    header += struct.pack("<I", 0xFFFFFFFF) * 108

    def entry(title: str, kind: int, child: int, first: int, size: int) -> bytes:
        coded = title.encode("utf-16-le") + b"\0\0"
        links = struct.pack("<HBBiii", len(coded), kind, 1, -1, -1, child)
        return coded.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", first, size)

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, -1, 2, len(stream))
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    return header + table + directory.ljust(512, b"\0") + stream


def number(row: int, column: int, style: int, value: float) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, style, value))


def test_xls_shows_its_formats_merges_and_errors() -> None:
    read = read_sheet(
        xls(
            number(0, 0, 0, 0.975),
            number(0, 1, 1, 45234.0),
            record(0x00BD, struct.pack("<HHHIHIH", 1, 0, 2, (1250 << 2) | 3, 0, (50 << 2) | 3, 1)),
            record(0x0205, struct.pack("<HHHBB", 2, 0, 2, 0x07, 1)),
            number(2, 1, 2, 3.0),
            record(0x0204, struct.pack("<HHHHB", 2, 2, 0, 2, 1) + "合并".encode("utf-16-le")),
            record(0x00E5, struct.pack("<HHHHH", 1, 2, 2, 2, 3)),
            formats=("0.00%", 'yyyy"年"m"月"d"日"', "0.0"),
        )
    )
    (table,) = tables(read)
    shown = [(c.row, c.column, c.colspan, c.text) for c in table.cells if c.text]
    assert shown == [
        (0, 0, 1, "97.50%"),
        (0, 1, 1, "2023年11月4日"),
        (1, 0, 1, "12.5"),
        (1, 1, 1, "50.00%"),
        (2, 0, 1, "#DIV/0!"),
        (2, 1, 1, "3.0"),
        (2, 2, 2, "合并"),
    ]


def test_xls_cut_short_says_so() -> None:
    data = xls(number(0, 0, 0, 1.0), formats=("0.00",))
    with pytest.raises(UnreadableDocument, match="不完整"):
        read_sheet(data[:1600])


SPREADSHEETML = """<?xml version="1.0" encoding="gb2312"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Styles>
<Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style></Styles>
<Worksheet ss:Name="自评表"><Table>
<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">绩效自评表</Data></Cell></Row>
<Row ss:Index="2"><Cell ss:MergeDown="1"><Data ss:Type="String">资金</Data></Cell>
<Cell ss:Index="3" ss:StyleID="p"><Data ss:Type="Number">0.975</Data></Cell></Row>
<Row><Cell ss:Index="2"><Data ss:Type="Number">10</Data></Cell>
<Cell><Data ss:Type="String">万元</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_spreadsheetml_is_read_whatever_it_declares(encoding: str) -> None:
    (table,) = tables(read_sheet(SPREADSHEETML.encode(encoding)))
    shown = [(c.row, c.column, c.rowspan, c.colspan, c.text) for c in table.cells]
    assert shown == [
        (0, 0, 1, 3, "绩效自评表"),
        (1, 0, 2, 1, "资金"),
        (1, 1, 1, 1, ""),
        (1, 2, 1, 1, "97.50%"),
        (2, 1, 1, 1, "10"),
        (2, 2, 1, 1, "万元"),
    ]


def test_ods_prints_the_text_it_stores() -> None:
    content = (
        '<o:c xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:x="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><t:table t:name="表">'
        '<t:table-row><t:table-cell t:number-columns-spanned="2"><x:p>绩效</x:p><x:p>自评表</x:p>'
        "</t:table-cell><t:covered-table-cell/></t:table-row>"
        '<t:table-row><t:table-cell o:value="0.975"><x:p>97.5%</x:p></t:table-cell>'
        "<t:table-cell><x:p>a<x:s/>b</x:p></t:table-cell></t:table-row>"
        '<t:table-row t:number-rows-repeated="1048000"><t:table-cell '
        't:number-columns-repeated="16384"/></t:table-row></t:table></o:c>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
    (table,) = tables(read_sheet(out.getvalue()))
    assert texts(table) == [["绩效自评表"], ["97.5%", "a b"]]


def test_csv_is_a_table() -> None:
    (table,) = tables(read_sheet('项目,预算,执行\r\n甲,"1,000",1\r\n乙,,2\r\n'.encode("gbk")))
    assert texts(table) == [["项目", "预算", "执行"], ["甲", "1,000", "1"], ["乙", "", "2"]]


def test_what_is_no_spreadsheet_is_named() -> None:
    with pytest.raises(UnreadableDocument, match="不是电子表格"):
        read_sheet(b"%PDF-1.4")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="labelled corpus is not beside this checkout")
def test_labelled_workbooks_keep_every_labelled_cell() -> None:
    for path in sorted((CORPUS / "made").glob("*.xlsx")):
        labels = json.loads(path.with_suffix(".json").read_text("utf-8"))
        read = read_sheet(path.read_bytes())
        shown = {cell.text for table in tables(read) for cell in table.cells}
        assert read.problems == ()
        wanted = {
            row[key]
            for row in _rows(labels)
            for key in ("level3", "level2", "level1")
            if row.get(key)
        }
        assert wanted
        assert wanted <= shown


def _rows(labels: object) -> list[dict[str, str]]:
    """Every indicator of a label file, wherever it stands."""
    if isinstance(labels, dict):
        own = [labels] if "level3" in labels else []
        return own + [row for value in labels.values() for row in _rows(value)]
    if isinstance(labels, list):
        return [row for value in labels for row in _rows(value)]
    return []
