"""Findings one by one with their reasoning: rule, intervals behind the print, possible excuse."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
from rich.text import Text

from pipeline.reconcile.headers import Check, read_check
from pipeline.reconcile.run import CHECKS
from pipeline.show.database import records
from pipeline.show.findings import COLOURS, selection
from pipeline.show.plain import figure
from pipeline.show.screen import console
from schemas.chinese import CONFIDENCES, FINDING_KINDS, SEVERITIES
from schemas.interval import Interval

PRINTED = re.compile(r"[=≥≤<>~约]*\s*(-?\d[\d,]*(?:\.\d+)?)\s*(%|万元|亿元|元)?")
GIVEN = ("分值", "得分")  # roles of cells whose whole numbers are exact
EXPLAINED = """
SELECT f.finding_id, f.check_id, f.severity, f.kind, f.confidence, f.summary, f.expected, f.actual,
       f.difference, f.unit, f.basis, d.file_name,
       list_transform(f.evidence, lambda e: {'role': e.role, 'quote': e.quote}) AS evidence
"""


def explain_findings(
    connection: duckdb.DuckDBPyConnection,
    severities: Sequence[str] = (),
    kinds: Sequence[str] = (),
    project: str | None = None,
    document: str | None = None,
) -> None:
    """Write every finding that fits with its rule, the intervals of its figures and its excuse."""
    tail, parameters = selection(severities, kinds, project, document)
    out = console()
    count = 0
    for row in records(connection, EXPLAINED + tail, parameters):
        count += 1
        severity = str(row["severity"])
        head = Text(f"{row['finding_id']} ")
        head.append(SEVERITIES[severity], style=COLOURS[severity])
        head.append(
            f" {FINDING_KINDS[str(row['kind'])]} {CONFIDENCES[str(row['confidence'])]}"
            f" {row['file_name']}",
            style="dim",
        )
        out.print(head)
        for line in reasoning(row):
            out.print(Text(f"  {line}"), soft_wrap=True)
    console(stderr=True).print(f"共 {count} 条" if count else "没有符合条件的疑点")


def reasoning(row: Mapping[str, Any]) -> Iterator[str]:
    """The lines that explain one finding."""
    check = check_of(str(row["check_id"]))
    yield str(row["summary"])
    if check is not None:
        yield f"规则：{check.rule}"
    for place in row["evidence"] or ():
        exact = str(place["role"]).endswith(GIVEN)
        stands_for = printed_interval(str(place["quote"] or ""), exact)
        quote = " ".join(str(place["quote"] or "（空）").split())[:60]
        yield f"{place['role']}：{quote}" + (f" → {stands_for}" if stands_for else "")
    unit = row["unit"] or ""
    if row["expected"] is not None and row["actual"] is not None:
        yield f"应为 {figure(row['expected'])}{unit}，实为 {figure(row['actual'])}{unit}"
    if row["difference"]:
        yield f"舍入不能解释的差额：{figure(row['difference'])}{unit}"
    if check is not None and check.excuse:
        yield f"可能的解释：{check.excuse}"
    if row["basis"]:
        yield f"依据：{row['basis']}"


def printed_interval(quote: str, whole_is_exact: bool = False) -> str | None:
    """The exact values that a printed figure stands for, as an interval.

    Weights and scores that are whole numbers were given, not rounded.

    >>> printed_interval("97.5%")
    '[97.45, 97.55]%'
    >>> printed_interval("1,053.78")
    '[1053.775, 1053.785]'
    >>> printed_interval("5", whole_is_exact=True) is None
    True
    >>> printed_interval("持续改善") is None
    True
    """
    match = PRINTED.fullmatch(unicodedata.normalize("NFKC", quote).strip())
    if match is None or (whole_is_exact and "." not in match[1]):
        return None
    value = Decimal(match[1].replace(",", ""))
    exponent = value.as_tuple().exponent
    digit = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return f"{Interval.printed(value, digit)}{match[2] or ''}"


@cache
def check_of(check_id: str) -> Check | None:
    """The built-in check of a name; None for an auditor's own."""
    path = CHECKS / f"{check_id}.sql"
    return read_check(path) if path.is_file() else None
