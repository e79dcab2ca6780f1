"""Scoring rules in a document's own words: fine print, notes below a form, cells that hold a rule.

Each clause becomes a condition and a formula in the language of `pipeline.reconcile.pieces`: `r`
is the completion (1 is 100 %), `w` the weight. What a clause applies to is what was named last
before it: a class of indicators (“产出”类), a kind (定量, 定性), 正向 or 反向, or 执行率.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from extractors.document import Document, Paragraph, stretch
from schemas.columns import Locator
from schemas.ids import rule_id
from schemas.immutable import immutable
from schemas.records import ScoringRule

ROW_RULE = "赋分规则："  # begins what a rule applies to that stands in the row it scores
_NOTE = re.compile(r"\s*[（(]?(?:填表|填报|评分|计分|自评)?(?:注|说明|备注|标准|办法)[：:1一.、]")
_LONGEST = 6000  # characters; a longer block is no note of a form
_TELLS = re.compile(r"满分|[扣减]\D{0,8}\d|[得计记赋评]分|不得分|分值|比例|B\s*[/÷]\s*A|个百分点")
_HALF_WIDTH = {chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)}
_WIDE = str.maketrans(_HALF_WIDTH | {"×": "*", "÷": "/"})

_N = r"(\d+(?:\.\d+)?)"
_TO = r"\s*(?:[-~—–]+|至|到)\s*"
_UNIT = r"\s*(?:个百分点|个点|%)"
_CUT = r"[^,。;]{0,12}?(?:扣减?除?|减)(?:该?(?:项|指标)?的?(?:权重|分值)值?的?)?(?:得分)?\s*"

_SCOPE = re.compile(
    r"[“\"「](?P<class>[一-鿿]{2,6})[”\"」]类|(?P<kind>定[性量])指标"
    r"|(?P<up>正向指标)|(?P<down>[反逆负]向指标)|(?P<exec>(?:预算|资金)?执行率(?=得分|每|按|低于|达到))"
)
_SAME = re.compile(
    r"[^,。;]{0,12}?,?[^,。;“\"]{0,8}?(?:同[“\"「](?P<of>[一-鿿]{2,6})[”\"」]类|与此相同|同上)"
)
_FULL = re.compile(
    rf"(?:完成|执行)(?:率|比例|值)?(?:在|达到|为)?(?:≥|>=)?\s*{_N}%(?:{_TO}{_N}%)?"
    r"(?:\(含\))?(?:及以上|以上|之间)?(?:的|,|\s)*[得计记][^,。;]{0,10}?满分"
)
_REACHED = re.compile(
    r"(?:完成|达到|实现)(?:年度|年初)?(?:绩效)?(?:指标值|目标值|指标|目标)(?:值)?(?:的|,)*"
    r"[得计记](?:该?(?:项|指标)?[^,。;]{0,8}?)(?:满分|全部分值|全分)"
)
_BELOW = re.compile(
    rf"每(?:再)?(?:低于|低|降低|下降|减少|少|不足|差)(?:于?(?:目标|指标)值?)?\s*{_N}{_UNIT}{_CUT}{_N}\s*(%|分)"
)
_ABOVE = re.compile(
    rf"(?:超过|超出|高于)\s*{_N}%[^。;]{{0,6}}?每(?:超过|超出|超|高于|高|增加)\s*{_N}{_UNIT}{_CUT}{_N}\s*(%|分)"
)
_CUTOFF = re.compile(
    rf"(?:低于|不足|小于|未达到?)\s*{_N}%(?:的|,)*(?:该?(?:项|指标))*(?:不得分|不计分|不记分|[得计记为]\s*0\s*分)"
)
_PROPORTION = re.compile(
    r"(?:未完成|未达到?|没有达到|低于|小于)[^。;]{0,16}?按照?[^。;]{0,16}?(?:比例|比率|完成率)[^,。;]{0,10}?[得计记赋评]分"
)
_OVER = re.compile(r"按照?偏离(?:程)?度[^,。;]{0,6}?(?:调减|扣减|扣除|减)")
_PRICED = r"(?:权重|分值|得分|记分|\d分)"
_FORWARD = re.compile(
    rf"{_PRICED}[^。;正反]{{0,12}}?(?<![A-Z])B\)?\s*/\s*A(?![A-Z])"
    r"|(?<![A-Z])B\)?\s*/[^。;反]{0,12}?A\)?\s*\*[^,。;]{0,6}(?:权重|分值)"
)
_BACKWARD = re.compile(
    rf"{_PRICED}[^。;正]{{0,12}}?(?<![A-Z])A\)?\s*/\s*B(?![A-Z])"
    r"|(?<![A-Z])A\)?\s*/[^。;正]{0,12}?B\)?\s*\*[^,。;]{0,6}(?:权重|分值)"
)
_GRADES = re.compile(
    r"((?:[一-鿿]{1,3}、){2,}[一-鿿]{1,2})(?=等级|等|[三四五]档)[^。;]*?((?:\d+%(?:、|和|及|,))+\d+%)"
)
_BANDS = re.compile(
    rf"100%?{_TO}80%?[^0-9]{{0,4}}(?:80%?\))?[、,;]\s*80%?{_TO}([56]0)%?[^0-9]{{0,4}}(?:\1%?\))?[、,;和及]*\s*\1%?{_TO}0%?"
)
_MISSING = re.compile(
    r"无(?:法提供)?(?:具体)?(?:数值|数据)[^。;]{0,4}?[且又]无说明[^。;]{0,6}?得\s*0\s*分"
)
_IDENTITY = re.compile(
    r"(?P<name>(?!即)[一-鿿、]{2,16})=(?P<formula>(?:[一-鿿、()]{2,24}[+\-/*=])+[一-鿿、()]{2,24})"
)


@immutable
class _Text:
    text: str
    raw: str
    locator: Locator
    is_note: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule in a text: where it stands, what it scores, when, and how."""

    start: int
    end: int
    applies_to: str
    condition: str | None
    formula: str
    scoped: bool = True  # whether the text itself says what it applies to


@dataclass(frozen=True, slots=True)
class _Scope:
    """What the words of a text are about at some point, and what completion gives full marks."""

    level: str = ""
    kind: str = "定量"
    direction: str = ""
    full: str = "1"
    reached: bool = False  # whether full marks for a reached target were stated
    named: bool = False  # whether any of it was printed

    @property
    def applies_to(self) -> str:
        if self.kind == "执行率":
            return "预算执行率"
        return f"{self.level}类" * bool(self.level) + f"{self.direction}{self.kind}指标"


def read_scoring_rules(
    document: Document, document_id: str, row_rules: frozenset[str] = frozenset()
) -> tuple[ScoringRule, ...]:
    """The scoring rules that a document prints anywhere, each once.

    `row_rules` are the cells that hold the rule of one row (赋分规则): they apply to it alone.
    """
    rules: list[ScoringRule] = []
    seen: set[tuple[str, str | None, str]] = set()
    for text in _texts(document):
        own = text.text in row_rules
        for clause in parse_clauses(text.raw):
            if not (own or clause.scoped or (text.is_note and clause.condition)):
                continue
            applies_to = f"{ROW_RULE}{text.text}" if own else clause.applies_to
            key = (applies_to, clause.condition, clause.formula)
            if key in seen:
                continue
            seen.add(key)
            rules.append(
                ScoringRule(
                    rule_id=rule_id(document_id, len(rules) + 1),
                    document_id=document_id,
                    pack=None,
                    applies_to=applies_to,
                    condition=clause.condition,
                    formula=clause.formula,
                    raw=text.raw[clause.start : clause.end],
                    locator=_within(text.locator, clause),
                )
            )
    return tuple(rules)


@lru_cache(maxsize=1024)
def parse_clauses(text: str) -> tuple[Clause, ...]:
    """The scoring rules in one text, in its order.

    >>> for clause in parse_clauses("“产出”类完成100%~130%得满分，每低于目标值1个百分点扣权重的5%"):
    ...     print(clause.applies_to, clause.condition, clause.formula)
    产出类定量指标 1 <= r <= 1.3 w
    产出类定量指标 r < 1 w * (1 - 5 * (1 - r))
    """
    if len(text) > _LONGEST or not _TELLS.search(text):
        return ()
    folded = text.translate(_WIDE)
    found: list[Clause] = []
    scope = _Scope()
    for start, end, marks in _stretches(folded):
        scope = _entered(scope, marks)
        same = _SAME.match(folded, marks.end()) if marks and marks["class"] else None
        if same:
            found += _copied(found, scope, same["of"], start, same.end())
            continue
        scope = _read(folded, start, end, scope, found)
    found = [_above_cutoff(clause, found) for clause in found] + _identities(folded)
    return tuple(sorted(found, key=lambda clause: (clause.start, clause.end)))


def _texts(document: Document) -> Iterator[_Text]:
    """The paragraphs and cells that may hold a rule."""
    tells = _TELLS.search
    for block in document.blocks:
        for part in (block,) if isinstance(block, Paragraph) else block.cells:
            if len(part.raw) <= _LONGEST and tells(part.raw):
                yield _Text(part.text, part.raw, part.locator, bool(_NOTE.match(part.text)))


def _within(locator: Locator, clause: Clause) -> Locator:
    if locator.char_start is None:
        return locator
    first = locator.char_start
    return stretch(locator, first + clause.start, first + clause.end)


def _stretches(text: str) -> Iterator[tuple[int, int, re.Match[str] | None]]:
    """The text cut where what it is about changes: start, end and the words that change it."""
    marks: list[re.Match[str]] = list(_SCOPE.finditer(text))
    edges = [0, *(mark.start() for mark in marks), len(text)]
    for number, (start, end) in enumerate(zip(edges, edges[1:], strict=False)):
        yield start, end, marks[number - 1] if number else None


def _entered(scope: _Scope, mark: re.Match[str] | None) -> _Scope:
    if mark is None:
        return scope
    if mark["class"]:
        return _Scope(level=mark["class"], named=True)
    if mark["kind"]:
        level = scope.level if scope.kind == mark["kind"] else ""
        return _Scope(level=level, kind=mark["kind"], named=True)
    if mark["exec"]:
        return _Scope(kind="执行率", named=True)
    direction = "正向" if mark["up"] else "反向"
    return replace(scope, kind="定量", direction=direction, reached=False, named=True)


def _copied(
    found: list[Clause], scope: _Scope, other: str | None, start: int, end: int
) -> list[Clause]:
    """The rules of another class (the one before, where none is named), for this class as well."""
    scopes = [clause.applies_to for clause in found if "类" in clause.applies_to]
    source = other or (scopes[-1].partition("类")[0] if scopes else "")
    return [
        replace(clause, start=start, end=end, applies_to=scope.applies_to)
        for clause in found
        if source and clause.applies_to.startswith(f"{source}类")
    ]


def _read(text: str, start: int, end: int, scope: _Scope, found: list[Clause]) -> _Scope:
    """Add the rules between two places of a text; returns the scope with what gives full marks."""
    for match in _FULL.finditer(text, start, end):
        low, high = _ratio(match[1]), match[2] and _ratio(match[2])
        condition = f"{low} <= r <= {high}" if high else f"r >= {low}"
        found.append(_clause(match, scope, condition, "w"))
        scope = replace(scope, full=low)
    over = _OVER.search(text, start, end)
    for match in _REACHED.finditer(text, start, end):
        found.append(_clause(match, scope, "r = 1" if over else "r >= 1", "w"))
        scope = replace(scope, reached=True)
    if over:
        found.append(_clause(over, scope, "r > 1", "[w * (2 - r), w]"))
    for pattern, make in _MAKERS:
        for match in pattern.finditer(text, start, end):
            found.extend(make(match, scope))
    return scope


def _clause(match: re.Match[str], scope: _Scope, condition: str | None, formula: str) -> Clause:
    where = match.start(), match.end()
    return Clause(*where, scope.applies_to, condition, formula, scope.named)


def _below(match: re.Match[str], scope: _Scope) -> list[Clause]:
    formula = _deducted(match[1], match[2], match[3], f"({scope.full} - r)")
    return [_clause(match, scope, f"r < {scope.full}", formula)]


def _above(match: re.Match[str], scope: _Scope) -> list[Clause]:
    bound = _ratio(match[1])
    formula = _deducted(match[2], match[3], match[4], f"(r - {bound})")
    return [_clause(match, scope, f"r > {bound}", formula)]


def _deducted(step: str, cut: str, unit: str, gap: str) -> str:
    """The score after `cut` points (or percent of the weight) for every `step` points of a gap.

    Steps of more than one point may be counted whole or in part: then the score is a range.
    """
    if not Decimal(step):
        return "w"
    slope, least = Decimal(cut) / Decimal(step), Decimal(cut)
    if unit == "%":
        one, of = "w * ({} - {} * {})", _plain(slope)
        whole, least = Decimal(1), least / 100
    else:
        one, of = "w + {} - {} * {}", _plain(slope * 100)
        whole = Decimal(0)
    if Decimal(step) <= 1:
        exact = one.format(_plain(whole), of, gap)
        return exact.replace("w + 0 - ", "w - ")
    low = one.format(_plain(whole - least), of, gap).replace("+ -", "- ")
    return f"[{low}, {one.format(_plain(whole + least), of, gap)}]"


def _cutoff(match: re.Match[str], scope: _Scope) -> list[Clause]:
    return [_clause(match, scope, f"r < {_ratio(match[1])}", "0")]


def _above_cutoff(clause: Clause, found: list[Clause]) -> Clause:
    """The clause kept to where no other one of its scope gives nothing at all."""
    below = re.fullmatch(r"r < (\S+)", clause.condition or "")
    if below is None or clause.formula == "0":
        return clause
    cutoffs = [
        other.condition.removeprefix("r < ")
        for other in found
        if other.formula == "0"
        and other.applies_to == clause.applies_to
        and other.condition
        and other.condition.startswith("r < ")
    ]
    least = max(cutoffs, key=Decimal, default=None)
    if least is None or Decimal(least) >= Decimal(below[1]):
        return clause
    return replace(clause, condition=f"{least} <= r < {below[1]}")


def _proportion(match: re.Match[str], scope: _Scope) -> list[Clause]:
    return [_clause(match, scope, "r < 1", "w * r")]


def _forward(match: re.Match[str], scope: _Scope) -> list[Clause]:
    return _quotient(match, replace(scope, direction="正向", named=True))


def _backward(match: re.Match[str], scope: _Scope) -> list[Clause]:
    return _quotient(match, replace(scope, direction="反向", named=True))


def _quotient(match: re.Match[str], scope: _Scope) -> list[Clause]:
    """A printed quotient scores in proportion; no score may exceed its weight."""
    if scope.kind != "定量":
        return []
    reached = [] if scope.reached else [_clause(match, scope, "r >= 1", "w")]
    return [_clause(match, scope, "r < 1", "w * r"), *reached]


def _grades(match: re.Match[str], scope: _Scope) -> list[Clause]:
    names = match[1].removeprefix("按照").removeprefix("分为").split("、")
    shares = re.findall(r"(\d+)%", match[2])
    if len(names) != len(shares):
        return []
    qualitative = replace(scope, kind="定性", direction="", named=True)
    return [
        _clause(match, qualitative, f"grade = {name}", f"{_ratio(share)} * w")
        for name, share in zip(names, shares, strict=True)
    ]


def _bands(match: re.Match[str], scope: _Scope) -> list[Clause]:
    middle = _ratio(match[1])
    qualitative = replace(scope, kind="定性", direction="", named=True)
    bands = (
        ("达成", "[0.8 * w, w]"),
        ("基本达成", f"[{middle} * w, w]"),
        ("部分达成", f"[{middle} * w, 0.8 * w]"),
        ("未达成", f"[0, {middle} * w]"),
    )
    return [_clause(match, qualitative, f"grade = {name}", formula) for name, formula in bands]


def _missing(match: re.Match[str], scope: _Scope) -> list[Clause]:
    return [Clause(match.start(), match.end(), "指标", "missing", "0")]


_Maker = Callable[[re.Match[str], _Scope], list[Clause]]
_MAKERS: tuple[tuple[re.Pattern[str], _Maker], ...] = (
    (_BELOW, _below),
    (_ABOVE, _above),
    (_CUTOFF, _cutoff),
    (_PROPORTION, _proportion),
    (_FORWARD, _forward),
    (_BACKWARD, _backward),
    (_GRADES, _grades),
    (_BANDS, _bands),
    (_MISSING, _missing),
)


def _identities(text: str) -> list[Clause]:
    """Equations between named amounts (指标结余数=年初预算数+…): what a form itself calls equal."""
    return [
        Clause(match.start(), match.end(), match["name"], None, match["formula"])
        for match in _IDENTITY.finditer(text)
    ]


def _ratio(percent: str) -> str:
    return _plain(Decimal(percent) / 100)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
