"""The block of goals: what was expected beside, or above, what was done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.document import Cell
from extractors.forms.columns import Column, Places
from extractors.forms.indicators import Indicators
from extractors.forms.page import Opened, Page, Row
from schemas.labels import field as field_of
from schemas.labels import meanings

_GLUED = re.compile(r"^(?P<label>[^:：]{2,20})[:：]\s*(?P<text>\S.*)$", re.DOTALL)


@dataclass(slots=True)
class Goals:
    """The rows below the labels of the expected and the actual goal."""

    page: Page
    places: Places

    def take(self, row: Row) -> bool:
        """Read one row; False where another block begins."""
        if any(field_of(c.text, "indicators", "head", "closing") for c in row.filled):
            return False
        texts = [c for c in row.filled if not meanings(c.text)]
        taken = [(column, c) for c in texts if (column := self.places.at(c))]
        for column, cell in taken:
            goals = self.page.form
            goal = goals.goal_expected if column.field == "goal_expected" else goals.goal_actual
            goal.append(cell)
        return bool(taken) or not texts


def open_goals(page: Page, at: int) -> Opened | None:
    """The block of goals whose labels stand in this row, with the goals below or between them."""
    if isinstance(page.block, Indicators):
        return None
    filled = page.filled(at)
    if not isinstance(page.block, Goals) and _glued_goals(page, filled):
        return None, 1
    actual = _last(filled, "goal_actual", page.table.column_count)
    expected = _last(filled, "goal_expected", actual.column) if actual else None
    if actual is None or expected is None:
        return None
    between = [c for c in filled if expected.column < c.column < actual.column]
    if between:
        page.form.goal_expected.append(between[0])
        page.form.goal_actual.extend(c for c in filled if c.column > actual.column)
        return None, 1
    columns = (
        Column("goal_expected", expected.column, actual.column - 1, expected),
        Column("goal_actual", actual.column, page.table.column_count, actual),
    )
    return Goals(page, Places.of(columns)), 1


def _glued_goals(page: Page, filled: Sequence[Cell]) -> bool:
    """Read goals printed with their labels in one cell (预期目标：…); False where none are."""
    found = False
    for cell in filled:
        match = _GLUED.match(cell.text)
        goal = field_of(match["label"], "goals") if match else None
        if match is None or goal not in ("goal_expected", "goal_actual"):
            continue
        text = replace(cell, text=match["text"].strip())
        goals = page.form.goal_expected if goal == "goal_expected" else page.form.goal_actual
        goals.append(text)
        found = True
    return found


def _last(filled: Sequence[Cell], name: str, limit: int) -> Cell | None:
    """The last label of a goal left of a column: the block's own label stands before it."""
    found = [c for c in filled if c.column < limit and (name, "goals") in meanings(c.text)]
    return found[-1] if found else None
