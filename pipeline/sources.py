"""Files and folders as given, expanded to sources in a fixed order and known by their content.

A source is a local path or an fsspec URL (`s3://bucket/folder`, `memory://folder`).
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import UserError

LOCK_FILES = "~$"  # what Word and WPS leave beside a document that is open
OWN_NOTES = "README."  # what a folder says of itself is no disclosure
AT_ONCE_BYTES = 1 << 20  # what is hashed without a buffer that costs more than to hash it
SETTLED_NS = 2_000_000_000  # a file changed within this time may change again within its time stamp


# What goes to workers and back are tuples: to pickle a dataclass takes several times as long.
class Source(NamedTuple):
    """One file: `uri` is the folder as given and the path below it, `name` has no folders.

    `stamp` changes whenever the file does; None where that is not sure.
    """

    uri: str
    name: str
    path: Path | str  # a URL is a string; thousands of files are noted faster as strings
    size: int = 0
    stamp: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What was asked for: the files, and the folders whose vanished files are to be retired."""

    sources: tuple[Source, ...]
    roots: tuple[str, ...]


class Content(NamedTuple):
    """A source with the SHA-256 and the size of its bytes."""

    source: Source
    content_id: str
    size: int


class Unopened(NamedTuple):
    """A source whose bytes cannot be had, and why."""

    source: Source
    reason: str


def is_url(path: str | Path) -> bool:
    """Whether a path is an fsspec URL and no file of this machine.

    >>> is_url("s3://bucket/reports"), is_url("reports/2024"), is_url("file:///data")
    (True, False, False)
    """
    return isinstance(path, str) and "://" in path and not path.startswith("file://")


def local_path(path: str | Path) -> Path:
    """A path of this machine, also one written as a `file://` URL."""
    return Path(str(path).removeprefix("file://"))


def expand(paths: Sequence[str | Path], exclude: Path) -> Given:
    """All files below `paths`, sorted; hidden files and everything below `exclude` are left out."""
    found: dict[str, Source] = {}
    roots: list[str] = []
    excluded = str(exclude.resolve())
    settled = time.time_ns() - SETTLED_NS
    for path in paths:
        if is_url(path):
            from pipeline.remote import expand_url

            is_folder, sources = expand_url(str(path))
            roots += [str(path)] if is_folder else []
        else:
            local = local_path(path)
            roots += [readable_name(local)] if local.is_dir() else []
            sources = _sources(local, excluded, settled)
        for source in sources:
            found.setdefault(source.uri, source)
    return Given(tuple(found[uri] for uri in sorted(found)), tuple(sorted(set(roots))))


def _sources(path: Path, excluded: str, settled: int) -> Iterator[Source]:
    """The files of one path given."""
    if path.is_dir():
        if str(path.resolve()) == excluded:
            return
        for found, status in _files_below(str(path), os.path.realpath(path), excluded):
            yield _source(found, status, settled)
    elif path.is_file():
        yield _source(str(path), path.stat(), settled)
    elif path.exists():
        raise UserError(f"“{readable_name(path)}”不是普通文件，无法读取")
    else:
        raise UserError(f"找不到文件或目录“{readable_name(path)}”，请检查路径")


def _source(path: str, status: os.stat_result, settled: int) -> Source:
    uri = readable_name(path)
    times = max(status.st_mtime_ns, status.st_ctime_ns)
    stamp = f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"
    return Source(
        uri=uri,
        name=uri.rpartition("/")[2],
        path=path,
        size=status.st_size,
        stamp=stamp if times < settled else None,
    )


def _files_below(folder: str, real: str, excluded: str) -> Iterator[tuple[str, os.stat_result]]:
    """Regular files below a folder; links to folders are not followed, so no loop is possible."""
    try:
        with os.scandir(folder) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError as error:
        message = f"无法列出目录“{readable_name(folder)}”：{reason_of(error)}"
        raise UserError(message) from error
    prefix = "" if folder == "." else folder.rstrip("/") + "/"
    for entry in entries:
        if entry.name.startswith((".", LOCK_FILES, OWN_NOTES)):
            continue
        if entry.is_dir(follow_symlinks=False):
            inside = f"{real.rstrip('/')}/{entry.name}"
            if inside != excluded:
                yield from _files_below(prefix + entry.name, inside, excluded)
        elif entry.is_file() and real != excluded:
            yield prefix + entry.name, entry.stat()


def identify(sources: Iterable[Source]) -> Iterator[Content | Unopened]:
    """Each source with its content's hash, or why it cannot be opened."""
    for source in sources:
        try:
            digest, size = _digest(source)
        except OSError as error:
            yield Unopened(source, f"无法打开文件：{reason_of(error)}")
        else:
            yield Content(source, digest, size)


def _digest(source: Source) -> tuple[str, int]:
    if is_url(source.path):
        data = read_bytes(source)
        return hashlib.sha256(data).hexdigest(), len(data)
    with io.FileIO(source.path) as stream:
        if source.size <= AT_ONCE_BYTES:
            data = stream.read()
            return hashlib.sha256(data).hexdigest(), len(data)
        return hashlib.file_digest(stream, "sha256").hexdigest(), stream.tell()


def read_bytes(source: Source) -> bytes:
    """All bytes of a source; raises OSError."""
    if not is_url(source.path):
        with io.FileIO(source.path) as stream:
            return stream.readall()
    from pipeline.remote import read_url

    return read_url(str(source.path))


def reason_of(error: OSError) -> str:
    """Why the system refused, in Chinese where the case is common.

    >>> reason_of(PermissionError(13, "Permission denied"))
    '没有权限'
    """
    if isinstance(error, PermissionError):
        return "没有权限"
    if isinstance(error, FileNotFoundError):
        return "文件已不存在"
    if error.errno == errno.EROFS:
        return "文件系统是只读的"
    return error.strerror or str(error)


def readable_name(path: str | Path) -> str:
    """A path as text; names that are not UTF-8 are read as GB18030, else their bytes are shown.

    >>> readable_name(os.fsdecode("绩效.txt".encode("gb18030")))
    '绩效.txt'
    """
    text = str(path)
    if text.isascii():
        return text
    name = os.fsencode(text)
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("utf-8", "backslashreplace")
