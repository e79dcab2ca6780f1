-- 金额与执行率都相同的两行资金，得分应当相同。
-- id: C13
-- kind: score_mismatch
-- scope: document
-- severity: medium
-- summary: {first_label}与{source_label}金额、执行率（{rate}%）相同，得分却为 {expected} 分与 {actual} 分
-- basis: 财预〔2020〕10号：预算执行率按比例计分
-- applies: 预算数、执行数都相同且各自印有得分的两行资金
-- excuse: 两行的分值不同
WITH line AS (
  SELECT s.project_id, s.document_id, s.ordinal, s.source_label, s.weight, s.execution_rate, s.score,
    l.annual, l.executed, coalesce(s.execution_rate, rate_of(l.executed.amount, l.annual.amount)) AS rate
  FROM fund_scores s JOIN fund_lines l ON (l.project_id, l.source_label) = (s.project_id, s.source_label)
  WHERE s.score IS NOT NULL AND l.executed.clear AND l.annual.clear
)
SELECT b.project_id, b.document_id, a.source_label AS first_label, b.source_label, b.rate, a.score AS expected,
  b.score AS actual, abs(a.score - b.score) AS difference, '分' AS unit,
  CASE WHEN a.score = b.score THEN TRUE WHEN a.weight IS DISTINCT FROM b.weight OR a.rate <> b.rate THEN NULL
    ELSE FALSE END AS holds,
  '两行的分值或执行率不同' AS reason,
  [fund_score_cell(a.project_id, a.ordinal, 'score'), fund_score_cell(b.project_id, b.ordinal, 'score'),
   fund_score_cell(b.project_id, b.ordinal, 'execution_rate')] AS evidence
FROM line a JOIN line b ON b.project_id = a.project_id AND a.ordinal < b.ordinal
  AND a.annual.amount = b.annual.amount AND a.executed.amount = b.executed.amount AND a.annual.amount > 0
