-- 实际完成情况应写本年度的完成数，不应写上一年度的。
-- id: H02
-- kind: year_mismatch
-- scope: document
-- severity: medium
-- summary: 实际完成情况写“{phrase}”，而本报告为 {expected} 年度
-- basis: 绩效自评以预算年度为周期
-- applies: 实际完成情况写有“某年……完成”的项目
-- excuse: 与上年对比，或补做上年任务
-- confidence: review
-- Years in titles 《》, document numbers and the project's own name are not judged, nor is a sentence that
-- names the reported year within the same clause. A clause that only begins with another year is not judged either
-- where the reported year stands elsewhere in the result: that is a history.
WITH clause AS (
  SELECT project_id, document_id, fiscal_year, project_name, goal_actual,
    unnest(regexp_split_to_array(regexp_replace(simple(goal_actual),
      '\s|《[^》]*》|[〔\[（(][12][09]\d\d[〕\]）)]', '', 'g'), '[。；;]')) AS clause
  FROM projects WHERE goal_actual IS NOT NULL AND fiscal_year IS NOT NULL
), phrase AS (
  SELECT *, unnest(regexp_extract_all(clause,
    '20\d\d年?度?[^，,。；;0-9]{0,24}?(?:均|全部|超额|共|顺利|圆满)(?:已|超额|顺利|圆满)*(?:完成|实现|达成)'
    || '|^20\d\d年度?[，,]?(?:我[单局院校中]?位?|本单位)?(?:全年|共|累计|实际|已)*(?:完成|实现|开展|举办|支出|实施)')) AS phrase
  FROM clause
), dated AS (
  SELECT *, CAST(left(phrase, 4) AS INTEGER) AS year FROM phrase
)
SELECT project_id, document_id, phrase, fiscal_year AS expected, year AS actual,
  abs(year - fiscal_year) AS difference, '年' AS unit,
  CASE WHEN year = fiscal_year THEN TRUE
    WHEN year > fiscal_year OR contains(coalesce(project_name, ''), year::VARCHAR)
      OR contains(clause, fiscal_year::VARCHAR)
      OR (NOT regexp_matches(phrase, '均|全部|超额|共|顺利|圆满') AND contains(goal_actual, fiscal_year::VARCHAR))
      OR regexp_matches(phrase, '基础|以来|比|较|结转|上年|审核|年报|统计') THEN NULL ELSE FALSE END AS holds,
  '可能是对比、规划或项目名称中的年份' AS reason,
  [cell(project_id, 'goal_actual'), cell(project_id, 'fiscal_year')] AS evidence
FROM dated
