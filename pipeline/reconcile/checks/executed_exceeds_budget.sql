-- 全年执行数不应大于同一来源的全年预算数。
-- id: A06 A07
-- kind: executed_exceeds_budget
-- scope: document
-- severity: high
-- summary: {source_label}执行 {actual} 万元，超过{budget_label} {expected} 万元
-- basis: 《中华人民共和国预算法》第十三条（未列入预算的不得支出）
-- applies: 印有执行数的资金行；没有自评表而正文写有预算与支出总额的报告
-- excuse: 执行数含上年结转或其他资金；年中追加未计入预算
-- The budget is the annual (adjusted) one; where none is printed, 年初 plus 调整, else what was paid in.
-- 年初预算 alone is no limit: money is added during the year. A part that exceeds its budget where the
-- total does too has the same cause and is not counted again. Running text counts where there is no form and it
-- states one budget and one total that was spent.
WITH budgeted AS (
  SELECT l.*,
    CASE WHEN annual IS NOT NULL THEN annual
      WHEN initial IS NOT NULL AND adjustment IS NOT NULL THEN
        {'amount': initial.amount + adjustment.amount, 'low': initial.low + adjustment.low,
         'high': initial.high + adjustment.high, 'cut_low': initial.cut_low + adjustment.cut_low,
         'cut_high': initial.cut_high + adjustment.cut_high,
         'label': initial.label || '加' || adjustment.label, 'id': initial.id,
         'clear': initial.clear AND adjustment.clear}
      ELSE appropriated END AS budget
  FROM fund_lines l WHERE executed IS NOT NULL
), spoken_stage AS (
  SELECT t.project_id, t.stage, any_value(t.document_id) AS document_id,
    {'amount': any_value(t.amount), 'low': min(spoken_lo(t.amount, t.resolution)), 'high': max(spoken_hi(t.amount, t.resolution)),
      'cut_low': min(spoken_lo(t.amount, t.resolution)), 'cut_high': max(spoken_hi(t.amount, t.resolution)),
      'label': '正文所述' || any_value(t.stage_label), 'id': any_value(t.fund_id), 'clear': count(DISTINCT t.amount) = 1} AS f
  FROM stated_totals t WHERE NOT t.has_form AND NOT t.other_year
    AND t.stage IN ('initial_budget', 'adjustment', 'annual_budget', 'appropriated', 'carried_forward', 'executed')
  GROUP BY t.project_id, t.stage
), candidate AS (
  SELECT project_id, document_id, source, source_label, executed, budget FROM budgeted
  UNION ALL
  SELECT e.project_id, e.document_id, 'total', '正文所述项目资金', e.f, b.f
  FROM spoken_stage e JOIN spoken_stage b ON b.project_id = e.project_id AND b.stage = 'annual_budget'
  WHERE e.stage = 'executed' AND NOT EXISTS (SELECT 1 FROM spoken_stage o WHERE o.project_id = e.project_id
    AND o.stage NOT IN ('executed', 'annual_budget', 'initial_budget'))
), judged AS (
  SELECT *, executed.low <= budget.high AS rounds, executed.cut_low < budget.cut_high AS cuts,
    budget.clear AND executed.clear AS clear,
    coalesce(budget.amount > 0 AND executed.amount BETWEEN budget.amount * 9999 AND budget.amount * 10001,
      FALSE) AS ten_thousandfold
  FROM candidate
), caused AS (
  SELECT *, source <> 'total' AND coalesce(bool_or(source = 'total' AND clear AND NOT rounds)
    OVER (PARTITION BY project_id), FALSE) AS total_breaks
  FROM judged
)
SELECT project_id, document_id, source_label, budget.label AS budget_label,
  budget.amount AS expected, executed.amount AS actual,
  greatest(executed.low - budget.high, 0) AS difference, '万元' AS unit,
  CASE WHEN NOT coalesce(clear, FALSE) OR ten_thousandfold OR (total_breaks AND NOT rounds) THEN NULL
    ELSE rounds END AS holds,
  CASE WHEN budget IS NULL THEN '没有全年预算数'
    WHEN NOT coalesce(clear, FALSE) THEN '金额未能读清，或同一栏印有两个不同的金额'
    WHEN ten_thousandfold THEN '正好相差一万倍，疑为元与万元混用'
    WHEN total_breaks AND NOT rounds THEN '与总额超预算同一原因，不重复计' END AS reason,
  CASE WHEN cuts THEN 'low' END AS severity,
  CASE WHEN cuts THEN '按截断则一致' END AS note,
  [budget.id, executed.id] AS evidence
FROM caused
