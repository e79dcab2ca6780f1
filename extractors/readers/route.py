"""Which reader reads which kind of file, decided by content."""

from __future__ import annotations

from extractors.document import Document, UnreadableDocument
from extractors.readers.sniff import MediaType, chinese_name, sniff

_ADVICE: dict[str, str] = {
    "rtf": "请用 Word 或 WPS 另存为 DOCX 后再试",
    "wordml": "请用 Word 或 WPS 另存为 DOCX 后再试",
    "odt": "请另存为 DOCX 后再试",
    "ppt": "请另存为 PDF 后再试",
    "pptx": "请另存为 PDF 后再试",
    "ofd": "请用版式阅读器转换为 PDF 后再试",
    "rar": "请解压后再试",
    "7z": "请解压后再试",
    "gzip": "请解压后再试",
    "png": "图片需先做文字识别（OCR）",
    "jpeg": "图片需先做文字识别（OCR）",
    "tiff": "图片需先做文字识别（OCR）",
    "gif": "图片需先做文字识别（OCR）",
    "bmp": "图片需先做文字识别（OCR）",
    "webp": "图片需先做文字识别（OCR）",
    "encrypted": "请去除密码后再试",
    "empty": "请确认文件已完整下载",
}


def read(data: bytes) -> Document:
    """The document in a file that is no archive.

    Raises UnreadableDocument with a Chinese reason that says what a person can do.
    """
    return read_as(data, sniff(data))


def read_as(data: bytes, kind: MediaType) -> Document:
    """The document in a file of a known kind."""
    # Readers are imported when first needed: they are slow to load.
    if kind == "pdf":
        from extractors.readers.pdf import read_pdf

        return read_pdf(data)
    if kind == "docx":
        from extractors.readers.docx import read_docx

        return read_docx(data)
    if kind == "doc":
        from extractors.readers.doc import read_doc

        return read_doc(data)
    if kind in ("xlsx", "xls", "xlsb", "ods", "spreadsheetml", "csv"):
        from extractors.readers.sheet import read_sheet

        return read_sheet(data)
    if kind == "html":
        from extractors.readers.html import read_html

        return read_html(data)
    if kind == "mhtml":
        from extractors.readers.html import read_mhtml

        return read_mhtml(data)
    if kind == "text":
        from extractors.readers.text import read_text

        return read_text(data)
    advice = _ADVICE.get(kind, "请确认文件内容")
    raise UnreadableDocument(f"暂不能读取{chinese_name(kind)}；{advice}")
