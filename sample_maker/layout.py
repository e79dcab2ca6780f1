"""Lays a form out as the family's grid: identity, funds, goals, indicators, total, closing rows."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from sample_maker.form import Form, Row
from sample_maker.grid import Grid, Span, labelled

FAMILIES = Path(__file__).with_name("families.toml")
Labelled = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Family:
    """The labels of one family of forms, in print order."""

    title: str
    identity: tuple[tuple[str, ...], ...]
    funds: str
    sources_head: str
    stages: tuple[str, ...]
    scores: tuple[Labelled, ...]
    sources: tuple[str, ...]
    goals: tuple[str, str, str]
    indicators: str
    columns: tuple[Labelled, ...]
    total: str
    no_score: str
    pairs: bool

    @property
    def width(self) -> int:
        """Columns of the form: the block label and one for each indicator column."""
        return 1 + len(self.columns)


def read_family(name: str) -> Family:
    """The family of that name, with what it inherits filled in."""
    return _family(_merged(tomllib.loads(FAMILIES.read_text(encoding="utf-8")), name))


def _merged(table: dict[str, Any], name: str) -> dict[str, Any]:
    own = table[name]
    return _merged(table, own["inherits"]) | own if "inherits" in own else own


def _family(own: dict[str, Any]) -> Family:
    expected = own["goals"]
    return Family(
        title=own["title"],
        identity=tuple(tuple(row) for row in own["identity"]),
        funds=own["funds"],
        sources_head=own["sources_head"],
        stages=tuple(own["stages"]),
        scores=tuple((label, field) for label, field in own["scores"]),
        sources=tuple(own["sources"]),
        goals=(expected[0], expected[1], expected[2]),
        indicators=own["indicators"],
        columns=tuple((label, field) for label, field in own["columns"]),
        total=own["total"],
        no_score=own["no_score"],
        pairs=own.get("pairs", False),
    )


def lay_out(form: Form, family: Family) -> Grid:
    """The grid of a form."""
    width = family.width
    rows: list[tuple[Span, ...]] = [
        (Span(family.title, width),),
        (Span(f"（{form.year}年度）", width),),
    ]
    rows += [_identity(form, row, width) for row in family.identity]
    rows += labelled(family.funds, _pairs(form, family) if family.pairs else _funds(form, family))
    rows += labelled(family.goals[0], _goals(form, family))
    rows += labelled(family.indicators, _indicators(form, family))
    if family.total:
        rows.append(_total(form, family))
    rows += [(Span(label), Span(text, width - 1)) for label, text in form.closing]
    return Grid(tuple(rows), width)


def _identity(form: Form, row: tuple[str, ...], width: int) -> tuple[Span, ...]:
    known = dict(form.identity)
    if len(row) == 2:
        return Span(row[0]), Span(known[row[1]], width - 1)
    left = (width - 2) // 2
    return (
        Span(row[0]),
        Span(known[row[1]], left),
        Span(row[2]),
        Span(known[row[3]], width - 2 - left),
    )


def _funds(form: Form, family: Family) -> tuple[tuple[Span, ...], ...]:
    printed = {(a.source, a.stage): a.raw for a in form.amounts}
    side = family.width - 1 - len(family.stages) - len(family.scores)
    head = (*family.stages, *(label for label, _ in family.scores))
    rows = [(Span(family.sources_head, side), *(Span(text) for text in head))]
    for source in family.sources:
        amounts = (printed.get((source, stage), "") for stage in family.stages)
        cells = (*amounts, *_scores(form, family, source))
        rows.append((Span(source, side), *(Span(text) for text in cells)))
    return tuple(rows)


def _scores(form: Form, family: Family, source: str) -> tuple[str, ...]:
    line = next((s for s in form.scores if s.source == source), None)
    texts = {"weight": line.weight, "rate": line.rate, "score": line.score} if line else {}
    return tuple(
        (texts.get(field) or family.no_score) if field else "" for _, field in family.scores
    )


def _pairs(form: Form, family: Family) -> tuple[tuple[Span, ...], ...]:
    """Rows that print a label beside each amount; that of the total is the stage alone."""
    printed = {(a.source, a.stage): a.raw for a in form.amounts}
    rows = []
    for source in family.sources:
        cells: list[Span] = []
        for index, stage in enumerate(family.stages):
            label = f"{stage}：" if source == "总额" else source
            last = index == len(family.stages) - 1
            rest = family.width - 1 - 2 * (len(family.stages) - 1) - 1
            cells += [Span(label), Span(printed.get((source, stage), ""), rest if last else 1)]
        rows.append(tuple(cells))
    return tuple(rows)


def _goals(form: Form, family: Family) -> tuple[tuple[Span, ...], ...]:
    left = (family.width - 1) // 2
    right = family.width - 1 - left
    return (
        (Span(family.goals[1], left), Span(family.goals[2], right)),
        (Span(form.goals[0], left), Span(form.goals[1], right)),
    )


def _indicators(form: Form, family: Family) -> tuple[tuple[Span, ...], ...]:
    rows = [tuple(Span(label) for label, _ in family.columns)]
    first = _runs([(r.text("level1"),) for r in form.rows])
    second = _runs([(r.text("level1"), r.text("level2")) for r in form.rows])
    for index, row in enumerate(form.rows):
        rows.append(tuple(_cells(row, family, first[index], second[index])))
    return tuple(rows)


def _runs(keys: list[tuple[str, ...]]) -> list[int]:
    """How many rows a merged cell that starts here covers; 0 where an earlier one still does.

    >>> _runs([("a",), ("a",), ("b",)])
    [2, 0, 1]
    """
    starts = [0, *(i for i, (a, b) in enumerate(pairwise(keys), 1) if a != b), len(keys)]
    runs = [0] * len(keys)
    for start, end in pairwise(starts):
        runs[start] = end - start
    return runs


def _cells(row: Row, family: Family, first: int, second: int) -> list[Span]:
    cells = []
    for _, field in family.columns:
        rows = {"level1": first, "level2": second}.get(field, 1)
        if rows:
            cells.append(Span(row.text(field), rows=rows))
    return cells


def _total(form: Form, family: Family) -> tuple[Span, ...]:
    fields = [field for _, field in family.columns]
    lead = fields.index("weight")
    texts = {"weight": form.weight_total, "score": form.score_total, "deviation_raw": form.rating}
    return (Span(family.total, 1 + lead), *(Span(texts.get(f, "")) for f in fields[lead:]))
