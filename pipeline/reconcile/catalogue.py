"""The page of all checks: `python -m pipeline.reconcile.catalogue > docs/checks.md`.

Everything is taken from the headers of the check files; the list of audit points (`catalogue.csv`)
says which of them no check covers, and why.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.reconcile.headers import Check, read_check
from pipeline.reconcile.run import builtin_checks
from schemas.chinese import CONFIDENCES, FINDING_KINDS, SEVERITIES

POINTS = Path(__file__).parent / "catalogue.csv"
FAMILIES: tuple[tuple[str, str], ...] = (
    ("A", "一张表之内的算术"),
    ("B", "比率"),
    ("C", "得分与分值"),
    ("D", "目标与完成值"),
    ("E", "自评表与正文"),
    ("F", "项目与部门、决算各表之间"),
    ("G", "年度之间"),
    ("H", "日期与年度"),
    ("I", "计量单位与数量级"),
    ("J", "名称"),
    ("K", "雷同、样表与缺漏"),
)
INTRODUCTION = """\
# Checks

Generated from the headers in `pipeline/reconcile/checks/`; do not edit. How to add one:
`pipeline/reconcile/checks/README.md`.

{checks} checks cover {covered} of the {points} audit points of the catalogue. Figures are compared
as the intervals behind their printed digits: a check breaks only where no exact values could agree.
A row that cannot be judged is counted as such, with its reason, in `check_results`.
"""


@dataclass(frozen=True, slots=True)
class Point:
    """One audit point of the catalogue; `not_built` is why no check covers it."""

    point_id: str
    point: str
    not_built: str


def read_points() -> tuple[Point, ...]:
    """The audit points in the catalogue's order."""
    with POINTS.open(encoding="utf-8", newline="") as file:
        return tuple(
            Point(row["id"], row["point"], row["not_built"] or "") for row in csv.DictReader(file)
        )


def catalogue() -> str:
    """The whole page as Markdown."""
    checks = tuple(read_check(path) for path in builtin_checks())
    points = read_points()
    covered = {point for check in checks for point in check.catalogue}
    parts = [
        INTRODUCTION.format(
            checks=len(checks),
            covered=sum(point.point_id in covered for point in points),
            points=len(points),
        ),
        *_overview(checks, points),
        *(_family(letter, name, checks) for letter, name in FAMILIES),
        _not_built(points),
    ]
    return "\n".join(parts)


def _overview(checks: Iterable[Check], points: Iterable[Point]) -> Iterator[str]:
    yield "## Audit points\n\n| point | what is compared | checks |\n|---|---|---|"
    named: dict[str, list[str]] = {}
    for check in checks:
        for point_id in check.catalogue:
            named.setdefault(point_id, []).append(f"`{check.check_id}`")
    for point in points:
        found = ", ".join(named.get(point.point_id, ["not built"]))
        yield f"| {point.point_id} | {point.point} | {found} |"
    yield ""


def _family(letter: str, name: str, checks: Iterable[Check]) -> str:
    """The checks whose first audit point is of one family."""
    own = [check for check in checks if check.catalogue and check.catalogue[0].startswith(letter)]
    return "\n".join([f"## {letter} {name}\n", *map(_check, own)])


def _check(check: Check) -> str:
    severity = SEVERITIES[check.severity]
    lines = [
        f"### `{check.check_id}` ({', '.join(check.catalogue)})\n",
        f"**{check.rule}**\n",
        f"- kind: `{check.kind}` {FINDING_KINDS[check.kind]}",
        f"- severity: `{check.severity}` {severity}",
        f"- finding: {check.summary}",
        f"- applies to: {check.applies or '所有项目'}",
        f"- can be explained by: {check.excuse or '-'}",
        f"- basis: {check.basis or '-'}",
    ]
    if check.proof:
        lines.append(f"- proves the reading: {check.proof}")
    if check.confidence:
        lines.append(f"- confidence: `{check.confidence}` {CONFIDENCES[check.confidence]}")
    return "\n".join(lines) + "\n"


def _not_built(points: Iterable[Point]) -> str:
    rows = [f"| {p.point_id} | {p.point} | {p.not_built} |" for p in points if p.not_built]
    head = "## Points without a check\n\n| point | what is compared | why not |\n|---|---|---|"
    return "\n".join([head, *rows]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(catalogue())
