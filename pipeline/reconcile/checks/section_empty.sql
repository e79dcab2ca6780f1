-- 自评报告的必备内容不应只有标题而没有正文。
-- id: K03
-- kind: missing_value
-- scope: document
-- severity: medium
-- summary: “{heading}”一节只有标题，没有内容
-- basis: 项目支出绩效自评报告参考提纲
-- applies: 印有存在的问题、改进措施等必备标题的报告
-- excuse: 内容写在别处，或为表格
-- confidence: review
-- Empty only where the next heading is of the same kind of number or one above: else what follows is its content. Plain
-- numbers (4.) count as headings where the report has no others and the next one goes on counting.
WITH plain AS (
  SELECT project_id FROM outlines GROUP BY project_id HAVING min(style) = 3
), numbered AS (
  SELECT * EXCLUDE (text), text <> '' AS printed,
    regexp_replace(text, '(?m)^[^\n，。；]{0,40}自评表[^\n，。；]{0,10}$|^\s*[（(]20\d\d年?度?[）)]\s*$', '', 'g') AS text, TRY_CAST(regexp_extract(number, '^[(（]?([0-9]{1,2})', 1) AS INTEGER) AS count,
    lead(TRY_CAST(regexp_extract(number, '^[(（]?([0-9]{1,2})', 1) AS INTEGER)) OVER (PARTITION BY project_id ORDER BY ordinal) AS next_count
  FROM outlines
)
SELECT o.project_id, o.document_id, o.heading,
  CASE WHEN fold_text(o.text) <> '' THEN TRUE
    WHEN o.printed AND o.next_style IS NULL THEN FALSE -- nothing but the title of the form behind it
    WHEN o.style < 3 AND o.next_style <= o.style AND coalesce(o.next_place, 1) IN (o.place + 1, 1) THEN FALSE
    WHEN o.style < 3 AND o.next_style < o.style THEN FALSE
    WHEN o.project_id IN (SELECT project_id FROM plain) AND o.next_count = o.count + 1 THEN FALSE END AS holds,
  '其后可能是下级标题或表格' AS reason,
  [o.section_id] AS evidence
FROM numbered o
WHERE EXISTS (SELECT 1 FROM required_sections r WHERE regexp_matches(simple(o.heading), r.heading))
