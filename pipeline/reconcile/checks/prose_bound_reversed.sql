-- 完成情况所述的界限方向应与指标的目标一致。
-- id: D05 E04
-- kind: table_vs_text
-- scope: document
-- severity: medium
-- summary: {place}：{subject}{words}{stated}；自评表：{level3}目标“{printed}”，方向相反
-- basis: 绩效自评报告与自评表应当一致
-- applies: 写有“不少于”“不超过”等界限、自评表的目标也印有“≥”“≤”的项目
-- excuse: “不少于”“不超过”写反而数字无误
-- confidence: review
WITH pair AS (
  SELECT s.*, g.indicator_id, g.level3, g.printed, g.op AS form_op, g.value AS form_value
  FROM spoken s JOIN alignments a USING (claim_id)
  JOIN gauges g ON g.indicator_id = a.indicator_id AND g.side = 'target'
  WHERE s.operator IS NOT NULL AND g.op IN ('>=', '>', '<=', '<') AND s.value = g.value
)
SELECT project_id, document_id, indicator_id, coalesce(nullif(heading, ''), '正文') AS place, subject,
  level3, printed, regexp_replace(raw, '\s', '', 'g') AS stated,
  CASE WHEN left(operator, 1) = '>' THEN '不少于' ELSE '不超过' END AS words,
  form_value AS expected, value AS actual, bare AS unit,
  left(operator, 1) = left(form_op, 1) AS holds,
  [claim_id, cell(indicator_id, 'target_raw')] AS evidence
FROM pair
