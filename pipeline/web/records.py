"""A project, a unit over the years, a document: what was read, and the findings beside it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from pipeline.original_views import page_image
from pipeline.show.original import folders_of
from pipeline.show.proof import locator_of
from pipeline.web.form import marks_of, read_form
from pipeline.web.overview import TOTALS
from pipeline.web.site import NotPublished, Row, Site

LIST_ROWS = 50
IMMUTABLE = "private, max-age=31536000, immutable"
LEVEL = "list_position(['high', 'medium', 'low'], severity)"
FINDINGS_OF = f"SELECT * FROM findings WHERE {{}} = $id ORDER BY {LEVEL}, rowid"
SECTIONS = "SELECT * FROM sections WHERE project_id = $id ORDER BY ordinal"
DOCUMENT = "SELECT * FROM documents WHERE document_id = $id"
PROJECTS_OF_DOCUMENT = f"""{TOTALS}
SELECT p.*, t.budget, t.executed,
       (SELECT count(*) FROM findings f WHERE f.project_id = p.project_id) AS findings
FROM projects p LEFT JOIN totals t USING (project_id) WHERE p.document_id = $id ORDER BY p.ordinal
"""
REJECTS = "SELECT * FROM rejects WHERE document_id = $id ORDER BY rowid LIMIT 500"
READ = """
SELECT (SELECT count(*) FROM funds WHERE document_id = $id) AS funds,
       (SELECT count(*) FROM indicators WHERE document_id = $id) AS indicators,
       (SELECT count(*) FROM sections WHERE document_id = $id) AS sections,
       (SELECT count(*) FROM claims WHERE document_id = $id) AS claims,
       (SELECT count(*) FROM account_lines WHERE document_id = $id) AS account_lines,
       (SELECT count(*) FROM rejects WHERE document_id = $id) AS rejects
"""
UNIT = f"""{TOTALS}, counted AS (
  SELECT project_id, count(*) AS n, count(*) FILTER (severity = 'high') AS high
  FROM findings GROUP BY project_id
)
SELECT p.project_id, p.project_name, p.scope, p.score_total, p.verified, t.budget, t.executed,
       coalesce(p.fiscal_year, d.fiscal_year) AS year,
       coalesce(c.n, 0) AS findings, coalesce(c.high, 0) AS high
FROM projects p JOIN documents d USING (document_id)
LEFT JOIN totals t USING (project_id) LEFT JOIN counted c USING (project_id)
WHERE coalesce(p.unit, d.publisher) = $name
ORDER BY year DESC NULLS LAST, p.project_id LIMIT 2000
"""
# What a page shows is chosen first; findings are counted for that alone.
PROJECT_LIST = """
WITH page AS MATERIALIZED (
  SELECT p.rowid AS place, p.project_id FROM projects p JOIN documents d USING (document_id)
  WHERE $text = '' OR contains(lower(coalesce(p.project_name, '')), lower($text))
     OR contains(lower(coalesce(p.unit, d.publisher, '')), lower($text))
  ORDER BY p.rowid LIMIT $limit OFFSET $offset
), counted AS (
  SELECT project_id, count(*) AS n FROM findings
  WHERE project_id IN (SELECT project_id FROM page) GROUP BY project_id
)
SELECT p.project_id, p.project_name, coalesce(p.unit, d.publisher) AS unit_name, p.verified,
       coalesce(p.fiscal_year, d.fiscal_year) AS year, p.scope, p.score_total,
       coalesce(c.n, 0) AS findings
FROM page JOIN projects p ON p.rowid = page.place JOIN documents d USING (document_id)
LEFT JOIN counted c ON c.project_id = p.project_id ORDER BY page.place
"""
DOCUMENT_LIST = """
WITH chosen AS MATERIALIZED (
  SELECT d.rowid AS place, d.document_id, row_number() OVER () AS position FROM (
    SELECT d.rowid, d.document_id FROM documents d
    WHERE $text = '' OR contains(lower(d.file_name), lower($text))
       OR contains(lower(coalesce(d.publisher, '')), lower($text))
    ORDER BY list_position(['failed', 'partial', 'ok'], d.status), d.rowid
    LIMIT $limit OFFSET $offset
  ) d
), counted AS (
  SELECT document_id, count(*) AS n FROM findings
  WHERE document_id IN (SELECT document_id FROM chosen) GROUP BY document_id
), reported AS (
  SELECT document_id, count(*) AS n FROM projects
  WHERE document_id IN (SELECT document_id FROM chosen) GROUP BY document_id
), unread AS (
  SELECT document_id, count(*) AS n FROM rejects
  WHERE document_id IN (SELECT document_id FROM chosen) GROUP BY document_id
)
SELECT d.document_id, d.file_name, d.publisher, d.fiscal_year, d.status, d.document_kind,
       coalesce(r.n, 0) AS projects, coalesce(c.n, 0) AS findings, coalesce(u.n, 0) AS rejects
FROM chosen JOIN documents d ON d.rowid = chosen.place
LEFT JOIN counted c ON c.document_id = d.document_id
LEFT JOIN reported r ON r.document_id = d.document_id
LEFT JOIN unread u ON u.document_id = d.document_id
ORDER BY chosen.position
"""


def routes(site: Site) -> APIRouter:
    """The pages of projects, units and documents, and images of PDF pages."""
    router = APIRouter(include_in_schema=False)

    @router.get("/projects", response_class=HTMLResponse)
    def projects(request: Request, text: str = "", page: int = 1) -> HTMLResponse:
        values = _listed(site, PROJECT_LIST, text, page)
        return site.page(request, "projects.html", **values)

    @router.get("/documents", response_class=HTMLResponse)
    def documents(request: Request, text: str = "", page: int = 1) -> HTMLResponse:
        values = _listed(site, DOCUMENT_LIST, text, page)
        return site.page(request, "documents.html", **values)

    @router.get("/projects/{project_id}", response_class=HTMLResponse)
    def project(request: Request, project_id: str) -> HTMLResponse:
        return site.page(request, "project.html", **_project(site, project_id))

    @router.get("/units", response_class=HTMLResponse)
    def unit(request: Request, name: str) -> HTMLResponse:
        rows = site.records(UNIT, {"name": name})
        if not rows:
            raise NotPublished(f"没有这个单位：{name}")
        return site.page(request, "unit.html", name=name, rows=rows, years=_by_year(rows))

    @router.get("/documents/{document_id}", response_class=HTMLResponse)
    def document(request: Request, document_id: str) -> HTMLResponse:
        key = {"id": document_id}
        return site.page(
            request,
            "document.html",
            document=site.record(DOCUMENT, key, "份文档"),
            projects=site.records(PROJECTS_OF_DOCUMENT, key),
            read=site.records(READ, key)[0],
            rejects=site.records(REJECTS, key),
            findings=site.records(FINDINGS_OF.format("document_id"), key),
        )

    @router.get("/documents/{document_id}/pages/{number}.png")
    def image(document_id: str, number: int) -> Response:
        document = site.record(DOCUMENT, {"id": document_id}, "份文档")
        png = site.cached(
            ("page", document_id, number),
            lambda: _page_image(site, document, number),
        )
        if png is None:
            raise NotPublished(f"这一页无法显示：第 {number} 页")
        return Response(png, media_type="image/png", headers={"Cache-Control": IMMUTABLE})

    return router


def _page_image(site: Site, document: Row, number: int) -> bytes | None:
    with site.turn(), site.connection() as connection:
        folders = folders_of(connection)
        return page_image(document["document_id"], document["source_uris"], folders, number)


def _listed(site: Site, sql: str, text: str, page: int) -> dict[str, Any]:
    """One page of a list; one row more than is shown tells whether there is a next page."""
    page = max(1, min(page, 10**6))
    parameters = {
        "text": text.strip(),
        "limit": LIST_ROWS + 1,
        "offset": (page - 1) * LIST_ROWS,
    }
    rows = site.records(sql, parameters)
    return {
        "rows": rows[:LIST_ROWS],
        "more": len(rows) > LIST_ROWS,
        "text": text.strip(),
        "page": page,
    }


def _project(site: Site, project_id: str) -> dict[str, Any]:
    key = {"id": project_id}
    findings = site.records(FINDINGS_OF.format("project_id"), key)
    marks = marks_of(
        (locator_of(evidence["locator"]), number)
        for number, finding in enumerate(findings, start=1)
        for evidence in finding["evidence"] or ()
        if evidence["locator"] is not None
    )
    return {
        "form": read_form(site, project_id, marks),
        "findings": findings,
        "sections": site.records(SECTIONS, key),
    }


def _by_year(rows: tuple[Row, ...]) -> list[dict[str, Any]]:
    """Sums of a unit's projects for each year, newest first."""
    years: dict[Any, list[Row]] = {}
    for row in rows:
        years.setdefault(row["year"], []).append(row)
    return [
        {
            "year": year,
            "projects": len(mine),
            "budget": _total(mine, "budget"),
            "executed": _total(mine, "executed"),
            "rate": _rate(mine),
            "score": _mean([r["score_total"] for r in mine if r["score_total"] is not None]),
            "findings": sum(row["findings"] for row in mine),
            "high": sum(row["high"] for row in mine),
        }
        for year, mine in years.items()
    ]


def _total(rows: list[Row], column: str) -> Any:
    """The sum of what is known of the single projects; None where nothing is."""
    known = [r[column] for r in rows if r["scope"] == "project" and r[column] is not None]
    return sum(known) if known else None


def _rate(rows: list[Row]) -> Decimal | None:
    """What was executed of the budgets of the single projects that state both, in percent."""
    both = [
        (row["executed"], row["budget"])
        for row in rows
        if row["scope"] == "project" and row["executed"] is not None and row["budget"] is not None
    ]
    budget = sum((budget for _, budget in both), Decimal())
    executed = sum((executed for executed, _ in both), Decimal())
    return round(executed * 100 / budget, 2) if budget > 0 else None


def _mean(scores: list[Decimal]) -> Decimal | None:
    return round(sum(scores, Decimal()) / len(scores), 2) if scores else None
