-- 正文所说的项目完成日期应与自评表中项目完成时间一致。
-- id: D08 E04
-- kind: table_vs_text
-- scope: document
-- severity: medium
-- summary: {place}写“{quote}”，而自评表：{level3}实际完成值“{printed}”，两处不一致
-- basis: 绩效自评报告与自评表应当一致
-- applies: 正文写有整个项目完成、竣工的日期，自评表只有一个以日期计的完成时间指标的项目
-- excuse: 一处是完工日期，一处是验收日期
-- confidence: review
-- Only a sentence whose subject is the project itself. What is said of completion is no acceptance and the reverse: each
-- is compared with an indicator that does not name the other. A month fits any of its days.
WITH dated AS (
  SELECT project_id, document_id, indicator_id, level3, trim(actual_raw) AS printed, actual_date,
    regexp_matches(actual_raw, '[0-9０-９]\s*[日号]|[0-9]{4}\s*[-./][0-9]{1,2}\s*[-./][0-9]{1,2}') AS by_day,
    regexp_matches(actual_raw, '前|之前|以前|底|内') AS before_it
  FROM indicators WHERE actual_kind = 'date' AND actual_date IS NOT NULL
  QUALIFY count(*) OVER (PARTITION BY project_id) = 1
), alone AS (
  SELECT * FROM dated WHERE regexp_matches(simple(level3), '^(?:项目|工程|任务|工作|整体|全部|年度|总体)*(?:实施)?(?:完成|完工|竣工|建成)(?:的?及时)?(?:时间|时限|日期|期限|性|率)*$|^(?:完成|完工|竣工)(?:时间|时限|日期)$')
    AND regexp_matches(printed, '20[0-9]{2}')
), passage AS (
  SELECT s.project_id, s.section_id, coalesce('“' || s.heading || '”一节', '正文') AS place,
    unnest(regexp_split_to_array(s.words, '[。；;\n]')) AS sentence
  FROM passages s SEMI JOIN alone USING (project_id)
  WHERE contains(s.text, '月') AND NOT regexp_matches(simple(coalesce(s.heading, '')), '目标(?:设定|设置|申报)?(?:情况)?$|依据')
), found AS (
  SELECT *, regexp_extract(sentence,
      '(?:^|[，,])((?:(?:(?:该|本)?(?:项目|工程)(?:主体)?|(?:全部|各项|所有)(?:建设|工作|实施)?(?:任务|内容))(?:实际|已)*于?(20[0-9]{2})年([0-9]{1,2})月(?:([0-9]{1,2})日)?前?(?:均|已|现|才|方|全部|全面|顺利|如期|按期|提前|正式)*(?:实施)?(?:完成|完工|竣工|建成))'
      || '|(?:该|本)?(?:项目|工程)?实际(?:完成|完工|竣工)(?:时间|日期)(?:为|是|：|:)?(20[0-9]{2})年([0-9]{1,2})月(?:([0-9]{1,2})日)?'
      || '|(?:(?:截[至止]|直[至到]|至|于)?(20[0-9]{2})年([0-9]{1,2})月(?:([0-9]{1,2})日)?前?[，,]?(?:该|本)?(?:项目|工程|建设|施工|各项|全部|所有|的|任务|内容|工作)*(?:均|已|现|才|方|全部|全面|顺利|如期|按期|提前|正式)*(?:实施)?(?:完成|完工|竣工|建成)))(?:全部|所有|各项)?(?:建设|工作|实施|施工)?(?:内容|任务)?(?:并|[，,]|$|验收)',
      ['quote', 'y1', 'm1', 'd1', 'y3', 'm3', 'd3', 'y2', 'm2', 'd2']) AS hit
  FROM passage WHERE NOT regexp_matches(sentence, '计划|预计|拟|将于|应于|要求|一期|二期|[一二三四五六七八九]标段|第[一二三四五六]|阶段|部分|其中')
), said AS (
  SELECT project_id, section_id, place, sentence, hit.quote AS quote,
    TRY_CAST(coalesce(nullif(hit.y1, ''), nullif(hit.y2, ''), nullif(hit.y3, '')) AS INTEGER) AS y,
    TRY_CAST(coalesce(nullif(hit.m1, ''), nullif(hit.m2, ''), nullif(hit.m3, '')) AS INTEGER) AS m,
    TRY_CAST(coalesce(nullif(hit.d1, ''), nullif(hit.d2, ''), nullif(hit.d3, '')) AS INTEGER) AS d
  FROM found WHERE hit.quote <> '' AND (hit.y1 || hit.y3 <> '' OR regexp_matches(sentence, '项目|工程|开工|动工|启动|全部|各项|所有'))
), judged AS (
  SELECT s.*, a.document_id, a.indicator_id, a.level3, a.printed, a.actual_date, a.by_day, a.before_it,
    TRY(make_date(y, m, coalesce(d, 1))) AS said_from,
    CASE WHEN d IS NULL THEN last_day(TRY(make_date(y, m, 1))) ELSE TRY(make_date(y, m, d)) END AS said_to,
    CASE WHEN a.by_day THEN a.actual_date ELSE date_trunc('month', a.actual_date)::DATE END AS form_from
  FROM said s JOIN alone a USING (project_id) WHERE m BETWEEN 1 AND 12
)
SELECT project_id, document_id, indicator_id, place, quote, level3, printed,
  abs(date_diff('day', actual_date, said_to)) AS difference, '天' AS unit,
  CASE WHEN said_to IS NULL THEN NULL WHEN before_it THEN said_from <= actual_date
    WHEN contains(quote, '竣工') <> contains(level3, '竣工') AND said_from <= actual_date THEN NULL
    ELSE said_from <= actual_date AND form_from <= said_to END AS holds,
  '日期不存在，或一处说竣工、一处说完成' AS reason,
  [section_id, cell(indicator_id, 'actual_raw')] AS evidence
FROM judged
QUALIFY row_number() OVER (PARTITION BY project_id, said_from ORDER BY section_id) = 1
