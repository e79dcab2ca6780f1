"""The block of indicators: rows placed under the columns of the header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from extractors.unflatten.align import align, align_after_levels, align_full, align_whole_rows
from extractors.unflatten.doubts import (
    BLANK_UNCLEAR,
    PART_UNCLEAR,
    doubtful_cells,
    doubtful_rows,
)
from extractors.unflatten.headers import HeaderRun
from extractors.unflatten.kinds import kind_of, role_of
from extractors.unflatten.program import Header, Placed, family
from extractors.unflatten.reading import TITLE, GridCell, Reading
from extractors.unflatten.tokens import COVER, HEADING, NOTE, UNIT_LINE, Gap, Token

_LEVELS = frozenset(("level1", "level2", "both"))
_TOLD = ("level3", "target", "actual", "score", "weight")  # columns where a wrong string shows
_HEADED = ("level1", "level2", "level3", "target", "actual", "weight", "score")
_VALUES = ("number", "percent", "value", "symbol")
_OTHER_TABLE = re.compile(r"绩效.{0,12}(?:标准|清单|汇总表|情况表)$")
_SECOND = ("level2", "both")
_SUFFIXED = re.compile(r"指标(?:[（(].*[)）])?$")
_A_NAME = "三级指标的名称"  # stands for a name while its row is placed
_SCRAMBLED = "指标区的文字次序已乱，无法判断各值属于哪一指标"
_CUT_OFF = "表格在此截断，只剩指标类别"
_MOST_MISFITS = 0.15  # of the rows; above it the text was not written out row by row


def read_indicators(reading: Reading, header: HeaderRun) -> bool:
    """Read the rows below a header of indicators."""
    reading.header_row(header)
    reading.columns = header.columns
    end = _block_end(reading, header.end)
    rows = [(header.end, end)]
    if reading.policy.rows:
        rows = _marked_rows(reading, header.end, end)
    told = _tells_levels(reading.tokens[header.end : end], header.columns)
    for start, stop in rows:
        _place(reading, start, stop, header.columns, told)
    reading.at, reading.closed = end, False
    return True


def _block_end(reading: Reading, index: int) -> int:
    """Where the indicators end: at totals, at a name, a title or a heading, at running text."""
    for at in range(index, len(reading.tokens)):
        text = reading.tokens[at].text
        if text and reading.begins_row(at) and _ends(reading, at, text):
            return at
    return max(index, len(reading.tokens))


def _ends(reading: Reading, index: int, text: str) -> bool:
    closes = _closes(text)
    if closes is not None:
        return closes
    label = reading.labels.at(index)
    if not label:
        return False
    if label.field("totals"):
        following = reading.labels.skip_blanks(label.end)
        if following >= len(reading.tokens):
            return True
        return kind_of(reading.tokens[following].text) not in ("text", "level2")
    if label.field("closing"):  # 备注 is a column, too, where the header is printed again
        return not label.field("indicators") or reading.labels.at(index - 1) is None
    return label.field("head") is not None


@lru_cache(maxsize=16384)
def _closes(text: str) -> bool | None:
    """Whether a string ends the indicators: a title, a heading, a line of a cover or a note does,
    figures and names of levels do not; None where that depends on what it labels.
    """
    kind = kind_of(text)
    if kind in _VALUES:
        return False
    if HEADING.match(text) or COVER.match(text) or NOTE.match(text) or TITLE.search(text):
        return True
    if UNIT_LINE.match(text) or _OTHER_TABLE.search(text):
        return True
    return False if kind in _LEVELS else None


def _marked_rows(reading: Reading, first: int, end: int) -> list[tuple[int, int]]:
    cuts = [i for i in range(first, end) if reading.tokens[i].gap == Gap.ROW] + [end]
    if first < end and cuts[0] != first:
        cuts.insert(0, first)
    return list(zip(cuts, cuts[1:], strict=False))


def _place(
    reading: Reading, start: int, stop: int, columns: tuple[Header, ...], told: bool
) -> None:
    """Place the tokens of data rows under the columns; `told`: names of levels end in 指标."""
    kept = _without_margin(reading, start, stop, columns)
    if not reading.policy.rows:
        kept = _without_stump(reading, _without_prompts(reading, kept))
        kept = _without_bare_levels(reading, kept)
    if reading.policy.rows and (levels := _only_levels(reading, kept, columns)):
        reading.out.rows.append(levels)
        return
    tokens = [reading.tokens[i] for i in kept]
    if told:
        tokens = _named(tokens)
    placed: Sequence[Placed] = ()
    if not reading.policy.rows:
        placed = align_whole_rows(tokens, columns)
    else:
        placed = align_full(tokens, columns) if not reading.policy.places else ()
        placed = placed or align_after_levels(tokens, columns)
    placed = placed or align(tokens, columns, reading.policy)
    if not reading.policy.rows and _is_scrambled(reading, kept, placed, columns):
        reading.lose(_SCRAMBLED, kept[0], kept[-1])
        return
    if not reading.policy.rows and all(token.text for token in tokens):
        placed = _decided(reading, kept, tokens, placed, columns)
    rows: dict[int, list[GridCell]] = {}
    for row, column, first, last in placed:
        # What is left of a vertical name is no name, but ends the one above.
        void = (
            first == last
            and columns[column].field == "level1"
            and role_of(tokens[first].text) == "remnant"
        )
        rows.setdefault(row, []).append(GridCell(column, kept[first], kept[last], void))
    reading.out.rows.extend(map(tuple, rows.values()))


def _decided(
    reading: Reading,
    kept: list[int],
    tokens: Sequence[Token],
    placed: Sequence[Placed],
    columns: Sequence[Header],
) -> Sequence[Placed]:
    """The placing without the cells that could as well stand elsewhere; those are lost."""
    rows = doubtful_rows(tokens, placed, columns)
    cells = doubtful_cells(tokens, placed, columns)
    for row in sorted(rows):
        own = [cell for cell in placed if cell.row == row]
        reading.lose(PART_UNCLEAR, kept[own[0].first], kept[own[-1].last])
    for cell in sorted(cells):
        reading.lose(BLANK_UNCLEAR, kept[cell.first], kept[cell.last])
    return [cell for cell in placed if cell.row not in rows and cell not in cells]


def _tells_levels(tokens: Sequence[Token], columns: Sequence[Header]) -> bool:
    """Whether the names of levels end in 指标, so that one that does not names an indicator, and
    another text stands beside that name, so that the sort of string does not tell.
    """
    if not _text_follows_name([column.field for column in columns]):
        return False
    levels = [token.text for token in tokens if kind_of(token.text) in _SECOND]
    return sum(_SUFFIXED.search(text) is None for text in levels) * 2 <= len(levels)


def _named(tokens: list[Token]) -> list[Token]:
    """The tokens with names of indicators marked that are also names of levels (群众满意度)."""
    for i, token in enumerate(tokens):
        if kind_of(token.text) not in _SECOND or _SUFFIXED.search(token.text):
            continue
        after = tokens[i + 1].text if i + 1 < len(tokens) else ""
        before = kind_of(tokens[i - 1].text) if i else "blank"
        if before != "level1" and kind_of(after) in ("text", "dash") and after != "指标":
            tokens[i] = replace(token, text=_A_NAME)
    return tokens


def _text_follows_name(fields: Sequence[str]) -> bool:
    at = fields.index("level3") + 1 if "level3" in fields else len(fields)
    return at < len(fields) and family(fields[at]) == "remark"


def _only_levels(
    reading: Reading, kept: list[int], columns: tuple[Header, ...]
) -> tuple[GridCell, ...]:
    """A marked row that holds names of levels and nothing else; empty for any other row."""
    filled = [i for i in kept if reading.tokens[i].text]
    if len(filled) > 2:
        return ()
    kinds = [kind_of(reading.tokens[i].text) for i in filled]
    at = {column.field: i for i, column in enumerate(columns)}
    if kinds == ["level1"] and "level1" in at:
        return (GridCell(at["level1"], filled[0], filled[0]),)
    if kinds == ["level2"] and "level2" in at:
        return (GridCell(at["level2"], filled[0], filled[0]),)
    if kinds in (["level1", "level2"], ["both", "both"]) and {"level1", "level2"} <= set(at):
        first, second = filled
        return (GridCell(at["level1"], first, first), GridCell(at["level2"], second, second))
    return ()


def _without_bare_levels(reading: Reading, kept: list[int]) -> list[int]:
    """The tokens without names of second levels that have no indicator below them."""
    kinds = [kind_of(reading.tokens[i].text) for i in kept]
    after = [*kinds[1:], "blank", "blank"]
    # A first level is followed by its second; a name like it (可持续发展能力) by its values.
    bare = [
        kind == "level2" and (n == "level2" or (n == "level1" and nn in ("level2", "both")))
        for kind, n, nn in zip(kinds, after, after[1:], strict=False)
    ]
    return [i for i, drop in zip(kept, bare, strict=True) if not drop]


def _is_scrambled(
    reading: Reading, kept: list[int], placed: Sequence[Placed], columns: tuple[Header, ...]
) -> bool:
    """Whether the tokens are no rows: labels of headers among the data, names of levels in columns
    of values, figures in the column of names.
    """
    tokens, label_at = reading.tokens, reading.labels.at
    fields = [column.field for column in columns]
    rows = {row for row, _, _, _ in placed}
    misfits = 0
    for _, column, first, last in placed:
        field = fields[column]
        if field not in _TOLD:
            continue
        own = kept[first : last + 1]
        roles = [role_of(tokens[i].text) for i in own]
        if field == "level3":
            misfits += len(roles) == 1 and roles[0] in _VALUES
        else:
            misfits += not _LEVELS.isdisjoint(roles)
        labels = [label for i in own if (label := label_at(i))]
        misfits += any([label.field("indicators") in _HEADED for label in labels])
    return misfits > max(1, len(rows) * _MOST_MISFITS)


def _without_prompts(reading: Reading, kept: list[int]) -> list[int]:
    """The tokens without lines that hold nothing but a prompt of the form (`指标2：`, `……`)."""
    if not any(role_of(reading.tokens[i].text) == "prompt" for i in kept):
        return kept
    out: list[int] = []
    at = 0
    while at < len(kept):
        end = at + 1
        while end < len(kept) and reading.tokens[kept[end]].gap == Gap.WEAK:
            end += 1
        roles = [role_of(reading.tokens[i].text) for i in kept[at:end]]
        alone = end - at > 1 or end == len(kept) or bool(reading.tokens[kept[end]].text)
        if not (roles[0] == "prompt" and set(roles) <= {"prompt", "dash"} and alone):
            following = [*roles[1:], "number"]
            bare = ("prompt", "level1", "level2", "both")
            pairs = zip(kept[at:end], roles, following, strict=True)
            out.extend(i for i, role, after in pairs if role != "prompt" or after not in bare)
        at = end
    return out


def _without_stump(reading: Reading, kept: list[int]) -> list[int]:
    """The tokens without a row that was cut off after its levels."""
    end = len(kept)
    while end and kind_of(reading.tokens[kept[end - 1]].text) in _LEVELS | {"blank"}:
        end -= 1
    if any(reading.tokens[i].text for i in kept[end:]):
        reading.lose(_CUT_OFF, kept[end], kept[-1])
        return kept[:end]
    return kept


def _without_margin(
    reading: Reading, start: int, stop: int, columns: tuple[Header, ...]
) -> list[int]:
    """The tokens of data rows, without what stands left of the first column: the block's own label
    and the blanks of its merged cell.
    """
    kept = []
    filled = False
    left = columns[0].place if columns and reading.policy.rows else 0
    tokens, label_at = reading.tokens, reading.labels.at
    after = start  # the last label of a block
    for index in range(start, stop):
        if index < after:
            continue
        label = label_at(index)
        if label and label.field("indicators") == "indicators_block":
            reading.out.rows.append((GridCell(0, label.first, label.end - 1),))
            after = label.end
            continue
        token = tokens[index]
        if token.text:
            filled = True
        elif token.place < left:
            continue
        kept.append(index)
    return kept if filled else []
