-- 实际完成值的计量单位应与目标值一致。
-- id: D06 I04
-- kind: unit_mismatch
-- scope: document
-- severity: medium
-- summary: {level3}目标“{target_raw}”以“{target_unit}”计，完成值“{actual_raw}”以“{actual_unit}”计，无法比较
-- basis: 财预〔2015〕88号：绩效指标应当可衡量、可比较
-- applies: 目标值与完成值都印有单位的指标
-- excuse: 单位写在指标名称里
-- 人 and 人次, 天 and 日, 元 and 万元 measure one thing; 个 counts anything; a unit in no group, or a
-- compound one (元/人), is never a reason.
WITH unit AS (
  SELECT *, regexp_matches(target_spelling || actual_spelling, '[/·每]') AS compound
  FROM measures
  WHERE target_spelling IS NOT NULL AND actual_spelling IS NOT NULL
    AND target_raw IS NOT NULL AND actual_raw IS NOT NULL
)
SELECT project_id, document_id, indicator_id, level3, target_raw, actual_raw,
  coalesce(target_unit, target_spelling) AS target_unit, coalesce(actual_unit, actual_spelling) AS actual_unit,
  CASE WHEN same_unit THEN TRUE WHEN compound OR same_unit IS NULL THEN NULL
    WHEN contains(actual_raw, target_spelling) OR contains(target_raw, actual_spelling) THEN NULL
    ELSE FALSE END AS holds,
  CASE WHEN compound THEN '复合单位，未作比较' WHEN same_unit IS NULL THEN '单位不在已知之列，未作比较'
    ELSE '一格之中印有几个单位' END AS reason,
  CASE WHEN NOT both_numbers OR '%' IN (target_spelling, actual_spelling) THEN 'low' END AS severity,
  [cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw')] AS evidence
FROM unit
