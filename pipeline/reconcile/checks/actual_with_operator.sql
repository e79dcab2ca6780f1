-- 实际完成值应当是一个确定的值，不应照抄目标的“以下”“之前”。
-- id: D04
-- kind: other
-- scope: document
-- severity: low
-- summary: {level3}的完成值填为“{actual_raw}”，是界限而不是完成值
-- basis: 项目支出绩效自评表填表说明：实际完成值填写实际完成的数值
-- applies: 完成值带有“≥”“以下”“之前”等字样的数值、日期指标
-- excuse: 系统自动带出运算符
-- A form that prints an operator before most of its actual values does so by its system.
WITH counted AS (
  SELECT *, count(*) FILTER (actual_op IN ('>=', '<=', '>', '<')) OVER form AS bounded, count(actual_raw) OVER form AS filled
  FROM measures WINDOW form AS (PARTITION BY project_id)
)
SELECT project_id, document_id, indicator_id, level3, actual_raw,
  CASE WHEN regexp_matches(actual_raw, '(?:已|完成|达到|实现)[^0-9]*$') OR actual_kind = 'text' THEN TRUE
    WHEN bounded > 2 OR bounded * 2 > filled THEN NULL
    WHEN actual_kind = 'date' AND regexp_matches(trim(actual_raw), '前$') THEN FALSE
    WHEN actual_kind IN ('number', 'percent') AND (regexp_matches(trim(actual_raw), '(?:以下|以内|以上|之内)$')
      OR fold_text(actual_raw) = fold_text(target_raw)) THEN FALSE END AS holds,
  '可能是系统带出的运算符' AS reason, [cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw')] AS evidence
FROM counted WHERE actual_op IN ('>=', '<=', '>', '<')
