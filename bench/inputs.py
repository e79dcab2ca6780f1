"""What is measured: documents made of the samples, larger than any of them.

The copies in one input differ only in the figures of texts, so whatever the readers remember about
labels helps here as it helps with a year's reports of one form. Nothing but the samples is needed.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import docx
import pypdfium2

from extractors.readers.encoding import decode

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
PAGES = 25  # at least
ROWS = 2_000  # at least
TEXT_BYTES = 50_000_000  # of all texts together, at least
TEXT_PARTS = 5  # one a round
DECIMAL = re.compile(r"\d+\.\d+")
SEED = 20240101
BETWEEN_TEXTS = "\0"  # stands in no text, so one file can hold many

Format = Literal["pdf", "docx", "text"]


@dataclass(frozen=True, slots=True)
class Input:
    """Files to read in turn, one a round, and one small file that loads code and glossary.

    `amount` is how much each file holds, in the unit that speed is given in.
    """

    format: Format
    title: str
    files: tuple[Path, ...]
    amount: float
    unit: str
    warm_up: Path


def make_inputs(folder: Path) -> tuple[Input, ...]:
    """Write every input below a folder."""
    return _pdf(folder), _docx(folder), _texts(folder)


def _pdf(folder: Path) -> Input:
    """The sample PDFs again and again: prose and ruled forms, upright and lying, fonts embedded."""
    samples = sorted(SAMPLES.glob("*.pdf"))
    joined = pypdfium2.PdfDocument.new()
    while len(joined) < PAGES:
        for sample in samples:
            with pypdfium2.PdfDocument(sample) as pages:
                joined.import_pages(pages)
    path = folder / "forms.pdf"
    joined.save(path)
    title = f"PDF, {len(joined)} pages of reports and ruled forms, {_size(path)}"
    return Input("pdf", title, (path,), len(joined), "pages", samples[-1])


def _docx(folder: Path) -> Input:
    """The sample Word reports again and again in one document."""
    samples = sorted(SAMPLES.glob("*.docx"))
    bodies = [docx.Document(str(sample)).element.body for sample in samples]
    joined = docx.Document(str(samples[0]))
    rows = sum(len(table.rows) for table in joined.tables)
    end = joined.element.body[-1]  # the section's properties stand last
    while rows < ROWS:
        for body in bodies:
            for block in body[:-1]:
                end.addprevious(copy.deepcopy(block))
            rows += len(body.xpath("./w:tbl/w:tr"))
    path = folder / "forms.docx"
    joined.save(str(path))
    title = f"DOCX, {rows:,} rows in {len(joined.tables)} forms, {_size(path)}"
    return Input("docx", title, (path,), rows, "rows", samples[-1])


def _texts(folder: Path) -> Input:
    """Text dumps of natural length, every copy with other decimals."""
    samples = [decode(path.read_bytes())[0] for path in sorted(SAMPLES.glob("*.txt"))]
    figures = random.Random(SEED)
    files, count = [], 0
    for part in range(TEXT_PARTS):
        texts: list[str] = []
        size = 0
        while size < TEXT_BYTES / TEXT_PARTS:
            for sample in samples:
                texts.append(DECIMAL.sub(_another(figures), sample))
                size += len(texts[-1].encode())
        files.append(folder / f"texts-{part}.bin")
        files[-1].write_bytes(BETWEEN_TEXTS.join(texts).encode())
        count += len(texts)
    size = sum(path.stat().st_size for path in files)
    title = f"Text, {count:,} dumps of reports, {size / 1e6:.0f} MB in {TEXT_PARTS} parts"
    warm_up = folder / "text.bin"
    warm_up.write_bytes(BETWEEN_TEXTS.join(samples[-1:]).encode())
    return Input("text", title, tuple(files), size / TEXT_PARTS / 1e6, "MB", warm_up)


def _another(figures: random.Random) -> Callable[[re.Match[str]], str]:
    """Another decimal as long as the one found."""

    def write(match: re.Match[str]) -> str:
        return "".join(d if d in ".0" else str(figures.randint(1, 9)) for d in match[0])

    return write


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"
