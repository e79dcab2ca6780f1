"""Grids written in tests: `|` parts cells, `^c2` and `^r3` before a text give its spans."""

from __future__ import annotations

import re

from extractors.document import Block, Cell, Document, Paragraph, Table
from schemas.columns import Locator

SPANS = re.compile(r"^(?P<marks>(?:\^[cr]\d+ ?)*)(?P<text>.*)$", re.DOTALL)


def grid(text: str, path: str = "table[1]") -> Table:
    """The table of these lines, cells placed as a browser places them; `⏎` breaks a line."""
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    lines = [line.strip() for line in text.strip().splitlines()]
    for row, line in enumerate(lines):
        column = 0
        for ordinal, printed in enumerate(line.split("|"), 1):
            while (row, column) in taken:
                column += 1
            cell = _cell(row, column, printed, f"{path}/row[{row + 1}]/cell[{ordinal}]")
            cells.append(cell)
            taken |= {
                (row + r, column + c) for r in range(cell.rowspan) for c in range(cell.colspan)
            }
            column += cell.colspan
    width = max(column for _, column in taken) + 1
    return Table(tuple(cells), len(lines), width, Locator(path=path))


def document(*parts: str | Table) -> Document:
    """A document of paragraphs and tables."""
    blocks: list[Block] = [
        Paragraph(part, part, Locator(path=f"p[{number}]")) if isinstance(part, str) else part
        for number, part in enumerate(parts, 1)
    ]
    return Document("text/html", tuple(blocks))


def _cell(row: int, column: int, printed: str, path: str) -> Cell:
    match = SPANS.match(printed.strip())
    marks = match["marks"] if match else ""
    raw = (match["text"] if match else printed).strip().replace("⏎", "\n")
    return Cell(
        row,
        column,
        raw.replace("\n", ""),
        raw,
        Locator(path=path),
        rowspan=_size(marks, "r"),
        colspan=_size(marks, "c"),
    )


def _size(marks: str, axis: str) -> int:
    found = re.search(rf"\^{axis}(\d+)", marks)
    return int(found[1]) if found else 1
