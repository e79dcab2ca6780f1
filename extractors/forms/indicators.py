"""The block of indicators: a header with 三级指标, and the rows below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extractors.document import Cell
from extractors.forms.columns import Labelled, Places, columns_of, labelled, stacked
from extractors.forms.form import IndicatorRow, NamedCell
from extractors.forms.page import Opened, Page, Row, is_bare_unit, is_title
from extractors.unflatten.align import kind_of
from extractors.unflatten.headers import own_points
from extractors.values import has_number, is_blank
from schemas.labels import field as field_of
from schemas.labels import meanings

_PLACEHOLDER = re.compile(r"^(?:指标\d*[:：]?|[.…·]+|\d+[.、]?)$")
_SUBTOTAL = re.compile(r"小\s*计$")
_RESULTS = {"target", "actual", "weight", "score"}
_LEVELS = ("level1", "level2")
_WORDY = ("text", "level1", "level2", "symbol")  # kinds that are no figure
_ASIDE = ("unknown", "aside", "aside_figure", "subtotal")  # columns that no table holds
_NOT_KEPT = (*_LEVELS, *_ASIDE)
_FEWEST_LABELS = 2  # labels that make the row below a header part of the header


@dataclass(slots=True)
class Indicators:
    """The rows below a header of indicators."""

    page: Page
    places: Places
    merged: bool  # levels that go on show as merged cells, so that a blank is a blank
    levels: dict[str, Cell | None] = field(default_factory=dict)

    @property
    def fields(self) -> set[str]:
        """The known fields of the header."""
        return {column.field for column in self.places.columns} - set(_ASIDE)

    def take(self, row: Row) -> bool:
        """Read one row; False where another block begins."""
        if self._ends(row.filled):
            return False
        cells: dict[str, list[Cell]] = {}
        labels = "indicators" in row.about
        column_at, over = self.places.at, self.places.over.get
        for cell in row.cells:
            if labels and _is_block_label(cell):
                _block_weight(self.page, cell)
            elif column := over(cell.column) if cell.colspan == 1 else column_at(cell):
                cells.setdefault(column.field, []).append(cell)
        if _is_subtotal(cells):
            return True
        if _is_shifted(cells):
            self.page.problem("指标行与表头错位", row.filled[0])
            return True
        self._carry_levels(cells)
        self._row(cells)
        return True

    def _ends(self, filled: Sequence[Cell]) -> bool:
        first = filled[0]
        if is_title(first) and len(first.text) < 60:
            return True
        if field_of(first.text, "totals", "head", "closing") is None:
            return False
        column = self.places.at(first)
        in_levels = column is None or column.field in (*_LEVELS, "level3", *_ASIDE)
        return in_levels and kind_of(first.text) not in ("level1", "level2", "both")

    def _row(self, cells: dict[str, list[Cell]]) -> None:
        kept = [
            NamedCell(name, cell)
            for name, found in cells.items()
            if name not in _NOT_KEPT
            for cell in found
            if cell.text
        ]
        level3 = _merged(cells["level3"]) if "level3" in cells else None
        if level3 is None or not level3.text:
            self._nameless(_values(kept))
            return
        if _PLACEHOLDER.match(level3.text) and not _values(kept):
            return  # a prompt of the form that nobody filled in (指标1：)
        level1, level2 = self.levels.get("level1"), self.levels.get("level2")
        self.page.form.indicators.append(IndicatorRow(level1, level2, level3, tuple(kept)))

    def _nameless(self, values: Sequence[Cell]) -> None:
        if values and not all(is_bare_unit(cell) for cell in values):
            self.page.problem("指标行没有三级指标名称", values[0])

    def _carry_levels(self, cells: dict[str, list[Cell]]) -> None:
        """Take over the levels printed in this row; keep those a merged cell carries on."""
        for level in _LEVELS:
            found = cells.get(level)
            if not found:
                continue
            cell = _merged(found)
            if not cell.text and not self.merged:
                continue
            self.levels[level] = cell if cell.text else None
            if level == "level1":
                self.levels["level2"] = None


def open_indicators(page: Page, at: int) -> Opened | None:
    """The block of indicators whose header begins in this row."""
    filled = page.filled(at)
    labels = labelled(filled, "indicators")
    fields = {name for name, _ in labels}
    if not _RESULTS & fields or ("level3" not in fields and len(labels) < 3):
        return None
    below = _second_row(page, at + 1)
    rows = 1
    if below:
        labels, rows = stacked(labels, below), 2
    names = {name for name, _ in labels}
    if "level3" not in names:
        if "level2" not in names or not {"target", "actual"} <= names:
            return None
        labels = [("level3" if n == "level2" else n, c) for n, c in labels]  # two levels only
    fields_in_order = own_points([name for name, _ in labels])
    labels = [(name, cell) for name, (_, cell) in zip(fields_in_order, labels, strict=True)]
    return _begin(page, [*filled, *(page.filled(at + 1) if rows > 1 else ())], labels, rows)


def _second_row(page: Page, at: int) -> list[Labelled]:
    """The labels of the row below, where it holds nothing else: the header's second row."""
    filled = page.filled(at)
    labels = labelled(filled, "indicators")
    whole = len(labels) >= _FEWEST_LABELS and len(labels) == len(filled)
    return labels if whole else []


def _begin(page: Page, filled: Sequence[Cell], labels: list[Labelled], rows: int) -> Opened:
    fields = {name for name, _ in labels} - set(_ASIDE)
    block = page.block
    if isinstance(block, Indicators) and page.form.indicators and fields == block.fields:
        return block, rows  # the header printed again on the next page
    for cell in filled:
        if meanings(cell.text):
            _block_weight(page, cell)
        elif _is_unknown(cell, labels):
            page.unknown_label(cell)
            labels = [*labels, ("unknown", cell)]
    page.indicator_places = Places.of(columns_of(labels))
    page.form.indicator_fields |= fields
    page.form.labels += [cell.text for _, cell in labels]
    below = max([cell.row + cell.rowspan for _, cell in labels])
    return Indicators(page, page.indicator_places, _shows_merges(page, below)), rows


def _shows_merges(page: Page, first: int) -> bool:
    """Whether the levels are merged cells somewhere, or the dump tells a blank from a merge."""
    if page.table.merges == "lost":
        return True
    columns = page.indicator_places.columns
    levels = Places.of([column for column in columns if column.field in _LEVELS])
    return any(
        cell.rowspan > 1 and levels.at(cell) is not None
        for row in page.rows[first:]
        for cell in row.filled
    )


def _is_unknown(cell: Cell, labels: Sequence[Labelled]) -> bool:
    """Whether a cell without meaning should be a label, and covers no column of a known one."""
    if is_title(cell) or kind_of(cell.text) != "text":
        return False
    return Places.of(columns_of(labels)).at(cell) is None


def _is_shifted(cells: dict[str, list[Cell]]) -> bool:
    """A row that does not fit its header: levels where an indicator's name or figures should be."""
    figures = [cells[name] for name in ("weight", "score") if name in cells]
    if figures and all([_is_wordy(found) for found in figures]):
        return True
    names = [c.text for c in cells.get("level3", ()) if c.text.endswith("指标")]
    if not any(kind_of(name) in ("level1", "level2", "both") for name in names):
        return False
    return not any(c.text for name in _LEVELS for c in cells.get(name, ()))


def _is_wordy(cells: Sequence[Cell]) -> bool:
    return any([kind_of(cell.text) in _WORDY for cell in cells])


def _is_subtotal(cells: dict[str, list[Cell]]) -> bool:
    printed = [c.text for name in _LEVELS if name in cells for c in cells[name]]
    return any([_SUBTOTAL.search(text) for text in printed])


def _values(kept: Sequence[NamedCell]) -> list[Cell]:
    return [n.cell for n in kept if n.field != "level3" and not is_blank(n.cell.text)]


def _is_block_label(cell: Cell) -> bool:
    return field_of(cell.text, "indicators") == "indicators_block"


def _block_weight(page: Page, cell: Cell) -> None:
    if _is_block_label(cell) and has_number(cell.text):
        page.form.block_weight = cell


def _merged(cells: Sequence[Cell]) -> Cell:
    """Several cells under one label as one: the first that is filled, with the text of all."""
    if len(cells) == 1:
        return cells[0]
    filled = [cell for cell in cells if cell.text] or cells[:1]
    return replace(filled[0], text="".join(cell.text for cell in filled))
