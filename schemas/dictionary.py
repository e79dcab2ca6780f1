"""The data dictionary, docs/dictionary.md: `python -m schemas.dictionary > docs/dictionary.md`."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from schemas.column_types import value_type, without_none
from schemas.columns import CellSource, Evidence, Locator
from schemas.tables import TABLES, ColumnSpec, TableSpec

INTRODUCTION = """\
# Data dictionary

Generated from `schemas/records.py` and `schemas/results.py`; do not edit. Every
table is `output/tables/<table>.parquet`; `output/jixiao.duckdb` has them all, with views under the
Chinese names.

- Money is in 万元, exact. Rates are in percent points: `97.5` is 97.5 %.
- NULL is absent; a printed zero is 0; a printed `—`, `/` or `无` is NULL with the string in `raw`.
- `LOCATOR`, `CELL` and `EVIDENCE` are the structures described at the end.
"""
STRUCTURES: tuple[tuple[str, type], ...] = (
    ("LOCATOR", Locator),
    ("CELL", CellSource),
    ("EVIDENCE", Evidence),
)


def dictionary() -> str:
    """The whole page as Markdown."""
    parts = [INTRODUCTION, *(_section(spec) for spec in TABLES), *map(_structure, STRUCTURES)]
    return "\n".join(parts)


def _section(spec: TableSpec) -> str:
    hints = get_type_hints(spec.record, include_extras=True)
    lines = [f"## `{spec.name}` {spec.chinese}", "", f"One row is {_row(spec)}", ""]
    lines += ["| column | 列名 | type | meaning |", "|---|---|---|---|"]
    lines += [_line(column, hints[column.attribute]) for column in spec.columns]
    return "\n".join(lines) + "\n"


def _row(spec: TableSpec) -> str:
    return " ".join(spec.meaning.split())


def _line(column: ColumnSpec, hint: Any) -> str:
    kind = _short_type(column.sql) + ("" if column.nullable else " NOT NULL")
    words = ", ".join(f"`{word}`" for word in _vocabulary(hint))
    meaning = column.meaning if not words else f"{column.meaning} One of {words}."
    return f"| `{column.name}` | {column.chinese} | {kind} | {meaning} |"


def _short_type(sql: str) -> str:
    """A column's type with the known structures by name, the longer ones first."""
    for name, record in reversed(STRUCTURES):
        sql = sql.replace(_struct_sql(record), name)
    return sql


def _struct_sql(record: type) -> str:
    return value_type(record).sql


def _vocabulary(hint: Any) -> Iterator[str]:
    """The words of a closed vocabulary."""
    while get_origin(hint) is Annotated:
        hint, _ = without_none(get_args(hint)[0])
    if get_origin(hint) is Literal:
        yield from get_args(hint)


def _structure(structure: tuple[str, type]) -> str:
    name, record = structure
    meaning = " ".join((record.__doc__ or "").split())
    fields = _struct_sql(record).removeprefix("STRUCT(").removesuffix(")")
    for other, inner in STRUCTURES:
        if inner is not record:
            fields = fields.replace(_struct_sql(inner), other)
    names = ", ".join(f"`{field.name}`" for field in dataclasses.fields(record))
    return f"## {name}\n\n{meaning}\n\nFields: {names}. Type: `STRUCT({fields})`.\n"


if __name__ == "__main__":
    sys.stdout.write(dictionary())
