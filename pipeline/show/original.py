"""The place in the original that a value was read from, with what stands around it."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.text import Text

from extractors.document import Cell, Document, Paragraph, Table, UnreadableDocument
from pipeline.errors import UserError
from pipeline.show.database import records
from pipeline.show.plain import printable
from pipeline.sources import is_url
from schemas.columns import Locator

MARK = "bold reverse"
LINES_BEFORE, LINES_AFTER = 3, 2  # lines with something on them
ROWS_AROUND = 1
MEMBER = "!"  # archive.zip!name
# The folders from which runs were started, the latest first: their paths begin there.
FOLDERS = """
SELECT options->>'$.folder' AS folder FROM runs
WHERE json_valid(options) AND folder IS NOT NULL
GROUP BY folder ORDER BY max(started_at) DESC LIMIT 8
"""


@dataclass(frozen=True, slots=True)
class Original:
    """One source as it is read now, or the reason why it cannot be shown."""

    uri: str
    document: Document | None
    missing: str | None = None


def folders_of(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Where originals may be: this folder, then those from which they were read."""
    return ("", *(str(row["folder"]) for row in records(connection, FOLDERS)))


def read_source(uri: str, folder: str = "") -> bytes | None:
    """The bytes of a file, or of one member of an archive; None where there is no such thing."""
    below = Path(folder)
    try:
        if (below / uri).is_file():
            return (below / uri).read_bytes()
        marks = (at for at, character in enumerate(uri) if character == MEMBER)
        for at in marks:
            if (below / uri[:at]).is_file():
                return _member((below / uri[:at]).read_bytes(), uri[at + 1 :])
    except OSError as error:
        raise UserError(f"打不开 {uri}：{error.strerror}") from error
    except UnreadableDocument as error:
        raise UserError(f"{uri}：{error.reason}") from error
    return None


def _member(archive: bytes, wanted: str) -> bytes | None:
    from extractors.readers.archive import members

    for name, content in members(archive):
        if name == wanted:
            if isinstance(content, UnreadableDocument):
                raise content
            return content
    return None


def find_source(document_id: str, uris: Sequence[str], folders: Sequence[str]) -> tuple[str, bytes]:
    """The first source that still holds what was read; raises UserError if there is none."""
    changed: dict[str, None] = {}
    for uri in uris:
        for folder in folders:
            data = read_source(uri, folder)
            if data is not None and hashlib.sha256(data).hexdigest() == document_id:
                return uri, data
            if data is not None:
                changed[uri] = None
    if changed:
        raise UserError(f"原文件在读取之后改动过，无法对照：{'、'.join(changed)}")
    if any(is_url(uri) for uri in uris):
        raise UserError(f"原文件在远处，这里不去下载；请在那里对照：{'、'.join(uris)}")
    raise UserError(f"原文件不在了，无法对照：{'、'.join(uris)}")


def open_original(document_id: str, uris: Sequence[str], folders: Sequence[str]) -> Original:
    """The first source that still holds the content which was read."""
    try:
        uri, data = find_source(document_id, uris, folders)
    except UserError as error:
        return Original("、".join(uris), None, str(error))
    return Original(uri, read_document_of(data, uri))


def read_document_of(data: bytes, uri: str) -> Document:
    """The document as its reader sees it; what no reader can open is the user's error."""
    from extractors.extract import read_document

    try:
        return read_document(data, Path(uri).name)
    except UnreadableDocument as error:
        raise UserError(f"{uri}：{error.reason}") from error


def quote(document: Document, locator: Locator) -> Iterator[Text]:
    """The lines or table rows around a place, the place itself marked."""
    if locator.char_start is not None and locator.char_end is not None:
        if document.source_text is not None:
            yield from _lines(document.source_text, locator.char_start, locator.char_end)
        return
    for block in document.blocks:
        if isinstance(block, Table):
            yield from _rows(block, locator)
        elif covers(locator, block.locator):
            yield Text(printable(block.raw), style=MARK)


def line_number(text: str, offset: int) -> int:
    """The number of the line, from 1, that holds a character.

    >>> line_number("甲\\n乙\\n丙", 2)
    2
    """
    return text.count("\n", 0, offset) + 1


def covers(outer: Locator, inner: Locator) -> bool:
    """Whether a place is another one or lies in it.

    >>> covers(Locator(path="table[1]/row[2]"), Locator(path="table[1]/row[2]/cell[3]"))
    True
    >>> covers(Locator(path="table[1]/row[2]"), Locator(path="table[1]/row[21]/cell[3]"))
    False
    """
    if outer.path is not None and inner.path is not None:
        return inner.path == outer.path or inner.path.startswith(outer.path + "/")
    if outer.char_start is not None and outer.char_end is not None:
        return (
            inner.char_start is not None
            and inner.char_end is not None
            and outer.char_start <= inner.char_start
            and inner.char_end <= outer.char_end
        )
    if outer.page is None or outer.page != inner.page or outer.bbox is None or inner.bbox is None:
        return False
    x0, top, x1, bottom = outer.bbox
    return (
        x0 <= inner.bbox[0]
        and top <= inner.bbox[1]
        and inner.bbox[2] <= x1
        and inner.bbox[3] <= bottom
    )


def block_text(block: Paragraph | Cell) -> str:
    """What stands in a paragraph or cell, on one line."""
    return printable(" ".join(block.text.split()))


def _lines(text: str, start: int, end: int) -> Iterator[Text]:
    starts = [0, *(i + 1 for i, character in enumerate(text) if character == "\n")]
    first = bisect_right(starts, start) - 1
    last = bisect_right(starts, max(end - 1, start)) - 1
    bounds = [*starts[1:], len(text) + 1]
    spans = [(starts[i], bounds[i] - 1) for i in range(len(starts))]
    before = [i for i in range(first) if text[slice(*spans[i])].strip()][-LINES_BEFORE:]
    after: list[int] = []
    for i in range(last + 1, len(spans)):
        if len(after) == LINES_AFTER:
            break
        if text[slice(*spans[i])].strip():
            after.append(i)
    for i in (*before, *range(first, last + 1), *after):
        low, high = spans[i]
        inside = first <= i <= last
        line = Text(f"{'▶' if inside else ' '}{i + 1:>6} │ ")
        body = Text(printable(text[low:high].rstrip("\r")).replace("\t", " "))  # offsets stay
        if inside:
            body.stylize(MARK, max(start - low, 0), max(min(end, high) - low, 0))
        yield line.append_text(body)


def _rows(table: Table, locator: Locator) -> Iterator[Text]:
    rows = tuple(table.rows())
    hits = [n for n, row in enumerate(rows) if any(covers(locator, c.locator) for c in row)]
    if not hits:
        return
    shown = range(max(hits[0] - ROWS_AROUND, 0), min(hits[-1] + ROWS_AROUND + 1, len(rows)))
    for number in shown:
        line = Text(f"{'▶' if number in hits else ' '}{number + 1:>6} │ ")
        for index, cell in enumerate(rows[number]):
            line.append(" │ " if index else "")
            line.append(block_text(cell), style=MARK if covers(locator, cell.locator) else None)
        yield line
