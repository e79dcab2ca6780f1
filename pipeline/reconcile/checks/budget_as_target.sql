-- 以预算数为目标值的成本指标，完成值应与执行数一致。
-- id: D11
-- kind: table_vs_text
-- scope: document
-- severity: low
-- summary: {level3}目标“{target_raw}”即{source_label}预算数，完成“{actual_raw}”却不是执行数 {expected} 万元
-- basis: 财预〔2020〕10号：成本指标与预算执行应当相互印证
-- applies: 目标值等于资金总额预算数的金额指标
-- excuse: 目标值与预算数只是巧合
-- confidence: review
-- Only amounts printed with three or more significant digits are taken for the budget's own; a total cost is
-- total_cost_vs_executed's.
WITH total AS (
  SELECT * FROM fund_lines WHERE source = 'total' AND annual.amount > 0 AND executed IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY ordinal) = 1
), cost AS (
  SELECT m.*, t.source_label, t.annual, t.executed, quantity(m.actual_low, wan) AS low, quantity(m.actual_high, wan) AS high,
    quantity(m.actual, wan) AS cost,
    len(ltrim(replace(regexp_extract(m.target_raw, '[0-9][0-9,.]*'), '.', ''), '0')) AS digits
  FROM money_measures m JOIN total t USING (project_id)
  WHERE m.target_high IS NULL AND quantity(m.target, wan) = t.annual.amount
    AND NOT regexp_matches(m.level3, '总成本|总投资|总支出|收入|税|产值|交易|效益|节约|增收')
)
SELECT project_id, document_id, indicator_id, level3, target_raw, source_label, actual_raw, executed.amount AS expected,
  CAST(cost AS DECIMAL(20, 6)) AS actual, '万元' AS unit, CAST(gap(low, high, executed.low, executed.high) AS DECIMAL(20, 6)) AS difference,
  CASE WHEN meets(low, high, executed.low, executed.high) THEN TRUE WHEN digits < 4 OR abs(cost - executed.amount) < 1
    OR cost = annual.amount OR NOT (annual.clear AND executed.clear) THEN NULL ELSE FALSE END AS holds,
  '目标值与预算数相同可能只是巧合，或只差不足 1 万元' AS reason,
  [cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw'), annual.id, executed.id] AS evidence
FROM cost
