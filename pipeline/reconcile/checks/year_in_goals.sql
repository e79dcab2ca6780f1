-- 总体目标和完成情况中的截止时间应在报告年度。
-- kind: year_mismatch
-- severity: medium
-- summary: {column_label}写“{phrase}”，而本表为 {expected} 年度
-- basis: 绩效自评以预算年度为周期
-- applies: 总体目标或完成情况中写有“截至某年底”的项目
-- Only the end of another year stated as the cut-off is judged. Years in titles 《》, document numbers
-- 〔〕, plans and histories are not; a cut-off in the months after the year is when the report was written.
WITH goal AS (
  SELECT project_id, document_id, fiscal_year, 'goal_actual' AS column_name,
    '实际完成情况' AS column_label, goal_actual AS goal
  FROM projects WHERE fiscal_year IS NOT NULL AND goal_actual IS NOT NULL
  UNION ALL
  SELECT project_id, document_id, fiscal_year, 'goal_expected', '预期目标', goal_expected
  FROM projects WHERE fiscal_year IS NOT NULL AND goal_expected IS NOT NULL
), phrase AS (
  SELECT *, unnest(regexp_extract_all(regexp_replace(goal, '《[^》]*》|[〔\[（(][12][09]\d\d[〕\]）)]', '', 'g'),
    '(?:截至|截止到?|至)\s*20\d\d\s*年\s*(?:年?底|末|1?2?\s*12\s*月\s*(?:底|末|31\s*日))')) AS phrase
  FROM goal
), dated AS (
  SELECT *, CAST(regexp_extract(phrase, '20\d\d') AS INTEGER) AS year FROM phrase
)
SELECT project_id, document_id, column_label, phrase, fiscal_year AS expected, year AS actual,
  abs(year - fiscal_year) AS difference, '年' AS unit,
  -- a goal may reach beyond its year, a result may not; what was done before is history after 自 or 从
  CASE WHEN year = fiscal_year THEN TRUE
    WHEN column_name = 'goal_expected' AND year > fiscal_year THEN TRUE
    WHEN contains(goal, fiscal_year::VARCHAR || '年') THEN NULL ELSE FALSE END AS holds,
  '同一段中也写有本年度，另一年可能是对比' AS reason,
  [cell(project_id, column_name), cell(project_id, 'fiscal_year')] AS evidence
FROM dated
