"""The benchmark measures what it says: its inputs are as large as named, its readers read them."""

from __future__ import annotations

import re
from pathlib import Path

import docx
import pypdfium2
import pytest

from bench import inputs
from bench.inputs import BETWEEN_TEXTS, Input, make_inputs
from bench.measure import measure
from bench.readers import READERS
from extractors.extract import extract


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Input]:
    """Small inputs, by format."""
    monkeypatch.setattr(inputs, "PAGES", 3)
    monkeypatch.setattr(inputs, "ROWS", 70)
    monkeypatch.setattr(inputs, "TEXT_BYTES", 300_000)
    return {given.format: given for given in make_inputs(tmp_path)}


def test_inputs_hold_what_they_are_counted_as(made: dict[str, Input]) -> None:
    (pdf,), (word,), texts = (made[name].files for name in ("pdf", "docx", "text"))
    with pypdfium2.PdfDocument(pdf) as pages:
        assert len(pages) == made["pdf"].amount >= 3
    rows = sum(len(table.rows) for table in docx.Document(str(word)).tables)
    assert rows == made["docx"].amount >= 70
    size = sum(path.stat().st_size for path in texts)
    assert size / len(texts) / 1e6 == made["text"].amount >= 0.06


def test_copies_of_a_text_differ_in_their_figures_alone(made: dict[str, Input]) -> None:
    texts = [t for p in made["text"].files for t in p.read_text("utf-8").split(BETWEEN_TEXTS)]
    assert len(set(texts)) > len(texts) / 2
    shapes = {re.sub(r"\d", "0", text) for text in texts}
    assert len(shapes) == len(list(inputs.SAMPLES.glob("*.txt")))


def test_a_joined_document_holds_every_project_of_its_parts(made: dict[str, Input]) -> None:
    parts = sorted(inputs.SAMPLES.glob("*.pdf"))
    apart = sum(len(e.projects) for p in parts for e in extract(p.read_bytes(), p.name))
    (joined,) = extract(made["pdf"].files[0].read_bytes(), "forms.pdf")
    assert len(joined.projects) == apart


@pytest.mark.parametrize("number", range(len(READERS)), ids=lambda n: READERS[n].name)
def test_every_reader_reads(made: dict[str, Input], number: int) -> None:
    given = made[READERS[number].format]
    found = READERS[number].read(given.files[0].read_bytes())
    assert all(int(count) > 0 for count in re.findall(r"\d+", found.replace(",", "")))


def test_a_measurement_is_made_in_a_process_of_its_own(made: dict[str, Input]) -> None:
    measurement = measure(0, made["pdf"].files[0], made["pdf"].warm_up)
    assert measurement.seconds > 0
    assert measurement.found == READERS[0].read(made["pdf"].files[0].read_bytes())


def test_each_format_has_one_peer_at_most() -> None:
    peers = [reader.format for reader in READERS if reader.is_peer]
    assert sorted(peers) == sorted(set(peers))
