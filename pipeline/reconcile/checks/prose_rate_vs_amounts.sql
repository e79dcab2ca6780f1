-- 没有自评表的报告，正文所述的执行率应等于正文所述的支出除以预算。
-- id: E03
-- kind: rate_mismatch
-- scope: document
-- severity: high
-- summary: 正文执行率 {actual}%，而正文{executed_label} {executed} 万元 ÷ {budget_label} {budget} 万元 = {expected}%
-- basis: 执行率=执行数÷预算数
-- applies: 没有自评表、正文写有预算、支出总额和执行率的报告
-- excuse: 执行率以到位数或年初预算为分母
-- confidence: review
-- Any budget the text states may be the denominator; with a form, prose_rate_vs_form compares with that.
WITH stated AS (
  SELECT c.claim_id, c.project_id, c.document_id, c.value AS rate, c.resolution,
    spoken_lo(c.value, c.resolution) AS low, spoken_hi(c.value, c.resolution) AS high
  FROM claims c JOIN projects p USING (project_id)
  WHERE c.kind = 'execution_rate' AND c.value IS NOT NULL AND c.operator IS NULL AND NOT p.has_form
), figure AS (
  SELECT fund_id, project_id, stage, stage_label, amount, spoken_lo(amount, resolution) AS low,
    spoken_hi(amount, resolution) AS high
  FROM stated_totals WHERE stage IN ('initial_budget', 'annual_budget', 'appropriated', 'executed') AND NOT other_year
), pair AS (
  SELECT s.*, e.fund_id AS executed_id, e.stage_label AS executed_label, e.amount AS executed,
    b.fund_id AS budget_id, b.stage_label AS budget_label, b.amount AS budget, b.stage,
    coalesce(rate_meets(e.low, e.high, b.low, b.high, s.low, s.high), FALSE) AS fits
  FROM stated s JOIN figure e ON e.project_id = s.project_id AND e.stage = 'executed'
  JOIN figure b ON b.project_id = s.project_id AND b.stage <> 'executed' AND b.amount > 0
), judged AS (
  SELECT claim_id, any_value(project_id) AS project_id, any_value(document_id) AS document_id,
    any_value(rate) AS rate, any_value(resolution) AS resolution, bool_or(fits) AS fits,
    count(DISTINCT executed_id) AS executions,
    arg_min({'id': executed_id, 'label': executed_label, 'amount': executed}, stage) AS executed,
    arg_min({'id': budget_id, 'label': budget_label, 'amount': budget}, stage) AS budget
  FROM pair GROUP BY claim_id
)
SELECT project_id, document_id, executed.label AS executed_label, executed.amount AS executed,
  budget.label AS budget_label, budget.amount AS budget, rate_of(executed.amount, budget.amount) AS expected,
  rate AS actual, abs(rate_of(executed.amount, budget.amount) - rate) AS difference, '%' AS unit,
  CASE WHEN fits THEN TRUE WHEN resolution IS NULL OR executions > 1 THEN NULL ELSE FALSE END AS holds,
  '正文写有几个支出总额' AS reason, [claim_id, executed.id, budget.id] AS evidence
FROM judged
