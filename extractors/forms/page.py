"""What the blocks of a form share while a grid is read: its rows, the form so far, the unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from extractors.document import Cell, Problem, Table
from extractors.forms.columns import Column
from extractors.forms.form import Form
from extractors.forms.realign import realigned
from extractors.values import money_unit
from schemas.labels import field as field_of

TITLE = re.compile(r"自评(?:价)?(?:报告)?表|绩效目标表|绩效评价.{0,6}表|目标完成情况表")
LONGEST_TITLE = 80  # characters
BARE_UNIT = re.compile(r"^[（(]?\s*(?:金额)?(?:单位[:：])?\s*(?:万元|元|亿元)\s*[）)]?$")
_UNIT_LINE = re.compile(
    r"(?:^|[\s（(|]|金额)单位[:：]\s*(?:人民币)?\s*(?:亿元|万元|千元|元)\s*[）)]?\s*$"
)
UNKNOWN_LABEL = "未识别的标签"
_GLUED = re.compile(r"^([^:：]{2,24})[:：]\s*(\S.*)$", re.DOTALL)


class Block(Protocol):
    """A block of a form whose header has been read."""

    def take(self, row: Sequence[Cell]) -> bool:
        """Read one row; False where the row belongs to another block."""


Opened = tuple[Block | None, int]  # the block that goes on, and the rows its header takes


@dataclass(slots=True)
class Page:
    """A grid while its rows are walked."""

    table: Table
    rows: tuple[tuple[Cell, ...], ...] = ()
    form: Form = field(default_factory=Form)
    block: Block | None = None
    unit: str = "万元"
    funds_blocks: int = 0  # headers of funds seen in this form
    indicator_columns: tuple[Column, ...] = ()

    @classmethod
    def of(cls, table: Table, unit: str) -> Page:
        """The page of a grid, each name printed with its value in one cell taken apart."""
        table = realigned(table)
        rows = tuple(tuple(part for cell in row for part in _unglued(cell)) for row in table.rows())
        return cls(table, rows, unit=unit)

    def filled(self, at: int) -> list[Cell]:
        """The cells of a row that print something; none below the last row."""
        return [cell for cell in self.rows[at] if cell.text] if at < len(self.rows) else []

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
    match = _UNIT_LINE.search(text) or BARE_UNIT.match(text)
    return money_unit(match.group()) if match else None


def is_title(cell: Cell) -> bool:
    """Whether a cell prints the title of a form."""
    return len(cell.text) < LONGEST_TITLE and bool(TITLE.search(cell.text))


def _unglued(cell: Cell) -> tuple[Cell, ...]:
    """A cell that prints a name's label and value in one (`项目名称：…`) as two."""
    if "：" not in cell.text and ":" not in cell.text:
        return (cell,)
    match = _GLUED.match(cell.text)
    if not match or not field_of(match[1], "head"):
        return (cell,)
    return replace(cell, text=match[1]), replace(cell, text=match[2].strip())
