"""The block of goals: what was expected and what was reached, side by side or one after another."""

from __future__ import annotations

import re

from extractors.unflatten.headers import Label
from extractors.unflatten.reading import TITLE, GridCell, Reading
from extractors.unflatten.tokens import HEADING, Gap

_SUBHEAD = re.compile(r"^\d[.、]\s*项目")
_ACHIEVED = re.compile(
    r"^(?:截至|截止|全年|已|完成|通过|本年|年内|实际|20\d\d年.{0,20}(?:完成|已|实现))"
)
_RUN_TOGETHER = "预期目标与实际完成情况连在一起，无法分开"


def read_goals(reading: Reading, label: Label) -> bool:
    """Read the two labels side by side with the two texts below; False where there are not both."""
    labels = reading.labels
    after = labels.at(labels.skip_blanks(label.end))
    if after and ("goal_expected", "goals") in after.meanings:
        expected = after  # the label before it is the block's
    elif ("goal_expected", "goals") in label.meanings:
        expected = label
    else:
        return False
    actual = labels.at(labels.skip_blanks(expected.end))
    if not actual or ("goal_actual", "goals") not in actual.meanings:
        return False
    reading.out.rows.append(
        (GridCell(0, expected.first, expected.end - 1), GridCell(1, actual.first, actual.end - 1))
    )
    start = labels.skip_blanks(actual.end)
    end = _texts_end(reading, start)
    _texts(reading, start, end)
    reading.at = end
    return True


def _texts_end(reading: Reading, index: int) -> int:
    """Where the texts of the goals end: at the next label that opens a block, at a title."""
    while index < len(reading.tokens):
        text = reading.tokens[index].text
        if text and (_opens_block(reading, index) or _SUBHEAD.match(text) or HEADING.match(text)):
            break
        if text and len(text) < 40 and reading.begins_row(index) and TITLE.search(text):
            break
        index += 1
    return index


def _opens_block(reading: Reading, index: int) -> bool:
    label = reading.labels.at(index)
    if not label:
        return False
    block = label.field("indicators", "funds", "head", "closing")
    return bool(block) or label.field("goals_head") == "goals_block"


def _texts(reading: Reading, start: int, end: int) -> None:
    texts = [i for i in range(start, end) if reading.tokens[i].text]
    if not texts:
        return
    split = _split(reading, texts)
    if split is None:
        reading.lose(_RUN_TOGETHER, texts[0], texts[-1])
        return
    cells = [GridCell(0, texts[0], split[0])]
    if split[1] >= 0:
        cells.append(GridCell(1, split[1], texts[-1]))
    reading.out.rows.append(tuple(cells))


def _split(reading: Reading, texts: list[int]) -> tuple[int, int] | None:
    """Last token of the first text and first token of the second (-1 where there is none)."""
    rows = reading.policy.rows
    if len(texts) == 1:
        return (texts[0], -1) if rows else None
    cells = [i for i in texts if reading.tokens[i].gap >= Gap.CELL]
    if len(texts) == 2 or (rows and len(cells) >= 2):
        second = cells[1] if rows and len(cells) >= 2 else texts[1]
        return texts[texts.index(second) - 1], second
    for position in range(1, len(texts)):
        if _ACHIEVED.match(reading.tokens[texts[position]].text):
            return texts[position - 1], texts[position]
    return None
