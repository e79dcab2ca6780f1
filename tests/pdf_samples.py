"""PDFs drawn for the tests: one way of ruling, printing or breaking a page each.

The embedded font is the one reportlab brings; every Chinese character is given the shape of one
of its letters, at full width. What the file says each character means is right, and that counts.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import reportlab
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

EMBEDDED, NOT_EMBEDDED, LATIN = "Sample", "STSong-Light", "Times-Roman"
WIDTH, HEIGHT = 595.0, 842.0
SIZE = 9.0
Style = Literal["lines", "bars", "frames", "path", "dashes", "open"]
Printed = tuple[int, int, int, int, str]  # row, column, rowspan, colspan, text
Draw = Callable[[Canvas], None]


@dataclass(frozen=True)
class Form:
    """A table to draw: its corner from the top left of the page, its sizes and its cells."""

    left: float
    top: float
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    cells: tuple[Printed, ...]
    style: Style = "lines"


def plain_form(
    rows: Sequence[Sequence[str]],
    left: float = 60,
    top: float = 80,
    width: float = 80,
    height: float = 30,
    style: Style = "lines",
) -> Form:
    """A form without merged cells."""
    cells = tuple((r, c, 1, 1, text) for r, row in enumerate(rows) for c, text in enumerate(row))
    return Form(left, top, (width,) * len(rows[0]), (height,) * len(rows), cells, style)


def pdf(*pages: Draw, rotation: int = 0, password: str | None = None) -> bytes:
    """A document of the pages that the functions draw."""
    _fonts()
    buffer = io.BytesIO()
    encrypt = StandardEncryption(password, canPrint=0) if password else None
    size = (HEIGHT, WIDTH) if rotation % 180 else (WIDTH, HEIGHT)  # reportlab swaps them again
    canvas = Canvas(buffer, pagesize=size, encrypt=encrypt, invariant=1)
    for draw in pages:
        canvas.setPageRotation(rotation)
        canvas.setFont(EMBEDDED, SIZE)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@cache
def _fonts() -> None:
    font = TTFont(EMBEDDED, str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"))
    shape = font.face.charToGlyph[ord("M")]
    for code in (*range(0x2010, 0x2030), *range(0x3001, 0x3020), *range(0x4E00, 0x9FA6)):
        font.face.charToGlyph[code] = shape
        font.face.charWidths[code] = 1000
    for code in (*range(0xFF01, 0xFF5F), *range(0xE000, 0xE100)):
        font.face.charToGlyph[code] = shape
        font.face.charWidths[code] = 1000
    pdfmetrics.registerFont(font)
    pdfmetrics.registerFont(UnicodeCIDFont(NOT_EMBEDDED))


def text(canvas: Canvas, x: float, top: float, words: str, size: float = SIZE) -> None:
    """One line whose top is at a height from the page's top."""
    canvas.setFontSize(size)
    canvas.drawString(x, HEIGHT - top - 0.9 * size, words)
    canvas.setFontSize(SIZE)


def texts(*lines: tuple[float, float, str], size: float = SIZE) -> Draw:
    """A page of single lines."""

    def draw(canvas: Canvas) -> None:
        for x, top, words in lines:
            text(canvas, x, top, words, size)

    return draw


def rules_across(*tops: float, left: float = 60, right: float = 500) -> Draw:
    """A page of rules across that no upright one meets."""

    def draw(canvas: Canvas) -> None:
        for top in tops:
            canvas.line(left, HEIGHT - top, right, HEIGHT - top)

    return draw


def together(*draws: Draw) -> Draw:
    """One page of several drawings."""

    def draw(canvas: Canvas) -> None:
        for part in draws:
            part(canvas)

    return draw


def form(table: Form, font: str = EMBEDDED) -> Draw:
    """A page with a form on it."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, SIZE)
        boxes = [(_box(table, cell), cell[4]) for cell in table.cells]
        _RULES[table.style](canvas, [box for box, _ in boxes])
        for (x0, top, _, _), words in boxes:
            for index, line in enumerate(words.split("\n") if words else ()):
                text(canvas, x0 + 4, top + 4 + 11 * index, line)
        canvas.setFont(EMBEDDED, SIZE)

    return draw


Box = tuple[float, float, float, float]


def _box(table: Form, cell: Printed) -> Box:
    row, column, rowspan, colspan, _ = cell
    x0 = table.left + sum(table.widths[:column])
    top = table.top + sum(table.heights[:row])
    return (
        x0,
        top,
        x0 + sum(table.widths[column : column + colspan]),
        top + sum(table.heights[row : row + rowspan]),
    )


def _sides(box: Box) -> list[Box]:
    x0, top, x1, bottom = box
    return [
        (x0, top, x1, top),
        (x0, bottom, x1, bottom),
        (x0, top, x0, bottom),
        (x1, top, x1, bottom),
    ]


def _lines(canvas: Canvas, boxes: list[Box]) -> None:
    for box in boxes:
        for x0, top, x1, bottom in _sides(box):
            canvas.line(x0, HEIGHT - top, x1, HEIGHT - bottom)


def _bars(canvas: Canvas, boxes: list[Box]) -> None:
    """Thin filled rectangles, a pair for each border between two cells, as Word draws them."""
    for box in boxes:
        for x0, top, x1, bottom in _sides(box):
            canvas.rect(x0 - 0.3, HEIGHT - bottom - 0.3, x1 - x0 + 0.6, bottom - top + 0.6, 0, 1)


def _frames(canvas: Canvas, boxes: list[Box]) -> None:
    for x0, top, x1, bottom in boxes:
        canvas.rect(x0, HEIGHT - bottom, x1 - x0, bottom - top)


def _path(canvas: Canvas, boxes: list[Box]) -> None:
    path = canvas.beginPath()
    for box in boxes:
        for x0, top, x1, bottom in _sides(box):
            path.moveTo(x0, HEIGHT - top)
            path.lineTo(x1, HEIGHT - bottom)
    canvas.drawPath(path)


def _dashes(canvas: Canvas, boxes: list[Box]) -> None:
    """Each dash a line of its own."""
    for box in boxes:
        for x0, top, x1, bottom in _sides(box):
            length = max(x1 - x0, bottom - top)
            steps = int(length // 5)
            for step in range(steps + 1):
                a, b = 5 * step / length, min(1.0, (5 * step + 3) / length)
                canvas.line(
                    x0 + a * (x1 - x0),
                    HEIGHT - top - a * (bottom - top),
                    x0 + b * (x1 - x0),
                    HEIGHT - top - b * (bottom - top),
                )


def _open(canvas: Canvas, boxes: list[Box]) -> None:
    """Without the outer sides, left and right."""
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    for box in boxes:
        for x0, top, x1, bottom in _sides(box):
            if x0 != x1 or x0 not in (left, right):
                canvas.line(x0, HEIGHT - top, x1, HEIGHT - bottom)


_RULES: dict[Style, Callable[[Canvas, list[Box]], None]] = {
    "lines": _lines,
    "bars": _bars,
    "frames": _frames,
    "path": _path,
    "dashes": _dashes,
    "open": _open,
}


def inside_form_object(draw: Draw, right: float, down: float) -> Draw:
    """The same drawing as a form XObject, moved on the page."""

    def page(canvas: Canvas) -> None:
        canvas.beginForm("reused")
        canvas.setFont(EMBEDDED, SIZE)
        draw(canvas)
        canvas.endForm()
        canvas.translate(right, -down)
        canvas.doForm("reused")

    return page


def turned(draw: Draw, quarters: int) -> Draw:
    """The same drawing turned left by quarters of a circle, still on the page."""

    def page(canvas: Canvas) -> None:
        moves = {0: (0.0, 0.0), 1: (WIDTH, 0.0), 2: (WIDTH, HEIGHT), 3: (0.0, HEIGHT)}
        canvas.translate(*moves[quarters])
        canvas.rotate(90 * quarters)
        if quarters % 2:
            canvas.translate(0, WIDTH - HEIGHT)  # the drawing keeps to its top left
        draw(canvas)

    return page


def twice(draw: Draw) -> Draw:
    """Printed again a hair to the right, as bold type is made."""

    def page(canvas: Canvas) -> None:
        draw(canvas)
        canvas.translate(0.4, 0)
        draw(canvas)

    return page


def picture(share: float) -> Draw:
    """A grey picture over a share of the page, from the top."""

    def page(canvas: Canvas) -> None:
        image = Image.new("L", (20, 20), 200)
        canvas.drawImage(ImageReader(image), 0, HEIGHT * (1 - share), WIDTH, HEIGHT * share)

    return page


def hidden(draw: Draw) -> Draw:
    """Text behind a scan: printed in the mode that leaves no ink."""

    def page(canvas: Canvas) -> None:
        canvas.setFont(EMBEDDED, SIZE)
        canvas._code.append("3 Tr")
        draw(canvas)

    return page
