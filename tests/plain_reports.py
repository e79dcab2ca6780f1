"""An extractor for tests: lines `项目 金额`, and words that make it fail in each known way."""

from __future__ import annotations

import dataclasses
import os
import time
from decimal import Decimal, InvalidOperation

from schemas import ids
from schemas.columns import CellSource, Locator
from schemas.records import Document, Extraction, Fund, Indicator, Project, Reject

MEMBERS = b"ARCHIVE"  # first line of a file that stands for an archive; members are lines `名=文本`


def extract(data: bytes, name: str) -> tuple[Extraction, ...]:
    """The documents of a file in the test language."""
    if b"ABORT" in data:
        os.abort()
    if b"HANG" in data:
        time.sleep(600)
    if b"DEFECT" in data:
        raise IndexError("列表越界")
    if data.startswith(MEMBERS):
        lines = data.decode().splitlines()[1:]
        pairs = (line.partition("=") for line in lines)
        return tuple(one(text.encode(), f"{name}!{member}") for member, _, text in pairs)
    return (one(data, name),)


def slowly(data: bytes, name: str) -> tuple[Extraction, ...]:
    """The same, slow enough for something to happen on the way."""
    time.sleep(0.02)
    return extract(data, name)


def one(data: bytes, name: str) -> Extraction:
    """One document."""
    identifier = ids.document_id(data)
    try:
        lines = data.decode().splitlines()
    except UnicodeDecodeError:
        return Extraction(document(identifier, name, len(data), "failed", "不是文本"))
    if not lines:
        return Extraction(document(identifier, name, 0, "failed", "文件是空的"))
    projects, funds, indicators, rejects = [], [], [], []
    year: int | None = 2024
    for ordinal, line in enumerate(lines, start=1):
        label, _, raw = line.partition(" ")
        if label == "年度":
            year = int(raw) or None
        place = Locator(char_start=0, char_end=len(line))
        project = ids.project_id(identifier, ordinal)
        projects.append(a_project(project, identifier, ordinal, label, place))
        try:
            amount = Decimal(raw)
        except InvalidOperation:
            rejects.append(Reject(identifier, project, "金额无法识别", raw, place))
            continue
        funds.append(a_fund(project, identifier, 1, amount, raw, place))
        indicators.append(an_indicator(project, identifier, 1, label, place))
    status, reason = ("partial", "有金额未读出") if rejects else ("ok", None)
    return Extraction(
        dataclasses.replace(
            document(identifier, name, len(data), status, reason), fiscal_year=year
        ),
        projects=tuple(projects),
        funds=tuple(funds),
        indicators=tuple(indicators),
        rejects=tuple(rejects),
    )


def document(identifier: str, name: str, size: int, status: str, reason: str | None) -> Document:
    """A document row."""
    return Document(
        document_id=identifier,
        file_name=name,
        source_uris=(name,),
        media_type="text/plain",
        size_bytes=size,
        page_count=None,
        title=None,
        publisher=None,
        region=None,
        fiscal_year=2024,
        document_kind="form",
        status=status,  # type: ignore[arg-type]
        status_reason=reason,
        extractor_version="",
    )


def a_project(identifier: str, parent: str, ordinal: int, name: str, place: Locator) -> Project:
    """A project row."""
    values = dict.fromkeys(field.name for field in dataclasses.fields(Project))
    return Project(
        **values  # type: ignore[arg-type]
        | {
            "project_id": identifier,
            "document_id": parent,
            "ordinal": ordinal,
            "scope": "project",
            "project_name": name,
            "has_form": True,
            "verified": "unproved",
            "proofs": ("资金合计相符",),
            "cells": (CellSource("project_name", name, place),),
            "locator": place,
        }
    )


def a_fund(
    project: str, parent: str, ordinal: int, amount: Decimal | None, raw: str, place: Locator
) -> Fund:
    """A funds row."""
    return Fund(
        fund_id=ids.fund_id(project, ordinal),
        project_id=project,
        document_id=parent,
        ordinal=ordinal,
        origin="form",
        source="total",
        source_label="总额",
        stage="executed",
        stage_label="执行数",
        amount=amount,
        resolution=Decimal("0.01"),
        raw=raw,
        unit="万元",
        locator=place,
    )


def an_indicator(project: str, parent: str, ordinal: int, name: str, place: Locator) -> Indicator:
    """An indicator row."""
    values = dict.fromkeys(field.name for field in dataclasses.fields(Indicator))
    return Indicator(
        **values  # type: ignore[arg-type]
        | {
            "indicator_id": ids.indicator_id(project, ordinal),
            "project_id": project,
            "document_id": parent,
            "ordinal": ordinal,
            "level3": name,
            "cells": (),
            "locator": place,
        }
    )


@dataclasses.dataclass(frozen=True)
class Report:
    """What a reconciler returns."""

    failed: tuple[str, ...] = ()
    documents: int = 0


def no_checks(connection: object, checks: object, known: object) -> Report:
    """A reconciler that finds nothing."""
    return Report()
