"""From a field's annotation to the SQL type of its column."""

from __future__ import annotations

import dataclasses
import types
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from schemas.columns import SqlType

Shape = Literal["scalar", "struct", "list", "array"]

SCALARS: tuple[tuple[type, str], ...] = (
    (str, "VARCHAR"),
    (bool, "BOOLEAN"),
    (int, "INTEGER"),
    (float, "DOUBLE"),
    (date, "DATE"),
    (datetime, "TIMESTAMP"),
)


@dataclass(frozen=True, slots=True)
class ValueType:
    """The type of a value: a scalar's SQL name, a struct's fields, or a list's element."""

    kind: Shape
    sql: str
    record: type | None = None
    fields: tuple[tuple[str, ValueType], ...] = ()
    element: ValueType | None = None
    length: int | None = None


@cache
def value_type(hint: Any) -> ValueType:
    """The type of a value annotated with `hint`, None left out."""
    hint, _ = without_none(hint)
    extras: tuple[Any, ...] = ()
    while get_origin(hint) is Annotated:
        hint, *more = get_args(hint)
        extras += tuple(more)
        hint, _ = without_none(hint)
    named = [extra.name for extra in extras if isinstance(extra, SqlType)]
    if named:
        return ValueType("scalar", named[-1])
    if get_origin(hint) is Literal:
        return ValueType("scalar", "VARCHAR")
    if get_origin(hint) is tuple:
        return _sequence(get_args(hint))
    if dataclasses.is_dataclass(hint):
        return _struct(hint)
    for python, sql in SCALARS:
        if hint is python:
            return ValueType("scalar", sql)
    raise TypeError(f"no column type for {hint!r}")


def without_none(hint: Any) -> tuple[Any, bool]:
    """The type in an optional type, and whether it was optional."""
    if get_origin(hint) in (Union, types.UnionType):
        rest = [arg for arg in get_args(hint) if arg is not type(None)]
        if len(rest) != 1:
            raise TypeError(f"a column has one type: {hint!r}")
        return rest[0], True
    return hint, False


def _sequence(arguments: tuple[Any, ...]) -> ValueType:
    element = value_type(arguments[0])
    if arguments[-1] is Ellipsis:
        return ValueType("list", f"{element.sql}[]", element=element)
    length = len(arguments)
    return ValueType("array", f"{element.sql}[{length}]", element=element, length=length)


def _struct(record: Any) -> ValueType:
    hints = get_type_hints(record, include_extras=True)
    fields = tuple((f.name, value_type(hints[f.name])) for f in dataclasses.fields(record))
    inner = ", ".join(f"{quoted(name)} {kind.sql}" for name, kind in fields)
    return ValueType("struct", f"STRUCT({inner})", record=record, fields=fields)


def is_nullable(hint: Any) -> bool:
    """Whether a column annotated with `hint` may be NULL."""
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return without_none(hint)[1]


def quoted(name: str) -> str:
    """An identifier for SQL.

    >>> quoted("class")
    '"class"'
    """
    return '"' + name.replace('"', '""') + '"'
