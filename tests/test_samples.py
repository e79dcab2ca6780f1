"""The samples, their labels and their twins agree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sample_maker.__main__ import WRITERS
from sample_maker.twin import LABELS, SAMPLES, Twin, read_twins, twin_label
from sample_maker.write_pdf import MissingFont

TEXTS = sorted(SAMPLES.glob("*.txt"))
TWINS = read_twins()
OPERATOR = re.compile(r"定性|[<>]?=|[≥≤]")
IMPLICIT_SOURCE = "总额"  # a line of funds that prints no source


def squeezed(text: str) -> str:
    """The text without white space: labels broken over lines count as whole."""
    return re.sub(r"\s+", "", text)


def label_of(path: Path) -> dict[str, Any]:
    label: dict[str, Any] = json.loads((LABELS / f"{path.stem}.json").read_text(encoding="utf-8"))
    return label


def labelled_strings(label: dict[str, Any]) -> Iterator[str]:
    """Every string that a careful reader found printed in the sample."""
    for project in label["projects"]:
        for field in ("name", "unit", "competent_department", "weight_total", "score_total"):
            yield project[field] or ""
        for fund in project["funds"]:
            yield from (fund["raw"], fund["stage_label"])
            yield "" if fund["source_label"] == IMPLICIT_SOURCE else fund["source_label"]
        for score in project["fund_scores"]:
            yield from (score[k] or "" for k in ("weight", "rate", "score"))
        for row in project["indicators"]:
            yield from (v or "" for k, v in row.items() if k != "target_raw")
            yield OPERATOR.sub("", row["target_raw"] or "", count=1)
        for claim in (*project["narrative_amounts"], *project["narrative_rates"]):
            yield claim["raw"]


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.stem)
def test_every_label_is_printed_in_its_sample(path: Path) -> None:
    label = label_of(path)
    text = squeezed(path.read_bytes().decode(label["encoding"]))
    cells = re.sub(r"\|", "", text)  # operator, value and unit stand in three cells
    missing = [s for s in labelled_strings(label) if squeezed(s) not in text + cells]
    assert missing == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.stem)
def test_account_lines_are_printed_in_their_sample(path: Path) -> None:
    label = label_of(path)
    text = path.read_bytes().decode(label["encoding"])
    amounts = (f"{whole:,}.{cents}" for whole, cents in _split(label["account_lines"]))
    assert [a for a in amounts if a not in text] == []


def _split(lines: list[dict[str, str]]) -> Iterator[tuple[int, str]]:
    for line in lines:
        whole, cents = line["amount_wan"].split(".")
        yield int(whole), cents


@pytest.mark.parametrize("twin", TWINS, ids=lambda t: t.name)
def test_a_twin_is_what_the_script_writes(twin: Twin) -> None:
    try:
        content = WRITERS[twin.format](twin)
    except MissingFont as error:
        pytest.skip(f"no font to write a PDF with: {error}")
    assert content == twin.path.read_bytes()


@pytest.mark.parametrize("twin", TWINS, ids=lambda t: t.name)
def test_a_twin_has_the_labels_of_its_sample(twin: Twin) -> None:
    assert (LABELS / f"{twin.name}.json").read_text(encoding="utf-8") == twin_label(twin)


def test_every_sample_is_described_and_labelled() -> None:
    files = {p.name for p in SAMPLES.iterdir() if p.is_file() and p.name != "README.md"}
    described = set(
        re.findall(r"^\| `([^`]+)` \|", (SAMPLES / "README.md").read_text("utf-8"), re.M)
    )
    assert described == files
    assert {Path(name).stem for name in files} == {p.stem for p in LABELS.glob("*.json")}
