-- 正文称未完成的指标，自评表不应又填已完成。
-- id: E06
-- kind: table_vs_text
-- scope: document
-- severity: medium
-- summary: {place}称“{quote}”，而自评表：{level3}目标“{target_raw}”，完成“{actual_raw}”，已达目标
-- basis: 绩效自评报告与自评表应当一致
-- applies: 正文点名说某一指标未完成、自评表有这一指标的可比数值的项目
-- excuse: 所说的是另一口径的计划
-- confidence: review
-- The indicator's whole name must stand directly before the words, and no other name may contain it.
WITH passage AS (
  SELECT project_id, document_id, section_id AS id, coalesce('“' || heading || '”一节', '正文') AS place,
    words
  FROM passages WHERE project_id IS NOT NULL
  UNION ALL
  SELECT project_id, document_id, cell(project_id, 'goal_actual'), '实际完成情况',
    regexp_replace(simple(goal_actual), '\s', '', 'g') FROM projects
), sentence AS (
  SELECT *, unnest(regexp_split_to_array(words, '[，,。；;]')) AS sentence FROM passage
  WHERE regexp_matches(words, '未达|未能|未完成|未实现|没有达到|没有完成|低于|差距|不理想')
), said AS (
  SELECT *, regexp_extract(sentence, '^(.{4,40}?)(?:这一)?(?:指标)?(?:均|仍|尚|还|暂|也|实际|全年|年度|完成情况|完成值|完成率)*(?:(?:未能?达到?|未能?完成|未能?实现|没有达到|没有完成|低于|与)(?:年初|年度|预期|设定|预定|绩效|计划|既定|的|全年|计划数)*(?:目标|指标|任务|要求|标|数|计划)(?:值|任务)?(?:的问题|的情况|的现象|(?:相比)?(?:存在|有)?(?:一定|较大)?的?差距)?|未能?(?:按期|如期|全部)?完成|不理想|不够理想)$', 1) AS subject
  FROM sentence WHERE regexp_matches(sentence, '未|没有|低于|差距|不理想') AND NOT regexp_matches(sentence, '(?:无|没有|不存在)差距|不低于')
), named AS (
  SELECT s.*, m.indicator_id, m.ordinal, m.level3, m.target_raw, m.actual_raw, m.met, m.full_marks
  FROM said s JOIN measures m USING (project_id)
  WHERE s.subject <> '' AND m.comparable AND length(fold_text(m.level3)) >= 4
    AND suffix(regexp_replace(fold_text(s.subject), '数量$', ''), regexp_replace(fold_text(simple(m.level3)), '数量$', ''))
    AND NOT regexp_matches(s.subject, '除|个别|部分|有的|上年|去年|[个项处家]$')
  QUALIFY row_number() OVER (PARTITION BY s.id, s.sentence ORDER BY length(m.level3) DESC, m.ordinal) = 1
)
SELECT project_id, document_id, indicator_id, place, sentence AS quote, level3, trim(target_raw) AS target_raw, trim(actual_raw) AS actual_raw,
  CASE WHEN met IS FALSE THEN TRUE WHEN met AND coalesce(full_marks, TRUE) THEN FALSE END AS holds,
  '自评表也扣了分，或看不出是否完成' AS reason,
  [id, cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw')] AS evidence
FROM named
