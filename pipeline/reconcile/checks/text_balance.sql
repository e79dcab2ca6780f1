-- 正文所述的预算（或到位）减去支出应等于正文所述的结余，年初预算加减调整应等于全年预算。
-- id: E05
-- kind: parts_do_not_sum
-- scope: document
-- severity: high
-- summary: 正文：{budget_label} {budget} 万元，{executed_label} {executed} 万元，{result} {expected} 万元，印为 {actual} 万元
-- basis: 结余=预算数－执行数；全年预算数=年初预算数＋预算调整数
-- applies: 正文写有预算、支出和结余总额，或年初预算、追加（调减）额和全年预算的项目
-- excuse: 结余中含上年结转；年中有几次调整
-- confidence: review
-- Each amount must be stated once. A balance that fits the budget or what was paid in is accepted, and so is
-- one that fits the form's amounts.
WITH figure AS (
  SELECT project_id, document_id, CASE WHEN stage IN ('balance', 'carried_forward', 'reclaimed') THEN 'balance'
      ELSE stage END AS stage, fund_id, stage_label, amount, resolution,
    spoken_lo(amount, resolution) AS low, spoken_hi(amount, resolution) AS high
  FROM stated_totals
  WHERE NOT other_year
    AND stage IN ('initial_budget', 'adjustment', 'annual_budget', 'appropriated', 'executed', 'balance', 'carried_forward', 'reclaimed')
), stated AS (
  SELECT project_id, stage, any_value(document_id) AS document_id, count(DISTINCT amount) AS figures,
    any_value({'id': fund_id, 'label': stage_label, 'amount': amount, 'low': low, 'high': high}) AS f
  FROM figure GROUP BY project_id, stage
), joined AS (
  SELECT r.project_id, r.document_id, r.f AS balance, e.f AS executed, r.figures > 1 OR e.figures > 1 AS many,
    b.stage, b.f AS budget, b.figures > 1 AS many_budgets
  FROM stated r JOIN stated e ON e.project_id = r.project_id AND e.stage = 'executed'
  JOIN stated b ON b.project_id = r.project_id AND b.stage IN ('initial_budget', 'annual_budget', 'appropriated')
  WHERE r.stage = 'balance'
), other AS (
  SELECT t.project_id, bool_or(coalesce(meets(t.annual.low - t.executed.high, t.annual.high - t.executed.low,
    j.balance.low, j.balance.high), FALSE)) AS fits
  FROM fund_lines t JOIN joined j USING (project_id) GROUP BY t.project_id
), judged AS (
  SELECT project_id, any_value(document_id) AS document_id, any_value(balance) AS balance,
    any_value(executed) AS executed, bool_or(many OR many_budgets) AS many,
    arg_min(budget, CASE stage WHEN 'annual_budget' THEN 1 WHEN 'appropriated' THEN 2 ELSE 3 END) AS budget,
    bool_or(coalesce(meets(budget.low - executed.high, budget.high - executed.low, balance.low, balance.high),
      FALSE)) AS fits
  FROM joined GROUP BY project_id
), moved AS (
  SELECT i.project_id, i.document_id, i.f AS initial, a.f AS moved, n.f AS annual,
    CASE WHEN regexp_matches(a.f.label, '减|压') THEN -1 ELSE 1 END AS sign,
    i.figures > 1 OR a.figures > 1 OR n.figures > 1 AS many
  FROM stated i JOIN stated a ON a.project_id = i.project_id AND a.stage = 'adjustment'
  JOIN stated n ON n.project_id = i.project_id AND n.stage = 'annual_budget'
  WHERE i.stage = 'initial_budget' AND n.f.amount <> i.f.amount
)
SELECT j.project_id, j.document_id, '应结余' AS result, budget.label AS budget_label, budget.amount AS budget,
  executed.label AS executed_label, executed.amount AS executed,
  budget.amount - executed.amount AS expected, balance.amount AS actual,
  gap(budget.low - executed.high, budget.high - executed.low, balance.low, balance.high) AS difference,
  '万元' AS unit,
  CASE WHEN j.fits OR coalesce(o.fits, FALSE) THEN TRUE WHEN many OR balance.low IS NULL THEN NULL
    ELSE FALSE END AS holds,
  '同一阶段写有几个总额' AS reason,
  [budget.id, executed.id, balance.id] AS evidence
FROM judged j LEFT JOIN other o USING (project_id)
UNION ALL
SELECT project_id, document_id, '全年预算应为', initial.label, initial.amount, moved.label, moved.amount,
  initial.amount + sign * moved.amount, annual.amount, abs(initial.amount + sign * moved.amount - annual.amount), '万元',
  CASE WHEN meets(initial.low + CASE WHEN sign > 0 THEN moved.low ELSE -moved.high END,
      initial.high + CASE WHEN sign > 0 THEN moved.high ELSE -moved.low END, annual.low, annual.high) THEN TRUE
    WHEN many OR initial.low IS NULL OR moved.low IS NULL OR annual.low IS NULL THEN NULL ELSE FALSE END,
  '同一阶段写有几个总额', [initial.id, moved.id, annual.id]
FROM moved
