"""The threats that were measured, one function each; every one gives the bytes of a file."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Final

CONTENT_TYPES: Final = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.'
    '{kind}.main+xml"/>{more}</Types>'
)
RELATIONS: Final = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/{kind}" Target="{target}"/></Relationships>'
)
WORD: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SHEET: Final = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


NO_MORE: Final[Mapping[int, bytes]] = {}


def packed(members: Mapping[str, bytes | str]) -> bytes:
    """A ZIP file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def docx(body: bytes | str, prolog: str = "") -> bytes:
    """A DOCX with this body."""
    inside = body if isinstance(body, bytes) else body.encode()
    head = f'<?xml version="1.0"?>{prolog}<w:document {WORD}><w:body>'.encode()
    types = CONTENT_TYPES.format(
        part="word/document.xml", kind="wordprocessingml.document", more=""
    )
    return packed({
        "[Content_Types].xml": types,
        "_rels/.rels": RELATIONS.format(kind="officeDocument", target="word/document.xml"),
        "word/document.xml": head + inside + b"</w:body></w:document>",
    })


def xlsx(sheet: str) -> bytes:
    """An XLSX with one sheet of this content."""
    more = (
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    )
    types = CONTENT_TYPES.format(part="xl/workbook.xml", kind="spreadsheetml.sheet", more=more)
    sheets = '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
    return packed({
        "[Content_Types].xml": types,
        "_rels/.rels": RELATIONS.format(kind="officeDocument", target="xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": RELATIONS.format(
            kind="worksheet", target="worksheets/sheet1.xml"
        ),
        "xl/workbook.xml": f"<workbook {SHEET}>{sheets}</workbook>",
        "xl/worksheets/sheet1.xml": f"<worksheet {SHEET}>{sheet}</worksheet>",
    })


def pdf(objects: Mapping[int, bytes]) -> bytes:
    """A PDF of these objects, with a right table of their places."""
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.4\n")
    places = {}
    for number, content in objects.items():
        places[number] = out.tell()
        out.write(b"%d 0 obj\n" % number + content + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for number in sorted(places):
        out.write(b"%010d 00000 n \n" % places[number])
    out.write(b"trailer<</Size %d/Root 1 0 R>>\n" % (len(objects) + 1))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<</Length %d%s>>stream\n" % (len(content), entries) + content + b"\nendstream"


def page(
    content: bytes, resources: bytes = b"<<>>", more: Mapping[int, bytes] = NO_MORE
) -> bytes:
    """A PDF of one page."""
    return pdf({
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources "
        + resources
        + b">>",
        4: content,
        **more,
    })


def docx_of_one_endless_text() -> bytes:
    return docx(b"<w:p><w:r><w:t>" + b"A" * 80_000_000 + b"</w:t></w:r></w:p>")


def docx_of_paragraphs() -> bytes:
    return docx(b"<w:p/>" * 6_000_000)


def docx_of_laughs() -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    body = "<w:p><w:r><w:t>&a9;</w:t></w:r></w:p>"
    return docx(body, f"<!DOCTYPE w:document [{entities}]>")


def docx_that_asks_for_a_file() -> bytes:
    body = "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>"
    return docx(body, '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>')


def docx_of_nested_tables() -> bytes:
    depth = 4000
    return docx("<w:tbl><w:tr><w:tc>" * depth + "</w:tc></w:tr></w:tbl>" * depth)


def xlsx_with_a_cell_at_the_end() -> bytes:
    first = '<row r="1"><c r="A1"><v>1</v></c></row>'
    last = '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    return xlsx(f"<sheetData>{first}{last}</sheetData>")


def xlsx_with_one_merge() -> bytes:
    first = '<row r="1"><c r="A1"><v>1</v></c></row>'
    merge = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    return xlsx(f"<sheetData>{first}</sheetData>{merge}")


def pdf_packed_twice() -> bytes:
    once = zlib.compress(b"0 0 m 1 1 l S\n" * 60_000_000, 1)
    return page(stream(zlib.compress(once, 9), b"/Filter[/FlateDecode/FlateDecode]"))


def pdf_form_in_itself() -> bytes:
    itself = b"<</XObject<</F 5 0 R>>>>"
    form = stream(b"/F Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources" + itself)
    return page(stream(b"/F Do"), itself, {5: form})


def pdf_tree_in_a_circle() -> bytes:
    return pdf({
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 9>>",
        3: b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 9>>",
    })


def pdf_of_nested_arrays() -> bytes:
    return page(stream(b"[" * 200_000 + b"]" * 200_000 + b" TJ"))


def pdf_cut_off() -> bytes:
    return page(stream(b"BT (x) Tj ET"))[:120]


def zip_that_climbs() -> bytes:
    return packed({"../../外.txt": "道路", "/abs.txt": "桥梁", "..\\win.txt": "渠道"})


def zip_in_zip_in_zip() -> bytes:
    inner = packed({"空.txt": "道路"})
    for depth in range(8):
        inner = packed({f"{depth}.zip": inner})
    return inner


def zip_of_zeros() -> bytes:
    return packed({f"{number}.txt": b"\0" * 40_000_000 for number in range(2)})


def html_that_spans() -> bytes:
    cell = "<td colspan=30000000 rowspan=30000000>项目名称</td>"
    return f"<html><body><table>{f'<tr>{cell}</tr>' * 50}</table></body></html>".encode()


def html_of_depth() -> bytes:
    return b"<html><body>" + b"<table><tr><td>" * 20_000 + "项目".encode() + b"</html>"


def text_of_labels() -> bytes:
    labels = "项目名称 主管部门 实施单位 年初预算数 全年执行数 一级指标 二级指标 三级指标 "
    return (labels * 8_000).encode()


def text_of_one_line() -> bytes:
    return ("一" * 3_000_000).encode()


def text_of_empty_cells() -> bytes:
    return ("项目名称\n" + "\t\n \n|\n" * 300_000).encode()


def text_of_digits() -> bytes:
    return ("年初预算数" + "9" * 100_000 + "万元\n").encode() * 5


def csv_of_commas() -> bytes:
    return b"," * 5_000_000


def nothing() -> bytes:
    return b""


def noise() -> bytes:
    return bytes((n * n * 31 + n // 7) % 256 for n in range(60_000))


THREATS: Final[tuple[Callable[[], bytes], ...]] = (
    docx_of_one_endless_text,
    docx_of_paragraphs,
    docx_of_laughs,
    docx_that_asks_for_a_file,
    docx_of_nested_tables,
    xlsx_with_a_cell_at_the_end,
    xlsx_with_one_merge,
    pdf_packed_twice,
    pdf_form_in_itself,
    pdf_tree_in_a_circle,
    pdf_of_nested_arrays,
    pdf_cut_off,
    zip_that_climbs,
    zip_in_zip_in_zip,
    zip_of_zeros,
    html_that_spans,
    html_of_depth,
    text_of_labels,
    text_of_one_line,
    text_of_empty_cells,
    text_of_digits,
    csv_of_commas,
    nothing,
    noise,
)
