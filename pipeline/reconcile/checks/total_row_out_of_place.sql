-- 子项表的合计行应当印在各子项之后。
-- id: A05
-- kind: other
-- scope: document
-- severity: low
-- summary: {total_label} {actual} 万元印在{item} {amount} 万元之前，各子项之和要算到合计之后的行
-- basis: 项目支出绩效自评表子项资金表
-- applies: 印有子项及其合计的资金表
-- excuse: 系统导出的次序
WITH total AS (
  SELECT * FROM money WHERE source = 'total' AND stage = 'annual_budget' AND amount IS NOT NULL
    AND regexp_matches(source_label, '^(?:合计|小计|总计)[:：]?$')
), item AS (
  SELECT c.project_id, t.source_label AS total_label, any_value(t.document_id) AS document_id, any_value(t.amount) AS total, any_value(t.fund_ids[1]) AS total_id,
    any_value(t.low) AS low, any_value(t.high) AS high, sum(c.low) AS items_low, sum(c.high) AS items_high,
    count(*) FILTER (c.ordinal < t.ordinal) AS before, count(*) FILTER (c.ordinal > t.ordinal) AS after,
    arg_max(c.source_label, c.ordinal) AS last_item, arg_max(c.amount, c.ordinal) AS last_amount, arg_max(c.fund_ids[1], c.ordinal) AS last_id
  FROM total t JOIN money c ON (c.project_id, c.stage) = (t.project_id, t.stage) AND c.source = 'component' AND c.amount IS NOT NULL
  GROUP BY c.project_id, t.source_label HAVING count(*) > 1
)
SELECT project_id, document_id, total_label, last_item AS item, last_amount AS amount, total AS actual, '万元' AS unit,
  CASE WHEN before = 0 OR after = 0 THEN TRUE WHEN meets(items_low, items_high, low, high) THEN FALSE END AS holds,
  '各子项之和不等于合计' AS reason, [total_id, last_id] AS evidence
FROM item
