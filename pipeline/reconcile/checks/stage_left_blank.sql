-- 有预算的项目应当填写执行数，有执行的项目应当填写预算数。
-- id: A12
-- kind: missing_value
-- scope: document
-- severity: medium
-- summary: {source_label}印有{given_label} {actual} 万元，而{blank_label}一栏全部空白
-- basis: 项目支出绩效自评表填表说明：预算数、执行数应逐项填写
-- applies: 印有资金总额的自评表
-- excuse: 年中追加的项目年初预算可以为空；预算未执行的应填 0
-- Only columns that are known to exist are judged: blanks printed as “/” or “—”. A blank opening budget is fine.
WITH column_of AS (
  SELECT project_id, stage, any_value(document_id) AS document_id, arg_min(stage_label, ordinal) AS stage_label,
    bool_or(source = 'total') AS has_total, count(amount) AS filled, max(amount) AS amount,
    bool_or(unreadable) AS unreadable,
    arg_max(source_label, amount) AS source_label, arg_max(fund_ids[1], amount) AS id
  FROM money WHERE stage IN ('annual_budget', 'appropriated', 'executed') GROUP BY project_id, stage
), paired AS (
  SELECT e.project_id, e.document_id, b.stage_label AS blank_label, e.stage_label AS given_label, e.amount AS actual,
    e.source_label, e.id, b.filled, b.unreadable
  FROM column_of e JOIN column_of b ON b.project_id = e.project_id AND b.stage <> e.stage
    AND 'executed' IN (e.stage, b.stage)
  WHERE e.amount > 0 AND e.has_total AND b.has_total
)
SELECT project_id, document_id, source_label, given_label, blank_label, actual, '万元' AS unit,
  CASE WHEN filled > 0 THEN TRUE WHEN NOT unreadable THEN FALSE END AS holds,
  '该栏有未能读清的金额' AS reason, [id] AS evidence
FROM paired
