-- 正文所述的预算执行率应与自评表一致。
-- id: E03
-- kind: table_vs_text
-- scope: document
-- severity: high
-- summary: 正文执行率 {actual}%；自评表：{form_label}执行率 {expected}%，两处不一致
-- basis: 绩效自评报告与自评表应当一致
-- applies: 正文写有执行率、自评表有总额的预算数与执行数的项目
-- excuse: 正文的统计时点不同
-- confidence: review
-- The text may round, and may mean the printed rate or the quotient with the budget of the year, the opening
-- budget or what was paid in. The rate of one source fits only where the sentence speaks of sources. A rate of one
-- source, of half a year, or the share of the budget that one item took (占预算的), is none of the total.
WITH stated AS (
  SELECT claim_id, project_id, document_id, value AS rate, resolution,
    least(lo(value, resolution), cut_lo(value, resolution)) AS low,
    greatest(hi(value, resolution), cut_hi(value, resolution)) AS high,
    regexp_matches(coalesce(sentence, ''), '财政|拨款|专项|上级|本级|中央|省级|市级|县级|自筹|其他资金|单位资金|当年')
      AS of_part, subject, regexp_extract(left(sentence, greatest(strpos(sentence,
      simple(regexp_replace(raw, '\s', '', 'g'))) - 1, 0)), '[^。；;]*$') AS before
  FROM claims WHERE kind = 'execution_rate' AND value IS NOT NULL AND operator IS NULL AND project_id IS NOT NULL
), framed AS (
  SELECT s.*, regexp_matches(clause, '中央|上级|省级|市级|县级|本级|自筹|财政(?:拨款|资金)|专项|上年|去年|部门|整体')
      OR part_of_year(before) AS elsewhere,
    NOT starts_with(subject, '占') OR regexp_matches(clause, '^(?:全年|年度|实际|累计|项目|资金)*(?:支出|支付|执行数)$')
      OR EXISTS (SELECT 1 FROM stated_totals t WHERE t.project_id = s.project_id AND t.stage = 'executed'
        AND suffix(rtrim(before, '，,、（('), regexp_replace(t.raw, '\s', '', 'g'))) AS of_total
  FROM (SELECT *, regexp_extract(before, '[^，,]*$') AS clause FROM stated) s
), total AS (
  SELECT *, rate_of(executed.amount, annual.amount) AS quotient FROM fund_lines
  WHERE source = 'total' AND annual.amount > 0 AND executed IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY ordinal) = 1
), by_amounts AS (
  SELECT s.claim_id, l.source, l.source_label, coalesce(
      rate_meets(l.executed.low, l.executed.high, l.annual.low, l.annual.high, s.low, s.high), FALSE)
    OR coalesce(rate_meets(l.executed.low, l.executed.high, l.initial.low, l.initial.high, s.low, s.high),
      FALSE)
    OR coalesce(rate_meets(l.executed.low, l.executed.high, l.appropriated.low, l.appropriated.high,
      s.low, s.high), FALSE) AS fits
  FROM stated s JOIN fund_lines l USING (project_id)
), by_rates AS (
  SELECT s.claim_id, f.source, f.source_label, coalesce(meets(s.low, s.high,
    lo(f.execution_rate, f.rate_resolution), hi(f.execution_rate, f.rate_resolution)), FALSE) AS fits
  FROM stated s JOIN fund_scores f USING (project_id)
), fitted AS (
  SELECT claim_id, bool_or(fits AND source = 'total') AS fits, any_value(source_label) FILTER (fits) AS part
  FROM (SELECT * FROM by_amounts UNION ALL SELECT * FROM by_rates) GROUP BY claim_id
)
SELECT s.project_id, s.document_id, t.source_label AS form_label, t.quotient AS expected,
  s.rate AS actual, abs(t.quotient - s.rate) AS difference, '%' AS unit,
  CASE WHEN f.fits OR (f.part IS NOT NULL AND s.of_part) THEN TRUE
    WHEN s.resolution IS NULL OR NOT t.annual.clear OR NOT t.executed.clear OR s.elsewhere OR NOT s.of_total THEN NULL
    ELSE FALSE END AS holds,
  CASE WHEN s.elsewhere OR NOT s.of_total THEN '可能是其中一部分资金、一部分时间或另一年度的执行率'
    ELSE '金额或执行率未能读清' END AS reason,
  CASE WHEN f.part IS NOT NULL THEN 'medium' END AS severity,
  CASE WHEN f.part IS NOT NULL THEN '只与' || f.part || '的执行率一致' END AS note,
  [s.claim_id, t.annual.id, t.executed.id] AS evidence
FROM framed s JOIN total t USING (project_id) LEFT JOIN fitted f USING (claim_id)
