-- 正文所说的三级指标个数应等于自评表所列的个数。
-- id: E04
-- kind: table_vs_text
-- scope: document
-- severity: medium
-- summary: 正文写“{quote}”，而自评表列有三级指标 {expected} 个
-- basis: 绩效自评报告与所附自评表应当一致
-- applies: 正文写有三级指标个数、附有完整自评表的项目
-- excuse: 正文把预算执行率等也算作指标
-- confidence: review
-- Only where the form is whole (its weights make up its total); one more is the rate of execution.
WITH sentence AS (
  SELECT section_id, project_id, document_id, ordinal,
    unnest(regexp_split_to_array(words, '[，,。；;\n]')) AS sentence
  FROM passages WHERE project_id IS NOT NULL AND contains(text, '指标')
), stated AS (
  SELECT *, regexp_extract(sentence, '三级(?:绩效)?指标(?:共|共计|共有|合计|为|有|数量)*[0-9]{1,3}[个项条]|[0-9]{1,3}[个项条]三级(?:绩效)?指标'
      || '|(?:共|设定|设置|设立|涉及|列|确定)[^，0-9]{0,6}绩效指标(?:共|共计|共有|合计|为|有|数量)*[0-9]{1,3}[个项条]|(?:共|设定|设置|设立|涉及|列|确定)[^，0-9]{0,6}[0-9]{1,3}[个项条]绩效指标|^(?:该|本)?(?:项目)?绩效指标(?:共计?|共有|合计)[0-9]{1,3}[个项条]') AS quote
  FROM sentence WHERE NOT regexp_matches(sentence, '其中|完成|达到|未|扣|以上|不少于|每|数量指标|质量指标|上年|产出|效益|[一二]级|类')
), counted AS (
  SELECT project_id, count(*) AS rows, count(*) FILTER (weight > 0) AS weighted,
    count(DISTINCT level2) AS classes FROM indicators GROUP BY project_id
)
SELECT s.project_id, s.document_id, s.quote, c.rows AS expected, TRY_CAST(regexp_extract(s.quote, '[0-9]+') AS INTEGER) AS actual,
  abs(TRY_CAST(regexp_extract(s.quote, '[0-9]+') AS INTEGER) - c.rows) AS difference, '个' AS unit,
  CASE WHEN TRY_CAST(regexp_extract(s.quote, '[0-9]+') AS INTEGER) IN (c.rows, c.rows + 1, c.weighted, c.weighted + 1) THEN TRUE
    WHEN NOT contains(s.quote, '三级') AND TRY_CAST(regexp_extract(s.quote, '[0-9]+') AS INTEGER) <= c.classes + 2 THEN NULL
    WHEN t.weight_total IS NULL OR t.form_follows
      OR NOT coalesce(meets(t.weights_low + coalesce(t.fund_weight, 0), t.weights_high + coalesce(t.fund_weight, 0), t.weight_total, t.weight_total), FALSE) THEN NULL
    ELSE FALSE END AS holds,
  '自评表可能不全，或正文说的是几张表' AS reason, [s.section_id] AS evidence
FROM stated s JOIN counted c USING (project_id) JOIN totals t USING (project_id)
WHERE s.quote <> ''
QUALIFY row_number() OVER (PARTITION BY s.project_id, s.quote ORDER BY s.ordinal) = 1
