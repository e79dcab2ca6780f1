"""The SQL page: an editor, the tables and columns at hand, a result as table, plot or file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from pipeline.errors import UserError
from pipeline.query import DOWNLOAD, PAGE
from pipeline.web.answers import file_answer
from pipeline.web.charts import plot_of
from pipeline.web.site import Site
from schemas.tables import TABLES

LONGEST_QUERY = 20_000
PLOTTED = 60  # bars of a plot


@dataclass(frozen=True, slots=True)
class Example:
    """One query to begin with."""

    title: str
    sql: str


EXAMPLES = (
    Example(
        "执行数超过预算数的项目",
        """SELECT p.unit AS 单位, p.project_name AS 项目, b.amount AS 预算, e.amount AS 执行,
       e.amount - b.amount AS 超出
FROM projects p
JOIN funds b ON b.project_id = p.project_id AND b.source = 'total'
            AND b.stage = 'annual_budget' AND b.origin = 'form'
JOIN funds e ON e.project_id = p.project_id AND e.source = 'total'
            AND e.stage = 'executed' AND e.origin = 'form'
WHERE e.amount > b.amount
ORDER BY 超出 DESC""",
    ),
    Example(
        "自评总分的分布",
        """SELECT floor(总得分)::INT AS 分数段, count(*) AS 项目数
FROM 项目 WHERE 总得分 IS NOT NULL GROUP BY 分数段 ORDER BY 分数段 DESC""",
    ),
    Example(
        "各类疑点的数量",
        "SELECT 类别, 严重程度, count(*) AS 数量 FROM 疑点 GROUP BY ALL ORDER BY 数量 DESC",
    ),
    Example(
        "没有读懂的内容",
        "SELECT 原因, count(*) AS 次数, any_value(原文) AS 例如 FROM 未读 GROUP BY 原因"
        " ORDER BY 次数 DESC",
    ),
)


def routes(site: Site) -> APIRouter:
    """The page and its downloads."""
    router = APIRouter(include_in_schema=False)

    @router.get("/sql", response_class=HTMLResponse)
    def editor(request: Request, q: str = "") -> HTMLResponse:
        values = _answered(site, q) if q.strip() else {"answer": None, "error": None, "bars": ()}
        status = 400 if values["error"] else 200
        only_answer = request.headers.get("hx-request")
        return site.page(
            request,
            "_sql_answer.html" if only_answer else "sql.html",
            200 if only_answer else status,  # htmx shows what is wrong like any other answer
            q=q,
            examples=EXAMPLES,
            tables=TABLES,
            most=PAGE.rows,
            **values,
        )

    @router.get("/sql.{form}")
    def download(q: str, form: Literal["csv", "json", "arrow"]) -> Response:
        result = site.query(_sane(q), DOWNLOAD)
        return file_answer(result.table, form, "查询结果", result.truncated)

    return router


def _answered(site: Site, q: str) -> dict[str, Any]:
    try:
        result = site.query(_sane(q))
    except UserError as error:
        return {"answer": None, "error": str(error), "bars": ()}
    answer = result.answer()
    rows = tuple(answer.rows)
    return {
        "answer": {"names": answer.names, "rows": rows, "truncated": result.truncated},
        "error": None,
        "bars": plot_of(answer.names, rows[:PLOTTED]),
    }


def _sane(q: str) -> str:
    if len(q) > LONGEST_QUERY:
        raise UserError(f"查询太长（{len(q)} 字），最多 {LONGEST_QUERY} 字")
    return q
