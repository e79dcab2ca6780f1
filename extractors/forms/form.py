"""One self-evaluation form as recognised: printed strings under fields, each with its cell."""

from __future__ import annotations

from dataclasses import dataclass, field

from extractors.document import Cell, Problem
from schemas.columns import Locator
from schemas.immutable import immutable


@immutable
class NamedCell:
    """The cell that holds the value of a field."""

    field: str
    cell: Cell


@immutable
class FundCell:
    """One printed amount: whose money (None where none is named), which stage, which unit."""

    source: Cell | None
    stage: str
    stage_label: Cell
    amount: Cell
    unit: str
    component: bool  # a line of a table of sub-items


@immutable
class FundLine:
    """Weight, rate and score beside one line of funds."""

    source: Cell | None
    cells: tuple[NamedCell, ...]  # weight, execution_rate, score


@immutable
class IndicatorRow:
    """One row of the indicators: its cells by field, and the levels carried down merged cells."""

    level1: Cell | None
    level2: Cell | None
    level3: Cell
    cells: tuple[NamedCell, ...]

    def named(self, *fields: str) -> tuple[Cell, ...]:
        """The cells of these fields, in the order of the fields."""
        return tuple(c.cell for name in fields for c in self.cells if c.field == name)


@dataclass(slots=True)
class Form:
    """A form while it is being read; records are made from it once it is complete."""

    title: Cell | None = None
    year: int | None = None
    names: dict[str, Cell] = field(default_factory=dict)
    funds: list[FundCell] = field(default_factory=list)
    fund_lines: list[FundLine] = field(default_factory=list)
    goal_expected: list[Cell] = field(default_factory=list)
    goal_actual: list[Cell] = field(default_factory=list)
    indicators: list[IndicatorRow] = field(default_factory=list)
    indicator_fields: frozenset[str] = frozenset()
    weight_total: Cell | None = None
    score_total: Cell | None = None
    rating: Cell | None = None
    block_weight: Cell | None = None  # a block label with its own total (项目绩效实现情况(80分))
    texts: list[tuple[str, Cell]] = field(default_factory=list)  # label and long text
    labels: list[str] = field(default_factory=list)  # header labels, for the fingerprint
    problems: list[Problem] = field(default_factory=list)
    places: list[Locator] = field(default_factory=list)

    @property
    def name(self) -> Cell | None:
        """The cell with the project's or department's name."""
        return self.names.get("project_name") or self.names.get("department_name")

    @property
    def owner(self) -> Cell | None:
        """Who the form is about: its name, or the unit that fills in the form of a department."""
        return self.name or (self.names.get("unit") if self.is_department else None)

    @property
    def is_department(self) -> bool:
        """Whether the form is about a whole department."""
        title = self.title.text if self.title else ""
        named = "department_name" in self.names and "project_name" not in self.names
        return "整体" in title or named

    @property
    def is_evaluation(self) -> bool:
        """Whether it reports results: a table of targets only is no self-evaluation."""
        results = {"actual", "score", "completion_rate"} & self.indicator_fields
        executed = any(fund.stage == "executed" for fund in self.funds)
        return bool(results or executed or self.goal_actual)

    @property
    def is_score_sheet(self) -> bool:
        """Whether it only scores indicators: an evaluator's sheet, of no project by itself."""
        told = {"target", "actual"} & self.indicator_fields
        return not (told or self.funds or self.goal_expected or self.goal_actual)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of a form was found."""
        return not (self.funds or self.indicator_fields or self.goal_expected or self.goal_actual)

    def absorb(self, rest: Form) -> None:
        """Take over what a continuation of this form holds."""
        for name, cell in rest.names.items():
            self.names.setdefault(name, cell)
        self.funds.extend(rest.funds)
        self.fund_lines.extend(rest.fund_lines)
        self.goal_expected.extend(rest.goal_expected)
        self.goal_actual.extend(rest.goal_actual)
        self.indicators.extend(rest.indicators)
        self.labels.extend(rest.labels)
        self.texts.extend(rest.texts)
        self.problems.extend(rest.problems)
        self.places.extend(rest.places)
        self.indicator_fields |= rest.indicator_fields
        self.year = self.year or rest.year
        self.weight_total = self.weight_total or rest.weight_total
        self.score_total = self.score_total or rest.score_total
        self.rating = self.rating or rest.rating
        self.block_weight = self.block_weight or rest.block_weight
