-- 每一指标都应当列明一级指标。
-- id: D12
-- kind: missing_value
-- scope: document
-- severity: low
-- summary: “{first}”等 {count} 行（{level2}）没有填一级指标，共 {places} 处
-- basis: 项目支出绩效自评表的一级、二级、三级指标栏
-- applies: 其余各行印有一级指标的自评表
-- excuse: 一级指标的单元格合并到上一类
WITH form AS (
  SELECT *, count(level1) OVER (PARTITION BY project_id) AS named,
    level1 IS NULL AND lag(level1 IS NULL, 1, FALSE) OVER (PARTITION BY project_id ORDER BY ordinal) IS FALSE AS starts
  FROM indicators
), grouped AS (
  SELECT project_id, any_value(document_id) AS document_id, level1 IS NULL AS missing, count(*) AS count,
    count(*) FILTER (starts) AS places,
    arg_min(level3, ordinal) AS first, bool_and(level2 IS NOT NULL) AS placed, arg_min(indicator_id, ordinal) AS indicator_id,
    string_agg(DISTINCT level2, '、' ORDER BY level2) FILTER (level1 IS NULL) AS level2,
    list(cell(indicator_id, 'level2') ORDER BY ordinal) FILTER (level1 IS NULL) AS evidence
  FROM form WHERE named > 0 GROUP BY project_id, level1 IS NULL
), unread AS (
  SELECT DISTINCT project_id FROM rejects
)
SELECT g.project_id, g.document_id, CASE WHEN missing THEN g.indicator_id END AS indicator_id, g.first, g.count, g.level2, g.places,
  CASE WHEN NOT missing THEN TRUE WHEN placed AND u.project_id IS NULL THEN FALSE END AS holds,
  '二级指标也没有读到，可能未读出' AS reason, CASE WHEN missing THEN evidence ELSE [] END AS evidence
FROM grouped g LEFT JOIN unread u USING (project_id)
