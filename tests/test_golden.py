"""Golden files guard against change: what is read from each sample is what was reviewed."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import pytest
from golden_records import GOLDEN, golden_path, golden_text
from sample_files import sample_paths

from schemas.tables import EXTRACTION_TABLES

SAMPLES = sample_paths()
SHOWN = 40  # lines of a difference that fit on a screen


def test_every_sample_has_a_golden_file_and_the_reverse() -> None:
    assert SAMPLES
    assert sorted(p.name for p in GOLDEN.iterdir()) == [golden_path(s).name for s in SAMPLES]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: p.name)
def test_what_is_read_is_what_was_reviewed(sample: Path) -> None:
    golden = golden_path(sample)
    assert golden.is_file(), "no golden file: run `make golden` and review what it writes"
    reviewed, read = golden.read_text(encoding="utf-8"), golden_text(sample)
    difference = difflib.unified_diff(
        reviewed.splitlines(), read.splitlines(), golden.name, "read now", lineterm="", n=0
    )
    assert reviewed == read, "\n".join(list(difference)[:SHOWN])


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: p.name)
def test_a_golden_file_reads_as_data(sample: Path) -> None:
    lines = golden_path(sample).read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    tables = [record["table"] for record in records]
    order = [spec.name for spec in EXTRACTION_TABLES]
    assert tables == sorted(tables, key=order.index)
    assert tables[0] == "documents" and tables.count("documents") == 1
    assert not any("extractor_version" in record for record in records)
    assert not any("\\u4" in line or "\\u5" in line for line in lines)
