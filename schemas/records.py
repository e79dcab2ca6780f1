"""The records that a document is read into: one immutable class a table, one field a column.

Everything else about a table (Arrow schema, DuckDB DDL, Chinese views, data dictionary, data
package) is generated from these classes by `schemas.tables`. Field order is column order.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated as A

from schemas.columns import (
    CellSource,
    Column,
    Locator,
    Money,
    Percent,
    Points,
    Quantity,
    SqlType,
)
from schemas.immutable import immutable
from schemas.vocabulary import (
    DocumentKind,
    IndicatorKind,
    Operator,
    Origin,
    Scope,
    Source,
    Stage,
    Status,
    StatusCode,
    ValueKind,
    Verified,
)

C = Column


@immutable
class Document:
    """文档: one distinct file content."""

    document_id: A[str, C("文档编号", "SHA-256 of the bytes, hexadecimal.")]
    file_name: A[str, C("文件名", "Name of the file under the first of its sources.")]
    source_uris: A[tuple[str, ...], C("来源", "Every path or URI this content was given under.")]
    media_type: A[str, C("格式", "Media type found from the content, never from the name.")]
    size_bytes: A[int, SqlType("BIGINT"), C("字节数", "Size of the content in bytes.")]
    page_count: A[int | None, C("页数", "Pages; NULL where the format has none.")]
    title: A[str | None, C("标题", "Title as printed.")]
    publisher: A[str | None, C("发布单位", "Unit that publishes the document, as printed.")]
    region: A[str | None, C("地区", "Region in the publisher's or a unit's name, as printed.")]
    fiscal_year: A[int | None, C("年度", "Year reported on.")]
    document_kind: A[DocumentKind, C("文档类别", "What the document is.")]
    status: A[Status, C("状态", "ok, partial or failed.")]
    status_reason: A[str | None, C("状态说明", "Why the status is not ok, for a person to act on.")]
    extractor_version: A[str, C("抽取版本", "Version of code and glossary that read it.")]
    status_code: A[StatusCode | None, C("状态代码", "Why, for programs.")] = None


@immutable
class Section:
    """章节: one headed passage of running text."""

    section_id: A[str, C("章节编号", "Stable identifier.")]
    document_id: A[str, C("文档编号", "The document.")]
    project_id: A[str | None, C("项目编号", "The project whose report holds it; NULL outside any.")]
    ordinal: A[int, C("序号", "Order in the document, from 1.")]
    level: A[int, C("层级", "Depth of the heading, from 1; 0 for text before any heading.")]
    number: A[str | None, C("标号", "Printed number of the heading, such as （一）.")]
    heading: A[str | None, C("标题", "Heading without its number.")]
    text: A[str, C("正文", "The passage below the heading, as printed.")]
    locator: A[Locator, C("出处", "Place of the text.")]


@immutable
class Project:
    """项目: one project, or one whole department, that a document reports on."""

    project_id: A[str, C("项目编号", "Stable identifier.")]
    document_id: A[str, C("文档编号", "The document.")]
    ordinal: A[int, C("序号", "Order in the document, from 1.")]
    scope: A[Scope, C("范围", "project, or department for 部门整体支出.")]
    project_name: A[str | None, C("项目名称", "Name of the project; of the unit for a department.")]
    unit: A[str | None, C("实施单位", "Unit that spends: 实施单位 or 预算单位.")]
    competent_department: A[str | None, C("主管部门", "Department in charge.")]
    fiscal_year: A[int | None, C("年度", "Year reported on.")]
    form: A[str | None, C("表式", "Fingerprint of the labels the form was recognised by.")]
    has_form: A[bool, C("有无自评表", "Whether the self-evaluation form itself is present.")]
    goal_expected: A[str | None, C("预期目标", "Annual goal.")]
    goal_actual: A[str | None, C("实际完成情况", "What was achieved of the goal.")]
    weight_total: A[Points | None, C("总分值", "Printed sum of weights.")]
    score_total: A[Points | None, C("总得分", "Printed total score.")]
    score_total_resolution: A[Points | None, C("总得分末位", "Size of its last printed digit.")]
    rating: A[str | None, C("评价等级", "Printed grade, such as 优.")]
    verified: A[Verified, C("核验", "Whether the form's own arithmetic proves the extraction.")]
    proofs: A[tuple[str, ...], C("核验依据", "Identities that held or failed.")]
    cells: A[tuple[CellSource, ...], C("单元格", "Printed string and place of each column.")]
    locator: A[Locator, C("出处", "Place of the form, or of the report without one.")]


@immutable
class Fund:
    """资金: one published amount."""

    fund_id: A[str, C("资金编号", "Stable identifier.")]
    project_id: A[str, C("项目编号", "The project.")]
    document_id: A[str, C("文档编号", "The document.")]
    ordinal: A[int, C("序号", "Order in the project, from 1.")]
    origin: A[Origin, C("出处类别", "form, or text for running text.")]
    source: A[Source, C("来源类别", "Where the money comes from.")]
    source_label: A[str, C("来源名称", "Label of the line as printed; 总额 where none is.")]
    stage: A[Stage, C("阶段类别", "Which amount of the budget cycle.")]
    stage_label: A[str, C("阶段名称", "Label of the column as printed.")]
    amount: A[Money | None, C("金额", "Amount in 万元.")]
    resolution: A[Money | None, C("末位", "Size of the last printed digit, in 万元.")]
    raw: A[str, C("原文", "Amount as printed.")]
    unit: A[str, C("单位", "Unit it was printed in: 元, 万元 or 亿元.")]
    locator: A[Locator, C("出处", "Place of the amount.")]


@immutable
class FundScore:
    """资金得分: the weight, rate and score printed beside one line of funds."""

    project_id: A[str, C("项目编号", "The project.")]
    document_id: A[str, C("文档编号", "The document.")]
    ordinal: A[int, C("序号", "Order in the project, from 1.")]
    source: A[Source, C("来源类别", "Where the money comes from.")]
    source_label: A[str, C("来源名称", "Label of the line as printed; 总额 where none is.")]
    weight: A[Points | None, C("分值", "Weight of the line.")]
    execution_rate: A[Percent | None, C("执行率", "Printed rate in percent points.")]
    rate_resolution: A[Percent | None, C("执行率末位", "Size of the rate's last printed digit.")]
    score: A[Points | None, C("得分", "Score of the line.")]
    score_resolution: A[Points | None, C("得分末位", "Size of the score's last printed digit.")]
    cells: A[tuple[CellSource, ...], C("单元格", "Printed string and place of each column.")]
    locator: A[Locator, C("出处", "Place of the line.")]


@immutable
class Indicator:
    """指标: one third-level indicator."""

    indicator_id: A[str, C("指标编号", "Stable identifier.")]
    project_id: A[str, C("项目编号", "The project.")]
    document_id: A[str, C("文档编号", "The document.")]
    ordinal: A[int, C("序号", "Order in the project, from 1.")]
    level1: A[str | None, C("一级指标", "First level as printed, carried down merged cells.")]
    level2: A[str | None, C("二级指标", "Second level as printed, carried down merged cells.")]
    level3: A[str, C("三级指标", "Name of the indicator.")]
    level1_kind: A[IndicatorKind | None, C("一级类别", "First level, normalised.")]
    level2_kind: A[IndicatorKind | None, C("二级类别", "Second level, normalised.")]
    target_raw: A[str | None, C("年度指标值", "Target; operator, value and unit cells joined.")]
    target_op: A[Operator | None, C("目标运算符", "Relation asked for.")]
    target_value: A[Quantity | None, C("目标值", "Number; percent points for percentages.")]
    target_high: A[Quantity | None, C("目标上限", "Upper end of a range.")]
    target_resolution: A[Quantity | None, C("目标末位", "Size of its last printed digit.")]
    target_date: A[date | None, C("目标日期", "Last day allowed, for a date.")]
    target_unit: A[str | None, C("目标单位", "Unit as printed.")]
    target_kind: A[ValueKind | None, C("目标类别", "number, percent, date or text.")]
    actual_raw: A[str | None, C("实际完成值", "Actual value as printed.")]
    actual_op: A[Operator | None, C("完成运算符", "Operator printed before the actual value.")]
    actual_value: A[Quantity | None, C("完成值", "Number; percent points for percentages.")]
    actual_resolution: A[Quantity | None, C("完成末位", "Size of its last printed digit.")]
    actual_date: A[date | None, C("完成日期", "Day reached, for a date; its last possible day.")]
    actual_unit: A[str | None, C("完成单位", "Unit as printed.")]
    actual_kind: A[ValueKind | None, C("完成类别", "number, percent, date or text.")]
    weight: A[Points | None, C("分值", "Weight.")]
    weight_resolution: A[Points | None, C("分值末位", "Size of its last printed digit.")]
    completion_rate: A[Percent | None, C("完成率", "Printed rate in percent points.")]
    completion_resolution: A[Percent | None, C("完成率末位", "Size of its last printed digit.")]
    score: A[Points | None, C("得分", "Score.")]
    score_resolution: A[Points | None, C("得分末位", "Size of its last printed digit.")]
    rule_raw: A[str | None, C("赋分规则", "Scoring rule as printed.")]
    basis_raw: A[str | None, C("指标值设定依据", "Basis of the target as printed.")]
    last_year_raw: A[str | None, C("上年完成值", "Last year's value as printed.")]
    evidence_raw: A[str | None, C("佐证资料", "Evidence as printed.")]
    deviation_raw: A[str | None, C("偏差原因", "Reason for a deviation as printed.")]
    cells: A[tuple[CellSource, ...], C("单元格", "Printed string and place of each column.")]
    locator: A[Locator, C("出处", "Place of the row.")]


@immutable
class AccountLine:
    """决算: one amount of a department's final accounts."""

    account_id: A[str, C("决算编号", "Stable identifier.")]
    document_id: A[str, C("文档编号", "The document.")]
    ordinal: A[int, C("序号", "Order in the document, from 1.")]
    section: A[str | None, C("章节", "Heading it stands under, or name of the table.")]
    label: A[str, C("名称", "What the amount is, as printed.")]
    class_: A[str | None, C("类", "Functional class.")]
    category: A[str | None, C("款", "Functional category.")]
    item: A[str | None, C("项", "Functional item.")]
    stage: A[Stage | None, C("阶段类别", "Which amount of the budget cycle; executed for 决算.")]
    amount: A[Money | None, C("金额", "Amount in 万元.")]
    resolution: A[Money | None, C("末位", "Size of the last printed digit, in 万元.")]
    change: A[Money | None, C("增减额", "Change against last year in 万元, signed.")]
    change_pct: A[Percent | None, C("增减率", "Change in percent points, signed.")]
    share_pct: A[Percent | None, C("占比", "Share of its whole in percent points.")]
    reason: A[str | None, C("原因", "Reason given for the change.")]
    raw: A[str, C("原文", "Amount as printed.")]
    locator: A[Locator, C("出处", "Place of the amount.")]


@immutable
class Claim:
    """陈述: one rate, count or date that running text states about a project."""

    claim_id: A[str, C("陈述编号", "Stable identifier.")]
    project_id: A[str | None, C("项目编号", "The project.")]
    document_id: A[str, C("文档编号", "The document.")]
    ordinal: A[int, C("序号", "Order in the document, from 1.")]
    kind: A[str, C("类别", "execution_rate, count, share, date, …")]
    subject: A[str | None, C("对象", "What it is about, as printed.")]
    value: A[Quantity | None, C("数值", "Number; percent points for rates.")]
    resolution: A[Quantity | None, C("末位", "Size of its last printed digit.")]
    unit: A[str | None, C("单位", "Unit as printed.")]
    operator: A[Operator | None, C("运算符", "Bound the words set (不少于: >=), NULL for a fact.")]
    heading: A[str | None, C("标题", "Heading of the passage, or label of the cell, it stands in.")]
    sentence: A[str | None, C("语句", "Sentence it stands in, white space taken out.")]
    raw: A[str, C("原文", "The words as printed.")]
    locator: A[Locator, C("出处", "Place of the words.")]


@immutable
class ScoringRule:
    """赋分规则: one scoring rule, from the document's own words or from a rule pack."""

    rule_id: A[str, C("规则编号", "Stable identifier.")]
    document_id: A[str | None, C("文档编号", "The document; NULL for a rule of a pack.")]
    pack: A[str | None, C("规则包", "Name of the pack; NULL for a document's own rule.")]
    applies_to: A[str, C("适用范围", "What it scores.")]
    condition: A[str | None, C("条件", "When it applies.")]
    formula: A[str | None, C("公式", "How the score follows.")]
    raw: A[str, C("原文", "The rule as printed, or its source.")]
    locator: A[Locator | None, C("出处", "Place of the words; NULL for a pack.")]


@immutable
class Reject:
    """未读: what looked like data and could not be read."""

    document_id: A[str, C("文档编号", "The document.")]
    project_id: A[str | None, C("项目编号", "The project; NULL outside any.")]
    reason: A[str, C("原因", "Why, in Chinese, for a person to act on.")]
    raw: A[str, C("原文", "What stands there.")]
    locator: A[Locator, C("出处", "Its place.")]


@immutable
class Extraction:
    """All that was read from one document, in document order."""

    document: Document
    sections: tuple[Section, ...] = ()
    projects: tuple[Project, ...] = ()
    funds: tuple[Fund, ...] = ()
    fund_scores: tuple[FundScore, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    account_lines: tuple[AccountLine, ...] = ()
    claims: tuple[Claim, ...] = ()
    scoring_rules: tuple[ScoringRule, ...] = ()
    rejects: tuple[Reject, ...] = ()
