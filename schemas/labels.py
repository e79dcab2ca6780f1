"""The glossary: which field a printed label stands for; the knowledge is data beside it.

Matching folds width, white space, brackets and traditional characters, and then tries the label
without its bracketed remarks ((万元), (A), (盖章), (50分)).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, cast

from schemas.vocabulary import IndicatorKind

GLOSSARY = Path(__file__).parent / "glossary"
Context = Literal[
    "head", "funds", "pairs", "goals", "goals_head", "indicators", "totals", "closing"
]

_REMARK = re.compile(r"\([^()]*\)")
_NUMBERING = re.compile(r"^(?:\(?[\d一二三四五六七八九十]{1,2}[).、]|[①-⑩]|[★☆*]+)")
_OF_WHICH = re.compile(r"^其中[:\-—–、,]?")
_FIGURE = re.compile(r"[\d.,%≥≤=<>—–-]+")  # no label, and most of what a form prints


@cache
def _simplified() -> dict[int, str]:
    pairs = (GLOSSARY / "traditional.txt").read_text(encoding="utf-8").split()
    return str.maketrans({pair[0]: pair[1] for pair in pairs})


def simplified(text: str) -> str:
    """Running text in simplified characters, sign by sign, so that places in it stay.

    >>> simplified("培訓學員162人次，結餘1.42萬元")
    '培训学员162人次，结余1.42万元'
    """
    return text.translate(_simplified()) if _respelled().search(text) else text


def simplifications() -> tuple[str, str]:
    """Traditional characters and, in the same order, the simplified ones they stand for."""
    pairs = _simplified().items()
    return "".join(chr(sign) for sign, _ in pairs), "".join(simple for _, simple in pairs)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """A label in one spelling: half width, no white space, simplified, no colon at its end.

    >>> fold("年初\\n 預算數（Ａ）：")
    '年初预算数(A)'
    """
    text = "".join(unicodedata.normalize("NFKC", text).split())
    if _respelled().search(text):
        text = text.translate(_spellings())
    return text.rstrip(":；;")


@cache
def _spellings() -> dict[int, str]:
    return _simplified() | {
        ord(sign): plain for sign, plain in zip("【】[]〔〕", "()()()", strict=True)
    }


@cache
def _respelled() -> re.Pattern[str]:
    """Any sign with another spelling: few texts hold one, and translating is slow."""
    return re.compile(f"[{re.escape(''.join(map(chr, _spellings())))}]")


@cache
def _labels() -> dict[str, tuple[tuple[str, str], ...]]:
    table: dict[str, list[tuple[str, str]]] = {}
    with (GLOSSARY / "labels.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for spelling in {fold(row["label"]), _REMARK.sub("", fold(row["label"]))}:
                entry = (row["field"], row["context"])
                if entry not in table.setdefault(spelling, []):
                    table[spelling].append(entry)
    return {spelling: tuple(entries) for spelling, entries in table.items()}


@cache
def _levels() -> dict[tuple[int, str], IndicatorKind]:
    with (GLOSSARY / "levels.csv").open(encoding="utf-8", newline="") as lines:
        return {
            (int(row["level"]), row["name"]): cast(IndicatorKind, row["kind"])
            for row in csv.DictReader(lines)
        }


@lru_cache(maxsize=65536)
def meanings(text: str) -> tuple[tuple[str, str], ...]:
    """Every (field, context) the glossary gives a label; empty for a string that is no label.

    >>> meanings("得分")
    (('score', 'funds'), ('score', 'indicators'))
    >>> meanings("执行率（B/A）")[0]
    ('execution_rate', 'funds')
    >>> meanings("其中：本年财政拨款")
    (('source:fiscal', 'funds'),)
    """
    if len(text) > 80 or _FIGURE.fullmatch(text):
        return ()
    spelled = fold(text)
    if found := _printed(spelled):
        return found
    if _is_bare(spelled):
        return ()
    bare = _NUMBERING.sub("", _OF_WHICH.sub("", _REMARK.sub("", _NUMBERING.sub("", spelled))))
    bare = bare.rstrip(":")
    if bare == spelled:
        return ()
    found = _labels().get(bare, ())
    if spelled.startswith("其中"):
        return tuple(entry for entry in found if entry[0].startswith("source:"))
    return found


def _is_bare(spelled: str) -> bool:
    """Whether a folded string has neither remark nor numbering nor 其中, as most cells have."""
    return not ("(" in spelled or spelled.startswith("其中") or _NUMBERING.match(spelled))


def _printed(spelled: str) -> tuple[tuple[str, str], ...]:
    """What a label means as printed, and without its remarks in the blocks where that says nothing.

    权重（分） is known as a label of funds; beside indicators it is 权重 with a remark.
    """
    exact = _labels().get(spelled, ())
    if "(" not in spelled:
        return exact
    bare = _labels().get(_REMARK.sub("", spelled), ())
    known = {context for _, context in exact}
    return exact + tuple(entry for entry in bare if entry[1] not in known)


_OPEN_REMARK = re.compile(r"\([^()]*$")


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(label[:end] for label in _labels() for end in range(1, len(label) + 1))


@lru_cache(maxsize=65536)
def begins_label(text: str) -> bool:
    """Whether a label of the glossary may begin with a string, as a part of a broken label does.

    >>> begins_label("年初"), begins_label("其中：本年"), begins_label("培训人次")
    (True, True, False)
    """
    spelled = fold(text)
    if _is_bare(spelled):
        return not spelled or spelled in _beginnings()
    bare = _OPEN_REMARK.sub("", _REMARK.sub("", _NUMBERING.sub("", spelled)))
    bare = _OF_WHICH.sub("", bare).rstrip(":")
    return not bare or spelled in _beginnings() or bare in _beginnings()


def field(text: str, *contexts: Context) -> str | None:
    """The field a label stands for in one of these contexts, or None.

    >>> field("得分", "indicators"), field("总分", "funds"), field("上级资金", "funds")
    ('score', None, 'source:superior')
    """
    for name, context in meanings(text):
        if context in contexts:
            return name
    return None


_LEVEL_TAIL = re.compile(r"(?:指标|目标|类|方面)+$")
_POINTS_TAIL = re.compile(r"[\d.]+分?$")


@lru_cache(maxsize=65536)
def level_kind(text: str, level: int) -> IndicatorKind | None:
    """The kind of a printed first- or second-level indicator, or None for an unknown one.

    >>> level_kind("产出指标（50分）", 1), level_kind("社会效益 指标", 2), level_kind("雨量", 2)
    ('output', 'social', None)
    """
    table = _levels()
    for candidate in _level_names(text):
        if kind := table.get((level, candidate)):
            return kind
    return None


@lru_cache(maxsize=65536)
def _level_names(text: str) -> tuple[str, ...]:
    """The ways to spell what may be the name of a level in a string."""
    name = _REMARK.sub("", fold(text)).replace("指标指标", "指标")
    name = _POINTS_TAIL.sub("", _NUMBERING.sub("", name))
    if len(name) > 16:
        return ()
    return name, _LEVEL_TAIL.sub("", name), name.replace("指标", "")


_BEFORE_A_LEVEL = frozenset("(指0123456789一二三四五六七八九十")  # of remarks, numbers, 指标产出


@cache
def _first_characters() -> frozenset[str]:
    return frozenset(name[0] for _, name in _levels())


@lru_cache(maxsize=65536)
def begins_level(text: str) -> bool:
    """Whether the name of a first- or second-level indicator may begin with a string.

    >>> begins_level("产"), begins_level("一、社会"), begins_level("全年预算数")
    (True, True, False)
    """
    spelled = fold(text)
    name = _NUMBERING.sub("", spelled)
    signs = spelled[:1] + name[:1]
    return not name or name[0] in _first_characters() or not _BEFORE_A_LEVEL.isdisjoint(signs)


# Which first level a second level belongs to where the first is lost (vertical labels, cut cells).
_PARENT: dict[str, IndicatorKind] = {
    "quantity": "output",
    "quality": "output",
    "timeliness": "output",
    "economic": "benefit",
    "social": "benefit",
    "ecological": "benefit",
    "sustainability": "benefit",
    "satisfaction": "satisfaction",
    "cost": "cost",
}


def parent_kind(kind: IndicatorKind | None) -> IndicatorKind | None:
    """The first-level kind that a second-level kind belongs to under 财预〔2020〕10号."""
    return _PARENT.get(kind) if kind else None
