"""Turns a run of tokens into the rows of a grid, block by block of the form.

A form is a sequence of blocks (names, funds, goals, indicators, totals) that begin with labels of
the glossary. Within a block the header gives the columns and `align` places the cells; the grid
that comes out can be read like any other table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.unflatten.funds import read_funds, read_funds_across, read_pairs
from extractors.unflatten.goals import read_goals
from extractors.unflatten.headers import Label, funds_header, indicator_header
from extractors.unflatten.indicators import read_indicators
from extractors.unflatten.program import Policy
from extractors.unflatten.reading import TITLE, Assembly, GridCell, Reading
from extractors.unflatten.tokens import COVER, HEADING, Gap, Token
from extractors.unflatten.totals import read_total

PROSE_LENGTH = 45  # characters; a longer unlabelled line outside a block is running text
_LIST_HEADS = ("序号", "编号")
_GRADE = re.compile(r"^[优良中差]$|^[（(]?\s*20\d\d\s*年")


def assemble(tokens: Sequence[Token], policy: Policy) -> Assembly:
    """The grid of a run of tokens, up to where running text resumes."""
    reading = Reading(tokens, policy)
    while reading.at < len(tokens):
        before = reading.at
        if not _block(reading) or reading.at == before:
            break
    reading.out.used = reading.at
    return reading.out


def _block(reading: Reading) -> bool:
    """Read the block that begins at the place reached; False where running text begins."""
    at = reading.at
    if not reading.tokens[at].text:
        reading.at += 1
        return True
    label = reading.labels.at(at)
    if label is None:
        return _unlabelled(reading)
    rows = reading.policy.rows
    indicators = label.field("indicators") and indicator_header(reading.labels, at, rows)
    if indicators:
        return read_indicators(reading, indicators)
    funds = label.field("funds") and funds_header(reading.labels, at, rows)
    if funds:
        return read_funds(reading, funds)
    if (label.field("funds") or "").startswith("source:") and read_funds_across(reading, at):
        return True
    if label.field("funds") and read_pairs(reading, label):
        return True
    if label.field("goals", "goals_head") and read_goals(reading, label):
        return True
    if label.field("totals") == "total" and reading.columns:
        return read_total(reading, label)
    return _pair(reading, label)


def _pair(reading: Reading, label: Label) -> bool:
    """A label with its value after it; without one in the head of a list (`序号 | 项目名称`)."""
    end = label.end
    listed = label.first > 0 and reading.tokens[label.first - 1].text in _LIST_HEADS
    if label.field("head") == "project_name" and reading.policy.rows and _heads_list(reading, end):
        return _printed_row(reading)
    while not listed and end < len(reading.tokens) and _in_value(reading, label, end):
        end += 1
    if label.field("head") == "project_name":
        reading.closed = False
    cells = [GridCell(0, label.first, label.end - 1)]
    if end > label.end and reading.tokens[label.end].text:
        cells.append(GridCell(1, label.end, end - 1))
    elif not listed and (value := _after_merged_blanks(reading, label.end)):
        cells.append(GridCell(1, value, value))
        end = value + 1
    reading.out.rows.append(tuple(cells))
    reading.at = end
    return True


def _heads_list(reading: Reading, index: int) -> bool:
    """Whether an amount of money is named beside the label of a name: the head of a list."""
    at = reading.labels.skip_blanks(index, stop_at_row=True)
    beside = reading.labels.at(at)
    if beside is None or reading.ends_row(at):
        return False
    return (beside.field("funds") or "").startswith("stage:")


def _printed_row(reading: Reading) -> bool:
    """The marked row that holds the place reached, as it is printed."""
    end = reading.at + 1
    while end < len(reading.tokens) and not reading.ends_row(end):
        end += 1
    row = range(reading.at, end)
    reading.out.rows.append(tuple(GridCell(i - reading.at, i, i) for i in row))
    reading.at = end
    return True


def _after_merged_blanks(reading: Reading, index: int) -> int | None:
    """The value that stands in a marked row after the blanks of the label's merged cell."""
    if not reading.policy.rows:
        return None
    at = reading.labels.skip_blanks(index, stop_at_row=True)
    if at == index or at >= len(reading.tokens) or not reading.tokens[at].text:
        return None
    ended = any(reading.ends_row(i) for i in range(index, at + 1))
    return None if ended or reading.labels.at(at) else at


def _in_value(reading: Reading, label: Label, index: int) -> bool:
    """Whether a token belongs to the value of the label before it."""
    token = reading.tokens[index]
    if reading.labels.at(index) is not None or (reading.ends_row(index) and token.place):
        return False
    if index == label.end:
        return token.gap < Gap.ROW or not token.place
    if TITLE.search(token.text):
        return False
    return token.gap == Gap.WEAK and bool(token.text)


def _unlabelled(reading: Reading) -> bool:
    """A title, a remark, or the running text behind the form."""
    token = reading.tokens[reading.at]
    text = token.text
    rows = reading.policy.rows
    if not rows and (
        HEADING.match(text)
        or COVER.match(text)
        or len(text) > PROSE_LENGTH
        or (reading.closed and not TITLE.search(text) and not _GRADE.match(text))
    ):
        return False
    if TITLE.search(text):
        reading.closed = False
    start, end = reading.at, reading.at + 1
    while end < len(reading.tokens) and rows and reading.tokens[end].gap < Gap.ROW:
        if reading.labels.at(end):
            break
        end += 1
    cells = [GridCell(i - start, i, i) for i in range(start, end) if reading.tokens[i].text]
    reading.out.rows.append(tuple(cells))
    reading.at = end
    return True
