-- 封面所印的项目名称、实施单位应与自评表一致。
-- id: J01
-- kind: name_mismatch
-- scope: document
-- severity: medium
-- summary: 封面{what}为“{cover}”，自评表为“{printed}”
-- basis: 绩效自评报告与自评表应当一致
-- applies: 封面和自评表都印有项目名称或实施单位的报告
-- excuse: 简称，或填报单位与实施单位不同
-- confidence: review
-- Codes before a name, years, brackets and what only one of them adds are accepted, and so are names that share
-- two fifths of their signs: they may be short forms. Units may differ: the one that reports and the one that spends.
WITH cover AS (
  SELECT s.project_id, s.document_id, s.section_id, p.project_name, p.unit, p.competent_department,
    regexp_extract_all(s.text, '项目名称[:：][ 　\t]*([^\n\r]+)', 1) AS names,
    regexp_extract_all(s.text, '实施单位(?:[（(][^（）()]{0,6}[）)])?[:：][ 　\t]*([^\n\r]+)', 1) AS units
  FROM passages s JOIN projects p USING (project_id)
  WHERE p.has_form AND contains(s.text, '：') AND regexp_matches(s.text, '项目名称|实施单位')
), pair AS (
  SELECT project_id, document_id, section_id, unnest([
    {'what': '项目名称', 'cover': names[1], 'printed': project_name, 'column': 'project_name', 'many': len(names) > 1},
    {'what': '实施单位', 'cover': units[1], 'printed': unit, 'column': 'unit', 'many': len(units) > 1}]) AS n
  FROM cover
), folded AS (
  SELECT *, fold_text(regexp_replace(n.cover, '^[【\[(（]?[0-9A-Z]{3,}[】\])）]?[-—]?|20\d\d年度?|项目$|[（(].{1,8}[）)]$', '', 'g')) AS a,
    fold_text(regexp_replace(simple(n.printed), '^[【\[(（]?[0-9A-Z]{3,}[】\])）]?[-—]?|20\d\d年度?|项目$|[（(].{1,8}[）)]$', '', 'g')) AS b
  FROM pair WHERE n.cover IS NOT NULL AND n.printed IS NOT NULL AND NOT n.many
)
SELECT project_id, document_id, n.what AS what, trim(n.cover) AS cover, n.printed AS printed,
  CASE WHEN contains(a, b) OR contains(b, a) THEN TRUE
    WHEN length(a) < 4 OR length(b) < 4 THEN NULL
    WHEN n.what = '项目名称' AND len(list_intersect(string_split(a, ''), string_split(b, ''))) * 5
      < 2 * len(list_distinct(string_split(CASE WHEN length(a) < length(b) THEN a ELSE b END, ''))) THEN FALSE
    END AS holds,
  '名称相近，可能是简称，或填报单位与实施单位不同' AS reason,
  [section_id, cell(project_id, n.column)] AS evidence
FROM folded
