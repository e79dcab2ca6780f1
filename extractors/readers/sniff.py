"""What a file is, from its content: magic bytes, the parts of a ZIP, OLE2 streams, text.

The name of a file is never asked: half of the `.xls` files of government sites are HTML.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Literal

from extractors.document import UnreadableDocument
from extractors.readers.encoding import decode
from extractors.readers.ole2 import MAGIC as OLE2
from extractors.readers.ole2 import CompoundFile
from extractors.readers.package import ZIP_ERRORS

MediaType = Literal[
    "pdf",
    "docx",
    "xlsx",
    "xlsb",
    "pptx",
    "doc",
    "xls",
    "ppt",
    "rtf",
    "ods",
    "odt",
    "ofd",
    "html",
    "mhtml",
    "spreadsheetml",
    "wordml",
    "xml",
    "csv",
    "text",
    "zip",
    "rar",
    "7z",
    "gzip",
    "png",
    "jpeg",
    "tiff",
    "gif",
    "bmp",
    "webp",
    "encrypted",
    "empty",
    "unknown",
]

_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_FORMATS: tuple[tuple[MediaType, str, str], ...] = (  # as sniffed, as MIME names it, as people do
    ("pdf", "application/pdf", "PDF 文件"),
    ("docx", f"{_OPEN_XML}wordprocessingml.document", "Word 文档（DOCX）"),
    ("xlsx", f"{_OPEN_XML}spreadsheetml.sheet", "Excel 工作簿（XLSX）"),
    ("xlsb", "application/vnd.ms-excel.sheet.binary.macroEnabled.12", "Excel 二进制工作簿（XLSB）"),
    ("pptx", f"{_OPEN_XML}presentationml.presentation", "PowerPoint 演示文稿（PPTX）"),
    ("doc", "application/msword", "旧版 Word 文档（DOC/WPS）"),
    ("xls", "application/vnd.ms-excel", "旧版 Excel 工作簿（XLS/ET）"),
    ("ppt", "application/vnd.ms-powerpoint", "旧版 PowerPoint 演示文稿（PPT）"),
    ("rtf", "application/rtf", "RTF 文档"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet", "OpenDocument 表格（ODS）"),
    ("odt", "application/vnd.oasis.opendocument.text", "OpenDocument 文本（ODT）"),
    ("ofd", "application/ofd", "OFD 版式文件"),
    ("html", "text/html", "网页（HTML）"),
    ("mhtml", "multipart/related", "单个文件网页（MHT）"),
    ("spreadsheetml", "application/vnd.ms-excel+xml", "Excel 2003 XML 表格"),
    ("wordml", "application/msword+xml", "Word 2003 XML 文档"),
    ("xml", "application/xml", "XML 文件"),
    ("csv", "text/csv", "CSV 表格"),
    ("text", "text/plain", "文本"),
    ("zip", "application/zip", "ZIP 压缩包"),
    ("rar", "application/vnd.rar", "RAR 压缩包"),
    ("7z", "application/x-7z-compressed", "7z 压缩包"),
    ("gzip", "application/gzip", "GZIP 压缩包"),
    ("png", "image/png", "PNG 图片"),
    ("jpeg", "image/jpeg", "JPEG 图片"),
    ("tiff", "image/tiff", "TIFF 图片"),
    ("gif", "image/gif", "GIF 图片"),
    ("bmp", "image/bmp", "BMP 图片"),
    ("webp", "image/webp", "WebP 图片"),
    ("encrypted", "application/encrypted", "加密的 Office 文件"),
    ("empty", "application/x-empty", "空文件"),
    ("unknown", "application/octet-stream", "无法识别的二进制文件"),
)

_NAMES = {media_type: (mime, chinese) for media_type, mime, chinese in _FORMATS}

_MAGIC: tuple[tuple[bytes, MediaType], ...] = (
    (b"{\\rtf", "rtf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
)
_ZIP_PARTS: tuple[tuple[str, MediaType], ...] = (
    ("word/", "docx"),
    ("xl/workbook.bin", "xlsb"),
    ("xl/", "xlsx"),
    ("ppt/", "pptx"),
    ("ofd.xml", "ofd"),
)
_TYPES = "[content_types].xml"
_PACKAGE_MARKS = (_TYPES, "_rels/.rels")  # an Office package, not files in a ZIP
_DECLARED: tuple[tuple[bytes, MediaType], ...] = (
    (b"opendocument.spreadsheet", "ods"),
    (b"opendocument.text", "odt"),
    (b"wordprocessingml.document.main", "docx"),
    (b"ms-excel.sheet.binary", "xlsb"),
    (b"spreadsheetml.sheet.main", "xlsx"),
    (b"presentationml.presentation.main", "pptx"),
)
_OLE2_STREAMS: tuple[tuple[str, MediaType], ...] = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
)
_HEAD = 8192  # bytes that a declaration or a first tag stands in
_SAMPLE = 65536
_BIFF_BOF = (b"\x09\x08\x10\x00\x00\x06", b"\x09\x08\x08\x00\x00\x05", b"\x09\x04\x06\x00")
_PAGE_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|meta|title|table|div|script|style|link|center)\b"
)
_LETTER = re.compile("[A-Za-z]")  # that the head of a letter begins with
_MULTIPART = re.compile(r"content-type:\s*multipart/related")
_ANY_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>")
_CSV_MIN_COLUMNS = 3
_CSV_FEWEST_COMMAS = 4  # two in each of two lines
# A number in thousands between spaces: its commas part no cells.
_THOUSANDS = re.compile(r"(?<=\s)\d{1,3}(?:,\d{3})+(?=[.．\s])")
_CSV_SAME_SHARE = 0.9


def chinese_name(media_type: MediaType) -> str:
    """What a person calls the format.

    >>> chinese_name("mhtml")
    '单个文件网页（MHT）'
    """
    return _NAMES[media_type][1]


def mime_type(media_type: MediaType) -> str:
    """The MIME name of the format, which `Document.media_type` publishes.

    >>> mime_type("xls")
    'application/vnd.ms-excel'
    """
    return _NAMES[media_type][0]


def sniff(data: bytes) -> MediaType:
    """The format of a file, found from its bytes alone.

    >>> sniff(b"%PDF-1.7 ..."), sniff(b""), sniff("<table><tr><td>预算</td></tr></table>".encode())
    ('pdf', 'empty', 'html')
    """
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        return "empty"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip(data)
    if data.startswith(OLE2):
        return _ole2(data)
    for magic, media_type in _MAGIC:
        if data.startswith(magic):
            return media_type
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith(b"BM") and data[6:10] == bytes(4):
        return "bmp"
    if data.startswith(_BIFF_BOF):
        return "xls"  # a bare workbook stream, as BIFF had it before OLE2
    return _textual(data)


def _zip(data: bytes) -> MediaType:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            listed = next((n for n in names if n.lower() in ("mimetype", _TYPES)), None)
            mimetype = b"" if listed is None else _head_of(archive, listed)
    except ZIP_ERRORS:
        # The directory at the end is lost; the local headers still say what it was to be.
        names = [n.decode("utf-8", "replace") for n in re.findall(rb"[\w./\[\]-]{5,60}", data)]
        mimetype = data[:200]
    for marker, media_type in _DECLARED:
        if marker in mimetype:
            return media_type
    folded = [name.replace("\\", "/").lstrip("/").lower() for name in names]
    if any(name == "ofd.xml" or name.endswith(_PACKAGE_MARKS) for name in folded):
        for prefix, media_type in _ZIP_PARTS:
            if any(name.startswith(prefix) for name in folded):
                return media_type
    return "zip"


def _head_of(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of one member; nothing where it is damaged, as the names still tell."""
    try:
        with archive.open(name) as stream:
            return stream.read(_SAMPLE)
    except ZIP_ERRORS:
        return b""


def _ole2(data: bytes) -> MediaType:
    try:
        names = CompoundFile(data).names()
    except UnreadableDocument:
        names = frozenset(
            name for name, _ in _OLE2_STREAMS if name.encode("utf-16-le") + bytes(2) in data
        )
    folded = {name.lower() for name in names}
    for name, media_type in _OLE2_STREAMS:
        if name.lower() in folded:
            return media_type
    return "unknown"


def _textual(data: bytes) -> MediaType:
    try:
        text, _ = decode(data[:_SAMPLE])
    except UnreadableDocument:
        return _declared_markup(data)
    if text.count("\x00") > 0.01 * len(text):
        return "unknown"
    head = text[:_HEAD].lstrip("\ufeff \t\r\n\x00")
    if "<" in head or _LETTER.match(head):
        head = head.lower()
        if head.startswith("mime-version:") or _MULTIPART.match(head):
            return "mhtml"
        if head.startswith("<?xml"):
            return _xml(head)
        if _is_page(head):
            return "html"
    return "csv" if _is_csv(text) else "text"


def _declared_markup(data: bytes) -> MediaType:
    """Markup whose text cannot be decoded is still markup: its reader says what is wrong."""
    head = data[:_HEAD].decode("latin-1").lstrip().lower()
    return "html" if head.startswith("<") and _PAGE_TAG.match(head) else "unknown"


def _xml(head: str) -> MediaType:
    if "urn:schemas-microsoft-com:office:spreadsheet" in head or 'progid="excel' in head:
        return "spreadsheetml"
    if "office/word/2003/wordml" in head or "xmlpackage" in head or 'progid="word' in head:
        return "wordml"
    return "html" if re.search(r"<!doctype\s+html|<html\b", head) else "xml"


def _is_page(head: str) -> bool:
    """A page begins with a tag; a text dump may hold left-over tags but begins with text."""
    body = re.sub(r"^(?:<!--.*?-->\s*)+", "", head, flags=re.S)
    if _PAGE_TAG.match(body) or re.search(r"<html\b|<body\b", body):
        return True
    if not body.startswith("<"):
        return False
    lines = sum(1 for line in body.splitlines() if line.strip())
    return len(_ANY_TAG.findall(body)) > lines


def _is_csv(text: str) -> bool:
    commas = text.count(",")
    if commas < _CSV_FEWEST_COMMAS:
        return False
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    if len(lines) < 2 or commas < 2 * len(lines):
        return False
    thousands = sum(number.count(",") for line in lines for number in _THOUSANDS.findall(line))
    if thousands * 2 > commas:
        return False
    try:
        counts = [len(row) for row in csv.reader(lines, strict=True)]
    except csv.Error:
        return False
    usual = max(set(counts), key=counts.count)
    return usual >= _CSV_MIN_COLUMNS and counts.count(usual) >= _CSV_SAME_SHARE * len(counts)
