"""One worksheet as shown to blocks: paragraphs around the forms, one table a form's grid."""

from __future__ import annotations

from dataclasses import dataclass, field

from extractors.document import Block, Paragraph, Table, UnreadableDocument
from extractors.readers.grid import Draft, finish
from extractors.readers.limits import MAX_COLUMNS, MAX_GRID, MAX_ROWS
from extractors.readers.lines import strip
from schemas.columns import Locator
from schemas.labels import field as field_of

LONG_TEXT = 40  # characters; no form title is as long, hardly a paragraph is shorter

Place = tuple[int, int]
Merge = tuple[int, int, int, int]  # first row, first column, last row, last column


@dataclass(slots=True)
class Sheet:
    """What one worksheet shows: printed strings by place, merged ranges, what is hidden."""

    name: str
    texts: dict[Place, str] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    notices: list[tuple[str, str, Place]] = field(default_factory=list)  # reason, raw, place

    def path(self, row: int, column: int) -> str:
        """The address of a cell as a spreadsheet writes it."""
        return f"{quoted(self.name)}!{column_name(column)}{row + 1}"


def quoted(name: str) -> str:
    """A sheet name as it stands in an address.

    >>> quoted("自评表"), quoted("表 1")
    ('自评表', "'表 1'")
    """
    if name and not name[0].isdigit() and name.replace("_", "").isalnum():
        return name
    return "'" + name.replace("'", "''") + "'"


def column_name(column: int) -> str:
    """The letters of a column counted from 0.

    >>> column_name(0), column_name(27)
    ('A', 'AB')
    """
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def blocks_of(sheet: Sheet) -> list[Block]:
    """The paragraphs and tables of a sheet, top to bottom."""
    drafts = _drafts(sheet)
    rows: dict[int, list[Draft]] = {}
    filled: set[int] = set()
    for draft in drafts:
        rows.setdefault(draft.row, []).append(draft)
        if strip(draft.raw):
            filled.update(range(draft.row, draft.row + draft.rowspan))
    blocks: list[Block] = []
    for first, last in _regions(rows, filled):
        blocks.extend(_region(sheet, rows, first, last))
    return blocks


def _drafts(sheet: Sheet) -> list[Draft]:
    """Every printed or merged cell; the covered cells of a merge are gone."""
    last_row = max((row for row, _ in sheet.texts), default=-1)
    last_column = max((column for _, column in sheet.texts), default=-1)
    covered: set[Place] = set()
    drafts: list[Draft] = []
    area = 0
    for top, left, bottom, right in sorted(set(sheet.merges)):
        if bottom - top >= MAX_ROWS or right - left >= MAX_COLUMNS:
            reason = "合并区域大得不合常理，只按有内容的范围读取"
            sheet.notices.append((reason, sheet.texts.get((top, left), ""), (top, left)))
            bottom, right = max(top, min(bottom, last_row)), max(left, min(right, last_column))
        if top > last_row + 1 or left > last_column + 1 or (top, left) in covered:
            continue
        area += (bottom - top + 1) * (right - left + 1)
        if area > MAX_GRID:
            raise UnreadableDocument(f"工作表“{sheet.name}”的合并区域超过 {MAX_GRID} 格，未读取")
        covered.update((r, c) for r in range(top, bottom + 1) for c in range(left, right + 1))
        text = sheet.texts.get((top, left), "")
        height, width = bottom - top + 1, right - left + 1
        drafts.append(Draft(top, left, text, sheet.path(top, left), height, width))
    for (row, column), text in sheet.texts.items():
        if (row, column) not in covered:
            drafts.append(Draft(row, column, text, sheet.path(row, column)))
    return sorted(drafts, key=lambda d: (d.row, d.column))


def _regions(rows: dict[int, list[Draft]], filled: set[int]) -> list[tuple[int, int]]:
    """Runs of rows that belong together: a blank row parts them only before a title."""
    regions: list[tuple[int, int]] = []
    previous = -2
    for row in sorted(filled):
        title = len(_printed(rows.get(row, []))) == 1 or row - previous > 3
        if not regions or (row - previous > 1 and title):
            regions.append((row, row))
        else:
            regions[-1] = (regions[-1][0], row)
        previous = row
    return regions


def _printed(drafts: list[Draft]) -> list[Draft]:
    return [draft for draft in drafts if strip(draft.raw)]


def _region(sheet: Sheet, rows: dict[int, list[Draft]], first: int, last: int) -> list[Block]:
    """Paragraphs above, between and below the grids of a region, and the grids."""
    kinds = _kinds(rows, first, last)
    blocks: list[Block] = []
    start = first
    for row in range(first, last + 2):
        if row <= last and not kinds[row - first]:
            continue
        if start < row:
            blocks.extend(_grid(sheet, rows, start, row - 1))
        if row <= last:
            blocks.extend(_paragraphs(rows, row))
        start = row + 1
    return blocks


def _kinds(rows: dict[int, list[Draft]], first: int, last: int) -> list[bool]:
    """For each row whether it is running text rather than a row of the grid."""
    count = last - first + 1
    inside = [False] * count  # under a vertical merge
    for row in range(first, last + 1):
        for draft in rows.get(row, []):
            for below in range(row + 1, min(row + draft.rowspan, last + 1)):
                inside[below - first] = True
    single = [
        not inside[i]
        and len(_printed(rows.get(first + i, []))) == 1
        and all(d.rowspan == 1 for d in rows[first + i])
        for i in range(count)
    ]
    if all(single[i] or not _printed(rows.get(first + i, [])) for i in range(count)):
        return [True] * count
    prose = [single[i] and _is_prose(rows[first + i]) for i in range(count)]
    top = next(i for i in range(count) if not single[i])
    bottom = next(i for i in range(count - 1, -1, -1) if not single[i])
    for i in range(count):
        if top < i < bottom:  # between rows of a grid: a lone row may be one of its own
            prose[i] = prose[i] and (prose[i - 1] or (i + 1 < count and single[i + 1]))
    # Running text parts what stands before it above the grid, and after it below, from the grid.
    for i in range(top - 1, 0, -1):
        prose[i - 1] |= prose[i]
    for i in range(bottom + 1, count - 1):
        prose[i + 1] |= prose[i] and single[i + 1]
    return prose


def _is_prose(drafts: list[Draft]) -> bool:
    """Long text, or text that no merged cell frames and that names no line of funds."""
    draft = _printed(drafts)[0]
    if (field_of(strip(draft.raw), "funds") or "").startswith("source:"):
        return False
    return len(draft.raw) >= LONG_TEXT or (draft.colspan == 1 and len(drafts) == 1)


def _paragraphs(rows: dict[int, list[Draft]], row: int) -> list[Block]:
    blocks: list[Block] = []
    for draft in _printed(rows.get(row, [])):
        for line in draft.raw.split("\n"):
            if strip(line):
                blocks.append(Paragraph(strip(line), line, Locator(path=draft.path)))
    return blocks


def _grid(sheet: Sheet, rows: dict[int, list[Draft]], first: int, last: int) -> list[Block]:
    """The table of some rows, from its first used column on."""
    drafts = [draft for row in range(first, last + 1) for draft in rows.get(row, [])]
    if not _printed(drafts):
        return []
    left = min(draft.column for draft in drafts)
    # A row of the grid prints its blank cells too, as far as the grid goes.
    width = max(draft.column + draft.colspan for draft in drafts)
    covered = {
        (r, c)
        for d in drafts
        for r in range(d.row, min(d.row + d.rowspan, last + 1))
        for c in range(d.column, d.column + d.colspan)
    }
    shifted = [
        Draft(d.row - first, d.column - left, d.raw, d.path, d.rowspan, d.colspan) for d in drafts
    ]
    for row in range(first, last + 1):
        for column in range(left, width):
            if (row, column) not in covered:
                path = sheet.path(row, column)
                shifted.append(Draft(row - first, column - left, "", path))
    place = f"{drafts[0].path}:{column_name(width - 1)}{last + 1}"
    table: Table = finish(shifted, last - first + 1, place)
    return [table]
