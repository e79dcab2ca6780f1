"""Text dumps: decoded, split into running text and rebuilt tables, located by character offsets."""

from __future__ import annotations

from extractors.document import Document
from extractors.readers.encoding import decode
from extractors.unflatten.rebuild import rebuild


def read_text(data: bytes) -> Document:
    """The document in a text dump; offsets count characters of the decoded text.

    Raises UnreadableDocument where no encoding fits.
    """
    source, _ = decode(data)
    blocks, problems = rebuild(source)
    return Document("text/plain", blocks, problems=problems, source_text=source)
