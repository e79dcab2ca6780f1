"""Fills the contract tables from partial rows, as the fixtures of checks write them.

A fixture gives what matters: `{stage = "executed", amount = "120"}`. Everything else has a
default, and what the reader would have recorded beside a printed figure (raw, last digit, Chinese
label) is derived from the string that stands in the fixture.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from schemas import ids
from schemas.arrow import to_arrow
from schemas.chinese import STAGES
from schemas.columns import CellSource, Locator
from schemas.tables import TableSpec, create_all, table

DOCUMENT = ids.document_id(b"case")
BY_DOCUMENT = ("projects", "documents", "sections", "account_lines")
FIGURES_WITH_DIGITS = {
    "amount": "resolution",
    "target_value": "target_resolution",
    "actual_value": "actual_resolution",
    "weight": "weight_resolution",
    "score": "score_resolution",
    "completion_rate": "completion_resolution",
    "execution_rate": "rate_resolution",
    "score_total": "score_total_resolution",
    "value": "resolution",
}
LABELS = {
    "total": "年度资金总额",
    "fiscal": "其中：当年财政拨款",
    "other": "其他资金",
    "superior": "上级资金",
    "own_level": "本级资金",
    "carryover": "上年结转资金",
    "component": "基本支出",
}
DEFAULTS: dict[str, dict[str, Any]] = {
    "documents": {
        "file_name": "案例.txt",
        "source_uris": (),
        "media_type": "text/plain",
        "size_bytes": 1,
        "document_kind": "form",
        "status": "ok",
        "extractor_version": "0",
    },
    "projects": {
        "scope": "project",
        "project_name": "示例项目",
        "has_form": True,
        "verified": "unproved",
        "proofs": (),
        "fiscal_year": 2024,
    },
    "funds": {"origin": "form", "source": "total", "unit": "万元", "raw": ""},
    "fund_scores": {"source": "total"},
    "indicators": {"level3": "示例指标"},
    "sections": {"level": 1, "text": ""},
    "rejects": {"reason": "未读出", "raw": "？"},
    "claims": {"kind": "execution_rate", "raw": "执行率", "unit": "%"},
    "account_lines": {"label": "支出总计", "stage": "executed", "raw": ""},
    "scoring_rules": {"raw": "评分规则"},
}


def resolution(printed: str) -> Decimal:
    """The size of the last printed digit.

    >>> resolution("1,053.78")
    Decimal('0.01')
    """
    _, _, decimals = printed.partition(".")
    return Decimal(1).scaleb(-len(decimals))


def document_of(number: int) -> str:
    """The identifier of a document of a case, by its number from 1."""
    return DOCUMENT if number == 1 else ids.document_id(f"case {number}".encode())


def fill(connection: duckdb.DuckDBPyConnection, case: Mapping[str, Any]) -> None:
    """Create the contract tables and insert a case, by default of one document and one project."""
    create_all(connection)
    tables = {name: rows for name, rows in case.items() if name in DEFAULTS}
    tables.setdefault("documents", [{}])
    tables.setdefault("projects", [{}])
    for name in DEFAULTS:
        spec = table(name)
        counts: dict[str, int] = {}
        rows = tuple(_record(spec, dict(row), counts) for row in tables.get(name, ()))
        if rows:
            connection.register("new_rows", to_arrow(spec, rows))
            connection.execute(f"INSERT INTO {name} SELECT * FROM new_rows")
            connection.unregister("new_rows")


def _record(spec: TableSpec, row: dict[str, Any], counts: dict[str, int]) -> Any:
    """A record of a partial row; `document`, `project` and `indicator` name others by ordinal."""
    document = document_of(row.pop("document", 1))
    project = ids.project_id(document, row.pop("project", 1))
    owner = document if spec.name in BY_DOCUMENT else project
    counts[owner] = counts.get(owner, 0) + 1
    ordinal = row.pop("ordinal", counts[owner])
    values: dict[str, Any] = {
        "document_id": document,
        "project_id": project,
        "ordinal": ordinal,
        "cells": (),
    }
    values["locator"] = Locator(path=f"{spec.name}/row[{ordinal}]")
    if spec.name == "projects":
        values["project_id"] = ids.project_id(document, ordinal)
    values["fund_id"] = ids.fund_id(project, ordinal)
    values["section_id"] = ids.section_id(document, ordinal)
    values["claim_id"] = ids.claim_id(document, ordinal)
    values["account_id"] = ids.account_id(document, ordinal)
    values["rule_id"] = ids.rule_id(document, ordinal)
    number = row.pop("indicator", ordinal)
    values["indicator_id"] = ids.indicator_id(project, number)
    values |= DEFAULTS[spec.name] | _derived(spec.name, row) | row
    fields = {field.name: values.get(field.name) for field in dataclasses.fields(spec.record)}
    unknown = set(row) - set(fields)
    if unknown:
        raise KeyError(f"{spec.name} has no column {sorted(unknown)}")
    return spec.record(**{name: _typed(spec, name, value) for name, value in fields.items()})


def _derived(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    derived: dict[str, Any] = {}
    for figure, digit in FIGURES_WITH_DIGITS.items():
        if isinstance(row.get(figure), str):
            derived[digit] = resolution(row[figure])
    if name == "funds":
        stage = row["stage"]
        derived["stage_label"] = STAGES[stage]
        derived["raw"] = row.get("amount", "")
    if name in ("funds", "fund_scores"):
        derived["source_label"] = LABELS[row.get("source", "total")]
    if name == "indicators":
        derived["cells"] = tuple(
            CellSource(column, row[column], Locator(path=f"cell/{column}"))
            for column in ("target_raw", "actual_raw")
            if column in row
        )
        for side in ("target", "actual"):
            if f"{side}_value" in row:
                derived[f"{side}_kind"] = "percent" if row.get(f"{side}_unit") == "%" else "number"
            elif f"{side}_date" in row:
                derived[f"{side}_kind"] = "date"
    return derived


def _typed(spec: TableSpec, name: str, value: Any) -> Any:
    kind = next(column.sql for column in spec.columns if column.attribute == name)
    if isinstance(value, str) and kind.startswith("DECIMAL"):
        return Decimal(value)
    if isinstance(value, str) and kind == "DATE":
        return date.fromisoformat(value)
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
