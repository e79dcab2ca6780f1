"""What proves a finding: every place it points to, the interval of each figure, the original."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from extractors.values import parse_points, parse_rate
from pipeline.original_views import OriginalView, view_original
from pipeline.show.database import records
from pipeline.show.original import folders_of
from pipeline.show.plain import figure
from pipeline.show.proof import locator_of
from schemas.chinese import place
from schemas.columns import Locator
from schemas.interval import Interval

Row = Mapping[str, Any]
RATE_ROLES = ("执行率", "完成率")
SCORE_ROLES = ("得分", "总得分")
FUNDS = """
SELECT amount, resolution, locator FROM funds
WHERE project_id = $project AND amount IS NOT NULL AND resolution IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Item:
    """One place that a finding points to; `interval` holds the exact values its digits allow."""

    number: int
    role: str
    quote: str
    place: str
    interval: str | None
    key: Locator | None


@dataclass(frozen=True, slots=True)
class Proof:
    """All the places of a finding, and what the original shows there."""

    items: tuple[Item, ...]
    original: OriginalView


def proofs_of(
    connection: duckdb.DuckDBPyConnection, findings: Sequence[Row], whole_pages: bool
) -> tuple[Proof, ...]:
    """The proofs of findings of one document, whose original is opened once for all of them."""
    if not findings:
        return ()
    listed = [items_of(connection, finding) for finding in findings]
    first = findings[0]
    places = [[item.key for item in items] for items in listed]
    folders = folders_of(connection)
    views = view_original(first["document_id"], first["source_uris"], folders, places, whole_pages)
    return tuple(Proof(items, view) for items, view in zip(listed, views, strict=True))


def items_of(connection: duckdb.DuckDBPyConnection, finding: Row) -> tuple[Item, ...]:
    """The places a finding points to, numbered from 1."""
    project = {"project": finding["project_id"]}
    funds: Sequence[Row] = records(connection, FUNDS, project) if finding["project_id"] else ()
    intervals = {
        locator_of(fund["locator"]): money_interval(fund["amount"], fund["resolution"])
        for fund in funds
    }
    items = []
    for number, evidence in enumerate(finding["evidence"] or (), start=1):
        locator = locator_of(evidence["locator"]) if evidence["locator"] is not None else None
        interval = intervals.get(locator) if locator is not None else None
        items.append(
            Item(
                number,
                evidence["role"],
                evidence["quote"],
                _place(locator),
                interval or printed_interval(evidence["role"], evidence["quote"]),
                locator,
            )
        )
    return tuple(items)


def money_interval(amount: Decimal, resolution: Decimal) -> str:
    """The amounts in 万元 that a printed amount may stand for.

    >>> money_interval(Decimal("267.000000"), Decimal("1.000000"))
    '[266.5, 267.5] 万元'
    """
    return f"{_shown(Interval.printed(amount, resolution))} 万元"


def printed_interval(role: str, quote: str) -> str | None:
    """The rates or scores that a printed one may stand for; None for whatever else is quoted.

    >>> printed_interval("总额·执行率", "96.5%"), printed_interval("培训·得分", "9.6")
    ('[96.45, 96.55] %', '[9.55, 9.65] 分')
    >>> printed_interval("培训·年度指标值", "10场"), printed_interval("培训·得分", "9")
    (None, None)
    """
    if role.endswith(RATE_ROLES):
        rate = parse_rate(quote)
        if rate is not None and rate.value is not None and rate.resolution is not None:
            return f"{_shown(Interval.printed(rate.value, rate.resolution))} %"
    elif role.endswith(SCORE_ROLES):
        points = parse_points(quote)
        if points is None or points.value is None or points.resolution is None:
            return None
        if points.resolution < 1:  # a whole score was given, not rounded
            return f"{_shown(Interval.printed(points.value, points.resolution))} 分"
    return None


def _shown(interval: Interval) -> str:
    return f"[{figure(interval.low)}, {figure(interval.high)}]"


def _place(locator: Locator | None) -> str:
    if locator is None:
        return "出处不明"
    return place(locator.page, locator.path, locator.char_start, locator.char_end)
