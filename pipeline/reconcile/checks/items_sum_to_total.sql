-- 子项金额之和应等于子项表的合计。
-- id: A05
-- kind: parts_do_not_sum
-- scope: document
-- severity: high
-- summary: {stage_label}：{items}合计 {actual} 万元，与{total_label} {expected} 万元不符
-- basis: 项目支出绩效自评表子项资金表的“合计”行
-- applies: 除资金总额外另有子项及其合计的资金表
-- excuse: 子项没有列全；合计印在最后一行之前
-- The first total of a column is parts_sum_to_total's. Items are only held to a 合计 when they add up to it at
-- another stage; else they only may not exceed it.
WITH total AS (
  SELECT * FROM money WHERE source = 'total' AND amount IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY project_id, stage ORDER BY ordinal) > 1
), summed AS (
  SELECT t.project_id, t.stage, t.source_label, any_value(t.document_id) AS document_id,
    any_value(t.stage_label) AS stage_label, any_value(t.amount) AS total, any_value(t.low) AS low,
    any_value(t.high) AS high, any_value(t.fund_ids[1]) AS total_id, sum(c.amount) AS items_sum,
    sum(c.low) AS items_low, sum(c.high) AS items_high, bool_or(c.unreadable OR t.unreadable) AS unreadable,
    string_agg(c.source_label, '、' ORDER BY c.ordinal) AS items, list(c.fund_ids[1] ORDER BY c.ordinal) AS ids
  FROM total t JOIN money c ON (c.project_id, c.stage) = (t.project_id, t.stage) AND c.source = 'component'
    AND c.amount IS NOT NULL
  GROUP BY t.project_id, t.stage, t.source_label HAVING count(*) > 1
), judged AS (
  SELECT *, meets(items_low, items_high, low, high) AS closes,
    bool_or(meets(items_low, items_high, low, high)) OVER (PARTITION BY project_id, source_label) AS complete
  FROM summed
)
SELECT project_id, document_id, stage_label, items, source_label AS total_label, total AS expected,
  items_sum AS actual, gap(items_low, items_high, low, high) AS difference, '万元' AS unit,
  CASE WHEN unreadable OR closes IS NULL THEN NULL WHEN closes THEN TRUE
    WHEN complete OR items_low > high THEN FALSE END AS holds,
  CASE WHEN unreadable OR closes IS NULL THEN '金额未能读清，或不知道印到第几位小数'
    ELSE '所列子项可能不全，未超过合计' END AS reason,
  list_prepend(total_id, ids) AS evidence
FROM judged
