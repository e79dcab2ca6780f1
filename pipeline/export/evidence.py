"""The working paper (疑点底稿): one HTML file with the chosen findings and the marked originals.

It is written as the findings come; what one browser window could not hold goes on in a next file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from jinja2 import Template

from pipeline.proofs import Proof, proofs_of
from pipeline.reviews import Review
from pipeline.selection import JOINS, Selection, condition
from pipeline.show.database import records
from pipeline.show.explanation import check_of
from pipeline.web.template import template_environment

STATIC = Path(__file__).resolve().parent.parent / "web" / "static"
AT_ONCE = 50  # findings whose pictures are held in memory
A_FILE = 1_000  # findings: some 20 MB with their pictures, which a browser still opens and prints
Row = Mapping[str, Any]
CHOSEN = "SELECT f.rowid AS place FROM findings f {where} ORDER BY f.document_id, f.rowid"
SELECTED = f"""
SELECT f.*, coalesce(p.unit, d.publisher) AS unit_name,
       coalesce(p.project_name, d.title) AS project_name,
       coalesce(p.fiscal_year, d.fiscal_year) AS fiscal_year,
       d.file_name, d.source_uris, p.verified
FROM findings f {JOINS} WHERE f.rowid IN (SELECT unnest($places))
ORDER BY f.document_id, f.rowid
"""


def write_evidence(
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    chosen: Selection,
    reviews: Sequence[Review],
) -> tuple[Path, ...]:
    """Write the working paper; returns its files, of which there is one where that is enough."""
    where, parameters = condition(chosen, reviews)
    found = connection.sql(CHOSEN.format(where=where), params=parameters).to_arrow_table()
    places = found["place"]
    starts = range(0, max(1, len(places)), A_FILE)
    files = tuple(_file(path, number, len(starts)) for number in range(1, len(starts) + 1))
    template = template_environment().get_template("evidence.html")
    values = {
        "reviews": {review.finding_id: review for review in reviews},
        "style": (STATIC / "page.css").read_text(encoding="utf-8"),
        "total": len(places),
        "volumes": len(files),
        "check_of": check_of,
    }
    for number, (file, start) in enumerate(zip(files, starts, strict=True), start=1):
        part = places.slice(start, A_FILE)
        own = {"volume": number, "shown": len(part), "findings": _proved(connection, part, start)}
        _write(file, template, {**values, **own})
    return files


def _file(path: Path, number: int, files: int) -> Path:
    """The file of one volume: `底稿.html`, or `底稿-02.html` of twelve."""
    digits = len(str(files))
    return path if files == 1 else path.with_stem(f"{path.stem}-{number:0{digits}}")


def _write(path: Path, template: Template, values: Mapping[str, object]) -> None:
    parts = template.stream(values)
    parts.enable_buffering(16)
    with path.open("w", encoding="utf-8", errors="backslashreplace") as out:
        out.writelines(parts)


def _proved(
    connection: duckdb.DuckDBPyConnection, places: pa.ChunkedArray, before: int
) -> Iterator[tuple[int, Row, Proof]]:
    """The findings with their proofs, numbered; each document is opened once for a part."""
    number = before
    for offset in range(0, len(places), AT_ONCE):
        window = {"places": places.slice(offset, AT_ONCE).to_pylist()}
        part: Sequence[Row] = records(connection, SELECTED, window)
        for _, group in groupby(part, key=lambda row: row["document_id"]):
            findings = tuple(group)
            proofs = proofs_of(connection, findings, whole_pages=False)
            for finding, proof in zip(findings, proofs, strict=True):
                number += 1
                yield number, finding, proof
