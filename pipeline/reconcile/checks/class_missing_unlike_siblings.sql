-- 同一文件其他自评表都有的指标类别，不应缺少。
-- id: K07
-- kind: missing_value
-- scope: document
-- severity: low
-- summary: 表中没有{class}指标，而同一文件其余 {others} 张自评表中 {with_class} 张都有
-- basis: 财预〔2020〕10号：产出指标包括数量、质量、时效、成本
-- applies: 文件中至少还有五张同类自评表的
-- excuse: 该项目不适用这类指标
-- What the national frame leaves to the project (benefit, satisfaction) may be missing; quantity, quality, timeliness
-- and cost are compared with the forms beside it.
WITH form AS (
  SELECT i.project_id, i.document_id, p.scope, p.ordinal, list(DISTINCT i.level2_kind) || list(DISTINCT i.level1_kind) AS kinds,
    arg_max(i.indicator_id, i.ordinal) AS last_id, count(*) AS rows
  FROM indicators i JOIN projects p USING (project_id)
  WHERE i.document_id IN (SELECT document_id FROM projects GROUP BY document_id HAVING count(*) > 5)
  GROUP BY i.project_id, i.document_id, p.scope, p.ordinal
), class(kind, class) AS (VALUES ('quantity', '数量'), ('quality', '质量'), ('timeliness', '时效'), ('cost', '成本')),
compared AS (
  SELECT f.*, c.class, list_contains(f.kinds, c.kind) AS present,
    count(*) OVER (PARTITION BY f.document_id, f.scope, c.kind) AS forms,
    count(*) FILTER (list_contains(f.kinds, c.kind)) OVER (PARTITION BY f.document_id, f.scope, c.kind) AS with_class
  FROM form f CROSS JOIN class c
)
SELECT project_id, document_id, class, forms - 1 AS others, with_class, with_class AS expected, 0 AS actual, '张' AS unit,
  CASE WHEN present THEN TRUE WHEN with_class * 100 >= forms * 85 AND rows >= 4 THEN FALSE END AS holds,
  '其他自评表也有缺这一类的' AS reason, [project_id, cell(last_id, 'level2')] AS evidence
FROM compared WHERE forms > 5 AND with_class > 0
