-- 自评报告的填报、落款时间不应早于年度结束，报告中不应把落款之前的事写成将来。
-- id: H03
-- kind: date_order
-- scope: document
-- severity: low
-- summary: {place}“{printed}”，{against}
-- basis: 绩效自评应在预算年度结束后开展
-- applies: 印有填报时间或落款日期的报告
-- excuse: 填报时间印错；项目结束后即开展自评；所引的是原定计划
-- confidence: review
-- A day alone on the last line of the report is when it was signed. Before the year it is one or the other's misprint; before the year's
-- end the report cannot know the year's figures. What is still expected by a day before the report was written, or by one of the year that
-- it evaluates, was written earlier.
WITH line AS (
  SELECT s.project_id, s.document_id, s.section_id, s.ordinal, p.fiscal_year, coalesce('“' || s.heading || '”一节', '正文') AS place,
    simple(coalesce(s.heading, '')) AS head, unnest(regexp_split_to_array(regexp_replace(s.text, '[^\S\n]', '', 'g'), '[。；;\n]')) AS line
  FROM passages s JOIN projects p USING (project_id)
  WHERE p.fiscal_year IS NOT NULL AND contains(s.text, '月')
), dated AS (
  SELECT *, regexp_extract(line, '填报(?:时间|日期)[:：]?(20\d\d年\d{1,2}月(?:\d{1,2}日)?)', 1) AS filed,
    regexp_extract(line, '^(?:\p{Han}{2,20}(?:局|委|会|中心|[科处]|站|[学]?校|院|所|办|馆|队|政府|公司|厅|部|镇|乡|街道|区|县|市))?(20\d\d年\d{1,2}月\d{1,2}日)$', 1) AS signed,
    regexp_extract(line, '(?:预计|预期|拟|将)将?(?:于|在)?(20\d\d年\d{1,2}月)(?:\d{1,2}日|底|末|上旬|中旬|下旬)?前?[^，。；]{0,10}(?:完成|完毕|支付|拨付|验收|竣工|投入|建成)', 1) AS awaited,
    regexp_extract(line, '[^，。；]{0,16}(?:预计|预期|拟|将)将?(?:于|在)?20\d\d年\d{1,2}月(?:\d{1,2}日|底|末|上旬|中旬|下旬)?前?[^，。；]{0,10}(?:完成|完毕|支付|拨付|验收|竣工|投入|建成)') AS quote
  FROM line
), month AS (
  SELECT *, CAST(regexp_extract(t, '(20\d\d)年', 1) AS INTEGER) * 12 + CAST(regexp_extract(t, '年(\d{1,2})月', 1) AS INTEGER) AS month
  FROM (SELECT *, CASE WHEN filed <> '' THEN filed WHEN signed <> '' THEN signed ELSE awaited END AS t FROM dated
    WHERE filed <> '' OR signed <> '' OR awaited <> '')
), last AS (
  SELECT project_id, arg_max(section_id, ordinal) AS section_id, arg_max(t, ordinal) AS signed, arg_max(month, ordinal) AS month
  FROM month WHERE awaited = '' GROUP BY project_id
)
SELECT m.project_id, m.document_id, '填报时间印为' AS place, m.t AS printed,
  CASE WHEN m.month < fiscal_year * 12 + 1 THEN '早于报告年度 ' || fiscal_year || ' 年' ELSE '而 ' || fiscal_year || ' 年度尚未结束' END AS against,
  fiscal_year AS expected, (m.month - 1) // 12 AS actual, fiscal_year - (m.month - 1) // 12 AS difference, '年' AS unit,
  m.month >= fiscal_year * 12 + 11 AS holds,
  NULL AS severity, [m.section_id, cell(m.project_id, 'fiscal_year')] AS evidence
FROM month m WHERE awaited = ''
UNION ALL
SELECT m.project_id, m.document_id, m.place, m.quote, CASE WHEN l.signed IS NULL THEN '而所评的 ' || fiscal_year || ' 年度已经结束' ELSE '而报告写于 ' || l.signed END, NULL, NULL,
  coalesce(l.month, fiscal_year * 12 + 13) - m.month, '个月', m.month >= coalesce(l.month, fiscal_year * 12 + 13), 'medium', [m.section_id, l.section_id]
FROM month m LEFT JOIN last l USING (project_id)
WHERE awaited <> '' AND NOT regexp_matches(m.head, '目标|计划|立项|背景|概况|安排|依据') AND NOT regexp_matches(m.line, '原计划|原定|实际|年初|已于|目标|合同')
