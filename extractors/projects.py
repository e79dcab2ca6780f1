"""The project that a report is about: its names, goals and totals, from its form and its cover."""

from __future__ import annotations

import re

from extractors.document import Document
from extractors.forms.form import Form
from extractors.forms.records import sources
from extractors.reports import Named, Report, unit_in_text
from extractors.values import parse_points
from schemas.columns import CellSource, Locator
from schemas.labels import fold
from schemas.records import Project

_POINTS = re.compile(r"[（(](\d+(?:\.\d+)?)分[）)]")


def make_project(
    report: Report,
    document: Document,
    document_id: str,
    project_id: str,
    ordinal: int,
    year: int | None,
) -> Project:
    """The project that a report is about."""
    form = report.form or Form()
    names = _names(report, document)
    department = report.is_department
    unit = names.get("department_name") or names.get("unit")
    name = names.get("project_name")
    competent = names.get("competent_department")
    if department:
        unit = unit or names.get("project_name")
        name = unit
    else:
        unit = unit or names.get("department_and_unit")
    weight = form.weight_total
    if weight is None and "weight" in form.indicator_fields:
        weight = form.block_weight
    total = parse_points(form.score_total.text) if form.score_total else None
    points = parse_points(_points_in(weight.text)) if weight else None
    cells = _project_cells(form, names)
    return Project(
        project_id=project_id,
        document_id=document_id,
        ordinal=ordinal,
        scope="department" if department else "project",
        project_name=name.text if name else report.printed_name,
        unit=unit.text if unit else None,
        competent_department=competent.text if competent else None,
        fiscal_year=year,
        form=_fingerprint(form),
        has_form=report.form is not None,
        goal_expected=_goal(report, "goal_expected"),
        goal_actual=_goal(report, "goal_actual"),
        weight_total=points.value if points else None,
        score_total=total.value if total else None,
        score_total_resolution=total.resolution if total else None,
        rating=form.rating.text if form.rating else None,
        verified="unproved",
        proofs=(),
        cells=cells,
        locator=_place(report, document),
    )


def _names(report: Report, document: Document) -> dict[str, Named]:
    """The names a report prints: the form's first, the cover's where the form has none."""
    names = dict(report.names)
    if report.form:
        names |= {k: Named(c.text, c.raw, c.locator) for k, c in report.form.names.items()}
    elif "unit" not in names and (unit := unit_in_text(report, document)):
        names["unit"] = unit
    return names


def _points_in(text: str) -> str:
    """The points a block label prints (`项目绩效实现情况(80分)`), or the cell as it is."""
    match = _POINTS.search(text)
    return match[1] if match else text


def _goal(report: Report, which: str) -> str | None:
    cells = getattr(report.form, which) if report.form else []
    return "\n".join(cell.text for cell in cells) or None


def _project_cells(form: Form, names: dict[str, Named]) -> tuple[CellSource, ...]:
    found = tuple(
        CellSource(column, named.raw, named.locator)
        for column, named in sorted(names.items())
        if column in ("project_name", "unit", "competent_department", "department_name")
    )
    pairs = [("goal_expected", c) for c in form.goal_expected]
    pairs += [("goal_actual", c) for c in form.goal_actual]
    named = (("weight_total", form.weight_total), ("score_total", form.score_total))
    pairs += [(n, c) for n, c in (*named, ("rating", form.rating)) if c]
    return found + sources(pairs)


def _fingerprint(form: Form) -> str | None:
    """The labels a form was recognised by, in order: equal for forms of one family."""
    return "|".join(fold(label) for label in form.labels) or None


def _place(report: Report, document: Document) -> Locator:
    """Place of the form, or of the report without one."""
    if report.form and report.form.places:
        first, last = report.form.places[0], report.form.places[-1]
    else:
        blocks = document.blocks[report.first : report.last + 1]
        first, last = blocks[0].locator, blocks[-1].locator
    if first.char_start is not None and last.char_end is not None:
        return Locator(char_start=first.char_start, char_end=last.char_end)
    return first
