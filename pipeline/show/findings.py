"""The list of findings: the most severe first, then the surest, then the widest gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
from rich.text import Text

from pipeline.errors import UserError
from pipeline.show.database import records, select
from pipeline.show.screen import Format, console, grid, write_answer
from schemas.chinese import FINDING_KINDS, SEVERITIES

COLOURS = {"high": "bold red", "medium": "yellow", "low": "cyan"}
SHORTEST_ID = 8
SELECTED = """
FROM findings f
LEFT JOIN projects p USING (project_id)
JOIN documents d ON d.document_id = f.document_id
WHERE (len($severities) = 0 OR list_contains($severities, f.severity))
  AND (len($kinds) = 0 OR list_contains($kinds, f.kind))
  AND ($project IS NULL OR starts_with(f.project_id, $project)
       OR contains(coalesce(p.project_name, ''), $project)
       OR contains(coalesce(p.unit, ''), $project))
  AND ($document IS NULL OR starts_with(f.document_id, $document)
       OR contains(d.file_name, $document))
ORDER BY list_position(['high', 'medium', 'low'], f.severity),
         list_position(['proved', 'likely', 'review'], f.confidence),
         coalesce(abs(f.difference)::DOUBLE
           / nullif(greatest(abs(f.expected), abs(f.actual)), 0)::DOUBLE, 0) DESC,
         d.file_name, f.document_id, p.ordinal NULLS FIRST, f.check_id, f.finding_id
"""
ALL_COLUMNS = f"""
SELECT f.finding_id, f.severity, f.kind, f.confidence, coalesce(p.unit, d.publisher) AS unit_name,
       coalesce(p.project_name, d.title) AS project_name, d.file_name, f.summary,
       f.expected, f.actual, f.difference, f.unit, f.check_id,
       f.document_id, f.project_id, f.indicator_id, f.basis
{SELECTED}
"""
ON_SCREEN = f"""
SELECT f.finding_id, f.severity, f.kind, coalesce(p.unit, d.publisher, d.file_name) AS unit,
       coalesce(p.project_name, d.title) AS project, f.summary
{SELECTED}
"""


def show_findings(
    connection: duckdb.DuckDBPyConnection,
    form: Format,
    severities: Sequence[str] = (),
    kinds: Sequence[str] = (),
    project: str | None = None,
    document: str | None = None,
) -> None:
    """Write the findings that fit: a readable table, or every column as CSV or JSON."""
    _, parameters = selection(severities, kinds, project, document)
    if form != "table":
        write_answer(select(connection, ALL_COLUMNS, parameters), form)
        return
    length = _id_length(connection)
    answer = select(connection, ON_SCREEN, parameters)
    rows = tuple(_row(row, length) for row in answer.rows)
    if not rows:
        console(stderr=True).print("没有符合条件的疑点")
        return
    names = ("编号", "程度", "类别", "单位、项目", "摘要")
    console().print(grid(names, rows, styles=("dim",), lines=True))
    console(stderr=True).print(f"共 {len(rows)} 条。看一条的证据：jixiao show {rows[0][0]}")


def selection(
    severities: Sequence[str], kinds: Sequence[str], project: str | None, document: str | None
) -> tuple[str, dict[str, object]]:
    """The end of a query over findings `f`, the weightiest first, and its parameters."""
    return SELECTED, {
        "severities": [one_of(SEVERITIES, word, "程度") for word in severities],
        "kinds": [one_of(FINDING_KINDS, word, "类别") for word in kinds],
        "project": project,
        "document": document,
    }


def one_of(words: Mapping[str, str], given: str, what: str) -> str:
    """The word of a vocabulary that a user means by its English or Chinese name.

    >>> one_of(SEVERITIES, "高", "程度"), one_of(FINDING_KINDS, "rate_mismatch", "类别")
    ('high', 'rate_mismatch')
    """
    for word, chinese in words.items():
        if given in (word, chinese):
            return word
    known = "、".join(f"{word}（{chinese}）" for word, chinese in words.items())
    raise UserError(f"没有“{given}”这个{what}，可用的有：{known}")


def _row(row: tuple[object, ...], length: int) -> tuple[object, ...]:
    finding_id, severity, kind, unit, project, summary = (str(v) if v else "" for v in row)
    level = Text(SEVERITIES[severity], style=COLOURS[severity])
    owner = "\n".join(filter(None, (unit, project)))  # one above the other leaves room for the rest
    return (finding_id[:length], level, FINDING_KINDS[kind], owner, summary)


def _id_length(connection: duckdb.DuckDBPyConnection) -> int:
    """The fewest characters that tell all findings apart."""
    sql = """
        SELECT n FROM range($shortest, 65) lengths(n)
        WHERE (SELECT count(DISTINCT left(finding_id, n)) = count(*) FROM findings)
        ORDER BY n LIMIT 1
    """
    found = records(connection, sql, {"shortest": SHORTEST_ID})
    return int(str(found[0]["n"])) if found else 64
