"""The block of funds: lines under a header of stages, or labels and amounts side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.unflatten.align import align, align_full
from extractors.unflatten.closure import settle
from extractors.unflatten.headers import HeaderRun, Label
from extractors.unflatten.kinds import kind_of, names_money
from extractors.unflatten.program import Header
from extractors.unflatten.reading import TITLE, GridCell, Reading
from extractors.unflatten.tokens import Gap, Token

_MARKS = ("weight", "execution_rate", "score", "remark")
_BARE_UNIT = re.compile(r"^[（(](?:万元|元|亿元)[)）]$")
_TOO_FEW = "资金行的金额少于列数，无法判断各属哪一列"
_AMOUNTS = {"number", "value", "dash", "blank"}
_FEWEST_SOURCES = 3  # labels of sources one after the other that are a header, and no lines
_NAME_LENGTH = 40  # characters of the longest name of a line that is no label


@dataclass(frozen=True, slots=True)
class _FundsHeader:
    """The columns of amounts and marks with their grid columns."""

    columns: tuple[tuple[Header, int], ...]
    names: int  # grid column of the lines' names
    items: bool  # lines are sub-items with names of their own
    remarks: bool


def read_funds(reading: Reading, header: HeaderRun) -> bool:
    """Read the lines below a header of stages."""
    leading = next(i for i, c in enumerate(header.columns) if _holds_values(c))
    shift = 0 if leading else 1
    reading.header_row(header, shift)
    columns = tuple(
        (c, i + shift)
        for i, c in enumerate(header.columns)
        if i >= leading and c.field != "of_which"
    )
    fields = {c.field for c in header.columns}
    funds = _FundsHeader(columns, max(leading - 1, 0), "item_column" in fields, "remark" in fields)
    index = header.end
    while index < len(reading.tokens):
        index = reading.labels.skip_blanks(index)
        if index < len(reading.tokens) and _BARE_UNIT.match(reading.tokens[index].text):
            reading.out.rows.append((GridCell(0, index, index),))
            index += 1
            continue
        if heading := _heading(reading, index):
            reading.out.rows.append((GridCell(0, heading.first, heading.end - 1),))
            index = heading.end
            continue
        line = _fund_line(reading, funds, index)
        if line is None:
            break
        name, start, index = line
        cells = [] if name is None else [GridCell(funds.names, *name)]
        _fund_cells(reading, funds, cells, start, index)
    reading.at = index
    return True


def _holds_values(column: Header) -> bool:
    """Whether a column is right of the names of the lines and of the unit beside them."""
    return column.field.startswith("stage:") or column.field in _MARKS


def read_funds_across(reading: Reading, index: int) -> bool:
    """Read stages under a header of sources (计划安排 | 100 | 60 | 40 under 合计 | 中央 | 市)."""
    sources: list[Label] = []
    at = index
    while (found := reading.labels.at(at)) and (found.field("funds") or "").startswith("source:"):
        sources.append(found)
        at = reading.labels.skip_blanks(found.end)
    lines: list[tuple[GridCell, ...]] = []
    while (found := reading.labels.at(at)) and (found.field("funds") or "").startswith("stage:"):
        stop = _across_end(reading, found.end, len(sources))
        kinds = [kind_of(reading.tokens[i].text) for i in range(found.end, stop)]
        if stop - found.end != len(sources) or not set(kinds) <= _AMOUNTS:
            break
        amounts = (GridCell(i - found.end + 1, i, i) for i in range(found.end, stop))
        lines.append((GridCell(0, found.first, found.end - 1), *amounts))
        at = reading.labels.skip_blanks(stop)
    if len(sources) < _FEWEST_SOURCES or not lines:
        return False
    head = (GridCell(i, s.first, s.end - 1) for i, s in enumerate(sources, start=1))
    reading.out.rows.extend((tuple(head), *lines))
    reading.at = at
    return True


def _across_end(reading: Reading, index: int, count: int) -> int:
    """Where the amounts of a stage end: at its row's end, at the next label, or complete."""
    stop = index
    while stop < len(reading.tokens) and not reading.ends_row(stop):
        full = stop - index >= count and not reading.policy.rows
        if full or reading.labels.at(stop) is not None:
            break
        stop += 1
    while stop - index > count and not reading.tokens[stop - 1].text:
        stop -= 1
    return stop


def _heading(reading: Reading, index: int) -> Label | None:
    """A label that announces lines of funds and is none itself (`按收入性质分：`)."""
    label = reading.labels.at(index)
    if label is None or not (label.field("funds") or "").endswith("_block"):
        return None
    following = reading.labels.at(reading.labels.skip_blanks(label.end))
    heads = following and (following.field("funds") or "").startswith("source:")
    return label if heads else None


def _fund_line(
    reading: Reading, funds: _FundsHeader, index: int
) -> tuple[tuple[int, int] | None, int, int] | None:
    """Label and values of the fund line that begins here, or None where the funds end."""
    if index >= len(reading.tokens):
        return None
    token, label = reading.tokens[index], reading.labels.at(index)
    name: tuple[int, int] | None = None
    if label and (label.field("funds") or "").startswith("source:"):
        name = (label.first, label.end - 1)
    elif label is not None or TITLE.search(token.text):
        return None
    elif kind_of(token.text) in ("number", "dash"):
        name = None
    elif (funds.items or reading.policy.rows) and len(token.text) < _NAME_LENGTH:
        if not _has_figures(reading, funds, index + 1):
            return None
        name = (index, index)
    elif names_money(token.text):
        name = (index, index)
    else:
        return None
    start = name[1] + 1 if name else index
    return name, start, _values_end(reading, funds, start if name else start + 1)


def _has_figures(reading: Reading, funds: _FundsHeader, index: int) -> bool:
    stop = _values_end(reading, funds, index)
    kinds = [kind_of(reading.tokens[i].text) for i in range(index, stop)]
    return "number" in kinds or "percent" in kinds or (reading.policy.rows and "dash" in kinds)


def _values_end(reading: Reading, funds: _FundsHeader, index: int) -> int:
    """Where the values of a fund line end: at the row's end, or at the next label."""
    while index < len(reading.tokens):
        if reading.ends_row(index) or reading.marked_end(index):
            break
        text = reading.tokens[index].text
        if not reading.policy.rows and text and _ends_values(reading, funds, index):
            break
        index += 1
    return index


def _ends_values(reading: Reading, funds: _FundsHeader, index: int) -> bool:
    kind = kind_of(reading.tokens[index].text)
    if reading.labels.at(index) or kind in ("level1", "level2", "both", "symbol"):
        return True
    apart = reading.tokens[index - 1].gap != Gap.WEAK
    return kind == "text" and not (funds.remarks and apart)


def _fund_cells(
    reading: Reading, funds: _FundsHeader, cells: list[GridCell], start: int, stop: int
) -> None:
    tokens = reading.tokens[start:stop]
    filled = [token for token in tokens if token.text]
    figures = any(kind_of(token.text) != "dash" for token in filled)
    headers = [column for column, _ in funds.columns]
    placed = align_full(_unpadded(tokens), headers)
    # Where blank cells vanish, values fill the columns from the left only if there are enough.
    vanish = not (reading.policy.rows and reading.policy.places) and len(filled) == len(tokens)
    owner = reading.tokens[cells[0].first].place if cells else -1
    if not placed and (figures or not vanish):
        aligned = align(tokens, headers, reading.policy, printed=headers[0].place > owner)
        settled = settle(tokens, headers, aligned, _is_total(reading, cells)) if vanish else aligned
        if settled is None:
            reading.lose(_TOO_FEW, start, stop - 1)
            return
        placed = settled
    for cell in placed:
        if cell.row:
            break
        cells.append(GridCell(funds.columns[cell.column][1], start + cell.first, start + cell.last))
    if cells:
        reading.out.rows.append(tuple(cells))


def _unpadded(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens of a row that prints its blank cells, without what pads it at its end."""
    end = len(tokens)
    while end and tokens[end - 1].hollow:
        end -= 1
    return tokens if any(token.hollow for token in tokens[:end]) else tokens[:end]


def _is_total(reading: Reading, cells: list[GridCell]) -> bool:
    label = reading.labels.at(cells[0].first) if cells else None
    return label is None or label.field("funds") == "source:total"


def read_pairs(reading: Reading, label: Label) -> bool:
    """Stages printed as label and value side by side, row after row (`预算数： 100`)."""
    at = label.first
    if (label.field("funds") or "") == "funds_block":
        at = reading.labels.skip_blanks(label.end)
    first = reading.labels.at(at)
    if not first or not (first.field("funds", "pairs") or "").startswith("stage:"):
        return False
    row: list[GridCell] = []
    width = 0  # cells of a row, where rows are not marked: as many as the stages took
    while found := reading.labels.at(reading.labels.skip_blanks(at)):
        name = found.field("funds", "pairs") or ""
        if not name.startswith(("stage:", "source:")):
            break
        if name.startswith("source:") and not width:
            width = len(row) or 1
        full = not reading.policy.rows and bool(width) and len(row) >= width
        if row and (full or _row_begins(reading, at, found.first)):
            reading.out.rows.append(tuple(c for c in row if c.last >= c.first))
            row = []
        value = found.end
        has_value = value < len(reading.tokens) and not reading.labels.at(value)
        has_value = has_value and not reading.ends_row(value)
        row.append(GridCell(len(row), found.first, found.end - 1))
        # A label without a value keeps the place of its value.
        row.append(GridCell(len(row), value, value if has_value else value - 1))
        at = value + has_value
    if row:
        reading.out.rows.append(tuple(c for c in row if c.last >= c.first))
    reading.at = at
    return True


def _row_begins(reading: Reading, index: int, first: int) -> bool:
    """Whether a marked row begins among the blanks from `index` up to token `first`."""
    stop = min(first + 1, len(reading.tokens))
    return any(reading.ends_row(i) for i in range(index, stop))
