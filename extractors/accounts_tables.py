"""The tables of a department's final accounts (部门决算): one row for each printed amount.

The nine tables differ in their headers only. A column's labels, from the top down, say what it
holds: names, codes, the order of lines, or an amount of a stage; an amount belongs to the nearest
name on its left. Grids whose merged cells are lost are left alone: a column there may be another.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from extractors.document import Block, Cell, Document, Paragraph, Problem, Table
from extractors.values import Amount, is_blank, money_unit, parse_amount
from schemas.account_labels import account_label, account_table
from schemas.ids import account_id
from schemas.labels import fold, meanings
from schemas.records import AccountLine
from schemas.vocabulary import Stage

NO_UNIT = "决算表没有写明金额单位"
NO_AMOUNT = "决算表中的金额不是数字"
LOOK_BACK = 6  # paragraphs between the title of a table and its grid
TITLE_ROWS = 4  # rows of a grid that may hold its title and unit
_STAGES: dict[str, Stage] = {
    "stage:initial_budget": "initial_budget",
    "stage:annual_budget": "annual_budget",
    "stage:executed": "executed",
}
_CODE = re.compile(r"^\d{3}(?:\d{2}){0,2}$")
_CODE_PART = re.compile(r"^\d{1,7}$")
_FUNCTIONAL = "2"  # first digit of functional codes; economic ones begin with 3 or 5
_WORD = re.compile(r"[\u4e00-\u9fff]")
_SUMS = ("合计", "小计")
_NO_AMOUNTS = re.compile(r"增减|占|率|%|上年(?!结转|结余)|人数|数量|辆|批次")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what it holds, its labels from the top down, and its stage."""

    at: int
    kind: str  # name, code, order, figure, or other
    path: tuple[str, ...]
    stage: Stage
    whole: bool  # the sum of the columns beside it, or the only one


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the tables of a document say: the lines, and what could not be read."""

    lines: tuple[AccountLine, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Names:
    """The names printed with codes, so that a line knows its class and category."""

    by_code: dict[str, str] = field(default_factory=dict)

    def levels(self, code: str) -> tuple[str | None, str | None, str | None]:
        """Class, category and item of a code, as far as they were printed."""
        if not code.startswith(_FUNCTIONAL):
            return None, None, None
        class_, category, item = (
            self.by_code.get(code[:size]) if len(code) >= size else None for size in (3, 5, 7)
        )
        return class_, category, item


def account_table_of(blocks: Sequence[Block], index: int) -> tuple[str, str] | None:
    """Field and name of the accounts table that a grid is, from the title in or above it."""
    block = blocks[index]
    if not isinstance(block, Table) or _is_of_form(block):
        return None
    for row in islice(block.rows(), TITLE_ROWS):
        filled = [cell for cell in row if cell.text]
        if len(filled) == 1 and (found := account_table(filled[0].text)):
            return found
    for above in range(index - 1, max(index - 1 - LOOK_BACK, -1), -1):
        line = blocks[above]
        if not isinstance(line, Paragraph):
            break
        if found := account_table(line.text):
            return found
    return account_table((block.locator.path or "").split("!")[0])


def _is_of_form(table: Table) -> bool:
    """Whether a grid prints a label that only forms of self-evaluation have."""
    for cell in table.cells:
        for name, context in meanings(cell.text):
            if context == "goals" or name == "level3":
                return True
    return False


def read_account_tables(document: Document, document_id: str, first: int) -> Accounts:
    """The lines of all tables of accounts, numbered from `first`."""
    lines: list[AccountLine] = []
    problems: list[Problem] = []
    for index, block in enumerate(document.blocks):
        if not isinstance(block, Table) or block.merges == "lost":
            continue
        named = account_table_of(document.blocks, index)
        if not named or named[0] != "table":
            continue
        unit = _unit(document.blocks, index)
        reader = _Reader(block, named[1], unit, document_id, first + len(lines))
        reader.read()
        lines.extend(reader.lines)
        problems.extend(reader.problems)
    return Accounts(tuple(lines), tuple(problems))


def _unit(blocks: Sequence[Block], index: int) -> str | None:
    """The unit printed in the first rows of the grid, else above it, else just below."""
    block = blocks[index]
    if isinstance(block, Table):
        for row in islice(block.rows(), TITLE_ROWS):
            for cell in row:
                if unit := money_unit(cell.text):
                    return unit
    for above in range(index - 1, max(index - 1 - LOOK_BACK, -1), -1):
        line = blocks[above]
        if not isinstance(line, Paragraph):
            break
        if unit := money_unit(line.text):
            return unit
    return None


class _Reader:
    """Reads one table."""

    def __init__(
        self, table: Table, name: str, unit: str | None, document_id: str, first: int
    ) -> None:
        self.table, self.name, self.unit = table, name, unit
        self.document_id, self.first = document_id, first
        self.rows = [[c for c in row if c.text] for row in table.rows()]
        self.lines: list[AccountLine] = []
        self.problems: list[Problem] = []
        self.names = _Names()

    def read(self) -> None:
        """Fill `lines` and `problems`."""
        start, stop = _header(self.rows)
        columns = _columns(self.rows[start:stop])
        figures = [column for column in columns if column.kind == "figure"]
        if not figures:
            return
        if self.unit is None:
            place = self.rows[start][0]
            self.problems.append(Problem(NO_UNIT, place.raw, place.locator))
            return
        for row in self.rows[stop:]:
            if not _is_counter(row):
                self._row(row, columns)

    def _row(self, row: Sequence[Cell], columns: Sequence[Column]) -> None:
        at = {column.at: column for column in columns}
        nameless = not any(column.kind == "name" for column in columns)
        name: Cell | None = None
        code, before = "", ""
        for cell in row:
            column = at.get(cell.column)
            kind = column.kind if column else "other"
            if kind == "code":
                code = _joined_code(code if before == "code" else "", cell)
                name = cell if _is_name(cell) else name  # 合计 spans the codes
            elif kind == "name":
                name, code = cell, code if before == "code" else ""
                self._remember(code, cell)
            elif column and kind == "figure" and (name is not None or nameless):
                self._figure(cell, column, name, code)
            before = kind

    def _remember(self, code: str, cell: Cell) -> None:
        if _CODE.match(code):
            self.names.by_code[code] = cell.text.strip()

    def _figure(self, cell: Cell, column: Column, name: Cell | None, code: str) -> None:
        if is_blank(cell.text):
            return
        amount = parse_amount(cell.text, self.unit or "")
        if amount is None:
            self.problems.append(Problem(NO_AMOUNT, cell.raw, cell.locator))
            return
        self.lines.append(self._line(cell, column, name, code, amount))

    def _line(
        self, cell: Cell, column: Column, name: Cell | None, code: str, amount: Amount
    ) -> AccountLine:
        ordinal = self.first + len(self.lines)
        class_, category, item = self.names.levels(code)
        return AccountLine(
            account_id=account_id(self.document_id, ordinal),
            document_id=self.document_id,
            ordinal=ordinal,
            section=self.name,
            label=_label(column, name),
            class_=class_,
            category=category,
            item=item,
            stage=column.stage,
            amount=amount.value,
            resolution=amount.resolution,
            change=None,
            change_pct=None,
            share_pct=None,
            reason=None,
            raw=cell.raw,
            locator=cell.locator,
        )


def _header(rows: Sequence[Sequence[Cell]]) -> tuple[int, int]:
    """First row of the header, and the first row below it."""
    start = next((i for i, row in enumerate(rows) if _is_header(row)), len(rows))
    stop = start
    while stop < len(rows) and not any(_is_figure(cell) for cell in rows[stop]):
        stop += 1
    while stop < len(rows) and _is_counter(rows[stop]):
        stop += 1
    return start, stop


def _is_header(row: Sequence[Cell]) -> bool:
    return any(account_label(cell.text) for cell in row)


def _is_counter(row: Sequence[Cell]) -> bool:
    """The row that numbers the columns (栏次 1 2 3 …)."""
    first = fold(row[0].text) if row else ""
    if first in ("栏次", "类"):
        return True
    return len(row) > 2 and [c.text for c in row] == [str(n) for n in range(1, len(row) + 1)]


def _columns(header: Sequence[Sequence[Cell]]) -> tuple[Column, ...]:
    """The columns under a header, each with its labels from the top down."""
    paths: dict[int, list[str]] = {}
    for row in header:
        if _is_counter(row):
            continue
        for cell in row:
            for at in range(cell.column, cell.column + cell.colspan):
                paths.setdefault(at, []).append(cell.text.strip())
    columns = [_column(at, tuple(path)) for at, path in sorted(paths.items())]
    return tuple(_told_apart(columns))


def _told_apart(columns: Sequence[Column]) -> Iterator[Column]:
    """The columns; a name with two wholes of one stage beside it has its own label for each."""
    wholes: Counter[tuple[int, Stage]] = Counter()
    names = [column.at for column in columns if column.kind == "name"]
    group = {column.at: sum(at < column.at for at in names) for column in columns}
    wholes.update((group[c.at], c.stage) for c in columns if c.kind == "figure" and c.whole)
    for column in columns:
        single = wholes[group[column.at], column.stage] == 1
        yield column if single or not column.whole else replace(column, whole=False)


def _column(at: int, path: tuple[str, ...]) -> Column:
    kinds = [kind for label in path if (kind := account_label(label))]
    stages = [_STAGES[kind] for kind in kinds if kind in _STAGES]
    stage: Stage = stages[-1] if stages else "executed"
    kind = next((k for k in reversed(kinds) if k in ("name", "code", "order")), "figure")
    if kind == "figure" and any(_NO_AMOUNTS.search(label) for label in path):
        kind = "other"
    whole = account_label(path[-1]) in ("whole", *_STAGES)
    return Column(at, kind, path, stage, whole)


def _label(column: Column, name: Cell | None) -> str:
    """The name of a line, with the column's own label where it is a part of the line."""
    own = [label for label in column.path if account_label(label) not in _STAGES]
    own = [label for label in own if fold(label) not in _SUMS] or own[-1:]
    if name is None:
        return own[-1] if own else column.path[-1]
    printed = name.text.strip()
    return printed if column.whole or not own else f"{printed}（{own[-1]}）"


def _joined_code(code: str, cell: Cell) -> str:
    """A code printed in three cells (类, 款, 项) as one."""
    text = fold(cell.text)
    if not _CODE_PART.match(text):
        return code
    return text if len(text) > 2 else code + text.zfill(2)


def _is_figure(cell: Cell) -> bool:
    """A cell of the body: an amount, or the code of a line; numbers of columns count too."""
    amount = parse_amount(cell.text, "元")
    return amount is not None and amount.value is not None


def _is_name(cell: Cell) -> bool:
    return bool(_WORD.search(cell.text)) and parse_amount(cell.text, "元") is None
