"""What an XLS file says about how its numbers look; calamine gives the values alone.

Records and their layout are those of [MS-XLS] (BIFF8) and of BIFF5 before it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from extractors.document import UnreadableDocument
from extractors.readers.number_format import GENERAL, built_in
from extractors.readers.ole2 import CompoundFile

_BOF, _EOF, _FILEPASS, _DATEMODE = 0x0809, 0x000A, 0x002F, 0x0022
_FORMAT, _XF, _BOUNDSHEET = 0x041E, 0x00E0, 0x0085
_FORMULA, _NUMBER, _RK, _MULRK, _BOOLERR = 0x0006, 0x0203, 0x027E, 0x00BD, 0x0205
_ROW, _COLINFO, _LABELSST, _LABEL = 0x0208, 0x007D, 0x00FD, 0x0204
_SST, _DIMENSIONS = 0x00FC, 0x0200
_BIFF8 = 0x0600
_MAX_ROWS, _MAX_COLUMNS = 65_536, 256  # of the format
_WORKSHEET = 0
ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


@dataclass(slots=True)
class Marks:
    """How the cells of one sheet are shown: what a list of values leaves out."""

    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncomputed: list[tuple[int, int]] = field(default_factory=list)
    hides: bool = False  # hidden rows or columns
    rows: int = 0
    columns: int = 0

    def reach(self, row: int, column: int) -> None:
        """Widen the used range to a cell."""
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)


@dataclass(slots=True)
class WorkbookMarks:
    """The marks of every sheet by name, and the day that dates count from."""

    sheets: dict[str, Marks] = field(default_factory=dict)
    epoch: int = 1900


def read_biff(data: bytes) -> WorkbookMarks:
    """Number formats, errors and hidden rows of an XLS file."""
    stream = data
    if data.startswith(b"\xd0\xcf"):
        compound = CompoundFile(data)
        found = compound.stream("Workbook") or compound.stream("Book")
        if found is None:
            raise UnreadableDocument("不是 Excel 文件：缺少 Workbook 数据流")
        stream = found
    formats: dict[int, str] = {}
    styles: list[int] = []
    bounds: list[tuple[str, int]] = []
    marks = WorkbookMarks()
    version = _BIFF8
    for kind, body in _records(stream, 0):
        if kind == _BOF and len(body) >= 2:
            version = struct.unpack_from("<H", body)[0]
        elif kind == _FILEPASS:
            raise UnreadableDocument("Excel 文件设有打开密码，请解密后再试")
        elif kind == _DATEMODE:
            marks.epoch = 1904 if body[:1] == b"\x01" else 1900
        elif kind == _SST and len(body) >= 8:
            _refuse_if(struct.unpack_from("<I", body, 4)[0] > len(stream))
        elif kind == _FORMAT and len(body) >= 4:
            formats[struct.unpack_from("<H", body)[0]] = _string(body[2:], version, wide=True)
        elif kind == _XF and len(body) >= 4:
            styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == _BOUNDSHEET and len(body) >= 8 and body[5] == _WORKSHEET:
            start = struct.unpack_from("<I", body)[0]
            bounds.append((_string(body[6:], version, wide=False), start))
    codes = [formats.get(number, built_in(number)) for number in styles]
    for name, start in bounds:
        marks.sheets[name] = _sheet(stream, start, codes)
    return marks


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """Records of one substream up to its end; embedded charts are passed over."""
    depth = 0
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        body = stream[offset + 4 : offset + 4 + length]
        offset += 4 + length
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        if depth <= 1:
            yield kind, body


def _string(body: bytes, version: int, *, wide: bool) -> str:
    """A counted string; its count has two bytes in formats of BIFF8, one elsewhere."""
    if version < _BIFF8:
        return body[1 : 1 + body[0]].decode("gb18030", errors="replace")
    count, at = (struct.unpack_from("<H", body)[0], 2) if wide else (body[0], 1)
    if len(body) <= at:
        return ""
    if body[at] & 1:
        return body[at + 1 : at + 1 + 2 * count].decode("utf-16-le", errors="replace")
    return body[at + 1 : at + 1 + count].decode("latin-1")


def _sheet(stream: bytes, start: int, codes: list[str]) -> Marks:
    marks = Marks()

    def mark(row: int, column: int, style: int) -> None:
        marks.reach(row, column)
        marks.formats[row, column] = codes[style] if style < len(codes) else GENERAL

    for kind, body in _records(stream, start):
        if kind in (_NUMBER, _RK, _FORMULA, _BOOLERR, _LABELSST, _LABEL) and len(body) >= 6:
            row, column, style = struct.unpack_from("<HHH", body)
            mark(row, column, style)
            error = _error(kind, body)
            if error is not None:
                marks.errors[row, column] = error
        elif kind == _MULRK and len(body) >= 6:
            row, first = struct.unpack_from("<HH", body)
            for index in range((len(body) - 6) // 6):
                mark(row, first + index, struct.unpack_from("<H", body, 4 + 6 * index)[0])
        elif kind == _DIMENSIONS and len(body) >= 12:
            last_row, last_column = struct.unpack_from("<I2xH", body, 4)
            _refuse_if(last_row > _MAX_ROWS or last_column > _MAX_COLUMNS)
        elif kind == _ROW and len(body) >= 14:
            marks.hides |= bool(body[12] & 0x20)
        elif kind == _COLINFO and len(body) >= 10:
            marks.hides |= bool(body[8] & 1)
    return marks


def _refuse_if(absurd: bool) -> None:
    """Stop before calamine makes room for what a damaged count promises."""
    if absurd:
        raise UnreadableDocument("Excel 文件损坏：内部计数与内容不符，请用 Excel 打开并另存后再试")


def _error(kind: int, body: bytes) -> str | None:
    """The error a cell shows, if it shows one."""
    if kind == _BOOLERR and len(body) >= 8 and body[7]:
        return ERRORS.get(body[6], "#ERROR!")
    if kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
        return ERRORS.get(body[8], "#ERROR!")
    return None
