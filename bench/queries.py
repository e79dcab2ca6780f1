"""Six questions of an auditor to ten million indicators, built from what was generated."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipeline.database import GROUP, attach

ROWS = 10_000_000
REPEATS = 3
GROW = """
CREATE TABLE {table} AS
SELECT * EXCLUDE (copy, place) REPLACE ({ids})
FROM (SELECT *, rowid AS place FROM source.{table}), range({copies}) AS copies(copy)
ORDER BY copy, place"""
IDS = {
    "documents": ("document_id",),
    "projects": ("document_id", "project_id"),
    "funds": ("document_id", "project_id", "fund_id"),
    "indicators": ("document_id", "project_id", "indicator_id"),
}
QUESTIONS = (
    (
        "budget and spending by year and unit",
        """SELECT p.fiscal_year, p.competent_department,
             sum(f.amount) FILTER (f.stage = 'annual_budget') AS budget,
             sum(f.amount) FILTER (f.stage = 'executed') AS spent
           FROM projects p JOIN funds f USING (project_id)
           WHERE f.source = 'total' AND f.origin = 'form' GROUP BY ALL ORDER BY 1, 2""",
    ),
    (
        "spent more than the budget",
        """SELECT project_id, max(amount) FILTER (stage = 'annual_budget') AS budget,
             max(amount) FILTER (stage = 'executed') AS spent
           FROM funds WHERE source = 'total' AND origin = 'form'
           GROUP BY project_id HAVING spent > budget ORDER BY spent - budget DESC LIMIT 100""",
    ),
    (
        "full marks below the target",
        """SELECT indicator_id, target_raw, actual_raw FROM indicators
           WHERE score = weight AND target_op = '>=' AND actual_value < target_value LIMIT 100""",
    ),
    (
        "indicators by name",
        """SELECT level3, count(*), avg(score / weight) FROM indicators
           WHERE level3 LIKE '%满意度%' GROUP BY 1 ORDER BY 2 DESC LIMIT 50""",
    ),
    (
        "one project's indicators",
        "SELECT * FROM indicators WHERE project_id = (SELECT project_id FROM projects LIMIT 1)",
    ),
    (
        "kinds of indicators and their weight",
        """SELECT level2_kind, target_kind, count(*), sum(weight) FROM indicators
           GROUP BY ALL ORDER BY 3 DESC""",
    ),
)


def grow(source: Path, target: Path) -> int:
    """A database with the rows of another many times over, each time under other ids.

    The rows of a project stand together, as a release of so many documents has them.
    """
    with duckdb.connect() as connection:
        connection.execute(attach(target, "grown", GROUP))  # as a release
        connection.execute("USE grown")
        connection.execute(f"ATTACH '{source}' AS source (READ_ONLY)")
        ((have,),) = connection.execute("SELECT count(*) FROM source.indicators").fetchall()
        copies = -(-ROWS // have)
        for table, names in IDS.items():
            ids = ", ".join(f"{name} || '.' || copy AS {name}" for name in names)
            connection.execute(GROW.format(table=table, ids=ids, copies=copies))
        return int(have * copies)


def ask(database: Path) -> Iterator[tuple[str, float]]:
    """Each question with the seconds of its best answer."""
    with duckdb.connect(str(database), read_only=True) as connection:
        for name, query in QUESTIONS:
            times = []
            for _ in range(REPEATS):
                began = time.perf_counter()
                connection.execute(query).fetchall()
                times.append(time.perf_counter() - began)
            yield name, min(times)
