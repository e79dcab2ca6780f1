-- 正文、实际完成情况所述的数量和比率应与自评表中同一指标的实际完成值一致。
-- id: E04
-- kind: table_vs_text
-- scope: document
-- severity: medium
-- summary: {place}：{subject}{stated}；自评表：{level3}实际完成值“{printed}”，两处不一致
-- basis: 绩效自评报告与自评表应当一致
-- applies: 正文或实际完成情况写有与某一指标对应的数量或比率的项目
-- excuse: 文中所说的是累计数，或只是其中一部分
-- confidence: review
-- Only facts of the year about the indicator itself: what is planned, cumulative, partial, approximate or
-- of another year is left alone (../text/spoken.py). A bound (不少于6次) contradicts only what lies outside it.
-- Running text that repeats the target may mean the target; beside a figure that fits, another may be a part.
WITH pair AS (
  SELECT s.*, g.indicator_id, g.level3, g.printed, g.value AS form_value, g.low AS form_low,
    g.high AS form_high, g.op AS form_op, g.bare AS form_bare, g.value_end,
    t.value AS target, i.completion_rate, a.likeness
  FROM spoken s JOIN alignments a USING (claim_id)
  JOIN gauges g ON g.indicator_id = a.indicator_id AND g.side = 'actual'
  JOIN indicators i ON i.indicator_id = a.indicator_id
  LEFT JOIN gauges t ON t.indicator_id = a.indicator_id AND t.side = 'target'
  WHERE s.role = 'result' AND NOT s.quiet
), judged AS (
  SELECT *, form_bare IS NULL AND likeness < 0.9 AS unsure,
    CASE WHEN operator IN ('>=', '>') THEN form_high >= value
      WHEN operator IN ('<=', '<') THEN form_low <= value
      WHEN form_op IN ('>=', '>') THEN high >= form_value
      WHEN form_op IN ('<=', '<') THEN low <= form_value
      ELSE meets(low, high, form_low, form_high) END AS fits,
    operator IS NULL AND head <> '实际完成情况' AND coalesce(meets(low, high, target, target), FALSE)
      AS repeats_target,
    coalesce(value = completion_rate AND bare = '%', FALSE) AS is_rate
  FROM pair
), beside AS (
  SELECT *, bool_or(coalesce(fits, FALSE)) OVER (PARTITION BY indicator_id, heading) AS another_fits FROM judged
)
SELECT project_id, document_id, indicator_id, coalesce(nullif(heading, ''), '正文') AS place, subject,
  level3, printed, CASE operator WHEN '>=' THEN '不少于' WHEN '>' THEN '超过' WHEN '<=' THEN '不超过'
    WHEN '<' THEN '低于' ELSE '' END || CASE WHEN kind = 'count' THEN regexp_replace(raw, '\s', '', 'g')
    ELSE shown(value) || '%' END AS stated,
  form_value AS expected, value AS actual, gap(low, high, form_low, form_high) AS difference,
  CASE WHEN bare = '%' THEN '%' ELSE bare END AS unit,
  CASE WHEN fits THEN TRUE WHEN fits IS NULL OR unsure OR repeats_target OR another_fits THEN NULL
    ELSE FALSE END AS holds,
  CASE WHEN another_fits THEN '同一段另有与自评表一致的数，此处可能只是其中一部分' WHEN unsure THEN '自评表没有印出单位' WHEN repeats_target THEN '与目标值相同，可能是复述目标'
    ELSE '不知道数值印到第几位小数' END AS reason,
  CASE WHEN is_rate THEN '与完成率相同，疑把完成率写成完成值'
    WHEN head = '实际完成情况' AND operator IS NULL AND value = target THEN '与目标值相同' END AS note,
  [claim_id, cell(indicator_id, 'actual_raw')] AS evidence
FROM beside
