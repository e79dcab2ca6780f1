-- 期限写到日的，完成时间也应当写到日。
-- id: D08
-- kind: missing_value
-- scope: document
-- severity: low
-- summary: {level3}期限“{target_raw}”，完成只写“{actual_raw}”，没有写到日，不能证明按期完成，却得满分 {actual} 分
-- basis: 财预〔2020〕10号：时效指标应当可核实
-- applies: 期限与完成值都是日期且得满分的指标
-- excuse: 完成于当月期限之前
SELECT project_id, document_id, indicator_id, level3, target_raw, actual_raw, score AS actual, weight AS expected, '分' AS unit,
  NOT (regexp_matches(actual_raw, '月\s*份?$') AND actual_earliest <= target_date AND actual_date > target_date) AS holds,
  [cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw'), cell(indicator_id, 'score')] AS evidence
FROM measures WHERE target_date IS NOT NULL AND actual_date IS NOT NULL AND full_marks
