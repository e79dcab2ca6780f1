-- 执行率不应超过 100%。
-- id: B03
-- kind: executed_exceeds_budget
-- scope: document
-- severity: high
-- summary: {source_label}执行率印为 {actual}%，超过 100%
-- basis: 《中华人民共和国预算法》第十三条（未列入预算的不得支出）
-- applies: 印有执行率的资金行
-- excuse: 执行数含上年结转或其他资金
-- Where the amounts are printed, executed_exceeds_budget or execution_rate says what is wrong with them.
SELECT s.project_id, s.document_id, s.source_label, 100 AS expected, s.execution_rate AS actual,
  greatest(lo(s.execution_rate, coalesce(s.rate_resolution, last_digit(s.execution_rate))) - 100, 0) AS difference,
  '%' AS unit,
  CASE WHEN lo(s.execution_rate, coalesce(s.rate_resolution, last_digit(s.execution_rate))) <= 100 THEN TRUE
    WHEN l.executed IS NOT NULL AND coalesce(l.annual, l.initial, l.appropriated) IS NOT NULL THEN NULL
    WHEN s.execution_rate > 1000 THEN NULL ELSE FALSE END AS holds,
  CASE WHEN s.execution_rate > 1000 THEN '数值过大，可能读错' ELSE '印有预算数与执行数，另行检查' END AS reason,
  [fund_score_cell(s.project_id, s.ordinal, 'execution_rate')] AS evidence
FROM fund_scores s
LEFT JOIN fund_lines l ON (l.project_id, l.source_label) = (s.project_id, s.source_label)
WHERE s.execution_rate IS NOT NULL
