-- 所写的起止时间，起点不应晚于终点。
-- id: H04
-- kind: date_order
-- scope: document
-- severity: medium
-- summary: {place}写“{phrase}”，起点晚于终点
-- basis: 绩效自评表填报应当真实、准确
-- applies: 写有“某年某月至某年某月”或开工、完工日期的目标、完成情况或正文
-- excuse: 笔误
WITH passage AS (
  SELECT project_id, document_id, '预期目标' AS place, cell(project_id, 'goal_expected') AS id, goal_expected AS words
  FROM projects
  UNION ALL
  SELECT project_id, document_id, '实际完成情况', cell(project_id, 'goal_actual'), goal_actual FROM projects
  UNION ALL
  SELECT project_id, document_id, coalesce('“' || heading || '”一节', '正文'), section_id, text FROM sections
), phrase AS (
  SELECT *, unnest(regexp_extract_all(regexp_replace(words, '\s', '', 'g'),
    '20\d\d年\d{1,2}月(?:\d{1,2}日)?起?(?:至|到|—|－|-|~|～)20\d\d年\d{1,2}月(?:\d{1,2}日)?'
    || '|20\d\d年\d{1,2}月(?:\d{1,2}日)?[^，,。；;0-9]{0,6}(?:开工|动工|启动|开始|签订合同)[^，,。；;0-9]{0,6}[，,][^，,。；;0-9]{0,8}'
    || '20\d\d年\d{1,2}月(?:\d{1,2}日)?[^，,。；;0-9]{0,6}(?:全部|全面)?(?:完成|完工|竣工|建成|验收|结束)(?:[，,。；;]|$|并|[^，,。；;0-9]{0,3}验收|施工|建设|实施)')) AS phrase
  FROM passage WHERE contains(words, '月')
), parts AS (
  SELECT *, list_transform(regexp_extract_all(phrase, '20\d\d年\d{1,2}月(?:\d{1,2}日)?'), lambda d:
    CAST(left(d, 4) AS INTEGER) * 10000 + CAST(regexp_extract(d, '年(\d{1,2})月', 1) AS INTEGER) * 100
    + coalesce(TRY_CAST(regexp_extract(d, '月(\d{1,2})日', 1) AS INTEGER), 0)) AS ends
  FROM phrase
)
SELECT project_id, document_id, place, rtrim(phrase, '，,。；;并') AS phrase,
  CASE WHEN ends[2] % 100 = 0 THEN ends[1] // 100 <= ends[2] // 100 ELSE ends[1] <= ends[2] END AS holds,
  [id] AS evidence
FROM parts
