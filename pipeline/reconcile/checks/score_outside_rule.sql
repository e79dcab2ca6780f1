-- 指标得分应在按评分规则重算的范围之内。
-- kind: score_mismatch
-- severity: medium
-- summary: {level3}目标“{target_raw}”，完成“{actual_raw}”，按规则应得 {score_low} 至 {score_high} 分，印为 {actual} 分
-- basis: 文件自载的评分规则；没有的，财预〔2020〕10号
-- applies: 有适用规则可以重算得分的指标
-- Full marks for a missed target are unmet_but_full_score's; a late date is date_after_deadline's.
SELECT s.project_id, i.document_id, s.indicator_id, i.level3, i.target_raw, i.actual_raw, s.score_low,
  s.score_high, CASE WHEN s.reported_score < s.score_low THEN s.score_low ELSE s.score_high END AS expected,
  s.reported_score AS actual, abs(s.difference) AS difference, '分' AS unit,
  CASE WHEN s.verdict = 'agrees' THEN TRUE
    WHEN s.verdict = 'differs' AND NOT coalesce(m.full_marks AND s.reported_score > s.score_high
      AND (m.met IS FALSE OR m.target_date < m.actual_date), FALSE) THEN FALSE END AS holds,
  CASE WHEN s.verdict = 'differs' THEN '未达目标而得满分，另行检查' ELSE s.explanation END AS reason,
  [cell(s.indicator_id, 'target_raw'), cell(s.indicator_id, 'actual_raw'), cell(s.indicator_id, 'weight'),
   cell(s.indicator_id, 'score')] AS evidence
FROM scores s JOIN indicators i USING (indicator_id) LEFT JOIN measures m USING (indicator_id)
WHERE s.subject = 'indicator' AND s.reported_score IS NOT NULL
