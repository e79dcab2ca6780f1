"""The records that are made from the published tables: scores, findings, runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated as A

from schemas.columns import Column, Evidence, Percent, Points, SqlType
from schemas.vocabulary import (
    Confidence,
    FindingKind,
    Outcome,
    Severity,
    StatusCode,
    Subject,
    Verdict,
)

C = Column
Figure = A[Decimal, SqlType("DECIMAL(28,8)")]


@dataclass(frozen=True, slots=True)
class Score:
    """重算得分: one rescoring of an indicator, a fund line or a total."""

    project_id: A[str, C("项目编号", "The project.")]
    indicator_id: A[str | None, C("指标编号", "The indicator; NULL for funds and totals.")]
    subject: A[Subject, C("对象", "indicator, funds or total.")]
    source_label: A[str | None, C("来源名称", "Label of the line of funds; NULL for the rest.")]
    rule_id: A[str | None, C("规则编号", "Rule that was applied.")]
    completion_rate: A[Percent | None, C("完成率", "Completion in percent points.")]
    score_low: A[Points | None, C("得分下限", "Lowest score that rounding allows.")]
    score_high: A[Points | None, C("得分上限", "Highest score that rounding allows.")]
    reported_score: A[Points | None, C("自报得分", "Score as reported.")]
    difference: A[Points | None, C("差额", "Gap that rounding cannot explain.")]
    verdict: A[Verdict, C("结论", "agrees, differs or not_scorable.")]
    explanation: A[str, C("说明", "The reasoning in one Chinese sentence.")]


@dataclass(frozen=True, slots=True)
class Finding:
    """疑点: one contradiction or anomaly."""

    finding_id: A[str, C("疑点编号", "Stable identifier.")]
    check_id: A[str, C("检查编号", "Check that found it.")]
    kind: A[FindingKind, C("类别", "Kind of contradiction.")]
    severity: A[Severity, C("严重程度", "high, medium or low.")]
    document_id: A[str, C("文档编号", "The document.")]
    project_id: A[str | None, C("项目编号", "The project; NULL for the whole document.")]
    indicator_id: A[str | None, C("指标编号", "The indicator, if one.")]
    summary: A[str, C("摘要", "One Chinese sentence with the figures.")]
    confidence: A[Confidence, C("把握", "proved, likely or review.")]
    expected: A[Figure | None, C("应为", "Figure expected.")]
    actual: A[Figure | None, C("实为", "Figure found.")]
    difference: A[Figure | None, C("差额", "Gap that no rounding explains.")]
    unit: A[str | None, C("单位", "Unit of the figures.")]
    evidence: A[tuple[Evidence, ...], C("证据", "Every place that proves it.")]
    basis: A[str | None, C("依据", "Rule it rests on, with its 文号.")]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """检查结果: what one check did for one project or document."""

    check_id: A[str, C("检查编号", "The check.")]
    document_id: A[str, C("文档编号", "The document.")]
    project_id: A[str | None, C("项目编号", "The project; NULL for the whole document.")]
    applied: A[int, C("适用数", "Rows the check applied to.")]
    held: A[int, C("通过数", "Rows that held.")]
    broken: A[int, C("不符数", "Rows that did not hold.")]
    not_judged: A[int, C("未判数", "Rows that could not be judged.")]
    reason: A[str | None, C("说明", "Why rows could not be judged, or why none applied.")]


@dataclass(frozen=True, slots=True)
class Ingest:
    """读取: one reading of one document in one run."""

    document_id: A[str | None, C("文档编号", "The document; NULL if its bytes were not readable.")]
    run_id: A[str, C("批次编号", "The run.")]
    source_uri: A[str, C("来源", "Path or URI it was given under.")]
    outcome: A[Outcome, C("结果", "read, unchanged, failed or retired.")]
    reason: A[str | None, C("原因", "Why it failed.")]
    seconds: A[float, C("耗时秒", "Seconds it took.")]
    ingested_at: A[datetime, C("读取时间", "When, in UTC.")]
    reason_code: A[StatusCode | None, C("原因代码", "Why it failed, for programs.")] = None


@dataclass(frozen=True, slots=True)
class Run:
    """批次: one ingest run."""

    run_id: A[str, C("批次编号", "Identifier of the run.")]
    started_at: A[datetime, C("开始时间", "In UTC.")]
    finished_at: A[datetime | None, C("结束时间", "In UTC; NULL while running.")]
    documents_seen: A[int, C("文档数", "Sources given.")]
    documents_new: A[int, C("新读数", "Documents read in this run.")]
    documents_unchanged: A[int, C("未变数", "Documents already read.")]
    documents_failed: A[int, C("失败数", "Documents that could not be read.")]
    extractor_version: A[str, C("抽取版本", "Version of code and glossary.")]
    options: A[str, C("选项", "Options of the run as JSON.")]
    documents_changed: A[int, C("改动数", "Sources whose content is another than before.")] = 0
    documents_renamed: A[int, C("改名数", "Sources new by name, known by content.")] = 0
    documents_retired: A[int, C("撤下数", "Documents whose source is gone.")] = 0
    documents_duplicate: A[int, C("重复数", "Sources given whose content another one has.")] = 0
    documents_retried: A[int, C("重试数", "Documents that had failed, read again.")] = 0
    documents_upgraded: A[int, C("升级数", "Documents of another version, read again.")] = 0
    documents_outdated: A[int, C("旧版数", "Documents another version read, not read again.")] = 0
