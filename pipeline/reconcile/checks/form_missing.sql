-- 正文列有附表的，应当附有自评表。
-- id: K03
-- kind: missing_value
-- scope: document
-- severity: low
-- summary: 报告列有“{heading}”，其下没有自评表
-- basis: 绩效自评报告应附项目支出绩效自评表
-- applies: 列有附表一节的报告
-- excuse: 自评表另行公开
-- confidence: review
-- Judged only where another report of the same document has its form: there the forms are printed along.
WITH announced AS (
  SELECT s.project_id, s.document_id, s.section_id, s.heading, p.has_form
  FROM sections s JOIN projects p USING (project_id)
  WHERE regexp_matches(simple(s.heading), '^附[表件]|自评表$') AND NOT regexp_matches(s.heading, '如有')
), whole AS (
  SELECT project_id, any_value(document_id) AS document_id, arg_min(section_id, section_id) AS section_id,
    arg_min(heading, section_id) AS heading, bool_or(has_form) AS has_form
  FROM announced GROUP BY project_id
), others AS (
  SELECT document_id, bool_or(has_form) AS any_form FROM projects GROUP BY document_id
)
SELECT w.project_id, w.document_id, w.heading,
  CASE WHEN w.has_form THEN TRUE WHEN o.any_form THEN FALSE END AS holds,
  '整份文档都没有附自评表，可能另行公开' AS reason,
  [w.section_id] AS evidence
FROM whole w JOIN others o USING (document_id)
