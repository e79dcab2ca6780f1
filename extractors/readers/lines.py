"""Lines as printed to one value: breaks inside a word go, white space at the edges goes."""

from __future__ import annotations

import re
from functools import lru_cache

_SPACES = " \t\r\n\x0b\x0c\x07\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff\u2002\u2003\u2009\u202f"
# Characters that Chinese typesetting sets without spaces between them.
_CJK = (
    "\u2e80-\u2fdf\u3001-\u303f\u3040-\u30ff\u3100-\u318f\u31c0-\u31ef\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6“”‘’—…·℃①-⓿\U00020000-\U0003ffff"
)
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_BREAK = re.compile(rf"(?<=[{_CJK}])\s*\n\s*(?=[{_CJK}])")
SOFT_BREAK = "\x0b"  # a line end in markup that the page does not show
_SOFT = re.compile(rf"(?<=[{_CJK}])[ {SOFT_BREAK}]*{SOFT_BREAK}[ {SOFT_BREAK}]*(?=[{_CJK}])")
_SOFT_RUN = re.compile(f"[ {SOFT_BREAK}]+")
_OTHER_BREAK = re.compile(r"[^\S\n]*\n\s*")
_SUPERSCRIPT = str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ")
_RAISED = re.compile(r"[0-9+\-()n]+")


@lru_cache(maxsize=8192)  # forms print the same labels again and again
def join_lines(raw: str) -> str:
    """One line for a cell's lines: nothing between CJK characters, a space elsewhere.

    >>> join_lines("年初\\n预算数"), join_lines("2024年\\n 1月"), join_lines("　其中：\\n财政拨款 ")
    ('年初预算数', '2024年 1月', '其中：财政拨款')
    """
    if raw.isprintable():  # no break, no invisible character, no space but the ordinary one
        return raw.strip(" ")
    text = _INVISIBLE.sub("", raw).strip(_SPACES)
    if "\n" in text:
        text = _OTHER_BREAK.sub(" ", _BREAK.sub("", text))
    return text.replace("\u00a0", " ")


def strip(raw: str) -> str:
    """The string without outer white space of any width and without invisible characters.

    >>> strip("\u3000\u3000一、基本情况\u00a0")
    '一、基本情况'
    """
    if raw.isprintable():  # no invisible character, and no space but the ordinary one
        return raw.strip(" ")
    return _INVISIBLE.sub("", raw).strip(_SPACES).replace("\u00a0", " ")


def settle(line: str) -> str:
    """A line whose soft breaks are decided: nothing within Chinese, a space elsewhere.

    >>> settle("绩效\\x0b  指标 A\\x0bB")
    '绩效指标 A B'
    """
    return _SOFT_RUN.sub(" ", _SOFT.sub("", line))


def superscript(text: str) -> str:
    """Raised digits as superscript characters, so that 10² is not read as 102.

    >>> superscript("2"), superscript("注")
    ('²', '注')
    """
    return text.translate(_SUPERSCRIPT) if _RAISED.fullmatch(text) else text
