"""Whole departments' funds by nature (按收入性质分, 按支出性质分): amounts that print no stage.

The form prints these lines below the total of the year. Which of the total's stages they part is
not said; it follows where they add up to one of them. Where they add up to none, they are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extractors.document import Cell
from extractors.forms.columns import Column, Places
from extractors.forms.form import FundCell
from extractors.forms.funds import FIGURES, names_source
from extractors.forms.page import Opened, Page
from extractors.unflatten.align import kind_of
from extractors.values import Amount, money_unit, parse_amount
from schemas.labels import field as field_of
from schemas.labels import fold

_NATURE = re.compile(r"^按.{1,8}性质分$")
_GLUED = re.compile(r"^(?P<label>.*\S)\s*[:：]\s*(?P<amount>[^:：]*)$", re.DOTALL)
_PREFERRED = ("annual_budget", "executed", "initial_budget")  # where two stages are equal
_TOTAL = "source:total"


@dataclass(frozen=True, slots=True)
class _Part:
    """One line of a nature: whose money, and how much."""

    nature: Column
    source: Cell
    amount: Cell


def open_natures(page: Page, at: int) -> Opened | None:
    """The lines below a row that prints natures; they are read at once."""
    filled = page.rows[at].filled
    if not _is_nature(filled[-1]):
        return None
    heads = [cell for cell in filled if _is_nature(cell)]
    if any(c.column > heads[0].column for c in filled if c not in heads):
        return None
    natures = Places.of(_natures(heads, page.table.column_count))
    parts: list[_Part] = []
    end = at + 1
    while end < len(page.rows) and (found := _row(page.filled(end), natures)) is not None:
        parts.extend(found)
        end += 1
    if end == at + 1:
        return None  # lines with an amount for each stage
    for nature in natures.columns:
        _publish(page, [part for part in parts if part.nature is nature])
    return None, end - at


def _is_nature(cell: Cell) -> bool:
    return "按" in cell.text and _NATURE.match(fold(cell.text)) is not None


def _natures(heads: Sequence[Cell], width: int) -> tuple[Column, ...]:
    """Each nature with the columns up to the next."""
    ends = [*(cell.column - 1 for cell in heads[1:]), width]
    return tuple(
        Column("nature", cell.column, end, cell) for cell, end in zip(heads, ends, strict=True)
    )


def _row(filled: Sequence[Cell], natures: Places) -> list[_Part] | None:
    """The lines of one row; None where it prints anything else."""
    parts: list[_Part] = []
    source: Cell | None = None
    for cell in filled:
        nature = natures.at(cell)
        if nature is None:
            return None
        label, amount = _unglued(cell)
        if label is not None:
            source = label
        elif source is not None and kind_of(cell.text) in (*FIGURES, "dash"):
            amount = cell
        else:
            return None
        if source is not None and amount is not None:
            parts.append(_Part(nature, source, amount))
            source = None
    return parts if filled else None


def _unglued(cell: Cell) -> tuple[Cell | None, Cell | None]:
    """The source a cell names, and the amount it prints behind it."""
    if names_source(cell):
        return cell, None
    match = _GLUED.match(cell.text)
    label = replace(cell, text=match["label"]) if match else cell
    if match is None or not names_source(label):
        return None, None
    return label, replace(cell, text=match["amount"]) if match["amount"] else None


def _publish(page: Page, parts: Sequence[_Part]) -> None:
    amounts = [parse_amount(p.amount.text, money_unit(p.source.text) or page.unit) for p in parts]
    if not parts:
        return
    stage = _stage(page, [amount for amount in amounts if amount])
    for part in parts:
        if stage is None:
            page.problem("金额没有写明是预算数还是执行数", part.amount)
            continue
        unit = money_unit(part.source.text) or page.unit
        fund = FundCell(part.source, stage.stage, stage.stage_label, part.amount, unit, False)
        page.form.funds.append(fund)


def _stage(page: Page, amounts: Sequence[Amount]) -> FundCell | None:
    """The printed total that these amounts add up to."""
    parted = sum((a.value for a in amounts if a.value is not None), Decimal(0))
    slack = max((a.resolution for a in amounts if a.resolution is not None), default=Decimal(0))
    found = [f for f in _totals(page) if _matches(f, parted, slack)]
    return min(found, key=lambda fund: _PREFERRED.index(fund.stage), default=None)


def _totals(page: Page) -> Iterator[FundCell]:
    for fund in page.form.funds:
        total = fund.source is None or field_of(fund.source.text, "funds") == _TOTAL
        if total and fund.stage in _PREFERRED:
            yield fund


def _matches(fund: FundCell, parted: Decimal, slack: Decimal) -> bool:
    total = parse_amount(fund.amount.text, fund.unit)
    return total is not None and total.value is not None and abs(total.value - parted) <= slack
