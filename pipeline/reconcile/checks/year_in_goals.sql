-- 目标、完成情况和正文中的截止时间应在报告年度。
-- id: H02
-- kind: year_mismatch
-- scope: document
-- severity: medium
-- summary: {place}写“{phrase}”，而本报告为 {expected} 年度
-- basis: 绩效自评以预算年度为周期
-- applies: 写有“截至某年底”的目标、完成情况或正文
-- excuse: 跨年度规划，或写报告的时间
-- Only the end of another year stated as the cut-off is judged. Years in titles 《》, document numbers
-- 〔〕, plans and histories are not; a cut-off in the months after the year is when the report was
-- written. A sentence that names the reported year too compares; in running text only what was done
-- or spent by then is meant, not what a place has had since. What took effect before the year is no matter of the future.
WITH passage AS (
  SELECT project_id, document_id, fiscal_year, '实际完成情况' AS place, 'result' AS role,
    cell(project_id, 'goal_actual') AS id, goal_actual AS words
  FROM projects WHERE goal_actual IS NOT NULL
  UNION ALL
  SELECT project_id, document_id, fiscal_year, '预期目标', 'goal', cell(project_id, 'goal_expected'),
    goal_expected
  FROM projects WHERE goal_expected IS NOT NULL
  UNION ALL
  SELECT p.project_id, p.document_id, p.fiscal_year, coalesce('“' || s.heading || '”一节', '正文'),
    'text', s.section_id, s.text
  FROM sections s JOIN projects p USING (project_id)
), sentence AS (
  SELECT *, unnest(regexp_split_to_array(regexp_replace(words,
    '《[^》]*》|[〔\[（(][12][09]\d\d[〕\]）)]', '', 'g'), '[。；;\n]')) AS sentence
  FROM passage WHERE fiscal_year IS NOT NULL
), phrase AS (
  SELECT *, unnest(regexp_extract_all(sentence,
    '(?:截至|截止到?|至|到)\s*20\d\d\s*年\s*(?:年?底|年?末|12\s*月\s*(?:底|末|31\s*日))|20\d\d\s*年\s*12\s*月\s*31\s*日前已')) AS phrase
  FROM sentence
), dated AS (
  SELECT *, CAST(regexp_extract(phrase, '20\d\d') AS INTEGER) AS year FROM phrase
), begun AS ( -- a rule in force since before the year, told as something still to come
  SELECT *, regexp_extract(regexp_replace(sentence, '\s', '', 'g'),
      '([^，,]{0,12}20\d\d年(?:\d{1,2}月(?:\d{1,2}日)?)?起?(?:正式|开始|全面)?(?:实施|施行|执行|生效)[^0-9]{0,30}(?:未来|将会|即将|今后可能))', 1) AS phrase
  FROM sentence WHERE role = 'text' AND regexp_matches(sentence, '20\d\d') AND regexp_matches(sentence, '未来|将会|即将|今后可能')
)
SELECT project_id, document_id, place, phrase, fiscal_year AS expected, year AS actual,
  abs(year - fiscal_year) AS difference, '年' AS unit,
  CASE WHEN year = fiscal_year OR (role = 'goal' AND year > fiscal_year) THEN TRUE
    WHEN contains(sentence, fiscal_year::VARCHAR) THEN NULL
    WHEN role = 'text' AND NOT regexp_matches(sentence, '支出|执行|支付|使用|本项目|该项目|项目资金')
      THEN NULL
    WHEN role = 'text' AND year <> fiscal_year - 1 THEN NULL ELSE FALSE END AS holds,
  '另一年可能是对比、历史或规划' AS reason,
  CASE WHEN role = 'text' THEN 'review' END AS confidence,
  [id, cell(project_id, 'fiscal_year')] AS evidence
FROM dated
UNION ALL
SELECT project_id, document_id, place, phrase, fiscal_year, CAST(regexp_extract(phrase, '20\d\d') AS INTEGER),
  fiscal_year - CAST(regexp_extract(phrase, '20\d\d') AS INTEGER), '年',
  CAST(regexp_extract(phrase, '20\d\d') AS INTEGER) >= fiscal_year, NULL, 'review',
  [id, cell(project_id, 'fiscal_year')]
FROM begun WHERE phrase <> ''
