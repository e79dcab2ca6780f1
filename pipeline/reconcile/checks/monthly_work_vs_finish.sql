-- 全年逐月的工作不应在年中完成之日就已做满十二次。
-- id: D09
-- kind: date_order
-- scope: document
-- severity: low
-- summary: {level3}完成“{actual_raw}”，而{finish_name}为“{finish_raw}”，当年至此只有 {expected} 个月
-- basis: 财预〔2015〕88号：绩效指标应当相互衔接
-- applies: 既有逐月的工作、又写明项目完成时间的自评表
-- excuse: 服务期跨年，或从上年起算
WITH finish AS (
  SELECT m.project_id, arg_max(m.level3, m.ordinal) AS finish_name, arg_max(m.actual_raw, m.ordinal) AS finish_raw,
    max(m.actual_date) AS finished, arg_max(m.indicator_id, m.ordinal) AS finish_id, count(*) AS finishes
  FROM measures m WHERE m.actual_date IS NOT NULL AND regexp_matches(m.level3, '^(?:指标[0-9]*[:：])?(?:项目|任务|工作|服务)(?:完成|结束)(?:时间|时限|时效|日期)$')
  GROUP BY m.project_id
)
SELECT m.project_id, m.document_id, m.indicator_id, m.level3, m.actual_raw, f.finish_name, f.finish_raw, month(f.finished) AS expected,
  m.actual_value AS actual, m.actual_value - month(f.finished) AS difference, m.actual_unit AS unit,
  CASE WHEN year(f.finished) = p.fiscal_year AND f.finishes = 1 THEN m.actual_value <= month(f.finished) OR m.actual_value <> 12 END AS holds,
  '完成时间不在本年度，或不止一个' AS reason,
  [cell(m.indicator_id, 'actual_raw'), cell(f.finish_id, 'actual_raw')] AS evidence
FROM measures m JOIN finish f USING (project_id) JOIN projects p USING (project_id)
WHERE regexp_matches(m.level3, '月报|月度|每月|按月|逐月') AND m.actual_kind = 'number' AND m.actual_value IS NOT NULL
