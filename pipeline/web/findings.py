"""The list of findings and one finding beside its original."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import pyarrow as pa
from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import (
    FileResponse,
    HTMLResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.background import BackgroundTask

from pipeline.export.datasets import csv_parts
from pipeline.export.sheets import FINDINGS, SHEETS, rows_of
from pipeline.export.xlsx import write_xlsx
from pipeline.proofs import proofs_of
from pipeline.reviews import Review
from pipeline.selection import (
    SORTS,
    Selection,
    condition,
    order_sql,
    rows_sql,
    selection,
    sort_of,
)
from pipeline.show.explanation import check_of
from pipeline.web.form import marks_of, read_form
from pipeline.web.site import Row, Site

PAGE_ROWS = 50
CSV_TYPE = "text/csv; charset=utf-8"
FINDING = """
SELECT f.*, coalesce(p.unit, d.publisher) AS unit_name,
       coalesce(p.project_name, d.title) AS project_name,
       coalesce(p.fiscal_year, d.fiscal_year) AS fiscal_year,
       d.file_name, d.source_uris, d.media_type, p.verified, p.proofs
FROM findings f JOIN documents d ON d.document_id = f.document_id
LEFT JOIN projects p ON p.project_id = f.project_id
WHERE f.finding_id = $id
"""
YEARS = """
SELECT DISTINCT coalesce(p.fiscal_year, d.fiscal_year) AS year
FROM findings f JOIN documents d USING (document_id) LEFT JOIN projects p USING (project_id)
WHERE year IS NOT NULL ORDER BY year DESC
"""
KINDS = "SELECT kind, count(*) AS n FROM findings GROUP BY kind ORDER BY n DESC, kind"


@dataclass(frozen=True, slots=True)
class View:
    """A list as its address describes it: which findings, in which order, from which page on."""

    chosen: Selection
    sort: str
    turned: bool
    page: int

    def query(self, **changes: Any) -> str:
        """The address of the same list with something changed."""
        chosen = replace(
            self.chosen, **{k: v for k, v in changes.items() if hasattr(self.chosen, k)}
        )
        pairs: list[tuple[str, object]] = []
        for field in fields(chosen):
            value = getattr(chosen, field.name)
            name = PARAMETERS.get(field.name, field.name)
            values = value if isinstance(value, tuple) else (value,)
            pairs += [(name, each) for each in values if each not in ("", None)]
        sort = changes.get("sort", self.sort)
        turned = changes.get("turned", self.turned)
        page = changes.get("page", 1)
        at = changes.get("at")
        pairs += [("sort", sort)] if sort != "severity" else []
        pairs += [("desc", "1")] if turned else []
        pairs += [("page", page)] if page > 1 else []
        pairs += [("at", at)] if at is not None else []
        return urlencode(pairs)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where a finding stands in a list, from 0, and the ids of those beside it."""

    at: int
    before: str | None
    behind: str | None


PARAMETERS = {
    "severities": "severity",
    "kinds": "kind",
    "confidences": "confidence",
    "states": "state",
}
Words = Annotated[list[str], Query()]


def chosen_by(
    severity: Words = [],  # noqa: B006  # FastAPI copies it
    kind: Words = [],  # noqa: B006
    confidence: Words = [],  # noqa: B006
    state: Words = [],  # noqa: B006
    unit: str = "",
    year: str = "",
    text: str = "",
    check: str = "",
    document: str = "",
    project: str = "",
) -> Selection:
    """The findings that a query string asks for; an empty field, as forms send it, asks nothing."""
    number = int(year) if year.isdecimal() and len(year) <= 4 else None
    return selection(
        severity, kind, confidence, state, unit, number, text, check, document, project
    )


Chosen = Annotated[Selection, Depends(chosen_by)]


def routes(site: Site) -> APIRouter:
    """The list, one finding, its review, and the list as a file."""
    router = APIRouter(include_in_schema=False)

    @router.get("/findings", response_class=HTMLResponse)
    def listed(
        request: Request, chosen: Chosen, sort: str = "severity", desc: str = "", page: int = 1
    ) -> HTMLResponse:
        view = View(chosen, sort_of(sort), desc == "1", max(1, min(page, 10**6)))
        return site.page(
            request,
            "_findings.html" if request.headers.get("hx-request") else "findings.html",
            **list_values(site, view),
        )

    @router.get("/findings.csv")
    def as_csv(chosen: Chosen) -> StreamingResponse:
        name = {"Content-Disposition": 'attachment; filename="findings.csv"'}
        return StreamingResponse(_csv_parts(site, chosen), media_type=CSV_TYPE, headers=name)

    @router.get("/findings.xlsx")
    def as_xlsx(request: Request, chosen: Chosen) -> FileResponse:
        with tempfile.NamedTemporaryFile(suffix=".xlsx", delete=False) as file:
            path = Path(file.name)
        reviews = site.reviews.latest()
        with site.connection() as connection:
            tables = (rows_of(connection, sheet, chosen, reviews) for sheet in SHEETS)
            write_xlsx(path, tables, str(request.base_url))
        return FileResponse(path, filename="疑点.xlsx", background=BackgroundTask(path.unlink))

    @router.get("/findings/{finding_id}", response_class=HTMLResponse)
    def one(
        request: Request,
        finding_id: str,
        chosen: Chosen,
        sort: str = "severity",
        desc: str = "",
        at: Annotated[int | None, Query(ge=0)] = None,
    ) -> HTMLResponse:
        values = finding_values(site, finding_id)
        view = View(chosen, sort_of(sort), desc == "1", 1 if at is None else at // PAGE_ROWS + 1)
        beside = None if at is None else neighbours(site, view, finding_id, at)
        return site.page(request, "finding.html", view=view, beside=beside, **values)

    @router.post("/findings/{finding_id}/review")
    def review(
        request: Request,
        finding_id: str,
        state: Annotated[str, Form()],
        note: Annotated[str, Form()] = "",
    ) -> Response:
        finding = site.record(FINDING, {"id": finding_id}, "条疑点")
        site.reviews.decide(finding_id, state, note)
        if request.headers.get("hx-request"):
            values = _review_values(site, finding_id)
            return site.page(request, "_review.html", finding=finding, saved=True, **values)
        return RedirectResponse(f"/findings/{finding_id}", 303)

    return router


def list_values(site: Site, view: View) -> dict[str, Any]:
    """What the list's template shows."""
    reviews = site.reviews.latest()
    places = _places(site, view, reviews)
    first = (view.page - 1) * PAGE_ROWS
    return {
        "view": view,
        "rows": _rows_at(site, places, first, PAGE_ROWS),
        "total": len(places),
        "pages": max(1, -(-len(places) // PAGE_ROWS)),
        "first": first,
        "states": {review.finding_id: review.state for review in reviews},
        "years": site.cached("years", lambda: [row["year"] for row in site.records(YEARS)]),
        "kind_counts": site.cached("kinds", lambda: site.records(KINDS)),
        "sorts": SORTS,
    }


def _places(site: Site, view: View, reviews: Sequence[Review]) -> pa.ChunkedArray:
    """The row numbers of all that a list holds, in its order."""
    where, parameters = condition(view.chosen, reviews)
    return site.places(order_sql(where, sort_of(view.sort), view.turned), parameters)


def _rows_at(site: Site, places: pa.ChunkedArray, first: int, count: int) -> tuple[Row, ...]:
    return site.records(rows_sql(), {"places": places.slice(first, count).to_pylist()})


def finding_values(site: Site, finding_id: str) -> dict[str, Any]:
    """What one finding's template shows."""
    finding = site.record(FINDING, {"id": finding_id}, "条疑点")
    with site.turn(), site.connection() as connection:
        proof = proofs_of(connection, (finding,), whole_pages=True)[0]
    marks = marks_of((item.key, item.number) for item in proof.items)
    form = read_form(site, finding["project_id"], marks) if finding["project_id"] else None
    return {
        "finding": finding,
        "proof": proof,
        "form": form,
        "check": check_of(finding["check_id"]),
        "saved": False,
        **_review_values(site, finding_id),
    }


def neighbours(site: Site, view: View, finding_id: str, at: int) -> Neighbours | None:
    """What stands before and after a finding in a list; None where it no longer stands there."""
    places = _places(site, view, site.reviews.latest())
    first = max(0, at - 1)
    found = [row["finding_id"] for row in _rows_at(site, places, first, at - first + 2)]
    own = at - first
    if found[own : own + 1] != [finding_id]:
        return None
    before = found[own - 1] if own else None
    return Neighbours(at, before, next(iter(found[own + 1 :]), None))


def _review_values(site: Site, finding_id: str) -> dict[str, Any]:
    history = site.reviews.history(finding_id)
    return {"review": history[0] if history else None, "history": history[1:]}


def _csv_parts(site: Site, chosen: Selection) -> Iterator[str]:
    """The CSV in parts, as the rows come."""
    reviews = site.reviews.latest()
    with site.connection() as connection:
        yield from csv_parts(rows_of(connection, FINDINGS, chosen, reviews))
