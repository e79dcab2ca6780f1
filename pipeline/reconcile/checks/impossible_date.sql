-- 所写的日期应当存在。
-- id: H05
-- kind: other
-- scope: document
-- severity: medium
-- summary: {place}写“{phrase}”，没有这一天
-- basis: 绩效自评表填报应当真实、准确
-- applies: 写有年月日的目标、完成情况、指标或正文
-- excuse: 笔误
WITH passage AS (
  SELECT project_id, document_id, NULL AS indicator_id, '预期目标' AS place, cell(project_id, 'goal_expected') AS id,
    goal_expected AS words FROM projects
  UNION ALL
  SELECT project_id, document_id, NULL, '实际完成情况', cell(project_id, 'goal_actual'), goal_actual FROM projects
  UNION ALL
  SELECT project_id, document_id, NULL, coalesce('“' || heading || '”一节', '正文'), section_id, text FROM sections
  UNION ALL
  SELECT project_id, document_id, indicator_id, level3 || '目标', cell(indicator_id, 'target_raw'), target_raw FROM indicators
  UNION ALL
  SELECT project_id, document_id, indicator_id, level3 || '完成值', cell(indicator_id, 'actual_raw'), actual_raw FROM indicators
), phrase AS (
  SELECT *, unnest(regexp_extract_all(regexp_replace(words, '\s', '', 'g'), '(?:19|20)\d\d年\d{1,2}月\d{1,2}日')) AS phrase
  FROM passage WHERE contains(words, '月')
), parts AS (
  SELECT *, CAST(regexp_extract(phrase, '(\d{4})年', 1) AS INTEGER) AS year,
    CAST(regexp_extract(phrase, '年(\d{1,2})月', 1) AS INTEGER) AS month,
    CAST(regexp_extract(phrase, '月(\d{1,2})日', 1) AS INTEGER) AS day
  FROM phrase
)
SELECT project_id, document_id, indicator_id, place, phrase,
  CASE WHEN month BETWEEN 1 AND 12 AND day >= 1 THEN day <= day(last_day(make_date(year, month, 1))) ELSE FALSE END AS holds,
  [id] AS evidence
FROM parts
