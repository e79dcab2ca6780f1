-- 正文所述的预算执行率应与自评表一致。
-- kind: table_vs_text
-- severity: high
-- summary: 正文执行率 {actual}%；自评表：{form_label}执行率 {expected}%，两处不一致
-- basis: 绩效自评报告与自评表应当一致
-- applies: 正文写有执行率、自评表有总额的预算数与执行数的项目
-- confidence: review
-- The text may round, and may mean the printed rate, the quotient of any line, or that of what was paid in.
WITH stated AS (
  SELECT claim_id, project_id, document_id, value AS rate, resolution,
    least(lo(value, resolution), cut_lo(value, resolution)) AS low,
    greatest(hi(value, resolution), cut_hi(value, resolution)) AS high
  FROM claims WHERE kind = 'execution_rate' AND value IS NOT NULL AND project_id IS NOT NULL
), total AS (
  SELECT *, rate_of(executed.amount, annual.amount) AS quotient FROM fund_lines
  WHERE source = 'total' AND annual.amount > 0 AND executed IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY ordinal) = 1
), by_amounts AS (
  SELECT s.claim_id, bool_or(coalesce(
      rate_meets(l.executed.low, l.executed.high, l.annual.low, l.annual.high, s.low, s.high), FALSE)
    OR coalesce(rate_meets(l.executed.low, l.executed.high, l.initial.low, l.initial.high, s.low, s.high),
      FALSE)
    OR coalesce(rate_meets(l.executed.low, l.executed.high, l.appropriated.low, l.appropriated.high,
      s.low, s.high), FALSE)) AS fits
  FROM stated s JOIN fund_lines l USING (project_id) GROUP BY s.claim_id
), by_rates AS (
  SELECT s.claim_id, bool_or(coalesce(meets(s.low, s.high, lo(f.execution_rate, f.rate_resolution),
    hi(f.execution_rate, f.rate_resolution)), FALSE)) AS fits
  FROM stated s JOIN fund_scores f USING (project_id) GROUP BY s.claim_id
)
SELECT s.project_id, s.document_id, t.source_label AS form_label, t.quotient AS expected,
  s.rate AS actual, abs(t.quotient - s.rate) AS difference, '%' AS unit,
  CASE WHEN coalesce(a.fits, FALSE) OR coalesce(r.fits, FALSE) THEN TRUE
    WHEN s.resolution IS NULL OR NOT t.annual.clear OR NOT t.executed.clear THEN NULL
    ELSE FALSE END AS holds,
  '金额或执行率未能读清' AS reason,
  [s.claim_id, t.annual.id, t.executed.id] AS evidence
FROM stated s JOIN total t USING (project_id)
LEFT JOIN by_amounts a USING (claim_id) LEFT JOIN by_rates r USING (claim_id)
