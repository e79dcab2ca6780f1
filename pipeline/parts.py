"""Parts: what a worker has read, in one file that is whole or is not there.

    <output>/.parts/<run_id>/<name>.part       a stream of Arrow rows for each table, one by one

A worker writes one every second or so and the driver stores many at once, for a transaction costs
as much as storing some hundred documents. What a killed run leaves is stored by the next one. The
folder may be a URL, where machines of a cluster share no disk.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pyarrow as pa

from pipeline.reading import (
    READ,
    Batch,
    Extract,
    Reading,
    Result,
    positioned,
    read_source,
    to_batch,
)
from pipeline.release import UNFINISHED
from pipeline.remote import file_system, read_url
from pipeline.sources import Content, is_url
from schemas.tables import EXTRACTION_TABLES

SUFFIX = ".part"
FLUSH_SECONDS = 1.0  # most that a killed run has to read again, for each worker
# Buffers are small: to share them out among threads takes longer than to compress them.
COMPRESSED = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
UNPACKED = pa.ipc.IpcReadOptions(use_threads=False)

Chunk = tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """What every chunk of a run is read with; `folder` is where its parts go, a path or a URL."""

    extract: Extract
    version: str
    seconds: float
    folder: str


@dataclass(frozen=True, slots=True)
class Part:
    """Some sources that have been read: each in few words, and the file of their rows."""

    readings: tuple[Reading, ...]
    place: str
    size: int


def read_chunk(chunk: Chunk, task: Task, begin: Callable[[int], None]) -> Iterator[Part]:
    """Read the sources of a chunk; `begin` is told the number of each one before it is read."""
    results: list[Result] = []
    since = time.monotonic()
    for number, content in enumerate(chunk):
        begin(number)
        results.append(read_source(content.source, task.extract))
        if time.monotonic() - since >= FLUSH_SECONDS:
            yield save(results, task)
            results, since = [], time.monotonic()
    if results:
        yield save(results, task)


def save(results: Sequence[Result], task: Task) -> Part:
    """Write a part; it is on the disk when this returns."""
    readings, batch = to_batch(results, task.version)
    sink = pa.BufferOutputStream()
    for rows in (batch.read, *batch.tables):
        with pa.ipc.new_stream(sink, rows.schema, options=COMPRESSED) as writer:
            writer.write_table(rows)
    content = sink.getvalue()
    place = f"{task.folder.rstrip('/')}/{uuid4().hex}{SUFFIX}"
    if is_url(place):
        _send(place, content)
    else:
        _write(Path(place), content)
    return Part(readings, place, content.size)


def _send(place: str, content: pa.Buffer) -> None:
    system, path = file_system(place)
    system.makedirs(path.rpartition("/")[0], exist_ok=True)
    system.pipe_file(path, content.to_pybytes())


def _write(path: Path, content: pa.Buffer) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(UNFINISHED)
    with fresh.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.rename(path)


def load(place: str) -> Batch:
    """The rows of a part; raises ValueError where another version of the tables wrote it."""
    content = read_url(place) if is_url(place) else Path(place).read_bytes()
    source = pa.BufferReader(content)
    tables: list[pa.Table] = []
    for schema in (READ, *map(positioned, EXTRACTION_TABLES)):
        with pa.ipc.open_stream(source, options=UNPACKED) as reader:
            if reader.schema != schema:
                raise ValueError(f"{place} has other columns")
            tables.append(reader.read_all())
    return Batch(tables[0], tuple(tables[1:]))


def is_whole(place: str) -> bool:
    """Whether a part can be loaded."""
    try:
        load(place)
    except (ValueError, OSError):  # what Arrow finds broken is one of these
        return False
    return True


def name_of(place: str) -> str:
    """What a part is called, wherever its folder is.

    >>> name_of("s3://bucket/.parts/run/0a1b.part")
    '0a1b.part'
    """
    return place.rpartition("/")[2]


def left_behind(folder: str) -> tuple[tuple[str, str], ...]:
    """The parts in a folder of parts, each with its run: what killed runs could not store."""
    if is_url(folder):
        system, path = file_system(folder)
        found = [str(each) for each in system.find(path)]
    else:
        found = list(map(str, Path(folder).glob("*/*")))
    ends = sorted(tuple(each.split("/")[-2:]) for each in found if each.endswith(SUFFIX))
    return tuple((run_id, f"{folder}/{run_id}/{name}") for run_id, name in ends)


def discard(folder: str) -> None:
    """Delete all parts in a folder of parts: they are stored."""
    if not is_url(folder):
        shutil.rmtree(folder, ignore_errors=True)
        return
    system, path = file_system(folder)
    for each in system.find(path):
        system.rm_file(each)
