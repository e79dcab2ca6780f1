"""Reads labels and headers out of a run of tokens, joining labels that were broken over lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from extractors.unflatten.kinds import kind_of
from extractors.unflatten.program import Header
from extractors.unflatten.tokens import Gap, Token
from schemas.labels import Context, begins_label, meanings

_LONGEST = 5  # tokens a broken label may have
_NAME_LENGTH = 24  # characters of the name of an indicator, rather than a sentence
_LABEL_LENGTH = 30  # characters after which no broken label goes on


class Label(NamedTuple):
    """Tokens from `first` up to `end` that are one label of the glossary."""

    first: int
    end: int
    meanings: tuple[tuple[str, str], ...]

    def field(self, *contexts: Context) -> str | None:
        """The label's field in one of these contexts."""
        for name, context in self.meanings:
            if context in contexts:
                return name
        return None


@dataclass(frozen=True, slots=True)
class HeaderRun:
    """A header: its columns with the tokens they were printed in, up to token `end`."""

    columns: tuple[Header, ...]
    labels: tuple[tuple[int, int], ...]
    end: int


_FIGURE = re.compile(r"^[\d.,%≥≤=<>—–-]*$")
_REMARK = re.compile(r"^[(（][^()（）]*[)）]$")
_UNIT_REMARK = re.compile(r"^[(（](?:万元|元|亿元)[)）]$")


def _may_end(found: tuple[tuple[str, str], ...], last: str) -> bool:
    """A remark with a unit of money belongs to a label of money, not to the score beside it."""
    if not _UNIT_REMARK.match(last):
        return True
    return any(
        name.endswith("_block") or name.startswith(("stage:", "source:")) for name, _ in found
    )


@lru_cache(maxsize=65536)
def _beginning(text: str) -> tuple[tuple[tuple[str, str], ...], bool]:
    """What a string means as a label, and whether a longer one that was broken may begin with it.

    >>> _beginning("12.50"), _beginning("得分")[1], _beginning("年初")
    (((), False), True, ((), True))
    """
    if _FIGURE.match(text):
        return _NO_LABEL
    whole = len(text) > _LABEL_LENGTH or _REMARK.match(text) or not begins_label(text)
    found = meanings(text)
    return (found, not whole) if found or not whole else _NO_LABEL


_NO_LABEL = ((), False)
_UNREAD = Label(-1, -1, ())


class Labels:
    """The labels of a run of tokens, found once per position."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self._found = [None if _beginning(token.text) is _NO_LABEL else _UNREAD for token in tokens]

    def at(self, index: int) -> Label | None:
        """The label that begins at a token, the longest that joins broken parts."""
        if index >= len(self._found):
            return None
        found = self._found[index]
        if found is _UNREAD:
            found = self._found[index] = self._find(index)
        return found

    def _find(self, index: int) -> Label | None:
        text = self.tokens[index].text
        alone, goes_on = _beginning(text)
        best = Label(index, index + 1, alone) if alone else None
        after = self.tokens[index + 1 : index + 2]
        if not goes_on or not after or after[0].gap >= Gap.CELL:
            return best
        common = {context for _, context in alone}  # blocks that all whole labels so far occur in
        labels, parts = int(bool(alone)), int(not alone)
        for end in range(index + 1, min(index + _LONGEST, len(self.tokens))):
            token = self.tokens[end]
            if token.gap >= Gap.CELL or not token.text or len(text) > _LABEL_LENGTH:
                break
            text += token.text
            if not _REMARK.match(token.text):
                part = {context for _, context in meanings(token.text)}
                labels, parts = labels + bool(part), parts + (not part)
                common = part & common if labels > 1 and part else common | part
                if labels > 1 and common:
                    break  # two columns of one header
            found = meanings(text)
            if self._heads_column(end, found):
                break
            if found and (parts or labels < 2 or not common) and _may_end(found, token.text):
                best = Label(index, end + 1, found)
            elif not begins_label(text):
                break
        return best

    def _heads_column(self, index: int, found: tuple[tuple[str, str], ...]) -> bool:
        """Whether a token is a column of a header with the next (类别 | 指标名称) rather than part
        of a label that has no place in that header (项目类别).
        """
        if not found or index + 1 >= len(self.tokens):
            return False
        beside = {context for _, context in meanings(self.tokens[index + 1].text)}
        alone = {context for _, context in meanings(self.tokens[index].text)}
        return bool(alone & beside - {context for _, context in found})

    def skip_blanks(self, index: int, stop_at_row: bool = False) -> int:
        """The next token that is not blank."""
        while index < len(self.tokens) and not self.tokens[index].text:
            index += 1
            if stop_at_row and index < len(self.tokens) and self.tokens[index].gap == Gap.ROW:
                break
        return index


def indicator_header(labels: Labels, index: int, rows: bool) -> HeaderRun | None:
    """The header of the indicators that begins here: names of levels with targets or results."""
    found, places, end = _collect(labels, index, "indicators", rows)
    fields = [field for field, _ in found]
    if "level3" not in fields or not {"target", "actual", "score"} & set(fields):
        return None
    found = [(own, span) for own, (_, span) in zip(own_points(fields), found, strict=True)]
    found, places = _one_header_row(found, places)
    columns = tuple(Header(field, place) for (field, _), place in zip(found, places, strict=True))
    return HeaderRun(columns, tuple(span for _, span in found), end)


def own_points(fields: Sequence[str]) -> list[str]:
    """The fields of a header, where each level has a column of points beside its name: those of the
    upper levels are subtotals, and 得分 beside the third level is its weight where another follows.

    >>> own_points(["level1", "score", "level3", "score", "rule", "score"])
    ['level1', 'subtotal', 'level3', 'weight', 'rule', 'score']
    """
    own = list(fields)
    for at, (before, name) in enumerate(pairwise(fields), start=1):
        if name not in ("weight", "score"):
            continue
        if before in ("level1", "level2"):
            own[at] = "subtotal"
        elif before == "level3" and name == "score" and "score" in fields[at + 1 :]:
            own[at] = "weight"
    return own


Found = tuple[str, tuple[int, int]]


def _collect(
    labels: Labels, index: int, context: Context, rows: bool
) -> tuple[list[Found], list[int], int]:
    """Neighbouring labels of one context with their printed places."""
    found: list[Found] = []
    places: list[int] = []
    end = index
    at = labels.skip_blanks(index)
    while at < len(labels.tokens):
        label = labels.at(at)
        field = label.field(context) if label else None
        below = rows and Gap.ROW in [token.gap for token in labels.tokens[end : at + 1]]
        if label and field and not (below and _complete(found)):
            found.append((_column(field), (label.first, label.end)))
            places.append(labels.tokens[at].place)
            at = end = label.end
        elif found and not below and _unknown_column(labels, at, found, context, rows):
            found.append(("unknown", (at, at + 1)))
            places.append(labels.tokens[at].place)
            at = end = at + 1
        else:
            break
        at = labels.skip_blanks(at)
    return found, places, end


def _complete(found: list[Found]) -> bool:
    """A header with third-level indicators ends with its row; what follows is left of the data."""
    return any(field == "level3" for field, _ in found)


def _column(field: str) -> str:
    return "block" if field.endswith("_block") else field


def _unknown_column(
    labels: Labels, at: int, found: list[Found], context: Context, rows: bool
) -> bool:
    """A string among labels that the glossary does not know, rather than the first cell below."""
    token = labels.tokens[at]
    if len(token.text) > 20 or kind_of(token.text) != "text" or _REMARK.match(token.text):
        return False
    if _is_remark(labels, at):
        return rows or (_complete(found) and _begins_data(labels, at + 1))
    if rows and token.gap != Gap.ROW:
        return labels.at(at) is None
    following = labels.at(labels.skip_blanks(at + 1))
    return bool(
        following and following.field(context) and labels.at(at) is None and token.gap != Gap.ROW
    )


def _begins_data(labels: Labels, index: int) -> bool:
    """Whether the first cell of indicators follows: a name or a level, no label and no sentence."""
    at = labels.skip_blanks(index)
    if at >= len(labels.tokens) or labels.at(at) is not None:
        return False
    text = labels.tokens[at].text
    return len(text) <= _NAME_LENGTH and kind_of(text) in ("text", "level1", "level2", "both")


def _is_remark(labels: Labels, at: int) -> bool:
    """A label that closes a form (说明), where it stands over a column of remarks instead."""
    label = labels.at(at)
    return label is not None and label.end == at + 1 and bool(label.field("closing"))


def _one_header_row(found: list[Found], places: list[int]) -> tuple[list[Found], list[int]]:
    """A header printed in two rows as one: the labels of the second row stand under the block and
    the target of the first (绩效指标 | 年度指标值 over 一级指标 | … | 指标性质 | 指标值).
    """
    fields = [field for field, _ in found]
    first = ("level1", "level2", "level3", "aside", "aside_figure")
    level = next((i for i, field in enumerate(fields) if field in first), 0)
    ahead = set(fields[:level])
    if not ahead & {"target", "actual", "weight", "score"}:
        keep = list(range(level, len(found)))
    else:
        below = list(range(level, len(found)))
        again = {fields[i] for i in below} | {"block"}
        keep = below + [i for i in range(level) if fields[i] not in again]
        return [found[i] for i in keep], list(range(1, len(keep) + 1))
    return [found[i] for i in keep], [places[i] for i in keep]


def funds_header(labels: Labels, index: int, rows: bool) -> HeaderRun | None:
    """The header of funds that begins here: two stages, or a stage with its rate or score."""
    found, places, end = _collect(labels, index, "funds", rows)
    cut = next((i for i, (field, _) in enumerate(found) if field.startswith("source:")), len(found))
    if cut < len(found):
        end = found[cut][1][0]
        found, places = found[:cut], places[:cut]
    fields = [field for field, _ in found]
    stages = {field for field in fields if field.startswith("stage:")}
    marks = {"weight", "execution_rate", "score"} & set(fields)
    if not stages or len(stages | marks) < 2:
        return None
    first = next(i for i, field in enumerate(fields) if field.startswith("stage:"))
    if _has_value(labels, found[first][1][1]):
        return None
    columns = tuple(Header(field, place) for (field, _), place in zip(found, places, strict=True))
    return HeaderRun(columns, tuple(span for _, span in found), end)


def _has_value(labels: Labels, index: int) -> bool:
    """Whether a figure follows a label at once (`预算数： 100`)."""
    return index < len(labels.tokens) and kind_of(labels.tokens[index].text) in ("number", "value")
