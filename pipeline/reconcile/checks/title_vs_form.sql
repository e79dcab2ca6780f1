-- 标题中的项目名称应与自评表一致。
-- id: J01
-- kind: name_mismatch
-- scope: document
-- severity: medium
-- summary: 标题为“{title}”，而自评表的项目名称为“{printed}”
-- basis: 绩效自评报告与自评表应当一致
-- applies: 标题写有项目名称、所附自评表也印有项目名称的单个项目报告
-- excuse: 标题用的是简称或批次名称
-- confidence: review
-- Only a title whose name shares less than two fifths of its signs with the form's, of a report on one project, and
-- whose words stand nowhere in the form or its goals.
WITH one AS (
  SELECT p.* FROM projects p WHERE p.scope = 'project' AND p.has_form AND p.project_name IS NOT NULL
    AND (SELECT count(*) FROM projects q WHERE q.document_id = p.document_id) = 1
), line AS (
  SELECT o.project_id, o.document_id, o.project_name, o.goal_expected, o.unit, o.competent_department, s.section_id,
    unnest(string_split(regexp_replace(s.text, '[ 　\t\r]', '', 'g'), chr(10))) AS line
  FROM one o JOIN passages s USING (project_id)
  QUALIFY row_number() OVER (PARTITION BY o.project_id ORDER BY s.ordinal) = 1
), titled AS (
  SELECT *, regexp_extract(line, '^[^，。：:]{0,30}20[0-9]{2}年度?([^，。：:0-9]{4,40}?)(?:项目)?(?:支出)?(?:资金|经费)?(?:项目)?(?:支出)?(?:财政)?绩效自(?:评|我评价)(?:工作|情况)?的?(?:报告|总结)$', 1) AS name
  FROM line
), folded AS (
  SELECT *, fold_text(regexp_replace(name, '^(?:县|市|区|省)?(?:级)?(?:财政)?(?:专项)?(?:项目|资金|支出)*|项目$|经费$|资金$|专项$', '', 'g')) AS a,
    fold_text(simple(concat_ws('，', project_name, goal_expected))) AS b, fold_text(simple(concat_ws('，', unit, competent_department))) AS units
  FROM titled WHERE name <> ''
), judged AS (
  SELECT *, len(list_intersect(string_split(a, ''), string_split(fold_text(simple(project_name)), ''))) AS common,
    len(list_distinct(string_split(a, ''))) AS signs
  FROM folded
  WHERE length(a) >= 4 AND NOT regexp_matches(a, '^(?:部门|单位|整体|预算|项目|年度|财政|支出|专项|资金|绩效|一般公共)+$')
)
SELECT project_id, document_id, line AS title, project_name AS printed,
  CASE WHEN common * 5 >= least(signs, len(list_distinct(string_split(fold_text(simple(project_name)), '')))) * 2 THEN TRUE
    WHEN contains(b, left(a, 4)) OR contains(b, right(a, 4)) OR contains(units, right(a, 4)) THEN NULL ELSE FALSE END AS holds,
  '标题可能用的是简称' AS reason, [section_id, cell(project_id, 'project_name')] AS evidence
FROM judged
