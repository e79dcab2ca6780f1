-- 正文所说的资金到位率应等于到位金额除以预算数。
-- id: E03 B05
-- kind: rate_mismatch
-- scope: document
-- severity: medium
-- summary: 正文资金到位率 {actual}%，而到位 {arrived} 万元 ÷ {budget_label} {budget} 万元 = {expected}%
-- basis: 绩效自评报告前后应当一致
-- applies: 正文写有资金到位率、到位金额和预算数的项目
-- excuse: 到位率按计划到位数计算
-- confidence: review
-- Any budget that the text or the form prints may be the base.
WITH rate AS (
  SELECT c.claim_id, c.project_id, c.document_id, c.value, c.resolution, c.ordinal,
    spoken_lo(c.value, c.resolution) AS low, spoken_hi(c.value, c.resolution) AS high
  FROM claims c WHERE c.kind = 'rate' AND c.unit = '%' AND c.operator IS NULL AND c.value IS NOT NULL
    AND regexp_matches(simple(c.subject), '^(?:项目|财政|专项|预算|实际|的)*资金(?:实际)?到位率$|^到位率$')
    AND NOT regexp_matches(coalesce(c.heading, ''), '目标$|目标设定')
), arrived AS (
  SELECT project_id, fund_id, amount, lo(amount, resolution) AS low, hi(amount, resolution) AS high
  FROM stated_totals WHERE stage = 'appropriated' AND NOT other_year AND amount > 0
), base AS (
  SELECT project_id, stage_label AS label, amount, lo(amount, resolution) AS low, hi(amount, resolution) AS high, fund_id AS id, 1 AS priority, ordinal
  FROM stated_totals WHERE stage IN ('annual_budget', 'initial_budget') AND NOT other_year AND amount > 0
  UNION ALL
  SELECT project_id, source_label || stage_label, amount, low, high, fund_ids[1], 2, ordinal FROM money
  WHERE stage IN ('annual_budget', 'initial_budget') AND amount > 0
), pair AS (
  SELECT r.*, a.amount AS arrived, a.fund_id, b.label, b.amount AS budget, b.id, b.priority, b.ordinal AS place,
    rate_meets(a.low, a.high, b.low, b.high, r.low, r.high) AS fits
  FROM rate r JOIN arrived a USING (project_id) JOIN base b USING (project_id)
), whole AS (
  SELECT claim_id, any_value(project_id) AS project_id, any_value(document_id) AS document_id, any_value(value) AS value,
    bool_or(coalesce(fits, FALSE)) AS fits, count(DISTINCT arrived) AS amounts,
    arg_min({'arrived': arrived, 'fund_id': fund_id, 'label': label, 'budget': budget, 'id': id}, (priority, place)) AS shown
  FROM pair GROUP BY claim_id
)
SELECT project_id, document_id, shown.arrived AS arrived, shown.label AS budget_label, shown.budget AS budget,
  rate_of(shown.arrived, shown.budget) AS expected, value AS actual,
  abs(rate_of(shown.arrived, shown.budget) - value) AS difference, '%' AS unit,
  CASE WHEN fits THEN TRUE WHEN amounts > 1 THEN NULL ELSE FALSE END AS holds,
  '正文写有几个到位金额' AS reason, [claim_id, shown.fund_id, shown.id] AS evidence
FROM whole
