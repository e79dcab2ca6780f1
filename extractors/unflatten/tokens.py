"""Text dumps as runs of neighbouring lines in one layout, and what their tokens are."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal

from schemas.immutable import immutable

Layout = Literal["prose", "led", "tabs", "bars", "bar_cells", "lines", "spaces"]


class Gap:
    """What stands before a token: how surely it is another cell than the token before it.

    Plain numbers: comparing members of an enumeration takes ten times as long.
    """

    WEAK: Final = 0  # one space
    LINE: Final = 1  # a line break that may stand inside a cell
    CELL: Final = 2  # a separator of cells
    ROW: Final = 3  # a separator of rows


@immutable
class Line:
    """One line of the source with the offset of its first character."""

    start: int
    text: str


@immutable
class Token:
    """A stretch of the source, from `start` to `end`, without outer white space.

    `text` is the cleaned string. `hollow` tells a cell with nothing in it from a printed blank.
    """

    text: str
    start: int
    end: int
    gap: int  # one of Gap
    place: int  # cells before it in its row, where the layout keeps rows
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring lines in one layout."""

    layout: Layout
    lines: tuple[Line, ...]


_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]*|!--.*?--)>")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")
_CJK = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]"
_INNER_BREAK = re.compile(rf"(?<={_CJK})[ \t]*\n\s*|\n\s*(?={_CJK})")
HEADING = re.compile(r"^\s*(?:第[一二三四五六七八九十]+(?:部分|章)|[一二三四五六七八九十]+、)")
# Notes below a form, and what sites print below a page.
NOTE = re.compile(
    r"^(?:(?:注|备注|说明|填[表报]说明)\s*[:：]|【|扫一扫|上一[篇条]|下一[篇条]|打印本页|关闭窗口|分享到"
    r"|责任编辑|附件[:：\d])"
)
# The title of a form in a line of its own.
TITLE_LINE = re.compile(
    r"(?:自评(?:价)?(?:报告)?表|绩效.{0,8}表)(?:[（(]\s*20\d\d\s*年?度?\s*[）)])?\s*$"
)
UNIT_LINE = re.compile(r"^[（(]?(?:金额)?单位[:：]\s*(?:人民币)?[百千万亿]?元[)）]?$")
# The caption of any table, below a blank line.
_CAPTION = re.compile(
    r"(?:[^报]表|清单|一览|标准|单位[:：]\s*[百千万亿]?元\s*[)）]?|^[（(]?20\d\d年度?[)）]?)\s*$"
)
LONGEST_TITLE = 60  # characters
COVER = re.compile(
    r"^\s*(?:项目名称|实施单位|预算单位|(?:\w{0,4})?主管部门|项目负责人|填报时间)"
    r"(?:（[^）]*）)?[:：]"
)


def clean(raw: str) -> str:
    """The value of a printed string: no markup residue, no break inside a word, no outer blanks.

    >>> clean("社会效益\\n指标")
    '社会效益指标'
    >>> clean("<p>1、保障&nbsp;运行。</p>")
    '1、保障 运行。'
    """
    if raw.isalnum():
        return raw
    if "<" in raw:
        raw = _TAG.sub(" ", raw)
    if "&" in raw and _ENTITY.search(raw):
        raw = html.unescape(raw)
    if "\n" in raw:
        raw = _INNER_BREAK.sub("", raw)
    return " ".join(raw.split())


def split_lines(source: str) -> tuple[Line, ...]:
    """The lines of a text with their offsets, without their ends."""
    lines = source.splitlines(keepends=True)
    starts = accumulate(map(len, lines), initial=0)
    return tuple(map(Line, starts, [line.rstrip("\r\n\f\v") for line in lines]))


def runs(lines: tuple[Line, ...]) -> Iterator[Run]:
    """The lines as runs of one layout, in order; blank lines stay with the run before them."""
    at = 0
    while at < len(lines):
        layout, end = _run_at(lines, at)
        yield Run(layout, lines[at:end])
        at = end


def _run_at(lines: tuple[Line, ...], at: int) -> tuple[Layout, int]:
    text = lines[at].text
    if "|" in text or "｜" in text:
        end = _bar_end(lines, at)
        return ("bar_cells" if _one_cell_a_line(lines[at:end]) else "bars"), end
    if "\t" in text.rstrip("\t") or text.startswith("\t") or text.endswith("\t\t"):
        end = _tab_end(lines, at)
        return ("tabs" if _inner_tabs(lines[at:end]) else "led"), end
    end = at + 1
    while end < len(lines) and not _separated(lines[end].text):
        end += 1
    return "prose", end


def _separated(text: str) -> bool:
    return "|" in text or "｜" in text or "\t" in text


def _bar_end(lines: tuple[Line, ...], at: int) -> int:
    """Where bars end: lines without a bar belong in between if a few and short, and no title of
    another table or note below this one.
    """
    last = at
    for index in range(at + 1, min(len(lines), at + 4000)):
        text = lines[index].text
        if "|" in text or "｜" in text:
            last = index
        elif index - last > 8 or len(text) > 400 or _parts_tables(text, lines[index - 1].text):
            break
    return last + 1


def _parts_tables(text: str, above: str) -> bool:
    """Whether a line without separators, below another one, stands between two tables."""
    if HEADING.match(text) or NOTE.match(text):
        return True
    if len(text) >= LONGEST_TITLE:
        return False
    return bool(TITLE_LINE.search(text) or (not above.strip() and _CAPTION.search(text)))


def _one_cell_a_line(lines: tuple[Line, ...]) -> bool:
    """Whether each bar ends a line of one cell, rather than separating cells within a line."""
    barred = [line.text.strip() for line in lines if "|" in line.text]
    single = sum(1 for text in barred if text.count("|") == 1 and text.endswith("|"))
    return single * 2 > len(barred) and len(barred) > 6


def _tab_end(lines: tuple[Line, ...], at: int) -> int:
    """Where a run with tabs ends: a line without one continues a cell only right after it."""
    end = at + 1
    blanks = 0
    for index in range(at + 1, len(lines)):
        text = lines[index].text
        if "\t" in text:
            end, blanks = index + 1, 0
        elif not text.strip():
            blanks += 1
            if blanks > 8:
                break
        elif blanks or len(text) > 400 or HEADING.match(text) or COVER.match(text):
            break
        else:
            end = index + 1
    return end


def _inner_tabs(lines: tuple[Line, ...]) -> bool:
    tabbed = [line.text for line in lines if "\t" in line.text]
    tabbed_within = [text for text in tabbed if text.rfind("\t") > 0]
    inner = sum("\t" in text.strip("\t ") or text.endswith("\t\t") for text in tabbed_within)
    return inner * 4 > len(tabbed)
