-- 晚于规定期限完成的指标不应得满分。
-- id: D08
-- kind: date_order
-- scope: document
-- severity: high
-- summary: {level3}期限“{target_raw}”，完成“{actual_raw}”，晚 {actual} 天却得满分 {score} 分
-- basis: 财预〔2020〕10号：未按期完成的时效指标应当扣分
-- applies: 目标值与完成值都是日期且印有得分的指标
-- excuse: 经批准延期
-- A month without a day may lie before the deadline: it counts as late only when the whole month is.
WITH dated AS (
  SELECT *, actual_earliest AS earliest FROM measures
  WHERE target_date IS NOT NULL AND actual_date IS NOT NULL AND score IS NOT NULL AND weight > 0
)
SELECT project_id, document_id, indicator_id, level3, target_raw, actual_raw, score,
  0 AS expected, earliest - target_date AS actual, earliest - target_date AS difference, '天' AS unit,
  CASE WHEN actual_date <= target_date OR NOT full_marks THEN TRUE
    WHEN earliest > target_date THEN FALSE END AS holds,
  '完成时间没有写到日，不知道是否晚于期限' AS reason,
  CASE WHEN NOT blank(deviation_raw) THEN 'medium' END AS severity,
  [cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw'), cell(indicator_id, 'score')] AS evidence
FROM dated
