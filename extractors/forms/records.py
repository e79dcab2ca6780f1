"""Makes records of a recognised form: printed strings become exact values, or NULL and a reject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol, cast

from extractors.document import Cell
from extractors.forms.form import Form, FundCell, FundLine, IndicatorRow
from extractors.values import is_blank, parse_amount, parse_points, parse_rate, parse_value
from schemas.columns import CellSource, Locator
from schemas.ids import fund_id, indicator_id
from schemas.labels import field as field_of
from schemas.labels import level_kind, parent_kind
from schemas.records import Fund, FundScore, Indicator, Reject
from schemas.vocabulary import Source, Stage

NO_SOURCE = "总额"  # the label of a line of funds that prints none

Fields = Mapping[str, Sequence[Cell]]  # the cells of a row by field


class Figure(Protocol):
    """What a parser of figures returns: the value, and the size of its last printed digit."""

    @property
    def value(self) -> Decimal | None: ...  # noqa: D102
    @property
    def resolution(self) -> Decimal | None: ...  # noqa: D102


@dataclass(slots=True)
class FormRecords:
    """The records of one form, and what could not be read."""

    document_id: str
    project_id: str
    year: int | None
    funds: list[Fund] = field(default_factory=list)
    fund_scores: list[FundScore] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def reject(self, reason: str, cell: Cell) -> None:
        """Remember a string that could not be read."""
        where = Reject(self.document_id, self.project_id, reason, cell.raw, cell.locator)
        self.rejects.append(where)

    def figure(
        self, cell: Cell | None, parse: Callable[[str], Figure | None], what: str
    ) -> tuple[Decimal | None, Decimal | None]:
        """The exact value of a cell and its resolution; (None, None) and a reject if unreadable."""
        if cell is None:
            return None, None
        figure = parse(cell.text)
        if figure is None:
            self.reject(f"{what}不是数字", cell)
            return None, None
        return figure.value, figure.resolution


def make_records(form: Form, document_id: str, project_id: str, year: int | None) -> FormRecords:
    """All records of a form but the project itself."""
    records = FormRecords(document_id, project_id, year)
    for fund in form.funds:
        _fund(fund, records)
    for line in form.fund_lines:
        _fund_score(line, records)
    for row in form.indicators:
        _indicator(row, records)
    for problem in form.problems:
        records.rejects.append(
            Reject(document_id, project_id, problem.reason, problem.raw, problem.locator)
        )
    return records


def _source(cell: Cell | None, component: bool) -> tuple[Source, str]:
    if cell is None:
        return "total", NO_SOURCE
    name = field_of(cell.text, "funds") or ""
    if name.startswith("source:"):
        return cast(Source, name.removeprefix("source:")), cell.text
    if component:
        return "component", cell.text
    return ("total" if name.endswith("_block") else "other"), cell.text


def _fund(fund: FundCell, records: FormRecords) -> None:
    if is_blank(fund.amount.text) and not fund.amount.text:
        return
    source, label = _source(fund.source, fund.component)
    amount = parse_amount(fund.amount.text, fund.unit)
    if amount is None:
        records.reject("金额不是数字", fund.amount)
    ordinal = len(records.funds) + 1
    records.funds.append(
        Fund(
            fund_id=fund_id(records.project_id, ordinal),
            project_id=records.project_id,
            document_id=records.document_id,
            ordinal=ordinal,
            origin="form",
            source=source,
            source_label=label,
            stage=cast(Stage, fund.stage),
            stage_label=_label(fund.stage_label.text),
            amount=amount.value if amount else None,
            resolution=amount.resolution if amount else None,
            raw=fund.amount.raw,
            unit=amount.unit if amount else fund.unit,
            locator=fund.amount.locator,
        )
    )


def _label(text: str) -> str:
    return text.strip().rstrip(":：")


def _fund_score(line: FundLine, records: FormRecords) -> None:
    cells = {named.field: named.cell for named in line.cells}
    weight, _ = records.figure(cells.get("weight"), parse_points, "资金分值")
    rate, rate_digit = records.figure(cells.get("execution_rate"), parse_rate, "执行率")
    score, score_digit = records.figure(cells.get("score"), parse_points, "资金得分")
    if weight is None and rate is None and score is None:
        return
    source, label = _source(line.source, False)
    records.fund_scores.append(
        FundScore(
            project_id=records.project_id,
            document_id=records.document_id,
            ordinal=len(records.fund_scores) + 1,
            source=source,
            source_label=label,
            weight=weight,
            execution_rate=rate,
            rate_resolution=rate_digit,
            score=score,
            score_resolution=score_digit,
            cells=sources((named.field, named.cell) for named in line.cells),
            locator=spread([line.cells[0].cell.locator, line.cells[-1].cell.locator]),
        )
    )


def sources(cells: Iterable[tuple[str, Cell]]) -> tuple[CellSource, ...]:
    """Printed string and place of each column."""
    return tuple([CellSource(name, cell.raw, cell.locator) for name, cell in cells])


def spread(places: Sequence[Locator]) -> Locator:
    """The place of a row, from those of its cells: from the first to the last."""
    first = places[0]
    if first.path is not None:
        return first
    starts = [place.char_start for place in places if place.char_start is not None]
    ends = [place.char_end for place in places if place.char_end is not None]
    if starts and ends:
        return Locator(char_start=min(starts), char_end=max(ends))
    boxes = [place.bbox for place in places if place.page == first.page and place.bbox]
    if not boxes:
        return first
    left, top, right, bottom = zip(*boxes, strict=True)
    return Locator(page=first.page, bbox=(min(left), min(top), max(right), max(bottom)))


_COLUMNS = (  # of the record and, in the same order, the fields of the form; one may have several
    ("target_raw", "operator"),
    ("target_raw", "target"),
    ("target_raw", "target_unit"),
    ("actual_raw", "actual"),
    ("weight", "weight"),
    ("completion_rate", "completion_rate"),
    ("score", "score"),
    ("rule_raw", "rule"),
    ("basis_raw", "basis"),
    ("last_year_raw", "last_year"),
    ("evidence_raw", "evidence"),
    ("deviation_raw", "deviation"),
)
_QUALITATIVE = ("定性", "定量")  # kinds of an indicator in the operator column, no operators


def _indicator(row: IndicatorRow, records: FormRecords) -> None:
    ordinal = len(records.indicators) + 1
    level1 = row.level1.text if row.level1 else None
    level2 = row.level2.text if row.level2 else None
    kind2 = level_kind(level2, 2) if level2 else None
    kind1 = (level_kind(level1, 1) if level1 else None) or parent_kind(kind2)
    cells: dict[str, list[Cell]] = {}
    for named in row.cells:
        cells.setdefault(named.field, []).append(named.cell)
    texts = {name: "".join([c.text for c in found]) or None for name, found in cells.items()}
    target_raw, actual_raw = _target(cells, texts), texts.get("actual")
    target = parse_value(target_raw or "", records.year)
    actual = parse_value(actual_raw or "", records.year)
    weight, weight_digit = records.figure(_first(cells, "weight"), parse_points, "分值")
    rate, rate_digit = records.figure(_first(cells, "completion_rate"), parse_rate, "完成率")
    score, score_digit = records.figure(_first(cells, "score"), parse_points, "得分")
    records.indicators.append(
        Indicator(
            indicator_id=indicator_id(records.project_id, ordinal),
            project_id=records.project_id,
            document_id=records.document_id,
            ordinal=ordinal,
            level1=level1,
            level2=level2,
            level3=row.level3.text,
            level1_kind=kind1,
            level2_kind=kind2,
            target_raw=target_raw,
            target_op=target.op,
            target_value=target.value,
            target_high=target.high,
            target_resolution=target.resolution,
            target_date=target.date,
            target_unit=target.unit,
            target_kind=target.kind,
            actual_raw=actual_raw,
            actual_op=actual.op,
            actual_value=actual.value,
            actual_resolution=actual.resolution,
            actual_date=actual.date,
            actual_unit=actual.unit,
            actual_kind=actual.kind,
            weight=weight,
            weight_resolution=weight_digit,
            completion_rate=rate,
            completion_resolution=rate_digit,
            score=score,
            score_resolution=score_digit,
            rule_raw=texts.get("rule"),
            basis_raw=texts.get("basis"),
            last_year_raw=texts.get("last_year"),
            evidence_raw=texts.get("evidence"),
            deviation_raw=texts.get("deviation"),
            cells=_sources(row, cells),
            locator=spread([row.level3.locator, *[named.cell.locator for named in row.cells]]),
        )
    )


def _first(cells: Fields, name: str) -> Cell | None:
    found = cells.get(name)
    return found[0] if found else None


def _target(cells: Fields, texts: Mapping[str, str | None]) -> str | None:
    """The target as one string; operator, value and unit may stand in cells of their own."""
    value, unit = texts.get("target"), texts.get("target_unit") or ""
    if "operator" not in cells and not unit:
        return value
    signs = [cell.text for cell in cells.get("operator", ())]
    operator = "".join([sign for sign in signs if sign not in _QUALITATIVE])
    if value is None and not operator:
        return unit or None  # 单位（文字描述）: a target in words stands there
    if value and operator and value.startswith(operator):
        operator = ""
    if is_blank(unit) or (value and value.endswith(unit)):
        unit = ""
    return f"{operator}{value or ''}{unit}" or None


def _sources(row: IndicatorRow, cells: Fields) -> tuple[CellSource, ...]:
    """The source of every column; a target in three cells has three sources."""
    levels = (("level1", row.level1), ("level2", row.level2), ("level3", row.level3))
    found = [CellSource(level, cell.raw, cell.locator) for level, cell in levels if cell]
    for column, name in _COLUMNS:
        if name in cells:
            found += [CellSource(column, cell.raw, cell.locator) for cell in cells[name]]
    return tuple(found)
