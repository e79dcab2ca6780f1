"""The four tables of an export, 疑点 项目 资金 指标, as queries over the published database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import duckdb
import pyarrow as pa

from pipeline.reviews import STATES, Review
from pipeline.selection import JOINS, Parameters, Selection, condition
from schemas import chinese
from schemas.tables import literal

ROWS_AT_ONCE = 50_000  # of a table: what one query joins and sorts, and so the memory it takes
ORIGINS: Final[Mapping[str, str]] = {"form": "自评表", "text": "正文"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export: its English name, its Chinese heading, its value in SQL.

    A column of a closed vocabulary also holds its words, which Stata keeps as value labels.
    """

    name: str
    chinese: str
    sql: str
    words: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of an export; `link` is the column by which the page shows a row.

    Its rows stand in the order of `order`, the row numbers of the table of the same name.
    """

    name: str
    chinese: str
    columns: tuple[Column, ...]
    source: str
    order: str
    link: str
    page: str


def worded(name: str, heading: str, sql: str, words: Mapping[str, str]) -> Column:
    """A column whose closed vocabulary is shown in Chinese."""
    return Column(name, heading, in_words(sql, words), words=tuple(words.values()))


def in_words(column: str, words: Mapping[str, str]) -> str:
    """SQL for the Chinese of a closed vocabulary.

    >>> in_words("f.unit", {"a": "甲"})
    "CASE f.unit WHEN 'a' THEN '甲' ELSE f.unit END"
    """
    cases = " ".join(f"WHEN {literal(word)} THEN {literal(said)}" for word, said in words.items())
    return f"CASE {column} {cases} ELSE {column} END"


PLACE = """
CASE WHEN e.locator.page IS NOT NULL THEN '第 ' || e.locator.page || ' 页'
     WHEN e.locator.path IS NOT NULL THEN e.locator.path
     WHEN e.locator.char_start IS NOT NULL
     THEN '第 ' || (e.locator.char_start + 1) || '–' || e.locator.char_end || ' 个字'
     ELSE '出处不明' END
"""
EVIDENCE = (
    "array_to_string(list_transform(f.evidence, lambda e: "
    f"e.role || '：' || e.quote || '（' || {PLACE} || '）'), '；')"
)
FINDINGS: Final = Sheet(
    "findings",
    "疑点",
    (
        Column("finding_id", "编号", "f.finding_id"),
        worded("severity", "程度", "f.severity", chinese.SEVERITIES),
        worded("kind", "类别", "f.kind", chinese.FINDING_KINDS),
        worded("confidence", "把握", "f.confidence", chinese.CONFIDENCES),
        Column("unit_name", "单位", "coalesce(p.unit, d.publisher)"),
        Column("project_name", "项目", "coalesce(p.project_name, d.title)"),
        Column("fiscal_year", "年度", "coalesce(p.fiscal_year, d.fiscal_year)"),
        Column("summary", "摘要", "f.summary"),
        Column("expected", "应为", "f.expected"),
        Column("actual", "实为", "f.actual"),
        Column("difference", "至少相差", "f.difference"),
        Column("unit", "计量单位", "f.unit"),
        Column("evidence", "证据", EVIDENCE),
        Column("basis", "依据", "f.basis"),
        Column("check_id", "检查", "f.check_id"),
        Column("file_name", "文件", "d.file_name"),
        worded("review_state", "复核", "coalesce(r.state, 'open')", STATES),
        Column("review_note", "复核说明", "r.note"),
        Column("project_id", "项目编号", "f.project_id"),
        Column("document_id", "文档编号", "f.document_id"),
    ),
    f"""FROM findings f {JOINS} LEFT JOIN (
          SELECT unnest($review_ids::VARCHAR[]) AS finding_id,
                 unnest($review_states::VARCHAR[]) AS state,
                 unnest($review_notes::VARCHAR[]) AS note
        ) r ON r.finding_id = f.finding_id""",
    "f.rowid",
    "finding_id",
    "findings",
)
PROJECTS: Final = Sheet(
    "projects",
    "项目",
    (
        Column("project_id", "项目编号", "p.project_id"),
        Column("unit_name", "单位", "p.unit"),
        Column("project_name", "项目", "p.project_name"),
        Column("fiscal_year", "年度", "p.fiscal_year"),
        worded("scope", "范围", "p.scope", chinese.SCOPES),
        Column("competent_department", "主管部门", "p.competent_department"),
        Column("score_total", "总得分", "p.score_total"),
        Column("weight_total", "总分值", "p.weight_total"),
        Column("rating", "评价等级", "p.rating"),
        worded("verified", "核验", "p.verified", chinese.VERIFICATIONS),
        Column("proofs", "核验依据", "array_to_string(p.proofs, '；')"),
        Column("goal_expected", "预期目标", "p.goal_expected"),
        Column("goal_actual", "实际完成情况", "p.goal_actual"),
        Column("file_name", "文件", "d.file_name"),
        Column("document_id", "文档编号", "p.document_id"),
    ),
    "FROM projects p JOIN documents d ON d.document_id = p.document_id",
    "p.rowid",
    "project_id",
    "projects",
)
FUNDS: Final = Sheet(
    "funds",
    "资金",
    (
        Column("fund_id", "资金编号", "u.fund_id"),
        Column("unit_name", "单位", "p.unit"),
        Column("project_name", "项目", "p.project_name"),
        Column("fiscal_year", "年度", "p.fiscal_year"),
        worded("origin", "出处类别", "u.origin", ORIGINS),
        worded("source", "来源类别", "u.source", chinese.SOURCES),
        Column("source_label", "来源名称", "u.source_label"),
        worded("stage", "阶段类别", "u.stage", chinese.STAGES),
        Column("stage_label", "阶段名称", "u.stage_label"),
        Column("amount", "金额（万元）", "u.amount"),
        Column("raw", "原文", "u.raw"),
        Column("unit", "印出的单位", "u.unit"),
        Column("project_id", "项目编号", "u.project_id"),
        Column("document_id", "文档编号", "u.document_id"),
    ),
    "FROM funds u JOIN projects p ON p.project_id = u.project_id",
    "u.rowid",
    "project_id",
    "projects",
)
INDICATORS: Final = Sheet(
    "indicators",
    "指标",
    (
        Column("indicator_id", "指标编号", "i.indicator_id"),
        Column("unit_name", "单位", "p.unit"),
        Column("project_name", "项目", "p.project_name"),
        Column("fiscal_year", "年度", "p.fiscal_year"),
        Column("level1", "一级指标", "i.level1"),
        Column("level2", "二级指标", "i.level2"),
        Column("level3", "三级指标", "i.level3"),
        Column("target_raw", "年度指标值", "i.target_raw"),
        Column("target_value", "目标值", "i.target_value"),
        Column("target_unit", "目标单位", "i.target_unit"),
        Column("actual_raw", "实际完成值", "i.actual_raw"),
        Column("actual_value", "完成值", "i.actual_value"),
        Column("actual_unit", "完成单位", "i.actual_unit"),
        Column("weight", "分值", "i.weight"),
        Column("completion_rate", "完成率", "i.completion_rate"),
        Column("score", "得分", "i.score"),
        Column("rule_raw", "赋分规则", "i.rule_raw"),
        Column("deviation_raw", "偏差原因", "i.deviation_raw"),
        Column("project_id", "项目编号", "i.project_id"),
        Column("document_id", "文档编号", "i.document_id"),
    ),
    "FROM indicators i JOIN projects p ON p.project_id = i.project_id",
    "i.rowid",
    "project_id",
    "projects",
)
SHEETS: Final = (FINDINGS, PROJECTS, FUNDS, INDICATORS)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one sheet, batch by batch, so that a million of them need little memory."""

    sheet: Sheet
    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]

    def tuples(self) -> Iterator[tuple[object, ...]]:
        """The rows as Python values."""
        for batch in self.batches:
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def rows_of(
    connection: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    chosen: Selection,
    reviews: Sequence[Review],
) -> Rows:
    """The chosen findings, or of another sheet the rows of the projects that have them."""
    sql, parameters = sheet_sql(sheet, chosen, reviews)
    # Whole stretches of the table, one after the other: a sort of a million rows takes gigabytes.
    last = connection.sql(f"SELECT coalesce(max(rowid), -1) FROM {sheet.name}").fetchall()[0][0]
    starts = range(0, last + 1, ROWS_AT_ONCE)

    def part(first: int, behind: int) -> pa.Table:
        window = {"first": first, "behind": behind}
        return connection.sql(sql, params=parameters | window).to_arrow_table()

    batches = (
        batch for first in starts for batch in part(first, first + ROWS_AT_ONCE).to_batches()
    )
    return Rows(sheet, part(0, 0).schema, batches)


def sheet_sql(sheet: Sheet, chosen: Selection, reviews: Sequence[Review]) -> tuple[str, Parameters]:
    """The query of one sheet from row $first of its table up to $behind, and its parameters."""
    where, parameters = condition(chosen, reviews)
    columns = ", ".join(f'{column.sql} AS "{column.name}"' for column in sheet.columns)
    if sheet is FINDINGS:
        parameters |= {
            "review_ids": [review.finding_id for review in reviews],
            "review_states": [review.state for review in reviews],
            "review_notes": [review.note for review in reviews],
        }
    elif where:
        where = f"WHERE p.project_id IN (SELECT f.project_id FROM findings f {where})"
    return (
        f"SELECT {columns} {sheet.source} {where or 'WHERE true'}"
        f" AND {sheet.order} >= $first AND {sheet.order} < $behind ORDER BY {sheet.order}",
        parameters,
    )
