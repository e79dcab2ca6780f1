"""Published values as text: for people, for CSV and for JSON, with every digit and no float."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO

CONTROL = {code: 0x2400 + code for code in range(32) if code not in (9, 10)} | {127: 0x2421}


def printable(text: str) -> str:
    """Text without control characters, so that a document cannot steer the reader's terminal.

    >>> printable("a\\x1b[31mb")
    'a␛[31mb'
    """
    return text.translate(CONTROL)


def to_text(value: object) -> str:
    """A value for a person; NULL is empty and zeros behind the last digit are dropped.

    >>> to_text(Decimal("277.700000")), to_text(Decimal("1200")), to_text(None)
    ('277.7', '1200', '')
    >>> to_text([Decimal("1.50"), None])
    '[1.50, null]'
    """
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return figure(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, bytes | list | tuple | dict):
        return printable(to_json(value))
    return printable(str(value))


def figure(value: Decimal) -> str:
    """A figure without the zeros that only fill its column's scale.

    >>> figure(Decimal("0.000000")), figure(Decimal("-12.500000")), figure(Decimal("1E+3"))
    ('0', '-12.5', '1000')
    """
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_json(value: object) -> str:
    """A value as JSON; a Decimal is a number with all its digits.

    >>> to_json({"金额": Decimal("277.700000"), "出处": [None, True]})
    '{"金额": 277.700000, "出处": [null, true]}'
    """
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else "null"
    if isinstance(value, float):
        return repr(value) if value - value == 0 else "null"  # JSON knows no nan and no infinity
    if isinstance(value, Mapping):
        pairs = (f"{to_json(str(key))}: {to_json(each)}" for key, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(to_json, value)) + "]"
    if isinstance(value, bytes):
        return f'"{value.hex()}"'
    if isinstance(value, date | datetime | time):
        return f'"{value.isoformat()}"'
    if isinstance(value, timedelta) or not isinstance(value, str | int | None):
        return json.dumps(str(value), ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)


def write_csv(names: tuple[str, ...], rows: Iterable[tuple[object, ...]], out: IO[str]) -> None:
    """Write rows as CSV: NULL is an empty field, lists and structures are JSON."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_field(value) for value in row])


def write_json(names: tuple[str, ...], rows: Iterable[tuple[object, ...]], out: IO[str]) -> None:
    """Write rows as one JSON list with one object a line, as they come."""
    keys = distinct(names)
    separator = "[\n"
    for row in rows:
        out.write(separator + to_json(dict(zip(keys, row, strict=True))))
        separator = ",\n"
    out.write("[]\n" if separator == "[\n" else "\n]\n")


def distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names with a number behind each repeated one, so that no column is lost as a key.

    >>> distinct(("a", "b", "a"))
    ('a', 'b', 'a_2')
    """
    seen: Counter[str] = Counter()
    result: list[str] = []
    for name in names:
        seen[name] += 1
        while (key := name if seen[name] == 1 else f"{name}_{seen[name]}") in result:
            seen[name] += 1
        result.append(key)
    return tuple(result)


def _field(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list | tuple | dict | bytes):
        return to_json(value)
    return str(value)
