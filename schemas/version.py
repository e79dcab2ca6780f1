"""Which code and glossary read a document: the package version and a hash over their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

VERSION = "0.1.0"  # the same as in pyproject.toml; a test compares them

ROOT = Path(__file__).resolve().parent.parent
CODE_ROOTS = (ROOT / "schemas", ROOT / "extractors")
GLOSSARY_ROOT = ROOT / "schemas" / "glossary"
HASH_LENGTH = 12


@cache
def extractor_version() -> str:
    """The package version with a hash over the content of the extractor's code and glossary."""
    return f"{VERSION}+{content_hash(*CODE_ROOTS)}"


@cache
def glossary_version() -> str:
    """A hash over the content of the glossary alone."""
    return content_hash(GLOSSARY_ROOT)


def content_hash(*roots: Path) -> str:
    """A hash over names and content of all files below `roots`, whatever machine they are on."""
    digest = hashlib.sha256()
    for root in roots:
        for path in sorted(_files(root), key=lambda p: p.relative_to(root).as_posix()):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{root.name}/{path.relative_to(root).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()[:HASH_LENGTH]


def _files(root: Path) -> Iterator[Path]:
    """Every file that takes part: no compiled code, no hidden files, no prose about the code."""
    for path in root.rglob("*"):
        parts = path.relative_to(root).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        if path.is_file() and not hidden and path.suffix != ".md":
            yield path
