"""Turns a run of tokens into the rows of a grid, block by block of the form.

A form is a sequence of blocks (names, funds, goals, indicators, totals) that begin with labels of the
glossary. Within a block the header gives the columns and `align` places the cells; the grid that comes
out can be read like any other table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.unflatten.align import Header, Policy, align, align_full, kind_of
from extractors.unflatten.headers import HeaderRun, Label, Labels, funds_header, indicator_header
from extractors.unflatten.tokens import COVER, HEADING, Gap, Token

PROSE_LENGTH = 45  # characters; a longer unlabelled line outside a block is running text


@dataclass(frozen=True, slots=True)
class GridCell:
    """Tokens `first` to `last` as one cell of a column."""

    column: int
    first: int
    last: int


@dataclass(slots=True)
class Assembly:
    """The rows found so far and the number of tokens used."""

    rows: list[tuple[GridCell, ...]] = field(default_factory=list)
    used: int = 0
    lost: list[tuple[str, int, int]] = field(default_factory=list)  # reason, first, last token


def assemble(tokens: Sequence[Token], policy: Policy) -> Assembly:
    """The grid of a run of tokens, up to where running text resumes."""
    return _Assembler(tokens, policy).run()


class _Assembler:
    def __init__(self, tokens: Sequence[Token], policy: Policy) -> None:
        self.tokens, self.policy = tokens, policy
        self.labels = Labels(tokens)
        self.out = Assembly()
        self.columns: tuple[Header, ...] = ()  # of the last indicator header
        self.closed = False  # totals were seen
        self.remarks = False  # the funds have a column of remarks
        self.at = 0

    def run(self) -> Assembly:
        while self.at < len(self.tokens):
            before = self.at
            if not self._block() or self.at == before:
                break
        self.out.used = self.at
        return self.out

    def _block(self) -> bool:
        """Read the block that begins here; False where running text begins."""
        token = self.tokens[self.at]
        if not token.text:
            self.at += 1
            return True
        label = self.labels.at(self.at)
        if label is None:
            return self._unlabelled()
        rows = self.policy.rows
        if header := indicator_header(self.labels, self.at, rows):
            return self._indicators(header)
        if header := funds_header(self.labels, self.at, rows):
            return self._funds(header)
        if label.field("funds") and self._pairs(label):
            return True
        if label.field("goals", "goals_head") and self._goals(label):
            return True
        if label.field("totals") == "total" and self.columns:
            return self._total(label)
        return self._pair(label)

    # -- blocks ---------------------------------------------------------------------------------

    def _indicators(self, header: HeaderRun) -> bool:
        self._header_row(header)
        self.columns = header.columns
        end = self._indicators_end(header.end)
        self._body(header.end, end, header.columns)
        self.at, self.closed = end, False
        return True

    def _indicators_end(self, index: int) -> int:
        """Where the indicators end: at totals, at a name, a title or a heading, at running text."""
        while index < len(self.tokens):
            token = self.tokens[index]
            if token.text and self._starts_line(index) and self._ends_indicators(index):
                return index
            index += 1
        return index

    def _ends_indicators(self, index: int) -> bool:
        token = self.tokens[index]
        if _TITLE.search(token.text) or HEADING.match(token.text) or COVER.match(token.text):
            return True
        if kind_of(token.text) in ("level1", "level2", "both"):
            return False
        label = self.labels.at(index)
        if not label:
            return False
        if label.field("totals"):
            following = self.labels.skip_blanks(label.end)
            return following >= len(self.tokens) or kind_of(self.tokens[following].text) not in ("text", "level2")
        return bool(label.field("head") or (label.field("closing") and not label.field("indicators")))

    def _starts_line(self, index: int) -> bool:
        gap = self.tokens[index].gap
        first = index == 0 or not self.tokens[index - 1].text
        return gap == Gap.ROW or first or not self.policy.rows

    def _body(self, first: int, end: int, columns: tuple[Header, ...]) -> None:
        """Place the tokens of data rows under the columns."""
        if self.policy.rows:
            for start, stop in self._rows(first, end):
                self._place(start, stop, columns)
            return
        self._place(first, end, columns)

    def _rows(self, first: int, end: int) -> list[tuple[int, int]]:
        cuts = [i for i in range(first, end) if self.tokens[i].gap == Gap.ROW] + [end]
        if first < end and (not cuts or cuts[0] != first):
            cuts.insert(0, first)
        return list(zip(cuts, cuts[1:], strict=False))

    def _place(self, start: int, stop: int, columns: tuple[Header, ...]) -> None:
        kept = self._without_margin(start, stop, columns)
        if not self.policy.rows:
            kept = self._without_stump(kept)
        tokens = [self.tokens[i] for i in kept]
        rows: dict[int, list[GridCell]] = {}
        for placed in align(tokens, columns, self.policy):
            cell = GridCell(placed.column, kept[placed.first], kept[placed.last])
            rows.setdefault(placed.row, []).append(cell)
        self.out.rows.extend(tuple(row) for row in rows.values())

    def _without_stump(self, kept: list[int]) -> list[int]:
        """The tokens without a row that was cut off after its levels."""
        end = len(kept)
        while end and kind_of(self.tokens[kept[end - 1]].text) in ("level1", "level2", "blank"):
            end -= 1
        if any(self.tokens[i].text for i in kept[end:]):
            self.out.lost.append(("表格在此截断，只剩指标类别", kept[end], kept[-1]))
            return kept[:end]
        return kept

    def _without_margin(self, start: int, stop: int, columns: tuple[Header, ...]) -> list[int]:
        """The tokens of data rows, without what stands left of the first column: the block's own label
        and the blanks of its merged cell.
        """
        kept = []
        left = columns[0].place if columns else 0
        index = start
        while index < stop:
            token = self.tokens[index]
            label = self.labels.at(index)
            if label and label.field("indicators") == "indicators_block":
                self.out.rows.append((GridCell(0, label.first, label.end - 1),))
                index = label.end
                continue
            if not (self.policy.rows and token.place < left and not token.text):
                kept.append(index)
            index += 1
        return kept if any(self.tokens[i].text for i in kept) else []

    def _funds(self, header: HeaderRun) -> bool:
        leading = next(i for i, c in enumerate(header.columns) if c.field not in _MARGIN)
        shift = 0 if leading else 1
        self._header_row(header, shift)
        columns = tuple(
            (c, i + shift) for i, c in enumerate(header.columns) if i >= leading and c.field != "of_which"
        )
        items = any(c.field == "item_column" for c in header.columns)
        self.remarks = any(c.field == "remark" for c in header.columns)
        index = header.end
        while index < len(self.tokens):
            index = self.labels.skip_blanks(index)
            if index < len(self.tokens) and _BARE_UNIT.match(self.tokens[index].text):
                self.out.rows.append((GridCell(0, index, index),))
                index += 1
                continue
            row = self._fund_row(index, items)
            if row is None:
                break
            name, start, stop = row
            cells = [] if name is None else [GridCell(max(leading - 1, 0), *name)]
            self._fund_cells(columns, cells, start, stop)
            index = stop
        self.at = index
        return True

    def _fund_row(self, index: int, items: bool) -> tuple[tuple[int, int] | None, int, int] | None:
        """Label and values of the fund line that begins here, or None where the funds end."""
        if index >= len(self.tokens):
            return None
        token, label = self.tokens[index], self.labels.at(index)
        name: tuple[int, int] | None = None
        if label and (label.field("funds") or "").startswith("source:"):
            name = (label.first, label.end - 1)
        elif label is not None or _TITLE.search(token.text):
            return None
        elif kind_of(token.text) in ("number", "dash"):
            name = None
        elif (items or self.policy.rows) and len(token.text) < 40 and self._has_figures(index + 1):
            name = (index, index)
        else:
            return None
        start = name[1] + 1 if name else index
        return name, start, self._values_end(start if name else start + 1)

    def _has_figures(self, index: int) -> bool:
        stop = self._values_end(index)
        kinds = [kind_of(self.tokens[i].text) for i in range(index, stop)]
        return "number" in kinds or "percent" in kinds or (self.policy.rows and "dash" in kinds)

    def _values_end(self, index: int) -> int:
        """Where the values of a fund line end: at the row's end, or at the next label."""
        while index < len(self.tokens):
            token = self.tokens[index]
            if self.policy.rows and token.gap == Gap.ROW:
                break
            if not self.policy.rows and token.text and self._ends_values(index):
                break
            index += 1
        return index

    def _ends_values(self, index: int) -> bool:
        kind = kind_of(self.tokens[index].text)
        if self.labels.at(index) or kind in ("level1", "level2", "both", "symbol"):
            return True
        return kind == "text" and not (self.remarks and self.tokens[index - 1].gap != Gap.WEAK)

    def _fund_cells(
        self, columns: tuple[tuple[Header, int], ...], cells: list[GridCell], start: int, stop: int
    ) -> None:
        tokens = [self.tokens[i] for i in range(start, stop)]
        # Without marked rows every blank is kept or none is: values fill the columns from the left.
        filled = [i for i, token in enumerate(tokens) if token.text]
        stages = sum(column.field.startswith("stage:") for column, _ in columns)
        if not self.policy.rows and 0 < len(filled) == len(tokens) < stages:
            self.out.lost.append(("资金行的金额少于列数，无法判断各属哪一列", start, stop - 1))
            return
        headers = [column for column, _ in columns]
        owner = self.tokens[cells[0].first].place if cells else -1
        placed_cells = align_full(tokens, headers) or align(
            tokens, headers, self.policy, printed=headers[0].place > owner
        )
        for placed in placed_cells:
            if placed.row:
                break
            where = columns[placed.column][1]
            cells.append(GridCell(where, start + placed.first, start + placed.last))
        if cells:
            self.out.rows.append(tuple(cells))

    def _pairs(self, label: Label) -> bool:
        """Stages printed as label and value side by side, row after row (`预算数： 100 执行数： 100`)."""
        at = label.first
        if (label.field("funds") or "") == "funds_block":
            at = self.labels.skip_blanks(label.end)
        first = self.labels.at(at)
        if not first or not (first.field("funds", "pairs") or "").startswith("stage:"):
            return False
        row: list[GridCell] = []
        width = 0  # cells of a row, where rows are not marked: as many as the stages took
        while found := self.labels.at(self.labels.skip_blanks(at)):
            name = found.field("funds", "pairs") or ""
            if not name.startswith(("stage:", "source:")):
                break
            if name.startswith("source:") and not width:
                width = len(row) or 1
            if row and (self._row_begins(at, found.first) or (not self.policy.rows and width and len(row) >= width)):
                self.out.rows.append(tuple(c for c in row if c.last >= c.first))
                row = []
            value = found.end
            has_value = value < len(self.tokens) and not self.labels.at(value)
            has_value = has_value and not (self.policy.rows and self.tokens[value].gap == Gap.ROW)
            row.append(GridCell(len(row), found.first, found.end - 1))
            # A label without a value keeps the place of its value.
            row.append(GridCell(len(row), value, value if has_value else value - 1))
            at = value + has_value
        if row:
            self.out.rows.append(tuple(c for c in row if c.last >= c.first))
        self.at = at
        return True

    def _row_begins(self, index: int, first: int) -> bool:
        """Whether a marked row begins among the blanks from `index` up to token `first`."""
        return self.policy.rows and any(
            self.tokens[i].gap == Gap.ROW for i in range(index, min(first + 1, len(self.tokens)))
        )

    def _goals(self, label: Label) -> bool:
        """Goals: the two labels side by side with the two texts below."""
        expected = label
        if label.field("goals") not in ("goal_expected", "goal_actual"):
            after = self.labels.at(self.labels.skip_blanks(label.end))
            if not after or after.field("goals") != "goal_expected":
                return False
            expected = after
        actual = self.labels.at(self.labels.skip_blanks(expected.end))
        if not actual or not actual.field("goals") == "goal_actual" and not self._is_actual(actual):
            return False
        self.out.rows.append(
            (GridCell(0, expected.first, expected.end - 1), GridCell(1, actual.first, actual.end - 1))
        )
        start = self.labels.skip_blanks(actual.end)
        end = self._text_end(start)
        self._goal_texts(start, end)
        self.at = end
        return True

    def _is_actual(self, label: Label) -> bool:
        return ("goal_actual", "goals") in label.meanings

    def _text_end(self, index: int) -> int:
        """Where the texts of the goals end: at the next label that opens a block."""
        while index < len(self.tokens):
            if self.tokens[index].text:
                label = self.labels.at(index)
                if label and (
                    label.field("indicators", "funds", "head", "closing")
                    or label.field("goals_head") == "goals_block"
                ):
                    break
                if _SUBHEAD.match(self.tokens[index].text) or HEADING.match(self.tokens[index].text):
                    break
            index += 1
        return index

    def _goal_texts(self, start: int, end: int) -> None:
        texts = [i for i in range(start, end) if self.tokens[i].text]
        if not texts:
            return
        split = self._split_goals(texts)
        if split is None:
            self.out.lost.append(("预期目标与实际完成情况连在一起，无法分开", texts[0], texts[-1]))
            return
        cells = [GridCell(0, texts[0], split[0])] if split[0] >= 0 else []
        if split[1] >= 0:
            cells.append(GridCell(1, split[1], texts[-1]))
        self.out.rows.append(tuple(cells))

    def _split_goals(self, texts: list[int]) -> tuple[int, int] | None:
        """Last token of the first text and first token of the second."""
        if len(texts) == 1:
            return (texts[0], -1) if self.policy.rows else None
        cells = [i for i in texts if self.tokens[i].gap >= Gap.CELL]
        if len(texts) == 2 or (self.policy.rows and len(cells) >= 2):
            second = cells[1] if self.policy.rows and len(cells) >= 2 else texts[1]
            return texts[texts.index(second) - 1], second
        for position in range(1, len(texts)):
            if _ACHIEVED.match(self.tokens[texts[position]].text):
                return texts[position - 1], texts[position]
        return None

    def _total(self, label: Label) -> bool:
        end = label.end
        while end < len(self.tokens) and not (self.policy.rows and self.tokens[end].gap == Gap.ROW):
            kind = kind_of(self.tokens[end].text)
            if kind not in ("number", "blank", "dash") or (not self.policy.rows and end - label.end > 12):
                break
            end += 1
        cells = [GridCell(0, label.first, label.end - 1)]
        numbers = [self.tokens[i] for i in range(label.end, end)]
        columns = [c for c in self.columns if c.field in ("weight", "score")]
        offsets = [i for i, c in enumerate(self.columns) if c.field in ("weight", "score")]
        filled = [i for i in range(label.end, end) if self.tokens[i].text]
        if self.policy.rows or len(filled) < len(numbers):
            cells += self._total_cells(label.end, numbers, min(offsets, default=1))
        elif len(filled) == len(columns):
            cells += [GridCell(o, i, i) for o, i in zip(offsets, filled, strict=True)]
        elif filled:
            self.out.lost.append(("总分行的数字无法判断是分值还是得分", filled[0], filled[-1]))
        self.out.rows.append(tuple(cells))
        self.at, self.closed = end, True
        return True

    def _total_cells(self, start: int, tokens: list[Token], first: int) -> list[GridCell]:
        """Weight and score of a totals row: under their columns where all are printed, else in order."""
        levels = ("level1", "level2", "level3", "block")
        after = [i for i, c in enumerate(self.columns) if c.field not in levels]
        at = {column.place: i for i, column in enumerate(self.columns)}
        if len(tokens) == len(after):
            tail, placed = after, align_full(tokens, [self.columns[i] for i in after])
        elif self.policy.rows and all(t.place in at for t in tokens if t.text):
            return [GridCell(at[t.place], start + i, start + i) for i, t in enumerate(tokens) if t.text]
        else:
            tail = list(range(first, len(self.columns)))
            placed = align(tokens, [self.columns[i] for i in tail], self.policy, printed=False)
        return [
            GridCell(tail[p.column], start + p.first, start + p.last)
            for p in placed
            if p.row == 0 and self.tokens[start + p.first].text
        ]

    def _pair(self, label: Label) -> bool:
        """A label with its value after it."""
        end = label.end
        while end < len(self.tokens) and self._in_value(label, end):
            end += 1
        cells = [GridCell(0, label.first, label.end - 1)]
        if end > label.end and self.tokens[label.end].text:
            cells.append(GridCell(1, label.end, end - 1))
        self.out.rows.append(tuple(cells))
        self.at = end
        return True

    def _in_value(self, label: Label, index: int) -> bool:
        """Whether a token belongs to the value of the label before it."""
        token = self.tokens[index]
        if self.labels.at(index) is not None or (self.policy.rows and token.gap == Gap.ROW and token.place):
            return False
        if index == label.end:
            return token.gap < Gap.ROW or not token.place
        if _TITLE.search(token.text):
            return False
        return token.gap == Gap.WEAK and bool(token.text)

    def _unlabelled(self) -> bool:
        """A title, a remark, or the running text behind the form."""
        token = self.tokens[self.at]
        if not self.policy.rows and (
            HEADING.match(token.text)
            or COVER.match(token.text)
            or len(token.text) > PROSE_LENGTH
            or (self.closed and not _TITLE.search(token.text) and not _GRADE.match(token.text))
        ):
            return False
        end = self.at + 1
        while end < len(self.tokens) and self.policy.rows and self.tokens[end].gap < Gap.ROW:
            if self.labels.at(end):
                break
            end += 1
        cells = [GridCell(i - self.at, i, i) for i in range(self.at, end) if self.tokens[i].text]
        self.out.rows.append(tuple(cells))
        self.at = end
        return True

    def _header_row(self, header: HeaderRun, shift: int = 0) -> None:
        self.out.rows.append(
            tuple(GridCell(c + shift, first, end - 1) for c, (first, end) in enumerate(header.labels))
        )


_MARGIN = ("block", "item_column", "of_which")  # columns left of the amounts
_BARE_UNIT = re.compile(r"^[（(](?:万元|元|亿元)[）)]$")
_TITLE = re.compile(r"自评(?:价)?(?:报告)?表|绩效目标表|绩效.{0,8}自评.{0,6}表$")
_SUBHEAD = re.compile(r"^\d[.、]\s*项目")
_GRADE = re.compile(r"^[优良中差]$|^[（(]?\s*20\d\d\s*年")
_ACHIEVED = re.compile(r"^(?:截至|截止|全年|已|完成|通过|本年|年内|实际|20\d\d年.{0,20}(?:完成|已|实现))")
