"""What a file is, from its content: magic bytes, the parts of a ZIP, OLE2 streams, text.

The name of a file is never asked: half of the `.xls` files of government sites are HTML.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Literal, get_args

from extractors.document import UnreadableDocument
from extractors.readers.encoding import decode
from extractors.readers.ole2 import MAGIC as OLE2
from extractors.readers.ole2 import CompoundFile

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

_CHINESE = (
    "PDF 文件",
    "Word 文档（DOCX）",
    "Excel 工作簿（XLSX）",
    "Excel 二进制工作簿（XLSB）",
    "PowerPoint 演示文稿（PPTX）",
    "旧版 Word 文档（DOC/WPS）",
    "旧版 Excel 工作簿（XLS/ET）",
    "旧版 PowerPoint 演示文稿（PPT）",
    "RTF 文档",
    "OpenDocument 表格（ODS）",
    "OpenDocument 文本（ODT）",
    "OFD 版式文件",
    "网页（HTML）",
    "单个文件网页（MHT）",
    "Excel 2003 XML 表格",
    "Word 2003 XML 文档",
    "XML 文件",
    "CSV 表格",
    "文本",
    "ZIP 压缩包",
    "RAR 压缩包",
    "7z 压缩包",
    "GZIP 压缩包",
    "PNG 图片",
    "JPEG 图片",
    "TIFF 图片",
    "GIF 图片",
    "BMP 图片",
    "WebP 图片",
    "加密的 Office 文件",
    "空文件",
    "无法识别的二进制文件",
)

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
    ("OFD.xml", "ofd"),
)
_ODF: tuple[tuple[bytes, MediaType], ...] = (
    (b"opendocument.spreadsheet", "ods"),
    (b"opendocument.text", "odt"),
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
_ANY_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>")
_CSV_MIN_COLUMNS = 3
_CSV_SAME_SHARE = 0.9


def chinese_name(media_type: MediaType) -> str:
    """What a person calls the format.

    >>> chinese_name("mhtml")
    '单个文件网页（MHT）'
    """
    return _CHINESE[get_args(MediaType).index(media_type)]


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
            mimetype = archive.read("mimetype")[:200] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, NotImplementedError, EOFError):
        # The directory at the end is lost; the local headers still say what it was to be.
        names = [n.decode("utf-8", "replace") for n in re.findall(rb"[\w./\[\]-]{5,60}", data)]
        mimetype = data[:200]
    for marker, media_type in _ODF:
        if marker in mimetype:
            return media_type
    if any(name == "OFD.xml" or "[Content_Types].xml" in name for name in names):
        for prefix, media_type in _ZIP_PARTS:
            if any(name.lstrip("/").startswith(prefix) for name in names):
                return media_type
    return "zip"


def _ole2(data: bytes) -> MediaType:
    try:
        names = CompoundFile(data).names()
    except UnreadableDocument:
        names = frozenset(
            name for name, _ in _OLE2_STREAMS if name.encode("utf-16-le") + bytes(2) in data
        )
    for name, media_type in _OLE2_STREAMS:
        if name in names:
            return media_type
    return "unknown"


def _textual(data: bytes) -> MediaType:
    try:
        text, _ = decode(data[:_SAMPLE])
    except UnreadableDocument:
        return _declared_markup(data)
    if text.count("\x00") > 0.01 * len(text):
        return "unknown"
    head = text[:_HEAD].lstrip("\ufeff \t\r\n\x00").lower()
    if head.startswith("mime-version:") or re.search(r"^content-type:\s*multipart/related", head):
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
    lines = sum(1 for line in body.splitlines() if line.strip())
    return body.startswith("<") and len(_ANY_TAG.findall(body)) > lines


def _is_csv(text: str) -> bool:
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    if len(lines) < 2 or text.count(",") < 2 * len(lines):
        return False
    try:
        counts = [len(row) for row in csv.reader(lines, strict=True)]
    except csv.Error:
        return False
    usual = max(set(counts), key=counts.count)
    return usual >= _CSV_MIN_COLUMNS and counts.count(usual) >= _CSV_SAME_SHARE * len(counts)
