"""Who reads: jixiao from bytes to records, the named peer, and the floor below which nobody gets.

Each function reads one input and says what it found there, so that nothing is quick because it left
something out. Libraries are imported inside: no process loads another's.
"""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bench.inputs import BETWEEN_TEXTS, Format


@dataclass(frozen=True, slots=True)
class Reader:
    """One line of the comparison; the others of its format are measured against the peer."""

    name: str
    format: Format
    read: Callable[[bytes], str]
    is_peer: bool = False


def _records(extractions: Iterable[Any]) -> str:
    """What was extracted, counted."""
    projects = figures = 0
    for extraction in extractions:
        if extraction.document.status == "failed":
            raise RuntimeError(extraction.document.status_reason)
        projects += len(extraction.projects)
        figures += len(extraction.funds) + len(extraction.indicators)
        figures += len(extraction.account_lines) + len(extraction.claims)
    return f"{projects:,} projects, {figures:,} rows"


def pdf_records(data: bytes) -> str:
    """Bytes to records."""
    from extractors.extract import extract

    return _records(extract(data, "forms.pdf"))


def document_alone(data: bytes) -> str:
    """Bytes to blocks of text and tables, the part of the way that the format decides."""
    from extractors.document import Table
    from extractors.extract import read_document

    gc.disable()  # as it is on the whole way
    try:
        blocks = read_document(data, "forms").blocks
    finally:
        gc.enable()
    cells = sum(len(block.cells) for block in blocks if isinstance(block, Table))
    return f"{len(blocks):,} blocks, {cells:,} cells"


def pdfplumber_tables(data: bytes) -> str:
    """Ruled tables alone, no running text."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as pdf:
        tables = [table for page in pdf.pages for table in page.extract_tables()]
        cells = sum(bool(cell) for table in tables for row in table for cell in row)
        return f"{cells:,} cells"


def pdfium_floor(data: bytes) -> str:
    """Page and text page parsed, characters counted, none looked at."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as pdf:
        characters = sum(page.get_textpage().count_chars() for page in pdf)
        return f"{characters:,} characters"


def docx_records(data: bytes) -> str:
    """Bytes to records."""
    from extractors.extract import extract

    return _records(extract(data, "forms.docx"))


def docx_row_cells(data: bytes) -> str:
    """The text of every cell as python-docx's guide reads it, no running text."""
    import docx

    rows = [row for table in docx.Document(io.BytesIO(data)).tables for row in table.rows]
    cells = sum(bool(cell.text) for row in rows for cell in row.cells)
    return f"{cells:,} cells, merged ones again"


def text_records(data: bytes) -> str:
    """Bytes to records, one text after the other."""
    from extractors.extract import extract

    texts = data.split(BETWEEN_TEXTS.encode())
    extractions = (each for text in texts for each in extract(text, "dump.txt"))
    return _records(extractions)


READERS: tuple[Reader, ...] = (
    Reader("jixiao, bytes to records", "pdf", pdf_records),
    Reader("jixiao, reader alone", "pdf", document_alone),
    Reader("pdfplumber extract_tables", "pdf", pdfplumber_tables, is_peer=True),
    Reader("pdfium floor: page + text page", "pdf", pdfium_floor),
    Reader("jixiao, bytes to records", "docx", docx_records),
    Reader("jixiao, reader alone", "docx", document_alone),
    Reader("python-docx row.cells", "docx", docx_row_cells, is_peer=True),
    Reader("jixiao, bytes to records", "text", text_records),
)
