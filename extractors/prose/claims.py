"""What the running text of a report states: amounts as funds; rates, counts, dates as claims."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from extractors.amounts import parse_rate
from extractors.prose.account_passages import explained
from extractors.prose.amounts import Stream, stream
from extractors.prose.narrative import spoken_amounts
from extractors.prose.outline import Passage
from extractors.prose.project_words import ClaimWords, claim_words, project_words
from extractors.prose.vocabulary import account_words
from schemas.ids import claim_id, fund_id
from schemas.immutable import immutable
from schemas.records import Claim, Fund
from schemas.vocabulary import Operator

SHARE = re.compile(
    r"占(?P<subject>[^，,。；;：:\d%％\n]{0,20})的?(?P<number>\d[\d,]*(?:\.\d+)?)[%％]"
)
GROWTH = re.compile(
    r"(?P<word>增长|下降|减少|增加|提高|降低|上升)(?:了|到|至)?(?P<number>\d[\d,]*(?:\.\d+)?)[%％]"
)
DATE = re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?")
DIGIT = re.compile(r"\d")
PHRASE_STOP = re.compile(r"(?s:.*)[，,。；;：:\n]")  # to the last one
WORDS_STOP = re.compile(r"(?s:.*)[，,。；;：:\n\d%％]")
SENTENCE_STOP = re.compile("[。！？\n]")
SENTENCE_BEFORE = re.compile("(?s:.*)[。！？\n]")
AFTER_DATE = re.compile(r"[^，,。；;：:\n\d]{0,20}")
FALLING = frozenset({"下降", "减少", "降低"})
_SENTENCE_END = re.compile("[。；;\n]")
SUBJECT_LIMIT = 30  # characters
SENTENCE_LIMIT = 150  # characters kept on either side of a claim
LEAD_WORDS = re.compile(
    r"^(?:其中[:：]?|(?:截至)?(?:本?年度?|当年)[内底末终]|共计?|并|且|及|和|了|已|达到|达|约|为|是|的|年度|年[底末初]|[年月日](?!均)|前|[一二三四五六]是"
    r"|该项目|本项目|实际完成|实际|计划|万元|元)+"
)


@dataclass(frozen=True, slots=True)
class ProseFacts:
    """What running text says of one project."""

    funds: tuple[Fund, ...]
    claims: tuple[Claim, ...]


@immutable
class _Stated:
    """A claim before it has its ids: where it stands in the stream and what it says."""

    start: int
    end: int
    kind: str
    subject: str | None
    number: str | None
    unit: str | None
    falling: bool = False
    operator: Operator | None = None


def read_prose(
    passages: Sequence[Passage],
    project_id: str,
    document_id: str,
    first_fund_ordinal: int,
    first_claim_ordinal: int,
) -> ProseFacts:
    """The amounts, rates, counts and dates that a project's passages state, in document order."""
    funds: list[Fund] = []
    claims: list[Claim] = []
    accounts = {id(passage) for passage, _ in explained(passages, account_words())}
    for passage in passages:
        if id(passage) in accounts:  # read_account_lines reads those
            continue
        if not DIGIT.search(passage.text):
            continue
        source = stream(passage)
        for fund in _funds(source, project_id, document_id, first_fund_ordinal + len(funds)):
            funds.append(fund)
        for stated in sorted(_stated(source), key=lambda each: (each.start, each.end)):
            ordinal = first_claim_ordinal + len(claims)
            claims.append(_claim(stated, source, project_id, document_id, ordinal))
    return ProseFacts(tuple(funds), tuple(claims))


def _funds(source: Stream, project_id: str, document_id: str, first: int) -> Iterator[Fund]:
    if "元" not in source.text and "万" not in source.text:
        return
    known: set[tuple[str, str, Decimal | None]] = set()
    ordinal = first
    for spoken in spoken_amounts(source, project_words()):
        amount = spoken.amount
        same = (spoken.stage, spoken.source_label, amount.amount.value)
        if same in known:
            continue
        known.add(same)
        yield Fund(
            fund_id=fund_id(project_id, ordinal),
            project_id=project_id,
            document_id=document_id,
            ordinal=ordinal,
            origin="text",
            source=spoken.source,
            source_label=spoken.source_label,
            stage=spoken.stage,
            stage_label=spoken.stage_label,
            amount=amount.amount.value,
            resolution=amount.amount.resolution,
            raw=amount.raw,
            unit=amount.amount.unit,
            locator=source.locate(amount.start, amount.end),
        )
        ordinal += 1


def _stated(source: Stream) -> Iterator[_Stated]:
    words, text = claim_words(), source.text
    if "%" in text or "％" in text:
        yield from _rates(text, words)
    yield from _counts(text, words)
    if "年" in text:
        yield from _dates(text, words)


def _rates(text: str, words: ClaimWords) -> Iterator[_Stated]:
    """Rates by what they are of; each printed percentage is claimed once."""
    taken: set[int] = set()
    patterns = (
        (words.execution, "execution_rate"),
        (words.completed_budget, "execution_rate"),
        (SHARE, "share"),
        (words.rate, "rate"),
    )
    for pattern, kind in patterns:
        groups = pattern.groupindex
        for match in pattern.finditer(text):
            if match.start("number") in taken:
                continue
            taken.add(match.start("number"))
            subject = match["subject"]
            named = "satisfaction" if words.satisfaction.search(subject) else kind
            if kind == "share":
                subject = _phrase_before(text, match.start()) or subject
            operator = words.bounds.get(match["bound"] or "") if "bound" in groups else None
            operator = operator or _bound_after(text, match.end(), words)
            short = _short(subject)
            yield _Stated(*match.span(), named, short, match["number"], "%", operator=operator)
    for match in GROWTH.finditer(text):
        if match.start("number") not in taken:
            subject = _short(_phrase_before(text, match.start()))
            falling = match["word"] in FALLING
            yield _Stated(*match.span(), "growth", subject, match["number"], "%", falling)


def _counts(text: str, words: ClaimWords) -> Iterator[_Stated]:
    goal: _Stated | None = None  # the count before in the same sentence
    for match in words.measures.finditer(text):
        before, behind = _words_before(text, match.start()), match["object"]
        operator = _bound_after(text, match.end("unit"), words)
        if bound := words.bound_before.search(before):
            before, operator = before[: bound.start()], words.bounds[bound.group()]
        before = words.links.sub("", _behind_unit(text, match.start(), before, words))
        subject = _short(before if len(before) >= 5 else before + behind)
        start, end = match.start("number"), match.end("unit")
        number, unit = match["number"], match["unit"]
        if words.results_only.fullmatch(before) or words.goals_alone.fullmatch(before):
            subject = _named_before(text, start - len(before), unit, goal, words) or subject
        elif subject is None and not before and text[start - 1 : start] in (":", "："):
            subject = _named_before(text, start, unit, None, words)
        if subject is not None:
            goal = _Stated(start, end, "count", subject, number, unit, operator=operator)
            yield goal


def _named_before(
    text: str, at: int, unit: str, goal: _Stated | None, words: ClaimWords
) -> str | None:
    """What a result without a name is of: 培训人数目标值90人，实际完成80人."""
    if text[at - 1 : at] in (":", "："):
        named = _words_before(text, at - 1)
        return _short(named) if len(named) >= 4 else None
    if (
        goal is None
        or goal.unit != unit
        or goal.subject is None
        or _SENTENCE_END.search(text, goal.end, at)
    ):
        return None
    return _short(words.goals_only.sub("", goal.subject))


def _behind_unit(text: str, at: int, before: str, words: ClaimWords) -> str:
    """The words before a number without the unit of the number before it: 34处、清理河道58公里."""
    start = at - len(before)
    if start == 0 or not (text[start - 1].isdigit() or text[start - 1] in "%％"):
        return before
    unit = words.unit.match(before)
    rest = before[unit.end() :] if unit else before
    return rest.lstrip("、和及与")


def _bound_after(text: str, at: int, words: ClaimWords) -> Operator | None:
    """The bound that words behind a number set: 90户以上."""
    match = words.bound_after.match(text, at)
    return words.bounds_after[match.group()] if match else None


def _dates(text: str, words: ClaimWords) -> Iterator[_Stated]:
    for match in DATE.finditer(text):
        before = _phrase_before(text, match.start())
        if words.report_days.search(before):
            continue
        behind = AFTER_DATE.match(text, match.end())
        subject = _short(before) or _short(behind.group() if behind else "")
        if subject is not None:
            yield _Stated(*match.span(), "date", subject, None, None)


def _words_before(text: str, at: int) -> str:
    """The words without figures that stand directly before a place."""
    return _behind_last(WORDS_STOP, text, at)


def _phrase_before(text: str, at: int) -> str:
    return _behind_last(PHRASE_STOP, text, at)


def _behind_last(stop: re.Pattern[str], text: str, at: int) -> str:
    """What stands between the last stop and a place, or between it and the line break there."""
    first = max(0, at - SUBJECT_LIMIT)
    if at > first and text[at - 1] == "\n":
        at -= 1
    last = stop.match(text, first, at)
    return text[last.end() if last else first : at]


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence around a place, cut where it is very long."""
    first, last = max(0, start - SENTENCE_LIMIT), min(len(text), end + SENTENCE_LIMIT)
    before, after = SENTENCE_BEFORE.match(text, first, start), SENTENCE_STOP.search(text, end, last)
    return text[before.end() if before else first : after.start() if after else last]


def _short(subject: str) -> str | None:
    """A subject without joining words, or None where too little is left to know it by.

    >>> _short("其中：举办培训班"), _short("共")
    ('举办培训班', None)
    """
    trimmed = LEAD_WORDS.sub("", subject).strip("、（）()“”|\t ")
    return trimmed[-SUBJECT_LIMIT:] if len(trimmed) >= 2 else None


def _claim(
    stated: _Stated, source: Stream, project_id: str, document_id: str, ordinal: int
) -> Claim:
    rate = parse_rate(stated.number) if stated.number else None
    value = rate.value if rate else None
    return Claim(
        claim_id=claim_id(document_id, ordinal),
        project_id=project_id,
        document_id=document_id,
        ordinal=ordinal,
        kind=stated.kind,
        subject=stated.subject,
        value=-value if value is not None and stated.falling else value,
        resolution=rate.resolution if rate else None,
        unit=stated.unit,
        operator=stated.operator,
        heading=source.passage.heading,
        sentence=_sentence(source.text, stated.start, stated.end),
        raw=source.printed(stated.start, stated.end),
        locator=source.locate(stated.start, stated.end),
    )
