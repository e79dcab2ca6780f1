"""Rule packs: the scoring rules of a region, year or form, as TOML files beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from pipeline.reconcile.pieces import InvalidRule, parse_piece

PACKS = Path(__file__).parent / "rules"

Kind = Literal["number", "grade", "date", "funds"]
Measure = Literal["up", "ratio", "excess", "points", "raw", "grade", "date", "exec"]
RuleStatus = Literal["seen", "derived", "recall"]
NOT_VERIFIED: dict[RuleStatus, str] = {
    "seen": "",
    "derived": "由公开得分归纳，未见原文",
    "recall": "凭通行做法，未核对原文",
}
_KEYS = frozenset(
    ("id", "kind", "measures", "source", "status", "pieces", "regions", "years", "labels")
    + ("classes",)
)


@dataclass(frozen=True, slots=True)
class PackRule:
    """One rule of a pack: where it applies, and its pieces as (condition, formula).

    `labels` are the names of rules that rows print (赋分规则); `classes` stand in the first level.
    A rule without labels, regions and years is a default for everyone.
    """

    pack: str
    rule_id: str
    kind: Kind
    measures: tuple[Measure, ...]
    source: str
    status: RuleStatus
    pieces: tuple[tuple[str, str], ...]
    regions: tuple[str, ...]
    years: tuple[int, int] | None
    labels: tuple[str, ...]
    classes: tuple[str, ...]

    @property
    def is_default(self) -> bool:
        """Whether the rule applies wherever nothing nearer does."""
        return not (self.regions or self.years or self.labels)

    @property
    def told(self) -> str:
        """The source as an explanation names it, with a warning where it was not verified."""
        warning = NOT_VERIFIED[self.status]
        return f"{self.source}（{warning}）" if warning else self.source


@cache
def builtin_rules() -> tuple[PackRule, ...]:
    """The rules of all packs that come with the program, packs by name."""
    return tuple(rule for path in sorted(PACKS.glob("*.toml")) for rule in read_pack(path))


def read_pack(path: Path) -> tuple[PackRule, ...]:
    """The rules of one pack file, in their order; InvalidRule names what is wrong with it."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        rules = tuple(_rule(content["pack"], entry) for entry in content["rule"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, InvalidRule) as error:
        raise InvalidRule(f"规则包“{path.name}”有误：{error}") from error
    _unique(path, rules)
    return rules


def _rule(pack: str, entry: dict[str, Any]) -> PackRule:
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        raise InvalidRule(f"规则 {entry.get('id')} 有不认识的键 {'、'.join(unknown)}")
    years = entry.get("years")
    rule = PackRule(
        pack=pack,
        rule_id=entry["id"],
        kind=entry["kind"],
        measures=tuple(entry["measures"]),
        source=entry["source"],
        status=entry["status"],
        pieces=tuple((condition, formula) for condition, formula in entry["pieces"]),
        regions=tuple(entry.get("regions", ())),
        years=None if years is None else (years[0], years[1]),
        labels=tuple(entry.get("labels", ())),
        classes=tuple(entry.get("classes", ())),
    )
    _known(rule.rule_id, "kind", (rule.kind,), get_args(Kind))
    _known(rule.rule_id, "measures", rule.measures, get_args(Measure))
    _known(rule.rule_id, "status", (rule.status,), get_args(RuleStatus))
    for condition, formula in rule.pieces:
        parse_piece(condition, formula)
    return rule


def _known(rule_id: str, key: str, words: Iterable[str], allowed: tuple[str, ...]) -> None:
    for word in words:
        if word not in allowed:
            raise InvalidRule(f"规则 {rule_id} 的 {key} 是“{word}”，应为：{'、'.join(allowed)}")


def _unique(path: Path, rules: tuple[PackRule, ...]) -> None:
    names = [rule.rule_id for rule in rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidRule(f"规则包“{path.name}”中 {'、'.join(twice)} 出现了两次")
