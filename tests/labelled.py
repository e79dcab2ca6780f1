"""Hand-made labels against records, cell by cell: what differs, and how much was right.

`make score` runs this module over the samples. White space and width are folded, as a label says
what is printed and not how it is set; figures are compared as exact numbers.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from sample_files import ROOT, extraction_of, sample_paths

from schemas.records import Extraction, Fund, Indicator, Project

LABELS = ROOT / "tests" / "labels"
KINDS = (
    "project fields",
    "fund amounts",
    "fund scores",
    "indicator cells",
    "account lines",
    "amounts of the prose",
)
PROJECT_TEXTS = (
    ("name", "project_name"),
    ("unit", "unit"),
    ("competent_department", "competent_department"),
    ("fiscal_year", "fiscal_year"),
    ("scope", "scope"),
)
PROJECT_FIGURES = (("weight_total", "weight_total"), ("score_total", "score_total"))
INDICATOR_TEXTS = (
    "level1",
    "level2",
    "level3",
    "target_raw",
    "actual_raw",
    "rule_raw",
    "basis_raw",
    "last_year_raw",
    "evidence_raw",
    "deviation_raw",
)
INDICATOR_FIGURES = (
    ("weight", "weight"),
    ("completion_raw", "completion_rate"),
    ("score", "score"),
)
SPOKEN_STAGES = {
    "initial_budget": "budget",
    "annual_budget": "budget",
    "carried_forward": "carryover",
}
_QUOTES = str.maketrans("“”‘’【】〔〕《》", "\"\"''[][]<>")
_NUMBER = re.compile(r"-?\d[\d,]*\.?\d*")
_UNIT = re.compile(r"\((?:万元|元|亿元|%)\)")


@dataclass(slots=True)
class Comparison:
    """Cells of one kind in one or many documents: printed and read, printed only, read only."""

    right: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)

    def add(self, printed: Counter[str], read: Counter[str]) -> None:
        """Count two bags of cells against each other."""
        self.right += printed & read
        self.lost += printed - read
        self.extra += read - printed


Comparisons = dict[str, Comparison]  # by kind of cell, for printing


def folded(value: object) -> str:
    """A string as compared: no white space, one width, one kind of quotes and brackets.

    >>> folded("其中： （一）"), folded(None)
    ('其中:(一)', '')
    """
    if value is None:
        return ""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(value))).translate(_QUOTES)


def label_name(value: object) -> str:
    """The label of a line or column of funds, without 其中 and without its unit.

    >>> label_name("其中：财政拨款（万元）")
    '财政拨款'
    """
    return _UNIT.sub("", re.sub(r"^(?:其中)?:?", "", folded(value))).rstrip(":")


def figure(value: object) -> str:
    """A number of any spelling in one spelling.

    >>> figure("1,284.50万元"), figure(Decimal("10.0")), figure("优")
    ('1284.5', '10', '')
    """
    match = _NUMBER.search(unicodedata.normalize("NFKC", str(value)))
    return format(Decimal(match[0].replace(",", "")).normalize(), "f") if match else ""


def labels_of(path: Path) -> dict[str, Any]:
    """The labels in a file."""
    labels: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return labels


def compare(labels: dict[str, Any], read: Extraction) -> Comparisons:
    """The labels of a document against its records."""
    found = {kind: Comparison() for kind in KINDS}
    paired = _paired(
        [folded(project["name"]) for project in labels["projects"]],
        [folded(project.project_name) for project in read.projects],
    )
    for printed_at, read_at in paired:
        label = None if printed_at is None else labels["projects"][printed_at]
        project = None if read_at is None else read.projects[read_at]
        _compare_project(label, project, read, found)
    printed = Counter(_joined(a["label"], a["amount_wan"]) for a in labels["account_lines"])
    lines = Counter(_joined(line.label, line.amount) for line in read.account_lines)
    found["account lines"].add(printed, lines)
    return found


def _joined(label: str, *figures: object) -> str:
    return " ".join([label_name(label), *(figure(f) or "-" for f in figures)])


def _paired(printed: Sequence[str], read: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """Rows of one name in order; the rest one by one, or alone."""
    matcher = SequenceMatcher(None, printed, read, autojunk=False)
    for _, first, last, start, end in matcher.get_opcodes():
        for offset in range(max(last - first, end - start)):
            yield (
                first + offset if first + offset < last else None,
                start + offset if start + offset < end else None,
            )


def _compare_project(
    label: dict[str, Any] | None, project: Project | None, read: Extraction, found: Comparisons
) -> None:
    label = label or {}
    name = folded(label.get("name") or (project and project.project_name))
    identifier = project.project_id if project else None
    found["project fields"].add(
        _label_cells(name, label, PROJECT_TEXTS, PROJECT_FIGURES),
        _record_cells(name, project, PROJECT_TEXTS, PROJECT_FIGURES),
    )
    funds = [f for f in read.funds if f.project_id == identifier and f.amount is not None]
    _compare_funds(name, label, funds, found)
    scores = [s for s in read.fund_scores if s.project_id == identifier]
    found["fund scores"].add(
        Counter(
            f"{name} {_joined(s['source_label'], s['weight'], s['rate'], s['score'])}"
            for s in label.get("fund_scores", ())
        ),
        Counter(
            f"{name} {_joined(s.source_label, s.weight, s.execution_rate, s.score)}" for s in scores
        ),
    )
    rows = [row for row in read.indicators if row.project_id == identifier]
    _compare_indicators(name, label.get("indicators", []), rows, found)


def _compare_funds(
    name: str, label: dict[str, Any], funds: Sequence[Fund], found: Comparisons
) -> None:
    printed = (
        f"{name} {label_name(f['source_label'])} {_joined(f['stage_label'], f['amount_wan'])}"
        for f in label.get("funds", ())
    )
    read = (
        f"{name} {label_name(f.source_label)} {_joined(f.stage_label, f.amount)}"
        for f in funds
        if f.origin == "form"
    )
    found["fund amounts"].add(Counter(printed), Counter(read))
    spoken = {
        f"{name} {f['stage']} {figure(f['amount_wan'])}" for f in label.get("narrative_amounts", ())
    }
    heard = {
        f"{name} {SPOKEN_STAGES.get(f.stage, f.stage)} {figure(f.amount)}"
        for f in funds
        if f.origin == "text"
    }
    found["amounts of the prose"].add(Counter(spoken), Counter(heard))


def _compare_indicators(
    name: str, labels: Sequence[dict[str, Any]], rows: Sequence[Indicator], found: Comparisons
) -> None:
    texts = [(column, column) for column in INDICATOR_TEXTS]
    paired = _paired([folded(x["level3"]) for x in labels], [folded(r.level3) for r in rows])
    for printed_at, read_at in paired:
        label = {} if printed_at is None else labels[printed_at]
        row = None if read_at is None else rows[read_at]
        where = f"{name} [{folded(label.get('level3') or (row and row.level3))}]"
        found["indicator cells"].add(
            _label_cells(where, label, texts, INDICATOR_FIGURES),
            _record_cells(where, row, texts, INDICATOR_FIGURES),
        )


Columns = Sequence[tuple[str, str]]  # key of the label, attribute of the record


def _label_cells(
    where: str, label: dict[str, Any], texts: Columns, figures: Columns
) -> Counter[str]:
    """The printed cells of one row."""
    cells = [(key, folded(label.get(key))) for key, _ in texts]
    cells += [(key, figure(label.get(key))) for key, _ in figures]
    return Counter(f"{where} {key}={value}" for key, value in cells if value)


def _record_cells(
    where: str, row: Project | Indicator | None, texts: Columns, figures: Columns
) -> Counter[str]:
    """The cells of one row as read."""
    cells = [(key, folded(getattr(row, column, None))) for key, column in texts]
    cells += [(key, figure(getattr(row, column, None))) for key, column in figures]
    return Counter(f"{where} {key}={value}" for key, value in cells if value)


def main() -> None:
    """Print how much of what the labels of the samples say was read."""
    total = {kind: Comparison() for kind in KINDS}
    for sample in sample_paths():
        labels = labels_of(LABELS / f"{sample.stem}.json")
        for name, comparison in compare(labels, extraction_of(sample)).items():
            total[name].right += comparison.right
            total[name].lost += comparison.lost
            total[name].extra += comparison.extra
    for name, comparison in total.items():
        right, lost = comparison.right.total(), comparison.lost.total()
        extra = comparison.extra.total()
        print(f"{name:22} printed {right + lost:5}  read {right:5}  lost {lost:3}  extra {extra:3}")
        for sign, cells in (("-", comparison.lost), ("+", comparison.extra)):
            print("".join(f"  {sign} {cell}\n" for cell in cells), end="")


if __name__ == "__main__":
    main()
