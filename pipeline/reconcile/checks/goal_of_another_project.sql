-- 项目的预期目标不应照搬同一文档中另一项目的目标。
-- id: K02
-- kind: copied_text
-- scope: document
-- severity: medium
-- summary: 预期目标有 {signs} 字与项目“{other}”的预期目标相同：“{quote}”
-- basis: 财预〔2015〕88号：绩效目标应当与本项目的内容对应
-- applies: 文档中有两个以上项目写有预期目标
-- excuse: 两个项目为同一任务的两部分
-- confidence: review
-- Clauses of at least ten letters that stand in exactly two projects' goals, sixty letters together. Of the two, the
-- one is reported whose own name shares less with the words. Projects of one name are one project.
WITH goal AS (
  SELECT p.project_id, p.document_id, p.ordinal, p.project_name, k.name_key,
    regexp_replace(simple(p.goal_expected), '\s', '', 'g') AS words,
    count(*) OVER (PARTITION BY p.document_id) AS goals
  FROM projects p JOIN project_keys k USING (project_id) WHERE p.goal_expected IS NOT NULL
), clause AS (
  SELECT DISTINCT document_id, project_id, fold_text(clause) AS clause
  FROM (SELECT *, unnest(regexp_split_to_array(words, '[，,。；;：:]')) AS clause FROM goal WHERE goals > 1)
  WHERE length(fold_text(clause)) >= 10
), shared AS (
  SELECT document_id, clause, min(project_id) AS one, max(project_id) AS other
  FROM clause GROUP BY document_id, clause HAVING count(*) = 2
), pair AS (
  SELECT document_id, one, other, sum(length(clause)) AS signs, arg_max(clause, length(clause)) AS quote,
    string_agg(clause, '' ORDER BY clause) AS words
  FROM shared GROUP BY document_id, one, other HAVING sum(length(clause)) >= 60
), named AS (
  SELECT q.*, a.name_key AS one_name, b.name_key AS other_name,
    len(list_intersect(string_split(a.name_key, ''), string_split(q.words, ''))) * length(b.name_key)
      < len(list_intersect(string_split(b.name_key, ''), string_split(q.words, ''))) * length(a.name_key) AS one_odd
  FROM pair q JOIN goal a ON a.project_id = q.one JOIN goal b ON b.project_id = q.other
), told AS (
  SELECT CASE WHEN one_odd THEN one ELSE other END AS project_id, CASE WHEN one_odd THEN other ELSE one END AS other_id,
    signs, quote
  FROM named WHERE one_name <> other_name
)
SELECT g.project_id, g.document_id, t.signs, t.quote, o.project_name AS other, t.project_id IS NULL AS holds,
  [cell(g.project_id, 'goal_expected'), cell(t.other_id, 'goal_expected')] AS evidence
FROM goal g LEFT JOIN told t USING (project_id) LEFT JOIN projects o ON o.project_id = t.other_id
WHERE g.goals > 1
