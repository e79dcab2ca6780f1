"""The Chinese of every closed vocabulary, for people; the tables keep the English words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SEVERITIES: Final[Mapping[str, str]] = {"high": "高", "medium": "中", "low": "低"}
CONFIDENCES: Final[Mapping[str, str]] = {"proved": "已证实", "likely": "很可能", "review": "待复核"}
STATUSES: Final[Mapping[str, str]] = {"ok": "已读", "partial": "部分读出", "failed": "未能读取"}
VERIFICATIONS: Final[Mapping[str, str]] = {
    "proved": "已核验",
    "unproved": "无从核验",
    "disproved": "核验不符",
}
DOCUMENT_KINDS: Final[Mapping[str, str]] = {
    "project_report": "绩效自评报告",
    "department_accounts": "部门决算",
    "form": "自评表",
    "other": "其他",
}
SCOPES: Final[Mapping[str, str]] = {"project": "项目支出", "department": "部门整体支出"}
SOURCES: Final[Mapping[str, str]] = {
    "total": "年度资金总额",
    "fiscal": "财政拨款",
    "superior": "上级资金",
    "own_level": "本级资金",
    "carryover": "上年结转",
    "other": "其他资金",
    "component": "其中",
}
STAGES: Final[Mapping[str, str]] = {
    "initial_budget": "年初预算数",
    "adjustment": "预算调整",
    "annual_budget": "全年预算数",
    "appropriated": "到位",
    "executed": "全年执行数",
    "balance": "结余",
    "carried_forward": "结转下年",
    "reclaimed": "收回",
    "quota_balance": "指标结余",
}
FINDING_KINDS: Final[Mapping[str, str]] = {
    "executed_exceeds_budget": "执行超预算",
    "parts_do_not_sum": "分项不合计",
    "table_vs_text": "表文不一",
    "text_vs_text": "前后文不一",
    "rate_mismatch": "比率不符",
    "score_mismatch": "得分不符",
    "total_score_mismatch": "总分不符",
    "weight_total_mismatch": "分值合计不符",
    "unmet_but_full_score": "未完成得满分",
    "unit_mismatch": "单位不一",
    "missing_value": "缺少数值",
    "year_mismatch": "年度不一",
    "copied_text": "文字雷同",
    "name_mismatch": "名称不一",
    "date_order": "日期先后不合",
    "department_vs_projects": "部门与项目不一",
    "template_text_left": "遗留模板文字",
    "other": "其他",
}


def place(page: int | None, path: str | None, start: int | None, end: int | None) -> str:
    """Where a value stands, in words.

    >>> place(3, None, None, None)
    '第 3 页'
    >>> place(None, "table[3]/row[5]/cell[2]", None, None)
    'table[3]/row[5]/cell[2]'
    >>> place(None, None, 120, 126)
    '第 121–126 个字'
    """
    if page is not None:
        return f"第 {page} 页"
    if path is not None:
        return path
    if start is not None and end is not None:
        return f"第 {start + 1}–{end} 个字" if end > start else f"第 {start + 1} 个字处"
    return "出处不明"
