"""Turns the ids a check names into what stands there and where: role, quote and locator.

An id names a row (`…f2`, an amount) or, with `#column`, one cell of it (`…i3#actual_raw`). A line
of fund scores has no id of its own and is named `project_id@ordinal#column`.
"""

from __future__ import annotations

import duckdb

from schemas.tables import TableSpec, literal, table

WANTED = """
CREATE TABLE wanted AS
SELECT ref, split_part(ref, '#', 1) AS base, nullif(split_part(ref, '#', 2), '') AS cell_column,
  split_part(split_part(ref, '#', 1), '@', 1) AS owner,
  TRY_CAST(nullif(split_part(split_part(ref, '#', 1), '@', 2), '') AS BIGINT) AS line
FROM (SELECT DISTINCT unnest(evidence) AS ref FROM drafts) WHERE ref IS NOT NULL
"""

# table, its key, what to call the row, what to quote where no cell is named, has cells
ROWS = (
    ("funds", "t.fund_id = w.base", "t.source_label || t.stage_label", "t.raw", False),
    ("indicators", "t.indicator_id = w.base", "t.level3", "t.level3", True),
    ("projects", "t.project_id = w.base", "NULL", "t.project_name", True),
    ("fund_scores", "t.project_id = w.owner AND t.ordinal = w.line", "t.source_label",
     "t.source_label", True),
    ("account_lines", "t.account_id = w.base", "t.label", "t.raw", False),
    ("claims", "t.claim_id = w.base", "t.subject", "t.raw", False),
    ("sections", "t.section_id = w.base", "t.heading", "t.text", False),
    ("scoring_rules", "t.rule_id = w.base", "'评分规则'", "t.raw", False),
)
MAX_QUOTE = 300  # characters; a whole section is no quotation


def resolve_evidence(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `places(ref, role, quote, locator)` for all evidence of the drafts."""
    connection.execute(WANTED)
    union = " UNION ALL ".join(_places(*row) for row in ROWS)
    connection.execute(f"CREATE TABLE places AS {union}")


def _places(name: str, key: str, role: str, quote: str, has_cells: bool) -> str:
    spec = table(name)
    found = (
        "list_filter(t.cells, lambda c: c.\"column\" = w.cell_column)[1]" if has_cells else "NULL"
    )
    raw, place = ("(f).raw", "(f).locator") if has_cells else ("NULL", "NULL")
    return f"""
SELECT ref, concat_ws('·', role, chinese) AS role,
  left(coalesce({raw}, quote, ''), {MAX_QUOTE}) AS quote, coalesce({place}, row_locator) AS locator
FROM (SELECT w.ref, {role} AS role, {_chinese(spec)} AS chinese, {_quote(spec, quote)} AS quote,
  {found} AS f, t.locator AS row_locator
FROM wanted w JOIN {name} t ON {key})
"""


def _chinese(spec: TableSpec) -> str:
    cases = " ".join(f"WHEN {literal(c.name)} THEN {literal(c.chinese)}" for c in spec.columns)
    return f"CASE w.cell_column {cases} END"


def _quote(spec: TableSpec, default: str) -> str:
    """What the row itself holds in a column, for forms whose cells were not kept one by one."""
    cases = []
    for column in spec.columns:
        if column.name in ("cells", "locator", "proofs"):
            continue
        field = f't."{column.name}"'
        text = f"shown({field})" if column.sql.startswith("DECIMAL") else f"{field}::VARCHAR"
        cases.append(f"WHEN {literal(column.name)} THEN {text}")
    named = f"CASE w.cell_column {' '.join(cases)} END"
    return f"CASE WHEN w.cell_column IS NULL THEN {default} ELSE {named} END"
