"""Stata 118, written as the rows come: pandas would hold the whole table and a copy of it.

Text of up to 2,045 bytes has a fixed width, so the rows wait in a compressed file until the longest
is known; longer text is a strL, which Stata keeps behind the rows. Nothing is ever cut.
Layout: https://www.stata.com/help.cgi?dta (format 118).
"""

from __future__ import annotations

import shutil
import struct
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.export.sheets import Column, Rows

LONGEST_FIXED_TEXT = 2_045  # bytes of a str column
STRL_COST = 28  # bytes of one strL besides its text: its key among the rows, and its head
STRL, DOUBLE, BYTE = 32_768, 65_526, 65_530  # type codes; a smaller one is the width of a text
NO_DOUBLE = struct.unpack("<d", bytes.fromhex("000000000000e07f"))[0]  # Stata's missing value
NO_BYTE, MOST_WORDS = 101, 100
NAME, LABEL, FORMAT = 129, 321, 57  # bytes of a name, a label and a format, the last one zero
LONGEST_LABEL = 80  # characters
WIDEST_SHOWN = 60  # characters of a text in Stata's window
COPIED_AT_ONCE = 1 << 20
SECTIONS: Final = (
    "stata_data", "map", "variable_types", "varnames", "sortlist", "formats", "value_label_names",
    "variable_labels", "characteristics", "data", "strls", "value_labels", "/stata_data", "end",
)  # fmt: skip


@dataclass(slots=True)
class Variable:
    """One column as Stata keeps it; `texts`, `longest` and `bytes` are counted as rows pass."""

    column: Column
    type: pa.DataType
    texts: int = 0
    longest: int = 0
    bytes: int = 0
    strange: bool = False  # has a word that is not in the vocabulary, so no labels can be used

    @property
    def is_number(self) -> bool:
        """Whether it is a figure: Stata knows no decimals, only doubles."""
        return bool(pa.types.is_decimal(self.type) or pa.types.is_integer(self.type))

    @property
    def is_labelled(self) -> bool:
        """Whether it is a number from 1 with a label for each word."""
        return 0 < len(self.column.words) <= MOST_WORDS and not self.strange

    @property
    def code(self) -> int:
        """Stata's code for the type."""
        if self.is_labelled or self.is_number:
            return BYTE if self.is_labelled else DOUBLE
        shorter = self.bytes + STRL_COST * self.texts < self.longest * self.texts
        return STRL if self.longest > LONGEST_FIXED_TEXT or shorter else max(1, self.longest)

    @property
    def format(self) -> str:
        """How Stata shows it."""
        if self.code == DOUBLE:
            return "%12.0g"
        shown = WIDEST_SHOWN if self.code == STRL else min(self.code, WIDEST_SHOWN)
        return "%20.0g" if self.code == BYTE else f"%-{shown}s"

    @property
    def dtype(self) -> str:
        """The bytes of one value among the rows."""
        return {DOUBLE: "<f8", BYTE: "<i1", STRL: "<u8"}.get(self.code, f"S{self.code}")

    def count(self, values: pa.Array) -> None:
        """Take note of a batch."""
        if self.column.words:
            known = pc.is_in(values, value_set=pa.array(self.column.words))
            self.strange |= bool(pc.any(pc.and_(pc.is_valid(values), pc.invert(known))).as_py())
        if not self.is_number:
            lengths = pc.binary_length(values)
            self.texts += len(values)
            self.longest = max(self.longest, pc.max(lengths).as_py() or 0)
            self.bytes += pc.sum(lengths).as_py() or 0


@dataclass(slots=True)
class Long:
    """The long texts of a table, in a file until the rows are written."""

    file: IO[bytes]
    written: int = field(default=0)

    def keys(self, number: int, first: int, values: Sequence[str | None]) -> list[int]:
        """Keep the texts of one variable from one row on; returns what stands among the rows."""
        keys = []
        for row, value in enumerate(values, start=first):
            text = (value or "").encode()
            keys.append(number | row << 16 if text else 0)
            if text:
                head = struct.pack("<IQBI", number, row, 130, len(text) + 1)
                self.file.write(b"GSO" + head + text + b"\0")
        return keys


def write_stata(path: Path, rows: Rows) -> None:
    """Write one table as a Stata file with labels for variables and values."""
    variables = [
        Variable(column, each.type)
        for column, each in zip(rows.sheet.columns, rows.schema, strict=True)
    ]
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".stata-") as folder:
        spool = Path(folder) / "rows.arrow"
        count = _spool(spool, rows, variables)
        with path.open("wb") as out, (Path(folder) / "long").open("w+b") as long:
            places = _head(out, variables, count, rows.sheet.chinese)
            with pa.ipc.open_file(str(spool)) as kept:
                batches = (kept.get_batch(i) for i in range(kept.num_record_batches))
                _rows(out, variables, batches, Long(long))
            places["strls"] = out.tell()
            long.seek(0)
            out.write(b"<strls>")
            shutil.copyfileobj(long, out, COPIED_AT_ONCE)
            out.write(b"</strls>")
            _foot(out, variables, places)


def _spool(spool: Path, rows: Rows, variables: Sequence[Variable]) -> int:
    """Keep the rows in a file, texts as Stata can hold them; returns how many there are."""
    types = [each.type if each.is_number else pa.string() for each in variables]
    schema = pa.schema(
        [(each.column.name, kind) for each, kind in zip(variables, types, strict=True)]
    )
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    count = 0
    with pa.ipc.new_file(str(spool), schema, options=options) as writer:
        for batch in rows.batches:
            columns = [_held(values) for values in batch.columns]
            for variable, values in zip(variables, columns, strict=True):
                variable.count(values)
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
            count += batch.num_rows
    return count


def _held(values: pa.Array) -> pa.Array:
    """A zero byte would end a text in Stata, so its picture stands for it."""
    if pa.types.is_decimal(values.type) or pa.types.is_integer(values.type):
        return values
    return pc.replace_substring(values.cast(pa.string()), "\0", "\u2400")


def _head(out: IO[bytes], variables: Sequence[Variable], count: int, title: str) -> dict[str, int]:
    """Everything before the rows; returns where each part begins."""
    places = {"stata_data": 0}
    said = title[:LONGEST_LABEL].encode()
    out.write(
        b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder>"
        + _part("K", struct.pack("<H", len(variables)))
        + _part("N", struct.pack("<Q", count))
        + _part("label", struct.pack("<H", len(said)) + said)
        + b"<timestamp>\0</timestamp></header>"  # none: the same rows give the same bytes
    )
    places["map"] = out.tell()
    out.write(_part("map", bytes(8 * len(SECTIONS))))
    columns = [each.column for each in variables]
    labels = [each.column.name if each.is_labelled else "" for each in variables]
    for name, content in (
        ("variable_types", b"".join(struct.pack("<H", each.code) for each in variables)),
        ("varnames", b"".join(_padded(column.name, NAME) for column in columns)),
        ("sortlist", bytes(2 * (len(variables) + 1))),
        ("formats", b"".join(_padded(each.format, FORMAT) for each in variables)),
        ("value_label_names", b"".join(_padded(label, NAME) for label in labels)),
        ("variable_labels", b"".join(_padded(c.chinese[:LONGEST_LABEL], LABEL) for c in columns)),
        ("characteristics", b""),
    ):
        places[name] = out.tell()
        out.write(_part(name, content))
    places["data"] = out.tell()
    return places


def _rows(
    out: IO[bytes], variables: Sequence[Variable], batches: Iterator[pa.RecordBatch], long: Long
) -> None:
    layout = np.dtype([(each.column.name, each.dtype) for each in variables])
    first = 1
    out.write(b"<data>")
    for batch in batches:
        table = np.zeros(batch.num_rows, dtype=layout)
        for number, variable in enumerate(variables, start=1):
            values = batch.column(number - 1)
            table[variable.column.name] = _values(variable, values, number, first, long)
        out.write(table.tobytes())
        first += batch.num_rows
    out.write(b"</data>")


def _values(variable: Variable, values: pa.Array, number: int, first: int, long: Long) -> Any:
    """One batch of a variable as Stata keeps it."""
    if variable.is_labelled:
        places = pc.index_in(values, value_set=pa.array(variable.column.words))
        return pc.fill_null(pc.add(places, 1), NO_BYTE).to_numpy(zero_copy_only=False)
    if variable.is_number:
        doubles = pc.fill_null(values.cast(pa.float64()), NO_DOUBLE)
        return doubles.to_numpy(zero_copy_only=False)
    if variable.code == STRL:
        return long.keys(number, first, values.to_pylist())
    filled = pc.fill_null(values, "").cast(pa.binary())
    return np.array(filled.to_pylist(), dtype=variable.dtype)


def _foot(out: IO[bytes], variables: Sequence[Variable], places: dict[str, int]) -> None:
    """The labels of values, the end, and the table of contents near the beginning."""
    places["value_labels"] = out.tell()
    labels = b"".join(_value_labels(each.column) for each in variables if each.is_labelled)
    out.write(_part("value_labels", labels))
    places["/stata_data"] = out.tell()
    out.write(b"</stata_dta>")
    places["end"] = out.tell()
    out.seek(places["map"])
    out.write(_part("map", struct.pack(f"<{len(SECTIONS)}Q", *(places[name] for name in SECTIONS))))


def _value_labels(column: Column) -> bytes:
    words = [word.encode() + b"\0" for word in column.words]
    starts = [sum(map(len, words[:index])) for index in range(len(words))]
    text = b"".join(words)
    table = (
        struct.pack("<II", len(words), len(text))
        + struct.pack(f"<{len(words)}I", *starts)
        + struct.pack(f"<{len(words)}I", *range(1, len(words) + 1))
        + text
    )
    head = struct.pack("<I", len(table)) + _padded(column.name, NAME) + bytes(3)
    return _part("lbl", head + table)


def _part(name: str, content: bytes) -> bytes:
    return f"<{name}>".encode() + content + f"</{name}>".encode()


def _padded(text: str, size: int) -> bytes:
    return text.encode()[: size - 1].ljust(size, b"\0")
