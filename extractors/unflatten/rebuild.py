"""Text in, blocks out: paragraphs of running text and tables rebuilt from what was flattened."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from extractors.document import Block, Cell, Paragraph, Problem, Table
from extractors.unflatten.assemble import assemble
from extractors.unflatten.glued import read_glued
from extractors.unflatten.program import Policy
from extractors.unflatten.reading import TITLE, Assembly
from extractors.unflatten.split import tokenize, without_padding
from extractors.unflatten.tokens import (
    LONGEST_TITLE,
    TITLE_LINE,
    Gap,
    Layout,
    Line,
    Run,
    Token,
    clean,
    runs,
    split_lines,
)
from schemas.columns import Locator
from schemas.labels import Context, field, meanings

_POLICIES: dict[Layout, Policy] = {
    "led": Policy(rows=True, shift=1.2),
    "tabs": Policy(rows=True, shift=2.0),
    "bars": Policy(rows=True, shift=0.9),
    "bar_cells": Policy(rows=False, shift=0.0, marks=True),
    "lines": Policy(rows=False, shift=0.0),
    "spaces": Policy(rows=False, shift=0.0, wrap=12.0, advance=12.0),
}
_JOINED = Policy(rows=False, shift=0.0)
_PADDED = Policy(rows=True, shift=0.0, places=False)
_YEAR_LINE = re.compile(r"^\s*[（(]?\s*20\d\d\s*年度?\s*[）)]?\s*$")
_OPENERS = ("project_name", "department_name")
_LOOK_BACK = 6  # lines between a form's title and its first label
_NEAR = 60  # filled lines after its name in which a form must show a header
_NEAR_WORDS = 150  # the same in words of one line
_FORM_WORDS = 30  # words of a line that holds a whole form
_SIDE_BY_SIDE = 3  # labels that are the head of a table, and no words of a sentence
_HEADER = 12  # words in which a header shows what it is
_BLOCKS: dict[Context, tuple[str, ...]] = {
    "funds": ("stage:executed", "stage:annual_budget"),
    "indicators": ("level3", "score"),
}
_LABEL_LENGTH = 20  # characters of the longest label of a name
_WHOLE_FORM = 100  # characters of the shortest form on one line


def rebuild(source: str) -> tuple[tuple[Block, ...], tuple[Problem, ...]]:
    """The blocks of a decoded text in order, and what could not be put in its place."""
    blocks: list[Block] = []
    problems: list[Problem] = []
    for run in runs(split_lines(source)):
        if run.layout == "prose":
            _plain(run.lines, source, blocks, problems)
        else:
            _separated(run, source, blocks, problems)
    return tuple(blocks), tuple(problems)


def _separated(run: Run, source: str, blocks: list[Block], problems: list[Problem]) -> None:
    """A run with separators is a table if it has labels or at least two rows of two cells."""
    tokens = tokenize(run, source)
    if not any(meanings(token.text) for token in tokens) and not _has_rows(tokens):
        for line in run.lines:
            _paragraph(line, blocks)
        return
    policy = _POLICIES[run.layout]
    if run.layout == "bars":
        if _rows_run_together(tokens):
            policy = _JOINED
        elif kept := without_padding(tokens, run):
            tokens, policy = kept, _PADDED
    at = 0
    while at < len(tokens):
        rest = tokens[at:]
        assembly = assemble(rest, policy)
        _emit(assembly, rest, source, blocks, problems)
        used = at + assembly.used
        at = _next_form(tokens, used + (not assembly.used))
        blocks.extend(_passed_over(tokens[used:at], source))


def _next_form(tokens: Sequence[Token], at: int) -> int:
    """The token that begins the next form of a run: its title, or the label of its name."""
    for index in range(at, len(tokens)):
        text = tokens[index].text
        if TITLE.search(text) or field(text, "head") in _OPENERS:
            return index
    return len(tokens)


def _passed_over(tokens: Sequence[Token], source: str) -> Iterator[Paragraph]:
    """What stands between two forms as running text."""
    for token in tokens:
        if token.text:
            place = Locator(char_start=token.start, char_end=token.end)
            yield Paragraph(token.text, source[token.start : token.end], place)


def _rows_run_together(tokens: Sequence[Token]) -> bool:
    """Whether lines hold several rows of the table: a header with the data below it on one line."""
    header = 0  # labels after 三级指标 on this line have ended
    stages = 0  # labels of stages side by side on this line
    for token in tokens:
        if token.gap == Gap.ROW:
            header = stages = 0
        money = (field(token.text, "funds") or "").partition(":")[0]
        if money == "source" and stages >= 2:
            return True
        stages = stages + (money == "stage") if money or not token.text else 0
        name = field(token.text, "indicators")
        if name == "level3":
            header = 1
        elif header and token.text and name is None:
            header += 1
            if header > 4:
                return True
    return False


def _has_rows(tokens: Sequence[Token]) -> bool:
    return sum(1 for token in tokens if token.place == 1 and token.text) >= 2


def _plain(
    lines: tuple[Line, ...], source: str, blocks: list[Block], problems: list[Problem]
) -> None:
    """Lines without separators: running text, with forms in it that open with a name or header."""
    while (start := _form_start(lines, 0)) is not None:
        run = Run(_plain_layout(lines[start:]), lines[start:])
        tokens = tokenize(run, source)
        tokens = tokens[_form_in_line(tokens, lines[start]) :]
        assembly = assemble(tokens, _POLICIES[run.layout])
        if not assembly.used or not _has_header(assembly, tokens):
            _running_text(lines[: start + 1], blocks, problems)
            lines = lines[start + 1 :]
            continue
        _running_text(_until(lines, tokens[0].start), blocks, problems)
        _emit(assembly, tokens, source, blocks, problems)
        used = assembly.used < len(tokens)
        lines = _from(lines, tokens[assembly.used].start) if used else ()
    _running_text(lines, blocks, problems)


def _form_in_line(tokens: Sequence[Token], line: Line) -> int:
    """Which token begins the form where other text stands before it on its first line."""
    end = line.start + len(line.text)
    name = next((i for i, t in enumerate(tokens) if field(t.text, "head") in _OPENERS), 0)
    if name >= len(tokens) or tokens[name].start >= end:
        return 0
    above = range(name - 1, max(name - _LOOK_BACK, 0) - 1, -1)
    return next((i for i in above if TITLE_LINE.search(tokens[i].text)), name)


def _until(lines: Sequence[Line], offset: int) -> tuple[Line, ...]:
    """What stands before an offset."""
    return tuple(
        Line(line.start, line.text[: offset - line.start]) for line in lines if line.start < offset
    )


def _from(lines: Sequence[Line], offset: int) -> tuple[Line, ...]:
    """What stands at an offset and after it."""
    kept = [line for line in lines if line.start + len(line.text) > offset]
    if kept and kept[0].start < offset and kept[0].text[: offset - kept[0].start].strip():
        kept[0] = Line(offset, kept[0].text[offset - kept[0].start :])
    return tuple(kept)


def _running_text(lines: Sequence[Line], blocks: list[Block], problems: list[Problem]) -> None:
    """Lines as paragraphs, but for forms whose cells ran together."""
    for line in lines:
        glued = read_glued(line)
        if glued is None:
            _paragraph(line, blocks)
            continue
        table, problem = glued
        problems.append(problem)
        if table:
            blocks.append(table)


def _form_start(lines: tuple[Line, ...], at: int) -> int | None:
    """The line where the next form begins: its title if it has one, else its first label."""
    for index in range(at, len(lines)):
        if not (_opens(lines[index].text) or _begins_header(lines, index)):
            continue
        if not _header_near(lines, index):
            continue
        return _title_before(lines, index, at)
    return None


def _opens(text: str) -> bool:
    """Whether a line begins with the label of a name that stands alone or before a space."""
    # A word that is cut here is too long for a label.
    first = next(iter(text.lstrip()[: _LABEL_LENGTH + 1].split()), "")
    if len(first) <= _LABEL_LENGTH and field(first, "head") in _OPENERS:
        return not first.endswith(("：", ":"))
    if len(text) < _WHOLE_FORM or "指标" not in text:
        return False
    words = text.split()
    if _name_at(words) == len(words):
        return False
    short = (word for word in words if len(word) <= _LABEL_LENGTH)
    return any(field(word, "indicators") == "level3" for word in short)


def _begins_header(lines: tuple[Line, ...], index: int) -> bool:
    """Whether a header of funds or of indicators begins with a line, as below names in lines of
    their own (项目名称：…).
    """
    first = next(iter(lines[index].text.split(maxsplit=1)), "")
    heads = _heads(first) if first else ()
    if not heads:
        return False
    words = [word for line in lines[index : index + 2 * _HEADER] for word in line.text.split()]
    for context in heads:
        found = {field(word, context) or "" for word in words[:_HEADER]}
        if all(any(name.startswith(start) for name in found) for start in _BLOCKS[context]):
            return True
    return "funds" in heads and _names_amounts(words[:_HEADER])


def _names_amounts(words: Sequence[str]) -> bool:
    """Whether words name stages side by side, or sources with a stage below them."""
    found = {field(word, "funds") or "" for word in words}
    stages = sum(name.startswith("stage:") for name in found)
    sources = sum(name.startswith("source:") for name in found)
    return stages >= _SIDE_BY_SIDE or (sources >= _SIDE_BY_SIDE and stages > 0)


@lru_cache(maxsize=4096)
def _heads(word: str) -> tuple[Context, ...]:
    """The blocks whose header may begin with a word."""
    names = [(context, field(word, context) or "") for context in _BLOCKS]
    first = ("stage:", "level1", "level3")
    return tuple(c for c, name in names if name.startswith((f"{c}_block", *first)))


def _name_at(words: Sequence[str]) -> int:
    """Which word of a line is the first label of a name; their number where none is."""
    named = (len(word) <= _LABEL_LENGTH and field(word, "head") in _OPENERS for word in words)
    return next((at for at, name in enumerate(named) if name), len(words))


def _header_near(lines: tuple[Line, ...], index: int) -> bool:
    """Whether labels of two blocks of a form follow soon, as they do not in running text."""
    seen: set[str] = set()
    near = 0
    for line in lines[index:]:
        words = line.text.split()
        name = 0 if near else _name_at(words)
        near += bool(words)
        first = name if name < len(words) else 0
        for word in words[first : first + _NEAR_WORDS]:
            seen |= {context for _, context in meanings(word)}
            if "三级指标" in word or word == "指标":
                seen.add("indicators")
        if len(seen & {"funds", "goals", "indicators"}) >= 2:
            return True
        if near > _NEAR:
            return False
    return False


def _title_before(lines: tuple[Line, ...], index: int, floor: int) -> int:
    start = index
    seen = 0
    for above in range(index - 1, floor - 1, -1):
        text = lines[above].text.strip()
        if not text:
            continue
        seen += 1
        if TITLE_LINE.search(text) and len(text) < LONGEST_TITLE:
            return above
        if seen > _LOOK_BACK or len(text) > LONGEST_TITLE:
            break
        if _YEAR_LINE.match(text):
            start = above
    return start


def _plain_layout(lines: Sequence[Line]) -> Layout:
    """One cell a line, or cells apart by spaces within lines."""
    texts = [line.text.strip() for line in lines if line.text.strip()][:40]
    split = sum(1 for text in texts if len(text.split()) > 2 or len(text) > 200)
    whole = any(len(text.split()) > _FORM_WORDS for text in texts)
    return "spaces" if whole or split * 4 > len(texts) else "lines"


def _has_header(assembly: Assembly, tokens: Sequence[Token]) -> bool:
    labels = 0
    for row in assembly.rows:
        for cell in row:
            texts = [token.text for token in tokens[cell.first : cell.last + 1]]
            labels += bool(meanings("".join(texts)))
            if labels >= 4:
                return True
    return False


def _emit(
    assembly: Assembly,
    tokens: Sequence[Token],
    source: str,
    blocks: list[Block],
    problems: list[Problem],
) -> None:
    """The assembled rows as a table, and what was lost as problems."""
    # A dump that leaves merged cells hollow prints its own blanks as white space; elsewhere a blank
    # may be either, and is no cell.
    telling = any([token.hollow for token in tokens]) and not any(
        [token.gap == Gap.LINE for token in tokens]
    )
    cells = _cells(assembly, tokens, source, telling)
    if cells:
        width = max([cell.column for cell in cells]) + 1
        first = min([cell.locator.char_start or 0 for cell in cells])
        last = max([cell.locator.char_end or 0 for cell in cells])
        place = Locator(char_start=first, char_end=last)
        blocks.append(Table(tuple(cells), len(assembly.rows), width, place, merges="lost"))
    for lost in assembly.lost:
        start, end = tokens[lost.first].start, tokens[lost.last].end
        where = Locator(char_start=start, char_end=end)
        problems.append(Problem(lost.reason, source[start:end], where))


def _cells(assembly: Assembly, tokens: Sequence[Token], source: str, telling: bool) -> list[Cell]:
    """The printed cells; `telling`: with the blanks that the dump prints."""
    cells = []
    for row, placed in enumerate(assembly.rows):
        for column, first, last, void in placed:
            token = tokens[first]
            if not token.text and (token.hollow or not telling):
                continue
            start, end = token.start, tokens[last].end
            raw = source[start:end]
            text = token.text if first == last else clean(raw)
            place = Locator(None, None, start, end)
            cells.append(Cell(row, column, "" if void else text, raw, place))
    return cells


def _paragraph(line: Line, blocks: list[Block]) -> None:
    raw = line.text.strip()
    if raw:
        start = line.start + line.text.index(raw)
        blocks.append(Paragraph(clean(raw), raw, Locator(None, None, start, start + len(raw))))
