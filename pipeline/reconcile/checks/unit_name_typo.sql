-- 同一单位的名称在标题、封面和表中应写得一样。
-- id: J04
-- kind: name_mismatch
-- scope: document
-- severity: low
-- summary: {place}写“{seen}”，表中为“{unit}”，只差一字，疑为笔误
-- basis: 绩效自评报告与自评表应当一致
-- applies: 标题或正文印有与本单位名称等长的单位名称的报告
-- excuse: 确有名称相近的另一单位
-- confidence: review
-- One sign of the place's name differs and all others are equal: 教育局 and 体育局 are two units, and so are places
-- that differ in a number or a direction.
WITH own AS (
  SELECT project_id, document_id, unit, simple(unit) AS name, length(unit) AS size,
    length(regexp_extract(simple(unit), '^\p{Han}{2,8}?(?:省|市|县|区|旗|州|盟|镇|乡)')) AS region FROM projects
  WHERE length(unit) >= 6
), passage AS (
  SELECT o.*, '标题' AS place, simple(d.title) AS words, NULL AS id FROM own o JOIN documents d USING (document_id)
  WHERE d.title IS NOT NULL
  UNION ALL
  SELECT o.*, coalesce('“' || s.heading || '”一节', '正文'), s.words, s.section_id
  FROM own o JOIN passages s USING (project_id)
), candidate AS (
  SELECT *, substr(words, strpos(words, right(name, size - region)) - region, size) AS seen FROM passage
  WHERE region BETWEEN 2 AND size - 3 AND strpos(words, right(name, size - region)) > region
), judged AS (
  SELECT *, len(list_filter(list_zip(string_split(seen, ''), string_split(name, '')),
    lambda z: z[1] <> z[2])) AS apart
  FROM candidate WHERE length(seen) = size
), slip AS (
  SELECT *, list_filter(list_zip(string_split(seen, ''), string_split(name, '')), lambda z: z[1] <> z[2])[1] AS sign,
    len(list_filter(list_zip(string_split(left(seen, region), ''), string_split(left(name, region), '')),
      lambda z: z[1] <> z[2])) = apart AS of_place
  FROM judged WHERE apart <= 1 AND right(seen, 1) = right(name, 1) AND left(seen, 1) <> '和'
)
SELECT project_id, document_id, place, seen, unit,
  CASE WHEN apart = 0 THEN TRUE
    WHEN regexp_matches(sign[1] || sign[2], '[一二三四五六七八九十0-9东南西北中上下大小省市县区州乡镇村\p{P}\s]') OR NOT of_place
      THEN NULL ELSE FALSE END AS holds,
  '可能是另一单位' AS reason,
  [coalesce(id, cell(project_id, 'unit')), cell(project_id, 'unit')] AS evidence
FROM slip
QUALIFY row_number() OVER (PARTITION BY project_id, seen ORDER BY id NULLS FIRST) = 1
