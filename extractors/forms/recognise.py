"""Finds the blocks of self-evaluation forms in a grid by their labels, whatever their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from extractors.document import Cell, Table
from extractors.forms.columns import NO_PLACES
from extractors.forms.form import Form
from extractors.forms.funds import open_funds, open_funds_across
from extractors.forms.goals import open_goals
from extractors.forms.indicators import open_indicators
from extractors.forms.natures import open_natures
from extractors.forms.page import TITLE, Opened, Page, is_title
from extractors.forms.pairs import open_pairs
from extractors.forms.single_rows import names_next_form, read_single_row, read_title
from schemas.labels import field as field_of

__all__ = ["TITLE", "recognise"]

# What a row's labels must be about to open such a block; None where no label opens it.
_OPENERS: tuple[tuple[Callable[[Page, int], Opened | None], str | None], ...] = (
    (open_indicators, "indicators"),
    (open_funds, "stage"),
    (open_funds_across, "source"),
    (open_pairs, "stage"),
    (open_natures, None),
    (open_goals, "goals"),
)


def recognise(table: Table, unit: str = "万元") -> tuple[Form, ...]:
    """The forms of a grid, in order; `unit` is the unit of money printed above it."""
    page = Page.of(table, unit)
    forms: list[Form] = []
    at = 0
    while at < len(page.rows):
        at += _row(page, at, forms)
    _finish(page, forms)
    return tuple(forms)


def _row(page: Page, at: int, forms: list[Form]) -> int:
    """Read one row, or the header that begins in it; the number of rows used."""
    row = page.rows[at]
    filled = row.filled
    if not filled:
        return 1
    opened = _open(page, at)
    if opened is None and not (page.block and page.block.take(row)):
        page.block = None
        if _begins_form(page, filled):
            _finish(page, forms)
        _alone(page, filled)
    page.form.places += (filled[0].locator, filled[-1].locator)
    return opened[1] if opened else 1


def _open(page: Page, at: int) -> Opened | None:
    """The block whose header begins in this row."""
    printed = page.rows[at].about
    for opener, needed in _OPENERS:
        if (needed is None or needed in printed) and (opened := opener(page, at)):
            page.block = opened[0]
            return opened
    return None


def _alone(page: Page, filled: Sequence[Cell]) -> None:
    if _is_title_row(filled):
        read_title(page, filled)
    else:
        read_single_row(page, filled)


def _begins_form(page: Page, filled: Sequence[Cell]) -> bool:
    if _is_title_row(filled):
        return not page.form.is_empty
    return names_next_form(page, filled)


def _is_title_row(filled: Sequence[Cell]) -> bool:
    return len(filled) <= 2 and is_title(filled[0]) and not field_of(filled[0].text, "head")


def _finish(page: Page, forms: list[Form]) -> None:
    """Close the form that is being read and begin the next."""
    if not page.form.is_empty or page.form.names:
        forms.append(page.form)
    page.form = Form()
    page.block, page.indicator_places, page.funds_blocks = None, NO_PLACES, 0
