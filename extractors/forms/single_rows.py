"""Rows that stand alone: titles, names, totals, ratings, closing remarks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.document import Cell
from extractors.forms.page import Page
from extractors.unflatten.align import kind_of
from extractors.values import has_number, is_blank, parse_points, parse_year
from schemas.labels import field as field_of

NAMES = ("project_name", "department_name")
FULL_SCORE = 100  # points of a form
_GRADES = ("优", "良", "中", "差", "优秀", "良好", "合格", "不合格")
_TOTAL_IS_SCORE = ("自评总分", "自评得分", "总得分", "合计得分", "综合得分")
_LONGEST_YEAR_LINE = 40  # characters
# The day a form was filled in is mostly of the year after the one reported on.
_DAY = re.compile(r"(?:(?!年度)[^-—~～至到])*[0-9]\s*月\s*[0-9]{1,2}\s*日\s*").fullmatch


def read_title(page: Page, filled: Sequence[Cell]) -> None:
    """Title and year of a form."""
    page.form.title = filled[0]
    for cell in filled:
        page.form.year = page.form.year or parse_year(cell.text)
        page.read_unit_line(cell)


def names_next_form(page: Page, filled: Sequence[Cell]) -> bool:
    """Whether the row names another project than the form that is being read."""
    if page.form.name is None or page.form.is_empty:
        return False
    return any(field_of(cell.text, "head") in NAMES for cell in filled)


def read_single_row(page: Page, filled: Sequence[Cell]) -> None:
    """Labels and their values, of a row that belongs to no block."""
    if field_of(filled[0].text, "totals") == "total" and page.indicator_places.columns:
        _total(page, filled)
        return
    value: Cell | None = None
    for index, cell in enumerate(filled):
        if cell is value:
            continue  # the value of the label before it
        after = filled[index + 1] if index + 1 < len(filled) else None
        value = None if after is None or field_of(after.text, "head") else after
        if not _labelled_value(page, cell, value):
            value = None
            _bare_cell(page, cell)


def _labelled_value(page: Page, label: Cell, value: Cell | None) -> bool:
    """Read a label and its value; False where the cell is no label."""
    form = page.form
    name, goal = field_of(label.text, "head"), field_of(label.text, "goals")
    if name and name != "overview":
        _name(page, name, value)
        return True
    if value is None:
        return name is not None
    if name or field_of(label.text, "closing"):
        form.texts.append((label.text, value))
    elif goal == "goal_expected":
        form.goal_expected.append(value)
    elif goal == "goal_actual":
        form.goal_actual.append(value)
    elif field_of(label.text, "totals") == "rating":
        form.rating = value
    else:
        return False
    return True


def _bare_cell(page: Page, cell: Cell) -> None:
    page.read_unit_line(cell)
    if page.form.year is None and len(cell.text) <= _LONGEST_YEAR_LINE and not _DAY(cell.text):
        page.form.year = parse_year(cell.text)


def _name(page: Page, name: str, value: Cell | None) -> None:
    if value is None or is_blank(value.text):
        return
    if name == "fiscal_year":
        page.form.year = parse_year(value.text) or page.form.year
    if name == "department_and_unit":  # one line for both (Suzhou 2021: 项目主管部门(单位))
        page.form.names.setdefault("competent_department", value)
    page.form.names.setdefault(name, value)


def _is_score(page: Page, cell: Cell) -> bool:
    """Whether the only number of a totals row is the score: 100 may be the weights' total."""
    points = parse_points(cell.text)
    if points is None or points.value is None:
        return False
    rows = page.form.indicators
    full = all(
        [c.text for c in row.named("weight")] == [c.text for c in row.named("score")]
        for row in rows
    )
    return points.value != FULL_SCORE or (bool(rows) and full)


def _total(page: Page, filled: Sequence[Cell]) -> None:
    label, rest = filled[0], filled[1:]
    numbers = [c for c in rest if kind_of(c.text) == "number"]
    placed = {column.field: c for c in numbers if (column := page.indicator_places.at(c))}
    weight, score = placed.get("weight"), placed.get("score")
    if weight is None and score is None and len(numbers) == 2:
        weight, score = numbers
    if len(numbers) == 1 and score is None:
        named = label.text.strip() in _TOTAL_IS_SCORE
        if named or (weight is None and _is_score(page, numbers[0])):
            weight, score = None, numbers[0]
    form = page.form
    form.weight_total = weight or form.weight_total
    form.score_total = score or form.score_total
    for cell in rest:
        if cell.text in _GRADES and not has_number(cell.text):
            form.rating = cell
