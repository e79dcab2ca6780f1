"""One file as the reader understood it: blocks, grids, labels, records, and what is left over."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Table as Rows
from rich.text import Text

from extractors.document import Block, Document, Paragraph, Table
from pipeline.errors import UserError
from pipeline.show.original import (
    MEMBER,
    block_text,
    covers,
    line_number,
    read_document_of,
    read_source,
)
from pipeline.show.plain import figure, to_text
from pipeline.show.screen import NARROWEST, PADDING, console, grid, sheet
from schemas import chinese
from schemas.columns import CellSource, Locator
from schemas.labels import meanings
from schemas.records import Extraction, Fund, Indicator
from schemas.tables import EXTRACTION_TABLES, table

LABEL, VALUE, LEFT_OVER = "cyan", "green", "yellow"
LEGEND = (("标签", LABEL), ("读出的值", VALUE), ("没有用到", LEFT_OVER))
KINDS = {"source": ("来源", chinese.SOURCES), "stage": ("阶段", chinese.STAGES)}


@dataclass(frozen=True, slots=True)
class Reading:
    """One value that was read: whose it is, which, what is printed and what it was taken for."""

    owner: str
    field: str
    raw: str
    value: str
    locator: Locator


def inspect(uri: str) -> None:
    """Write what is read from one file, or from one file inside an archive (`archive.zip!name`)."""
    from extractors.extract import extract

    data = read_source(uri)
    if data is None:
        raise UserError(f"没有这个文件：{uri}")
    out = console()
    extractions = extract(data, Path(uri).name)
    if len(extractions) > 1 or MEMBER in extractions[0].document.file_name:
        for extraction in extractions:
            _heading(extraction, out)
            if extraction.document.status != "failed":
                member = extraction.document.file_name.partition(MEMBER)[2]
                out.print(f"逐格查看：jixiao inspect {shlex.quote(f'{uri}{MEMBER}{member}')}")
        return
    _heading(extractions[0], out)
    if extractions[0].document.status == "failed":
        return
    document = read_document_of(data, uri)
    readings = tuple(read_values(extractions[0]))
    _blocks(document, tuple(reading.locator for reading in readings), out)
    _readings(document, readings, out)
    _rejects(document, extractions[0], out)


def read_values(extraction: Extraction) -> Iterator[Reading]:
    """Every value of an extraction, project by project, in document order."""
    for project in extraction.projects:
        owner = f"项目 {project.ordinal} {project.project_name or project.unit or ''}".rstrip()
        yield from _cells(owner, "projects", "", project.cells)
        for fund in extraction.funds:
            if fund.project_id == project.project_id:
                yield _fund(owner, fund)
        for line in extraction.fund_scores:
            if line.project_id == project.project_id:
                yield from _cells(owner, "fund_scores", f"{line.source_label} ", line.cells)
        for indicator in extraction.indicators:
            if indicator.project_id == project.project_id:
                prefix = f"指标 {indicator.ordinal} "
                yield from _cells(owner, "indicators", prefix, indicator.cells, indicator)
    for account in extraction.account_lines:
        amount = "" if account.amount is None else f"{figure(account.amount)} 万元"
        yield Reading("部门决算", account.label, account.raw, amount, account.locator)
    for claim in extraction.claims:
        value = f"{to_text(claim.value)}{claim.unit or ''}"
        yield Reading("正文", claim.subject or claim.kind, claim.raw, value, claim.locator)


def field_name(field: str) -> str:
    """The Chinese of a glossary field.

    >>> field_name("stage:executed"), field_name("target"), field_name("score")
    ('阶段：全年执行数', '年度指标值', '得分')
    """
    kind, _, word = field.partition(":")
    if kind in KINDS:
        title, words = KINDS[kind]
        return f"{title}：{words.get(word, word)}"
    for name in ("projects", "indicators", "fund_scores"):
        if found := _column(name, field) or _column(name, f"{field}_raw"):
            return found
    return field


def _column(name: str, column: str) -> str | None:
    return next((c.chinese for c in table(name).columns if column in (c.name, c.attribute)), None)


def _cells(
    owner: str,
    name: str,
    prefix: str,
    cells: Sequence[CellSource],
    indicator: Indicator | None = None,
) -> Iterator[Reading]:
    for cell in cells:
        field = prefix + (_column(name, cell.column) or cell.column)
        yield Reading(owner, field, cell.raw, _understood(cell.column, indicator), cell.locator)


def _understood(column: str, indicator: Indicator | None) -> str:
    """What a target or an actual value was taken for; other columns are what they print."""
    if indicator is None or column not in ("target_raw", "actual_raw"):
        return ""
    if column == "target_raw":
        op, value, high = indicator.target_op, indicator.target_value, indicator.target_high
        day, unit = indicator.target_date, indicator.target_unit
    else:
        op, value, high = indicator.actual_op, indicator.actual_value, None
        day, unit = indicator.actual_date, indicator.actual_unit
    ends = [to_text(each) for each in (value, high, day) if each is not None]
    return f"{op or ''}{'–'.join(ends)}{unit or ''}" if ends else "文字"


def _fund(owner: str, fund: Fund) -> Reading:
    stage, source = chinese.STAGES[fund.stage], chinese.SOURCES[fund.source]
    words = "正文 " if fund.origin == "text" else ""
    amount = "空" if fund.amount is None else f"{figure(fund.amount)} 万元"
    field = f"{words}{fund.source_label} {fund.stage_label}"
    return Reading(owner, field, fund.raw, f"{amount}（{source} · {stage}）", fund.locator)


def _heading(extraction: Extraction, out: Console) -> None:
    document = extraction.document
    out.rule(document.file_name, align="left", characters="━")
    counts = "，".join(
        f"{spec.chinese} {len(getattr(extraction, spec.name))}"
        for spec in EXTRACTION_TABLES[1:]  # the first is the document itself
        if getattr(extraction, spec.name)
    )
    status = chinese.STATUSES[document.status]
    out.print(
        sheet(
            (
                ("格式", document.media_type),
                ("字节数", document.size_bytes),
                ("页数", document.page_count),
                ("类别", chinese.DOCUMENT_KINDS[document.document_kind]),
                ("标题", document.title),
                ("年度", document.fiscal_year),
                ("状态", "：".join(filter(None, (status, document.status_reason)))),
                ("读出", counts or "没有可用的内容"),
            )
        )
    )


def _blocks(document: Document, values: Sequence[Locator], out: Console) -> None:
    seen = 0
    tables = 0
    for is_table, group in groupby(document.blocks, key=lambda block: isinstance(block, Table)):
        blocks: tuple[Block, ...] = tuple(group)
        if not is_table:
            _paragraphs(document, [b for b in blocks if isinstance(b, Paragraph)], seen, out)
            seen += len(blocks)
            continue
        for block in blocks:
            if isinstance(block, Table):
                tables += 1
                _table(document, block, tables, values, out)


def _paragraphs(
    document: Document, paragraphs: Sequence[Paragraph], before: int, out: Console
) -> None:
    first, last = before + 1, before + len(paragraphs)
    out.print(Text(f"\n段落 {first}–{last}，{_where(document, paragraphs[0].locator)}", "bold"))
    for paragraph in paragraphs:
        known = meanings(paragraph.text)
        line = Text("  " + block_text(paragraph), style=LABEL if known else "")
        line.truncate(out.width, overflow="ellipsis")
        out.print(line, soft_wrap=True)


def _table(
    document: Document, block: Table, number: int, values: Sequence[Locator], out: Console
) -> None:
    size = f"{block.row_count} 行 × {block.column_count} 列"
    where = _where(document, block.locator)
    out.print(Text(f"\n表格 {number}，{size}，{where}", style="bold"))
    if out.color_system is not None:
        out.print(Text.assemble("颜色  ", *((f"{word}  ", style) for word, style in LEGEND)))
    labels: dict[str, str] = {}
    unused: list[str] = []
    rows: list[list[Text]] = []
    for printed in block.rows():
        row = [Text("") for _ in range(block.column_count)]
        for cell in printed:
            text = block_text(cell)
            style = _style(cell.text, cell.locator, values)
            if style == LABEL:
                fields = dict.fromkeys(field_name(field) for field, _ in meanings(cell.text))
                labels[text] = "、".join(fields)
            elif style == LEFT_OVER:
                unused.append(text)
            row[cell.column] = Text(text, style=style)
        rows.append(row)
    if (block.column_count + 1) * (NARROWEST + PADDING) <= out.width:
        names = ("行", *(str(column + 1) for column in range(block.column_count)))
        numbered = [[Text(str(n), "dim"), *row] for n, row in enumerate(rows, start=1)]
        out.print(grid(names, numbered, lines=True))
    else:  # too many columns for the width: a row's cells one after the other
        lines = Rows(box=None, show_header=False, pad_edge=False)
        lines.add_column(justify="right", style="dim")
        lines.add_column(overflow="fold")
        for n, row in enumerate(rows, start=1):
            filled = [cell for cell in row if cell.plain]
            lines.add_row(str(n), Text(" │ ").join(filled))
        out.print(lines)
    if labels:
        out.print(Text("标签 → 字段", style="bold"))
        out.print(sheet(labels.items()))
    if unused:
        out.print(Text("没有用到的单元格", style="bold"))
        out.print(Text("、".join(unused), style=LEFT_OVER))


def _style(text: str, locator: Locator, values: Sequence[Locator]) -> str:
    if not text:
        return ""
    if any(covers(locator, value) or covers(value, locator) for value in values):
        return VALUE
    return LABEL if meanings(text) else LEFT_OVER


def _readings(document: Document, readings: Sequence[Reading], out: Console) -> None:
    for owner, group in groupby(readings, key=lambda reading: reading.owner):
        out.print(Text(f"\n{owner}", style="bold underline"))
        rows = [(r.field, r.raw, r.value, _where(document, r.locator)) for r in group]
        out.print(grid(("字段", "原文", "读作", "出处"), rows))


def _rejects(document: Document, extraction: Extraction, out: Console) -> None:
    if not extraction.rejects:
        return
    out.print(Text(f"\n没有读懂的（{len(extraction.rejects)}）", style="bold underline"))
    rows = [(r.reason, r.raw, _where(document, r.locator)) for r in extraction.rejects]
    out.print(grid(("原因", "原文", "出处"), rows))


def _where(document: Document, locator: Locator) -> str:
    if document.source_text is not None and locator.char_start is not None:
        return f"第 {line_number(document.source_text, locator.char_start)} 行"
    return chinese.place(locator.page, locator.path, locator.char_start, locator.char_end)
