"""Reading one source: bytes to extractions, a failure with its reason, and batches in Arrow form.

Rows become Arrow tables where they were read, so that a worker process leaves a few buffers behind
instead of thousands of objects.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain
from typing import Final, NamedTuple, TypeVar

import pyarrow as pa

from extractors.collector import collector_paused
from pipeline.sources import Content, Source, read_bytes, reason_of
from schemas.arrow import arrow_schema, to_arrow
from schemas.ids import document_id
from schemas.records import Document, Extraction
from schemas.status_codes import status_code
from schemas.storable import storable
from schemas.tables import EXTRACTION_TABLES, TableSpec
from schemas.vocabulary import Status, StatusCode

log = logging.getLogger(__name__)

Extract = Callable[[bytes, str], tuple[Extraction, ...]]
T = TypeVar("T")

POSITION = "position"  # column of the store: order of a row within its document's table
UNKNOWN_TYPE = "application/octet-stream"
GROUP_BYTES = 8 << 20  # rows handed to the database at once
OUT_OF_MEMORY = "内存不足，未能读完；请单独处理此文件或拆分后再试"
NEEDS_OCR = "OCR"
NOT_OPENED: Final = "not_opened"
NOTHING_INSIDE = "文件中没有可读的内容"
DEFECT = "程序处理此文件时出错（{kind}：{message}），请将文件与此信息反馈给开发者"


class ReadDocument(NamedTuple):
    """One document of a source; `member` is empty, or `!` and its path inside an archive."""

    document_id: str
    member: str
    status: Status
    reason: str | None
    code: StatusCode | None


class Reading(NamedTuple):
    """One source as read; no `content_id` if it could not be opened, for the `reason` given."""

    source: Source
    content_id: str | None
    documents: tuple[ReadDocument, ...]
    seconds: float
    reason: str | None = None


Result = tuple[Reading, tuple[Extraction, ...]]
# One row for each document of a source; for a source not opened one row without ids.
READ = pa.schema(
    [
        *((name, pa.string()) for name in ("source_uri", "content_id", "member", "document_id")),
        *((name, pa.string()) for name in ("status", "reason", "reason_code", "version")),
        ("ordinal", pa.int32()),
        ("seconds", pa.float64()),
    ]
)


@dataclass(frozen=True, slots=True)
class Batch:
    """What was read, as Arrow rows: READ, and one table for each of EXTRACTION_TABLES."""

    read: pa.Table
    tables: tuple[pa.Table, ...]


@dataclass(frozen=True, slots=True)
class Defect:
    """What went wrong inside our own code, for the document's status."""

    reason: str


def extract(data: bytes, name: str) -> tuple[Extraction, ...]:
    """The extractor, imported only when the first document is read."""
    from extractors.extract import extract as extract_document

    return extract_document(data, name)


def attempt(step: Callable[[], T], name: str) -> T | Defect:
    """The result of `step`; the one place where our own defect costs a document, not the run."""
    try:
        return step()
    except MemoryError:
        return Defect(OUT_OF_MEMORY)
    except Exception as error:  # reported in the document's status and, with its trace, in the log
        log.debug("%s", name, exc_info=True)
        return Defect(DEFECT.format(kind=type(error).__name__, message=error))


def read_source(source: Source, extract: Extract) -> Result:
    """One source's reading and its extractions, at least one unless it cannot be opened."""
    started = time.perf_counter()
    try:
        data = read_bytes(source)
    except OSError as error:
        reason = f"无法打开文件：{reason_of(error)}"
        return Reading(source, None, (), time.perf_counter() - started, reason), ()
    content = Content(source, document_id(data), len(data))
    extractions = attempt(partial(extract, data, source.name), source.uri)
    if isinstance(extractions, Defect):
        extractions = (failed(content, extractions.reason),)
    elif not extractions:
        extractions = (failed(content, NOTHING_INSIDE),)
    seconds = time.perf_counter() - started
    coded = tuple(map(_coded, extractions))
    return reading(content, coded, seconds), coded


def _coded(extraction: Extraction) -> Extraction:
    """The extraction with the code of its document's status."""
    document = extraction.document
    code = status_code(document.status, document.status_reason)
    if document.status == "partial" and any(NEEDS_OCR in r.reason for r in extraction.rejects):
        code = "needs_ocr"
    return replace(extraction, document=replace(document, status_code=code)) if code else extraction


def reading(content: Content, extractions: Iterable[Extraction], seconds: float) -> Reading:
    """The reading of a source that gave these extractions."""
    documents = tuple(
        ReadDocument(
            document_id=extraction.document.document_id,
            member=_member(extraction.document, content.source),
            status=extraction.document.status,
            reason=extraction.document.status_reason,
            code=extraction.document.status_code,
        )
        for extraction in extractions
    )
    return Reading(content.source, content.content_id, documents, seconds)


def _member(document: Document, source: Source) -> str:
    """What the document's name adds to its source's name: `!` and the path inside an archive."""
    if document.file_name.startswith(f"{source.name}!"):
        return document.file_name.removeprefix(source.name)
    return ""


def failed(content: Content, reason: str) -> Extraction:
    """The extraction of a source that could not be read at all."""
    return Extraction(
        Document(
            document_id=content.content_id,
            file_name=content.source.name,
            source_uris=(content.source.uri,),
            media_type=UNKNOWN_TYPE,
            size_bytes=content.size,
            page_count=None,
            title=None,
            publisher=None,
            region=None,
            fiscal_year=None,
            document_kind="other",
            status="failed",
            status_reason=reason,
            extractor_version="",
            status_code=status_code("failed", reason),
        )
    )


def to_batch(results: Sequence[Result], version: str) -> tuple[tuple[Reading, ...], Batch]:
    """Readings and all rows; a document whose rows do not convert costs only itself."""
    with collector_paused():
        try:
            return _batch(results, version)
        except (ValueError, TypeError, AttributeError, OverflowError):
            return _batch([_convertible(*result) for result in results], version)


def _batch(results: Sequence[Result], version: str) -> tuple[tuple[Reading, ...], Batch]:
    extractions: dict[str, Extraction] = {}
    for extraction in chain.from_iterable(read for _, read in results):
        extractions.setdefault(extraction.document.document_id, extraction)
    readings = tuple(reading for reading, _ in results)
    return readings, Batch(_read(readings, version), _tables(tuple(extractions.values()), version))


def _read(readings: Sequence[Reading], version: str) -> pa.Table:
    rows = list(chain.from_iterable(_rows_of(reading, version) for reading in readings))
    columns = zip(*rows, strict=True) if rows else [()] * len(READ)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, READ.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=READ)


def _rows_of(reading: Reading, version: str) -> Iterator[tuple[object, ...]]:
    uri, content_id, seconds = reading.source.uri, reading.content_id, reading.seconds
    if content_id is None:
        reason = as_utf8(reading.reason)
        yield (uri, None, "", None, "failed", reason, NOT_OPENED, version, 0, seconds)
    for ordinal, each in enumerate(reading.documents, start=1):
        known = (uri, content_id, as_utf8(each.member), each.document_id)
        state = (each.status, as_utf8(each.reason), each.code)
        yield (*known, *state, version, ordinal, seconds)


def as_utf8(value: str | None) -> str | None:
    """`value` as UTF-8 can write it; names in archives may hold broken characters."""
    return None if value is None else value.encode("utf-8", "backslashreplace").decode()


def merged(batches: Sequence[Batch]) -> Batch:
    """Several batches as one; a document that stands in more than one is kept once."""
    seen: set[str] = set()
    parts: list[tuple[pa.Table, ...]] = []
    for batch in batches:
        ids = batch.tables[0].column("document_id").to_pylist()
        parts.append(_without(batch.tables, seen) if seen.intersection(ids) else batch.tables)
        seen.update(ids)
    return Batch(
        read=pa.concat_tables([batch.read for batch in batches]),
        tables=tuple(map(pa.concat_tables, zip(*parts, strict=True))),
    )


def _without(tables: Sequence[pa.Table], ids: set[str]) -> tuple[pa.Table, ...]:
    import pyarrow.compute as pc  # slow to load, and no worker needs it

    known = pa.array(sorted(ids), type=pa.string())
    return tuple(
        rows.filter(pc.invert(pc.is_in(rows.column("document_id"), known))) for rows in tables
    )


def grouped(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Batches big enough for the database, small enough for memory."""
    group: list[Batch] = []
    size = 0
    for batch in batches:
        group.append(batch)
        size += sum(rows.nbytes for rows in batch.tables)
        if size >= GROUP_BYTES:
            yield merged(group)
            group, size = [], 0
    if group:
        yield merged(group)


def _tables(extractions: Sequence[Extraction], version: str) -> tuple[pa.Table, ...]:
    """One Arrow table for each extraction table, each row with its position in its document."""
    versioned = [
        replace(extraction.document, extractor_version=version) for extraction in extractions
    ]
    first, *others = EXTRACTION_TABLES
    tables = [_with_position(first, [(document,) for document in versioned])]
    for spec in others:
        tables.append(_with_position(spec, [getattr(each, spec.name) for each in extractions]))
    return tuple(tables)


def _with_position(spec: TableSpec, groups: Sequence[tuple[object, ...]]) -> pa.Table:
    rows = list(chain.from_iterable(groups))
    positions = list(chain.from_iterable(range(len(group)) for group in groups))
    arrays = [*to_arrow(spec, rows).columns, pa.array(positions, type=pa.int32())]
    return pa.Table.from_arrays(arrays, schema=positioned(spec))


@cache
def positioned(spec: TableSpec) -> pa.Schema:
    """The columns of a table as they are read, without what is said about them."""
    fields = [(field.name, field.type) for field in arrow_schema(spec)]
    return pa.schema([*fields, (POSITION, pa.int32())])


def _convertible(result: Reading, extractions: tuple[Extraction, ...]) -> Result:
    """The same reading with extractions that are sure to convert, or as failures."""
    kept: list[Extraction] = []
    documents: list[ReadDocument] = []
    for document, extraction in zip(result.documents, extractions, strict=True):
        safe = attempt(partial(_tried, extraction), result.source.uri)
        if isinstance(safe, Defect):
            content = Content(result.source, document.document_id, extraction.document.size_bytes)
            document = document._replace(status="failed", reason=safe.reason, code="defect")
            safe = failed(content, safe.reason)
        kept.append(safe)
        documents.append(document)
    return result._replace(documents=tuple(documents)), tuple(kept)


def _tried(extraction: Extraction) -> Extraction:
    safe = storable(extraction)
    _tables((safe,), "")
    return safe
