"""How fast the page answers over a million findings: `python bench/million_findings.py [FOLDER]`.

Prints the median and the slowest of several kinds of requests in milliseconds, then, with
`--export`, the time and memory of each export. The target is a median below 300 ms on two cores.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from pathlib import Path

import duckdb
from starlette.testclient import TestClient

from pipeline.export.run import export
from pipeline.selection import Selection
from pipeline.web.app import create_app
from schemas.tables import TABLES, create_all, create_view

FINDINGS, PROJECTS, DOCUMENTS, UNITS = 1_000_000, 200_000, 50_000, 4_000
LOCATOR = "{'page': NULL, 'bbox': NULL, 'char_start': 10, 'char_end': 16, 'path': NULL}"
FILL = f"""
INSERT INTO documents BY NAME
SELECT sha256(i::VARCHAR) AS document_id, '报告' || i || '.txt' AS file_name,
       ['报告' || i || '.txt'] AS source_uris, 'text/plain' AS media_type, 1000 AS size_bytes,
       '第' || i % {UNITS} || '局' AS publisher, 2018 + i % 7 AS fiscal_year,
       'project_report' AS document_kind, 'ok' AS status, 'bench' AS extractor_version
FROM range({DOCUMENTS}) t(i);
INSERT INTO projects BY NAME
SELECT left(sha256((i % {DOCUMENTS})::VARCHAR), 16) || '.p' || (i // {DOCUMENTS} + 1) AS project_id,
       sha256((i % {DOCUMENTS})::VARCHAR) AS document_id, i // {DOCUMENTS} + 1 AS ordinal,
       'project' AS scope, '渠道清淤工程第' || i || '期' AS project_name,
       '第' || i % {UNITS} || '局' AS unit, 2018 + i % 7 AS fiscal_year, true AS has_form,
       'proved' AS verified, 100 - i % 20 AS score_total, 100 AS weight_total, {LOCATOR} AS locator
FROM range({PROJECTS}) t(i);
INSERT INTO funds BY NAME
SELECT p.project_id || '.f' || s.n AS fund_id, p.project_id, p.document_id, s.n AS ordinal,
       'form' AS origin, 'total' AS source, '年度资金总额' AS source_label, s.stage,
       s.stage AS stage_label, 100 + p.ordinal * s.n AS amount, 0.01 AS resolution,
       '100.00' AS raw, '万元' AS unit, {LOCATOR} AS locator
FROM projects p, (VALUES (1, 'annual_budget'), (2, 'executed')) s(n, stage);
INSERT INTO findings BY NAME
SELECT 'f' || left(sha256('f' || i), 16) AS finding_id, 'check_' || i % 20 AS check_id,
       (['rate_mismatch', 'score_mismatch', 'year_mismatch', 'other'])[i % 4 + 1] AS kind,
       (['high', 'medium', 'low'])[i % 3 + 1] AS severity,
       sha256((i % {DOCUMENTS})::VARCHAR) AS document_id,
       left(sha256((i % {DOCUMENTS})::VARCHAR), 16) || '.p' || (i % {PROJECTS} // {DOCUMENTS} + 1)
         AS project_id,
       '年度资金总额执行率印为 ' || i % 100 || '%，而执行数 ÷ 全年预算数 = ' || i % 97 || '%'
         AS summary,
       'likely' AS confidence, i % 100 AS expected, i % 97 AS actual, i % 13 AS difference,
       '%' AS unit,
       [{{'role': '执行率', 'quote': '96.5%', 'locator': {LOCATOR}}}] AS evidence,
       '财预〔2020〕10号' AS basis
FROM range({FINDINGS}) t(i)
"""
REQUESTS = (
    "/findings",
    "/findings?severity=high",
    "/findings?kind=rate_mismatch&page=100",
    "/findings?unit=第77局",
    "/findings?year=2021&severity=high&severity=medium",
    "/findings?text=99%",
    "/findings?text=第1234期",
    "/findings?sort=difference&desc=1",
    "/findings?sort=unit",
    "/findings?sort=year&page=500",
    "/findings?page=19999",
    "/findings?state=open",
    "/",
)
ROUNDS = 7


def main() -> None:
    """Build the tables where they are missing, ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--export", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        folder = options.folder or Path(spare)
        if not (folder / "jixiao.duckdb").exists():
            build(folder)
        ask(folder)
        if options.export:
            write(folder, Path(spare))


def build(folder: Path) -> None:
    """A published folder with a million findings."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(folder / "jixiao.duckdb")) as connection:
        create_all(connection)
        for spec in TABLES:
            connection.execute(create_view(spec))
        connection.execute(FILL)


def ask(folder: Path) -> None:
    """Time each request: the first, when nothing is known yet, and the median of the others."""
    medians = []
    with TestClient(create_app(folder), base_url="http://127.0.0.1") as client:
        for path in REQUESTS:
            taken = [timed(client, path) for _ in range(ROUNDS)]
            medians.append(statistics.median(taken[1:]))
            print(f"{taken[0]:8.0f} ms first {medians[-1]:8.0f} ms median  {path}", flush=True)
    print(f"{statistics.median(medians):8.0f} ms median of all, {max(medians):.0f} ms slowest")


def timed(client: TestClient, path: str) -> float:
    """How long one request takes, in milliseconds."""
    start = time.perf_counter()
    client.get(path).raise_for_status()
    return (time.perf_counter() - start) * 1000


def write(folder: Path, target: Path) -> None:
    """Time each export and print the most memory the process has needed so far."""
    for form in ("csv", "parquet", "xlsx", "dta"):
        path = target / ("a.xlsx" if form == "xlsx" else form)
        start = time.perf_counter()
        list(export(folder, Selection(), **{form: path}))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{time.perf_counter() - start:8.1f} s {peak:8.0f} MB at most  {form}", flush=True)


if __name__ == "__main__":
    main()
