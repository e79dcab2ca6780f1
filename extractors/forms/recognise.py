"""Finds the blocks of self-evaluation forms in a grid by their labels, in whatever order they come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.document import Cell, Problem, Table
from extractors.forms.form import Form, FundCell, FundLine, IndicatorRow, NamedCell
from extractors.unflatten.align import kind_of
from extractors.values import has_number, is_blank, money_unit, parse_year
from schemas.labels import field, meanings

TITLE = re.compile(r"自评(?:价)?(?:报告)?表|绩效目标表|绩效评价.{0,6}表|目标完成情况表")
BARE_UNIT = re.compile(r"^[（(]?\s*(?:金额)?(?:单位[:：])?\s*(?:万元|元|亿元)\s*[）)]?$")
_GLUED = re.compile(r"^([^:：]{2,24})[:：]\s*(\S.*)$", re.DOTALL)
_PLACEHOLDER = re.compile(r"^(?:指标\d*[:：]?|[.…·]+|\d+[.、]?)$")
_GRADES = ("优", "良", "中", "差", "优秀", "良好", "合格", "不合格")
_MARKS = ("weight", "execution_rate", "score")
_TOTAL_IS_SCORE = ("自评总分", "自评得分", "总得分", "合计得分", "综合得分")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a header: the field it holds and the grid columns it covers."""

    field: str
    first: int
    last: int
    label: Cell


class Recogniser:
    """Walks the rows of a grid and collects forms."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows = list(table.rows())
        self.forms: list[Form] = []
        self.form = Form()
        self.mode = ""
        self.columns: tuple[Column, ...] = ()
        self.block: Cell | None = None  # label left of the current funds header
        self.blocks = 0
        self.unit = "万元"
        self.stages: list[tuple[str, Cell]] = []  # of the pairs layout
        self.levels: dict[str, Cell | None] = {"level1": None, "level2": None}
        self.indicator_columns: tuple[Column, ...] = ()
        self.items = False  # the funds are sub-items of the project
        self.spans = any(cell.rowspan > 1 for cell in table.cells)

    def run(self) -> list[Form]:
        """The forms of the grid, in order."""
        at = 0
        while at < len(self.rows):
            row = [_unglued(cell) for cell in self.rows[at]]
            flat = [cell for pair in row for cell in pair]
            at += self._row(at, tuple(cell for cell in flat if cell.text or self._printed_blank(cell)))
        self._finish()
        return self.forms

    # -- rows -----------------------------------------------------------------------------------

    def _row(self, at: int, row: tuple[Cell, ...]) -> int:
        """Read one row; the number of rows used."""
        filled = [cell for cell in row if cell.text]
        if not filled:
            return 1
        self.form.places.append(filled[0].locator)
        self.form.places.append(filled[-1].locator)
        if used := self._headers(at, filled):
            return used
        if self.mode == "indicators" and not self._leaves_indicators(filled):
            self._indicator(row)
            return 1
        if self.mode == "funds" and self._fund_row(row):
            return 1
        if self.mode == "pairs" and self._pair_row(row):
            return 1
        if self.mode == "goals" and self._goal_row(row):
            return 1
        self._other(filled)
        return 1

    def _headers(self, at: int, filled: list[Cell]) -> int:
        """Open the block whose header stands in this row; the number of rows it takes, or 0."""
        if rows := self._indicator_header(at, filled):
            return rows
        if rows := self._funds_header(at, filled):
            return rows
        if self._pairs_begin(filled):
            return 1
        return self._goals_header(filled)

    # -- indicators -----------------------------------------------------------------------------

    def _indicator_header(self, at: int, filled: list[Cell]) -> int:
        labels = _labelled(filled, "indicators")
        fields = {name for name, _ in labels}
        rows = 1
        if "level3" not in fields:
            if not {"target", "actual"} & fields or len(labels) < 3 or at + 1 >= len(self.rows):
                return 0
            below = _labelled([c for c in self.rows[at + 1] if c.text], "indicators")
            if "level3" not in {name for name, _ in below}:
                return 0
            labels, rows = _stacked(labels, below), 2
        elif not {"target", "actual", "weight", "score"} & fields:
            return 0
        self._begin_indicators(at, filled, labels, rows)
        return rows

    def _begin_indicators(
        self, at: int, filled: list[Cell], labels: list[tuple[str, Cell]], rows: int
    ) -> None:
        if self.form.indicators and self.mode == "indicators":
            fields = {name for name, _ in labels}
            if fields == {c.field for c in self.indicator_columns}:
                return  # the header printed again on the next page
        known = {id(cell) for _, cell in labels}
        for cell in filled:
            if id(cell) not in known and not meanings(cell.text) and kind_of(cell.text) == "text":
                if rows == 1 and not TITLE.search(cell.text):
                    self._unknown_label(cell)
                    labels = [*labels, ("unknown", cell)]
            self._block_weight(cell)
        self.mode = "indicators"
        self.indicator_columns = self.columns = _columns(labels)
        self.levels = {"level1": None, "level2": None}
        self.form.indicator_fields |= {name for name, _ in labels}
        self.form.labels.extend(cell.text for _, cell in labels)

    def _block_weight(self, cell: Cell) -> None:
        if field(cell.text, "indicators") == "indicators_block" and has_number(cell.text):
            self.form.block_weight = cell

    def _unknown_label(self, cell: Cell) -> None:
        self.form.problems.append(Problem(f"未识别的标签：{cell.text}", cell.raw, cell.locator))

    def _leaves_indicators(self, filled: list[Cell]) -> bool:
        first = filled[0]
        if TITLE.search(first.text) and len(first.text) < 60:
            return True
        name = field(first.text, "totals", "head", "closing")
        if name is None:
            return False
        column = self._column_at(first)
        in_levels = column is not None and column.field in ("level1", "level2", "level3", "block")
        return (in_levels or column is None) and kind_of(first.text) not in ("level1", "level2", "both")

    def _indicator(self, row: tuple[Cell, ...]) -> None:
        cells: dict[str, list[Cell]] = {}
        for cell in row:
            column = self._column_at(cell)
            if cell.text and field(cell.text, "indicators") == "indicators_block":
                self._block_weight(cell)
                continue
            if column is None:
                continue
            cells.setdefault(column.field, []).append(cell)
        self._carry_levels(cells)
        kept = tuple(
            NamedCell(name, cell)
            for name, found in cells.items()
            for cell in found
            if cell.text and name not in ("level1", "level2", "block", "unknown")
        )
        values = [named.cell for named in kept if named.field != "level3" and not is_blank(named.cell.text)]
        if "level3" not in cells or not any(cell.text for cell in cells["level3"]):
            self._reject_row(values)
            return
        level3 = _merged(cells["level3"])
        if _PLACEHOLDER.match(level3.text) and not values:
            return  # a prompt of the form that nobody filled in (指标1：)
        levels = self.levels
        self.form.indicators.append(IndicatorRow(levels["level1"], levels["level2"], level3, kept))

    def _reject_row(self, values: list[Cell]) -> None:
        if values and not all(BARE_UNIT.match(cell.text) for cell in values):
            reason = "指标行没有三级指标名称"
            self.form.problems.append(Problem(reason, values[0].raw, values[0].locator))

    def _carry_levels(self, cells: dict[str, list[Cell]]) -> None:
        """Take over the levels printed in this row; keep the ones above where a merged cell goes on."""
        for level in ("level1", "level2"):
            found = cells.get(level)
            if not found:
                continue
            cell = _merged(found)
            if not cell.text and not self._printed_blank(cell):
                continue
            self.levels[level] = cell if cell.text else None
            if level == "level1":
                self.levels["level2"] = None

    def _printed_blank(self, cell: Cell) -> bool:
        """A blank cell of its own, where merged cells would show as merged."""
        return not cell.text and (self.table.merges == "lost" or self.spans)

    def _column_at(self, cell: Cell) -> Column | None:
        """The column of the current header that a cell stands in: the first it covers."""
        for at in range(cell.column, cell.column + cell.colspan):
            for column in self.columns:
                if column.first <= at <= column.last:
                    return column
        return None

    # -- funds ----------------------------------------------------------------------------------

    def _funds_header(self, at: int, filled: list[Cell]) -> int:
        labels = _labelled(filled, "funds")
        stages = [(n, c) for n, c in labels if n.startswith("stage:")]
        marks = {n for n, _ in labels} & set(_MARKS)
        below = _labelled([c for c in self.rows[at + 1] if c.text], "funds") if at + 1 < len(self.rows) else []
        if not stages or len(stages) + len(marks) < 2 or self._value_follows(filled, stages[0][1]):
            return 0
        if any(n.startswith("source:") for n, _ in labels[labels.index(stages[0]) + 1 :]):
            return 0
        extra = [(n, c) for n, c in below if n.startswith("stage:") or n in _MARKS]
        rows = 1
        if extra and len(extra) == len([c for c in self.rows[at + 1] if c.text]):
            labels, rows = _stacked(labels, extra), 2
        self._begin_funds(labels, filled)
        return rows

    def _begin_funds(self, labels: list[tuple[str, Cell]], filled: list[Cell]) -> None:
        values = [(n, c) for n, c in labels if n.startswith("stage:") or n in (*_MARKS, "remark")]
        left = min(c.column for _, c in values)
        margin = [c for c in filled if c.column < left]
        self.block = margin[0] if margin else None
        self.blocks += 1
        items = any(n == "item_column" for n, _ in labels)
        for cell in margin:
            self.unit = money_unit(cell.text) or self.unit
        self.mode = "funds"
        self.columns = _columns(values)
        self.form.labels.extend(c.text for n, c in values if n != "remark")
        self.items = items

    def _value_follows(self, filled: list[Cell], label: Cell) -> bool:
        after = [c for c in filled if c.column > label.column]
        return bool(after) and kind_of(after[0].text) in ("number", "value", "dash")

    def _fund_row(self, row: tuple[Cell, ...]) -> bool:
        left = min(column.first for column in self.columns)
        names = [c for c in row if c.text and c.column < left and not BARE_UNIT.match(c.text)]
        for cell in row:
            if cell.column < left and BARE_UNIT.match(cell.text):
                self.unit = money_unit(cell.text) or self.unit
        source = names[-1] if names else None
        values = [(self._column_at(c), c) for c in row if c.column >= left]
        figures = [c for _, c in values if kind_of(c.text) in ("number", "percent", "value")]
        if source is not None and not self._names_a_source(source) and not figures:
            return False
        if source is None and not figures:
            return bool(row) and all(is_blank(c.text) or BARE_UNIT.match(c.text) for c in row)
        self._fund_values(source, values)
        return True

    def _names_a_source(self, cell: Cell) -> bool:
        return (field(cell.text, "funds") or "").startswith("source:")

    def _fund_values(self, source: Cell | None, values: list[tuple[Column | None, Cell]]) -> None:
        owner = source or (self.block if self.blocks > 1 or self._more_blocks() else None)
        marks: list[NamedCell] = []
        for column, cell in values:
            if column is None or not cell.text:
                continue
            if column.field.startswith("stage:"):
                unit = money_unit(column.label.text) or (source and money_unit(source.text)) or self.unit
                self.form.funds.append(
                    FundCell(owner, column.field[6:], column.label, cell, unit, self.items)
                )
            elif column.field in _MARKS:
                marks.append(NamedCell(column.field, cell))
        if marks:
            self.form.fund_lines.append(FundLine(owner, tuple(marks)))

    def _more_blocks(self) -> bool:
        """Whether another funds header follows before the indicators: then a block's label tells whose
        line it is.
        """
        count = 0
        for row in self.rows:
            stages = [n for n, _ in _labelled([c for c in row if c.text], "funds") if n.startswith("stage:")]
            count += len(stages) >= 2
        return count > 1

    # -- pairs ----------------------------------------------------------------------------------

    def _pairs_begin(self, filled: list[Cell]) -> bool:
        stages = [
            (i, n, c)
            for i, c in enumerate(filled)
            if (n := field(c.text, "funds", "pairs")) and n.startswith("stage:")
        ]
        if not stages or any(field(c.text, "indicators") == "level3" for c in filled):
            return False
        first = stages[0][0]
        after = filled[first + 1] if first + 1 < len(filled) else None
        values = after is not None and kind_of(after.text) in ("number", "value", "dash")
        printed = len(stages) >= 2 and all(c.text.endswith(("：", ":")) for _, _, c in stages)
        if not values and not printed:
            return False
        if first and (unit := money_unit(filled[0].text)):
            self.unit = unit
        self.mode = "pairs"
        self.blocks += 1
        self.stages = [(n[6:], c) for _, n, c in stages]
        self.form.labels.extend(c.text for _, _, c in stages)
        self._pair_values(filled[first:], None)
        return True

    def _pair_row(self, row: tuple[Cell, ...]) -> bool:
        filled = [c for c in row if c.text]
        if not any(self._names_a_source(c) for c in filled):
            return False
        start = next(i for i, c in enumerate(filled) if self._names_a_source(c))
        self._pair_values(filled[start:], filled[start])
        return True

    def _pair_values(self, cells: Sequence[Cell], source: Cell | None) -> None:
        """Values after their labels, one stage after the other."""
        stage = -1
        for cell in cells:
            name = field(cell.text, "funds", "pairs") or ""
            if name.startswith(("stage:", "source:")):
                stage += 1
                source = cell if name.startswith("source:") else None
            elif 0 <= stage < len(self.stages):
                kind, label = self.stages[stage]
                self.form.funds.append(FundCell(source, kind, label, cell, self.unit, False))

    # -- goals ----------------------------------------------------------------------------------

    def _goals_header(self, filled: list[Cell]) -> int:
        goals = [
            (name, cell)
            for cell in filled
            for name in ("goal_expected", "goal_actual")
            if (name, "goals") in meanings(cell.text)
        ]
        names = [name for name, _ in goals]
        if "goal_expected" not in names or "goal_actual" not in names or self.mode == "indicators":
            return 0
        actual = next(c for n, c in reversed(goals) if n == "goal_actual")
        expected = next((c for n, c in goals if n == "goal_expected" and c is not actual), None)
        if expected is None or expected.column > actual.column:
            return 0
        between = [c for c in filled if expected.column < c.column < actual.column]
        if between:
            self.form.goal_expected.append(between[0])
            self.form.goal_actual.extend(c for c in filled if c.column > actual.column)
            self.mode = ""
            return 1
        self.mode = "goals"
        self.columns = (
            Column("goal_expected", expected.column, actual.column - 1, expected),
            Column("goal_actual", actual.column, self.table.column_count, actual),
        )
        return 1

    def _goal_row(self, row: tuple[Cell, ...]) -> bool:
        if any(field(c.text, "indicators", "head", "closing") for c in row if c.text):
            return False
        texts = [(self._column_at(c), c) for c in row if c.text and not meanings(c.text)]
        taken = False
        for column, cell in texts:
            if column is None:
                continue
            getattr(self.form, column.field).append(cell)
            taken = True
        return taken or not texts

    # -- names, totals, the rest ----------------------------------------------------------------

    def _other(self, filled: list[Cell]) -> None:
        self.mode = ""
        if self._title(filled):
            return
        if field(filled[0].text, "totals") == "total" and self.indicator_columns:
            self._total(filled)
            return
        for index, cell in enumerate(filled):
            name = field(cell.text, "head")
            goal = field(cell.text, "goals")
            value = filled[index + 1] if index + 1 < len(filled) else None
            has_value = value is not None and not field(value.text, "head")
            if name:
                self._name(name, value if has_value else None)
            if value is not None and has_value and (name == "overview" or field(cell.text, "closing")):
                self.form.texts.append((cell.text, value))
            elif goal in ("goal_expected", "goal_actual") and has_value and value is not None:
                getattr(self.form, goal).append(value)
            elif field(cell.text, "totals") == "rating" and value is not None:
                self.form.rating = value
            if BARE_UNIT.match(cell.text):
                self.unit = money_unit(cell.text) or self.unit
            if self.form.year is None and len(cell.text) <= 40 and name is None and not has_value:
                self.form.year = parse_year(cell.text)

    def _title(self, filled: list[Cell]) -> bool:
        first = filled[0]
        if not TITLE.search(first.text) or len(first.text) > 80 or len(filled) > 2:
            return False
        if field(first.text, "head"):
            return False
        if not self.form.is_empty:
            self._finish()
        self.form.title = first
        self.form.year = self.form.year or parse_year(first.text)
        for cell in filled[1:]:
            self.form.year = self.form.year or parse_year(cell.text)
        return True

    def _name(self, name: str, value: Cell | None) -> None:
        if name in ("project_name", "department_name") and (
            self.form.name is not None and not self.form.is_empty
        ):
            self._finish()
        if value is None or is_blank(value.text):
            return
        if name == "overview":
            return  # kept as text by the caller
        if name == "fiscal_year":
            self.form.year = parse_year(value.text) or self.form.year
        self.form.names.setdefault(name, value)

    def _total(self, filled: list[Cell]) -> None:
        columns, self.columns = self.columns, self.indicator_columns
        label, rest = filled[0], filled[1:]
        numbers = [c for c in rest if kind_of(c.text) == "number"]
        placed = {column.field: c for c in numbers if (column := self._column_at(c))}
        weight, score = placed.get("weight"), placed.get("score")
        if weight is None and score is None and len(numbers) == 2:
            weight, score = numbers
        if len(numbers) == 1 and score is None and label.text.strip() in _TOTAL_IS_SCORE:
            weight, score = None, numbers[0]
        self.form.weight_total = weight or self.form.weight_total
        self.form.score_total = score or self.form.score_total
        for cell in rest:
            if cell.text in _GRADES:
                self.form.rating = cell
        self.columns = columns

    def _finish(self) -> None:
        """Close the form that is being read and begin the next."""
        if not self.form.is_empty or self.form.names:
            self.forms.append(self.form)
        self.form = Form()
        self.mode, self.columns, self.indicator_columns = "", (), ()
        self.blocks, self.block = 0, None


def _labelled(cells: Sequence[Cell], context: str) -> list[tuple[str, Cell]]:
    """The cells that are labels of one context, with their fields."""
    found = []
    for cell in cells:
        for name, where in meanings(cell.text):
            if where == context and not name.endswith("_block"):
                found.append((name, cell))
                break
    return found


def _stacked(
    above: list[tuple[str, Cell]], below: list[tuple[str, Cell]]
) -> list[tuple[str, Cell]]:
    """A header of two rows: what stands below replaces what spans it above."""
    covered = {c for _, cell in below for c in range(cell.column, cell.column + cell.colspan)}
    kept = [
        (name, cell)
        for name, cell in above
        if not set(range(cell.column, cell.column + cell.colspan)) & covered
    ]
    return sorted([*kept, *below], key=lambda pair: pair[1].column)


def _columns(labels: Sequence[tuple[str, Cell]]) -> tuple[Column, ...]:
    return tuple(
        Column(name, cell.column, cell.column + cell.colspan - 1, cell) for name, cell in labels
    )


def _unglued(cell: Cell) -> tuple[Cell, ...]:
    """A cell that prints a name's label and value in one (`项目名称：…`) as two."""
    if "：" not in cell.text and ":" not in cell.text:
        return (cell,)
    match = _GLUED.match(cell.text)
    if not match or not field(match[1], "head"):
        return (cell,)
    label = replace(cell, text=match[1])
    value = replace(cell, text=match[2].strip())
    return (label, value)


def _merged(cells: list[Cell]) -> Cell:
    """Several cells under one label as one: the first that is filled, with the text of all."""
    filled = [cell for cell in cells if cell.text] or cells[:1]
    return replace(filled[0], text="".join(cell.text for cell in filled))
