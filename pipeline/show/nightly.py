"""What the commands for unattended runs print: `status`, `verify`, `diff`."""

from __future__ import annotations

import duckdb
from rich.text import Text

from pipeline.compare import Difference
from pipeline.show.database import Answer, select
from pipeline.show.screen import Format, console, grid, write_answer
from pipeline.verify import Verified
from schemas.chinese import STATUSES

LISTED = 20  # rows of each part on a terminal; csv and json have all
CHANGES = {"added": "新增", "removed": "去掉", "changed": "改动"}

RUNS = """
    SELECT started_at AS 开始, round(date_diff('ms', started_at, finished_at) / 1000, 1) AS 用时秒,
           documents_seen AS 文档, documents_new AS 新读, documents_changed AS 改动,
           documents_renamed AS 改名, documents_retired AS 撤下, documents_duplicate AS 重复,
           documents_retried AS 重试, documents_upgraded AS 升级, documents_outdated AS 旧版,
           documents_failed AS 失败, run_id AS 批次
    FROM runs ORDER BY started_at DESC LIMIT 10"""
FAILURES = """
    SELECT status AS 状态, coalesce(status_code, '') AS 代码, count(*) AS 份数,
           any_value(status_reason) AS 例如
    FROM documents WHERE status <> 'ok' GROUP BY 1, 2 ORDER BY 3 DESC, 2"""
SLOWEST = """
    SELECT round(max(seconds), 2) AS 秒, any_value(source_uri) AS 文件
    FROM ingests WHERE outcome IN ('read', 'failed')
    GROUP BY document_id, run_id ORDER BY 1 DESC, 2 LIMIT 10"""


def show_status(connection: duckdb.DuckDBPyConnection, form: Format) -> None:
    """Write the last runs, the failures by reason and the slowest documents."""
    if form != "table":
        write_answer(select(connection, RUNS), form)
        return
    out = console()
    queries = (("最近的批次", RUNS), ("没有读全的文档", FAILURES), ("最慢的文档", SLOWEST))
    for title, query in queries:
        answer = select(connection, query)
        rows = [tuple(_worded(value) for value in row) for row in answer.rows]
        out.print(Text(f"{title}" if rows else f"{title}：无", style="bold"))
        if rows:
            out.print(grid(answer.names, rows))


def _worded(value: object) -> object:
    return STATUSES.get(value, value) if isinstance(value, str) else value


def show_verified(verified: Verified, folder: str) -> None:
    """Write whether a published folder is whole."""
    out = console()
    if not verified.faults:
        out.print(f"完好：{verified.files} 个文件，{verified.rows} 行，与 datapackage.json 一致")
        return
    out.print(f"{folder} 有 {len(verified.faults)} 处不符")
    out.print(grid(("文件", "问题"), [(fault.path, fault.reason) for fault in verified.faults]))


def show_difference(difference: Difference, form: Format) -> None:
    """Write what changed between two published folders."""
    rows: list[tuple[str | None, ...]] = [
        ("表", "changed", each.table, f"{each.rows_old} 行", f"{each.rows_new} 行")
        for each in difference.tables
    ]
    rows += [("文档", row.change, row.name, row.old, row.new) for row in difference.documents]
    rows += [("疑点", row.change, row.name, row.old, row.new) for row in difference.findings]
    names = ("对象", "变化", "名称", "原来", "现在")
    if form != "table":
        write_answer(Answer(names, iter(rows)), form)
        return
    out = console()
    if difference.is_empty:
        out.print("两次结果相同")
        return
    _show_tables(difference)
    for title, changes in (("文档", difference.documents), ("疑点", difference.findings)):
        if not changes:
            continue
        out.print(Text(f"\n{title}（{len(changes)}）", style="bold"))
        shown = [(CHANGES[row.change], row.name, row.old, row.new) for row in changes[:LISTED]]
        out.print(grid(names[1:], shown))
        if len(changes) > LISTED:
            out.print(f"还有 {len(changes) - LISTED} 条，用 --format csv 看全部")


def _show_tables(difference: Difference) -> None:
    out = console()
    head = ("表", "原有行", "现有行", "只在原来", "只在现在")
    cells = [
        (each.table, each.rows_old, each.rows_new, each.only_old, each.only_new)
        for each in difference.tables
    ]
    out.print(grid(head, cells))
