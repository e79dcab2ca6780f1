"""What the blocks of a form share while a grid is read: its rows, the form so far, the unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

from extractors.document import Cell, Problem, Table
from extractors.forms.columns import NO_PLACES, Places
from extractors.forms.form import Form
from extractors.forms.realign import realigned
from extractors.values import money_unit
from schemas.immutable import immutable
from schemas.labels import field as field_of
from schemas.labels import meanings

TITLE = re.compile(r"自评(?:价)?(?:报告)?表|绩效目标表|绩效评价.{0,6}表|目标完成情况表")
LONGEST_TITLE = 80  # characters
BARE_UNIT = re.compile(r"^[（(]?\s*(?:金额)?(?:单位[:：])?\s*(?:万元|元|亿元)\s*[）)]?$")
_UNIT_LINE = re.compile(
    r"(?:^|[\s（(|]|金额)单位[:：]\s*(?:人民币)?\s*(?:亿元|万元|千元|元)\s*[）)]?\s*$"
)
UNKNOWN_LABEL = "未识别的标签"
_GLUED = re.compile(r"^([^:：]{2,24})[:：]\s*(\S.*)$", re.DOTALL)


@immutable
class Row:
    """One row of a grid: its cells, those that print something, and what its labels are about."""

    cells: tuple[Cell, ...]
    filled: tuple[Cell, ...]
    about: frozenset[str]  # contexts of the glossary, and fields: stage, source, …


_COLON = ":"  # among what a row is about: a cell may print a label and its value
_NOTHING: frozenset[str] = frozenset()
NO_ROW = Row((), (), _NOTHING)


class Block(Protocol):
    """A block of a form whose header has been read."""

    def take(self, row: Row) -> bool:
        """Read one row that prints something; False where it belongs to another block."""


Opened = tuple[Block | None, int]  # the block that goes on, and the rows its header takes


@dataclass(slots=True)
class Page:
    """A grid while its rows are walked."""

    table: Table
    rows: tuple[Row, ...] = ()
    form: Form = field(default_factory=Form)
    block: Block | None = None
    unit: str = "万元"
    funds_blocks: int = 0  # headers of funds seen in this form
    indicator_places: Places = NO_PLACES

    @classmethod
    def of(cls, table: Table, unit: str) -> Page:
        """The page of a grid, each name printed with its value in one cell taken apart."""
        table = realigned(table)
        return cls(table, tuple(_row(cells) for cells in table.rows()), unit=unit)

    def row(self, at: int) -> Row:
        """A row of the grid; one without cells below the last."""
        return self.rows[at] if at < len(self.rows) else NO_ROW

    def filled(self, at: int) -> tuple[Cell, ...]:
        """The cells of a row that print something; none below the last row."""
        return self.row(at).filled

    def read_unit(self, cells: Sequence[Cell]) -> None:
        """Take over the unit of money that these cells name."""
        for cell in cells:
            self.unit = money_unit(cell.text) or self.unit

    def read_unit_line(self, cell: Cell) -> None:
        """Take over the unit of a cell that prints nothing else."""
        self.unit = unit_line(cell.text) or self.unit

    def problem(self, reason: str, cell: Cell) -> None:
        """Remember a string that looks like data and cannot be read."""
        self.form.problems.append(Problem(reason, cell.raw, cell.locator))

    def unknown_label(self, cell: Cell) -> None:
        """Remember a label that the glossary does not know."""
        if not any(p.locator == cell.locator for p in self.form.problems):
            self.problem(f"{UNKNOWN_LABEL}：{cell.text}", cell)


def unit_line(text: str) -> str | None:
    """The unit of money that a line of its own names, as above a form.

    >>> unit_line("金额单位：元"), unit_line("公开14表 单位：万元"), unit_line("预算单位：元谋县")
    ('元', '万元', None)
    """
    if "元" not in text:
        return None
    match = _UNIT_LINE.search(text) or BARE_UNIT.match(text)
    return money_unit(match.group()) if match else None


def is_bare_unit(cell: Cell) -> bool:
    """Whether a cell prints a unit of money and nothing else."""
    return "元" in cell.text and BARE_UNIT.match(cell.text) is not None


def is_title(cell: Cell) -> bool:
    """Whether a cell prints the title of a form."""
    text = cell.text
    return "表" in text and len(text) < LONGEST_TITLE and TITLE.search(text) is not None


def _row(cells: tuple[Cell, ...]) -> Row:
    found = [what for cell in cells if (what := _about(cell.text))]
    about = _NOTHING.union(*found) if found else _NOTHING
    if _COLON in about:
        cells = tuple([part for cell in cells for part in _unglued(cell)])
    return Row(cells, tuple([cell for cell in cells if cell.text]), about)


@lru_cache(maxsize=65536)
def _about(text: str) -> frozenset[str]:
    """What a label is about, and the labels on both sides of a colon."""
    texts, found = [text], set()
    if glued := _GLUED.match(text):
        texts += [glued[1], glued[2].strip()]
        found.add(_COLON)
    for name, context in [label for part in texts for label in meanings(part)]:
        found |= {context, name.partition(":")[0]}
    return frozenset(found)


def _unglued(cell: Cell) -> tuple[Cell, ...]:
    """A cell that prints a name's label and value in one (`项目名称：…`) as two."""
    match = _GLUED.match(cell.text)
    if not match or not field_of(match[1], "head"):
        return (cell,)
    return replace(cell, text=match[1]), replace(cell, text=match[2].strip())
