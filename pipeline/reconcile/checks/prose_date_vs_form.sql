-- 完成情况所述的完成时间应与自评表中同一时效指标的实际完成值一致。
-- id: D08 E04
-- kind: table_vs_text
-- scope: document
-- severity: medium
-- summary: {place}：{subject}{stated}；自评表：{level3}实际完成值“{printed}”，两处不一致
-- basis: 绩效自评报告与自评表应当一致
-- applies: 实际完成情况或正文写有完成日期、自评表有以日期计的指标的项目
-- excuse: 所述的是另一环节的日期
-- confidence: review
-- A date is compared where its subject names the indicator, or where the form's result has one date and the
-- form one indicator of dates; then an earlier date may be of an earlier step. A month fits any of its days.
WITH dated AS (
  SELECT project_id, document_id, indicator_id, level3, target_raw, actual_raw, target_date, actual_date,
    regexp_matches(actual_raw, '[0-9０-９]\s*[日号]|[0-9]{4}\s*[-./][0-9]{1,2}\s*[-./][0-9]{1,2}') AS by_day,
    regexp_matches(actual_raw, '前|之前|以前|底') AS before_it,
    count(*) OVER (PARTITION BY project_id) AS indicators,
    fold_text(regexp_replace(simple(level3), '[0-9（）()]', '', 'g')) AS name
  FROM indicators WHERE actual_kind = 'date' AND actual_date IS NOT NULL
), said AS (
  SELECT *, count(*) OVER (PARTITION BY project_id, head) AS dates,
    fold_text(regexp_replace(subject, '[0-9（）()]', '', 'g')) AS name
  FROM spoken WHERE kind = 'date' AND role = 'result' AND year IS NOT NULL AND month BETWEEN 1 AND 12
    AND NOT regexp_matches(before, '(?:计划|目标|要求|截至|截止)[^，,；;]*$')
), pair AS (
  SELECT s.claim_id, s.project_id, s.document_id, s.heading, s.subject, s.raw, d.indicator_id, d.level3,
    d.actual_raw, d.target_date, d.actual_date, d.by_day, d.before_it,
    s.name = d.name OR (length(d.name) >= 5 AND (contains(s.name, d.name) OR contains(d.name, s.name)
      AND length(s.name) >= 5)) AS named,
    s.head = '实际完成情况' AND s.dates = 1 AND d.indicators = 1
      AND regexp_matches(s.subject || d.level3, '完成|完工|竣工|验收|支付') AS alone,
    make_date(s.year, s.month, 1) AS first_day,
    CASE WHEN s.day BETWEEN 1 AND 28 THEN make_date(s.year, s.month, s.day)
      WHEN s.day BETWEEN 29 AND 31 THEN TRY(make_date(s.year, s.month, s.day))
      ELSE last_day(make_date(s.year, s.month, 1)) END AS last_of_said, s.day
  FROM said s JOIN dated d USING (project_id)
), judged AS (
  SELECT *, CASE WHEN day IS NULL THEN first_day ELSE last_of_said END AS said_from,
    CASE WHEN by_day THEN actual_date ELSE date_trunc('month', actual_date)::DATE END AS form_from
  FROM pair WHERE named OR (alone AND last_of_said > actual_date)
  QUALIFY count(*) OVER (PARTITION BY claim_id) = 1
)
SELECT project_id, document_id, indicator_id, coalesce(nullif(heading, ''), '正文') AS place,
  coalesce(subject, '') AS subject, regexp_replace(raw, '\s', '', 'g') AS stated, level3,
  trim(actual_raw) AS printed,
  abs(date_diff('day', actual_date, last_of_said)) AS difference, '天' AS unit,
  CASE WHEN last_of_said IS NULL THEN NULL
    WHEN before_it THEN said_from <= actual_date
    ELSE said_from <= actual_date AND form_from <= last_of_said END AS holds,
  '日期不存在' AS reason,
  CASE WHEN last_of_said = target_date THEN '与目标期限相同' END AS note,
  [claim_id, cell(indicator_id, 'actual_raw')] AS evidence
FROM judged
