"""Makes one finding of the contradictions that one misprint causes.

A wrong weight breaks its class's total and the form's; a wrong score may be found by its rule, by
the line beside it and by the total. Two drafts have one cause when they point to a common cell and
the same figures, judge the same score, or when a total is off by exactly what a part of it is off.
The most specific one stays (a part before its total, then the one that needs the fewest cells to
prove it); the others' sentences, evidence and check names are added to it. check_results still
counts them all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from schemas.tables import literal

# How far two gaps may lie apart and still be one: scores and weights are rounded to two decimals.
SAME_GAP = "0.011"
SCORE_KINDS = ("score_mismatch", "unmet_but_full_score", "date_order", "missing_value")

NUMBERED = """
CREATE TABLE numbered_drafts AS
SELECT *,
  row_number() OVER (
    ORDER BY document_id, project_id, check_id, indicator_id, summary, evidence) AS draft
FROM drafts
"""
_KINDS = ", ".join(literal(kind) for kind in SCORE_KINDS)
# Pairs of drafts of one document that share a cell and have one cause.
PAIRS = f"""
CREATE TABLE pairs AS
WITH cell AS (
  SELECT draft, document_id, unnest(evidence) AS ref FROM numbered_drafts
), shared AS (
  SELECT a.draft AS one, b.draft AS other, bool_or(suffix(a.ref, '#score')) AS score_shared
  FROM cell a JOIN cell b ON b.document_id = a.document_id AND b.ref = a.ref AND a.draft < b.draft
  GROUP BY a.draft, b.draft
)
SELECT s.one, s.other FROM shared s
JOIN numbered_drafts a ON a.draft = s.one JOIN numbered_drafts b ON b.draft = s.other
WHERE a.project_id IS NOT DISTINCT FROM b.project_id AND a.check_id <> b.check_id AND (
  (a.expected IS NOT NULL AND a.actual IS NOT NULL
    AND least(a.expected, a.actual) = least(b.expected, b.actual)
    AND greatest(a.expected, a.actual) = greatest(b.expected, b.actual))
  OR (s.score_shared AND a.kind IN ({_KINDS}) AND b.kind IN ({_KINDS}))
  OR ((a.kind IN ('total_score_mismatch', 'weight_total_mismatch')
      OR b.kind IN ('total_score_mismatch', 'weight_total_mismatch'))
    AND a.unit IS NOT DISTINCT FROM b.unit AND abs(a.expected - a.actual) > 0
    AND abs(abs(a.expected - a.actual) - abs(b.expected - b.actual)) < {SAME_GAP})
)
"""
RANKS = """
SELECT draft,
  len(list_filter(evidence, lambda e: suffix(e, '#score_total') OR suffix(e, '#weight_total'))) > 0,
  len(evidence), list_position(['high', 'medium', 'low'], severity), check_id
FROM numbered_drafts
WHERE draft IN (SELECT one FROM pairs UNION ALL SELECT other FROM pairs) ORDER BY draft
"""
MERGED = """
CREATE OR REPLACE TABLE drafts AS
WITH grouped AS (
  SELECT coalesce(c.lead, n.draft) AS lead, coalesce(c.lead = n.draft, TRUE) AS leads, n.*
  FROM numbered_drafts n LEFT JOIN causes c USING (draft)
), tail AS (
  SELECT lead, string_agg(summary, '；' ORDER BY check_id, draft) AS summaries,
    string_agg(DISTINCT check_id, '、' ORDER BY check_id) AS checks,
    min(list_position(['high', 'medium', 'low'], severity)) AS severity,
    flatten(list(evidence ORDER BY check_id, draft)) AS evidence
  FROM grouped WHERE NOT leads GROUP BY lead
)
SELECT g.check_id, g.kind, g.document_id, g.project_id, g.indicator_id,
  CASE WHEN t.lead IS NULL THEN g.summary
    ELSE g.summary || '（同一原因：' || t.summaries || '）' END AS summary,
  g.expected, g.actual, g.difference, g.unit,
  CASE WHEN t.lead IS NULL THEN g.evidence ELSE list_concat(g.evidence,
    list_distinct(list_filter(t.evidence, lambda e: NOT list_contains(g.evidence, e))).list_sort())
    END AS evidence,
  CASE WHEN t.lead IS NULL THEN g.severity ELSE (['high', 'medium', 'low'])[
    least(list_position(['high', 'medium', 'low'], g.severity), t.severity)] END AS severity,
  g.confidence,
  CASE WHEN t.lead IS NULL THEN g.basis
    ELSE concat_ws('；', g.basis, '同一原因的检查：' || t.checks) END AS basis
FROM grouped g LEFT JOIN tail t ON t.lead = g.draft WHERE g.leads
"""


@dataclass(frozen=True, slots=True)
class Rank:
    """How specific a draft is: the least of a group tells its cause best."""

    of_total: bool
    cells: int
    severity: int
    check_id: str
    draft: int

    def key(self) -> tuple[bool, int, int, str, int]:
        """What drafts are ordered by."""
        return (self.of_total, self.cells, self.severity, self.check_id, self.draft)


def group_causes(connection: duckdb.DuckDBPyConnection) -> int:
    """Merge the drafts of one cause; returns how many were merged into another."""
    connection.execute(NUMBERED)
    connection.execute(PAIRS)
    pairs = connection.execute("SELECT one, other FROM pairs ORDER BY ALL").fetchall()
    if not pairs:
        return 0
    ranks = {row[0]: _rank(row) for row in connection.execute(RANKS).fetchall()}
    leads = leads_of(pairs, ranks)
    connection.register(
        "new_causes", pa.table({"draft": list(leads), "lead": list(leads.values())})
    )
    connection.execute("CREATE TABLE causes AS SELECT * FROM new_causes")
    connection.unregister("new_causes")
    connection.execute(MERGED)
    return sum(draft != lead for draft, lead in leads.items())


def leads_of(pairs: Iterable[tuple[int, int]], ranks: dict[int, Rank]) -> dict[int, int]:
    """For every draft in a pair, the most specific draft that shares a cause with it.

    A draft joins only its best partner's group: two parts with the same gap do not become one
    because a total is off by as much.
    """
    best: dict[int, int] = {}
    for one, other in pairs:
        first, second = sorted((one, other), key=lambda draft: ranks[draft].key())
        best.setdefault(first, first)
        known = best.get(second, second)
        if ranks[first].key() < ranks[known].key():
            best[second] = first
        else:
            best.setdefault(second, second)
    return {draft: _root(best, draft) for draft in best}


def _root(best: dict[int, int], draft: int) -> int:
    while best[draft] != draft:
        draft = best[draft]
    return draft


def _rank(row: tuple[Any, ...]) -> Rank:
    draft, of_total, cells, severity, check_id = row
    return Rank(bool(of_total), cells, severity, check_id, draft)
