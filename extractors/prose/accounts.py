"""The account lines of a department's final accounts (部门决算), read from its explanation.

The explanation is a chain of names and amounts: `本年收入5,991.87万元，其中：财政拨款收入…`. Each
amount is, by the words before it, the amount of a named line, a change against last year, a
difference from the budget, or a mere bound; only the first makes a row, the second completes one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from extractors.amounts import parse_rate
from extractors.prose.account_names import (
    SENTENCE_ENDS,
    YEAR,
    Chain,
    Name,
    chains,
    clause_start,
    clean,
    counted_subject,
    is_name,
    join,
    key,
    parts,
    read_name,
)
from extractors.prose.account_passages import explained
from extractors.prose.amounts import PrintedAmount, Stream, printed_amounts, stream
from extractors.prose.outline import NUMBER, Passage
from extractors.prose.vocabulary import AccountWords, account_words
from schemas.ids import account_id
from schemas.records import AccountLine
from schemas.vocabulary import Stage

NEXT_REASON = 4  # characters; `下降1.87%。主要原因：…` opens the next sentence
SHARE = re.compile(r"[，,（(]?占(?:比|[^，,。；;\d]{0,30}?)?(?:的|为)?(?P<share>\d[\d,.]*)[%％]")
YEAR_BASE = re.compile(r"上年|去年|上一年|同期|\d{4}年")
ZONE_ENDS = re.compile(r"[。；;\n]")
CLAUSE_END = re.compile(r"[，,。；;：:\n]")
_COPULA = re.compile(r"(?:为|约|达|共)$")
_ADVERBS = re.compile(r"(?:均|各|分别|同比|总共|相应)+$")
EACH_CHANGE = re.compile(r"^(?:均|各|分别)")


@dataclass(slots=True)
class _Line:
    """A line while its change, share and reason are still being read."""

    name: Name
    chain: Chain | None
    amount: PrintedAmount
    sentence: int
    change: Decimal | None = None
    change_pct: Decimal | None = None
    share_pct: Decimal | None = None
    reason: str | None = None


def read_account_lines(passages: Sequence[Passage], document_id: str) -> tuple[AccountLine, ...]:
    """The lines of final accounts in a document's passages; none where it explains no accounts."""
    words = account_words()
    found: list[AccountLine] = []
    for passage, performance in explained(passages, words):
        source = stream(passage)
        reader = _PassageReader(source, passage.heading or "", words, performance)
        for line in reader.read():
            ordinal = len(found) + 1
            found.append(_record(line, source, passage, document_id, ordinal))
    return tuple(found)


class _PassageReader:
    """Reads the lines of one passage, amount by amount."""

    def __init__(
        self, source: Stream, heading: str, words: AccountWords, performance: bool
    ) -> None:
        self._text = source.text
        self._words = words
        self._performance = performance
        self._sentences = [match.end() for match in SENTENCE_ENDS.finditer(self._text)]
        self._zones = [match.end() for match in ZONE_ENDS.finditer(self._text)]
        self._amounts = tuple(printed_amounts(source))
        self._heading_chain = next(chains(heading), None)
        self._chains = tuple(chains(self._text, self._heading_chain))
        self._lines: list[_Line] = []
        self._pending: tuple[str, ...] = ()
        self._subject: tuple[int, str] | None = None  # sentence, subject of its last full name

    def read(self) -> tuple[_Line, ...]:
        """The lines, in the order of their amounts."""
        floor = 0
        for at, amount in enumerate(self._amounts):
            following = self._amounts[at + 1].start if at + 1 < len(self._amounts) else None
            self._one(amount, floor, len(self._text) if following is None else following)
            floor = amount.end
        return tuple(self._lines)

    def _one(self, amount: PrintedAmount, floor: int, limit: int) -> None:
        words, text = self._words, self._text
        sentence = _last_end(self._sentences, amount.start)
        begin = clause_start(text, max(floor, sentence), amount.start)
        clause = text[begin : amount.start]
        if words.bound_after.match(text, amount.end) or self._in_reason(amount.start):
            return
        bare = _COPULA.sub("", clause)
        if words.difference.search(bare):
            return
        sign = self._direction(bare)
        if sign:
            self._change(amount, sign, bare, sentence, limit)
            return
        if words.comparing.match(clause):  # 比2020年决算数1,000万元增加…: the year before
            return
        self._line(amount, clause, begin, (floor, sentence), limit)

    def _direction(self, clause: str) -> int:
        if self._words.increase.search(clause):
            return 1
        return -1 if self._words.decrease.search(clause) else 0

    def _in_reason(self, at: int) -> bool:
        zone = _last_end(self._zones, at)
        return self._words.reasons.search(self._text, zone, at) is not None

    def _line(
        self,
        amount: PrintedAmount,
        clause: str,
        begin: int,
        bounds: tuple[int, int],
        limit: int,
    ) -> None:
        floor, sentence = bounds
        words = self._words
        label = clean(clause, words)
        if not label and self._pending:
            self._add(read_name(self._pending[0], words), None, amount, sentence, limit)
            self._pending = self._pending[1:]
            return
        self._pending = ()
        if begin and self._text[begin - 2 : begin - 1] == "的":  # 由…成交的，采购金额…
            earlier = clause_start(self._text, max(floor, sentence), begin - 1)
            label = clean(self._text[earlier : begin - 1], words) + label
        if not label or words.last_year_names.match(label):
            return
        shared = parts(label, clause, words)
        if len(shared) > 1 and "分别" in clause:
            self._pending, shared = shared[1:], shared[:1]
        for each in shared:
            named = self._resolve(read_name(each, words), begin, sentence)
            if named is not None:
                self._add(named[0], named[1], amount, sentence, limit)

    def _resolve(self, name: Name, begin: int, sentence: int) -> tuple[Name, Chain | None] | None:
        """A name made whole: 支出决算数 alone belongs to the item or the thing named before it."""
        words = self._words
        own = next(chains(name.label, self._class_before(begin)), None)
        if own is not None and not YEAR.sub("", name.subject[own.end :]):
            return self._of_chain(own, name), own
        if name.subject or not name.suffix:
            if self._performance and (not name.suffix or not is_name(name.label, words)):
                return None
            if not is_name(name.label, words):
                return None
            self._subject = (sentence, name.subject) if name.suffix else None
            return name, own
        chain = self._chain_before(begin)
        if chain is not None:
            return self._of_chain(chain, name), chain
        subject = self._counted_before(begin, sentence)
        if subject is None and self._subject is not None and self._subject[0] == sentence:
            subject = self._subject[1]
        if subject is None:
            return None if self._performance or self._chains else (name, None)
        self._subject = (sentence, subject)
        return Name(join(subject, name.suffix), subject, name.suffix, name.stage), None

    @staticmethod
    def _of_chain(chain: Chain, name: Name) -> Name:
        if name.stage == "executed" or not name.suffix:
            return Name(chain.printed, chain.printed, "", "executed")
        return Name(chain.printed + name.suffix, chain.printed, name.suffix, name.stage)

    def _class_before(self, begin: int) -> Chain | None:
        found = [chain for chain in self._chains if chain.end <= begin]
        return found[-1] if found else self._heading_chain

    def _chain_before(self, begin: int) -> Chain | None:
        paragraph = self._text.rfind("\n", 0, begin) + 1
        found = [chain for chain in self._chains if chain.end <= begin]
        if not found:
            return self._heading_chain
        between = self._text[found[-1].end : paragraph]  # empty within one paragraph
        if "元" in between or any(NUMBER.match(line) for line in between.split("\n")[1:]):
            return None
        return found[-1]

    def _counted_before(self, begin: int, sentence: int) -> str | None:
        """The subject of the clauses before, as far as they only count or value the same thing."""
        at = begin - 1
        while at > sentence:
            start = clause_start(self._text, sentence, at)
            clause = self._text[start:at]
            subject = counted_subject(clause, self._words)
            if subject is not None or "元" not in clause:
                return subject
            at = start - 1
        return None

    def _add(
        self, name: Name, chain: Chain | None, amount: PrintedAmount, sentence: int, limit: int
    ) -> None:
        line = _Line(name, chain, amount, sentence)
        tail = self._text[amount.end : limit]
        share = SHARE.match(tail)
        if share:
            line.share_pct = _percent(share["share"])
        compared = self._words.rate_alone.search(tail.split("。")[0])
        if compared and YEAR_BASE.search(compared["base"]) and "预算" not in compared["base"]:
            line.change_pct = self._rate(tail, compared.end())
        known = self._known(name.label, amount)
        if known is None:
            self._lines.append(line)
            return
        known.share_pct = known.share_pct if known.share_pct is not None else line.share_pct
        if known.change_pct is None and known.change is None:
            known.change_pct = line.change_pct
        known.sentence = sentence

    def _known(self, label: str, amount: PrintedAmount) -> _Line | None:
        """A line printed before in this passage with the same name and amount."""
        folded = key(label)
        for line in self._lines:
            if key(line.name.label) == folded and line.amount.amount == amount.amount:
                return line
        return None

    def _rate(self, tail: str, at: int) -> Decimal | None:
        match = self._words.rate.match(tail, at)
        if match is None:
            return None
        value = _percent(match["rate"])
        return -value if value is not None and match["down"] else value

    def _change(
        self, amount: PrintedAmount, sign: int, clause: str, sentence: int, limit: int
    ) -> None:
        if not self._against_last_year(sentence, amount.start):
            return
        value = amount.amount.value
        rate = self._rate(self._text[amount.end : limit], 0)
        reason = self._reason(amount.end, limit)
        for line in self._changed(clause, sentence):
            if line.change is not None or value is None:
                continue
            line.change = sign * value
            line.change_pct = rate if rate is not None else line.change_pct
            line.reason = line.reason or reason

    def _against_last_year(self, sentence: int, at: int) -> bool:
        against = False
        for match in self._words.comparing.finditer(self._text, sentence, at):
            if "预算" in match["base"]:
                against = False
            elif match.group().startswith("同比") or YEAR_BASE.search(match["base"]):
                against = True
        return against

    def _changed(self, clause: str, sentence: int) -> Iterable[_Line]:
        """The lines a change belongs to: the subject it names, or the line it follows."""
        here = [line for line in self._lines if line.sentence == sentence]
        subject = self._compared(clause)
        if not subject and here:
            return here if EACH_CHANGE.match(clause) else here[-1:]
        if not subject:
            end = clause_start_end(self._text, sentence)
            subject = self._compared(self._text[sentence:end])
        if not subject:
            before = [line for line in self._lines if line.sentence < sentence]
            head = before[-1].sentence if before else -1
            return [line for line in before if line.sentence == head][:1]
        same = [line for line in self._lines if key(line.name.label) == key(subject)]
        if same:
            return same[-1:]
        if self._words.both_totals.search(subject):
            totals = [line for line in self._lines if line.name.label.endswith("总计")]
            return totals or [line for line in self._lines if line.name.label.endswith("合计")]
        return ()

    def _compared(self, clause: str) -> str:
        """The subject of a clause such as `财政拨款收入支出总体与上年相比` or `基本支出增加`."""
        words = self._words
        subject = words.decrease.sub("", words.increase.sub("", clause))
        match = words.comparing.search(subject)
        if match:
            subject = subject[: match.start()]
        subject = _ADVERBS.sub("", subject)
        return clean(subject, words)

    def _reason(self, start: int, limit: int) -> str | None:
        """The reason given behind a change, to the end of its sentence."""
        text = self._text
        match = self._words.reasons.search(text, start, limit)
        stop = SENTENCE_ENDS.search(text, start)
        if stop and match and match.start() - stop.end() in range(NEXT_REASON):
            stop = SENTENCE_ENDS.search(text, match.end())
        end = stop.start() if stop else len(text)
        if match is None or match.start() > end:
            return None
        if limit < end and "；" in text[match.end() : limit]:
            end = text.rfind("；", match.end(), limit)
        return text[match.end() : end].lstrip("是为：:，,") or None


def clause_start_end(text: str, start: int) -> int:
    """Where the clause that begins at `start` ends.

    >>> clause_start_end("收支与上年相比，增加", 0)
    7
    """
    match = CLAUSE_END.search(text, start)
    return match.start() if match else len(text)


def _last_end(ends: Sequence[int], at: int) -> int:
    """The last of some places that is not behind `at`, 0 where there is none."""
    found = bisect_right(ends, at)
    return ends[found - 1] if found else 0


def _percent(printed: str) -> Decimal | None:
    rate = parse_rate(printed.rstrip(".,"))
    return rate.value if rate else None


def _record(
    line: _Line, source: Stream, passage: Passage, document_id: str, ordinal: int
) -> AccountLine:
    amount, chain = line.amount, line.chain
    stage: Stage | None = line.name.stage
    return AccountLine(
        account_id=account_id(document_id, ordinal),
        document_id=document_id,
        ordinal=ordinal,
        section=passage.heading,
        label=line.name.label,
        class_=chain.class_ if chain else None,
        category=chain.category if chain else None,
        item=chain.item if chain else None,
        stage=stage,
        amount=amount.amount.value,
        resolution=amount.amount.resolution,
        change=line.change,
        change_pct=line.change_pct,
        share_pct=line.share_pct,
        reason=line.reason,
        raw=amount.raw,
        locator=source.locate(amount.start, amount.end),
    )
