"""One file in, its records out: read, recognise, normalise.

Bad input becomes a status, never an exception.
"""

from __future__ import annotations

import gc
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from extractors.accounts_tables import read_account_tables
from extractors.document import Document, Paragraph, UnreadableDocument
from extractors.forms.form import Form
from extractors.forms.records import make_records, sources
from extractors.prose.accounts import read_account_lines
from extractors.prose.claims import read_prose
from extractors.prose.outline import Passage, cell_passage, outline
from extractors.prose.scoring import read_scoring_rules
from extractors.readers import route
from extractors.readers.limits import MAX_ARCHIVE_DEPTH
from extractors.readers.sniff import sniff
from extractors.reports import Named, Report, split_reports, unit_in_text, year_of
from extractors.values import parse_points, parse_year
from schemas import ids, records
from schemas.columns import CellSource, Locator
from schemas.labels import fold
from schemas.version import extractor_version
from schemas.vocabulary import DocumentKind, Status

log = logging.getLogger(__name__)

NOTHING_FOUND = "未发现绩效自评表、自评报告或部门决算内容，请确认文件是否正确"
SOME_LOST = "有 {count} 处内容未能读出，见“未读”表"
_REGION = re.compile(r"^(?:[\u4e00-\u9fff]{2,8}?(?:省|自治区|自治州|地区|市|县|区|旗|州|盟))+")
_UNKNOWN_LABEL = "未识别的标签"


def read_document(data: bytes, name: str) -> Document:
    """The blocks of one file that is no archive. Raises UnreadableDocument."""
    return route.read(data)


def extract(data: bytes, name: str) -> tuple[records.Extraction, ...]:
    """Every document in a file: one, or those inside an archive (`archive.zip!member`)."""
    with _collector_paused():
        return tuple(_extractions(data, name))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No search for cycles while one file is read: it makes many small objects and no cycles, and
    looking for them again and again costs a seventh of the time and more.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


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


def _extraction(data: bytes, name: str, document: Document) -> records.Extraction:
    identifier = ids.document_id(data)
    passages = outline(document)
    reports = split_reports(document)
    accounts = read_account_lines(passages, identifier)
    made = records.Extraction(_document(data, name, document.media_type, "ok", None))
    owners: dict[int, str] = {}  # block -> project whose report holds it
    years = _years(reports, document)
    for ordinal, report in enumerate(reports, start=1):
        project_id = ids.project_id(identifier, ordinal)
        made = _with_report(made, report, document, project_id, ordinal, years[ordinal - 1])
        if not accounts:
            owners |= dict.fromkeys(range(report.first, report.last + 1), project_id)
    made = _with_prose(made, passages, owners, reports)
    tables = read_account_tables(document, identifier, len(accounts) + 1)
    lost = tuple(
        records.Reject(identifier, None, problem.reason, problem.raw, problem.locator)
        for problem in (*document.problems, *tables.problems)
        if not problem.notice
    )
    row_rules = frozenset(i.rule_raw for i in made.indicators if i.rule_raw)
    rules = read_scoring_rules(document, identifier, row_rules)
    made = replace(made, account_lines=(*accounts, *tables.lines), scoring_rules=rules)
    made = replace(made, rejects=(*made.rejects, *lost))
    return replace(made, document=_described(made, document, reports))


def _years(reports: tuple[Report, ...], document: Document) -> list[int | None]:
    """The year of each report; one that names none is of the year that all others are of."""
    years = [year_of(report, document) for report in reports]
    known = {year for year in years if year}
    return [year or (min(known) if len(known) == 1 else None) for year in years]


def _with_report(
    made: records.Extraction,
    report: Report,
    document: Document,
    project_id: str,
    ordinal: int,
    year: int | None,
) -> records.Extraction:
    """The extraction with one more project."""
    identifier = made.document.document_id
    project = _project(report, document, identifier, project_id, ordinal, year)
    if report.form is None:
        return replace(made, projects=(*made.projects, project))
    form = make_records(report.form, identifier, project_id, year)
    return replace(
        made,
        projects=(*made.projects, project),
        funds=(*made.funds, *form.funds),
        fund_scores=(*made.fund_scores, *form.fund_scores),
        indicators=(*made.indicators, *form.indicators),
        rejects=(*made.rejects, *form.rejects),
    )


def _project(
    report: Report,
    document: Document,
    identifier: str,
    project_id: str,
    ordinal: int,
    year: int | None,
) -> records.Project:
    form = report.form or Form()
    names = _names(report, document)
    department = report.is_department
    unit = names.get("department_name") or names.get("unit")
    name = names.get("project_name")
    competent = names.get("competent_department")
    if department:
        unit = unit or names.get("project_name")
        name = unit
    else:
        unit = unit or names.get("department_and_unit")
    weight = form.weight_total or form.block_weight
    total = parse_points(form.score_total.text) if form.score_total else None
    points = parse_points(_points_in(weight.text)) if weight else None
    cells = _project_cells(form, names)
    return records.Project(
        project_id=project_id,
        document_id=identifier,
        ordinal=ordinal,
        scope="department" if department else "project",
        project_name=name.text if name else report.printed_name,
        unit=unit.text if unit else None,
        competent_department=competent.text if competent else None,
        fiscal_year=year,
        form=_fingerprint(form),
        has_form=report.form is not None,
        goal_expected=_goal(report, "goal_expected"),
        goal_actual=_goal(report, "goal_actual"),
        weight_total=points.value if points else None,
        score_total=total.value if total else None,
        score_total_resolution=total.resolution if total else None,
        rating=form.rating.text if form.rating else None,
        verified="unproved",
        proofs=(),
        cells=cells,
        locator=_place(report, document),
    )


def _names(report: Report, document: Document) -> dict[str, Named]:
    """The names a report prints: the form's first, the cover's where the form has none."""
    names = dict(report.names)
    if report.form:
        names |= {k: Named(c.text, c.raw, c.locator) for k, c in report.form.names.items()}
    elif "unit" not in names and (unit := unit_in_text(report, document)):
        names["unit"] = unit
    return names


def _points_in(text: str) -> str:
    """The points a block label prints (`项目绩效实现情况(80分)`), or the cell as it is."""
    match = re.search(r"[（(](\d+(?:\.\d+)?)分[）)]", text)
    return match[1] if match else text


def _goal(report: Report, which: str) -> str | None:
    cells = getattr(report.form, which) if report.form else []
    return "\n".join(cell.text for cell in cells) or None


def _project_cells(form: Form, names: dict[str, Named]) -> tuple[CellSource, ...]:
    found = tuple(
        CellSource(column, named.raw, named.locator)
        for column, named in sorted(names.items())
        if column in ("project_name", "unit", "competent_department", "department_name")
    )
    pairs = [("goal_expected", c) for c in form.goal_expected]
    pairs += [("goal_actual", c) for c in form.goal_actual]
    named = (("weight_total", form.weight_total), ("score_total", form.score_total))
    pairs += [(n, c) for n, c in (*named, ("rating", form.rating)) if c]
    return found + sources(pairs)


def _fingerprint(form: Form) -> str | None:
    """The labels a form was recognised by, in order: equal for forms of one family."""
    return "|".join(fold(label) for label in form.labels) or None


def _place(report: Report, document: Document) -> Locator:
    """Place of the form, or of the report without one."""
    if report.form and report.form.places:
        first, last = report.form.places[0], report.form.places[-1]
    else:
        blocks = document.blocks[report.first : report.last + 1]
        first, last = blocks[0].locator, blocks[-1].locator
    if first.char_start is not None and last.char_end is not None:
        return Locator(char_start=first.char_start, char_end=last.char_end)
    return first


def _with_prose(
    made: records.Extraction,
    passages: tuple[Passage, ...],
    owners: dict[int, str],
    reports: tuple[Report, ...],
) -> records.Extraction:
    """Sections, and what running text and the goals of the form state about the project."""
    identifier = made.document.document_id
    sections, funds = [], list(made.funds)
    claims: list[records.Claim] = []
    for ordinal, passage in enumerate(passages, start=1):
        project_id = owners.get(passage.first_block)
        sections.append(_section(passage, ordinal, identifier, project_id))
    for project, report in zip(made.projects, reports, strict=True):
        for passage in _form_passages(report):
            ordinal = len(sections) + 1
            sections.append(_section(passage, ordinal, identifier, project.project_id))
    for project, report in zip(made.projects, reports, strict=True):
        own = tuple(p for p in passages if owners.get(p.first_block) == project.project_id)
        own += _goal_passages(report)
        first = sum(1 for fund in made.funds if fund.project_id == project.project_id) + 1
        facts = read_prose(own, project.project_id, identifier, first, len(claims) + 1)
        funds.extend(facts.funds)
        claims.extend(facts.claims)
    return replace(made, sections=tuple(sections), funds=tuple(funds), claims=tuple(claims))


def _goal_passages(report: Report) -> tuple[Passage, ...]:
    """The long texts of a form as running text: its goals, and what it says at large."""
    if report.form is None:
        return ()
    texts = [("预期目标", cell) for cell in report.form.goal_expected]
    texts += [("实际完成情况", cell) for cell in report.form.goal_actual]
    goals = tuple(cell_passage(heading, cell, report.last) for heading, cell in texts)
    return goals + _form_passages(report)


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
