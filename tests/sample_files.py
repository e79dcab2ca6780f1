"""The samples and what is read from them, once for all tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from extractors.document import Document
from extractors.extract import extract, read_document
from schemas.records import Extraction

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
NOT_SAMPLES = ("README.md",)


def sample_paths() -> list[Path]:
    """Every sample, in the order of its number."""
    return sorted(p for p in SAMPLES.iterdir() if p.is_file() and p.name not in NOT_SAMPLES)


@cache
def extraction_of(path: Path) -> Extraction:
    """All records of a file that holds one document."""
    (extraction,) = extract(path.read_bytes(), path.name)
    return extraction


@cache
def document_of(path: Path) -> Document:
    """The blocks of a file."""
    return read_document(path.read_bytes(), path.name)
