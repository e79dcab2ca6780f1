"""Office packages (ZIP of XML parts) opened so that no bomb, entity or broken part gets further."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from urllib.parse import unquote

from lxml import etree

from extractors.document import UnreadableDocument
from extractors.readers.limits import (
    MAX_MEMBER_BYTES,
    MAX_MEMBERS,
    MAX_NODES,
    MAX_PACKAGE_BYTES,
    MAX_RATIO,
    RATIO_FLOOR_BYTES,
)

ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    RuntimeError,  # zipfile's word for "password required"
    NotImplementedError,
)
_STRICT = re.compile(
    rb"http://purl\.oclc\.org/ooxml/"
    rb"(wordprocessingml|spreadsheetml|officeDocument|drawingml)/([a-zA-Z]+)"
)
_TRANSITIONAL = {
    b"wordprocessingml": b"http://schemas.openxmlformats.org/wordprocessingml/2006/",
    b"spreadsheetml": b"http://schemas.openxmlformats.org/spreadsheetml/2006/",
    b"officeDocument": b"http://schemas.openxmlformats.org/officeDocument/2006/",
    b"drawingml": b"http://schemas.openxmlformats.org/drawingml/2006/",
}
_PARSER_OPTIONS = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


class Package:
    """A ZIP of parts, each read once and counted while it is inflated."""

    __slots__ = ("_archive", "_left", "_names", "_relations")

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except ZIP_ERRORS as error:
            raise UnreadableDocument(
                "文件不完整：ZIP 结构损坏（多为下载中断或被截断），请重新下载后再试"
            ) from error
        infos = self._archive.infolist()
        if len(infos) > MAX_MEMBERS:
            raise UnreadableDocument(
                f"文件内有 {len(infos)} 个部件，超过上限 {MAX_MEMBERS}，疑为恶意构造，未读取"
            )
        self._left = MAX_PACKAGE_BYTES
        self._relations: dict[str, tuple[tuple[str, str, str], ...]] = {}
        # Part names are case-insensitive and some producers begin them with a slash.
        self._names = {_folded(info.filename): info for info in infos}

    def names(self) -> tuple[str, ...]:
        """Stored names of all parts."""
        return tuple(info.filename for info in self._names.values())

    def has(self, name: str) -> bool:
        """Whether the part exists."""
        return _folded(name) in self._names

    def read(self, name: str) -> bytes:
        """The bytes of one part; raises `UnreadableDocument` where it is missing or broken."""
        info = self._names.get(_folded(name))
        if info is None:
            raise UnreadableDocument(f"文件缺少必需的部件 {name}，不是完整的 Office 文件")
        content = inflate(self._archive, info, min(self._left, MAX_MEMBER_BYTES))
        self._left -= len(content)
        return content

    def tree(self, name: str) -> etree._Element:
        """The root element of one XML part."""
        return parse_xml(_transitional(self.read(name)), name)

    def related(self, part: str, kind: str) -> str | None:
        """The first part that `part` points to by a relationship whose type ends in `kind`."""
        for relation_type, target, _ in self.relations(part):
            if relation_type == kind:
                return target
        return None

    def relations(self, part: str) -> tuple[tuple[str, str, str], ...]:
        """Type, target part and id of each inner relationship of a part ('' for the package)."""
        if part not in self._relations:
            self._relations[part] = self._read_relations(part)
        return self._relations[part]

    def _read_relations(self, part: str) -> tuple[tuple[str, str, str], ...]:
        folder, file = posixpath.split(part)
        name = posixpath.join(folder, "_rels", f"{file}.rels")
        if not self.has(name):
            return ()
        found = []
        for element in self.tree(name):
            if element.get("TargetMode") == "External":
                continue
            target = unquote(element.get("Target", ""))
            path = target if target.startswith("/") else posixpath.join("/", folder, target)
            kind = element.get("Type", "").rpartition("/")[2]
            found.append((kind, posixpath.normpath(path).lstrip("/"), element.get("Id", "")))
        return tuple(found)


def inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo, room: int) -> bytes:
    """One member's bytes, counted while inflating because stored sizes may lie."""
    if info.flag_bits & 1:
        raise UnreadableDocument(f"“{info.filename}”设有密码，请解密后再试")
    packed = max(info.compress_size, 1)
    limit = min(room, max(MAX_RATIO * packed, RATIO_FLOOR_BYTES))
    try:
        with archive.open(info) as stream:
            content = stream.read(limit + 1)
    except ZIP_ERRORS as error:
        raise UnreadableDocument(
            f"“{info.filename}”解压失败（数据损坏或不完整），请重新下载后再试"
        ) from error
    if len(content) > limit:
        raise UnreadableDocument(
            f"“{info.filename}”解压后超过 {limit // 1_000_000} MB（压缩包 {packed} 字节），"
            "疑为压缩炸弹，未读取"
        )
    return content


def parse_xml(data: bytes, name: str = "XML") -> etree._Element:
    """The root of an XML text; entities, DTDs, network and unbounded trees are refused.

    >>> parse_xml(b"<a><b/></a>").tag
    'a'
    """
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:4096]:
        raise UnreadableDocument(f"“{name}”含 DOCTYPE 或实体声明，Office 文件不应有，未读取")
    if data.count(b"<") > 2 * MAX_NODES:
        raise UnreadableDocument(f"“{name}”的元素超过 {MAX_NODES} 个，疑为恶意构造，未读取")
    try:
        root = etree.fromstring(data, etree.XMLParser(**_PARSER_OPTIONS))
    except etree.XMLSyntaxError as error:
        raise UnreadableDocument(
            f"“{name}”的 XML 有误（第 {error.lineno} 行：{error.msg}），文件可能被截断或损坏"
        ) from error
    if root is None:
        raise UnreadableDocument(f"“{name}”是空的，文件损坏")
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableDocument(f"“{name}”含 DOCTYPE 声明，Office 文件不应有，未读取")
    return root


def _transitional(data: bytes) -> bytes:
    """Strict OOXML in the names of the transitional one, which readers know."""
    if b"purl.oclc.org/ooxml" not in data:
        return data
    return _STRICT.sub(lambda m: _TRANSITIONAL[m[1]] + m[2], data)


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
