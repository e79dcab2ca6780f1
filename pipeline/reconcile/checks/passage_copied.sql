-- 不同单位的报告不应有整段相同的文字。
-- id: K02
-- kind: copied_text
-- scope: corpus
-- severity: medium
-- summary: {place}等 {passages} 处共 {signs} 字与{other}的报告相同：“{quote}”
-- basis: 绩效自评报告应如实反映本单位情况
-- applies: 有 80 字以上段落的项目
-- excuse: 同一系统统一下发的文字，或引用制度原文
-- confidence: review
-- Projects of one unit may describe its management in one way, and the same project in another file or year is
-- text_repeated's; wording that many
-- share and statutory wording are left alone (../text/similarity.py).
WITH pair AS (
  SELECT left_id AS id, left_project AS project_id, right_id AS other_id, right_project AS other_project, likeness, signs, words
  FROM likenesses
  UNION ALL
  SELECT right_id, right_project, left_id, left_project, likeness, signs, words FROM likenesses
), long AS (
  SELECT DISTINCT project_id FROM sections WHERE length(text) >= 80 AND project_id IS NOT NULL
  UNION SELECT project_id FROM projects WHERE length(goal_actual) >= 80 OR length(goal_expected) >= 80
), told AS (
  SELECT q.*, a.document_id, b.shown AS other, a.unit_key IS NULL OR b.unit_key IS NULL
      OR contains(a.unit_key, b.unit_key) OR contains(b.unit_key, a.unit_key) AS same_unit
  FROM pair q JOIN project_keys a ON a.project_id = q.project_id JOIN project_keys b ON b.project_id = q.other_project
), whole AS (
  SELECT project_id, other_project, any_value(other) AS other, sum(signs) AS signs, count(*) AS passages,
    arg_max(id, signs) AS id, arg_max(words, signs) AS words, list(id ORDER BY id) AS ids, arg_max(other_id, signs) AS other_id
  FROM told WHERE NOT same_unit GROUP BY project_id, other_project
  QUALIFY row_number() OVER (PARTITION BY least(project_id, other_project), greatest(project_id, other_project)
    ORDER BY project_id DESC) = 1
)
SELECT l.project_id, k.document_id, b.other, b.signs, b.passages,
  coalesce((SELECT coalesce('“' || heading || '”一节', '正文') FROM sections s WHERE s.section_id = b.id),
    CASE WHEN suffix(b.id, 'goal_expected') THEN '预期目标' ELSE '实际完成情况' END) AS place,
  left(b.words, 40) AS quote,
  b.id IS NULL AS holds, [b.id, b.other_id] AS evidence
FROM long l JOIN project_keys k ON k.project_id = l.project_id LEFT JOIN whole b ON b.project_id = l.project_id
