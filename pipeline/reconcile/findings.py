"""Writes the findings: drafts with their evidence resolved, an identifier and how sure they are."""

from __future__ import annotations

from typing import Any

import duckdb

from pipeline.reconcile.evidence import resolve_evidence
from schemas.arrow import to_arrow
from schemas.columns import Evidence, Locator
from schemas.ids import finding_id
from schemas.results import Finding
from schemas.tables import table

# A contradiction in a form that else closes is the form's own; where something was left unread, or
# nothing else closes, it may be our misreading.
DRAFTS = """
WITH numbered AS (
  SELECT *, row_number() OVER () AS draft FROM drafts
), shown AS (
  SELECT n.draft, list({'role': p.role, 'quote': p.quote, 'locator': p.locator} ORDER BY e.place)
    AS evidence
  FROM (SELECT draft, unnest(evidence) AS ref, generate_subscripts(evidence, 1) AS place
    FROM numbered) e JOIN places p USING (ref) JOIN numbered n USING (draft)
  GROUP BY n.draft
), doubted AS (
  SELECT DISTINCT project_id FROM rejects WHERE project_id IS NOT NULL
)
SELECT n.check_id, n.kind, n.severity, n.document_id, n.project_id, n.indicator_id, n.summary,
  CASE WHEN d.project_id IS NOT NULL OR s.status = 'partial' THEN 'review'
    WHEN n.confidence IS NOT NULL THEN n.confidence
    WHEN j.verified = 'proved' THEN 'proved'
    WHEN j.verified = 'disproved'
      AND len(list_filter(j.proofs, lambda x: NOT suffix(x, '：不成立'))) = 0 THEN 'review'
    ELSE 'likely' END AS confidence,
  n.expected, n.actual, n.difference, n.unit, coalesce(w.evidence, []) AS evidence, n.basis
FROM numbered n LEFT JOIN shown w USING (draft) LEFT JOIN doubted d ON d.project_id = n.project_id
LEFT JOIN projects j ON j.project_id = n.project_id
LEFT JOIN documents s ON s.document_id = n.document_id
ORDER BY n.document_id, length(n.project_id) NULLS FIRST, n.project_id NULLS FIRST, n.check_id,
  length(n.indicator_id) NULLS FIRST, n.indicator_id NULLS FIRST, n.summary
"""


def write_findings(connection: duckdb.DuckDBPyConnection) -> int:
    """Fill the findings table from the drafts; returns how many there are.

    Two rows of one check with the same evidence are one finding: the first is kept.
    """
    resolve_evidence(connection)
    found: dict[str, Finding] = {}
    for row in connection.execute(DRAFTS).fetchall():
        finding = _finding(row)
        found.setdefault(finding.finding_id, finding)
    connection.register("new_findings", to_arrow(table("findings"), tuple(found.values())))
    connection.execute("INSERT INTO findings SELECT * FROM new_findings")
    connection.unregister("new_findings")
    return len(found)


def _finding(row: tuple[Any, ...]) -> Finding:
    (check, kind, severity, document, project, indicator, summary, confidence, *figures) = row
    expected, actual, difference, unit, places, basis = figures
    evidence = tuple(Evidence(p["role"], p["quote"], _locator(p["locator"])) for p in places)
    return Finding(
        finding_id=finding_id(check, document, project, indicator, evidence),
        check_id=check,
        kind=kind,
        severity=severity,
        document_id=document,
        project_id=project,
        indicator_id=indicator,
        summary=summary,
        confidence=confidence,
        expected=expected,
        actual=actual,
        difference=difference,
        unit=unit,
        evidence=evidence,
        basis=basis,
    )


def _locator(place: Any) -> Locator | None:
    if place is None:
        return None
    bbox = place["bbox"]
    return Locator(
        page=place["page"],
        bbox=None if bbox is None else tuple(bbox),
        char_start=place["char_start"],
        char_end=place["char_end"],
        path=place["path"],
    )
