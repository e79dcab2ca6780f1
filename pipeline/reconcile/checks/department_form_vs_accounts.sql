-- 部门整体支出自评表的执行总额应与决算的支出一致。
-- id: F04
-- kind: table_vs_text
-- scope: document
-- severity: high
-- summary: 部门整体支出自评表执行数 {actual} 万元，与决算的{label} {expected} 万元不符
-- basis: 部门决算与部门整体支出绩效自评表应当一致
-- applies: 既有决算支出又附有部门整体支出自评表的文档
-- excuse: 执行数含年末结转，或只含财政拨款
-- confidence: review
-- Any total of expenditure that the accounts print is accepted, with or without what is carried over.
WITH account AS (
  SELECT document_id, list(lo(amount, resolution)) AS lows, list(hi(amount, resolution)) AS highs,
    arg_min(label, ordinal) FILTER (regexp_matches(label, '^本年支出')) AS label,
    arg_min(amount, ordinal) FILTER (regexp_matches(label, '^本年支出')) AS amount,
    arg_min(account_id, ordinal) FILTER (regexp_matches(label, '^本年支出')) AS id
  FROM account_lines WHERE amount > 0 AND stage = 'executed' AND regexp_matches(label, '支出|总计|合计|决算|执行')
  GROUP BY document_id
), form AS (
  SELECT p.project_id, p.document_id, m.amount, m.low, m.high, m.fund_ids[1] AS id
  FROM projects p JOIN money m USING (project_id)
  WHERE p.scope = 'department' AND p.has_form AND m.source = 'total' AND m.stage = 'executed'
    AND m.amount IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY p.project_id ORDER BY m.ordinal) = 1
), judged AS (
  SELECT f.*, a.label, a.amount AS expected, a.id AS account,
    len(list_filter(list_zip(a.lows, a.highs), lambda e: e[1] <= f.high AND f.low <= e[2])) > 0 AS fits,
    count(*) OVER (PARTITION BY f.document_id) AS departments
  FROM form f JOIN account a USING (document_id)
)
SELECT project_id, document_id, label, expected, amount AS actual, abs(expected - amount) AS difference,
  '万元' AS unit,
  CASE WHEN fits THEN TRUE WHEN expected IS NULL OR low IS NULL OR departments > 1 THEN NULL ELSE FALSE END AS holds,
  CASE WHEN departments > 1 THEN '文档含几个部门的自评表' ELSE '决算没有印出本年支出' END AS reason,
  [account, id] AS evidence
FROM judged
