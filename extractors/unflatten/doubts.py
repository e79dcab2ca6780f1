"""Where blank cells vanished: cells and rows whose place nothing decides, which are refused."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.unflatten.kinds import role_of
from extractors.unflatten.program import Header, Placed, family
from extractors.unflatten.tokens import Token

PART_UNCLEAR = "分项的数字少于列数，无法判断各属哪一列"
BLANK_UNCLEAR = "空白格未保留，无法判断此格属于上年完成值还是相邻各列"


def doubtful_rows(
    tokens: Sequence[Token], placed: Sequence[Placed], columns: Sequence[Header]
) -> frozenset[int]:
    """Rows of a part (其中：…) with fewer figures than columns of them: it usually has no points,
    so that its result and its points cannot be told apart.
    """
    expected = {c.field for c in columns} & {"actual", "weight", "score"}
    if not {"weight", "score"} & expected:
        return frozenset()
    found: dict[int, set[str]] = {}
    parts = set()
    for cell in placed:
        field = columns[cell.column].field
        found.setdefault(cell.row, set()).add(field)
        if role_of(tokens[cell.first].text) == "part":
            parts.add(cell.row)
    clear = (expected, expected & {"actual"})
    return frozenset(row for row in parts if found[row] & expected not in clear)


def doubtful_cells(
    tokens: Sequence[Token], placed: Sequence[Placed], columns: Sequence[Header]
) -> frozenset[Placed]:
    """Printed blanks (无, /) under 上年完成值 beside a remark that is missing in their row: either
    may hold them.
    """
    filled = {(cell.row, cell.column) for cell in placed}
    return frozenset(
        cell
        for cell in placed
        if columns[cell.column].field == "last_year"
        and role_of(tokens[cell.first].text) in ("dash", "none")
        and any(
            family(columns[beside].field) == "remark" and (cell.row, beside) not in filled
            for beside in (cell.column - 1, cell.column + 1)
            if 0 <= beside < len(columns)
        )
    )
