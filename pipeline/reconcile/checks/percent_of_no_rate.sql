-- 以百分数计量的指标应当是比率。
-- id: D07
-- kind: unit_mismatch
-- scope: document
-- severity: medium
-- summary: {level3}的{side}为 {actual}%，不像比率
-- basis: 财预〔2015〕88号：绩效指标应当可衡量
-- applies: 目标值或完成值以百分数计量的指标
-- excuse: 增长率、完成率确实很高
WITH sided AS (
  SELECT project_id, document_id, indicator_id, level3, '年度指标值' AS side, target_value AS value, cell(indicator_id, 'target_raw') AS id
  FROM measures WHERE target_kind = 'percent' AND target_value IS NOT NULL
  UNION ALL
  SELECT project_id, document_id, indicator_id, level3, '实际完成值', actual_value, cell(indicator_id, 'actual_raw')
  FROM measures WHERE actual_kind = 'percent' AND actual_value IS NOT NULL
)
SELECT project_id, document_id, indicator_id, level3, side, value AS actual, 100 AS expected, greatest(value - 100, 0) AS difference, '%' AS unit,
  CASE WHEN value < 1000 THEN TRUE WHEN regexp_matches(level3, '率|比|增长|增加|增幅|增速|幅度|程度') THEN NULL ELSE FALSE END AS holds,
  '比率或增幅可能确实很高' AS reason, [id] AS evidence
FROM sided
