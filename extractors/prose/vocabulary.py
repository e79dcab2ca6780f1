"""The words of running text, from `schemas/glossary/prose.toml`, as patterns."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import cast

from schemas.vocabulary import Stage

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class StageWord:
    """A word at the end of a name, and the amount of the budget cycle it means."""

    word: str
    stage: Stage | None


@dataclass(frozen=True, slots=True, eq=False)
class AccountWords:
    """How final accounts name their amounts."""

    explanation: Pattern
    companions: Pattern
    closing: Pattern
    performance: Pattern
    endings: Pattern
    unit_before_head: Pattern
    leading: Pattern
    trailing: Pattern
    bound_after: Pattern
    last_year_names: Pattern
    difference: Pattern
    increase: Pattern
    decrease: Pattern
    rate: Pattern
    rate_alone: Pattern
    comparing: Pattern
    reasons: Pattern
    both_totals: Pattern
    kind_of_budget: Pattern
    stages: tuple[StageWord, ...]
    stage_ends: tuple[str, ...]  # the words of all stages
    counted: Pattern
    counted_before: Pattern
    counted_after: Pattern


def any_of(words: Iterable[str]) -> str:
    """A pattern source that matches any of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


@lru_cache(maxsize=1)
def account_words() -> AccountWords:
    """The vocabulary of final accounts."""
    table = glossary()["accounts"]
    words = cast(Mapping[str, list[str]], table)
    stages = cast(Mapping[str, list[str]], table["stages"])
    subjects = cast(Mapping[str, list[str]], table["subjects"])
    number = r"[\d,.]+"
    down = any_of(words["rate_down"])
    return AccountWords(
        explanation=re.compile(any_of(words["explanation"])),
        companions=re.compile(any_of(words["companions"])),
        closing=re.compile(rf"{any_of(words['closing'])}$|^附[件表]", re.MULTILINE),
        performance=re.compile(any_of(words["performance"])),
        endings=re.compile(any_of(words["endings"]) + r"(?:[）)]|[（(][^（）()]*[）)])?$"),
        unit_before_head=re.compile(
            rf"^.*?(?:{any_of(words['unit_ends'])}|\d{{4}}年度?)(?={any_of(words['heads'])})"
        ),
        leading=re.compile(rf"^(?:{any_of(words['leading'])}[:：]?)"),
        trailing=re.compile(rf"{any_of(words['trailing'])}$"),
        bound_after=re.compile(any_of(words["bound_after"])),
        last_year_names=re.compile(rf"^{any_of(words['last_year_names'])}"),
        difference=re.compile(rf"{any_of(words['difference_after'])}(?:了|为)?$"),
        increase=re.compile(rf"{any_of(words['increase'])}$"),
        decrease=re.compile(rf"{any_of(words['decrease'])}$"),
        rate=re.compile(
            rf"[，,、]?[^，,。；;\d]{{0,6}}?(?:(?P<up>{any_of(words['rate_up'])})|(?P<down>{down}))"
            rf"(?:了|为|达|约)?(?P<rate>-?{number})[%％]"
        ),
        rate_alone=re.compile(
            rf"{any_of(words['comparing'])}(?P<base>[^，,。；;]{{0,15}}?)(?:相比[，,]?)?"
            rf"(?={any_of([*words['rate_up'], *words['rate_down']])})"
        ),
        comparing=re.compile(
            rf"(?<!占){any_of(words['comparing'])}(?P<base>[^，,。；;：:]{{0,25}})"
        ),
        reasons=re.compile(any_of(words["reasons"])),
        both_totals=re.compile(rf"{any_of(words['both_totals'])}(?:总体|决算|情况|规模)?$"),
        kind_of_budget=re.compile(rf"{any_of(words['kinds_of_budget'])}$"),
        stages=_stage_words(stages),
        stage_ends=tuple(word for of_stage in stages.values() for word in of_stage),
        counted=re.compile(rf"^(?P<what>.*?[^\d,.]){number}{any_of(subjects['measures'])}$"),
        counted_before=re.compile(rf"^.*{any_of(subjects['dropped_before'])}"),
        counted_after=re.compile(rf"{any_of(subjects['dropped_after'])}$"),
    )


def _stage_words(stages: Mapping[str, list[str]]) -> tuple[StageWord, ...]:
    found = [
        StageWord(word, None if stage == "none" else cast(Stage, stage))
        for stage, words in stages.items()
        for word in words
    ]
    return tuple(sorted(found, key=lambda each: -len(each.word)))


@lru_cache(maxsize=1)
def glossary() -> Mapping[str, Mapping[str, object]]:
    """The parsed glossary file of running text."""
    path = files("schemas") / "glossary" / "prose.toml"
    return cast(Mapping[str, Mapping[str, object]], tomllib.loads(path.read_text("utf-8")))
