-- 各项目自评表的执行数之和不应大于决算的项目支出。
-- id: F03
-- kind: department_vs_projects
-- scope: document
-- severity: high
-- summary: 各项目自评表执行数合计 {actual} 万元，大于决算的{label} {expected} 万元
-- basis: 部门决算与项目支出绩效自评表应当一致
-- applies: 既有决算的项目支出又附有项目自评表的文档
-- excuse: 自评项目含上年结转或转拨下级的资金
-- confidence: review
-- The largest printed 项目支出 is the limit; executed amounts of all years and sources may be in a form.
WITH account AS (
  SELECT document_id, arg_max(label, amount) AS label, max(amount) AS amount, max(hi(amount, resolution)) AS high,
    max(cut_hi(amount, resolution)) AS cut_high, arg_max(account_id, amount) AS id
  FROM account_lines WHERE stage = 'executed' AND amount > 0
    AND regexp_full_match(label, '.{0,12}项目支出(?:决算数?|合计|总计)?')
  GROUP BY document_id
), total AS (
  SELECT p.document_id, sum(m.amount) AS amount, sum(m.low) AS low, list(m.fund_ids[1] ORDER BY p.ordinal) AS ids
  FROM projects p JOIN (SELECT * FROM money WHERE source = 'total' AND stage = 'executed' AND amount IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY ordinal) = 1) m USING (project_id)
  WHERE p.scope = 'project' AND p.has_form GROUP BY p.document_id
)
SELECT t.document_id, a.label, a.amount AS expected, t.amount AS actual, greatest(t.low - a.high, 0) AS difference,
  '万元' AS unit, t.low <= greatest(a.high, a.cut_high) AS holds, '不知道金额印到第几位小数' AS reason,
  list_concat([a.id], t.ids) AS evidence
FROM total t JOIN account a USING (document_id)
