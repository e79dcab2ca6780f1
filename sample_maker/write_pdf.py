"""A twin as a PDF with ruled tables that run over page ends and an embedded Chinese font."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer

from sample_maker.grid import Grid
from sample_maker.twin import Line, Twin

FONT = "NotoSansSC"
FONT_PACKAGE = "zhplot"  # ships Noto Sans SC (SIL Open Font License); only its font file is used
MARGIN = 42  # points
FIRST_COLUMN = 44  # points; the block labels
BODY = ParagraphStyle(
    "body", fontName=FONT, fontSize=10.5, leading=17, firstLineIndent=21, wordWrap="CJK"
)
HEADING = ParagraphStyle("heading", parent=BODY, firstLineIndent=0, spaceBefore=6)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=8, leading=10.5, firstLineIndent=0, alignment=1)


class MissingFont(Exception):
    """The package that carries the font is not installed, or lacks a character."""


def write_pdf(twin: Twin) -> bytes:
    """The bytes of the document."""
    _register_font(twin)
    size = landscape(A4) if twin.landscape else A4
    width = size[0] - 2 * MARGIN
    story: list[Flowable] = []
    for part in twin.parts:
        story += [_line(part)] if isinstance(part, Line) else [_table(part, width), Spacer(1, 14)]
    out = io.BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN)
    SimpleDocTemplate(out, pagesize=size, title=twin.name, invariant=1, **margins).build(story)
    return out.getvalue()


def _register_font(twin: Twin) -> None:
    spec = importlib.util.find_spec(FONT_PACKAGE)
    if spec is None or spec.origin is None:
        raise MissingFont(f"pip install --no-deps {FONT_PACKAGE}==1.0.0")
    font = TTFont(FONT, Path(spec.origin).parent / "fonts" / "NotoSansSC-Regular.ttf")
    texts = [p.text for p in twin.lines]
    texts += [c.span.text for grid in twin.grids for c in grid.placed()]
    lacking = {c for t in texts for c in t if c > " " and ord(c) not in font.face.charToGlyph}
    if lacking:
        raise MissingFont(f"{FONT} has no glyph for {''.join(sorted(lacking))}")
    pdfmetrics.registerFont(font)


def _line(line: Line) -> Paragraph:
    return Paragraph(escape(line.text), HEADING if line.level else BODY)


def _table(grid: Grid, width: float) -> LongTable:
    data: list[list[Paragraph | str]] = [[""] * grid.width for _ in grid.rows]
    style: list[tuple[object, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.6, black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    for place in grid.placed():
        text = escape(place.span.text).replace("\n", "<br/>")
        data[place.row][place.column] = Paragraph(text, CELL)
        end = (place.column + place.span.columns - 1, place.row + place.span.rows - 1)
        if end != (place.column, place.row):
            style.append(("SPAN", (place.column, place.row), end))
    rest = (width - FIRST_COLUMN) / (grid.width - 1)
    return LongTable(data, [FIRST_COLUMN, *[rest] * (grid.width - 1)], style=style)
