"""The directory and streams of an OLE2 compound file: what Office wrote before 2007.

Only what is needed to name a format and to read the workbook stream; [MS-CFB] gives the layout.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from extractors.document import UnreadableDocument

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA  # and above: free, end of chain, FAT sectors
_ENTRY_BYTES = 128
_STREAM, _ROOT = 2, 5
_TRUNCATED = "文件不完整：OLE2 结构（旧版 Office 文件）在中途断开，请重新下载或另存后再试"


@dataclass(frozen=True, slots=True)
class Entry:
    """One stream of the directory: its name, first sector, size in bytes and tree neighbours."""

    name: str
    kind: int
    start: int
    size: int
    neighbours: tuple[int, int]
    child: int


class CompoundFile:
    """An OLE2 file opened for reading.

    Raises `UnreadableDocument` where the structure breaks off.
    """

    __slots__ = ("_data", "_fat", "_mini_cutoff", "_mini_fat", "_mini_size", "_size", "entries")

    def __init__(self, data: bytes) -> None:
        if not data.startswith(MAGIC) or len(data) < 512:
            raise UnreadableDocument(_TRUNCATED)
        self._data = data
        sector_shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if sector_shift not in (9, 12) or mini_shift != 6:
            raise UnreadableDocument("文件损坏：OLE2 文件头中的扇区大小无效")
        self._size, self._mini_size = 1 << sector_shift, 1 << mini_shift
        first_directory, self._mini_cutoff = struct.unpack_from("<I4xI", data, 48)
        first_mini, first_difat = struct.unpack_from("<I4xI", data, 60)
        self._fat = self._read_fat(first_difat)
        directory = self._chain(first_directory)
        self.entries = tuple(_entries(directory))
        mini = self._chain(first_mini) if first_mini < _END else b""
        self._mini_fat = struct.unpack(f"<{len(mini) // 4}I", mini[: len(mini) // 4 * 4])

    def names(self) -> frozenset[str]:
        """Names of the streams and storages at the root; embedded files keep theirs below it."""
        return frozenset(entry.name for entry in self._root_entries())

    def stream(self, name: str) -> bytes | None:
        """The bytes of the root's stream of that name, or None."""
        for entry in self._root_entries():
            if entry.name.lower() == name.lower() and entry.kind == _STREAM:
                return self._stream(entry)
        return None

    def _root_entries(self) -> list[Entry]:
        root = next((e for e in self.entries if e.kind == _ROOT), None)
        found: list[Entry] = []
        waiting, seen = [root.child] if root is not None else [], set[int]()
        while waiting:
            number = waiting.pop()
            if number in seen or not 0 <= number < len(self.entries):
                continue
            seen.add(number)
            found.append(self.entries[number])
            waiting.extend(self.entries[number].neighbours)
        return found

    def _stream(self, entry: Entry) -> bytes:
        if entry.size >= self._mini_cutoff:
            return self._chain(entry.start)[: entry.size]
        root = next((e for e in self.entries if e.kind == _ROOT), None)
        if root is None:
            raise UnreadableDocument(_TRUNCATED)
        container = self._chain(root.start)
        pieces: list[bytes] = []
        sector, size = entry.start, self._mini_size
        for _ in range(len(self._mini_fat) + 1):
            if sector >= _END:
                return b"".join(pieces)[: entry.size]
            if sector >= len(self._mini_fat):
                break
            pieces.append(container[sector * size : (sector + 1) * size])
            sector = self._mini_fat[sector]
        raise UnreadableDocument(_TRUNCATED)

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._data):
            raise UnreadableDocument(_TRUNCATED)
        return self._data[start : start + self._size]

    def _read_fat(self, difat: int) -> tuple[int, ...]:
        numbers = list(struct.unpack_from("<109I", self._data, 76))
        per_sector = self._size // 4
        seen: set[int] = set()
        while difat < _END and difat not in seen:
            seen.add(difat)
            block = self._sector(difat)
            values = struct.unpack(f"<{len(block) // 4}I", block)
            numbers.extend(values[: per_sector - 1])
            difat = values[-1]
        fat = b"".join(self._sector(n) for n in numbers if n < _END)
        return struct.unpack(f"<{len(fat) // 4}I", fat[: len(fat) // 4 * 4])

    def _chain(self, sector: int) -> bytes:
        pieces: list[bytes] = []
        for _ in range(len(self._fat) + 1):  # a longer chain runs in a circle
            if sector >= _END:
                return b"".join(pieces)
            if sector >= len(self._fat):
                break
            pieces.append(self._sector(sector))
            sector = self._fat[sector]
        raise UnreadableDocument(_TRUNCATED)


def _entries(directory: bytes) -> list[Entry]:
    entries = []
    for offset in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        length, kind = struct.unpack_from("<HB", directory, offset + 64)
        left, right, child = struct.unpack_from("<iii", directory, offset + 68)
        start, size = struct.unpack_from("<II", directory, offset + 116)
        raw = directory[offset : offset + max(0, min(length, 64) - 2)]
        name = raw.decode("utf-16-le", errors="replace")
        entries.append(Entry(name, kind, start, size, (left, right), child))
    return entries
