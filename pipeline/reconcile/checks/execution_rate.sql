-- 印出的执行率应等于执行数除以全年预算数（有的表以年初预算数或到位数为分母）。
-- id: B01 B02
-- kind: rate_mismatch
-- scope: document
-- severity: high
-- summary: {source_label}执行率印为 {actual}%，而执行数 {executed} 万元 ÷ {budget_label} {budget} 万元 = {expected}%
-- basis: 项目支出绩效自评表“执行率”栏；财预〔2020〕10号
-- applies: 印有执行率的资金行
-- excuse: 以年初预算数或到位数为分母
-- proof: 执行率=执行数÷预算数（{source_label}）
-- A rate cut off instead of rounded differs in its last digit only and is no contradiction. A rate
-- printed as a fraction (0.97) is read as 97 %. A rate that fits the total but stands beside another
-- line was printed in the wrong row.
WITH lined AS (
  SELECT s.project_id, s.document_id, s.ordinal, s.source, s.source_label, s.execution_rate AS rate,
    coalesce(s.rate_resolution, last_digit(s.execution_rate)) AS digit,
    l.annual, l.initial, l.appropriated, l.executed,
    coalesce(l.annual, l.initial, l.appropriated) AS budget,
    t.annual AS total_annual, t.executed AS total_executed, t.source_label AS total_label
  FROM fund_scores s
  LEFT JOIN fund_lines l ON (l.project_id, l.source_label) = (s.project_id, s.source_label)
  LEFT JOIN (SELECT * FROM fund_lines WHERE source = 'total'
    QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY ordinal) = 1) t
    ON t.project_id = s.project_id
  WHERE s.execution_rate IS NOT NULL
), ranged AS (
  SELECT *, least(lo(rate, digit), cut_lo(rate, digit)) AS low,
    greatest(hi(rate, digit), cut_hi(rate, digit)) AS high, rate > 0 AND rate <= 1.5 AS fraction
  FROM lined
), fitted AS (
  SELECT *, rate_of(executed.amount, budget.amount) AS quotient,
    coalesce(budget.clear AND executed.clear, FALSE) AS clear,
    coalesce(rate_meets(executed.low, executed.high, annual.low, annual.high, low, high), FALSE)
    OR coalesce(rate_meets(executed.low, executed.high, initial.low, initial.high, low, high), FALSE)
    OR coalesce(rate_meets(executed.low, executed.high, appropriated.low, appropriated.high, low, high),
      FALSE)
    OR (fraction AND coalesce(rate_meets(executed.low, executed.high, budget.low, budget.high,
      low * 100, high * 100), FALSE)) AS fits,
    source <> 'total' AND total_executed.clear AND total_annual.clear AND coalesce(rate_meets(
      total_executed.low, total_executed.high, total_annual.low, total_annual.high, low, high), FALSE)
      AS fits_total
  FROM ranged
), judged AS (
  SELECT *, CASE WHEN NOT clear OR budget.amount <= 0 OR executed.amount < 0 THEN NULL ELSE fits END
    AS verdict
  FROM fitted
)
SELECT project_id, document_id, source_label, budget.label AS budget_label,
  budget.amount AS budget, executed.amount AS executed, quotient AS expected, rate AS actual,
  abs(quotient - rate) AS difference, '%' AS unit, verdict AS holds,
  CASE WHEN executed IS NULL OR budget IS NULL THEN '没有同一行的预算数与执行数'
    WHEN NOT clear THEN '金额未能读清，或不知道印到第几位小数'
    WHEN budget.amount <= 0 OR executed.amount < 0 THEN '预算数为零，执行率无从计算' END AS reason,
  CASE WHEN fits_total OR abs(quotient - rate) <= 1 THEN 'low' END AS severity,
  CASE WHEN fits_total THEN '与' || total_label || '的执行率一致，疑印错行' END AS note,
  [budget.id, executed.id, fund_score_cell(project_id, ordinal, 'execution_rate')] AS evidence
FROM judged
