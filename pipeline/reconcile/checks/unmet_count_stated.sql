-- 正文所说的未完成指标个数应与自评表一致。
-- id: E06
-- kind: table_vs_text
-- scope: document
-- severity: medium
-- summary: 正文写“{quote}”，而自评表中未完成的指标有 {expected} 个
-- basis: 绩效自评报告与所附自评表应当一致
-- applies: 正文写有未完成指标个数、附有自评表的项目
-- excuse: 正文把预算执行率等也算作指标
-- confidence: review
-- A row is unmet for sure where its figures say so, and perhaps where marks were cut or nothing can be compared; the
-- rate of execution may be counted with them.
WITH sentence AS (
  SELECT section_id, project_id, document_id, ordinal,
    unnest(regexp_split_to_array(words, '[。；;\n]')) AS sentence
  FROM passages WHERE project_id IS NOT NULL AND contains(text, '指标')
), stated AS (
  SELECT *, regexp_extract(sentence, '(?:([0-9]{1,3})[个项条](?:三级)?(?:绩效)?(?:指标|目标)?(?:值)?(?:尚|还|仍)?(?:未能?|没有?|没能)(?:完成|达标|达成|实现|达到(?:年初|年度|预期|设定|绩效|的)*(?:目标|指标|标准)值?)'
      || '|(?:指标|其中)[^，。；]{0,8}[，,]?(?:未能?|没有)(?:完成|达标|达成|实现|达到(?:年初|年度|预期|设定|绩效|的)*目标值?)(?:目标|指标|的|数量|共|有|为|计)*([0-9]{1,3})[个项条]'
      || '|(?:完成|达标)[0-9]{1,3}[个项条]?[，,、](?:未完成|未达标)([0-9]{1,3})[个项条]'
      || '|(?:未完成|未达标)的?(?:三级|绩效)*指标(?:共|有|为|计)*([0-9]{1,3})[个项条])', ['a', 'b', 'c', 'd']) AS hit,
    regexp_extract(sentence, '(?:共有|仅有|尚有|另有|其中|有)?(?:[0-9]{1,3}[个项条](?:三级)?(?:绩效)?(?:指标|目标)?(?:值)?(?:尚|还|仍)?(?:未能?|没有?|没能)(?:完成|达标|达成|实现|达到(?:年初|年度|预期|设定|绩效|的)*(?:目标|指标|标准)值?)'
      || '|(?:指标[^。；]{0,16})?(?:未能?|没有)(?:完成|达标|达成|实现|达到(?:年初|年度|预期|设定|绩效|的)*目标值?)(?:目标|指标|的|三级|绩效|数量|共|有|为|计)*[0-9]{1,3}[个项条])') AS quote
  FROM sentence WHERE NOT regexp_matches(sentence, '上年|去年|各项目|所有项目|[0-9]+个项目|数量指标|质量指标|时效指标|效益指标|产出指标')
), counted AS (
  SELECT project_id, count(*) FILTER (met IS FALSE) AS sure,
    count(*) FILTER (met IS NOT TRUE AND coalesce(score < weight, TRUE) OR score < weight) AS perhaps
  FROM measures GROUP BY project_id
)
SELECT s.project_id, s.document_id, s.quote, c.perhaps AS expected, n.said AS actual, abs(n.said - c.perhaps) AS difference, '个' AS unit,
  n.said BETWEEN c.sure AND c.perhaps + 1 AS holds, [s.section_id] AS evidence
FROM stated s JOIN counted c USING (project_id) JOIN totals t USING (project_id),
  LATERAL (SELECT TRY_CAST(coalesce(nullif(s.hit.a, ''), nullif(s.hit.b, ''), nullif(s.hit.c, ''), nullif(s.hit.d, '')) AS INTEGER) AS said) n
WHERE s.quote <> '' AND n.said IS NOT NULL AND t.scored = t.weighted AND t.weighted > 0
QUALIFY row_number() OVER (PARTITION BY s.project_id, s.quote ORDER BY s.ordinal) = 1
