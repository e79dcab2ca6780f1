"""Bytes to text: the encoding is found from the bytes; what a page declares is only a hint.

Ladder: byte order mark, strict UTF-8, then every plausible encoding scored by how ordinary the
Chinese it gives is. A wrong guess gives rare characters; the right one gives common ones.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from typing import NamedTuple

from extractors.document import Block, Paragraph, Problem, UnreadableDocument

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
SAMPLE_BYTES = 200_000  # enough characters to score an encoding by
MAX_BAD_SHARE = 0.02  # more replaced characters than this among the non-ASCII: not this encoding
MIN_SCORE = 0.5  # below this the "Chinese" is chance
MAX_CONTROL_SHARE = 0.01  # stray NULs happen in dumps; more of them is binary or another encoding
DECLARED_BONUS = 0.1  # a declaration settles a near tie, nothing more

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the UTF-16 one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CANDIDATES = ("utf-8", "gb18030", "big5hkscs")
_WIDE = ("utf-16-le", "utf-16-be")
_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "utf8": "utf-8",
    "utf-16": "utf-16-le",
    "unicode": "utf-16-le",
}
_CONTROLS = re.compile("[\x00-\x06\x08\x0e-\x1a\x1c-\x1f]")  # not Word's cell and line marks
# The most frequent characters of running and administrative Chinese, both scripts.
_FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产"
    "种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业"
    "本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利"
    "项目资金绩效预算单位指标评价完成执行支出情况况管理财万元满意社会服务建设保障工程质量数成本益产出年度总县市"
    "這個國時來們為對發產種經從現實動學區縣鎮項資預單標評價執況財萬滿會務設質數業關開間應體點"
)
_PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》〈〉【】〔〕—…·％～　①②③④⑤≥≤×℃㎡")


class _Decoded(NamedTuple):
    text: str
    encoding: str
    score: float


def _level_one(lead_from: int, lead_to: int, trails: range, encoding: str) -> frozenset[str]:
    """The everyday characters of a double-byte character set: its first level."""
    pairs = bytes(b for lead in range(lead_from, lead_to) for t in trails for b in (lead, t))
    return frozenset(pairs.decode(encoding, errors="ignore"))


_SIMPLIFIED = _level_one(0xB0, 0xD8, range(0xA1, 0xFF), "gb2312")
_TRADITIONAL = _level_one(0xA4, 0xC7, range(0x40, 0x7F), "big5") | _level_one(
    0xA4, 0xC7, range(0xA1, 0xFF), "big5"
)


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """The text and the name of its encoding; a few bad bytes become U+FFFD, many raise.

    >>> decode("绩效自评".encode("gbk"))
    ('绩效自评', 'gb18030')
    >>> decode("绩效自评".encode("utf-8"), declared="gb2312")
    ('绩效自评', 'utf-8')
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace"), encoding
    if b"\x00" not in data[:SAMPLE_BYTES]:
        try:
            return data.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            pass  # perhaps another encoding, perhaps UTF-8 with a damaged character: score it
    best = _best(data[:SAMPLE_BYTES], canonical(declared))
    if best is None:
        raise UnreadableDocument(
            "无法识别文字编码：不是 UTF-8、GB18030、Big5 或 UTF-16 文本，"
            "请用原软件打开后另存为 UTF-8 文本再试"
        )
    return data.decode(best.encoding, errors="replace"), best.encoding


def damaged(text: str) -> tuple[int, ...]:
    """Offsets of the characters whose bytes were damaged.

    >>> damaged("绩效\N{REPLACEMENT CHARACTER}评")
    (2,)
    """
    return tuple(match.start() for match in re.finditer(REPLACEMENT, text))


def damage_problems(blocks: Iterable[Block]) -> tuple[Problem, ...]:
    """One problem for each paragraph or cell that holds a character nobody can read any more."""
    problems = []
    for block in blocks:
        for item in (block,) if isinstance(block, Paragraph) else block.cells:
            if REPLACEMENT in item.raw:
                reason = "含无法还原的字符（原字节损坏，或符号字体中的字符），请对照原文件"
                problems.append(Problem(reason, item.raw, item.locator))
    return tuple(problems)


def canonical(name: str | None) -> str | None:
    """The codec that a declared name stands for, or None for names that say nothing here.

    >>> canonical("GB2312"), canonical("iso-8859-1"), canonical("x-nonsense")
    ('gb18030', None, None)
    """
    if name is None:
        return None
    folded = name.strip().strip("\"'").lower().replace("_", "-")
    folded = _ALIASES.get(folded, folded)
    return folded if folded in (*_CANDIDATES, *_WIDE) else None


def _best(sample: bytes, declared: str | None) -> _Decoded | None:
    names = (*_CANDIDATES, *_WIDE)
    decoded = [d for name in names if (d := _attempt(sample, name)) is not None]
    if not decoded:
        return None
    return max(decoded, key=lambda d: d.score + DECLARED_BONUS * (d.encoding == declared))


def _attempt(sample: bytes, encoding: str) -> _Decoded | None:
    """The sample in one encoding, or None where it cannot be that."""
    text = sample.decode(encoding, errors="replace")
    if len(sample) == SAMPLE_BYTES:
        text = text[:-1]  # the cut may fall inside a character
    foreign = [c for c in text if c >= "\x80"]
    bad = text.count(REPLACEMENT)
    controls = len(_CONTROLS.findall(text))
    if bad > max(1, MAX_BAD_SHARE * len(foreign)) or controls > max(
        1, MAX_CONTROL_SHARE * len(text)
    ):
        return None
    score = commonness(foreign, encoding)
    if foreign and score < MIN_SCORE:
        return None
    return _Decoded(text, encoding, score)


def commonness(foreign: list[str], encoding: str) -> float:
    """How ordinary the non-ASCII characters are: 0 (chance) to 2 (only the most frequent)."""
    if not foreign:
        return 0.0
    if encoding == "big5hkscs":
        common = _TRADITIONAL
    elif encoding == "gb18030":
        common = _SIMPLIFIED
    else:
        common = _SIMPLIFIED | _TRADITIONAL
    known = sum(c in common or c in _PUNCTUATION or "！" <= c <= "～" for c in foreign)
    frequent = sum(c in _FREQUENT or c in _PUNCTUATION for c in foreign)
    return (known + frequent) / len(foreign)
