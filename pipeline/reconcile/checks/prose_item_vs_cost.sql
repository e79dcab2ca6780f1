-- 正文、目标和完成情况所述的分项金额应与自评表中同一成本指标一致。
-- id: D10 E01
-- kind: table_vs_text
-- scope: document
-- severity: medium
-- summary: 文字：{label}{stated}；自评表：{level3}{side_label}“{printed}”，两处不一致
-- basis: 绩效自评报告与自评表应当一致
-- applies: 写有与某一成本指标对应的分项金额的项目
-- excuse: 所述金额与成本指标的口径不同
-- confidence: review
-- What was spent is compared with the actual value, what was planned with the target; either fits where the
-- words do not say which.
WITH pair AS (
  SELECT f.fund_id, f.project_id, f.document_id, f.source_label AS label, f.raw, f.amount, f.stage,
    a.indicator_id, a.likeness, g.level3, g.side, g.printed, g.value, g.low, g.high,
    spoken_lo(f.amount * 10000, f.resolution * 10000) AS said_low,
    spoken_hi(f.amount * 10000, f.resolution * 10000) AS said_high
  FROM funds f JOIN item_alignments a USING (fund_id)
  JOIN gauges g ON g.indicator_id = a.indicator_id AND g.dimension = 'money'
), judged AS (
  SELECT *, coalesce(meets(said_low, said_high, low, high), FALSE) AS fits,
    CASE WHEN stage = 'executed' THEN 'actual' ELSE 'target' END AS meant
  FROM pair
), whole AS (
  SELECT fund_id, any_value(project_id) AS project_id, any_value(document_id) AS document_id,
    any_value(label) AS label, any_value(raw) AS raw, any_value(amount) AS amount,
    any_value(indicator_id) AS indicator_id, any_value(level3) AS level3, any_value(meant) AS meant,
    max(likeness) AS likeness, bool_or(fits AND side = meant) AS fits,
    bool_or(fits AND side <> meant) AS fits_other,
    any_value({'printed': printed, 'value': value, 'low': low, 'high': high,
      'said_low': said_low, 'said_high': said_high}) FILTER (side = meant) AS form
  FROM judged GROUP BY fund_id
)
SELECT project_id, document_id, indicator_id, label, regexp_replace(raw, '\s', '', 'g') AS stated, level3,
  CASE WHEN meant = 'actual' THEN '实际完成值' ELSE '目标' END AS side_label, form.printed AS printed,
  (form.value / 10000)::DECIMAL(20, 6) AS expected, amount AS actual,
  (gap(form.said_low, form.said_high, form.low, form.high) / 10000)::DECIMAL(20, 6) AS difference,
  '万元' AS unit,
  CASE WHEN fits THEN TRUE WHEN form IS NULL OR form.low IS NULL OR likeness < 0.85
      OR (fits_other AND meant = 'target') THEN NULL
    ELSE FALSE END AS holds,
  CASE WHEN fits_other AND meant = 'target' THEN '与实际完成值相同，可能说的是支出' ELSE '名称只是相近，或自评表没有对应的数值' END AS reason,
  CASE WHEN fits_other AND meant = 'actual' THEN '与目标值相同' END AS note,
  [fund_id, cell(indicator_id, CASE WHEN meant = 'actual' THEN 'actual_raw' ELSE 'target_raw' END)] AS evidence
FROM whole
