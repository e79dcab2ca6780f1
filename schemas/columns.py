"""How a column is declared on a record's field: its SQL type, its Chinese name, its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from schemas.immutable import immutable


@dataclass(frozen=True, slots=True)
class SqlType:
    """The DuckDB type of a value whose Python type does not settle it."""

    name: str


@dataclass(frozen=True, slots=True)
class Column:
    """The Chinese name of a column and one English sentence on its meaning and unit."""

    chinese: str
    meaning: str


Money = Annotated[Decimal, SqlType("DECIMAL(20,6)")]  # 万元; 0.01 元 = 0.000001 万元
Percent = Annotated[Decimal, SqlType("DECIMAL(12,6)")]  # percent points: 97.5 is 97.5 %
Points = Annotated[Decimal, SqlType("DECIMAL(12,6)")]  # weights and scores
Quantity = Annotated[Decimal, SqlType("DECIMAL(28,8)")]  # targets and actuals, in their own unit


@immutable
class Locator:
    """Where a value stands in its source.

    PDF: `page` (from 1) and `bbox` (x0, top, x1, bottom in points, origin top left). Text:
    `char_start` and `char_end`, offsets into the decoded text. DOCX, DOC, XLSX and HTML: `path`,
    such as `table[3]/row[5]/cell[2]` or `Sheet1!C7`.
    """

    page: int | None = None
    bbox: tuple[float, float, float, float] | None = None
    char_start: Annotated[int | None, SqlType("BIGINT")] = None
    char_end: Annotated[int | None, SqlType("BIGINT")] = None
    path: str | None = None


@immutable
class CellSource:
    """The printed string behind one column of a row, and its place."""

    column: str
    raw: str
    locator: Locator


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place a finding points to: what it is, what stands there, where."""

    role: str
    quote: str
    locator: Locator | None
