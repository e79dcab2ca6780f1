"""PDF with a text layer: bytes in, paragraphs and tables with their places out.

pdfium reads a page; pdfplumber reads it instead where a font is not in the file, where pdfium found
characters without a meaning, or where pdfium cannot load it. Both give the same `PageContent`, and
everything after is the same: rules into grids, characters into cells and lines, pages into a whole.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pypdfium2

from extractors.document import Document, Problem, UnreadableDocument
from extractors.readers import pdf_fast, pdf_faults, pdf_native
from extractors.readers.pdf_fields import with_fields_printed
from extractors.readers.pdf_lattice import Grid, find_grids
from extractors.readers.pdf_lines import lay_out
from extractors.readers.pdf_margins import without_margins
from extractors.readers.pdf_open_tables import find_open_grids
from extractors.readers.pdf_page import Frame, PageContent, PageItems
from extractors.readers.pdf_paragraphs import blocks_of
from extractors.readers.pdf_quality import Verdict, judge, meaningless
from extractors.readers.pdf_reference import ReferenceFailed, ReferenceReader

log = logging.getLogger(__name__)

NEEDS_OCR = "需要文字识别（OCR）"
WRONG_PASSWORD = 4  # pdfium's error codes
UNKNOWN_SECURITY = 5
_REASONS: dict[Verdict, str] = {
    "scan": "第{page}页没有文字层（扫描件或文字已转成图形），" + NEEDS_OCR,
    "hidden": "第{page}页是扫描图像，图像后的隐藏文字是机器识别的，不可采信，" + NEEDS_OCR,
    "rubbish": "第{page}页的文字层是乱码或无法还原的文字，" + NEEDS_OCR,
    "partial": "第{page}页大部分是图像，图像里的文字没有读出，" + NEEDS_OCR,
}
_LOST = "第{page}页的字体没有嵌入文件，备用读取方法也失败了，该页文字未读出，" + NEEDS_OCR
_NOT_LOADED = "第{page}页已损坏，无法读取：请索取原件"
_TURNED = "第{page}页有 {count} 个横躺或倾斜排列的字（水印、侧排文字）未读出"
_UNKNOWN = (
    "第{page}页有 {count} 个字在文件中没有对应的文字编码，读出的文字里以替代符号表示：请对照原件"
)
_CUT_OFF = "文件结尾缺失（没有 %%EOF 标记），后面的内容可能不全：请核对原件"


def read_pdf(data: bytes) -> Document:
    """The blocks of a PDF; pages without usable text become problems that say so."""
    pdf_faults.check_is_pdf(data)
    cut_off = pdf_faults.is_cut_off(data)
    data = with_fields_printed(data)
    reference = ReferenceReader(data)
    problems: list[Problem] = []
    try:
        pages = tuple(_pages(data, reference, problems))
    finally:
        reference.close()
    if all(page.frame.width == 0 for page in pages):
        raise pdf_faults.fault_of(data)
    if cut_off:
        problems.append(Problem(_CUT_OFF, "", pages[-1].frame.locator(_whole(pages[-1].frame))))
    blocks = blocks_of(without_margins(pages))
    if not blocks and not problems:
        raise UnreadableDocument(pdf_faults.ALL_BLANK)
    return Document("application/pdf", blocks, len(pages), problems=tuple(problems))


def _pages(data: bytes, reference: ReferenceReader, problems: list[Problem]) -> Iterator[PageItems]:
    with _opened(data) as document:
        if document is None:
            for number in range(1, _reference_count(data, reference) + 1):
                yield _by_reference(None, number, reference, problems)
            return
        handle = pdf_native.address(document.raw)
        for index in range(len(document)):
            yield _page(handle, index, reference, problems)


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    """The document in pdfium, or None when pdfium cannot open it."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in (WRONG_PASSWORD, UNKNOWN_SECURITY):
            raise UnreadableDocument(pdf_faults.ENCRYPTED) from error
        log.debug("pdfium cannot open the file: %s", error)
        document = None
    try:
        if document is not None and len(document) == 0:
            raise pdf_faults.fault_of(data)
        yield document
    finally:
        if document is not None:
            document.close()


def _reference_count(data: bytes, reference: ReferenceReader) -> int:
    try:
        count = reference.page_count()
    except ReferenceFailed as error:
        raise pdf_faults.fault_of(data) from error
    if not count:
        raise pdf_faults.fault_of(data)
    return count


def _page(
    document: int, index: int, reference: ReferenceReader, problems: list[Problem]
) -> PageItems:
    """One page by pdfium where it can be trusted, else by the reference."""
    number = index + 1
    try:
        with pdf_fast.opened_page(document, index) as (page, text):
            objects = pdf_fast.page_objects(page)
            content = pdf_fast.read_page(page, text, objects, number)
            if pdf_fast.fonts_embedded(objects):
                if not meaningless(content):
                    return _laid_out(content, problems)
                log.debug("page %d: characters without a meaning", number)
                return _by_reference(content, number, reference, problems)
    except pdf_fast.PageNotLoaded:
        log.debug("page %d: not loaded by pdfium", number)
        return _by_reference(None, number, reference, problems)
    log.debug("page %d: a font is not embedded", number)
    return _without_pdfium(content, reference, problems)


def _without_pdfium(
    fast: PageContent, reference: ReferenceReader, problems: list[Problem]
) -> PageItems:
    """A page whose characters pdfium may lose: the reference or nothing."""
    frame = fast.frame
    try:
        content = reference.read(frame.page)
    except ReferenceFailed:
        problems.append(_problem(_LOST.format(page=frame.page), frame))
        return PageItems(frame, ())
    seen = replace(content, image_share=fast.image_share, hidden_text=fast.hidden_text)
    return _laid_out(seen, problems)


def _by_reference(
    fast: PageContent | None, number: int, reference: ReferenceReader, problems: list[Problem]
) -> PageItems:
    """A page that pdfium read in part or not at all: whichever reading means more."""
    try:
        content = reference.read(number)
    except ReferenceFailed:
        if fast is None:
            frame = Frame(number, 0.0, 0.0)  # no page has this size: it was not loaded
            problems.append(_problem(_NOT_LOADED.format(page=number), frame))
            return PageItems(frame, ())
        content = fast
    if fast is not None and meaningless(fast) <= meaningless(content):
        content = fast
    return _laid_out(content, problems)


def _laid_out(content: PageContent, problems: list[Problem]) -> PageItems:
    """The lines and tables of a page whose text layer is text."""
    verdict = judge(content)
    frame = content.frame
    if verdict in _REASONS:
        problems.append(_problem(_REASONS[verdict].format(page=frame.page), frame))
    if verdict not in ("text", "partial"):
        return PageItems(frame, ())
    if content.turned:
        reason = _TURNED.format(page=frame.page, count=content.turned)
        problems.append(_problem(reason, frame))
    unknown = meaningless(content)
    if unknown:
        problems.append(_problem(_UNKNOWN.format(page=frame.page, count=unknown), frame))
    return lay_out(content, _tables(content))


def _tables(content: PageContent) -> tuple[Grid, ...]:
    """The tables that the page's rules enclose, and those that stand between rules alone."""
    if not len(content.rules):
        return ()
    ruling = find_grids(content.rules)
    return ruling.grids + find_open_grids(content.characters, ruling.lone, ruling.grids)


def _problem(reason: str, frame: Frame) -> Problem:
    return Problem(reason, "", frame.locator(_whole(frame)))


def _whole(frame: Frame) -> tuple[float, float, float, float]:
    width, height = frame.layout_size
    return (0.0, 0.0, width, height)
