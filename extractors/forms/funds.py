"""The block of funds: sources of money against stages of the budget, whichever stands on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.document import Cell
from extractors.forms.columns import Labelled, Places, columns_of, labelled, stacked
from extractors.forms.form import FundCell, FundLine, NamedCell
from extractors.forms.page import Opened, Page, Row, is_bare_unit, is_title
from extractors.unflatten.align import kind_of
from extractors.unflatten.kinds import names_money
from extractors.values import is_blank, money_unit
from schemas.labels import field as field_of
from schemas.labels import meanings

STAGE, SOURCE = "stage:", "source:"
MARKS = ("weight", "execution_rate", "score")
FIGURES = ("number", "percent", "value")
_SIDE_BY_SIDE = "一行并列两种资金来源，无法判断金额各属哪一阶段"
_FEWEST_SOURCES = 2  # labels of sources that make a row a header


@dataclass(slots=True)
class Funds:
    """The rows below a header of stages: a line of funds in each."""

    page: Page
    places: Places
    label: Cell | None  # left of the header
    items: bool  # the lines are sub-items of the project

    def take(self, row: Row) -> bool:
        """Read one line of funds; False where the row is none."""
        left = self.places.left
        beside = [c for c in row.filled if c.column < left]
        names = [c for c in beside if not is_bare_unit(c)]
        self.page.read_unit([c for c in beside if is_bare_unit(c)])
        values = [c for c in row.filled if c.column >= left]
        figures = [c for c in values if kind_of(c.text) in FIGURES]
        source = names[-1] if names else None
        if source is not None and not figures and _heads_lines(source):
            return True  # 其中： or 按收入性质分： in a row of its own
        if beside_sources := [c for c in values if names_source(c)]:
            self.page.problem(_SIDE_BY_SIDE, beside_sources[0])
            return True
        if source is None and not figures:
            return all(is_blank(c.text) or is_bare_unit(c) for c in row.filled)
        if source is not None and not names_source(source) and not figures:
            return names_money(source.text) or self._beside_label(row)
        if source is not None and kind_of(source.text) in FIGURES:
            self.page.problem("资金行与表头错位", source)
            return True
        self._line(source, values)
        return True

    def _beside_label(self, row: Row) -> bool:
        """Whether a row stands beside the merged cell of the block's label."""
        label = self.label
        return label is not None and row.filled[0].row < label.row + label.rowspan

    def _line(self, source: Cell | None, values: Sequence[Cell]) -> None:
        page = self.page
        owner = source or (self.label if page.funds_blocks > 1 or _more_headers(page) else None)
        if source is not None and not self.items and not meanings(source.text):
            page.unknown_label(source)
        marks = []
        for cell in values:
            column = self.places.at(cell)
            if column is None:
                continue
            if column.field.startswith(STAGE):
                unit = money_unit(column.label.text) or (source and money_unit(source.text))
                stage = column.field.removeprefix(STAGE)
                whose = column.source or owner
                fund = FundCell(whose, stage, column.label, cell, unit or page.unit, self.items)
                page.form.funds.append(fund)
            elif column.field in MARKS:
                marks.append(NamedCell(column.field, cell))
        if marks:
            page.form.fund_lines.append(FundLine(owner, tuple(marks)))


@dataclass(slots=True)
class FundsAcross:
    """The rows below a header of sources: a stage in each (计划安排资金 × 中央, 省, 市)."""

    page: Page
    places: Places

    def take(self, row: Row) -> bool:
        """Read one stage of all sources; False where the row is none."""
        stages = [c for c in row.filled if c.column < self.places.left and names_stage(c)]
        if not stages:
            return False
        label = stages[-1]
        stage = (field_of(label.text, "funds") or "").removeprefix(STAGE)
        for cell in row.filled:
            column = self.places.at(cell)
            if column is not None:
                unit = money_unit(label.text) or self.page.unit
                self.page.form.funds.append(
                    FundCell(column.label, stage, label, cell, unit, component=False)
                )
        return True


@dataclass(slots=True)
class Listing:
    """The rows below a header that names projects: a list of many, and no form of any."""

    def take(self, row: Row) -> bool:
        """Pass over one row; False where a form begins."""
        first = row.filled[0]
        return not is_title(first) and field_of(first.text, "head") is None


def open_funds(page: Page, at: int) -> Opened | None:
    """The block of funds whose header of stages begins in this row."""
    filled = page.filled(at)
    labels = labelled(filled, "funds")
    stages = [(n, c) for n, c in labels if n.startswith(STAGE)]
    marks = {n for n, _ in labels} & set(MARKS)
    if (
        len({n for n, _ in stages} | marks) < 2
        or not stages
        or _value_follows(filled, stages[0][1])
    ):
        return None
    if any(n.startswith(SOURCE) for n, _ in labels[labels.index(stages[0]) + 1 :]):
        return None
    if any(field_of(c.text, "head") == "project_name" for c in filled):
        return Listing(), 1
    below = page.filled(at + 1)
    extra = labelled(below, "funds")
    if not extra or len(extra) < len(below):
        return _begin(page, labels, filled), 1
    if all(n.startswith(STAGE) or n in MARKS for n, _ in extra):
        return _begin(page, stacked(labels, extra), filled), 2
    block = _begin(page, labels, filled)
    parted = _parted(block.places, extra)
    block.places = parted or block.places
    return block, 2 if parted else 1


def _parted(places: Places, below: Sequence[Labelled]) -> Places | None:
    """The columns of a header with sources below its stages; none where the row below is a line."""
    parts = []
    for name, cell in below:
        above = places.at(cell)
        if above is None or not above.field.startswith(STAGE) or not name.startswith(SOURCE):
            return None
        last = cell.column + cell.colspan - 1
        parts.append(replace(above, first=cell.column, last=last, source=cell))
    kept = [c for c in places.columns if not any(c.first <= p.first <= c.last for p in parts)]
    return Places.of(sorted([*parts, *kept], key=lambda column: column.first))


def _begin(page: Page, labels: Sequence[Labelled], filled: Sequence[Cell]) -> Funds:
    values = [(n, c) for n, c in labels if n.startswith(STAGE) or n in (*MARKS, "remark")]
    left = min(c.column for _, c in values)
    margin = [c for c in filled if c.column < left]
    for cell in filled:
        if cell.column > left and not meanings(cell.text) and kind_of(cell.text) == "text":
            page.unknown_label(cell)
    page.funds_blocks += 1
    page.read_unit(margin)
    page.form.labels.extend(c.text for n, c in values if n != "remark")
    items = any(n == "item_column" for n, _ in labels)
    return Funds(page, Places.of(columns_of(values)), margin[0] if margin else None, items)


def open_funds_across(page: Page, at: int) -> Opened | None:
    """The block of funds whose header of sources stands in this row, with stages below it."""
    filled = page.filled(at)
    sources = [(n, c) for n, c in labelled(filled, "funds") if n.startswith(SOURCE)]
    if len(sources) < _FEWEST_SOURCES or any(kind_of(c.text) in FIGURES for c in filled):
        return None
    left = min(c.column for _, c in sources)
    below = page.filled(at + 1)
    stages = [c for c in below if c.column < left and names_stage(c)]
    figures = [c for c in below if c.column >= left and kind_of(c.text) in FIGURES]
    if not stages or not figures:
        return None
    page.funds_blocks += 1
    page.read_unit([c for c in filled if c.column < left])
    page.form.labels.extend(c.text for _, c in sources)
    return FundsAcross(page, Places.of(columns_of(sources))), 1


def names_source(cell: Cell) -> bool:
    """Whether a cell prints whose money a line is."""
    return (field_of(cell.text, "funds") or "").startswith(SOURCE)


def _heads_lines(cell: Cell) -> bool:
    """Whether a cell announces the lines below it and is none itself."""
    name = field_of(cell.text, "funds") or ""
    return name == "of_which" or name.endswith("_block")


def names_stage(cell: Cell) -> bool:
    """Whether a cell prints which amount of the budget cycle a figure is."""
    return (field_of(cell.text, "funds") or "").startswith(STAGE)


def _value_follows(filled: Sequence[Cell], label: Cell) -> bool:
    after = [c for c in filled if c.column > label.column]
    return bool(after) and kind_of(after[0].text) in ("number", "value", "dash")


def _more_headers(page: Page) -> bool:
    """Whether the grid has another header of stages: then a block's label says whose line it is."""
    count = 0
    for at in range(len(page.rows)):
        stages = [n for n, _ in labelled(page.filled(at), "funds") if n.startswith(STAGE)]
        count += len(stages) >= 2
    return count > 1
