"""The process that opens an original and cuts out places: `python -m pipeline.original_process`.

The request is one JSON object on stdin, the answer one JSON object on stdout; see
`pipeline.original_views`, which is the only one that asks.
"""

from __future__ import annotations

import base64
import io
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import pypdfium2 as pdfium

from extractors.document import Document, Table
from pipeline.cage import limit_this_process
from pipeline.errors import UserError
from pipeline.passages import passages
from pipeline.show.original import block_text, covers, find_source, read_document_of
from schemas.columns import Locator

PDF = b"%PDF"
SCALE = 2.0  # pixels a point: 144 dpi, sharp on screen and readable in print
LARGEST_SIDE = 3_000  # pixels
MARGIN = 70.0  # points above and below the marks of a cut-out
MOST_PAGES = 6  # images of one finding
LONGEST_TABLE = 80  # rows that are shown whole
ROWS_AROUND = 4
Marks = Sequence[tuple[int, Locator]]
Json = dict[str, Any]


def main() -> None:
    """Answer the request on stdin."""
    request = json.load(sys.stdin)
    limit_this_process(request["memory"], request["seconds"])
    groups = [
        [(n, _locator(place)) for n, place in enumerate(group, start=1) if place is not None]
        for group in request["groups"]
    ]
    try:
        uri, data = find_source(request["document_id"], request["uris"], request["folders"])
        views = list(_views(uri, data, groups, request["whole_pages"]))
    except UserError as error:
        views = [_empty("、".join(request["uris"]), str(error)) for _ in groups]
    json.dump({"views": views}, sys.stdout)


def _views(uri: str, data: bytes, groups: Sequence[Marks], whole_pages: bool) -> Iterator[Json]:
    if PDF in data[:1024]:
        with pdfium.PdfDocument(data) as pdf:
            for marks in groups:
                yield _empty(uri, None) | {"pages": list(_pages(pdf, marks, whole_pages))}
        return
    document = read_document_of(data, uri)
    for marks in groups:
        view = _empty(uri, None)
        if document.source_text is not None:
            view["passages"] = passages(document.source_text, marks)
        view["passages"] += _paragraphs(document, marks)
        view["grids"] = list(_grids(document, marks))
        yield view


def _empty(uri: str, missing: str | None) -> Json:
    return {"uri": uri, "missing": missing, "pages": [], "passages": [], "grids": []}


def _pages(pdf: pdfium.PdfDocument, marks: Marks, whole: bool) -> Iterator[Json]:
    wanted = sorted({at.page for _, at in marks if at.page is not None and 0 < at.page <= len(pdf)})
    for number in wanted[:MOST_PAGES]:
        page = pdf[number - 1]
        width, height = page.get_size()
        boxes = [(n, at.bbox) for n, at in marks if at.page == number and at.bbox is not None]
        top, bottom = 0.0, height
        if boxes and not whole:
            top = max(0.0, min(box[1] for _, box in boxes) - MARGIN)
            bottom = min(height, max(box[3] for _, box in boxes) + MARGIN)
        scale = min(SCALE, LARGEST_SIDE / max(width, height))
        bitmap = page.render(scale=scale, crop=(0, height - bottom, 0, top))
        png = io.BytesIO()
        bitmap.to_pil().convert("P", palette=1, colors=32).save(png, "PNG", optimize=False)
        yield {
            "frame": (number, width, height, top, bottom),
            "png": base64.b64encode(png.getvalue()).decode(),
            "boxes": boxes,
        }


def _paragraphs(document: Document, marks: Marks) -> list[Any]:
    """Marked paragraphs of a format that has paths, each with its neighbours."""
    blocks = [block for block in document.blocks if not isinstance(block, Table)]
    hits = {
        index: found
        for index, block in enumerate(blocks)
        if block.locator.path is not None
        and (
            found := [
                n for n, at in marks if covers(at, block.locator) or covers(block.locator, at)
            ]
        )
    }
    return [
        [
            (None, [(block_text(blocks[i]), hits.get(i, []))])
            for i in range(max(0, hit - 1), min(len(blocks), hit + 2))
        ]
        for hit in hits
    ]


def _grids(document: Document, marks: Marks) -> Iterator[Any]:
    for block in document.blocks:
        if not isinstance(block, Table) or block.locator.char_start is not None:
            continue
        marked = {
            (cell.row, cell.column): found
            for cell in block.cells
            if (found := [n for n, at in marks if covers(at, cell.locator)])
        }
        if marked:
            yield _grid(block, marked)


def _grid(table: Table, marked: dict[tuple[int, int], list[int]]) -> Any:
    """The rows around the marked ones; a cell from above is drawn where it first shows."""
    shown = list(range(table.row_count))
    if table.row_count > LONGEST_TABLE:
        hits = {row for row, _ in marked}
        shown = [r for r in shown if r == 0 or any(abs(r - hit) <= ROWS_AROUND for hit in hits)]
    rows: dict[int, list[tuple[int, Any]]] = {row: [] for row in shown}
    for cell in table.cells:
        covered = [row for row in shown if cell.row <= row < cell.row + cell.rowspan]
        if covered:
            found = marked.get((cell.row, cell.column), [])
            drawn = (block_text(cell), len(covered), cell.colspan, found)
            rows[covered[0]].append((cell.column, drawn))
    return [(row + 1, [drawn for _, drawn in sorted(rows[row], key=_column)]) for row in shown]


def _column(placed: tuple[int, Any]) -> int:
    return placed[0]


def _locator(place: Json) -> Locator:
    bbox = place["bbox"]
    corners = None if bbox is None else (bbox[0], bbox[1], bbox[2], bbox[3])
    return Locator(place["page"], corners, place["char_start"], place["char_end"], place["path"])


if __name__ == "__main__":
    main()
