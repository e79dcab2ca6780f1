"""Property lists ("sprms") of a binary Word file: what a paragraph, a run or a table row is told.

Codes and operands are those of [MS-DOC] 2.6. Only what a reader needs is taken from them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.readers.limits import MAX_COLUMNS

_IN_TABLE, _ROW_END, _DEPTH = 0x2416, 0x2417, 0x6649
_INNER_CELL, _INNER_ROW_END = 0x244B, 0x244C
_LIST, _LIST_LEVEL, _OUTLINE = 0x460B, 0x260A, 0x2640
_HUGE = (0x6645, 0x6646)  # the list stands in the Data stream
_DEFINE_TABLE, _MERGE, _SPLIT, _VERTICAL = 0xD608, 0x5624, 0x5625, 0xD62B
_CHANGED_TABS = 0xC615
_DELETED, _HIDDEN, _SYMBOL, _RAISED = 0x0800, 0x083C, 0x6A09, 0x2A48
_OPERAND_BYTES = (1, 1, 2, 4, 2, 2, 0, 3)  # by the three highest bits of a code; 0: it says itself
_CELL_BYTES = 20
_BODY_LEVEL = 9


@dataclass(slots=True)
class CellRule:
    """How one cell of a row is merged with its neighbours."""

    joins_left: bool = False
    vertical: bool = False
    restarts: bool = False


@dataclass(slots=True)
class RowRule:
    """The edges of a row's cells (1/20 point, one more than cells) and how they are merged."""

    edges: tuple[int, ...]
    cells: tuple[CellRule, ...]


@dataclass(slots=True)
class ParagraphRule:
    """What is said of a paragraph after its style."""

    style: int = 0
    depth: int = 0  # tables it stands in
    row_end: bool = False
    cell_end: bool = False  # of a table within a table, whose cells end with a paragraph mark
    list_id: int | None = None
    list_level: int | None = None
    level: int | None = None  # of a heading, from 1
    row: RowRule | None = None


@dataclass(slots=True)
class RunRule:
    """What is said of a run of characters."""

    gone: bool = False  # deleted in a tracked change, or hidden
    symbol: int | None = None  # the character of a symbol font that is shown instead
    raised: bool = False  # superscript


def sprms(properties: bytes) -> Iterator[tuple[int, bytes]]:
    """The codes of a property list with their operands; a list that breaks off ends there."""
    at = 0
    while at + 2 <= len(properties):
        code = properties[at] | properties[at + 1] << 8
        at += 2
        size = _OPERAND_BYTES[code >> 13]
        if not size:
            if at >= len(properties):
                return
            size = properties[at] + 1
            if code == _DEFINE_TABLE:
                size = int.from_bytes(properties[at : at + 2], "little") + 1
            elif code == _CHANGED_TABS and properties[at] == 255:
                size = _tabs_bytes(properties, at)
        if at + size > len(properties):
            return
        yield code, properties[at : at + size]
        at += size


def _tabs_bytes(properties: bytes, at: int) -> int:
    deleted = properties[at + 1] if at + 1 < len(properties) else 0
    added_at = at + 2 + 4 * deleted
    added = properties[added_at] if added_at < len(properties) else 0
    return 3 + 4 * deleted + 3 * added


def paragraph_rule(style: int, properties: bytes, data: bytes | None) -> ParagraphRule:
    """What a property list says of a paragraph; `data` is the stream that long lists stand in."""
    rule = ParagraphRule(style)
    merges: list[tuple[int, bytes]] = []
    for code, operand in _resolved(properties, data):
        if code == _LIST:
            rule.list_id = struct.unpack("<h", operand)[0]
        elif code == _LIST_LEVEL:
            rule.list_level = operand[0]
        elif code == _OUTLINE:
            rule.level = operand[0] + 1 if operand[0] < _BODY_LEVEL else None
        elif code in (_MERGE, _SPLIT, _VERTICAL):
            merges.append((code, operand))
        else:
            _place(rule, code, operand)
    if rule.row is not None:
        for code, operand in merges:
            _merge(rule.row.cells, code, operand)
    return rule


def _place(rule: ParagraphRule, code: int, operand: bytes) -> None:
    """Where in a table the paragraph stands."""
    if code == _IN_TABLE:
        rule.depth = max(rule.depth, operand[0] & 1)
    elif code == _DEPTH:
        rule.depth = max(rule.depth, struct.unpack("<i", operand)[0])
    elif code in (_ROW_END, _INNER_ROW_END):
        rule.row_end = rule.row_end or operand[0] == 1
    elif code == _INNER_CELL:
        rule.cell_end = operand[0] == 1
    elif code == _DEFINE_TABLE:
        rule.row = _row_rule(operand)


def _resolved(properties: bytes, data: bytes | None) -> Iterator[tuple[int, bytes]]:
    for code, operand in sprms(properties):
        if code not in _HUGE or data is None:
            yield code, operand
            continue
        (at,) = struct.unpack("<I", operand)
        size = int.from_bytes(data[at : at + 2], "little")
        yield from sprms(data[at + 2 : at + 2 + size])


def _row_rule(operand: bytes) -> RowRule | None:
    count = operand[2] if len(operand) > 2 else 0
    after = 3 + 2 * (count + 1)
    if not 0 < count <= MAX_COLUMNS or after > len(operand):
        return None
    edges = struct.unpack_from(f"<{count + 1}h", operand, 3)
    cells = []
    for at in range(after, after + _CELL_BYTES * count, _CELL_BYTES):
        flags = int.from_bytes(operand[at : at + 2], "little")  # 0 where the list is shorter
        cells.append(CellRule(bool(flags & 2), bool(flags & 32), bool(flags & 64)))
    return RowRule(edges, tuple(cells))


def _merge(cells: Sequence[CellRule], code: int, operand: bytes) -> None:
    """Merges that were told after the definition of the row."""
    if code == _VERTICAL:
        if len(operand) == 3 and operand[1] < len(cells):
            cell = cells[operand[1]]
            cell.vertical, cell.restarts = bool(operand[2]), operand[2] == 3
        return
    for at in range(operand[0], min(operand[1], len(cells))):
        cells[at].joins_left = code == _MERGE and at > operand[0]


def run_rule(properties: bytes) -> RunRule:
    """What a property list says of a run."""
    rule = RunRule()
    for code, operand in sprms(properties):
        if code in (_DELETED, _HIDDEN):
            rule.gone = rule.gone or bool(operand[0] & 1)  # 129: other than in the style
        elif code == _SYMBOL:
            rule.symbol = int.from_bytes(operand[2:4], "little")
        elif code == _RAISED:
            rule.raised = operand[0] == 1
    return rule
