-- 自评报告的填报时间不应早于报告年度。
-- id: H03
-- kind: date_order
-- scope: document
-- severity: low
-- summary: 填报时间印为“{printed}”，早于报告年度 {expected} 年
-- basis: 绩效自评应在预算年度结束后开展
-- applies: 印有填报时间的报告
-- excuse: 填报时间印错
WITH filed AS (
  SELECT s.project_id, s.document_id, s.section_id, p.fiscal_year,
    unnest(regexp_extract_all(regexp_replace(simple(s.text), '\s', '', 'g'), '填报(?:时间|日期)[:：]?(20\d\d年\d{1,2}月)')) AS line
  FROM sections s JOIN projects p USING (project_id)
  WHERE p.fiscal_year IS NOT NULL AND regexp_matches(simple(s.text), '填报(?:时间|日期)')
), dated AS (
  SELECT *, regexp_extract(line, '20\d\d年\d{1,2}月') AS printed,
    CAST(regexp_extract(line, '(20\d\d)年', 1) AS INTEGER) AS year
  FROM filed
)
SELECT project_id, document_id, printed, fiscal_year AS expected, year AS actual, fiscal_year - year AS difference,
  '年' AS unit, year >= fiscal_year AS holds, [section_id, cell(project_id, 'fiscal_year')] AS evidence
FROM dated
