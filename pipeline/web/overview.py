"""The first page: how much was read, how much was found, and how figures are distributed."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from pipeline.show.plain import to_text
from pipeline.web.charts import Bar, Histogram, bars, columns
from pipeline.web.site import Row, Site
from schemas.chinese import FINDING_KINDS

TOP_UNITS = 12
SEVERITY_COUNTS = """
count(*) FILTER (f.severity = 'high') AS high,
count(*) FILTER (f.severity = 'medium') AS medium,
count(*) FILTER (f.severity = 'low') AS low,
count(*) AS n
"""
COUNTS = """
SELECT (SELECT count(*) FROM documents) AS documents,
       (SELECT count(*) FROM documents WHERE status = 'failed') AS failed,
       (SELECT count(*) FROM documents WHERE status = 'partial') AS partial,
       (SELECT count(*) FROM projects WHERE scope = 'project') AS projects,
       (SELECT count(*) FROM projects WHERE scope = 'department') AS departments,
       (SELECT count(*) FROM projects WHERE verified = 'proved') AS proved,
       (SELECT count(*) FROM indicators) AS indicators,
       (SELECT count(*) FROM rejects) AS rejects,
       (SELECT count(*) FROM findings) AS findings
"""
# One amount for each project and stage: the line of the form that stands for the whole.
TOTALS = """
WITH totals AS (
  SELECT u.project_id,
         max(u.amount) FILTER (u.stage = 'annual_budget') AS budget,
         max(u.amount) FILTER (u.stage = 'executed') AS executed
  FROM funds u WHERE u.source = 'total' AND u.origin = 'form' GROUP BY u.project_id
)
"""
MONEY = f"""{TOTALS}
SELECT sum(t.budget) AS budget, sum(t.executed) AS executed, count(*) AS n
FROM totals t JOIN projects p USING (project_id)
WHERE p.scope = 'project' AND t.budget IS NOT NULL AND t.executed IS NOT NULL
"""
BY_KIND = f"SELECT f.kind, {SEVERITY_COUNTS} FROM findings f GROUP BY f.kind ORDER BY n DESC"
BY_YEAR = f"""
SELECT coalesce(p.fiscal_year, d.fiscal_year) AS year, {SEVERITY_COUNTS}
FROM findings f JOIN documents d USING (document_id) LEFT JOIN projects p USING (project_id)
GROUP BY year ORDER BY year DESC NULLS LAST
"""
BY_UNIT = f"""
SELECT coalesce(p.unit, d.publisher) AS unit, {SEVERITY_COUNTS}
FROM findings f JOIN documents d USING (document_id) LEFT JOIN projects p USING (project_id)
WHERE coalesce(p.unit, d.publisher) IS NOT NULL
GROUP BY ALL ORDER BY high DESC, n DESC, unit LIMIT {TOP_UNITS}
"""
# Scores pile up just below 100, so the bins are narrow there and 100 stands alone.
SCORES = """
SELECT CASE WHEN score_total > 100 THEN '>100' WHEN score_total = 100 THEN '100'
            WHEN score_total >= 99 THEN '99–100' WHEN score_total >= 98 THEN '98–99'
            WHEN score_total >= 95 THEN '95–98' WHEN score_total >= 90 THEN '90–95'
            WHEN score_total >= 80 THEN '80–90' WHEN score_total >= 60 THEN '60–80'
            ELSE '<60' END AS bin, count(*) AS n
FROM projects WHERE score_total IS NOT NULL AND (weight_total IS NULL OR weight_total = 100)
GROUP BY bin
"""
SCORE_BINS = ("<60", "60–80", "80–90", "90–95", "95–98", "98–99", "99–100", "100", ">100")
RATES = f"""{TOTALS}, rates AS (
  SELECT executed / budget * 100 AS rate, executed = budget AS whole, executed > budget AS above
  FROM totals WHERE budget > 0 AND executed IS NOT NULL
)
SELECT CASE WHEN above THEN '>100' WHEN whole THEN '100' WHEN rate >= 95 THEN '95–100'
            WHEN rate >= 90 THEN '90–95' WHEN rate >= 80 THEN '80–90' WHEN rate >= 60 THEN '60–80'
            ELSE '<60' END AS bin, count(*) AS n
FROM rates GROUP BY bin
"""
RATE_BINS = ("<60", "60–80", "80–90", "90–95", "95–100", "100", ">100")
BOUNDS = "每段含下限，不含上限"


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the first page shows; it changes only with a new release."""

    counts: Row
    money: Row
    kinds: tuple[Bar, ...]
    years: tuple[Bar, ...]
    units: tuple[Bar, ...]
    scores: Histogram | None
    rates: Histogram | None


def routes(site: Site) -> APIRouter:
    """The first page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/", response_class=HTMLResponse)
    def overview(request: Request) -> HTMLResponse:
        shown = site.cached("overview", lambda: _overview(site))
        return site.page(request, "overview.html", overview=shown)

    return router


def _overview(site: Site) -> Overview:
    return Overview(
        counts=site.records(COUNTS)[0],
        money=site.records(MONEY)[0],
        kinds=bars([_bar(FINDING_KINDS[r["kind"]], _link(kind=r["kind"]), r)
                    for r in site.records(BY_KIND)]),
        years=bars([_bar(to_text(r["year"]) or "不明",
                         _link(year=r["year"]) if r["year"] is not None else None, r)
                    for r in site.records(BY_YEAR)]),
        units=bars([_bar(r["unit"], "/units?" + urlencode({"name": r["unit"]}), r)
                    for r in site.records(BY_UNIT)]),
        scores=_histogram(site, SCORES, SCORE_BINS, ("100", ">100"),
                          "自评总分的分布（满分 100）", "自评总分（分）", "自评满分"),
        rates=_histogram(site, RATES, RATE_BINS, (">100",),
                         "预算执行率的分布", "执行数 ÷ 全年预算数（%）", "执行率正好 100%"),
    )  # fmt: skip


def _bar(
    label: str, href: str | None, row: Row
) -> tuple[str, str | None, tuple[tuple[str, float], ...], str]:
    parts = tuple((severity, float(row[severity])) for severity in ("high", "medium", "low"))
    return label, href, parts, f"{row['n']:,}"


def _link(**filters: object) -> str:
    return "/findings?" + urlencode(filters)


def _histogram(
    site: Site,
    sql: str,
    bins: tuple[str, ...],
    striking: tuple[str, ...],
    title: str,
    across: str,
    whole: str,
) -> Histogram | None:
    """The counts in bins, and how many stand exactly at 100 and above it."""
    counted = {row["bin"]: int(row["n"]) for row in site.records(sql)}
    total = sum(counted.values())
    if not total:
        return None
    drawn = columns(
        [(name, counted.get(name, 0), "high" if name in striking else "plain") for name in bins]
    )
    full, above = counted.get("100", 0), counted.get(">100", 0)
    said = f"共 {total:,} 个；{whole}的 {full:,} 个，占 {full / total:.1%}"
    if above:
        said += f"；超过 100 的 {above:,} 个"
    return Histogram(title, f"{across}，{BOUNDS}", "项目数", said, drawn)
