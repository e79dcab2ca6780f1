-- 偏差原因所说的增减应与上年完成值相符。
-- id: D16
-- kind: other
-- scope: document
-- severity: medium
-- summary: {level3}说明“{quote}”，而完成值 {actual_raw} 比上年完成值 {last_year_raw} {direction}
-- basis: 项目支出绩效自评表“偏差原因分析”“上年完成值”栏
-- applies: 偏差原因说到本年增减、又印有上年完成值的指标
-- excuse: 原因说的是另一项工作量
WITH told AS (
  SELECT m.project_id, m.document_id, m.indicator_id, m.level3, m.actual_raw, i.last_year_raw, m.actual_value AS actual, m.actual_spelling, m.target_spelling,
    i.deviation_raw, regexp_extract(regexp_replace(i.deviation_raw, '\s', '', 'g'), '((?:因|由于)?(?:本年|今年|当年|较上年|比上年|同比)[^。；]*(?:增多|增加|上升|增长|减少|下降|降低)[^。；]*)', 1) AS quote,
    TRY_CAST(replace(regexp_extract(i.last_year_raw, '^\s*[=＝﹦]?\s*([0-9][0-9,]*\.?[0-9]*)\s*[\p{L}%％]*\s*$', 1), ',', '') AS DECIMAL(20, 8)) AS past,
    fold_unit(regexp_extract(i.last_year_raw, '([\p{L}%％]+)\s*$', 1)) AS past_unit
  FROM measures m JOIN indicators i USING (indicator_id)
  WHERE i.last_year_raw IS NOT NULL AND i.deviation_raw IS NOT NULL AND m.actual_kind IN ('number', 'percent')
), judged AS (
  SELECT *, regexp_matches(quote, '增多|增加|上升|增长') AS up, regexp_matches(quote, '减少|下降|降低') AS down,
    coalesce(past_unit, actual_spelling, '') = coalesce(actual_spelling, past_unit, '') AS same
  FROM told WHERE quote <> '' AND past > 0
)
SELECT project_id, document_id, indicator_id, level3, left(quote, 60) AS quote, actual_raw, last_year_raw, past AS expected, actual,
  abs(actual - past) AS difference, actual_spelling AS unit, CASE WHEN up THEN '少' ELSE '多' END AS direction,
  CASE WHEN up AND down OR NOT same THEN NULL WHEN up THEN actual >= past ELSE actual <= past END AS holds,
  '增减都有，或单位不同' AS reason,
  [cell(indicator_id, 'deviation_raw'), cell(indicator_id, 'actual_raw'), cell(indicator_id, 'last_year_raw')] AS evidence
FROM judged
