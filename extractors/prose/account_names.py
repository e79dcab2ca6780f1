"""The name of an amount in final accounts, from the words printed before it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from extractors.prose.outline import NUMBER
from extractors.prose.vocabulary import AccountWords
from schemas.vocabulary import Stage

CLAUSE_ENDS = "，,。；;：:！？!?\n"
SENTENCE_ENDS = re.compile(r"[。！？!?\n]")
LONGEST_NAME = 90  # characters; a chain of 类, 款 and 项 reaches 80
YEAR = re.compile(r"^(?:截至)?\d{4}年(?:度|末|初|底)?(?:\d{1,2}月)?(?:\d{1,2}日)?")
_STOPS = "，,。；;：:\\n%％"
CHAIN = re.compile(
    rf"(?:(?P<class>[^{_STOPS}]{{2,40}}?)[（(]类[）)])?"
    rf"(?:(?P<category>[^{_STOPS}（(]{{1,40}})[（(]款[）)])?"
    rf"(?:(?P<item>[^，。；;：:\n]{{1,60}}?)[（(]项[）)])?"
)
CHAIN_MARK = re.compile(r"[（(][类款][）)]")
COPULAS = ("为", "是", "共计", "达到", "达")
VAGUE = frozenset({"项目", "该项目", "本项目", "资金", "该项", "本年", "全部"})
EACH = re.compile(r"(?:均|各)(?:为|是|达)?$")
_WHOLE_YEAR, _FIGURE = re.compile(r"\d{4}年"), re.compile(r"\d")
_NO_NAME = re.compile(r"[%％。；;\n]")
_QUOTES = re.compile(r"[“”\"‘’\s]")
_FINAL = re.compile(r"(?:支出)?决算数?$")
_SPENDING = re.compile(r"(?<=费)支出$")
RESPECTIVELY = re.compile(r"分别(?:为|是)$")


@dataclass(frozen=True, slots=True)
class Chain:
    """A functional class, category and item as printed together, and where they stand."""

    start: int
    end: int
    printed: str
    class_: str | None
    category: str | None
    item: str | None


@dataclass(frozen=True, slots=True)
class Name:
    """What an amount is: the label, its subject, and the amount of the budget cycle it names."""

    label: str
    subject: str  # the label without the word that says which amount it is
    suffix: str
    stage: Stage | None


def chains(text: str, inherited: Chain | None = None) -> Iterator[Chain]:
    """Every printed 类/款/项 chain of a text, in order; a 款 without a 类 keeps the last 类."""
    class_ = inherited.class_ if inherited else None
    at = 0
    while mark := CHAIN_MARK.search(text, at):
        begin = clause_start(text, at, mark.start())
        number = NUMBER.match(text, begin)
        begin = number.end() if number else begin
        begin += len(text[begin : mark.start()]) - len(text[begin : mark.start()].lstrip("、"))
        match = CHAIN.match(text, begin)
        at = mark.end()
        if match is None or match.end() < mark.end():
            continue
        at = match.end()
        class_ = match["class"] or class_
        yield Chain(begin, at, match.group(), class_, match["category"], match["item"])


def clause_start(text: str, floor: int, end: int) -> int:
    """Where the clause before `end` begins; marks inside closed brackets do not end a clause.

    >>> clause_start("本年收入（含专用，结余）", 0, 12)
    0
    >>> clause_start("其中：基本支出", 0, 7)
    3
    """
    depth = 0
    for at in range(end - 1, floor - 1, -1):
        sign = text[at]
        if sign in "）)":
            depth += 1
        elif sign in "（(":
            if depth == 0:
                return at + 1
            depth -= 1
        elif sign in CLAUSE_ENDS and (depth == 0 or sign in "。\n"):
            if sign == "," and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit():
                continue  # a separator of thousands
            return at + 1
    return floor


@lru_cache(maxsize=4096)
def clean(clause: str, words: AccountWords) -> str:
    """The clause without numbers, years, the unit's name and words such as 其中 or 为."""
    name = clause.strip("、）)。，,；;：: ")
    if clause.rstrip().endswith(("）", ")")) and name.count("（") + name.count("(") > name.count(
        "）"
    ) + name.count(")"):
        name += clause.rstrip()[-1]
    while True:
        before = name
        name = YEAR.sub("", name, count=1)
        number = NUMBER.match(name)
        if number and number.end() < len(name):
            name = name[number.end() :]
        for pattern in (words.leading, words.unit_before_head):
            name = pattern.sub("", name, count=1) or name
        trimmed = words.trailing.sub("", name, count=1)
        if trimmed and not _is_word(name, words):
            name = trimmed
        name = name.strip("、：: ")
        if name == before:
            return name


def _is_word(name: str, words: AccountWords) -> bool:
    """A name such as 收入合计 ends in a word that is also a copula elsewhere (共计)."""
    return bool(words.endings.search(name)) and not name.endswith(COPULAS)


@lru_cache(maxsize=4096)
def read_name(text: str, words: AccountWords) -> Name:
    """The parts of a cleaned label.

    >>> from extractors.prose.vocabulary import account_words
    >>> read_name("因公出国（境）费全年预算数", account_words()).subject
    '因公出国（境）费'
    """
    if not text.endswith(words.stage_ends):
        return Name(text, text, "", "executed")
    for each in words.stages:
        if text == each.word and each.stage == "carried_forward":
            return Name(text, text, "", each.stage)  # 年末结转和结余 is a name of its own
        if text.endswith(each.word) and not words.kind_of_budget.search(text):
            return Name(text, text[: -len(each.word)], each.word, each.stage)
    return Name(text, text, "", "executed")


def join(subject: str, suffix: str) -> str:
    """A subject and a suffix without printing their common word twice.

    >>> join("财政拨款支出", "支出决算")
    '财政拨款支出决算'
    """
    for size in range(min(len(subject), len(suffix)), 1, -1):
        if subject.endswith(suffix[:size]):
            return subject + suffix[size:]
    return subject + suffix


def counted_subject(clause: str, words: AccountWords) -> str | None:
    """What a clause counts: 房屋 in `房屋7,824.62平方米`, so that 价值 next is its value."""
    match = words.counted.match(clause)
    if match is None:
        return None
    what = clean(match["what"], words)
    for mark in words.counted_before, words.counted_after:
        what = mark.sub("", what, count=1)
    return what if len(what) >= 2 and what not in VAGUE else None


@lru_cache(maxsize=4096)
def parts(label: str, clause: str, words: AccountWords) -> tuple[str, ...]:
    """The names that share one printed amount: 收入总计、支出总计均为….

    >>> from extractors.prose.vocabulary import account_words
    >>> parts("收入总计、支出总计", "收入总计、支出总计均为", account_words())
    ('收入总计', '支出总计')
    >>> parts("收、支总计", "收、支总计均为", account_words())
    ('收、支总计',)
    """
    if not (EACH.search(clause) or RESPECTIVELY.search(clause)):
        return (label,)
    found = tuple(part for part in re.split(r"[、和及与]", label) if part)
    good = all(len(part) >= 3 and words.endings.search(part) for part in found)
    return found if len(found) > 1 and good else (label,)


def is_name(label: str, words: AccountWords) -> bool:
    """Whether a label can be the name of an amount of the accounts."""
    if not 2 <= len(label) <= LONGEST_NAME or label in VAGUE:
        return False
    if _FIGURE.search(_WHOLE_YEAR.sub("", label)) or _NO_NAME.search(label):
        return False
    return words.endings.search(label) is not None


@lru_cache(maxsize=4096)
def key(label: str) -> str:
    """A label folded so that 公务接待费支出 and 公务接待费 are the same line.

    >>> key("公务接待费支出") == key("公务接待费")
    True
    >>> key("公务接待费支出决算") == key("公务接待费决算数")
    True
    """
    folded = unicodedata.normalize("NFKC", label)
    folded = _FINAL.sub("决算", _QUOTES.sub("", folded))
    return _SPENDING.sub("", folded)
