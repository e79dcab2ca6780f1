-- 预期目标所述的数量和比率应与自评表中同一指标的目标值一致。
-- id: E04
-- kind: table_vs_text
-- scope: document
-- severity: medium
-- summary: {place}：{subject}{stated}；自评表：{level3}目标“{printed}”，两处不一致
-- basis: 财预〔2015〕88号：绩效指标应当细化、量化绩效目标
-- applies: 预期目标写有与某一指标对应的数量或比率的项目
-- excuse: 预期目标写的是多年的总目标，或其中一部分
-- confidence: review
-- A goal may be of several years, or of a part of what the indicator counts: only the whole subject of an
-- indicator is compared, and only in the form's own goal or under a heading on goals.
WITH pair AS (
  SELECT s.*, g.indicator_id, g.level3, g.printed, g.value AS form_value, g.low AS form_low,
    g.high AS form_high, g.value_end, g.bare AS form_bare, a.likeness, r.value AS actual_value
  FROM spoken s JOIN alignments a USING (claim_id)
  JOIN gauges g ON g.indicator_id = a.indicator_id AND g.side = 'target'
  LEFT JOIN gauges r ON r.indicator_id = a.indicator_id AND r.side = 'actual'
  JOIN projects p ON p.project_id = s.project_id
  WHERE s.role = 'goal' AND NOT regexp_matches(s.head, '后续|下一步|打算|今后|改进|建议|计划$')
    AND NOT (regexp_matches(s.before, '20[0-9][0-9]年') AND NOT contains(s.before, coalesce(p.fiscal_year::VARCHAR, '年')))
    AND NOT regexp_matches(s.before, '累计|每|人均|户均|其中|分别|[一二三]期|到20[0-9][0-9]年|五年|三年|原有|现有')
), judged AS (
  SELECT *, meets(low, high, form_low, coalesce(value_end, form_high)) AS fits,
    form_bare IS NULL OR likeness < 0.9 AS unsure
  FROM pair
)
SELECT project_id, document_id, indicator_id, coalesce(nullif(heading, ''), '正文') AS place, subject,
  level3, printed, CASE WHEN kind = 'count' THEN regexp_replace(raw, '\s', '', 'g')
    ELSE shown(value) || '%' END AS stated,
  form_value AS expected, value AS actual, gap(low, high, form_low, form_high) AS difference, bare AS unit,
  CASE WHEN fits THEN TRUE WHEN fits IS NULL OR unsure OR (head <> '预期目标' AND actual_value = value)
    THEN NULL ELSE FALSE END AS holds,
  '名称或单位只是相近，或所述是完成数' AS reason,
  [claim_id, cell(indicator_id, 'target_raw')] AS evidence
FROM judged
