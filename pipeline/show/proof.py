"""One published thing by its id: what was read, and the place in the original that proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import duckdb
from rich.console import Console
from rich.text import Text

from pipeline.errors import UserError
from pipeline.show.database import records
from pipeline.show.original import Original, folders_of, line_number, open_original, quote
from pipeline.show.plain import figure, printable, to_text
from pipeline.show.screen import console, grid, sheet
from schemas import chinese
from schemas.columns import Locator
from schemas.tables import table

ID_COLUMNS: Final = (
    ("findings", "finding_id"),
    ("documents", "document_id"),
    ("projects", "project_id"),
    ("funds", "fund_id"),
    ("indicators", "indicator_id"),
    ("sections", "section_id"),
    ("account_lines", "account_id"),
    ("claims", "claim_id"),
    ("scoring_rules", "rule_id"),
)
SHORTEST_PREFIX = 4
CANDIDATES = 5
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "severity": chinese.SEVERITIES,
    "confidence": chinese.CONFIDENCES,
    "kind": chinese.FINDING_KINDS,
    "status": chinese.STATUSES,
    "document_kind": chinese.DOCUMENT_KINDS,
    "verified": chinese.VERIFICATIONS,
    "scope": chinese.SCOPES,
    "source": chinese.SOURCES,
    "stage": chinese.STAGES,
}
Row = Mapping[str, Any]


def show(connection: duckdb.DuckDBPyConnection, identifier: str) -> None:
    """Write the finding, document, project, indicator, amount or passage with this id."""
    name, row = find(connection, identifier)
    out = console()
    if name == "findings":
        _finding(connection, row, out)
        return
    out.print(_title(f"{table(name).chinese} {row[dict(ID_COLUMNS)[name]]}"))
    out.print(sheet(_fields(name, row)))
    if name == "documents":
        _projects(connection, row, out)
        _findings(connection, "document_id", row, out)
    elif name == "projects":
        _parts_of_project(connection, row, out)
        _findings(connection, "project_id", row, out)
    elif row["locator"] is not None and row["document_id"] is not None:
        _place(out, _original(connection, row), locator_of(row["locator"]))


def find(connection: duckdb.DuckDBPyConnection, identifier: str) -> tuple[str, Row]:
    """The table and the row of an id, which may be cut short as long as it stays unique."""
    head, dot, rest = identifier.strip().partition(".")
    found: list[tuple[str, str]] = []
    for name, column in ID_COLUMNS:
        sql = f"""
            SELECT {column} AS id FROM {name}
            WHERE {column} = $whole OR (length($head) >= $shortest AND starts_with({column}, $head)
              AND regexp_replace({column}, '^[^.]*', '') = $tail)
            ORDER BY {column} <> $whole, {column} LIMIT $limit
        """
        parameters = {
            "whole": identifier.strip(),
            "head": head,
            "tail": dot + rest,
            "shortest": SHORTEST_PREFIX,
            "limit": CANDIDATES + 1,
        }
        found += [(name, str(hit["id"])) for hit in records(connection, sql, parameters)]
    exact = [hit for hit in found if hit[1] == identifier.strip()]
    hits = exact or found
    if not hits:
        raise UserError(f"没有编号为 {identifier} 的疑点、文档、项目、指标或资金")
    if len(hits) > 1:
        some = "、".join(each for _, each in hits[:CANDIDATES])
        raise UserError(f"编号 {identifier} 不止一个，请写全：{some}")
    name, whole = hits[0]
    sql = f"SELECT * FROM {name} WHERE {dict(ID_COLUMNS)[name]} = $id"
    return name, records(connection, sql, {"id": whole})[0]


def locator_of(value: Mapping[str, Any]) -> Locator:
    """The locator that a published STRUCT holds."""
    bbox = value["bbox"]
    return Locator(
        page=value["page"],
        bbox=tuple(bbox) if bbox is not None else None,
        char_start=value["char_start"],
        char_end=value["char_end"],
        path=value["path"],
    )


def _finding(connection: duckdb.DuckDBPyConnection, row: Row, out: Console) -> None:
    out.print(_title(f"疑点 {row['finding_id']}"))
    out.print(Text(printable(row["summary"]), style="bold"))
    words = (WORDS[key][row[key]] for key in ("severity", "kind", "confidence"))
    project = _project(connection, row["project_id"])
    original = _original(connection, row)
    unit = f" {row['unit']}" if row["unit"] else ""
    pairs: list[tuple[str, object]] = [
        ("程度 · 类别 · 把握", " · ".join(words)),
        ("单位", project.get("unit")),
        ("项目", project.get("project_name")),
        ("年度", project.get("fiscal_year")),
        *(
            (label, f"{figure(row[key])}{unit}" if isinstance(row[key], Decimal) else None)
            for label, key in (("应为", "expected"), ("实为", "actual"), ("差额", "difference"))
        ),
        ("依据", row["basis"]),
        ("检查", row["check_id"]),
        ("文件", original.uri),
    ]
    out.print(sheet(pairs))
    for number, evidence in enumerate(row["evidence"] or (), start=1):
        out.print()
        quoted = Text(f"证据 {number}  {evidence['role']}：", style="bold")
        out.print(quoted.append(printable(" ".join(evidence["quote"].split())), style="not bold"))
        if evidence["locator"] is not None:
            _place(out, original, locator_of(evidence["locator"]))


def _place(out: Console, original: Original, locator: Locator) -> None:
    document = original.document
    where = chinese.place(locator.page, locator.path, locator.char_start, locator.char_end)
    if document is not None and document.source_text is not None and locator.char_start is not None:
        where = f"第 {line_number(document.source_text, locator.char_start)} 行，{where}"
    out.print(Text(f"出处  {original.uri}，{where}", style="dim"))
    if document is None:
        out.print(Text(original.missing or "", style="yellow"))
        return
    lines = tuple(quote(document, locator))
    for line in lines:
        out.print(line)
    if not lines:
        out.print(Text("原文件里没有找到这一处，请按上面的位置查看", style="yellow"))


def _original(connection: duckdb.DuckDBPyConnection, row: Row) -> Original:
    sql = "SELECT source_uris FROM documents WHERE document_id = $id"
    uris: Any = records(connection, sql, {"id": row["document_id"]})[0]["source_uris"]
    return open_original(row["document_id"], uris, folders_of(connection))


def _project(connection: duckdb.DuckDBPyConnection, identifier: str | None) -> Row:
    sql = "SELECT unit, project_name, fiscal_year FROM projects WHERE project_id = $id"
    found = records(connection, sql, {"id": identifier}) if identifier else ()
    return found[0] if found else {}


def _fields(name: str, row: Row) -> list[tuple[str, object]]:
    hidden = {"locator", "cells", dict(ID_COLUMNS)[name]}
    return [
        (column.chinese, _shown(column.name, row[column.name]))
        for column in table(name).columns
        if column.name not in hidden
    ]


def _shown(column: str, value: object) -> object:
    if isinstance(value, list):
        return "；".join(map(to_text, value)) or None
    return WORDS.get(column, {}).get(str(value), value)


def _projects(connection: duckdb.DuckDBPyConnection, row: Row, out: Console) -> None:
    sql = """
        SELECT project_id AS 编号, unit AS 单位, project_name AS 项目, score_total AS 总得分
        FROM projects WHERE document_id = $id ORDER BY ordinal
    """
    _list(connection, sql, row["document_id"], "项目", out)


def _parts_of_project(connection: duckdb.DuckDBPyConnection, row: Row, out: Console) -> None:
    funds = """
        SELECT source_label AS 来源, stage_label AS 阶段, raw AS 原文, amount AS 万元,
               fund_id AS 编号
        FROM funds WHERE project_id = $id ORDER BY ordinal
    """
    indicators = """
        SELECT level3 AS 三级指标, target_raw AS 指标值, actual_raw AS 完成值, weight AS 分值,
               score AS 得分, indicator_id AS 编号
        FROM indicators WHERE project_id = $id ORDER BY ordinal
    """
    _list(connection, funds, row["project_id"], "资金", out)
    _list(connection, indicators, row["project_id"], "指标", out)


def _findings(connection: duckdb.DuckDBPyConnection, column: str, row: Row, out: Console) -> None:
    sql = f"""
        SELECT finding_id AS 编号, summary AS 摘要 FROM findings WHERE {column} = $id
        ORDER BY list_position(['high', 'medium', 'low'], severity), finding_id
    """
    _list(connection, sql, row[column], "疑点", out)


def _list(
    connection: duckdb.DuckDBPyConnection, sql: str, identifier: str, title: str, out: Console
) -> None:
    found = records(connection, sql, {"id": identifier})
    if not found:
        return
    names = tuple(found[0])
    columns: Sequence[Sequence[object]] = [tuple(row.values()) for row in found]
    out.print()
    out.print(_title(f"{title}（{len(found)}）"))
    out.print(grid(names, columns))


def _title(text: str) -> Text:
    return Text(text, style="bold underline")
