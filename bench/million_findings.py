"""How fast the page answers over a million findings: `python -m bench.million_findings [FOLDER]`.

Asks for every filter in every order: the first page, one in the middle and the last. Prints for
each filter the median and the slowest in milliseconds, of first requests, when its list has to be
put in order, and of those after; then, with `--export`, time and memory of each export in a process
of its own. The target is a median below 300 ms on two cores.
"""

from __future__ import annotations

import argparse
import re
import resource
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table
from starlette.testclient import TestClient

from pipeline.export.run import export
from pipeline.selection import SORTS, Selection
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
FILTERS = (
    "", "severity=high", "kind=rate_mismatch", "confidence=likely", "state=open",
    "state=confirmed", "check=check_3", "year=2021", "unit=第77局", "unit=局", "text=99%",
    "text=第1234期", "text=执行率", "text=没有这几个字", "text=ABC",
    "year=2021&severity=high&severity=medium&kind=rate_mismatch&text=工程&unit=第1",
)  # fmt: skip
OTHERS = ("/", "/projects?page=200", "/projects?text=1234", "/documents?text=1234&page=2")
ROUNDS = 3
FORMS = ("csv", "parquet", "dta", "xlsx")


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
        for form in FORMS if options.export else ():
            target = Path(spare) / ("a.xlsx" if form == "xlsx" else form)
            with ProcessPoolExecutor(1, get_context("spawn")) as own:
                seconds, peak = own.submit(write, folder, form, target).result()
            print(f"{seconds:8.1f} s CPU {peak:8.0f} MB at most  {form}", flush=True)


def build(folder: Path) -> None:
    """A published folder with a million findings."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(folder / "jixiao.duckdb")) as connection:
        create_all(connection)
        for spec in TABLES:
            connection.execute(create_view(spec))
        connection.execute("SET enable_progress_bar = false")
        connection.execute(FILL)


def ask(folder: Path) -> None:
    """Time every request and print a line for each filter."""
    table = Table(title=f"{FINDINGS:,} findings, ms", title_justify="left", title_style="bold")
    table.add_column("request")
    for heading in ("first, median", "slowest", "later, median", "slowest"):
        table.add_column(heading, justify="right", no_wrap=True)
    all_first: list[float] = []
    all_later: list[float] = []
    with TestClient(create_app(folder), base_url="http://127.0.0.1") as client:
        for wanted in FILTERS:
            first, later = lists(client, wanted)
            table.add_row(wanted or "(all)", *shown(first), *shown(later))
            all_first += first
            all_later += later
        for path in OTHERS:
            first, later = [timed(client, path)], [timed(client, path) for _ in range(ROUNDS)]
            table.add_row(path, *shown(first), *shown(later))
    table.add_row("all lists", *shown(all_first), *shown(all_later), style="bold")
    Console(width=120).print(table)


def lists(client: TestClient, wanted: str) -> tuple[list[float], list[float]]:
    """Times of one filter in every order: of the first request for each order, and of the rest."""
    first, later = [], []
    for sort in SORTS:
        for turned in ("", "1"):
            path = f"/findings?{wanted}&sort={sort}&desc={turned}&page="
            first.append(timed(client, f"{path}1"))
            last = pages(client.get(f"{path}1").text)
            for page in {1, (last + 1) // 2, last}:
                later += [timed(client, f"{path}{page}") for _ in range(ROUNDS)]
    return first, later


def pages(answer: str) -> int:
    """How many pages a list says it has."""
    found = re.search(r"第 [\d,]+ / ([\d,]+) 页", answer)
    return int(found[1].replace(",", "")) if found else 1


def shown(times: list[float]) -> tuple[str, str]:
    """The median and the greatest."""
    return f"{statistics.median(times):.0f}", f"{max(times):.0f}"


def timed(client: TestClient, path: str) -> float:
    """How long one request takes, in milliseconds."""
    start = time.perf_counter()
    client.get(path).raise_for_status()
    return (time.perf_counter() - start) * 1000


def write(folder: Path, form: str, path: Path) -> tuple[float, float]:
    """Write one export; returns CPU seconds and the most memory in MB."""
    start = time.process_time()
    list(export(folder, Selection(), **{form: path}))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.process_time() - start, peak


if __name__ == "__main__":
    main()
