-- 同一项目两个年度的完成情况和绩效分析不应整段相同。
-- id: G04
-- kind: copied_text
-- scope: corpus
-- severity: medium
-- summary: {place}有 {signs} 字与该项目 {other_year} 年度的报告相同：“{quote}”
-- basis: 绩效自评应反映本年度情况
-- applies: 上一年度的报告也在库中的项目
-- excuse: 常年性工作，做法没有变化
-- confidence: review
-- The later year repeats the earlier. Sections on the unit, its duties and the project's background may stay the same.
WITH pair AS (
  SELECT a.project_id, a.document_id, b.project_id AS other_id, b.fiscal_year AS other_year
  FROM project_keys a JOIN project_keys b ON (a.unit_key, a.name_key, a.scope, a.fiscal_year - 1)
    = (b.unit_key, b.name_key, b.scope, b.fiscal_year)
  WHERE a.unit_key IS NOT NULL AND length(a.name_key) >= 4
), alike AS (
  SELECT left_id AS id, left_project AS project_id, right_id AS twin, right_project AS other_id, signs FROM likenesses
  WHERE entire
  UNION ALL
  SELECT right_id, right_project, left_id, left_project, signs FROM likenesses WHERE entire
), told AS (
  SELECT p.*, a.id, a.twin, a.signs, s.heading, coalesce(s.text, j.goal_actual) AS words
  FROM pair p LEFT JOIN alike a ON (a.project_id, a.other_id) = (p.project_id, p.other_id)
    AND NOT suffix(a.id, '#goal_expected')
  LEFT JOIN sections s ON s.section_id = a.id LEFT JOIN projects j ON j.project_id = p.project_id
  WHERE s.section_id IS NULL OR regexp_matches(simple(coalesce(s.heading, '')), '完成|绩效|产出|效益|成效|问题|实施')
)
SELECT project_id, document_id, coalesce('“' || heading || '”一节', '实际完成情况') AS place, signs, other_year,
  left(trim(words), 40) AS quote, id IS NULL AS holds, [id, twin] AS evidence
FROM told
QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY signs DESC NULLS LAST, id) = 1
