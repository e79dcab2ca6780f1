"""Readable identifiers: the same bytes give the same ids on every machine and in every run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from schemas.columns import Evidence, Locator

PREFIX_LENGTH = 16  # 64 bits of the content hash: no collision to fear among millions of documents


def document_id(data: bytes) -> str:
    """The identifier of a document: SHA-256 of its bytes.

    >>> document_id(b"")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(data).hexdigest()


def project_id(document_id: str, ordinal: int) -> str:
    """The identifier of the n-th project of a document.

    >>> project_id("e3b0c44298fc1c149afbf4c8996fb924", 1)
    'e3b0c44298fc1c14.p1'
    """
    return f"{document_id[:PREFIX_LENGTH]}.p{ordinal}"


def section_id(document_id: str, ordinal: int) -> str:
    """The identifier of the n-th section of a document.

    >>> section_id("e3b0c44298fc1c149afbf4c8996fb924", 4)
    'e3b0c44298fc1c14.s4'
    """
    return f"{document_id[:PREFIX_LENGTH]}.s{ordinal}"


def account_id(document_id: str, ordinal: int) -> str:
    """The identifier of the n-th account line of a document.

    >>> account_id("e3b0c44298fc1c149afbf4c8996fb924", 5)
    'e3b0c44298fc1c14.a5'
    """
    return f"{document_id[:PREFIX_LENGTH]}.a{ordinal}"


def claim_id(document_id: str, ordinal: int) -> str:
    """The identifier of the n-th claim of a document.

    >>> claim_id("e3b0c44298fc1c149afbf4c8996fb924", 6)
    'e3b0c44298fc1c14.c6'
    """
    return f"{document_id[:PREFIX_LENGTH]}.c{ordinal}"


def rule_id(document_id: str, ordinal: int) -> str:
    """The identifier of the n-th scoring rule that a document prints.

    >>> rule_id("e3b0c44298fc1c149afbf4c8996fb924", 2)
    'e3b0c44298fc1c14.r2'
    """
    return f"{document_id[:PREFIX_LENGTH]}.r{ordinal}"


def indicator_id(project_id: str, ordinal: int) -> str:
    """The identifier of the n-th indicator of a project.

    >>> indicator_id("e3b0c44298fc1c14.p1", 3)
    'e3b0c44298fc1c14.p1.i3'
    """
    return f"{project_id}.i{ordinal}"


def fund_id(project_id: str, ordinal: int) -> str:
    """The identifier of the n-th amount of a project.

    >>> fund_id("e3b0c44298fc1c14.p1", 2)
    'e3b0c44298fc1c14.p1.f2'
    """
    return f"{project_id}.f{ordinal}"


def finding_id(
    check_id: str,
    document_id: str,
    project_id: str | None,
    indicator_id: str | None,
    evidence: Sequence[Evidence],
) -> str:
    """The identifier of a finding: what was checked, where, and every place that proves it."""
    parts = [check_id, document_id, project_id or "", indicator_id or ""]
    for item in evidence:
        parts += [item.role, item.quote, _place(item.locator)]
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass"))
    return f"f{digest.hexdigest()[:PREFIX_LENGTH]}"


def _place(locator: Locator | None) -> str:
    if locator is None:
        return ""
    bbox = "" if locator.bbox is None else ",".join(repr(float(edge)) for edge in locator.bbox)
    fields = (locator.page, bbox, locator.char_start, locator.char_end, locator.path)
    return "|".join("" if field is None else str(field) for field in fields)
