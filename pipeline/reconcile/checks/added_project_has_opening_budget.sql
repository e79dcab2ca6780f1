-- 年中追加的项目不应有年初预算。
-- id: A12
-- kind: other
-- scope: document
-- severity: low
-- summary: 项目名为“{project_name}”，{source_label}年初预算数却为 {actual} 万元
-- basis: 《中华人民共和国预算法》第六十七条：预算调整
-- applies: 名称写明“追加”的项目
-- excuse: 上年追加、本年列入年初预算
SELECT p.project_id, p.document_id, p.project_name, l.source_label, 0 AS expected, l.initial.amount AS actual, l.initial.amount AS difference,
  '万元' AS unit, CASE WHEN l.initial.clear THEN l.initial.amount = 0 OR l.initial.amount <> l.annual.amount END AS holds,
  '金额未能读清' AS reason, [cell(p.project_id, 'project_name'), l.initial.id] AS evidence
FROM projects p JOIN fund_lines l ON l.project_id = p.project_id AND l.source = 'total' AND l.initial IS NOT NULL
WHERE regexp_matches(p.project_name, '追加') AND NOT regexp_matches(p.project_name, '20[0-9]{2}年[^，。]*追加')
