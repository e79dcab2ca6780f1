"""Tables on a terminal or in a pipe: right widths for Chinese, nothing cut or interpreted."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.show.database import Answer
from pipeline.show.plain import printable, to_text, write_csv, write_json

Format = Literal["table", "csv", "json"]
ROWS_ON_SCREEN = 1_000  # a table is laid out in memory; csv and json have no limit
NARROWEST = 6  # cells a column needs to stay readable: three Chinese characters
FOLDED = 12  # cells a column of long text can be folded to before records read better one by one
PADDING = 3


def console(stderr: bool = False) -> Console:
    """A console that prints text as it is: no markup, no emoji, no highlighting."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def write_answer(answer: Answer, form: Format) -> None:
    """Write a query's result to stdout in the form asked for."""
    if form == "csv":
        write_csv(answer.names, answer.rows, sys.stdout)
    elif form == "json":
        write_json(answer.names, answer.rows, sys.stdout)
    else:
        write_table(answer)


def write_table(answer: Answer) -> None:
    """Write a result as a table, or one column a line where the columns are too many."""
    rows = tuple(islice(answer.rows, ROWS_ON_SCREEN))
    out = console()
    if not rows:
        console(stderr=True).print("没有符合条件的记录")
        return
    if width_wanted(answer.names, rows) <= out.width:
        out.print(grid(answer.names, rows))
    else:
        for number, row in enumerate(rows, start=1):
            out.rule(f"第 {number} 条", align="left", characters="─")
            out.print(sheet(zip(answer.names, row, strict=True)))
    if next(answer.rows, None) is not None:
        console(stderr=True).print(
            f"只显示前 {ROWS_ON_SCREEN} 条；要全部，请用 --format csv 或 --format json"
        )


def width_wanted(names: Sequence[str], rows: Sequence[Sequence[object]]) -> int:
    """The fewest cells in which a table of these rows is still easy to read.

    >>> width_wanted(("单位", "摘要"), (("甲", "字" * 50),))
    22
    """
    widest = (max(map(cell_len, _texts(name, rows, i))) for i, name in enumerate(names))
    return sum(min(FOLDED, width) + PADDING for width in widest)


def grid(
    names: Sequence[str],
    rows: Iterable[Sequence[object]],
    styles: Sequence[str | None] = (),
    lines: bool = False,
) -> Table:
    """A table of values; figures stand to the right, long text is folded and never cut."""
    body = tuple(rows)
    table = Table(box=SIMPLE_HEAD, show_lines=lines, pad_edge=False, padding=(0, 1))
    for index, name in enumerate(names):
        figures = any(isinstance(row[index], int | Decimal | float) for row in body)
        table.add_column(
            Text(printable(name)),
            justify="right" if figures else "left",
            style=styles[index] if index < len(styles) else None,
            overflow="fold",
            min_width=min(NARROWEST, max(map(cell_len, _texts(name, body, index)))),
        )
    for row in body:
        table.add_row(*(each if isinstance(each, Text) else Text(to_text(each)) for each in row))
    return table


def sheet(pairs: Iterable[tuple[str, object]]) -> Table:
    """One record, a column a line; NULL columns are left out."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs:
        if value is not None:
            table.add_row(Text(printable(name)), Text(to_text(value)))
    return table


def _texts(name: str, rows: Sequence[Sequence[object]], index: int) -> tuple[str, ...]:
    values = (row[index] for row in rows)
    return (name, *(v.plain if isinstance(v, Text) else to_text(v) for v in values))
