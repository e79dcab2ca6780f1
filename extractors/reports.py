"""Parts a document into reports: running text with its cover lines, its form, or both."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from extractors.accounts_tables import account_table_of
from extractors.document import Cell, Document, Paragraph, Table
from extractors.forms.form import Form
from extractors.forms.page import unit_line
from extractors.forms.recognise import TITLE, recognise
from extractors.values import is_blank, parse_year
from schemas import labels
from schemas.columns import Locator
from schemas.immutable import immutable

LOOK_BACK = 5  # paragraphs between a form's title and its grid
TITLE_LENGTH = 60  # characters; a longer line is a sentence
_REPORT_TITLE = re.compile(
    r"绩效.{0,4}(?:自评|自我评价|自评价|评价).{0,4}报告(?:[（(][^（）()]*[）)])?$"
)
_NAME_IN_TITLE = re.compile(
    r"^(?:关于)?(?:20\d\d年度)?(?P<name>.+?)的?(?:支出)?(?:预算)?(?:绩效)(?:自评|自我评价|自评价|评价).{0,4}报告"
)
_NO_NAME = re.compile(
    r"^(?:20\d\d年度?)?(?:.{0,20}(?:部门|单位)?整体|项目|预算项目|财政项目)?(?:支出)?$"
)
_COVER_LINE = re.compile(r"^(?P<label>[^:：]{2,20})[:：]\s*(?P<value>.*)$", re.DOTALL)
_UNIT_OF_MONEY = re.compile(r"\s(?:金额)?单位[:：]\s*\S*元\s*$")  # right of a name, on its line
_YEAR_LINE = re.compile(r"^[（(]?\s*20\d\d\s*年度?\s*[）)]?$")
_FIRST_CHAPTER = re.compile(r"^\s*一、")
_YEAR_MENTION = re.compile(r"(?<![〔\[【（(\d])(20[0-4]\d)\s*年(度)?(?![^，。]{0,12}号)")
_BESIDE_NAME = re.compile(r"^[0-9A-Za-z()（）-]+-|[“”\"《》\-—]")  # code, quotes, dashes
_ORGANISATION = re.compile(
    r"^(?P<unit>[\u4e00-\u9fff（）]{3,30}?(?:局|委员会|委|办公室|中心|厅|院|校|所|站|队|处|馆|政府|部|会|社|大队|支队))"
    r"(?:[（(]以下简称|系|是[^否]|的?主要(?:任务|职能|职责)|成立于|为[^了]|机关规格|负责)"
)
_BY_THREE_PLANS = re.compile(r"根据“三定”方案，(?P<unit>[^，。]{3,30}?)负责")


@immutable
class Named:
    """A name printed on a report's cover: the value, and where it stands."""

    text: str
    raw: str
    locator: Locator


@dataclass(slots=True)
class Report:
    """One report: `first` and `last` are its blocks; `form` is None where the form is missing."""

    first: int
    last: int
    names: dict[str, Named] = field(default_factory=dict)
    title: Paragraph | None = None
    form: Form | None = None
    paragraphs: int = 0

    @property
    def printed_name(self) -> str | None:
        """The name the report itself prints: in the form, on the cover, in its title."""
        if self.form and self.form.name:
            return self.form.name.text
        if named := self.names.get("project_name") or self.names.get("department_name"):
            return named.text
        return name_in_title(self.title.text) if self.title else None

    @property
    def is_department(self) -> bool:
        """Whether it is about a whole department."""
        if self.form:
            return self.form.is_department or bool(self.title and "整体" in self.title.text)
        return bool(self.title and "整体" in self.title.text)

    @property
    def counts(self) -> bool:
        """Whether there is a project to publish."""
        return self.form is not None or bool(
            self.names.get("project_name") or (self.title and self.paragraphs > 2)
        )


def name_in_title(title: str) -> str | None:
    """The project a report's title names, or None where it names none.

    >>> name_in_title("关于乡镇图书分馆建设项目的绩效自评报告")
    '乡镇图书分馆建设项目'
    >>> name_in_title("河湖水质自动监测项目支出绩效自评报告（2023年度）")
    '河湖水质自动监测项目'
    >>> name_in_title("项目支出绩效自评报告") is None
    True
    """
    match = _NAME_IN_TITLE.match(title.strip())
    name = match["name"].strip() if match else ""
    return None if not name or _NO_NAME.match(name) else name


def split_reports(document: Document) -> tuple[Report, ...]:
    """The reports of a document, in order."""
    splitter = _Splitter(document)
    for index, block in enumerate(document.blocks):
        if isinstance(block, Table):
            splitter.table(index, block)
        else:
            splitter.paragraph(index, block)
    return tuple(report for report in splitter.reports if report.counts)


class _Splitter:
    def __init__(self, document: Document) -> None:
        self.blocks = document.blocks
        self.reports: list[Report] = [Report(0, 0)]
        self.waiting: Form | None = None  # names, or targets alone: their results may follow

    @property
    def current(self) -> Report:
        return self.reports[-1]

    def _begin(self, index: int) -> Report:
        self.reports.append(Report(index, index))
        return self.current

    def paragraph(self, index: int, block: Paragraph) -> None:
        report = self.current
        if cover := cover_line(block):
            name, named = cover
            if name == "project_name" and (report.form or report.names or report.paragraphs > 8):
                report = self._begin(index)
            if named:
                report.names.setdefault(name, named)
        elif self._is_title(block):
            if report.form or report.names or report.paragraphs:
                report = self._begin(index)
            report.title = report.title or block
        elif report.form and _FIRST_CHAPTER.match(block.text):
            report = self._begin(index)
        if not (cover or report.title is block):
            report.paragraphs += len(block.text) > 12
        report.last = index

    def _is_title(self, block: Paragraph) -> bool:
        text = block.text
        if "绩效" not in text or "报告" not in text:
            return False
        text = text.strip()
        short = len(text) < TITLE_LENGTH and not text.startswith("附")
        return short and bool(_REPORT_TITLE.search(text))

    def table(self, index: int, block: Table) -> None:
        if account_table_of(self.blocks, index):
            return
        for form in recognise(block, self._unit_above(index)):
            self._form(index, form)

    def _form(self, index: int, form: Form) -> None:
        report = self.current
        waiting, self.waiting = self.waiting, None
        if form.name is None and waiting and self._goes_on(index, waiting, form):
            waiting.absorb(form)
            form = waiting
        elif form.name is None and report.form and self._goes_on(index, report.form, form):
            report.form.absorb(form)
            report.last = index
            return
        self._before(index, form)
        if form.is_empty or not form.is_evaluation:
            self.waiting = form if form.owner else None
            return
        if waiting and form.is_score_sheet and form.is_department and not form.names:
            form.names = dict(waiting.names)
        unit = report.names.get("unit")
        if form.is_score_sheet and form.owner is None and not (form.is_department and unit):
            if not report.counts or (report.form and report.form.indicators):
                return
            if report.form:
                report.form.absorb(form)
                report.last = index
                return
        if report.form is not None or not _same(report, form):
            report = self._begin(index)
        report.form, report.last = form, index

    def _goes_on(self, index: int, begun: Form, form: Form) -> bool:
        """Whether a grid without a name or title is the rest of the form before it."""
        more = begun.score_total is None and begun.indicator_fields == form.indicator_fields
        if begun.indicators and form.indicators and not more:
            return False
        if form.title or (begun.funds and form.funds):
            return False
        above = self.blocks[index - 1] if index else None
        return not (isinstance(above, Paragraph) and TITLE.search(above.text))

    def _unit_above(self, index: int) -> str:
        """The unit of money in the lines between a grid and what stands before it."""
        for above in range(index - 1, max(index - 1 - LOOK_BACK, -1), -1):
            block = self.blocks[above]
            if not isinstance(block, Paragraph):
                break
            if unit := unit_line(block.text[-TITLE_LENGTH:]):
                return unit
            if len(block.text) > TITLE_LENGTH:
                break
        return "万元"

    def _before(self, index: int, form: Form) -> None:
        """Title and year of the form from the lines above its grid."""
        for above in range(index - 1, max(index - 1 - LOOK_BACK, -1), -1):
            block = self.blocks[above]
            if not isinstance(block, Paragraph) or len(block.text) > TITLE_LENGTH:
                return
            if form.year is None and not _is_filing(block):
                form.year = parse_year(block.text)
            if form.title is None and TITLE.search(block.text):
                form.title = Cell(0, 0, block.text, block.raw, block.locator)
                return


def cover_line(block: Paragraph) -> tuple[str, Named | None] | None:
    """The field and value of a cover line (`实施单位（公章）：…`); None for a blank value."""
    if len(block.text) > 120 or not ("：" in block.text or ":" in block.text):
        return None
    match = _COVER_LINE.match(block.raw)
    name = labels.field(match["label"], "head") if match else None
    if not match or name not in ("project_name", "unit", "competent_department", "department_name"):
        return None
    value = _UNIT_OF_MONEY.sub("", match["value"]).strip()
    if is_blank(value):
        return name, None
    where = block.locator
    if where.char_start is not None:
        start = where.char_start + match.start("value")
        where = Locator(char_start=start, char_end=start + len(value))
    return name, Named(value, value, where)


def _is_cover(block: Paragraph) -> bool:
    """A line that is the label and value of a name, a person or a day of filing."""
    match = _COVER_LINE.match(block.raw) if len(block.text) < 120 else None
    return bool(match and labels.field(match["label"], "head"))


def _is_filing(block: Paragraph) -> bool:
    """A line with who filled a form in, or when."""
    match = _COVER_LINE.match(block.raw)
    return bool(match and labels.field(match["label"], "head") == "person")


def _same(report: Report, form: Form) -> bool:
    """Whether a form belongs to the report before it: nothing printed speaks against it."""
    printed = report.names.get("project_name")
    title = report.title.text if report.title else ""
    if printed is None or form.name is None:
        return form.is_department or "整体" not in title
    one, other = _key(printed.text), _key(form.name.text)
    return one in other or other in one


def _key(name: str) -> str:
    """A name without code, quotes and the word 项目, to compare."""
    return _BESIDE_NAME.sub("", labels.fold(name)).removesuffix("项目")


def year_of(report: Report, document: Document) -> int | None:
    """The year reported on: the form's, the title's, else the year the text speaks of most."""
    if report.form and report.form.year:
        return report.form.year
    for named in _title_lines(report, document):
        if year := parse_year(named):
            return year
    counts: Counter[int] = Counter()
    for block in document.blocks[report.first : report.last + 1]:
        if isinstance(block, Paragraph) and not _is_cover(block):
            for year, whole in _YEAR_MENTION.findall(block.text):
                counts[int(year)] += 3 if whole else 1
    if not counts:
        return None
    return max(counts, key=lambda year: (counts[year], year))


def _title_lines(report: Report, document: Document) -> list[str]:
    """The title and the short lines under it, one of which is often the year (（2023年度）)."""
    if report.title is None:
        return []
    at = document.blocks.index(report.title)
    below = document.blocks[at + 1 : at + 3]
    short = [b.text for b in below if isinstance(b, Paragraph) and _YEAR_LINE.match(b.text)]
    return [report.title.text, *short]


def unit_in_text(report: Report, document: Document) -> Named | None:
    """The unit whose duties the first lines describe, where no cover line names it."""
    for block in document.blocks[report.first : min(report.last, report.first + 12) + 1]:
        if not isinstance(block, Paragraph):
            continue
        match = _ORGANISATION.match(block.text) or _BY_THREE_PLANS.match(block.text)
        if match and (at := block.raw.find(match["unit"])) >= 0:
            where = block.locator
            if where.char_start is not None:
                start = where.char_start + at
                where = Locator(char_start=start, char_end=start + len(match["unit"]))
            return Named(match["unit"], match["unit"], where)
    return None
