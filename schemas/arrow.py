"""Records to Arrow, column by column, with the types that `schemas.tables` gives."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any

import pyarrow as pa

from schemas.column_types import ValueType
from schemas.tables import TableSpec

DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
SCALARS: tuple[tuple[str, Callable[[], pa.DataType]], ...] = (
    ("VARCHAR", pa.string),
    ("BOOLEAN", pa.bool_),
    ("INTEGER", pa.int32),
    ("BIGINT", pa.int64),
    ("DOUBLE", pa.float64),
    ("DATE", pa.date32),
    ("TIMESTAMP", lambda: pa.timestamp("us")),
)


class _NoPandas:
    """Hides one library from whoever looks for it."""

    @staticmethod
    def find_spec(name: str, path: object, target: object = None) -> None:
        """What the import system asks."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _leave_pandas_out() -> None:
    """Let pyarrow look for pandas now, and in vain.

    It would import it with the first list it converts, which costs every process half a second and
    40 MB. It looks again where a data frame is asked for.
    """
    sys.meta_path.insert(0, _NoPandas)
    try:
        pa.array([None])
    finally:
        sys.meta_path.remove(_NoPandas)


if "pandas" not in sys.modules:
    _leave_pandas_out()


@cache
def arrow_type(kind: ValueType) -> pa.DataType:
    """The Arrow type of a value."""
    if kind.kind == "struct":
        return pa.struct([(name, arrow_type(inner)) for name, inner in kind.fields])
    if kind.element is not None:
        element = arrow_type(kind.element)
        return pa.list_(element) if kind.length is None else pa.list_(element, kind.length)
    if match := DECIMAL.fullmatch(kind.sql):
        return pa.decimal128(int(match[1]), int(match[2]))
    for sql, make in SCALARS:
        if kind.sql == sql:
            return make()
    raise TypeError(f"no Arrow type for {kind.sql}")


@cache
def arrow_schema(spec: TableSpec) -> pa.Schema:
    """The Arrow schema of a table, with the Chinese names and meanings as field metadata."""
    fields = [
        pa.field(
            column.name,
            arrow_type(column.type),
            metadata={"chinese": column.chinese, "meaning": column.meaning},
        )
        for column in spec.columns
    ]
    return pa.schema(fields, metadata={"chinese": spec.chinese, "meaning": spec.meaning})


def to_arrow(spec: TableSpec, rows: Sequence[Any]) -> pa.Table:
    """The rows of one table; raises ValueError for a value that its column cannot hold exactly."""
    columns = zip(*map(_attributes(spec), rows), strict=True) if rows else [()] * len(spec.columns)
    arrays = [
        to_array(values, column.type) for column, values in zip(spec.columns, columns, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=arrow_schema(spec))


@cache
def _attributes(spec: TableSpec) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*(column.attribute for column in spec.columns))


def to_array(values: Sequence[Any], kind: ValueType) -> pa.Array:
    """One column of values; structs and lists are taken apart instead of converted one by one."""
    if kind.kind == "struct":
        return _struct_array(values, kind)
    if kind.kind == "list" and kind.element is not None and kind.element.kind == "struct":
        return _list_array(values, kind.element)
    return pa.array(values, type=arrow_type(kind))


def _struct_array(values: Sequence[Any], kind: ValueType) -> pa.Array:
    absent = [value is None for value in values]
    some_absent = any(absent)
    get = attrgetter(*(name for name, _ in kind.fields))  # two fields at least: a tuple
    none = (None,) * len(kind.fields)
    rows = [none if value is None else get(value) for value in values]
    columns = zip(*rows, strict=True) if rows else [()] * len(kind.fields)
    return pa.StructArray.from_arrays(
        [to_array(column, inner) for column, (_, inner) in zip(columns, kind.fields, strict=True)],
        fields=list(arrow_type(kind)),
        mask=pa.array(absent, type=pa.bool_()) if some_absent else None,
    )


def _list_array(values: Sequence[Any], element: ValueType) -> pa.Array:
    """A list column of structs; a record has an empty list, never an absent one."""
    offsets = pa.array(accumulate(map(len, values), initial=0), type=pa.int32())
    items = to_array(list(chain.from_iterable(values)), element)
    return pa.ListArray.from_arrays(offsets, items, type=pa.list_(arrow_type(element)))
