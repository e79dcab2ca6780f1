"""The words of a project's running text, from `schemas/glossary/prose.toml`, as patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from extractors.prose.vocabulary import Pattern, any_of, glossary
from schemas.vocabulary import Operator, Stage


@dataclass(frozen=True, slots=True)
class StageSign:
    """A word that gives an amount its stage; `whole` where it means the project's total."""

    word: str
    stage: Stage
    whole: bool


@dataclass(frozen=True, slots=True)
class ProjectWords:
    """How a project report speaks of its money."""

    signs: Mapping[str, StageSign]
    any_sign: Pattern
    weak: Mapping[str, StageSign]
    any_weak: Pattern
    planned: Pattern
    whole_money: frozenset[str]
    vague_objects: frozenset[str]
    fillers: Pattern
    extents: frozenset[str]
    whole_year: Pattern
    opening: Pattern
    left_over: Pattern
    spent_of: Pattern
    costs: Pattern
    actual: Pattern
    grounds: Pattern
    item: Pattern
    itemising: Pattern
    foreign: Pattern
    trailing: Pattern
    heading_budget: Pattern
    heading_executed: Pattern
    heading_goals: Pattern


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """How running text states rates and counts."""

    execution: Pattern
    completed_budget: Pattern
    satisfaction: Pattern
    rate: Pattern
    measures: Pattern
    unit: Pattern
    links: Pattern
    bounds: Mapping[str, Operator]
    bound_before: Pattern
    bounds_after: Mapping[str, Operator]
    bound_after: Pattern
    report_days: Pattern
    results_only: Pattern
    goals_only: Pattern
    goals_alone: Pattern


@lru_cache(maxsize=1)
def project_words() -> ProjectWords:
    """The vocabulary of amounts in project reports."""
    table = glossary()["project"]
    words = cast(Mapping[str, list[str]], table["words"])
    headings = cast(Mapping[str, list[str]], table["headings"])
    signs = {**_signs(table["verbs"], False), **_signs(table["whole"], True)}
    weak = _signs(table["weak"], True)
    return ProjectWords(
        signs=signs,
        any_sign=re.compile(f"{any_of(signs)}(?!{any_of(words['noun_after_sign'])})"),
        weak=weak,
        any_weak=re.compile(any_of(weak)),
        planned=re.compile(rf"{any_of(words['planned'])}(?:要|求)?$"),
        whole_money=frozenset(words["whole_money"]),
        vague_objects=frozenset(words["vague_objects"]),
        fillers=re.compile(rf"20\d\d年度?|{any_of(words['fillers'])}"),
        extents=frozenset(words["extents"]),
        whole_year=re.compile(any_of(words["whole_year"])),
        opening=re.compile(rf"年初(?:部门)?(?:预算)?{any_of(words['opening_verbs'])}?$"),
        left_over=re.compile(rf"(?:资金)?({any_of(words['left_over'])})"),
        spent_of=re.compile(rf"的(?:项目|资金|实际|预算)*({any_of(words['spent_of'])})(?!率|进度)"),
        costs=re.compile(any_of(words["costs"])),
        actual=re.compile(any_of(words["actual"]) + "$"),
        grounds=re.compile(any_of(words["grounds"])),
        item=re.compile(any_of(words["item_endings"]) + "$"),
        itemising=re.compile(any_of(words["itemising"])),
        foreign=re.compile(
            any_of(words["foreign"]) + r"|(?:比|较|与)[^，,。；]{0,12}(?:\d年|上年|去年|预算数?相)"
        ),
        trailing=re.compile(any_of(words["trailing"]) + "$"),
        heading_budget=re.compile(any_of(headings["annual_budget"])),
        heading_executed=re.compile(any_of(headings["executed"])),
        heading_goals=re.compile(any_of(headings["goals"])),
    )


def _operators(table: object) -> dict[str, Operator]:
    bounds = cast(Mapping[Operator, list[str]], table)
    return {word: operator for operator, words in bounds.items() for word in words}


def _signs(stages: object, whole: bool) -> dict[str, StageSign]:
    table = cast(Mapping[Stage, list[str]], stages)
    return {word: StageSign(word, stage, whole) for stage, words in table.items() for word in words}


@lru_cache(maxsize=1)
def claim_words() -> ClaimWords:
    """The vocabulary of rates and counts."""
    table = glossary()["claims"]
    words = cast(Mapping[str, list[str]], table)
    bounds, bounds_after = _operators(table["bounds"]), _operators(table["bounds_after"])
    number = r"(?P<number>\d[\d,]*(?:\.\d+)?)"
    link = rf"(?:[（(][^（）()\d]{{1,12}}[）)])?{any_of(words['rate_links'])}{{0,4}}[（(]?"
    percent = rf"{link}(?P<bound>{any_of(bounds)})?{number}[%％]"
    completed = "".join(
        any_of(words[part])
        for part in ("completed_verbs", "completed_of", "completed_budget", "completed_ends")
    )
    return ClaimWords(
        execution=re.compile(rf"(?P<subject>{any_of(words['execution'])}){percent}"),
        completed_budget=re.compile(rf"(?P<subject>{completed}){percent}"),
        satisfaction=re.compile(any_of(words["satisfaction"]) + "$"),
        rate=re.compile(
            rf"(?P<subject>[^，,。；;：:、\d%％\n]{{1,20}}{any_of(words['rate_endings'])}){percent}"
        ),
        links=re.compile(f"{any_of(words['links'])}+$"),
        results_only=re.compile(f"{any_of(words['results_only'])}+"),
        goals_only=re.compile(f"^{any_of(words['goals_only'])}+|{any_of(words['goals_only'])}+$"),
        goals_alone=re.compile(f"{any_of(words['goals_only'])}+"),
        bounds=bounds,
        bound_before=re.compile(f"{any_of(bounds)}$"),
        bounds_after=bounds_after,
        bound_after=re.compile(any_of(bounds_after)),
        report_days=re.compile(f"{any_of(words['report_days'])}$"),
        unit=re.compile(f"[万亿]?{any_of(words['measures'])}"),
        measures=re.compile(
            rf"(?<![\d.,第]){number}(?P<unit>[万亿]?{any_of(words['measures'])})"
            rf"(?P<object>[^，,。；;：:、\d%％\n（(]{{0,16}})"
        ),
    )
