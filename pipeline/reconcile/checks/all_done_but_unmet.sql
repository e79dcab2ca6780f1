-- 正文称目标全部完成的，自评表中不应有未完成的指标。
-- id: E06
-- kind: table_vs_text
-- scope: document
-- severity: medium
-- summary: {place}称“{phrase}”，而{level3}目标“{target_raw}”，完成“{actual_raw}”，未达目标（共 {unmet} 项如此）
-- basis: 绩效自评报告与自评表应当一致
-- applies: 正文称全部指标或目标已完成、自评表有可比指标的项目
-- excuse: 所说的只是某一类指标
-- confidence: review
WITH passage AS (
  SELECT project_id, document_id, section_id AS id, coalesce('“' || heading || '”一节', '正文') AS place,
    words
  FROM passages WHERE project_id IS NOT NULL
  UNION ALL
  SELECT project_id, document_id, cell(project_id, 'goal_actual'), '实际完成情况',
    regexp_replace(simple(goal_actual), '\s', '', 'g') FROM projects
), said AS (
  SELECT *, regexp_extract(words, '([^，,。；;]{0,16}?)((?:绩效|各项|全部|所有)[^，。；]{0,6}(?:目标|指标)(?:任务)?(?:总体)?(?:完成|实现)率(?:均|都)?(?:为|达到?|是)*100[%％]'
      || '|(?:各项|全部|所有|年初|三级)(?:设定|制定|确定|预定|设置)?的?(?:绩效|年度|预期|工作|任务|具体|总体|各项|三级|和|与|、)*(?:目标|指标)(?:任务)?(?:值)?'
      || '(?:均|都|皆|全部|已经?|如?按?期|按时|按照?(?:计划|要求|规定|预期)|保质保量|高质量|圆满|顺利|全面|较好|超额|百分之百|100[%％]|地)*(?:完成|达到|实现|达成|达标)'
    || '|(?:绩效|年度|总体)(?:目标|指标)(?:任务)?(?:均|都|全部|百分之百)已?(?:按期|按时|圆满|顺利|全面|按计划|如期)?(?:全部)?(?:完成|实现|达成|达标|达到预期)'
    || '|(?:全部|全面|圆满|均|均已|顺利)(?:按要求|按期|按时)?(?:完成|实现|达到)了?(?:年初|年度|各项|预期|既定|设定|全部|项目|的)*绩效(?:目标|指标)'
    || '|(?:没有|不存在|无)未完成(?:的)?(?:绩效)?(?:指标|目标|情况))([^，,。；;]{0,8})', ['before', 'phrase', 'after']) AS hit
  FROM passage
), counted AS (
  SELECT project_id, count(*) FILTER (met IS FALSE) AS unmet, count(*) FILTER (met IS NOT NULL) AS judged,
    count(*) AS indicators, arg_min({'id': indicator_id, 'level3': level3, 'target': target_raw, 'actual': actual_raw}, ordinal)
      FILTER (met IS FALSE) AS worst
  FROM measures GROUP BY project_id
)
SELECT s.project_id, s.document_id, s.place, s.hit.phrase AS phrase, c.worst.level3 AS level3, c.worst.target AS target_raw,
  c.worst.actual AS actual_raw, c.unmet, c.unmet = 0 AS holds,
  [s.id, cell(c.worst.id, 'target_raw'), cell(c.worst.id, 'actual_raw')] AS evidence
FROM said s JOIN counted c USING (project_id)
WHERE s.hit.phrase <> '' AND c.judged > 0 AND NOT regexp_matches(s.hit.before, '除|未|没有|基本|大部分|确保|力争|争取|为|其他|其它|其余|余下|另')
  AND coalesce(TRY_CAST(regexp_extract(s.hit.before, '([0-9]{1,3})[项个]$', 1) AS INTEGER) >= c.indicators, TRUE)
  AND NOT regexp_matches(replace(s.words, s.hit.phrase, ''), '[项个](?:绩效)?(?:指标|目标)?(?:均|都)?未|未达(?:到|成)|除[^，。]{2,24}外|其[他余]指标')
  AND NOT regexp_matches(s.hit.after, '^(?:情况|率|程度|质量)?[^，。]{0,3}[0-9一二三四五六七八九]|^(?:的?(?:情况|程度|质量|原因)|不)')
QUALIFY row_number() OVER (PARTITION BY s.project_id ORDER BY s.id) = 1
