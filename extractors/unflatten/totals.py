"""The row of totals: weight and score."""

from __future__ import annotations

from extractors.unflatten.align import align, align_full
from extractors.unflatten.headers import Label
from extractors.unflatten.kinds import kind_of
from extractors.unflatten.reading import GridCell, Reading
from extractors.values import parse_points

_UNDECIDED = "总分行的数字无法判断是分值还是得分"
_SCORES = ("自评总分", "自评得分", "总得分", "合计得分", "综合得分")
_SUMS = ("weight", "score", "subtotal")  # columns that have a sum
_FULL_SCORE = 100  # points of a form
_LONGEST = 12  # cells of a totals row, where its end is not marked
_LEFT = ("level1", "level2", "level3", "block")


def read_total(reading: Reading, label: Label) -> bool:
    """Read a row of totals under the columns of the indicators."""
    end = _row_end(reading, label.end)
    filled = [i for i in range(label.end, end) if reading.tokens[i].text]
    marks = [i for i, c in enumerate(reading.columns) if c.field in ("weight", "score")]
    cells = (
        _under_columns(reading, label.end, end) if _keeps_blanks(reading, label.end, end) else []
    )
    sums = [i for i, c in enumerate(reading.columns) if c.field in _SUMS]
    if len(cells) < len(filled) or not {c.column for c in cells} <= set(sums):
        cells = []
    if not cells and filled:
        told = marks if len(filled) == len(marks) else sums
        if len(filled) == len(told):
            cells = [GridCell(column, i, i) for column, i in zip(told, filled, strict=True)]
        elif len(filled) == 1 and marks and _is_score(reading, label, filled[0]):
            cells = [GridCell(marks[-1], filled[0], filled[0])]
        else:
            reading.lose(_UNDECIDED, filled[0], filled[-1])
    reading.out.rows.append((GridCell(0, label.first, label.end - 1), *cells))
    reading.at, reading.closed = end, True
    return True


def _row_end(reading: Reading, start: int) -> int:
    end = start
    while end < len(reading.tokens) and not reading.ends_row(end):
        kind = kind_of(reading.tokens[end].text)
        too_long = not reading.policy.rows and end - start > _LONGEST
        if kind not in ("number", "blank", "dash") or too_long:
            break
        end += 1
    return end


def _keeps_blanks(reading: Reading, start: int, end: int) -> bool:
    policy = reading.policy
    blanks = any(not reading.tokens[i].text for i in range(start, end))
    return (policy.rows and policy.places) or blanks


def _is_score(reading: Reading, label: Label, index: int) -> bool:
    """Whether the only number is the score: the label says so, or weights do not add up to it."""
    points = parse_points(reading.tokens[index].text)
    partial = points is not None and points.value is not None and points.value != _FULL_SCORE
    return partial or _names_score(reading, label)


def _names_score(reading: Reading, label: Label) -> bool:
    text = "".join(t.text for t in reading.tokens[label.first : label.end])
    return "".join(text.split()).rstrip(":：") in _SCORES


def _under_columns(reading: Reading, start: int, end: int) -> list[GridCell]:
    """Weight and score under their columns, where all cells are printed, else in order."""
    columns, tokens = reading.columns, reading.tokens[start:end]
    at = {column.place: i for i, column in enumerate(columns)}
    after = [i for i, column in enumerate(columns) if column.field not in _LEFT]
    if len(tokens) == len(after):
        placed = align_full(tokens, [columns[i] for i in after])
    elif reading.policy.rows and all(t.place in at for t in tokens if t.text):
        return [GridCell(at[t.place], start + i, start + i) for i, t in enumerate(tokens) if t.text]
    else:
        marks = [i for i, c in enumerate(columns) if c.field in ("weight", "score")]
        after = list(range(min(marks, default=1), len(columns)))
        placed = align(tokens, [columns[i] for i in after], reading.policy, printed=False)
    return [
        GridCell(after[cell.column], start + cell.first, start + cell.last)
        for cell in placed
        if cell.row == 0 and reading.tokens[start + cell.first].text
    ]
