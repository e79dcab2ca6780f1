-- 完成时间应在报告年度之内。
-- id: D09
-- kind: year_mismatch
-- scope: document
-- severity: medium
-- summary: {level3}期限“{target_raw}”，完成“{actual_raw}”，而本表为 {expected} 年度
-- basis: 绩效自评以预算年度为周期
-- applies: 完成值为日期的指标
-- excuse: 跨年度项目，或上年已提前完成
-- Later than the deadline is date_after_deadline's. A form whose targets lie in other years too covers several years.
SELECT m.project_id, m.document_id, m.indicator_id, m.level3, coalesce(m.target_raw, '未填') AS target_raw, m.actual_raw,
  p.fiscal_year AS expected, year(m.actual_date) AS actual, abs(year(m.actual_date) - p.fiscal_year) AS difference, '年' AS unit,
  CASE WHEN year(m.actual_date) = p.fiscal_year THEN TRUE WHEN m.target_date IS NULL OR year(m.target_date) <> p.fiscal_year
      OR m.actual_earliest > m.target_date OR NOT regexp_matches(m.actual_raw, '20[0-9]{2}') OR p.fiscal_year IS NULL THEN NULL
    ELSE FALSE END AS holds,
  CASE WHEN m.actual_earliest > m.target_date THEN '晚于期限，另行检查' ELSE '目标期限不在本年度，或没有写明年份' END AS reason,
  [cell(m.indicator_id, 'target_raw'), cell(m.indicator_id, 'actual_raw'), cell(m.project_id, 'fiscal_year')] AS evidence
FROM measures m JOIN projects p USING (project_id) WHERE m.actual_date IS NOT NULL
