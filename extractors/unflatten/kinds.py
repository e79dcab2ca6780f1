"""What sort of string a token is: a number, a name of a level, a prompt, a unit, or text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from extractors.unflatten.fragments import is_remnant
from extractors.values import is_blank, parse_value
from schemas.labels import level_kind

Kind = Literal[
    "blank", "dash", "number", "percent", "value", "level1", "level2", "both", "symbol", "text"
]
Role = Kind | Literal["prompt", "remnant", "unit", "none", "level_word", "sentence", "part"]
_NUMBER = re.compile(r"^[-－+]?[\d０-９][\d０-９,，]*(?:[.．][\d０-９]+)?分?$")
_PERCENT = re.compile(r"^[=＝≥≤><]*\s*[-－]?[\d０-９][\d０-９,，]*(?:[.．][\d０-９]+)?\s*[%％]$")
_SYMBOL = re.compile(r"^(?:[=＝﹦═≥≤≧≦><＞＜]{1,2}|定性|定量)$")
_VALUE = re.compile(r"^[=＝﹦═≥≤≧≦><＞＜±]")
_UNIT = re.compile(
    r"^(?:[%％‰℃]|百分比|(?:[万亿]?元|[人批场车]次|平方(?:公里|米)|立方米|公里|千米|公斤|千克|小时|分钟|工作日"
    r"|[人个次户亩台套件项米吨年月日天份篇期家所座处条本册辆名间幢栋株只头盏根起例宗口眼棵])(?:/[^\d，。]{1,6})?)$"
)
_LEVEL_WORD = re.compile(r"^[\u4e00-\u9fff]{5,}(?<!指标)(?<!目标)(?<!类)$")
_SENTENCE = re.compile(r"[。；;].|.{4}[，。；]|原因|赋分|得满分|[得扣][\d.]+分")
_PART = re.compile(r"^其中[:：]?.")
_MONEY = re.compile(r"^[-－+]?[\d０-９][\d０-９,，]*(?:[.．][\d０-９]+)?[万亿]?元$")
_FUND = re.compile(r"^\D{2,14}(?:资金|拨款|收入|经费|补助|支出|债券|贷款|投入|配套)$")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PROMPT = re.compile(r"^(?:指标\s*\d*\s*[:：]?|[.…·。]{2,})$")


@lru_cache(maxsize=65536)
def kind_of(text: str) -> Kind:
    """What sort of string a cell holds.

    >>> kind_of("8.00"), kind_of("97.5%"), kind_of("≥13名"), kind_of("产出指标")
    ('number', 'percent', 'value', 'level1')
    """
    if not text:
        return "blank"
    if is_blank(text):
        return "dash"
    if _NUMBER.match(text):
        return "number"
    if _PERCENT.match(text):
        return "percent"
    if _SYMBOL.match(text):
        return "symbol"
    if _VALUE.match(text):
        return "value"
    first, second = level_kind(text, 1), level_kind(text, 2)
    if first or second:
        return "both" if first and second else "level1" if first else "level2"
    if _MONEY.match(text):
        return "value"
    if len(text) <= 24 and parse_value(text).kind in ("number", "percent", "date"):
        return "value"
    return "text"


def names_money(text: str) -> bool:
    """Whether a string among lines of funds is the name of one that the glossary does not know.

    >>> names_money("师市配套资金"), names_money("年度总体目标")
    (True, False)
    """
    return _FUND.match(text) is not None


@lru_cache(maxsize=65536)
def role_of(text: str) -> Role:
    """What a token of data rows is: its kind, or more closely a prompt that nobody filled in, what
    is left of a name set one character below the other, a unit, a blank said in words.

    >>> role_of("指标2："), role_of("……"), role_of("（50分）"), role_of("指标1：教师人数")
    ('prompt', 'prompt', 'remnant', 'text')
    >>> role_of("元/人"), role_of("无"), role_of("—")
    ('unit', 'none', 'dash')
    >>> role_of("可持续发展能力"), role_of("可持续影响"), role_of("产出指标")
    ('level_word', 'level2', 'level1')
    >>> role_of("受疫情影响，工期推迟。"), role_of("其中：城区面积"), role_of("基本完成")
    ('sentence', 'part', 'text')
    """
    if _PROMPT.match(text):
        return "prompt"
    if is_remnant(text):
        return "remnant"
    if _UNIT.match(text):
        return "unit"
    kind = kind_of(text)
    if kind == "level1" and _LEVEL_WORD.match(text):
        return "level_word"  # 可持续发展能力: the name of a level or of an indicator
    if kind == "text" and _PART.match(text):
        return "part"
    if kind == "text" and _SENTENCE.search(text):
        return "sentence"
    return "none" if kind == "dash" and _HAN.search(text) else kind
