-- 标题、自评表表头所印的年度应与报告年度一致。
-- id: H01
-- kind: year_mismatch
-- scope: document
-- severity: medium
-- summary: {place}印“{phrase}”，而本报告为 {expected} 年度
-- basis: 绩效自评以预算年度为周期
-- applies: 标题行单独印有年度的报告
-- excuse: 标题为发布年度
-- confidence: review
-- Only a line that is nothing but a year in brackets, as titles and forms print it, or a title of an earlier 年度 than the
-- form's; a later one may be the year of publication, unless the text tells that year's money and never the form's year.
WITH line AS (
  SELECT s.project_id, s.document_id, s.section_id, s.heading, s.ordinal, p.fiscal_year,
    unnest(string_split(s.text, chr(10))) AS line
  FROM sections s JOIN projects p USING (project_id)
  WHERE p.fiscal_year IS NOT NULL AND regexp_matches(s.text, '20\d\d')
), told AS (
  SELECT project_id, string_agg(regexp_replace(CASE WHEN coalesce(heading, '') = '' THEN '' ELSE text END, '\s|[（(]20\d\d年?度?[）)]', '', 'g'), '。') AS words FROM sections GROUP BY project_id
), titled AS (
  SELECT project_id, document_id, section_id, heading, fiscal_year, line,
    regexp_extract(regexp_replace(line, '\s', '', 'g'), '^[（(](20\d\d)年?度?[）)]$', 1) AS year
  FROM line
  UNION ALL
  SELECT p.project_id, p.document_id, l.section_id, NULL, p.fiscal_year, l.line, l.year
  FROM projects p JOIN (
    SELECT *, regexp_extract(regexp_replace(line, '\s', '', 'g'), '^[^，。：:《》（(0-9]{0,24}(20\d\d)年度[^，。：:《》0-9]{0,40}自评(?:情况)?(?:的?报告|表)$', 1) AS year
    FROM line) l USING (project_id)
  LEFT JOIN told t ON t.project_id = p.project_id
  WHERE l.year <> '' AND p.has_form AND (TRY_CAST(l.year AS INTEGER) < p.fiscal_year
      OR (TRY_CAST(l.year AS INTEGER) = p.fiscal_year + 1 AND NOT contains(t.words, p.fiscal_year::VARCHAR)
        AND regexp_matches(t.words, l.year || '年[^。；0-9]{0,30}(?:预算|安排|支出|执行|支付|批复|下达)|' || l.year || '年12月31日[^。；]{0,12}(?:支出|支付|执行|使用)')))
    AND NOT contains(coalesce(p.project_name, ''), l.year)
)
SELECT project_id, document_id, coalesce('“' || heading || '”一节', '标题') AS place, trim(line) AS phrase,
  fiscal_year AS expected, TRY_CAST(year AS INTEGER) AS actual,
  abs(TRY_CAST(year AS INTEGER) - fiscal_year) AS difference, '年' AS unit,
  TRY_CAST(year AS INTEGER) = fiscal_year AS holds, [section_id, cell(project_id, 'fiscal_year')] AS evidence
FROM titled WHERE year <> ''
