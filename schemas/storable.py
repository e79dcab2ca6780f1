"""What a column cannot hold exactly becomes NULL with a reject, never a rounded figure.

Only called for the rare document whose rows do not convert: a figure of too many digits, or half of
a surrogate pair left by a broken text.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import pyarrow as pa

from schemas.arrow import to_array
from schemas.columns import Locator
from schemas.records import Extraction, Reject
from schemas.tables import EXTRACTION_TABLES, TableSpec

REASON = "数值的位数超出可存范围，未写入“{column}”"


def storable(extraction: Extraction) -> Extraction:
    """The extraction without values that its tables cannot hold; each one left out is a reject."""
    rejects: list[Reject] = []
    changed: list[tuple[str, Any]] = []
    for spec in EXTRACTION_TABLES[1:]:
        rows = getattr(extraction, spec.name)
        changed.append((spec.name, tuple(_row(spec, row, extraction, rejects) for row in rows)))
    document = _row(EXTRACTION_TABLES[0], extraction.document, extraction, rejects)
    kept = dataclasses.replace(extraction, document=document, **dict(changed))
    return dataclasses.replace(kept, rejects=kept.rejects + tuple(rejects))


def _row(spec: TableSpec, row: Any, extraction: Extraction, rejects: list[Reject]) -> Any:
    row = _whole_characters(row)
    for column in spec.columns:
        value = getattr(row, column.attribute)
        if isinstance(value, Decimal) and not _fits(value, column.type):
            row = dataclasses.replace(row, **{column.attribute: None})
            rejects.append(
                Reject(
                    document_id=extraction.document.document_id,
                    project_id=getattr(row, "project_id", None),
                    reason=REASON.format(column=column.chinese),
                    raw=str(value),
                    locator=getattr(row, "locator", None) or Locator(),
                )
            )
    return row


def _fits(value: Decimal, kind: Any) -> bool:
    try:
        to_array([value], kind)
    except pa.ArrowInvalid:
        return False
    return True


def _whole_characters(value: Any) -> Any:
    """`value` with every lone surrogate, which UTF-8 cannot write, replaced by U+FFFD."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if isinstance(value, tuple):
        return tuple(_whole_characters(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return type(value)(*(_whole_characters(getattr(value, f.name)) for f in fields))
    return value
