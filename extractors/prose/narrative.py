"""Amounts in a project's running text: which money of the project each one is.

A wrong stage is worse than none: an amount without a word that says what was done with it is left
alone, unless its heading says so or it stands in the list of what another amount is made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.prose.account_names import SENTENCE_ENDS, YEAR
from extractors.prose.amounts import PrintedAmount, Stream, printed_amounts
from extractors.prose.outline import NUMBER
from extractors.prose.project_words import ProjectWords, StageSign
from schemas.vocabulary import Source, Stage

WHOLE = "总额"  # source_label of an amount that names no part (contract)
LABEL_LIMIT = 40  # characters
PHRASE_ENDS = "，,。；;\n"
AFTER_BOUND = re.compile(r"[（(]含[）)]|以上|以下|以内|的?标准|[/／]|每|左右的")
COST_REACH = 40  # characters between a word on costs and the amount
MONEY = re.compile(r"\d(?:[万亿]|元)")
PURPOSE = re.compile(r"[，,]?(?:主要)?用于([^，,。；;\n\d]{2,40})")
# What is left may be said behind the amount: 年底尚有3.2万元结余.
LEFT = re.compile(
    r"(?:截[至止])?(?:\d{4}年)?(?:年[底末]|目前)?(?:项目)?(?:资金)?(?:尚|还|仍)?(?:有|余|剩)$"
)
BOUND_SIGN = re.compile(r"[≤≥＜＞<>]=?$")
COLON = re.compile("[：:]")
LIST_HEAD = re.compile(r"(?:项目|专项|上述|该)?(?:资金|经费)?(?:具体|主要)?(?:用于|构成|包括)")
LISTED = re.compile(r"[、，,和及](?!.*[；;])")
LEADING = re.compile(
    r"^(?:(?:截至|截止)?(?:\d{2,4}年(?:度|末|底)?|年[末底]|\d{1,2}月|\d{1,2}日)+|其中[:：]?|主要用于|分别用于|用于"
    r"|包括[:：]?|本年度?|年[初终中]|年度?[内中]?|当年|全年|共|虽然|但是?|尽管|据实|足额|全额|及时|已经|已|了|含|[一二三四五六]是)+"
)
SOURCES: tuple[tuple[re.Pattern[str], Source], ...] = (
    (re.compile("上年结转|结转资金"), "carryover"),
    (re.compile("中央|上级|省级|自治区级"), "superior"),
    (re.compile("自筹|其他资金|社会资金"), "other"),
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """An amount of running text with what it is: a row of funds without its ids."""

    amount: PrintedAmount
    stage: Stage
    stage_label: str
    source: Source
    source_label: str


@dataclass(frozen=True, slots=True)
class _List:
    """The stage that the items of a list take from the amount before them."""

    sentence: int
    stage: Stage
    stage_label: str
    named: bool  # the amount before was itself an item
    itemised: bool = False  # a word such as 其中 opened the list


def heading_stage(heading: str | None, words: ProjectWords) -> Stage | None:
    """The stage a heading alone gives to the amounts below it.

    >>> from extractors.prose.project_words import project_words
    >>> heading_stage("项目资金实际使用情况分析", project_words())
    'executed'
    >>> heading_stage("项目组织情况分析", project_words()) is None
    True
    """
    if not heading:
        return None
    if words.heading_budget.search(heading):
        return "annual_budget"
    return "executed" if words.heading_executed.search(heading) else None


def spoken_amounts(source: Stream, words: ProjectWords) -> Iterator[Spoken]:
    """The amounts of a passage whose stage the words around them tell."""
    reader = _Reader(source, words)
    floor = 0
    for amount in printed_amounts(source):
        found = reader.read(amount, floor)
        if found is not None:
            yield found
        floor = amount.end


class _Reader:
    def __init__(self, source: Stream, words: ProjectWords) -> None:
        heading = source.passage.heading or ""
        self._text = source.text
        self._words = words
        self._heading = heading
        self._hint = heading_stage(heading, words)
        self._goals = words.heading_goals.search(heading) is not None
        self._list: _List | None = None

    def read(self, amount: PrintedAmount, floor: int) -> Spoken | None:
        """What one amount is, given where the amount before it ended."""
        text, words = self._text, self._words
        begin = _phrase_start(text, floor, amount.start)
        phrase = text[begin : amount.start]
        sentence = _sentence_start(text, amount.start)
        bound = AFTER_BOUND.match(text, amount.end) or BOUND_SIGN.search(phrase)
        if bound or words.foreign.search(phrase):
            self._list = None
            return None
        open_list = self._open_list(floor, sentence, amount.start)
        sign, at = _last_sign(phrase, words)
        left = self._words.left_over.match(text, amount.end) if sign is None else None
        if left and LEFT.fullmatch(phrase):
            self._list = None
            return Spoken(amount, "balance", left[1], "total", WHOLE)
        spent = self._words.spent_of.match(text, amount.end) if sign is None else None
        if spent and self._of_whole_year(phrase, amount.start):
            self._list = None
            return Spoken(amount, "executed", spent[1], "total", WHOLE)
        if sign is None:
            return self._unsigned(amount, phrase, open_list, text[floor:begin])
        stage = self._staged(sign, phrase[:at])
        label = self._label(phrase, at, sign, amount)
        self._list = _List(sentence, stage, sign.word, label != WHOLE)
        return Spoken(amount, stage, sign.word, _source(label), label)

    def _open_list(self, floor: int, sentence: int, at: int) -> _List | None:
        """The list the last amount opened, in its sentence or at the head of the next."""
        last = self._list
        if last is None or last.sentence == sentence:
            return last
        ended = SENTENCE_ENDS.findall(self._text, floor, at)
        resumed = LIST_HEAD.match(self._text, sentence) is not None
        return last if ended == ["。"] and resumed else None

    def _staged(self, sign: StageSign, before: str) -> Stage:
        planned = self._words.planned.search(before) is not None
        wish = self._goals and self._hint == "annual_budget"
        if (planned or wish) and sign.stage in ("executed", "appropriated"):
            return "annual_budget"
        if sign.stage == "annual_budget" and self._words.opening.search(before):
            return "initial_budget"
        done = self._goals and self._hint == "executed"
        if done and sign.stage == "appropriated" and not sign.whole:
            return "executed"  # what the unit has paid on to others
        return sign.stage

    def _unsigned(
        self, amount: PrintedAmount, phrase: str, open_list: _List | None, gap: str
    ) -> Spoken | None:
        """An amount without a word of its own: an item of a list, or what the heading says."""
        label = self._trim(phrase)
        if not label and phrase:  # 购买办公桌椅，共计1万元
            label = self._earlier(amount) or ""
        sentence = _sentence_start(self._text, amount.start)
        item = self._words.item.search(self._words.actual.sub("", label)) is not None
        if open_list is not None and item and self._listed(open_list, gap + phrase):
            stage = _of_parts(open_list.stage)
            self._list = _List(sentence, stage, open_list.stage_label, True, True)
            return Spoken(amount, stage, open_list.stage_label, "component", label)
        if item and self._costs(phrase, sentence, amount.start):
            named = self._words.actual.sub("", label)
            return Spoken(amount, "executed", "成本", "component", named)
        hint = self._hint
        if open_list is not None and _of_parts(open_list.stage) != hint:
            return None  # the sentence speaks of other money than its heading
        if hint is None or len(label) < 2 or not (item or self._goals or not self._trim(phrase)):
            return None
        self._list = _List(sentence, hint, self._heading, True)
        return Spoken(amount, hint, self._heading, "component", label)

    def _costs(self, phrase: str, sentence: int, at: int) -> bool:
        """Whether an item stands with what it cost: 成本方面，印刷费3万元; 印刷费实际3万元."""
        words = self._words
        if words.actual.search(COLON.split(phrase)[-1].rstrip("为是")):
            return True
        first = max(sentence, at - COST_REACH)
        return words.costs.search(self._text, first, at - len(phrase)) is not None or (
            words.costs.match(phrase) is not None
        )

    def _listed(self, open_list: _List, lead: str) -> bool:
        if open_list.itemised or self._words.itemising.search(lead):
            return True
        return open_list.named and len(lead) <= LABEL_LIMIT and LISTED.match(lead) is not None

    def _label(self, phrase: str, at: int, sign: StageSign, amount: PrintedAmount) -> str:
        """The item an amount is of, or 总额: the words behind the sign, else those before it."""
        words = self._words
        behind = self._trim(phrase[at + len(sign.word) :])
        before = self._trim(phrase[:at])
        if behind in words.extents:
            behind = ""
        of_year = not before and self._of_whole_year(phrase, amount.start)
        if not behind and (of_year or words.opening.search(phrase[:at])):
            return WHOLE
        named = before and not _whole(before, words)
        of_whole = sign.whole and not words.item.search(before)
        if sign.stage == "adjustment" and not before and behind in words.vague_objects:
            return WHOLE
        if behind in words.vague_objects and not (named and of_whole):
            vague = WHOLE if sign.whole else sign.word + behind
            return before if named else self._earlier(amount) or vague
        if behind not in words.whole_money and not _whole(behind, words):
            return behind
        if sign.whole:
            return before if named and not of_whole else WHOLE
        if behind or _whole(before, words):
            return WHOLE
        purpose = PURPOSE.match(self._text, amount.end)
        purposed = self._trim(purpose.group(1)) if purpose else ""
        if purposed:
            return WHOLE if _whole(purposed, words) else purposed
        if sign.stage == "adjustment":
            return WHOLE
        if sign.word == "支出" and before and not words.item.search(before):
            return before + sign.word
        return before or sign.word

    def _of_whole_year(self, phrase: str, at: int) -> bool:
        """Whether the clause, or the one before it in the sentence, is of the whole year."""
        begin = at - len(phrase) - 1
        if begin >= 0 and self._text[begin] in "，,":
            phrase = self._text[_phrase_start(self._text, 0, begin) : at]
        return self._words.whole_year.search(phrase) is not None

    def _earlier(self, amount: PrintedAmount) -> str | None:
        """The clause before: `完成了…的采购，支付资金49万元` names what the money was for."""
        end = _phrase_start(self._text, 0, amount.start) - 1
        while end > 0 and self._text[end] in "，,":
            start = _phrase_start(self._text, 0, end)
            clause = self._text[start:end]
            if MONEY.search(clause):
                return None
            if len(clause) >= 4 and not self._words.grounds.match(clause):
                return self._trim(clause) or None
            end = start - 1
        return None

    def _trim(self, phrase: str) -> str:
        label = COLON.split(phrase.strip("、，,：:（）()"))[-1]
        while True:
            before = label
            number = NUMBER.match(label)
            label = label[number.end() :] if number else label
            label = LEADING.sub("", YEAR.sub("", label), count=1)
            listed = LIST_HEAD.match(label)
            label = label[listed.end() :] if listed else label
            label = self._words.trailing.sub("", label, count=1).strip("、，,：:.")
            if label == before:
                return label[-LABEL_LIMIT:]


def _of_parts(stage: Stage) -> Stage:
    """The stage of the parts of an amount: what was appropriated is planned, part by part."""
    return "annual_budget" if stage == "appropriated" else stage


def _whole(label: str, words: ProjectWords) -> bool:
    """Whether a name means the project's whole money: 该项目2022年度, 本项目专项经费."""
    if not label:
        return False
    if label in words.whole_money or label.endswith(("项目资金", "项目经费", "专项资金")):
        return True
    return words.fillers.sub("", label) in words.whole_money


def _last_sign(phrase: str, words: ProjectWords) -> tuple[StageSign | None, int]:
    """The last word of a phrase that gives a stage, and where it stands."""
    for pattern, signs in ((words.any_sign, words.signs), (words.any_weak, words.weak)):
        last = None
        for match in pattern.finditer(phrase):
            last = match
        if last is not None:
            return signs[last.group()], last.start()
    return None, 0


def _phrase_start(text: str, floor: int, end: int) -> int:
    return max([floor, *[text.rfind(mark, floor, end) + 1 for mark in PHRASE_ENDS]])


def _sentence_start(text: str, at: int) -> int:
    return max([text.rfind(mark, 0, at) for mark in "。！？!?\n"]) + 1


def _source(label: str) -> Source:
    if label == WHOLE:
        return "total"
    for pattern, source in SOURCES:
        if pattern.search(label):
            return source
    return "component"
