-- 有分值的指标应当填写得分。
-- id: K05
-- kind: missing_value
-- scope: document
-- severity: medium
-- summary: {level3}分值 {expected}，完成“{actual_raw}”，未填得分{tail}
-- basis: 项目支出绩效自评表填表说明：各项指标应逐项打分
-- applies: 多数指标填有得分的自评表
-- excuse: 分值列在小类上，得分也打在小类上
-- A row without an actual value too is blank_actual's.
WITH counted AS (
  SELECT *, count(score) OVER form AS scored, count(weight) OVER form AS weighted, sum(score) OVER form AS scores
  FROM measures WINDOW form AS (PARTITION BY project_id)
)
SELECT c.project_id, c.document_id, c.indicator_id, c.level3, c.actual_raw, c.weight AS expected, '分' AS unit,
  CASE WHEN t.score_total - c.scores - coalesce(t.fund_score, 0) = c.weight
    THEN '；总得分 ' || shown(t.score_total) || ' 比其余各项之和 ' || shown(c.scores + coalesce(t.fund_score, 0)) || ' 多 ' || shown(c.weight) || ' 分'
    ELSE '' END AS tail,
  CASE WHEN c.score IS NOT NULL THEN TRUE WHEN blank(c.actual_raw) AND c.actual_raw IS DISTINCT FROM '0' THEN NULL
    WHEN c.scored * 2 > c.weighted THEN FALSE END AS holds,
  CASE WHEN c.scored * 2 > c.weighted THEN '实际完成值也没有填，另行检查' ELSE '多数指标没有得分' END AS reason,
  [cell(c.indicator_id, 'weight'), cell(c.indicator_id, 'actual_raw'), cell(c.indicator_id, 'score')] AS evidence
FROM counted c LEFT JOIN totals t USING (project_id)
WHERE c.weight > 0 AND c.scored > 0
