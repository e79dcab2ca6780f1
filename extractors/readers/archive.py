"""ZIP archives of documents: each member on its own, with its name as it was meant."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
from collections.abc import Iterator

from extractors.document import UnreadableDocument
from extractors.readers.encoding import decode
from extractors.readers.limits import MAX_MEMBER_BYTES, MAX_MEMBERS, MAX_TOTAL_BYTES
from extractors.readers.package import ZIP_ERRORS, inflate

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075  # Info-ZIP's extra field with the name in UTF-8
_LITTER = ("__MACOSX/",)
_LITTER_FILES = frozenset((".ds_store", "thumbs.db", "desktop.ini"))


def members(data: bytes) -> Iterator[tuple[str, bytes | UnreadableDocument]]:
    """Name and bytes of each file in a ZIP; for one that cannot be read, the reason instead.

    Names are data only and never a place to write to. Raises `UnreadableDocument` where the archive
    as a whole cannot be read or asks for too much.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except ZIP_ERRORS as error:
        raise UnreadableDocument(
            "压缩包不完整：ZIP 目录损坏（多为下载中断），请重新下载后再试"
        ) from error
    if len(infos) > MAX_MEMBERS:
        raise UnreadableDocument(
            f"压缩包内有 {len(infos)} 个文件，超过上限 {MAX_MEMBERS}，请拆分后再试"
        )
    left = MAX_TOTAL_BYTES
    with archive:
        for info in infos:
            name = member_name(info)
            if info.is_dir() or is_litter(name):
                continue
            try:
                content = inflate(archive, info, min(left, MAX_MEMBER_BYTES))
            except UnreadableDocument as error:
                if left < MAX_MEMBER_BYTES and not info.flag_bits & 1:
                    raise UnreadableDocument(
                        f"压缩包解压后超过 {MAX_TOTAL_BYTES // 1_000_000} MB，其余文件未读取"
                    ) from error
                yield name, error
                continue
            left -= len(content)
            yield name, content


def member_name(info: zipfile.ZipInfo) -> str:
    """The name of a member: UTF-8 where the archive says so, else GB18030 or Big5.

    >>> info = zipfile.ZipInfo("绩效.docx".encode("gbk").decode("cp437"))
    >>> member_name(info)
    '绩效.docx'
    """
    stored = info.filename
    unicode_path = _unicode_path(info.extra)
    if unicode_path is not None:
        stored = unicode_path
    elif not info.flag_bits & _UTF8_FLAG:
        stored = _redecoded(stored)
    return posixpath.normpath(stored.replace("\\", "/")).lstrip("/")


def is_litter(name: str) -> bool:
    """Whether a member is what systems leave behind, not a document.

    >>> is_litter("__MACOSX/._a.docx"), is_litter("表/~$a.docx"), is_litter("表/a.docx")
    (True, True, False)
    """
    file = posixpath.basename(name).lower()
    return name.startswith(_LITTER) or file in _LITTER_FILES or file.startswith("~$")


def _redecoded(stored: str) -> str:
    """A name that zipfile took for CP437, which few Chinese archives mean."""
    try:
        raw = stored.encode("cp437")
    except UnicodeEncodeError:
        return stored
    try:
        return decode(raw, declared="gb18030")[0]
    except UnreadableDocument:
        return raw.decode("gb18030", errors="replace")


def _unicode_path(extra: bytes) -> str | None:
    offset = 0
    while offset + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, offset)
        if kind == _UNICODE_PATH and length > 5:
            body = extra[offset + 9 : offset + 4 + length]  # after version and checksum
            return body.decode("utf-8", errors="replace")
        offset += 4 + length
    return None
