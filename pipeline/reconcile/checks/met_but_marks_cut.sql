-- 完成值正好等于目标值而没有得满分的，应当说明扣分原因。
-- id: C11
-- kind: score_mismatch
-- scope: document
-- severity: low
-- summary: {level3}目标“{target_raw}”，完成“{actual_raw}”，正好完成，分值 {expected}，得分 {actual}，未说明扣分原因
-- basis: 财预〔2020〕10号：完成指标值的得满分
-- applies: 完成值等于目标值且印有分值和得分的指标
-- excuse: 超额完成按规则扣分；扣分原因写在别处
-- Only exact fulfilment is judged: beyond the target some regions deduct, and the rule may be a step rule.
SELECT project_id, document_id, indicator_id, level3, target_raw, actual_raw, weight AS expected,
  score AS actual, weight - score AS difference, '分' AS unit,
  CASE WHEN score_high IS NULL THEN NULL
    ELSE score_high >= weight_low OR NOT blank(deviation_raw) END AS holds,
  '不知道得分印到第几位小数' AS reason,
  [cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw'), cell(indicator_id, 'weight'),
   cell(indicator_id, 'score')] AS evidence
FROM measures
WHERE comparable AND target_high IS NULL AND actual = target AND weight > 0 AND score IS NOT NULL
  AND actual_op IS DISTINCT FROM '>=' AND actual_op IS DISTINCT FROM '<='
