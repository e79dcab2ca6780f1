"""The glossary of the tables of final accounts (部门决算): their names and their headers."""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache

from schemas.labels import GLOSSARY, fold

_QUOTES = re.compile(r"[“”\"'‘’「」]")
_YEAR = re.compile(r"^(?:20\d\d|本)年(?:度)?(?=.{2})")
_TRAILING = re.compile(r"(?:\([^()]*\))+$")
_LONGEST_TITLE = 60  # characters of a line that is the title of a table


@cache
def _labels() -> dict[str, str]:
    with (GLOSSARY / "account_tables.csv").open(encoding="utf-8", newline="") as lines:
        return {_key(row["label"]): row["field"] for row in csv.DictReader(lines)}


@cache
def _tables() -> tuple[tuple[str, str, str], ...]:
    """Key, field and printed name of every table, the longest first."""
    with (GLOSSARY / "account_tables.csv").open(encoding="utf-8", newline="") as lines:
        rows = [r for r in csv.DictReader(lines) if r["field"].endswith("table")]
    found = ((_key(r["label"]), r["field"], r["label"]) for r in rows)
    return tuple(sorted(found, key=lambda each: -len(each[0])))


@lru_cache(maxsize=4096)
def account_label(text: str) -> str | None:
    """The field that a header of an accounts table stands for, or None.

    >>> account_label("功能分类\\n科目编码"), account_label("行次"), account_label("事业收入")
    ('code', 'order', None)
    >>> account_label("2022年度预算数"), account_label("本年支出")
    ('stage:initial_budget', 'whole')
    """
    key = _YEAR.sub("", _key(text))
    return _labels().get(_key(text)) or _labels().get(key) or _labels().get(_TRAILING.sub("", key))


@lru_cache(maxsize=4096)
def account_table(title: str) -> tuple[str, str] | None:
    """Whether a title names a table of accounts: its field and name, or None.

    >>> account_table("附件5：2022年度收入决算表（公开02表）")
    ('table', '收入决算表')
    >>> account_table("一、收入支出决算总表情况说明") is None
    True
    """
    if len(title) > _LONGEST_TITLE:
        return None
    key = _TRAILING.sub("", _key(title))
    return next(((field, name) for end, field, name in _tables() if key.endswith(end)), None)


def _key(text: str) -> str:
    return _QUOTES.sub("", fold(text))
