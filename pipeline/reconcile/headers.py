"""A check file: what its leading comment says about it, and its one SELECT."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

import duckdb

from schemas.vocabulary import Confidence, FindingKind, Severity

Scope = Literal["document", "corpus"]
KEYS = (
    "id",
    "kind",
    "scope",
    "severity",
    "summary",
    "basis",
    "applies",
    "excuse",
    "proof",
    "confidence",
)
REQUIRED = ("kind", "severity", "summary", "basis")
_KEY_LINE = re.compile(r"--\s*([a-z_]+):\s*(.*)")
_COLUMN = re.compile(r"\{([a-z_][a-z_0-9]*)\}")


class InvalidCheck(Exception):
    """A check file that cannot be used; the message is Chinese and names what to change."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its rule in one Chinese sentence, its header and its SELECT.

    `proof` is the statement an identity of the form's own arithmetic proves when it holds; None for
    checks that prove nothing about the reading. `catalogue` are the audit points it covers, such as
    `A01`; `excuse` is what can explain a break, for the reader of a finding. What a check of
    the `scope` document says of a document rests on that document alone.
    """

    check_id: str
    rule: str
    kind: FindingKind
    severity: Severity
    summary: str
    basis: str | None
    applies: str | None
    excuse: str | None
    catalogue: tuple[str, ...]
    proof: str | None
    confidence: Confidence | None
    scope: Scope
    sql: str


def columns_of(template: str) -> tuple[str, ...]:
    """The columns a template names, in order.

    >>> columns_of("{source_label}执行 {actual} 万元")
    ('source_label', 'actual')
    """
    return tuple(_COLUMN.findall(template))


def literals_of(template: str) -> tuple[str, ...]:
    """The text between the columns of a template: one more than there are columns.

    >>> literals_of("{source_label}执行 {actual} 万元")
    ('', '执行 ', ' 万元')
    """
    return tuple(_COLUMN.split(template)[::2])


def read_check(path: Path) -> Check:
    """The check in a file, or InvalidCheck with what is wrong in its header or its SQL."""
    lines = path.read_text(encoding="utf-8").splitlines()
    count = next((n for n, line in enumerate(lines) if not line.startswith("--")), len(lines))
    rule, keys = _header(lines[:count])
    if not rule:
        raise InvalidCheck(f"{path.name}：首行注释应当用一句中文写明规则")
    for key, _ in keys:
        if key not in KEYS:
            raise InvalidCheck(f"{path.name}：不认识的表头“{key}”，可用：{'、'.join(KEYS)}")
    value = {key: text for key, text in keys}
    missing = [key for key in REQUIRED if not value.get(key)]
    if missing:
        raise InvalidCheck(f"{path.name}：缺少表头 {'、'.join(missing)}")
    _one_of(path, "kind", value["kind"], get_args(FindingKind))
    _one_of(path, "severity", value["severity"], get_args(Severity))
    if "confidence" in value:
        _one_of(path, "confidence", value["confidence"], get_args(Confidence))
    scope = value.get("scope", "corpus")  # who has not thought of it may compare documents
    _one_of(path, "scope", scope, get_args(Scope))
    return Check(
        check_id=path.stem,
        rule=rule,
        kind=cast(FindingKind, value["kind"]),
        severity=cast(Severity, value["severity"]),
        summary=value["summary"],
        basis=None if value["basis"] == "-" else value["basis"],
        applies=value.get("applies"),
        excuse=value.get("excuse"),
        catalogue=tuple(value.get("id", "").split()),
        proof=value.get("proof"),
        confidence=cast("Confidence | None", value.get("confidence")),
        scope=cast(Scope, scope),
        sql=_select(path, "\n".join(lines[count:])),
    )


def _header(lines: list[str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The rule's sentence, which stands before any key, and the keys; the rest are notes."""
    rule: list[str] = []
    keys: list[tuple[str, str]] = []
    for line in lines:
        match = _KEY_LINE.fullmatch(line.rstrip())
        text = line.lstrip("-").strip()
        if match:
            keys.append((match[1], match[2].strip()))
        elif not keys:
            rule.append(text)
    return "".join(rule), tuple(keys)


def _one_of(path: Path, key: str, value: str, words: tuple[str, ...]) -> None:
    if value not in words:
        raise InvalidCheck(f"{path.name}：{key} 是“{value}”，应为：{'、'.join(words)}")


def _select(path: Path, sql: str) -> str:
    """The file's only statement, which must be a SELECT, without its semicolon."""
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise InvalidCheck(f"{path.name}：SQL 无法解析：{error}") from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise InvalidCheck(f"{path.name}：应当只有一条 SELECT 语句")
    return sql.strip().rstrip(";").rstrip()
