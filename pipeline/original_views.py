"""The original of a document with places marked: page images, lines of text, table rows.

Reading a stranger's file is done in a process of its own (`pipeline.original_process`); what comes
back is plain text and a PNG.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.cage import caged
from schemas.columns import Locator

PROCESS = "pipeline.original_process"
SECONDS = 40.0
MEMORY = 2 << 30
ZOOM_MARGIN = 48.0  # points around the marks: a row or two of a form
NOT_SHOWN = "原文件太大或已损坏，这里无法显示；请按出处在原文件中查看"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `marks` are the numbers of the places it belongs to."""

    text: str
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text, or a paragraph; `number` is its line number or None."""

    number: int | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of a table as it is drawn."""

    text: str
    rowspan: int
    colspan: int
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a table around the marked ones, each with its number from 1."""

    rows: tuple[tuple[int, tuple[GridCell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A marked rectangle on a page, in points from its top left corner."""

    number: int
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page, or the band of it from `top` to `bottom`, as a PNG with the rectangles on it."""

    number: int
    width: float
    height: float
    top: float
    bottom: float
    png: bytes
    boxes: tuple[Box, ...]

    @property
    def zoom(self) -> tuple[float, float, float, float]:
        """The part around the marks: left, top, width and height, at least half a page wide."""
        left = max(0.0, min(box.x0 for box in self.boxes) - ZOOM_MARGIN)
        right = min(self.width, max(box.x1 for box in self.boxes) + ZOOM_MARGIN)
        missing = max(0.0, self.width / 2 - (right - left))
        left = max(0.0, min(left - missing / 2, self.width - self.width / 2))
        right = min(self.width, max(right, left + self.width / 2))
        top = max(self.top, min(box.top for box in self.boxes) - ZOOM_MARGIN)
        bottom = min(self.bottom, max(box.bottom for box in self.boxes) + ZOOM_MARGIN)
        return left, top, right - left, bottom - top

    @property
    def data_uri(self) -> str:
        """The image as a URI that holds all its bytes."""
        return "data:image/png;base64," + base64.b64encode(self.png).decode()


@dataclass(frozen=True, slots=True)
class OriginalView:
    """What an original shows of some places; `missing` says in Chinese why it shows nothing."""

    uri: str
    missing: str | None = None
    pages: tuple[Page, ...] = ()
    passages: tuple[tuple[Line, ...], ...] = ()
    grids: tuple[Grid, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether none of the places was found."""
        return not (self.pages or self.passages or self.grids)


def view_original(
    document_id: str,
    uris: Sequence[str],
    folders: Sequence[str],
    places: Sequence[Sequence[Locator | None]],
    whole_pages: bool = True,
) -> tuple[OriginalView, ...]:
    """One view for each group of places of one document, which is read once for all of them."""
    request = {
        "document_id": document_id,
        "uris": list(uris),
        "folders": list(folders),
        "whole_pages": whole_pages,
        "memory": MEMORY,
        "seconds": SECONDS,
        "groups": [[_packed(locator) for locator in group] for group in places],
    }
    answer = _ask(request)
    if answer is None:
        return tuple(OriginalView("、".join(uris), NOT_SHOWN) for _ in places)
    return tuple(_view(view) for view in answer["views"])


def page_image(
    document_id: str, uris: Sequence[str], folders: Sequence[str], number: int
) -> bytes | None:
    """One page of a PDF as a PNG; None where it cannot be shown."""
    views = view_original(document_id, uris, folders, ((Locator(page=number),),))
    return views[0].pages[0].png if views[0].pages else None


def _ask(request: dict[str, Any]) -> dict[str, Any] | None:
    """The child's answer; None where it died or was overdue."""
    with caged(PROCESS, json.dumps(request).encode(), SECONDS) as child:
        written = child.output.read()
    if not written:
        return None
    try:
        answer: dict[str, Any] = json.loads(written)
    except ValueError:  # killed while it wrote
        return None
    return answer


def _packed(locator: Locator | None) -> dict[str, Any] | None:
    if locator is None:
        return None
    return {
        "page": locator.page,
        "bbox": locator.bbox,
        "char_start": locator.char_start,
        "char_end": locator.char_end,
        "path": locator.path,
    }


def _view(view: dict[str, Any]) -> OriginalView:
    return OriginalView(
        view["uri"],
        view["missing"],
        tuple(_page(page) for page in view["pages"]),
        tuple(tuple(_line(line) for line in passage) for passage in view["passages"]),
        tuple(_grid(grid) for grid in view["grids"]),
    )


def _page(page: dict[str, Any]) -> Page:
    boxes = tuple(Box(number, *corners) for number, corners in page["boxes"])
    number, width, height, top, bottom = page["frame"]
    png = base64.b64decode(page["png"])
    return Page(number, width, height, top, bottom, png, boxes)


def _line(line: Any) -> Line:
    number, pieces = line
    return Line(number, tuple(Piece(text, tuple(marks)) for text, marks in pieces))


def _grid(grid: Any) -> Grid:
    return Grid(
        tuple(
            (
                number,
                tuple(
                    GridCell(text, down, across, tuple(marks)) for text, down, across, marks in row
                ),
            )
            for number, row in grid
        )
    )
