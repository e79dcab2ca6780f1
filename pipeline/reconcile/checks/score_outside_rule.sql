-- 指标得分应在按评分规则重算的范围之内。
-- id: C09 C12
-- kind: score_mismatch
-- scope: document
-- severity: medium
-- summary: {level3}目标“{target_raw}”，完成“{actual_raw}”，按规则应得 {range} 分，印为 {actual} 分
-- basis: 文件自载的评分规则；没有的，财预〔2020〕10号
-- applies: 有适用规则可以重算得分的指标
-- excuse: 本单位另有评分规则；扣分原因写在别处
-- The rule is the document's own, one fitted to its rows, a pack's or the customary one, in this order; the
-- further away, the less sure. Full marks for a missed target are unmet_but_full_score's, a late date is
-- date_after_deadline's, marks cut for a target met exactly are met_but_marks_cut's, a blank actual is blank_actual's.
WITH ruled AS (
  SELECT r.*, m.level3, m.target_raw, m.actual_raw,
    CASE WHEN r.measure = 'missing' THEN '未填完成值，另行检查'
      WHEN r.measure = 'date' AND r.full_marks THEN '逾期而得满分，另行检查'
      WHEN r.full_marks AND r.score > r.score_high AND m.met IS FALSE THEN '未达目标而得满分，另行检查'
      WHEN m.comparable AND m.actual = m.target AND m.target_high IS NULL AND r.score < r.score_low
        THEN '正好完成而未得满分，另行检查' END AS elsewhere
  FROM rescored r JOIN measures m USING (indicator_id)
  WHERE r.subject = 'indicator' AND r.score IS NOT NULL AND r.weight > 0
)
SELECT project_id, document_id, indicator_id, level3, target_raw, actual_raw,
  shown(score_low) || CASE WHEN score_high <> score_low THEN ' 至 ' || shown(score_high) ELSE '' END AS range,
  nearest AS expected, score AS actual, difference, '分' AS unit,
  CASE WHEN verdict = 'agrees' THEN TRUE WHEN verdict = 'differs' AND elsewhere IS NULL THEN FALSE END AS holds,
  CASE WHEN verdict = 'not_scorable' THEN reason ELSE elsewhere END AS reason,
  CASE WHEN cuts OR (rank >= 4 AND met) THEN 'low' END AS severity,
  CASE rank WHEN 1 THEN NULL WHEN 2 THEN 'likely' ELSE 'review' END AS confidence,
  CASE WHEN cuts THEN '按截断才一致，而本文件其他得分是四舍五入的' WHEN rank = 2 THEN '同类指标 ' || support END AS note,
  [cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw'), cell(indicator_id, 'weight'),
   cell(indicator_id, 'score'), CASE WHEN rank = 1 THEN rule_id END] AS evidence
FROM ruled
