-- 指标结余应等于年初预算加调整减财政拨款；资金结余应等于结转数加收回数。
-- id: A04
-- kind: parts_do_not_sum
-- scope: document
-- severity: high
-- summary: {source_label}{label}印为 {actual} 万元，而{formula}为 {expected} 万元
-- basis: 苏州市项目绩效自评表填表说明：指标结余数、资金结余结转数的计算公式
-- applies: 印有指标结余，或既印结余又印结转、收回的资金行
-- excuse: 空格按零计；另有未列示的调整
WITH identity AS (
  SELECT project_id, document_id, source_label, quota_balance AS printed,
    '年初加调整减拨款' AS formula, initial.amount + coalesce(adjustment.amount, 0) - coalesce(appropriated.amount, 0) AS expected,
    initial.low + coalesce(adjustment.low, 0) - coalesce(appropriated.high, 0) AS low,
    initial.high + coalesce(adjustment.high, 0) - coalesce(appropriated.low, 0) AS high,
    initial.clear AND coalesce(adjustment.clear, TRUE) AND coalesce(appropriated.clear, TRUE) AS clear,
    [initial.id, adjustment.id, appropriated.id, quota_balance.id] AS evidence
  FROM fund_lines WHERE quota_balance IS NOT NULL
  UNION ALL
  SELECT project_id, document_id, source_label, balance,
    '结转加收回', coalesce(carried_forward.amount, 0) + coalesce(reclaimed.amount, 0),
    coalesce(carried_forward.low, 0) + coalesce(reclaimed.low, 0),
    coalesce(carried_forward.high, 0) + coalesce(reclaimed.high, 0),
    coalesce(carried_forward.clear, TRUE) AND coalesce(reclaimed.clear, TRUE),
    [balance.id, carried_forward.id, reclaimed.id]
  FROM fund_lines WHERE balance IS NOT NULL AND (carried_forward IS NOT NULL AND reclaimed IS NOT NULL)
)
SELECT project_id, document_id, source_label, printed.label AS label, formula, expected,
  printed.amount AS actual, gap(low, high, printed.low, printed.high) AS difference, '万元' AS unit,
  CASE WHEN clear AND printed.clear THEN meets(low, high, printed.low, printed.high) END AS holds,
  CASE WHEN expected IS NULL THEN '没有年初预算数' ELSE '金额未能读清，或不知道印到第几位小数' END AS reason,
  list_filter(evidence, lambda e: e IS NOT NULL) AS evidence
FROM identity
