-- 不同单位或不同项目的报告不应有整段相同的文字。
-- id: K02
-- kind: copied_text
-- severity: medium
-- summary: {place}有 {signs} 字与{other}的报告相同：“{quote}”
-- basis: 绩效自评报告应如实反映本单位情况
-- applies: 有 80 字以上段落的项目
-- excuse: 同一系统统一下发的文字，或引用制度原文
-- confidence: review
-- The same project in another file or year is not another report (text_repeated says that); wording that many
-- share and statutory wording are left alone (../text/similarity.py).
WITH pair AS (
  SELECT left_id AS id, left_project AS project_id, right_id AS other_id, right_project AS other_project, likeness, signs
  FROM likenesses
  UNION ALL
  SELECT right_id, right_project, left_id, left_project, likeness, signs FROM likenesses
), long AS (
  SELECT DISTINCT project_id FROM sections WHERE length(text) >= 80 AND project_id IS NOT NULL
  UNION SELECT project_id FROM projects WHERE length(goal_actual) >= 80 OR length(goal_expected) >= 80
), told AS (
  SELECT q.*, a.document_id, a.unit_key, b.unit_key AS other_unit, b.shown AS other, a.name_key, b.name_key AS other_name,
    a.shown
  FROM pair q JOIN project_keys a ON a.project_id = q.project_id JOIN project_keys b ON b.project_id = q.other_project
), judged AS (
  SELECT *, name_key = other_name OR (unit_key IS NULL OR other_unit IS NULL) AS same FROM told
), best AS (
  SELECT * FROM judged WHERE NOT same
  QUALIFY row_number() OVER (PARTITION BY least(id, other_id), greatest(id, other_id) ORDER BY id DESC) = 1
)
SELECT l.project_id, coalesce(b.document_id, k.document_id) AS document_id, b.other, b.signs,
  coalesce((SELECT coalesce('“' || heading || '”一节', '正文') FROM sections s WHERE s.section_id = b.id),
    CASE WHEN suffix(b.id, 'goal_expected') THEN '预期目标' ELSE '实际完成情况' END) AS place,
  coalesce((SELECT left(trim(text), 40) FROM sections s WHERE s.section_id = b.id),
    (SELECT left(trim(CASE WHEN suffix(b.id, 'goal_expected') THEN goal_expected ELSE goal_actual END), 40)
      FROM projects p WHERE p.project_id = b.project_id)) AS quote,
  b.id IS NULL AS holds, [b.id, b.other_id] AS evidence
FROM long l JOIN project_keys k ON k.project_id = l.project_id LEFT JOIN best b ON b.project_id = l.project_id
