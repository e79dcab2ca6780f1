"""Runs one check: its rows, their verdicts, and what they add up to for each project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import duckdb

from pipeline.reconcile.headers import Check, InvalidCheck, columns_of, literals_of
from schemas.tables import literal
from schemas.vocabulary import Severity

# Every column a check may give besides the ones its summary names, with its type and default.
COLUMNS = (
    ("indicator_id", "VARCHAR"),
    ("expected", "DECIMAL(28,8)"),
    ("actual", "DECIMAL(28,8)"),
    ("difference", "DECIMAL(28,8)"),
    ("unit", "VARCHAR"),
)
NO_REASON = "无法判断"
MAX_REASON = 300  # characters of reasons kept in one row of check_results

# Few rows are cheaper to keep than to plan their query again; many are cheaper to ask for twice,
# since a query that only counts makes no texts and no evidence.
Form = Literal["table", "query"]
FEW = 50_000  # indicators

RESULT_TABLES = """
CREATE TABLE drafts (check_id VARCHAR, kind VARCHAR, document_id VARCHAR,
  project_id VARCHAR, indicator_id VARCHAR, summary VARCHAR, expected DECIMAL(28,8),
  actual DECIMAL(28,8), difference DECIMAL(28,8), unit VARCHAR, evidence VARCHAR[],
  severity VARCHAR, confidence VARCHAR, basis VARCHAR);
CREATE TABLE counts (check_id VARCHAR, document_id VARCHAR, project_id VARCHAR,
  applied BIGINT, held BIGINT, broken BIGINT, not_judged BIGINT, reason VARCHAR);
CREATE TABLE proofs (check_id VARCHAR, project_id VARCHAR, statement VARCHAR,
  held BOOLEAN, failed BOOLEAN)
"""

# A row for every project (or document) and check: what it judged there, or why it judged nothing.
# A document without projects stands for itself in the checks of projects. Owners and checks are
# numbered, since numbers are compared in half the time, and the few texts of millions of rows are
# kept once, as values of an ENUM.
TEXTS = {
    "document": "SELECT document_id FROM documents UNION SELECT document_id FROM projects"
    " UNION SELECT document_id FROM counts WHERE document_id IS NOT NULL ORDER BY ALL",
    "project": "SELECT project_id FROM projects"
    " UNION SELECT project_id FROM counts WHERE project_id IS NOT NULL ORDER BY ALL",
    "check": "SELECT check_id FROM judged ORDER BY ALL",
    "reason": "SELECT absent FROM judged UNION SELECT reason FROM counts WHERE reason IS NOT NULL"
    " ORDER BY ALL",
}
RESULTS = """
WITH owners AS MATERIALIZED (
  SELECT row_number() OVER () AS owner, document_id::known_document AS document_id,
    project_id::known_project AS project_id, name, by_project FROM (
    SELECT document_id, project_id, project_id AS name, TRUE AS by_project FROM projects
    UNION ALL
    SELECT document_id, NULL, document_id, FALSE FROM documents
    UNION ALL
    SELECT document_id, NULL, document_id, TRUE FROM documents
    WHERE document_id NOT IN (SELECT document_id FROM projects))
), counted AS NOT MATERIALIZED (
  SELECT c.*, j.number, o.owner,
    coalesce(o.document_id, coalesce(c.document_id, p.document_id)::known_document) AS of_document
  FROM counts c JOIN judged j USING (check_id)
  LEFT JOIN owners o
    ON o.name = coalesce(c.project_id, c.document_id) AND o.by_project = j.by_project
  LEFT JOIN projects p ON o.owner IS NULL AND p.project_id = c.project_id
  WHERE coalesce(c.project_id, c.document_id) IS NOT NULL
)
SELECT check_id::known_check AS check_id, of_document AS document_id,
  project_id::known_project AS project_id, applied, held, broken, not_judged,
  reason::known_reason AS reason
FROM counted
UNION ALL
SELECT j.check_id::known_check, o.document_id, o.project_id, 0, 0, 0, 0, j.absent::known_reason
FROM owners o JOIN judged j USING (by_project) ANTI JOIN counted c USING (owner, number)
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """How many rows a check applied to and how many broke, and whom it says something of."""

    check: Check
    applied: int
    broken: int
    by_project: bool


def judge(connection: duckdb.DuckDBPyConnection, check: Check, form: Form) -> Judged:
    """Run one check and add its drafts, counts and proofs; nothing of them if it fails.

    The texts and evidence of a row are made only where it broke, which few do.
    """
    connection.begin()
    try:
        empty = form == "table" and not _keep(connection, check)
        rows = "returned" if form == "table" else f"({check.sql}\n)"
        columns = _described(connection, check, rows)
        found = (0, 0) if empty else _judge(connection, check, columns, rows)
        connection.execute("DROP TABLE IF EXISTS temp.returned")
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    return Judged(check, *found, "project_id" in columns)


def _keep(connection: duckdb.DuckDBPyConnection, check: Check) -> int:
    """Make a table of the rows that a check gives; how many they are."""
    made = connection.execute(f"CREATE TEMP TABLE returned AS {check.sql}").fetchone()
    return int(made[0]) if made else 0


def write_results(connection: duckdb.DuckDBPyConnection, judged: Iterable[Judged]) -> None:
    """Make check_results anew from what the checks counted, with ENUMs in a table of our own."""
    (is_ours,) = connection.execute(
        "SELECT count(*) FILTER (NOT temporary) = 0 FROM duckdb_tables() "
        "WHERE table_name = 'check_results'"
    ).fetchone() or (True,)
    drop = "DROP TABLE IF EXISTS temp.check_results"
    connection.execute(drop if is_ours else "DELETE FROM check_results")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE judged "
        "(number INTEGER, check_id VARCHAR, by_project BOOLEAN, absent VARCHAR)"
    )
    rows = [
        (number, each.check.check_id, each.by_project, _absent(each.check))
        for number, each in enumerate(judged)
    ]
    if rows:
        connection.executemany("INSERT INTO judged VALUES (?, ?, ?, ?)", rows)
    for name, query in TEXTS.items():
        connection.execute(f"DROP TYPE IF EXISTS known_{name}")
        connection.execute(f"CREATE TEMP TYPE known_{name} AS ENUM ({query})")
    fill = "CREATE TEMP TABLE check_results AS" if is_ours else "INSERT INTO check_results BY NAME"
    connection.execute(f"{fill} {RESULTS}")
    connection.execute("DROP TABLE judged")


def _absent(check: Check) -> str:
    return f"没有{check.applies}" if check.applies else "没有适用的内容"


def _described(
    connection: duckdb.DuckDBPyConnection, check: Check, rows: str
) -> dict[str, str]:
    """The columns of the rows that a check gives, with their types."""
    columns = {
        str(name): str(kind)
        for name, kind, *_ in connection.execute(f"DESCRIBE FROM {rows}").fetchall()
    }
    _require(check, columns)
    return columns


def _judge(
    connection: duckdb.DuckDBPyConnection, check: Check, columns: dict[str, str], rows: str
) -> tuple[int, int]:
    connection.execute(_counted(columns, rows))
    applied, broken, mixed = connection.execute(
        "SELECT coalesce(sum(applied), 0), coalesce(sum(broken), 0), coalesce(bool_or(mixed), "
        "FALSE) FROM counted"
    ).fetchone() or (0, 0, False)
    if mixed:
        connection.execute(_reasons(columns, rows))
    connection.execute(
        f"INSERT INTO counts SELECT {literal(check.check_id)}, * EXCLUDE (mixed) FROM counted"
    )
    if broken:
        connection.execute(_drafts(check, columns, rows))
    if applied and check.proof:
        connection.execute(_proofs(check, check.proof, columns, rows))
    return int(applied), int(broken)


def _require(check: Check, columns: dict[str, str]) -> None:
    named = columns_of(check.summary) + columns_of(check.proof or "")
    missing = sorted({name for name in ("holds", *named) if name not in columns})
    if "project_id" not in columns and "document_id" not in columns:
        missing.append("project_id 或 document_id")
    if missing:
        raise InvalidCheck(f"{check.check_id}：查询结果缺少列 {'、'.join(missing)}")


def _owner(columns: dict[str, str]) -> tuple[str, str]:
    """The document and the project of a row as a check gives them; the document only if needed."""
    project = "CAST(project_id AS VARCHAR)" if "project_id" in columns else "NULL::VARCHAR"
    if "document_id" not in columns:
        return "NULL::VARCHAR", project
    document = "CAST(document_id AS VARCHAR)"
    if "project_id" in columns:
        return f"CASE WHEN project_id IS NULL THEN {document} END", project
    return document, project


def _reason(columns: dict[str, str]) -> str:
    given = "nullif(CAST(reason AS VARCHAR), '')" if "reason" in columns else "NULL"
    return f"coalesce({given}, {literal(NO_REASON)})"


def _counted(columns: dict[str, str], rows: str) -> str:
    """What a check judged in each project or document, with the reason if there is only one."""
    document, project = _owner(columns)
    return f"""
CREATE OR REPLACE TEMP TABLE counted AS
SELECT document_id, project_id, count(*) AS applied, count(*) FILTER (holds) AS held,
  count(*) FILTER (NOT holds) AS broken, count(*) FILTER (holds IS NULL) AS not_judged,
  left(min(reason), {MAX_REASON}) AS reason,
  coalesce(min(reason) <> max(reason), FALSE) AS mixed
FROM (
  SELECT {document} AS document_id, {project} AS project_id, CAST(holds AS BOOLEAN) AS holds,
    CASE WHEN holds IS NULL THEN {_reason(columns)} END AS reason
  FROM {rows}
) GROUP BY document_id, project_id
"""


def _reasons(columns: dict[str, str], rows: str) -> str:
    """All the reasons where there are several."""
    document, project = _owner(columns)
    return f"""
UPDATE counted SET reason = told.reasons
FROM (
  SELECT document_id, project_id, left(string_agg(DISTINCT reason, '；' ORDER BY reason),
    {MAX_REASON}) AS reasons
  FROM (
    SELECT {document} AS document_id, {project} AS project_id, {_reason(columns)} AS reason
    FROM {rows} WHERE holds IS NULL
  ) GROUP BY document_id, project_id
) told
WHERE counted.mixed AND counted.document_id IS NOT DISTINCT FROM told.document_id
  AND counted.project_id IS NOT DISTINCT FROM told.project_id
"""


def _drafts(check: Check, columns: dict[str, str], rows: str) -> str:
    """The broken rows of a check with their texts filled in."""
    given = ", ".join(f"{_cast(name, kind, columns)} AS {name}" for name, kind in COLUMNS)
    join = "LEFT JOIN projects p ON p.project_id = r.project_id"
    owners = [f"r.{n}" for n in ("document_id",) if n in columns]
    owners += ["p.document_id"] if "project_id" in columns else []
    note = _cast("note", "VARCHAR", columns)
    confidence = literal(check.confidence) if check.confidence else "NULL"
    return f"""
INSERT INTO drafts BY NAME
SELECT {literal(check.check_id)} AS check_id, {literal(check.kind)} AS kind,
  CAST(coalesce({", ".join((*owners, "NULL"))}) AS VARCHAR) AS document_id,
  {_cast("project_id", "VARCHAR", columns)} AS project_id, {given},
  concat({_text(check.summary, columns)}, '（' || {note} || '）') AS summary,
  coalesce({_cast("evidence", "VARCHAR[]", columns)}, []) AS evidence,
  {_severity(check, columns)} AS severity,
  coalesce({_cast("confidence", "VARCHAR", columns)}, {confidence}) AS confidence,
  {literal(check.basis) if check.basis else "NULL"} AS basis
FROM (SELECT * FROM {rows} WHERE holds IS FALSE) r {join if "project_id" in columns else ""}
"""


def _proofs(check: Check, proof: str, columns: dict[str, str], rows: str) -> str:
    """What the rows of a check say of the reading of each project."""
    trivial = f"coalesce({_cast('trivial', 'BOOLEAN', columns)}, FALSE)"
    return f"""
INSERT INTO proofs
SELECT {literal(check.check_id)}, CAST(r.project_id AS VARCHAR), {_text(proof, columns)} AS proof,
  bool_or(holds AND NOT {trivial}), bool_or(NOT holds AND {_severity(check, columns)} <> 'low')
FROM {rows} r WHERE holds IS NOT NULL AND project_id IS NOT NULL
GROUP BY r.project_id, proof
"""


def _severity(check: Check, columns: dict[str, str]) -> str:
    own = literal(check.severity)
    if "severity" not in columns:
        return own
    words = ", ".join(literal(word) for word in get_args(Severity))
    return f"CASE WHEN r.severity IN ({words}) THEN r.severity ELSE {own} END"


def _cast(name: str, kind: str, columns: dict[str, str]) -> str:
    return f"TRY_CAST(r.{name} AS {kind})" if name in columns else f"NULL::{kind}"


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
