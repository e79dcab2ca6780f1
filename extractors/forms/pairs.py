"""Funds in pairs: a label beside each amount (预算数： 43 执行数： 43)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.document import Cell
from extractors.forms.form import FundCell, FundLine, NamedCell
from extractors.forms.funds import MARKS, SOURCE, STAGE, FundsAcross, names_source
from extractors.forms.page import Opened, Page, Row
from extractors.unflatten.align import kind_of
from extractors.values import has_number
from schemas.labels import field as field_of

StageLabel = tuple[str, Cell]


@dataclass(slots=True)
class Pairs:
    """The rows below one that prints a stage beside each amount."""

    page: Page
    stages: tuple[StageLabel, ...]

    def take(self, row: Row) -> bool:
        """Read the amounts of one source; False where the row names none."""
        filled = row.filled
        start = next((i for i, c in enumerate(filled) if names_source(c)), None)
        if start is None:
            return False
        self.read(filled[start:])
        return True

    def read(self, cells: Sequence[Cell]) -> None:
        """Amounts after their labels, one stage after the other."""
        at, expects = -1, ""
        source: Cell | None = None
        marks = []
        for cell in cells:
            name = field_of(cell.text, "funds", "pairs") or ""
            if name.startswith((STAGE, SOURCE)):
                at, expects = at + 1, "amount"
                source = cell if name.startswith(SOURCE) else None
            elif name in MARKS:
                expects = name
            elif expects == "amount" and at < len(self.stages):
                stage, label = self.stages[at]
                fund = FundCell(source, stage, label, cell, self.page.unit, component=False)
                self.page.form.funds.append(fund)
                expects = ""
            elif expects in MARKS:
                marks.append(NamedCell(expects, cell))
                expects = ""
            elif has_number(cell.text):
                self.page.problem("资金行的数字前没有标签", cell)
        if marks:
            self.page.form.fund_lines.append(FundLine(source, tuple(marks)))


def open_pairs(page: Page, at: int) -> Opened | None:
    """The block of funds that begins with stages and their amounts in this row."""
    if isinstance(page.block, FundsAcross):
        return None
    filled = page.filled(at)
    found = [(i, n, c) for i, c in enumerate(filled) if (n := _stage(c))]
    if not found or any(field_of(c.text, "indicators") == "level3" for c in filled):
        return None
    first = found[0][0]
    after = filled[first + 1] if first + 1 < len(filled) else None
    valued = after is not None and kind_of(after.text) in ("number", "value", "dash")
    printed = len(found) >= 2 and all(c.text.endswith(("：", ":")) for _, _, c in found)
    if not valued and not printed:
        return None
    page.read_unit(filled[:1] if first else ())
    page.funds_blocks += 1
    page.form.labels.extend(c.text for _, _, c in found)
    block = Pairs(page, tuple((name, cell) for _, name, cell in found))
    block.read(filled[first:])
    return block, 1


def _stage(cell: Cell) -> str | None:
    name = field_of(cell.text, "funds", "pairs") or ""
    return name.removeprefix(STAGE) if name.startswith(STAGE) else None
