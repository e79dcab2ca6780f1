"""Runs one check: its rows, their verdicts, and what they add up to for each project."""

from __future__ import annotations

from typing import get_args

import duckdb

from pipeline.reconcile.headers import Check, InvalidCheck, columns_of, literals_of
from schemas.tables import literal
from schemas.vocabulary import Severity

# Every column a check may give besides the ones its summary names, with its type and default.
COLUMNS = (
    ("indicator_id", "VARCHAR"),
    ("reason", "VARCHAR"),
    ("expected", "DECIMAL(28,8)"),
    ("actual", "DECIMAL(28,8)"),
    ("difference", "DECIMAL(28,8)"),
    ("unit", "VARCHAR"),
    ("evidence", "VARCHAR[]"),
    ("severity", "VARCHAR"),
    ("confidence", "VARCHAR"),
    ("note", "VARCHAR"),
    ("trivial", "BOOLEAN"),
)
NO_REASON = "无法判断"
MAX_REASON = 300  # characters of reasons kept in one row of check_results

RESULT_TABLES = """
CREATE OR REPLACE TEMP TABLE drafts (check_id VARCHAR, kind VARCHAR, document_id VARCHAR,
  project_id VARCHAR, indicator_id VARCHAR, summary VARCHAR, expected DECIMAL(28,8),
  actual DECIMAL(28,8), difference DECIMAL(28,8), unit VARCHAR, evidence VARCHAR[],
  severity VARCHAR, confidence VARCHAR, basis VARCHAR);
CREATE OR REPLACE TEMP TABLE owners AS
  SELECT document_id, project_id, project_id AS owner FROM projects
  UNION ALL
  SELECT document_id, NULL, document_id FROM documents;
CREATE OR REPLACE TEMP TABLE proofs (check_id VARCHAR, project_id VARCHAR, statement VARCHAR,
  held BOOLEAN, failed BOOLEAN)
"""


def judge(connection: duckdb.DuckDBPyConnection, check: Check) -> tuple[int, int]:
    """Run one check and add its findings, results and proofs; nothing is added if it fails.

    Returns how many rows it applied to and how many broke. The texts and evidence of a row are made
    only where it broke, which few do.
    """
    connection.execute(f"CREATE OR REPLACE TEMP VIEW returned AS {check.sql}")
    columns = {
        str(name): str(kind)
        for name, kind, *_ in connection.execute("DESCRIBE returned").fetchall()
    }
    _require(check, columns)
    connection.execute(_counted(check, columns))
    applied, broken = connection.execute(
        "SELECT coalesce(sum(applied), 0), coalesce(sum(broken), 0) FROM counted"
    ).fetchone() or (0, 0)
    if broken or check.proof:
        connection.execute(_judged(check, columns))
        connection.execute(_drafts(check))
    if check.proof:
        connection.execute(
            f"INSERT INTO proofs SELECT {literal(check.check_id)}, project_id, proof, "
            "holds AND NOT coalesce(trivial, FALSE), NOT holds AND severity <> 'low' "
            "FROM judged WHERE holds IS NOT NULL AND project_id IS NOT NULL"
        )
    connection.execute(_results(check, "project_id" in columns))
    return int(applied), int(broken)


def _require(check: Check, columns: dict[str, str]) -> None:
    named = columns_of(check.summary) + columns_of(check.proof or "")
    missing = sorted({name for name in ("holds", *named) if name not in columns})
    if "project_id" not in columns and "document_id" not in columns:
        missing.append("project_id 或 document_id")
    if missing:
        raise InvalidCheck(f"{check.check_id}：查询结果缺少列 {'、'.join(missing)}")


def _judged(check: Check, columns: dict[str, str]) -> str:
    """The broken rows of a check (for a proof, all that were judged) with their texts filled in."""
    given = [
        f"TRY_CAST({'r.' + name if name in columns else 'NULL'} AS {kind}) AS {name}"
        for name, kind in COLUMNS
        if name != "severity"
    ]
    wanted = "r.holds IS NOT NULL" if check.proof else "r.holds IS FALSE"
    severity = "r.severity" if "severity" in columns else "NULL"
    severities = ", ".join(literal(word) for word in get_args(Severity))
    project, document, join = _owner(columns)
    proof = _text(check.proof, columns) if check.proof else "NULL"
    return (
        "CREATE OR REPLACE TEMP TABLE judged AS SELECT "
        f"CAST({document} AS VARCHAR) AS document_id, CAST({project} AS VARCHAR) AS project_id, "
        f"CAST(r.holds AS BOOLEAN) AS holds, {', '.join(given)}, "
        f"CASE WHEN {severity} IN ({severities}) THEN {severity} "
        f"ELSE {literal(check.severity)} END AS severity, "
        f"CASE WHEN r.holds IS FALSE THEN {_text(check.summary, columns)} END AS summary, "
        f"{proof} AS proof FROM (SELECT * FROM returned r WHERE {wanted}) r {join}"
    )


def _owner(columns: dict[str, str]) -> tuple[str, str, str]:
    """The project and the document of a row `r`, and the join that the document may need."""
    if "project_id" not in columns:
        return "NULL", "r.document_id", ""
    join = "LEFT JOIN projects p ON p.project_id = r.project_id"
    if "document_id" in columns:
        return "r.project_id", "coalesce(r.document_id, p.document_id)", join
    return "r.project_id", "p.document_id", join


def _counted(check: Check, columns: dict[str, str]) -> str:
    """The temp table `counted`: what a check judged in each project or document."""
    project, document, join = _owner(columns)
    given = "CAST(r.reason AS VARCHAR)" if "reason" in columns else "NULL"
    reasons = f"coalesce(nullif(reason, ''), {literal(NO_REASON)})"
    return f"""
CREATE OR REPLACE TEMP TABLE counted AS
WITH verdict AS (
  SELECT CAST({document} AS VARCHAR) AS document_id, CAST({project} AS VARCHAR) AS project_id,
    CAST(r.holds AS BOOLEAN) AS holds, CASE WHEN r.holds IS NULL THEN {given} END AS reason
  FROM returned r {join}
)
SELECT document_id, project_id, coalesce(project_id, document_id) AS owner,
  count(*) AS applied, count(*) FILTER (holds) AS held,
  count(*) FILTER (NOT holds) AS broken, count(*) FILTER (holds IS NULL) AS not_judged,
  left(string_agg(DISTINCT {reasons}, '；' ORDER BY {reasons}) FILTER (holds IS NULL),
    {MAX_REASON}) AS reason
FROM verdict GROUP BY document_id, project_id
"""


def _text(template: str, columns: dict[str, str]) -> str:
    """A Chinese template as an SQL expression: decimals without trailing zeros, gaps named."""
    pieces = [literal(text) for text in literals_of(template)]
    shown = [_shown(name, columns[name]) for name in columns_of(template)]
    for place, expression in reversed(list(enumerate(shown, start=1))):
        pieces.insert(place, expression)
    return f"concat({', '.join(pieces)})"


def _shown(name: str, kind: str) -> str:
    decimal = kind.startswith(("DECIMAL", "DOUBLE", "FLOAT"))
    text = f"shown(r.{name})" if decimal else f"CAST(r.{name} AS VARCHAR)"
    return f"coalesce({text}, '（空）')"


def _results(check: Check, by_project: bool) -> str:
    """One row a project (or document): what the check judged there, or why it judged nothing."""
    absent = literal(f"没有{check.applies}" if check.applies else "没有适用的内容")
    everyone = (
        "project_id IS NOT NULL OR document_id NOT IN (SELECT document_id FROM projects)"
        if by_project
        else "project_id IS NULL"
    )
    return f"""
INSERT INTO check_results BY NAME
SELECT {literal(check.check_id)} AS check_id, e.document_id, e.project_id,
  coalesce(c.applied, 0) AS applied, coalesce(c.held, 0) AS held, coalesce(c.broken, 0) AS broken,
  coalesce(c.not_judged, 0) AS not_judged,
  CASE WHEN c.owner IS NULL THEN {absent} ELSE c.reason END AS reason
FROM (SELECT * FROM owners WHERE {everyone}) e LEFT JOIN counted c ON c.owner = e.owner
UNION ALL
SELECT {literal(check.check_id)}, document_id, project_id, applied, held, broken, not_judged, reason
FROM counted WHERE owner NOT IN (SELECT owner FROM owners WHERE {everyone})
"""


def _drafts(check: Check) -> str:
    confidence = literal(check.confidence) if check.confidence else "NULL"
    basis = literal(check.basis) if check.basis else "NULL"
    return f"""
INSERT INTO drafts BY NAME
SELECT {literal(check.check_id)} AS check_id, {literal(check.kind)} AS kind, document_id,
  project_id, indicator_id, concat(summary, '（' || note || '）') AS summary, expected, actual,
  difference, unit, coalesce(evidence, []) AS evidence, severity,
  coalesce(confidence, {confidence}) AS confidence, {basis} AS basis
FROM judged WHERE NOT holds
"""
