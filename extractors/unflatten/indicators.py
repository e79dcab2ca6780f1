"""The block of indicators: rows placed under the columns of the header."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from extractors.unflatten.align import align, align_full, align_whole_rows
from extractors.unflatten.headers import HeaderRun
from extractors.unflatten.kinds import kind_of, role_of
from extractors.unflatten.program import Header, Placed
from extractors.unflatten.reading import TITLE, GridCell, Reading
from extractors.unflatten.tokens import COVER, HEADING, NOTE, Gap

_LEVELS = frozenset(("level1", "level2", "both"))
_TOLD = ("level3", "target", "actual", "score", "weight")  # columns where a wrong string shows
_VALUES = ("number", "percent", "value", "symbol")
_SCRAMBLED = "指标区的文字次序已乱，无法判断各值属于哪一指标"
_CUT_OFF = "表格在此截断，只剩指标类别"
_MOST_MISFITS = 0.15  # of the rows; above it the text was not written out row by row


def read_indicators(reading: Reading, header: HeaderRun) -> bool:
    """Read the rows below a header of indicators."""
    reading.header_row(header)
    reading.columns = header.columns
    end = _block_end(reading, header.end)
    if reading.policy.rows:
        for start, stop in _marked_rows(reading, header.end, end):
            _place(reading, start, stop, header.columns)
    else:
        _place(reading, header.end, end, header.columns)
    reading.at, reading.closed = end, False
    return True


def _block_end(reading: Reading, index: int) -> int:
    """Where the indicators end: at totals, at a name, a title or a heading, at running text."""
    while index < len(reading.tokens):
        token = reading.tokens[index]
        if token.text and reading.begins_row(index) and _ends(reading, index):
            return index
        index += 1
    return index


def _ends(reading: Reading, index: int) -> bool:
    text = reading.tokens[index].text
    kind = kind_of(text)
    if kind in _VALUES:
        return False
    if _closes(text):
        return True
    if kind in _LEVELS:
        return False
    label = reading.labels.at(index)
    if not label:
        return False
    if label.field("totals"):
        following = reading.labels.skip_blanks(label.end)
        if following >= len(reading.tokens):
            return True
        return kind_of(reading.tokens[following].text) not in ("text", "level2")
    return bool(label.field("head") or (label.field("closing") and not label.field("indicators")))


@lru_cache(maxsize=16384)
def _closes(text: str) -> bool:
    """Whether a string is a title, a heading, a line of a cover or a note."""
    return bool(HEADING.match(text) or COVER.match(text) or NOTE.match(text) or TITLE.search(text))


def _marked_rows(reading: Reading, first: int, end: int) -> list[tuple[int, int]]:
    cuts = [i for i in range(first, end) if reading.tokens[i].gap == Gap.ROW] + [end]
    if first < end and cuts[0] != first:
        cuts.insert(0, first)
    return list(zip(cuts, cuts[1:], strict=False))


def _place(reading: Reading, start: int, stop: int, columns: tuple[Header, ...]) -> None:
    """Place the tokens of data rows under the columns."""
    kept = _without_margin(reading, start, stop, columns)
    if not reading.policy.rows:
        kept = _without_stump(reading, _without_prompts(reading, kept))
        kept = _without_bare_levels(reading, kept)
    if reading.policy.rows and (levels := _only_levels(reading, kept, columns)):
        reading.out.rows.append(levels)
        return
    tokens = [reading.tokens[i] for i in kept]
    placed: Sequence[Placed] = ()
    if not reading.policy.rows:
        placed = align_whole_rows(tokens, columns)
    elif not reading.policy.places:
        placed = align_full(tokens, columns)
    placed = placed or align(tokens, columns, reading.policy)
    if not reading.policy.rows and _is_scrambled(reading, kept, placed, columns):
        reading.lose(_SCRAMBLED, kept[0], kept[-1])
        return
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
    rows = {cell.row for cell in placed}
    misfits = 0
    for cell in placed:
        field = columns[cell.column].field
        if field not in _TOLD:
            continue
        own = kept[cell.first : cell.last + 1]
        roles = [role_of(reading.tokens[i].text) for i in own]
        if field == "level3":
            misfits += len(roles) == 1 and roles[0] in _VALUES
        else:
            misfits += not _LEVELS.isdisjoint(roles)
        misfits += any([_is_header_label(reading, i) for i in own])
    return misfits > max(1, len(rows) * _MOST_MISFITS)


def _is_header_label(reading: Reading, index: int) -> bool:
    label = reading.labels.at(index)
    field = label.field("indicators") if label else None
    return field in ("level1", "level2", "level3", "target", "actual", "weight", "score")


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
    index = start
    while index < stop:
        token = reading.tokens[index]
        label = reading.labels.at(index)
        if label and label.field("indicators") == "indicators_block":
            reading.out.rows.append((GridCell(0, label.first, label.end - 1),))
            index = label.end
            continue
        if token.text or token.place >= left:
            kept.append(index)
            filled = filled or bool(token.text)
        index += 1
    return kept if filled else []
