"""Forms whose cells ran together without separators: names can be read, figures cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.document import Cell, Problem, Table
from extractors.unflatten.tokens import Line, clean
from schemas.columns import Locator
from schemas.labels import meanings

_REASON = "表格各单元格连在一起、没有分隔，无法还原金额和指标"
_NAMES = ("project_name", "department_name", "unit", "competent_department")
_LONGEST_LABEL, _SHORTEST_LABEL = 14, 4  # characters; shorter labels also occur inside words
_LONGEST_NAME, _SHORTEST_NAME = 60, 2
_SHORTEST_FORM = 120
_TITLE = re.compile(
    r"(?:项目|部门|单位|绩效|财政|专项|预算|转移支付|[省市县区]级)"
    r"[\u4e00-\u9fff]{0,14}(?:自评表|目标表)"
    r"(?:\s*[（(]\s*20\d\d\s*年?度?\s*[）)])?"
)
# The head of a sheet of scores; running text names the levels with words between them.
_LEVELS = re.compile(r"一级指标\s+(?:\S+\s+)?二级指标\s+(?:\S+\s+)?三级指标\s")
_NO_NAME = re.compile(r"[，。；;：:]|^[^\u4e00-\u9fff]*$")


@dataclass(frozen=True, slots=True)
class _Label:
    start: int
    end: int
    meanings: tuple[tuple[str, str], ...]

    def field(self, context: str) -> str | None:
        return next((name for name, where in self.meanings if where == context), None)


def read_glued(line: Line) -> tuple[Table | None, Problem] | None:
    """What can be read of a form whose cells ran together in a line: its names and its header, if
    it prints a name; and the line as what could not be read. None for any other line.
    """
    text = line.text
    if len(text) < _SHORTEST_FORM or "三级指标" not in text:
        return None
    labels = tuple(_labels(text))
    header = tuple((label.start, label.end) for label in labels if label.field("indicators"))
    fields = {label.field("indicators") for label in labels}
    told = {"target", "actual"} & fields or ("rule" in fields and _LEVELS.search(text))
    if "level3" not in fields or not told:
        return None
    place = Locator(char_start=line.start, char_end=line.start + len(text))
    problem = Problem(_REASON, text, place)
    names = _names(text, labels)
    if not names:
        return None, problem
    rows = (*_title(text, labels), *names, header)
    cells = tuple(
        _cell(line, row, column, span)
        for row, spans in enumerate(rows)
        for column, span in enumerate(spans)
    )
    return Table(cells, len(rows), max(map(len, rows)), place, merges="lost"), problem


Span = tuple[int, int]


def _labels(text: str) -> Iterator[_Label]:
    """The labels in a line, the longest at each place."""
    at = 0
    while at < len(text):
        for end in range(min(at + _LONGEST_LABEL, len(text)), at + _SHORTEST_LABEL - 1, -1):
            part = text[at:end]
            if part[0] not in " :：（(" and (found := meanings(part)):
                yield _Label(at, end, found)
                at = end
                break
        else:
            at += 1


def _title(text: str, labels: tuple[_Label, ...]) -> list[tuple[Span, ...]]:
    before = text[: next((one.start for one in labels if one.field("head") in _NAMES), 0)]
    found = list(_TITLE.finditer(before))
    return [(found[-1].span(),)] if found else []


def _names(text: str, labels: tuple[_Label, ...]) -> tuple[tuple[Span, ...], ...]:
    """Label and value of each name, what stands between its label and the next; none unless the
    project or the department is named.
    """
    rows: list[tuple[Span, ...]] = []
    named = False
    for label, after in zip(labels, labels[1:], strict=False):
        field = label.field("head")
        raw = text[label.end : after.start]
        value = raw.strip(" ：:\u3000")
        if field not in _NAMES or _NO_NAME.search(value):
            continue
        if _SHORTEST_NAME <= len(value) <= _LONGEST_NAME:
            start = label.end + raw.index(value)
            rows.append(((label.start, label.end), (start, start + len(value))))
            named = named or field in ("project_name", "department_name")
    return tuple(rows) if named else ()


def _cell(line: Line, row: int, column: int, span: Span) -> Cell:
    raw = line.text[span[0] : span[1]]
    place = Locator(char_start=line.start + span[0], char_end=line.start + span[1])
    return Cell(row, column, clean(raw), raw, place)
