"""What a form says, read from the labels of a sample."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TARGET_PARTS = ("operator", "value", "measure")
OPERATORS = ("≥", "≤", "﹦", "=")


@dataclass(frozen=True, slots=True)
class Amount:
    """One printed amount of the funds block."""

    source: str
    stage: str
    raw: str


@dataclass(frozen=True, slots=True)
class LineScore:
    """Weight, rate and score printed beside one line of funds."""

    source: str
    weight: str
    rate: str
    score: str


@dataclass(frozen=True, slots=True)
class Row:
    """One third-level indicator: field name and printed text, in the order of the labels."""

    fields: tuple[tuple[str, str], ...]

    def text(self, field: str) -> str:
        """The printed text of a field, or of one of the `TARGET_PARTS`."""
        known = dict(self.fields)
        if field in TARGET_PARTS:
            return split_target(known.get("target_raw", ""))[TARGET_PARTS.index(field)]
        return known.get(field, "")


@dataclass(frozen=True, slots=True)
class Form:
    """One self-evaluation form."""

    scope: str
    identity: tuple[tuple[str, str], ...]
    year: int
    goals: tuple[str, str]
    amounts: tuple[Amount, ...]
    scores: tuple[LineScore, ...]
    rows: tuple[Row, ...]
    weight_total: str
    score_total: str
    rating: str
    closing: tuple[tuple[str, str], ...]


def split_target(target: str) -> tuple[str, str, str]:
    """Operator, value and unit of a target that a form prints as three cells.

    >>> split_target("≥12万人次")
    ('≥', '12', '万人次')
    >>> split_target("有效提升")
    ('定性', '有效提升', '')
    """
    operator = next((o for o in OPERATORS if target.startswith(o)), "")
    rest = target[len(operator) :]
    number = re.match(r"[\d.,]+", rest)
    if number is None:
        return operator or "定性", rest, ""
    return operator, number.group(), rest[number.end() :]


def read_forms(label: Path) -> tuple[Form, ...]:
    """The forms of a label file in document order; a report without its form has none."""
    projects = json.loads(label.read_text(encoding="utf-8"))["projects"]
    return tuple(_form(p) for p in projects if p["has_table"])


def _form(project: dict[str, Any]) -> Form:
    identity = ("name", "unit", "competent_department")
    return Form(
        scope=project["scope"],
        identity=tuple((field, project[field] or "") for field in identity),
        year=project["fiscal_year"],
        goals=(project["goal_expected"] or "", project["goal_actual"] or ""),
        amounts=tuple(
            Amount(f["source_label"], f["stage_label"], f["raw"]) for f in project["funds"]
        ),
        scores=tuple(
            LineScore(s["source_label"], s["weight"] or "", s["rate"] or "", s["score"] or "")
            for s in project["fund_scores"]
        ),
        rows=tuple(Row(tuple((k, v or "") for k, v in i.items())) for i in project["indicators"]),
        weight_total=project["weight_total"] or "",
        score_total=project["score_total"] or "",
        rating=project["rating"] or "",
        closing=tuple((label, text) for label, text in project.get("closing", ())),
    )
