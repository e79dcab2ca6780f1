"""A twin as a Word document with merged cells."""

from __future__ import annotations

import io

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Pt

from sample_maker.archive import freeze
from sample_maker.grid import Grid
from sample_maker.twin import Line, Twin

FONT = "宋体"
CELL_SIZE = Pt(9)


def write_docx(twin: Twin) -> bytes:
    """The bytes of the document."""
    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.name = FONT
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    if twin.landscape:
        section = document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    for part in twin.parts:
        if isinstance(part, Line):
            _add_line(document, part)
        else:
            _add_grid(document, part)
    out = io.BytesIO()
    document.save(out)
    return freeze(out.getvalue())


def _add_line(document: Document, line: Line) -> None:
    if line.level:
        document.add_heading(line.text, level=line.level)
    else:
        document.add_paragraph(line.text)


def _add_grid(document: Document, grid: Grid) -> None:
    table = document.add_table(rows=len(grid.rows), cols=grid.width, style="Table Grid")
    for place in grid.placed():
        span = place.span
        cell = table.cell(place.row, place.column)
        if span.rows > 1 or span.columns > 1:
            end = table.cell(place.row + span.rows - 1, place.column + span.columns - 1)
            cell = cell.merge(end)
        cell.text = span.text
        for paragraph in cell.paragraphs:
            for run in paragraph.runs:
                run.font.size = CELL_SIZE
    document.add_paragraph("")
