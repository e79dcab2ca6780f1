"""One page by pdfplumber: the reader for pages that pdfium is not to be trusted with.

pdfium leaves out characters of fonts that are neither in the file nor on the machine, without a
word; pdfplumber decodes them from the file alone. It is slower by an order of magnitude.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np

from extractors.readers.pdf_page import Characters, Floats, Frame, Ints, PageContent
from extractors.readers.pdf_rules import THICKEST_RULE

ASCENT, DESCENT = 0.88, 0.14  # of the font size: where ink reaches from the base line
MIDDLE = 0.35  # of the font size: the middle of a line above its base line

_NUMBERED_GLYPH = re.compile(r"\(cid:\d+\)")


class ReferenceFailed(Exception):
    """pdfplumber cannot read the file or one of its pages."""


class ReferenceReader:
    """A PDF opened by pdfplumber at the first page asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._opened: Any = None

    def page_count(self) -> int:
        """The number of pages."""
        try:
            return len(self._document().pages)
        except _failures() as error:
            raise ReferenceFailed(str(error)) from error

    def read(self, number: int) -> PageContent:
        """The page of a number, from 1."""
        try:
            page = self._document().pages[number - 1]
            content = _content(page, number)
            page.close()
        except _failures() as error:
            raise ReferenceFailed(str(error)) from error
        return content

    def close(self) -> None:
        """Let go of the file."""
        if self._opened is None:
            return
        with suppress(*_failures()):  # closing walks the pages once more, damaged ones too
            self._opened.close()

    def _document(self) -> Any:
        if self._opened is None:
            import pdfplumber  # most files never need it, and it is slow to load

            self._opened = pdfplumber.open(io.BytesIO(self._data))
        return self._opened


@cache
def _failures() -> tuple[type[BaseException], ...]:
    """What pdfplumber and pdfminer raise on a damaged file, their own exceptions and others."""
    from pdfminer.pdfexceptions import PDFException
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

    ours = (PdfminerException, MalformedPDFException, PDFException, PSException)
    lookups = (ValueError, TypeError, LookupError, AttributeError, AssertionError)
    return (*ours, *lookups, ArithmeticError, RecursionError, struct.error, zlib.error)


def _content(page: Any, number: int) -> PageContent:
    shown = _shown(page)
    left, top, right, bottom = shown
    chars = [char for char in page.chars if char["text"].strip() and _on_page(char, shown)]
    upright = [char for char in chars if _is_upright(char)]
    strokes: list[tuple[float, float, float, float]] = []
    for line in page.lines:
        strokes.append((line["x0"], line["top"], line["x1"], line["bottom"]))
    for shape in page.rects:
        strokes.extend(_frame(shape))
    for shape in page.curves:
        strokes.extend(_polyline(shape))
    area = (right - left) * (bottom - top)
    covered = sum((i["x1"] - i["x0"]) * (i["bottom"] - i["top"]) for i in page.images)
    rules = np.array(strokes, dtype=np.float64).reshape(-1, 4) - (left, top, left, top)
    return PageContent(
        frame=Frame(number, float(right - left), float(bottom - top)),
        characters=_characters(page, upright, left, top),
        rules=rules,
        image_share=min(1.0, float(covered / area)) if area > 0 else 0.0,
        turned=len(chars) - len(upright),
        drawings=len(page.curves),
    )


def _shown(page: Any) -> tuple[float, float, float, float]:
    """The displayed part of a page in pdfplumber's coordinates, which span the whole sheet."""
    sheet, crop = page.page_obj.mediabox, page.page_obj.cropbox
    x0, y0 = max(sheet[0], crop[0]) - sheet[0], max(sheet[1], crop[1]) - sheet[1]
    x1, y1 = sheet[2] - min(sheet[2], crop[2]), sheet[3] - min(sheet[3], crop[3])
    cut_off = (x0, y1, x1, y0)  # at the left, top, right and bottom before the page is turned
    turns = (page.rotation or 0) // 90 % 4
    left, top, right, bottom = cut_off[-turns:] + cut_off[:-turns] if turns else cut_off
    dx, dy = page.mediabox[0], page.mediabox[1]
    return (
        float(dx + left),
        float(dy + top),
        float(dx + page.width - right),
        float(dy + page.height - bottom),
    )


def _on_page(char: Any, box: Any) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _is_upright(char: Any) -> bool:
    a, b, c, d = char["matrix"][:4]
    return bool(a > 0 and abs(b) < 0.05 * a and abs(c) < 0.05 * abs(d))


def _characters(page: Any, chars: list[Any], left: float, top: float) -> Characters:
    """One entry a code point; those of a ligature share its advance."""
    codes: list[int] = []
    rows: list[tuple[float, float, float, float]] = []
    for char in chars:
        text = _meant(char)
        step = (char["x1"] - char["x0"]) / len(text)
        base = char["top"] + char["y1"] - char["matrix"][5] - top
        for index, letter in enumerate(text):
            codes.append(ord(letter))
            x0 = char["x0"] - left + index * step
            rows.append((x0, x0 + step, base, char["size"]))
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    x0, x1, base, size = table[:, 0], table[:, 1], table[:, 2], table[:, 3]
    boxes = np.array((x0, base - ASCENT * size, x1, base + DESCENT * size))

    def ink(which: Ints) -> Floats:
        found: Floats = boxes[:, which]
        return found

    return Characters(
        codes=np.array(codes, dtype=np.int64),
        left=x0,
        right=x1,
        middle=base - MIDDLE * size,
        em=np.maximum(size, 0.5),
        spaced=_spaced(page.chars, chars),
        ink=ink,
    )


def _meant(char: Any) -> str:
    """What a glyph means; pdfminer writes the number of one that means nothing it knows."""
    text = str(char["text"]).strip()
    return "\ufffd" if _NUMBERED_GLYPH.fullmatch(text) else text


def _spaced(every: list[Any], printed: list[Any]) -> Any:
    """For each code point of the printed characters whether a space stands before it."""
    after_space: set[int] = set()
    for before, char in zip(every, every[1:], strict=False):
        if not before["text"].strip():
            after_space.add(id(char))
    flags: list[bool] = []
    for char in printed:
        flags.append(id(char) in after_space)
        flags.extend(False for _ in _meant(char)[1:])
    return np.array(flags, dtype=np.bool_)


def _frame(shape: Any) -> list[tuple[float, float, float, float]]:
    """A rectangle as one rule when it is thin, as four when its outline is drawn."""
    x0, y0, x1, y1 = shape["x0"], shape["top"], shape["x1"], shape["bottom"]
    if min(x1 - x0, y1 - y0) <= THICKEST_RULE:
        return [(x0, y0, x1, y1)] if shape["fill"] or shape["stroke"] else []
    if not shape["stroke"]:
        return []
    return [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]


def _polyline(shape: Any) -> list[tuple[float, float, float, float]]:
    """The upright straight edges of a drawn path."""
    if not shape["stroke"]:
        thin = min(shape["x1"] - shape["x0"], shape["bottom"] - shape["top"]) <= THICKEST_RULE
        return [(shape["x0"], shape["top"], shape["x1"], shape["bottom"])] if thin else []
    edges = []
    for (x0, y0), (x1, y1) in zip(shape["pts"], shape["pts"][1:], strict=False):
        if abs(x1 - x0) <= 0.5 or abs(y1 - y0) <= 0.5:
            edges.append((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
    return edges
