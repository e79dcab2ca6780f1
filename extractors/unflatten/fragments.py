"""Joins names of levels that were broken over lines or set in a column of single characters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from extractors.unflatten.tokens import Gap, Token, clean
from schemas.labels import begins_level, level_kind, meanings

_LONGEST = 9  # tokens of a name set one character a line, with its points (产 出 指 标 （50分）)
_NAME_LENGTH = 18  # characters of the longest name of a level with its points
_PART_LENGTH = 10  # characters of the longest first part of such a name
_POINTS = re.compile(r"^[(（]\s*\d+(?:\.\d+)?\s*分?\s*[)）]$")
_NUMBERED = re.compile(r"^指标\s*\d+\s*[:：]$")
_NAME = re.compile(r"^(?!指标\s*\d)[★☆]*[\u4e00-\u9fff]")
# 产出, 效益, 满意度: names that are set in a column of single characters and cut after the first.
_FIRST_CHARACTERS = ("产", "效", "满")
_HAN = re.compile(r"^[\u4e00-\u9fff、/（）()]+$")


def join_fragments(tokens: Sequence[Token], source: str) -> tuple[Token, ...]:
    """The tokens with broken names of levels as one token each."""
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        end = at + 2 if _numbers_next(tokens, at) else _name_end(tokens, at)
        if end > at + 1:
            first, last = tokens[at], tokens[end - 1]
            raw = source[first.start : last.end]
            text = "".join(clean(raw).split())
            joined.append(Token(text, first.start, last.end, first.gap, first.place))
        else:
            joined.append(tokens[at])
        at = end
    return tuple(joined)


def _numbers_next(tokens: Sequence[Token], at: int) -> bool:
    """Whether a token is the number of the indicator whose name follows after a space."""
    if at + 1 >= len(tokens) or not _NUMBERED.match(tokens[at].text):
        return False
    name = tokens[at + 1]
    words = name.gap == Gap.WEAK and bool(_NAME.match(name.text))
    return words and not is_level(name.text) and not meanings(name.text)


def _name_end(tokens: Sequence[Token], at: int) -> int:
    """Where the longest name of a level that begins here ends; `at` + 1 where there is none."""
    text = tokens[at].text
    if len(text) > _PART_LENGTH or not _begins_name(text):
        return at + 1
    whole = is_level(text)
    best = at + 1
    fragments = int(not whole)
    for index in range(at + 1, min(at + _LONGEST, len(tokens))):
        token = tokens[index]
        if token.gap >= Gap.CELL or not token.text:
            break
        points = bool(_POINTS.match(token.text))
        level = is_level(token.text)
        if not (points or _HAN.match(token.text)) or (level and best > at + 1):
            break
        text += token.text
        if len(text) > _NAME_LENGTH:
            break
        fragments += not level
        if fragments and is_level(text):
            best = index + 1
        if points:
            break
    return best


@lru_cache(maxsize=65536)
def _begins_name(text: str) -> bool:
    return bool(_HAN.match(text)) and begins_level(text)


@lru_cache(maxsize=65536)
def is_level(text: str) -> bool:
    """Whether a string names a first- or second-level indicator.

    >>> is_level("产出指标（50分）"), is_level("产"), is_level("完成及时率")
    (True, False, False)
    """
    return bool(level_kind(text, 1) or level_kind(text, 2))


def is_remnant(text: str) -> bool:
    """Whether a string is what is left of the name of a level: its points, or its first character.

    >>> is_remnant("（50分）"), is_remnant("产"), is_remnant("产出指标"), is_remnant("优")
    (True, True, False, False)
    """
    return text in _FIRST_CHARACTERS or bool(_POINTS.match(text))
