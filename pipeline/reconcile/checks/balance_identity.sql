-- 资金结余应等于到位数（没有的，为预算数）减去执行数。
-- id: A03
-- kind: parts_do_not_sum
-- scope: document
-- severity: high
-- summary: {source_label}{balance_label}印为 {actual} 万元，而{whole_label} {whole} 万元减执行 {executed} 万元为 {expected} 万元
-- basis: 财预〔2020〕10号：资金到位、执行与结余应当勾稽
-- applies: 既印结余又印执行数的资金行
-- excuse: 结余中含上年结转，或执行数的统计口径与到位数不同
-- The balance may be taken from what was paid in, from the annual budget, or from 年初 plus 调整; carried-in
-- money may be counted in. It breaks only when none of them fits.
WITH carried AS (
  SELECT project_id, {'low': sum(low), 'high': sum(high)} AS carried FROM money
  WHERE source = 'carryover' AND stage IN ('annual_budget', 'appropriated') GROUP BY project_id
), lined AS (
  SELECT l.*, coalesce(c.carried.low, 0) AS more_low, coalesce(c.carried.high, 0) AS more_high,
    coalesce(appropriated, annual, initial) AS whole,
    balance.clear AND executed.clear AND coalesce(appropriated.clear, TRUE) AND coalesce(annual.clear, TRUE)
      AND coalesce(initial.clear, TRUE) AND coalesce(adjustment.clear, TRUE) AS clear
  FROM fund_lines l LEFT JOIN carried c USING (project_id)
  WHERE balance IS NOT NULL AND executed IS NOT NULL
), based AS (
  SELECT *, unnest([
    {'low': appropriated.low, 'high': appropriated.high}, {'low': annual.low, 'high': annual.high},
    {'low': initial.low + adjustment.low, 'high': initial.high + adjustment.high},
    {'low': appropriated.low + more_low, 'high': appropriated.high + more_high}]) AS base
  FROM lined
), judged AS (
  SELECT project_id, source_label, any_value(document_id) AS document_id, any_value(whole) AS whole,
    any_value(executed) AS executed, any_value(balance) AS balance, any_value(clear) AS clear,
    bool_or(meets(base.low - executed.high, base.high - executed.low, balance.low, balance.high)) AS fits
  FROM based GROUP BY project_id, source_label
)
SELECT project_id, document_id, source_label, balance.label AS balance_label, whole.label AS whole_label,
  whole.amount AS whole, executed.amount AS executed, whole.amount - executed.amount AS expected,
  balance.amount AS actual, '万元' AS unit,
  gap(whole.low - executed.high, whole.high - executed.low, balance.low, balance.high) AS difference,
  CASE WHEN clear THEN fits END AS holds,
  CASE WHEN whole IS NULL THEN '没有到位数或预算数' ELSE '金额未能读清，或不知道印到第几位小数' END AS reason,
  [whole.id, executed.id, balance.id] AS evidence
FROM judged
