"""One project's form as it was read: goals, funds, indicators, each cell with its marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.show.plain import figure
from pipeline.show.proof import locator_of
from pipeline.web.site import Row, Site
from schemas.columns import Locator

Marks = Mapping[Locator, tuple[int, ...]]
PROJECT = """
SELECT p.*, d.file_name, d.source_uris, d.media_type
FROM projects p JOIN documents d ON d.document_id = p.document_id WHERE p.project_id = $id
"""
FUNDS = "SELECT * FROM funds WHERE project_id = $id ORDER BY ordinal"
FUND_SCORES = "SELECT * FROM fund_scores WHERE project_id = $id ORDER BY ordinal"
INDICATORS = "SELECT * FROM indicators WHERE project_id = $id ORDER BY ordinal"
SCORES = """
SELECT indicator_id, score_low, score_high, verdict, explanation
FROM scores WHERE project_id = $id AND subject = 'indicator'
"""
UNSCORED = "无法重算"
VERDICTS = {"agrees": "相符", "differs": "不符", "not_scorable": UNSCORED}


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell as read: what stands there, its marks, and a word of explanation."""

    text: str
    marks: tuple[int, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FundLine:
    """One source of funds: an amount for each stage, then weight, rate and score."""

    label: str
    amounts: tuple[Shown, ...]
    scored: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator, with what rescoring makes of it."""

    indicator_id: str
    level1: str
    level2: str
    cells: tuple[Shown, ...]
    rescored: Shown


@dataclass(frozen=True, slots=True)
class FormView:
    """A whole form as read."""

    project: Row
    facts: tuple[tuple[str, Shown], ...]
    stages: tuple[str, ...]
    funds: tuple[FundLine, ...]
    from_text: tuple[tuple[str, Shown], ...]
    indicators: tuple[IndicatorLine, ...]

    @property
    def scored_used(self) -> tuple[int, ...]:
        """Which of weight, rate and score are printed beside any line of funds."""
        return _used([line.scored for line in self.funds])

    @property
    def cells_used(self) -> tuple[int, ...]:
        """Which columns of indicators hold anything."""
        return _used([line.cells for line in self.indicators])

    @property
    def rescored(self) -> bool:
        """Whether any indicator could be scored again."""
        return any(line.rescored.text not in ("", UNSCORED) for line in self.indicators)


FACTS = (
    ("项目名称", "project_name"),
    ("实施单位", "unit"),
    ("主管部门", "competent_department"),
    ("年度", "fiscal_year"),
    ("预期目标", "goal_expected"),
    ("实际完成情况", "goal_actual"),
    ("总分值", "weight_total"),
    ("总得分", "score_total"),
    ("评价等级", "rating"),
)
SCORED = ("weight", "execution_rate", "score")
INDICATOR_CELLS = ("level3", "target_raw", "actual_raw", "weight", "completion_rate", "score")


def read_form(site: Site, project_id: str, marks: Marks) -> FormView:
    """The form of a project; `marks` are the numbers to show at places of the original."""
    key = {"id": project_id}
    project = site.record(PROJECT, key, "个项目")
    places = _places(project)
    facts = tuple(
        (label, _cell(project[column], places.get(column), marks))
        for label, column in FACTS
        if project[column] is not None
    )
    funds = site.records(FUNDS, key)
    printed = [fund for fund in funds if fund["origin"] == "form"]
    stages = tuple(dict.fromkeys(fund["stage_label"] for fund in printed))
    spoken = tuple(
        (f"{fund['source_label']} {fund['stage_label']}", _fund(fund, marks))
        for fund in funds
        if fund["origin"] == "text"
    )
    scored = {line["source_label"]: line for line in site.records(FUND_SCORES, key)}
    lines = tuple(
        _fund_line(label, stages, printed, scored.get(label), marks)
        for label in dict.fromkeys([f["source_label"] for f in printed] + list(scored))
    )
    return FormView(project, facts, stages, lines, spoken, _indicators(site, key, marks))


def marks_of(places: Iterable[tuple[Locator | None, int]]) -> Marks:
    """The numbers that stand at each place."""
    marks: dict[Locator, tuple[int, ...]] = {}
    for place, number in places:
        if place is not None and number not in marks.get(place, ()):
            marks[place] = (*marks.get(place, ()), number)
    return marks


def _used(rows: Sequence[Sequence[Shown]]) -> tuple[int, ...]:
    """The columns in which any row has something."""
    return tuple(
        index
        for index, column in enumerate(zip(*rows, strict=True))
        if any(shown.text for shown in column)
    )


def _fund_line(
    label: str, stages: tuple[str, ...], funds: list[Row], scored: Row | None, marks: Marks
) -> FundLine:
    mine = {fund["stage_label"]: fund for fund in funds if fund["source_label"] == label}
    amounts = tuple(_fund(mine[s], marks) if s in mine else Shown("") for s in stages)
    if scored is None:
        return FundLine(label, amounts, tuple(Shown("") for _ in SCORED))
    places = _places(scored)
    cells = tuple(_cell(scored[column], places.get(column), marks) for column in SCORED)
    return FundLine(label, amounts, cells)


def _indicators(site: Site, key: Mapping[str, object], marks: Marks) -> tuple[IndicatorLine, ...]:
    scores = {row["indicator_id"]: row for row in site.records(SCORES, key)}
    return tuple(
        _indicator(row, scores.get(row["indicator_id"]), marks)
        for row in site.records(INDICATORS, key)
    )


def _indicator(row: Row, score: Row | None, marks: Marks) -> IndicatorLine:
    places = _places(row)
    cells = tuple(_cell(row[column], places.get(column), marks) for column in INDICATOR_CELLS)
    return IndicatorLine(
        row["indicator_id"], row["level1"] or "", row["level2"] or "", cells, _rescored(score)
    )


def _rescored(score: Row | None) -> Shown:
    if score is None:
        return Shown("")
    verdict = VERDICTS[score["verdict"]]
    if score["score_low"] is None or score["score_high"] is None:
        return Shown(verdict, (), score["explanation"])
    low, high = figure(score["score_low"]), figure(score["score_high"])
    worth = low if low == high else f"{low}–{high}"
    return Shown(f"{worth} {verdict}", (), score["explanation"])


def _fund(fund: Row, marks: Marks) -> Shown:
    amount = "" if fund["amount"] is None else f"{figure(fund['amount'])} 万元"
    return Shown(fund["raw"], marks.get(locator_of(fund["locator"]), ()), amount)


def _cell(value: Any, place: Locator | None, marks: Marks) -> Shown:
    text = "" if value is None else str(value)
    if value is not None and hasattr(value, "as_tuple"):
        text = figure(value)
    return Shown(text, marks.get(place, ()) if place is not None else ())


def _places(row: Row) -> dict[str, Locator]:
    """Where each column of a row was read."""
    return {cell["column"]: locator_of(cell["locator"]) for cell in row["cells"] or ()}
