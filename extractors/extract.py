"""One file in, its records out: read, recognise, normalise.

Bad input becomes a status, never an exception.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeVar

from extractors.accounts_tables import read_account_tables
from extractors.collector import collector_paused
from extractors.document import Document, Paragraph, UnreadableDocument
from extractors.forms.form import Form
from extractors.forms.records import FormRecords, make_records
from extractors.projects import make_project
from extractors.prose.accounts import read_account_lines
from extractors.prose.claims import ProseFacts, read_prose
from extractors.prose.outline import Passage, cell_passage, outline
from extractors.prose.scoring import read_scoring_rules
from extractors.readers import route
from extractors.readers.limits import MAX_ARCHIVE_DEPTH
from extractors.readers.sniff import sniff
from extractors.reports import Report, split_reports, year_of
from extractors.values import parse_year
from schemas import ids, records
from schemas.version import extractor_version
from schemas.vocabulary import DocumentKind, Status

log = logging.getLogger(__name__)

NOTHING_FOUND = "未发现绩效自评表、自评报告或部门决算内容，请确认文件是否正确"
SOME_LOST = "有 {count} 处内容未能读出，见“未读”表"
_REGION = re.compile(r"^(?:[\u4e00-\u9fff]{2,8}?(?:省|自治区|自治州|地区|市|县|区|旗|州|盟))+")
_UNKNOWN_LABEL = "未识别的标签"

Record = TypeVar("Record")


def read_document(data: bytes, name: str) -> Document:
    """The blocks of one file that is no archive. Raises UnreadableDocument."""
    return route.read(data)


def extract(data: bytes, name: str) -> tuple[records.Extraction, ...]:
    """Every document in a file: one, or those inside an archive (`archive.zip!member`)."""
    with collector_paused():
        return tuple(_extractions(data, name))


def _extractions(data: bytes, name: str, depth: int = 0) -> Iterator[records.Extraction]:
    try:
        kind = sniff(data)
        if kind == "zip":
            yield from _archive(data, name, depth)
            return
        document = route.read_as(data, kind)
    except UnreadableDocument as unreadable:
        yield _unread(data, name, unreadable.reason)
        return
    yield _extraction(data, name, document)


def _archive(data: bytes, name: str, depth: int) -> Iterator[records.Extraction]:
    from extractors.readers.archive import members

    if depth >= MAX_ARCHIVE_DEPTH:
        raise UnreadableDocument(f"压缩包嵌套超过 {MAX_ARCHIVE_DEPTH} 层，未读取，请解压后再试")
    found = False
    for member, content in members(data):
        found = True
        inside = f"{name}!{member}"
        if isinstance(content, UnreadableDocument):
            yield _unread(member.encode(), inside, content.reason)
        else:
            yield from _extractions(content, inside, depth + 1)
    if not found:
        raise UnreadableDocument("压缩包内没有文件")


def _unread(data: bytes, name: str, reason: str) -> records.Extraction:
    return records.Extraction(_document(data, name, "application/octet-stream", "failed", reason))


def _document(
    data: bytes, name: str, media_type: str, status: Status, reason: str | None
) -> records.Document:
    return records.Document(
        document_id=ids.document_id(data),
        file_name=name,
        source_uris=(),
        media_type=media_type,
        size_bytes=len(data),
        page_count=None,
        title=None,
        publisher=None,
        region=None,
        fiscal_year=None,
        document_kind="other",
        status=status,
        status_reason=reason,
        extractor_version=extractor_version(),
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """One report as read: its project, and the records of its form."""

    report: Report
    project: records.Project
    form: FormRecords


def _extraction(data: bytes, name: str, document: Document) -> records.Extraction:
    described = _document(data, name, document.media_type, "ok", None)
    identifier = described.document_id
    passages = outline(document)
    reports = split_reports(document)
    accounts = read_account_lines(passages, identifier)
    read = _read_reports(reports, document, identifier)
    sections, prose = _prose(read, passages, {} if accounts else _owners(read), identifier)
    tables = read_account_tables(document, identifier, len(accounts) + 1)
    lost = tuple(
        records.Reject(identifier, None, problem.reason, problem.raw, problem.locator)
        for problem in (*document.problems, *tables.problems)
        if not problem.notice
    )
    indicators = _all(each.form.indicators for each in read)
    row_rules = frozenset(i.rule_raw for i in indicators if i.rule_raw)
    made = records.Extraction(
        described,
        sections=sections,
        projects=tuple(each.project for each in read),
        funds=(*_all(each.form.funds for each in read), *prose.funds),
        fund_scores=_all(each.form.fund_scores for each in read),
        indicators=indicators,
        account_lines=(*accounts, *tables.lines),
        claims=prose.claims,
        scoring_rules=read_scoring_rules(document, identifier, row_rules),
        rejects=(*_all(each.form.rejects for each in read), *lost),
    )
    return replace(made, document=_described(made, document, reports))


def _all(groups: Iterable[Iterable[Record]]) -> tuple[Record, ...]:
    return tuple(chain.from_iterable(groups))


def _years(reports: tuple[Report, ...], document: Document) -> list[int | None]:
    """The year of each report; one that names none is of the year that all others are of."""
    years = [year_of(report, document) for report in reports]
    known = {year for year in years if year}
    return [year or (min(known) if len(known) == 1 else None) for year in years]


def _read_reports(reports: tuple[Report, ...], document: Document, identifier: str) -> list[_Read]:
    """The projects of a document, in order."""
    read = []
    years = _years(reports, document)
    for ordinal, (report, year) in enumerate(zip(reports, years, strict=True), start=1):
        project_id = ids.project_id(identifier, ordinal)
        project = make_project(report, document, identifier, project_id, ordinal, year)
        form = make_records(report.form or Form(), identifier, project_id, year)
        read.append(_Read(report, project, form))
    return read


def _owners(read: Sequence[_Read]) -> dict[int, str]:
    """The project whose report holds a block."""
    owners: dict[int, str] = {}
    for each in read:
        blocks = range(each.report.first, each.report.last + 1)
        owners |= dict.fromkeys(blocks, each.project.project_id)
    return owners


def _prose(
    read: Sequence[_Read],
    passages: Sequence[Passage],
    owners: Mapping[int, str],
    identifier: str,
) -> tuple[tuple[records.Section, ...], ProseFacts]:
    """Sections, and what running text and the goals of the form state about the projects."""
    sections: list[records.Section] = []
    stated: dict[str | None, list[Passage]] = defaultdict(list)
    for passage in passages:
        project_id = owners.get(passage.first_block)
        sections.append(_section(passage, len(sections) + 1, identifier, project_id))
        stated[project_id].append(passage)
    for each in read:
        project_id = each.project.project_id
        texts = _form_passages(each.report)
        for passage in texts:
            sections.append(_section(passage, len(sections) + 1, identifier, project_id))
        stated[project_id] += (*_goal_passages(each.report), *texts)
    funds: list[records.Fund] = []
    claims: list[records.Claim] = []
    for each in read:
        project_id = each.project.project_id
        first = len(each.form.funds) + 1
        facts = read_prose(stated[project_id], project_id, identifier, first, len(claims) + 1)
        funds += facts.funds
        claims += facts.claims
    return tuple(sections), ProseFacts(tuple(funds), tuple(claims))


def _goal_passages(report: Report) -> tuple[Passage, ...]:
    """The goals of a form as running text."""
    if report.form is None:
        return ()
    texts = [("预期目标", cell) for cell in report.form.goal_expected]
    texts += [("实际完成情况", cell) for cell in report.form.goal_actual]
    return tuple(cell_passage(heading, cell, report.last) for heading, cell in texts)


def _form_passages(report: Report) -> tuple[Passage, ...]:
    """The other long texts of a form, such as 存在问题, each under its label as a heading."""
    texts = report.form.texts if report.form else []
    return tuple(cell_passage(heading, cell, report.last) for heading, cell in texts)


def _section(
    passage: Passage, ordinal: int, identifier: str, project_id: str | None
) -> records.Section:
    return records.Section(
        section_id=ids.section_id(identifier, ordinal),
        document_id=identifier,
        project_id=project_id,
        ordinal=ordinal,
        level=passage.level,
        number=passage.number,
        heading=passage.heading,
        text=passage.text,
        locator=passage.locator,
    )


def _described(
    made: records.Extraction, document: Document, reports: tuple[Report, ...]
) -> records.Document:
    """The document's own row, from what was found in it."""
    title = document.title or _title(document, reports)
    publisher = next((p.unit or p.competent_department for p in made.projects), None)
    region = _REGION.match(publisher or title or "")
    years = [p.fiscal_year for p in made.projects if p.fiscal_year]
    lost = sum(not reject.reason.startswith(_UNKNOWN_LABEL) for reject in made.rejects)
    status: Status = "ok"
    reason = "；".join(dict.fromkeys(p.reason for p in document.problems if p.notice)) or None
    if not made.projects and not made.account_lines:
        status, reason = "partial", NOTHING_FOUND
    elif lost:
        status, reason = "partial", SOME_LOST.format(count=lost)
    return replace(
        made.document,
        page_count=document.page_count,
        title=title,
        publisher=publisher,
        region=region.group() if region else None,
        fiscal_year=years[0] if years else parse_year(title or ""),
        document_kind=_kind(made, reports),
        status=status,
        status_reason=reason,
    )


def _title(document: Document, reports: tuple[Report, ...]) -> str | None:
    """The first report's title; else the first line if it is short."""
    for report in reports:
        if report.title:
            return report.title.text
        if report.form and report.form.title and report.first == 0 and report.paragraphs < 2:
            return report.form.title.text
    first = next((b for b in document.blocks if isinstance(b, Paragraph)), None)
    return first.text if first and len(first.text) < 60 and "：" not in first.text else None


def _kind(made: records.Extraction, reports: tuple[Report, ...]) -> DocumentKind:
    if made.account_lines:
        return "department_accounts"
    if not reports:
        return "other"
    return "project_report" if any(report.paragraphs > 3 for report in reports) else "form"
