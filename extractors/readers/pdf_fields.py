"""Values filled into a form's fields: printed onto the page, where readers look for text."""

from __future__ import annotations

import io

import pypdfium2
import pypdfium2.raw as pdfium


def with_fields_printed(data: bytes) -> bytes:
    """The same PDF with the shown contents of form fields and notes made part of its pages.

    A file without fields, or one that pdfium cannot open, comes back as it is.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return data  # the reader will say what is wrong with it
    try:
        if document.get_formtype() == pdfium.FORMTYPE_NONE:
            return data
        changed = False
        for index in range(len(document)):
            changed |= _print_fields(document, index)
        if not changed:
            return data
        printed = io.BytesIO()
        document.save(printed)
        return printed.getvalue()
    finally:
        document.close()


def _print_fields(document: pypdfium2.PdfDocument, index: int) -> bool:
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return False  # a page that cannot be loaded is reported when it is read
    result = pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)
    page.close()
    return bool(result == pdfium.FLATTEN_SUCCESS)
