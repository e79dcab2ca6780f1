-- 正文称年中追加的项目，自评表的年初预算数应为零或小于全年预算数。
-- id: A12
-- kind: table_vs_text
-- scope: document
-- severity: medium
-- summary: 正文称年中追加了{names}等 {count} 个项目，而自评表印有年初预算 {initial} 万元，全年预算 {annual} 万元，并未追加
-- basis: 部门决算说明与项目支出绩效自评表应当一致
-- applies: 正文称年中追加了某些项目、又附有这些项目自评表的文档
-- excuse: 自评表的年初预算数按调整后预算填写
-- confidence: review
-- The project must be named in the sentence. Its annual budget may not be above the opening one.
WITH sentence AS (
  SELECT document_id, section_id, ordinal,
    unnest(regexp_split_to_array(words, '[。；;]')) AS sentence
  FROM passages WHERE regexp_matches(text, '年中(?:追加|新增)')
), added AS (
  SELECT *, fold_text(regexp_extract(sentence, '年中(?:追加|新增)(.*)$', 1)) AS words FROM sentence
), line AS (
  SELECT k.project_id, k.document_id, k.name_key, p.project_name, p.ordinal, l.initial, l.annual
  FROM project_keys k JOIN projects p USING (project_id) JOIN fund_lines l ON l.project_id = p.project_id
  WHERE p.scope = 'project' AND l.source = 'total' AND length(k.name_key) >= 8
    AND l.initial IS NOT NULL AND l.annual IS NOT NULL
), named AS (
  SELECT a.document_id, a.section_id, l.project_id, l.project_name, l.ordinal, l.initial, l.annual,
    l.initial.amount > 0 AND l.initial.low >= l.annual.low AS odd
  FROM added a JOIN line l ON l.document_id = a.document_id AND contains(a.words, l.name_key)
  QUALIFY row_number() OVER (PARTITION BY l.project_id ORDER BY a.ordinal) = 1
), whole AS (
  SELECT document_id, bool_or(odd) AS odd, count(*) FILTER (odd) AS count, min(section_id) FILTER (odd) AS section_id,
    arg_min(project_name, ordinal) FILTER (odd) AS names, arg_min(initial, ordinal) FILTER (odd) AS initial,
    arg_min(annual, ordinal) FILTER (odd) AS annual,
    list(initial.id ORDER BY ordinal) FILTER (odd) AS ids
  FROM named GROUP BY document_id
)
SELECT document_id, '“' || names || '”' AS names, count, initial.amount AS initial, annual.amount AS annual,
  0 AS expected, initial.amount AS actual, '万元' AS unit, NOT odd AS holds,
  list_concat([section_id], coalesce(ids, [])) AS evidence
FROM whole
