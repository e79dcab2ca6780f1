"""Closed vocabularies of the contract. A new word here is a change of the contract."""

from __future__ import annotations

from typing import Literal

Status = Literal["ok", "partial", "failed"]
DocumentKind = Literal["project_report", "department_accounts", "form", "other"]
Scope = Literal["project", "department"]
Verified = Literal["proved", "unproved", "disproved"]
Origin = Literal["form", "text"]
Source = Literal[
    "total", "fiscal", "superior", "own_level", "carryover", "other", "component"
]
Stage = Literal[
    "initial_budget",
    "adjustment",
    "annual_budget",
    "appropriated",
    "executed",
    "balance",
    "carried_forward",
    "reclaimed",
    "quota_balance",
]
Operator = Literal["=", ">=", "<=", ">", "<"]
ValueKind = Literal["number", "percent", "date", "text"]
IndicatorKind = Literal[
    "input",
    "process",
    "output",
    "benefit",
    "satisfaction",
    "cost",
    "quantity",
    "quality",
    "timeliness",
    "economic",
    "social",
    "ecological",
    "sustainability",
    "influence",
    "other",
]
Severity = Literal["high", "medium", "low"]
Confidence = Literal["proved", "likely", "review"]
FindingKind = Literal[
    "executed_exceeds_budget",
    "parts_do_not_sum",
    "table_vs_text",
    "text_vs_text",
    "rate_mismatch",
    "score_mismatch",
    "total_score_mismatch",
    "weight_total_mismatch",
    "unmet_but_full_score",
    "unit_mismatch",
    "missing_value",
    "year_mismatch",
    "copied_text",
    "name_mismatch",
    "date_order",
    "department_vs_projects",
    "template_text_left",
    "other",
]
Subject = Literal["indicator", "funds", "total"]
Verdict = Literal["agrees", "differs", "not_scorable"]
Outcome = Literal["read", "unchanged", "failed", "retired"]
StatusCode = Literal[  # why a document was not read, or not wholly; the Chinese reason says it
    "encrypted",
    "truncated",
    "damaged",
    "empty",
    "unsupported",
    "needs_ocr",
    "oversized",
    "hostile",
    "time_limit",
    "memory_limit",
    "parser_died",
    "defect",
    "not_opened",
    "nothing_found",
    "partly_read",
]
