"""The working paper (疑点底稿): one HTML file with the chosen findings and the marked originals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from pipeline.proofs import Proof, proofs_of
from pipeline.reviews import Review
from pipeline.selection import JOINS, Selection, condition, count_sql
from pipeline.show.database import records
from pipeline.web.template import template_environment

STATIC = Path(__file__).resolve().parent.parent / "web" / "static"
AT_ONCE = 50  # findings whose pictures are held in memory
MOST_FINDINGS = 5_000  # a browser must still open the file
Row = Mapping[str, Any]
SELECTED = f"""
SELECT f.*, coalesce(p.unit, d.publisher) AS unit_name,
       coalesce(p.project_name, d.title) AS project_name,
       coalesce(p.fiscal_year, d.fiscal_year) AS fiscal_year,
       d.file_name, d.source_uris, p.verified
FROM findings f {JOINS} {{where}}
ORDER BY f.document_id, f.rowid LIMIT $limit OFFSET $offset
"""


def write_evidence(
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    chosen: Selection,
    reviews: Sequence[Review],
) -> int:
    """Write the file; returns how many of the chosen findings were left out as too many."""
    where, parameters = condition(chosen, reviews)
    total = int(str(records(connection, count_sql(where), parameters)[0]["n"]))
    shown = min(total, MOST_FINDINGS)
    template = template_environment().get_template("evidence.html")
    parts = template.stream(
        findings=_proved(connection, where, parameters, shown),
        shown=shown,
        left_out=total - shown,
        reviews={review.finding_id: review for review in reviews},
        style=(STATIC / "page.css").read_text(encoding="utf-8"),
    )
    parts.enable_buffering(16)
    with path.open("w", encoding="utf-8", errors="backslashreplace") as out:
        for part in parts:
            out.write(part)
    return total - shown


def _proved(
    connection: duckdb.DuckDBPyConnection, where: str, parameters: Mapping[str, object], shown: int
) -> Iterator[tuple[int, Row, Proof]]:
    """The findings with their proofs, numbered; each document is opened once for a part."""
    number = 0
    for offset in range(0, shown, AT_ONCE):
        window = {"limit": min(AT_ONCE, shown - offset), "offset": offset}
        part: Sequence[Row] = records(
            connection, SELECTED.format(where=where), {**parameters, **window}
        )
        for _, group in groupby(part, key=lambda row: row["document_id"]):
            findings = tuple(group)
            proofs = proofs_of(connection, findings, whole_pages=False)
            for finding, proof in zip(findings, proofs, strict=True):
                number += 1
                yield number, finding, proof
