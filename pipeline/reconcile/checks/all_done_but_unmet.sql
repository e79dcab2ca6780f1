-- 正文称目标全部完成的，自评表中不应有未完成的指标。
-- id: E06
-- kind: table_vs_text
-- severity: medium
-- summary: {place}称“{phrase}”，而{level3}目标“{target_raw}”，完成“{actual_raw}”，未达目标（共 {unmet} 项如此）
-- basis: 绩效自评报告与自评表应当一致
-- applies: 正文称全部指标或目标已完成、自评表有可比指标的项目
-- excuse: 所说的只是某一类指标
-- confidence: review
WITH passage AS (
  SELECT project_id, document_id, section_id AS id, coalesce('“' || heading || '”一节', '正文') AS place,
    regexp_replace(simple(text), '\s', '', 'g') AS words
  FROM sections WHERE project_id IS NOT NULL
  UNION ALL
  SELECT project_id, document_id, cell(project_id, 'goal_actual'), '实际完成情况',
    regexp_replace(simple(goal_actual), '\s', '', 'g') FROM projects
), said AS (
  SELECT *, regexp_extract(words,
    '(?:各项|全部|所有)(?:绩效|年度)?(?:目标|指标)(?:任务)?(?:均|都|全部)?已?(?:按期|按时|圆满|顺利|全面)?(?:全部)?(?:完成|达到|实现|达成)'
    || '|(?:绩效|年度)(?:目标|指标)(?:任务)?(?:均|都|全部)已?(?:按期|按时|圆满|顺利|全面)?(?:全部)?(?:完成|实现|达成|达标)'
    || '|(?:没有|不存在|无)未完成(?:的)?(?:绩效)?(?:指标|目标)') AS phrase
  FROM passage
), counted AS (
  SELECT project_id, count(*) FILTER (met IS FALSE) AS unmet, count(*) FILTER (met IS NOT NULL) AS judged,
    arg_min({'id': indicator_id, 'level3': level3, 'target': target_raw, 'actual': actual_raw}, ordinal)
      FILTER (met IS FALSE) AS worst
  FROM measures GROUP BY project_id
)
SELECT s.project_id, s.document_id, s.place, s.phrase, c.worst.level3 AS level3, c.worst.target AS target_raw,
  c.worst.actual AS actual_raw, c.unmet, c.unmet = 0 AS holds,
  [s.id, cell(c.worst.id, 'target_raw'), cell(c.worst.id, 'actual_raw')] AS evidence
FROM said s JOIN counted c USING (project_id)
WHERE s.phrase <> '' AND c.judged > 0
QUALIFY row_number() OVER (PARTITION BY s.project_id ORDER BY s.id) = 1
