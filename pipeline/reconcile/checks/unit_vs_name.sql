-- 计量单位应与指标名称所数的对象一致。
-- id: I04
-- kind: unit_mismatch
-- scope: document
-- severity: low
-- summary: 指标“{level3}”数的是“{counted}”，目标“{target_raw}”却以“{target_unit}”计
-- basis: 财预〔2015〕88号：绩效指标应当可衡量
-- applies: 名称以人次、场次、户数等结尾、目标值印有单位的指标
-- excuse: 名称沿用旧称
-- Only names that end in the thing they count, and units of another known group; 个 counts anything.
WITH named AS (
  SELECT m.*, regexp_extract(level3, '(人次|人数|户数|场次|次数|天数|份数|家数|台数|公里数|亩数)$', 1) AS counted FROM measures m
  WHERE regexp_matches(level3, '(人次|人数|户数|场次|次数|天数|份数|家数|台数|公里数|亩数)$') AND target_spelling IS NOT NULL
    AND target_kind = 'number'
), grouped AS (
  SELECT n.*, CASE counted WHEN '人次' THEN 'person' WHEN '人数' THEN 'person' WHEN '户数' THEN 'unit' WHEN '家数' THEN 'unit'
    WHEN '场次' THEN 'time' WHEN '次数' THEN 'time' WHEN '天数' THEN 'day' WHEN '份数' THEN 'paper' WHEN '台数' THEN 'machine'
    WHEN '公里数' THEN 'length' WHEN '亩数' THEN 'field' END AS name_dimension
  FROM named n
)
SELECT project_id, document_id, indicator_id, level3, counted, target_raw, coalesce(target_unit, target_spelling) AS target_unit,
  CASE WHEN target_dimension = name_dimension THEN TRUE
    WHEN target_dimension IS NULL OR target_dimension IN ('any', 'percent') OR NOT coalesce(same_unit, TRUE) THEN NULL
    WHEN (name_dimension, target_dimension) IN (('time', 'person'), ('person', 'time'), ('person', 'unit'), ('unit', 'person')) THEN NULL
    ELSE FALSE END AS holds,
  '单位不在已知之列，或与完成值的单位不同' AS reason,
  [cell(indicator_id, 'level3'), cell(indicator_id, 'target_raw')] AS evidence
FROM grouped
