"""Writes the findings: drafts with their evidence resolved, an identifier and how sure they are."""

from __future__ import annotations

import duckdb

from schemas.ids import PREFIX_LENGTH

# As `schemas.ids.finding_id` makes it; a test holds the two together.
MACROS = (
    "place_text(l) AS CASE WHEN l IS NULL THEN '' ELSE concat(l.page, '|', "
    "array_to_string(CAST(l.bbox AS VARCHAR[]), ','), '|', l.char_start, '|', l.char_end, '|', "
    "l.path) END",
    "finding_id_of(ids, evidence) AS 'f' || left(sha256(array_to_string(list_concat(ids, "
    "flatten(list_transform(evidence, lambda e: [e.role, e.quote, place_text(e.locator)]))), "
    f"chr(31))), {PREFIX_LENGTH})",
)
# Two rows of one check with the same evidence are one finding. A contradiction in a form that else
# closes is the form's own; where something was left unread, or nothing else closes, it may be our
# misreading.
FINDINGS = """
INSERT INTO findings BY NAME
WITH numbered AS (
  SELECT *, row_number() OVER () AS draft FROM drafts
), shown AS (
  SELECT e.draft, list({'role': p.role, 'quote': p.quote, 'locator': p.locator} ORDER BY e.place)
    AS evidence
  FROM (SELECT draft, unnest(evidence) AS ref, generate_subscripts(evidence, 1) AS place
    FROM numbered) e JOIN places p USING (ref)
  GROUP BY e.draft
), told AS (
  SELECT n.* EXCLUDE (evidence), coalesce(w.evidence, []) AS evidence
  FROM numbered n LEFT JOIN shown w USING (draft)
), named AS (
  SELECT *, finding_id_of(
    [check_id, document_id, coalesce(project_id, ''), coalesce(indicator_id, '')], evidence)
    AS finding_id
  FROM told
), kept AS (
  SELECT * FROM named
  QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY summary, expected, actual) = 1
), doubted AS (
  SELECT DISTINCT project_id FROM rejects WHERE project_id IS NOT NULL
)
SELECT n.finding_id, n.check_id, n.kind, n.severity, n.document_id, n.project_id, n.indicator_id,
  n.summary,
  CASE WHEN d.project_id IS NOT NULL OR s.status = 'partial' THEN 'review'
    WHEN n.confidence IS NOT NULL THEN n.confidence
    WHEN j.verified = 'proved' THEN 'proved'
    WHEN j.verified = 'disproved'
      AND len(list_filter(j.proofs, lambda x: NOT suffix(x, '：不成立'))) = 0 THEN 'review'
    ELSE 'likely' END AS confidence,
  n.expected, n.actual, n.difference, n.unit, n.evidence, n.basis
FROM kept n LEFT JOIN doubted d ON d.project_id = n.project_id
LEFT JOIN projects j ON j.project_id = n.project_id
LEFT JOIN documents s ON s.document_id = n.document_id
ORDER BY n.document_id, length(n.project_id) NULLS FIRST, n.project_id NULLS FIRST, n.check_id,
  length(n.indicator_id) NULLS FIRST, n.indicator_id NULLS FIRST, n.summary, n.finding_id
"""


def write_findings(connection: duckdb.DuckDBPyConnection) -> int:
    """Fill the findings table from the drafts and their places; returns how many there are."""
    ((count,),) = connection.execute(FINDINGS).fetchall()
    return int(count)


def register_finding_id(connection: duckdb.DuckDBPyConnection) -> None:
    """Define the macro `finding_id_of(ids, evidence)`."""
    for macro in MACROS:
        connection.execute(f"CREATE OR REPLACE MACRO {macro}")
