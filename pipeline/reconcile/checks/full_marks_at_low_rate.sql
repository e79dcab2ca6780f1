-- 预算执行率很低而各项指标全部满分的，应当说明。
-- id: C18
-- kind: other
-- scope: document
-- severity: low
-- summary: {source_label}执行率只有 {actual}%，{count} 项指标却全部得满分，也没有说明
-- basis: 财预〔2020〕10号：绩效目标完成与预算执行应当相互印证
-- applies: 印有预算数、执行数和各指标得分的自评表
-- excuse: 任务已完成而款项按合同在下年支付，或节约了资金
-- confidence: review
-- A flag, not an error: only where less than half was spent, and nothing in the form gives a reason.
WITH total AS (
  SELECT * FROM fund_lines WHERE source = 'total' AND annual.amount > 0 AND executed IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY ordinal) = 1
), form AS (
  SELECT project_id, any_value(document_id) AS document_id, count(*) AS count, bool_and(full_marks) AS all_full,
    bool_and(blank(deviation_raw)) AS unexplained, list(cell(indicator_id, 'score') ORDER BY ordinal)[1] AS first_score
  FROM measures WHERE weight > 0 AND score IS NOT NULL GROUP BY project_id HAVING count(*) >= 5
)
SELECT f.project_id, f.document_id, t.source_label, f.count, rate_of(t.executed.amount, t.annual.amount) AS actual, 100 AS expected, '%' AS unit,
  CASE WHEN NOT f.all_full OR t.executed.amount * 10 >= t.annual.amount * 9 THEN TRUE
    WHEN NOT (t.annual.clear AND t.executed.clear) OR t.executed.amount * 2 >= t.annual.amount OR NOT f.unexplained
      OR p.goal_actual IS NULL OR regexp_matches(p.goal_actual, '节约|结余|下年|次年|跨年|质保|尾款|未支付|结转') THEN NULL
    ELSE FALSE END AS holds,
  '执行率偏低而指标全部满分，可能是节约、结转或按合同付款' AS reason,
  [t.annual.id, t.executed.id, f.first_score] AS evidence
FROM form f JOIN total t USING (project_id) JOIN projects p USING (project_id)
