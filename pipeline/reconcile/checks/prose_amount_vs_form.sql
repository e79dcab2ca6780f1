-- 正文所述的项目预算总额、执行总额应与自评表一致。
-- id: E01 E02
-- kind: table_vs_text
-- scope: document
-- severity: high
-- summary: 正文：{text_label}{actual} 万元；自评表：{form_label} {expected} 万元，相差 {apart} 万元
-- basis: 绩效自评报告与自评表应当一致
-- applies: 正文与自评表都写有项目总额的项目
-- excuse: 正文取整，或说的是整个规划的资金
-- confidence: review
-- Only amounts that the text states of the whole project (stated_totals in ../text/spoken.py). Any amount of the form that the words may mean
-- is accepted (年初 or 全年 or paid in; the total or one of its sources), and so is what only rounding or
-- truncation sets apart: the text often gives whole 万元. Where the text also states an amount that
-- fits, this one may be of another scope.
WITH stated AS (
  SELECT project_id, document_id, fund_id, ordinal, stage, stage_label AS text_label, amount,
    least(lo(amount, resolution), cut_lo(amount, resolution)) AS low,
    greatest(hi(amount, resolution), cut_hi(amount, resolution)) AS high, resolution,
    CASE WHEN stage = 'executed' THEN 'executed' ELSE 'budget' END AS side, plain
  FROM stated_totals WHERE stage IN ('initial_budget', 'annual_budget', 'executed') AND NOT other_year
), printed AS (
  SELECT m.*, CASE WHEN stage = 'executed' THEN 'executed' ELSE 'budget' END AS side
  FROM money m WHERE amount IS NOT NULL
    AND stage IN ('initial_budget', 'annual_budget', 'appropriated', 'executed')
), compared AS (
  SELECT s.project_id, any_value(s.document_id) AS document_id, s.fund_id, any_value(s.side) AS side,
    any_value(s.text_label) AS text_label, any_value(s.amount) AS amount,
    any_value(s.resolution) AS resolution,
    bool_or(coalesce(meets(s.low, s.high, p.low, p.high), FALSE)) AS fits,
    bool_or(coalesce(s.amount BETWEEN p.amount * 9999 AND p.amount * 10001
      OR p.amount BETWEEN s.amount * 9999 AND s.amount * 10001, FALSE) AND p.amount > 0) AS unit_slip,
    arg_min({'label': p.source_label || p.stage_label, 'amount': p.amount, 'id': p.fund_ids[1],
      'low': p.low, 'high': p.high, 'part': s.low, 'end': s.high}, p.ordinal + CASE WHEN p.stage = s.stage THEN 0 ELSE 100000 END)
      FILTER (p.source = 'total' AND (p.stage = s.stage OR (p.stage = 'annual_budget'
        AND s.side = 'budget'))) AS form
  FROM stated s JOIN printed p ON p.project_id = s.project_id
    AND (p.side = s.side OR p.stage = 'appropriated')
  GROUP BY s.project_id, s.fund_id
), sided AS (
  SELECT *, bool_or(fits) OVER (PARTITION BY project_id, side) AS another_fits FROM compared
)
SELECT project_id, document_id, text_label, form.label AS form_label, form.amount AS expected,
  amount AS actual, abs(amount - form.amount) AS apart, gap(form.part, form.end, form.low, form.high) AS difference, '万元' AS unit,
  CASE WHEN fits THEN TRUE WHEN resolution IS NULL OR form IS NULL OR form.amount = 0 OR unit_slip
    OR (another_fits AND starts_with(text_label, '申请')) THEN NULL ELSE FALSE END AS holds,
  CASE WHEN resolution IS NULL THEN '不知道正文金额写到第几位小数'
    WHEN unit_slip THEN '正好相差一万倍，疑为元与万元混用' WHEN another_fits THEN '申请的预算可以不同于批复的预算'
    ELSE '自评表没有同一阶段的总额' END AS reason,
  CASE WHEN another_fits THEN 'medium' END AS severity,
  CASE WHEN another_fits THEN '正文另有与自评表一致的金额' END AS note,
  [fund_id, form.id] AS evidence
FROM sided
