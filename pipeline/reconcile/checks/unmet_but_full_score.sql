-- 未达到目标值的指标不应得满分。
-- kind: unmet_but_full_score
-- severity: high
-- summary: {level3}目标“{target_raw}”，完成“{actual_raw}”，未达目标却得满分 {score} 分
-- basis: 财预〔2020〕10号：未完成指标值的，按照完成值与指标值的比例计分
-- applies: 目标值、完成值可比且印有分值和得分的指标
-- A reason given for the deviation lowers the severity. Where neither the operator nor the name says
-- whether more or less is better, nothing is said. Lateness is date_after_deadline's.
SELECT project_id, document_id, indicator_id, level3, target_raw, actual_raw, score,
  target AS expected, actual AS actual, coalesce(target_unit, actual_unit) AS unit,
  CASE WHEN direction = 'down' THEN greatest(actual_low - target_top, 0)
    ELSE greatest(target_low - actual_high, 0) END AS difference,
  CASE WHEN NOT full_marks THEN TRUE WHEN met THEN TRUE WHEN met IS NULL THEN NULL ELSE FALSE END AS holds,
  CASE WHEN NOT comparable THEN '目标值与完成值的单位或写法不同，不能比较'
    WHEN direction = 'unknown' THEN '没有印“≥”或“≤”，不知道以多为好还是以少为好'
    ELSE '完成值只印了界限，或不知道印到第几位小数' END AS reason,
  CASE WHEN NOT blank(deviation_raw) THEN 'medium' END AS severity,
  [cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw'), cell(indicator_id, 'weight'),
   cell(indicator_id, 'score')] AS evidence
FROM measures
WHERE both_numbers AND weight > 0 AND score IS NOT NULL
