"""Files and folders as given, expanded to sources in a fixed order and known by their content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UserError

LOCK_FILES = "~$"  # what Word and WPS leave beside a document that is open


@dataclass(frozen=True, slots=True)
class Source:
    """One file: `uri` is the folder as given and the path below it, `name` has no folders."""

    uri: str
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Given:
    """What was asked for: the files, and the folders whose vanished files are to be retired."""

    sources: tuple[Source, ...]
    roots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """A source with the SHA-256 and the size of its bytes."""

    source: Source
    content_id: str
    size: int


@dataclass(frozen=True, slots=True)
class Unopened:
    """A source whose bytes cannot be had, and why."""

    source: Source
    reason: str


def expand(paths: Sequence[str | Path], exclude: Path) -> Given:
    """All files below `paths`, sorted; hidden files and everything below `exclude` are left out."""
    found: dict[str, Source] = {}
    roots: list[str] = []
    excluded = exclude.resolve()
    for path in map(Path, paths):
        if path.is_dir():
            roots.append(readable_name(path))
            files = _files_below(path, excluded)
        elif path.is_file():
            files = iter((path,))
        elif path.exists():
            raise UserError(f"“{readable_name(path)}”不是普通文件，无法读取")
        else:
            raise UserError(f"找不到文件或目录“{readable_name(path)}”，请检查路径")
        for file in files:
            uri = readable_name(file)
            found.setdefault(uri, Source(uri, readable_name(file.name), file))
    return Given(tuple(found[uri] for uri in sorted(found)), tuple(sorted(set(roots))))


def _files_below(folder: Path, excluded: Path) -> Iterator[Path]:
    """Regular files below a folder; links to folders are not followed, so no loop is possible."""
    if folder.resolve() == excluded:
        return
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        message = f"无法列出目录“{readable_name(folder)}”：{reason_of(error)}"
        raise UserError(message) from error
    for entry in entries:
        if entry.name.startswith((".", LOCK_FILES)):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _files_below(entry, excluded)
        elif entry.is_file() and entry.parent.resolve() != excluded:
            yield entry


def identify(sources: Iterable[Source]) -> Iterator[Content | Unopened]:
    """Each source with its content's hash, or why it cannot be opened."""
    for source in sources:
        try:
            with source.path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                size = stream.tell()
        except OSError as error:
            yield Unopened(source, f"无法打开文件：{reason_of(error)}")
        else:
            yield Content(source, digest, size)


def reason_of(error: OSError) -> str:
    """Why the system refused, in Chinese where the case is common.

    >>> reason_of(PermissionError(13, "Permission denied"))
    '没有权限'
    """
    if isinstance(error, PermissionError):
        return "没有权限"
    if isinstance(error, FileNotFoundError):
        return "文件已不存在"
    return error.strerror or str(error)


def readable_name(path: str | Path) -> str:
    """A path as text; names that are not UTF-8 are read as GB18030, else their bytes are shown.

    >>> readable_name(os.fsdecode("绩效.txt".encode("gb18030")))
    '绩效.txt'
    """
    name = os.fsencode(path)
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("utf-8", "backslashreplace")
