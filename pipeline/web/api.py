"""What programs ask: read-only, documented by OpenAPI, as JSON, CSV or Arrow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import pyarrow as pa
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from pipeline.query import DOWNLOAD, Limits
from pipeline.selection import condition, page_sql, sort_of
from pipeline.show.plain import to_json
from pipeline.web.answers import Form, file_answer
from pipeline.web.findings import FINDING, Chosen
from pipeline.web.form import FUND_SCORES, FUNDS, INDICATORS, PROJECT
from pipeline.web.site import Site
from schemas.tables import TABLES

MOST_ROWS = 10_000
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="最多多少条")]
Offset = Annotated[int, Query(ge=0, description="从第几条之后开始")]


def routes(site: Site) -> APIRouter:
    """The API below /api."""
    router = APIRouter(prefix="/api", tags=["只读接口"])

    @router.get("/findings", summary="符合条件的疑点")
    def findings(
        chosen: Chosen,
        sort: str = "severity",
        desc: bool = False,
        limit: Limit = 100,
        offset: Offset = 0,
        format: Form = "json",
    ) -> Response:
        where, parameters = condition(chosen, site.reviews.latest())
        sql = page_sql(where, sort_of(sort), desc)
        return file_answer(
            _table(site, sql, {**parameters, "limit": limit, "offset": offset}), format
        )

    @router.get("/findings/{finding_id}", summary="一条疑点和它的全部证据")
    def finding(finding_id: str) -> Response:
        row = site.record(FINDING, {"id": finding_id}, "条疑点")
        reviews = site.reviews.history(finding_id)
        state = {"state": reviews[0].state if reviews else "open",
                 "note": reviews[0].note if reviews else ""}  # fmt: skip
        return _json({**row, "review": state})

    @router.get("/projects/{project_id}", summary="一个项目的自评表")
    def project(project_id: str) -> Response:
        key = {"id": project_id}
        return _json(
            {
                "project": site.record(PROJECT, key, "个项目"),
                "funds": site.records(FUNDS, key),
                "fund_scores": site.records(FUND_SCORES, key),
                "indicators": site.records(INDICATORS, key),
            }
        )

    @router.get("/tables", summary="有哪些表和列")
    def tables() -> JSONResponse:
        return JSONResponse(
            [
                {
                    "name": spec.name,
                    "chinese": spec.chinese,
                    "meaning": spec.meaning,
                    "columns": [
                        {"name": c.name, "chinese": c.chinese, "type": c.sql, "meaning": c.meaning}
                        for c in spec.columns
                    ],
                }
                for spec in TABLES
            ]
        )

    @router.get("/sql", summary="一条 SELECT 的结果")
    def sql(
        q: Annotated[str, Query(max_length=20_000, description="一条 SELECT")],
        limit: Annotated[int, Query(ge=1, le=1_000_000)] = MOST_ROWS,
        format: Form = "json",
    ) -> Response:
        limits = Limits(limit, DOWNLOAD.bytes, DOWNLOAD.seconds)
        result = site.query(q, limits)
        return file_answer(result.table, format, truncated=result.truncated)

    return router


def _table(site: Site, sql: str, parameters: Mapping[str, object]) -> pa.Table:
    with site.connection() as connection:
        return connection.sql(sql, params=dict(parameters)).to_arrow_table()


def _json(value: Mapping[str, object]) -> Response:
    return Response(to_json(value), media_type="application/json")
