"""What a golden file holds: every record read from a sample, one JSON object a line.

`make golden` runs this module; nothing else writes golden files.

A record is its table and its columns under their names. A column that is absent is NULL. Figures
are strings, so that `10` and `10.0` differ. Ids leave out the hash of the document that all of
them begin with: a sample whose bytes change shows only the rows that say something new.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sample_files import ROOT, extraction_of, sample_paths

from schemas.columns import Locator
from schemas.ids import PREFIX_LENGTH
from schemas.records import Extraction
from schemas.tables import EXTRACTION_TABLES, TableSpec

GOLDEN = ROOT / "tests" / "golden"
OF_THE_RUN = ("extractor_version", "source_uris")  # say how a sample was read, not what it holds


def golden_path(sample: Path) -> Path:
    """The golden file of a sample, under its name without the suffix, as its labels are."""
    return GOLDEN / f"{sample.stem}.jsonl"


def golden_text(sample: Path) -> str:
    """What the golden file of a sample should hold now."""
    return "".join(f"{line}\n" for line in _lines(extraction_of(sample)))


def _lines(extraction: Extraction) -> Iterator[str]:
    identifier = extraction.document.document_id
    for spec in EXTRACTION_TABLES:
        rows = getattr(extraction, "document" if spec.name == "documents" else spec.name)
        for row in rows if isinstance(rows, tuple) else (rows,):
            record = _record(spec, row, f"{identifier[:PREFIX_LENGTH]}.")
            yield json.dumps(record, ensure_ascii=False)


def _record(spec: TableSpec, row: Any, prefix: str) -> dict[str, Any]:
    record: dict[str, Any] = {"table": spec.name}
    for column in spec.columns:
        value = getattr(row, column.attribute)
        same_everywhere = column.name == "document_id" and spec.name != "documents"
        if value is None or value == () or same_everywhere or column.name in OF_THE_RUN:
            continue
        if column.name.endswith("_id"):
            value = value.removeprefix(prefix)
        record[column.name] = _plain(value)
    return record


def _plain(value: Any) -> Any:
    """A value as JSON; a locator as one string."""
    if isinstance(value, Locator):
        return place(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in dataclasses.fields(value)]
    return value


def place(locator: Locator) -> str:
    """A locator as one short string.

    >>> place(Locator(char_start=12, char_end=20)), place(Locator(path="Sheet1!C7"))
    ('12:20', 'Sheet1!C7')
    >>> place(Locator(page=3, bbox=(56.0, 120.48, 110.25, 131.0)))
    'page 3 [56, 120.48, 110.25, 131]'
    """
    parts: list[str] = []
    if locator.page is not None:
        parts.append(f"page {locator.page}")
    if locator.bbox is not None:
        parts.append("[" + ", ".join(f"{edge:.10g}" for edge in locator.bbox) + "]")
    if locator.char_start is not None or locator.char_end is not None:
        parts.append(f"{locator.char_start}:{locator.char_end}")
    if locator.path is not None:
        parts.append(locator.path)
    return " ".join(parts)


def main() -> None:
    """Write the golden file of every sample; remove those of samples that are gone."""
    GOLDEN.mkdir(exist_ok=True)
    samples = sample_paths()
    for orphan in set(GOLDEN.glob("*.jsonl")) - set(map(golden_path, samples)):
        orphan.unlink()
    for sample in samples:
        golden_path(sample).write_text(golden_text(sample), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
