-- 说明资金未支付完毕的，支付类指标不应填 100%。
-- id: B05 C10
-- kind: unmet_but_full_score
-- scope: document
-- severity: medium
-- summary: {level3}完成 {actual_raw} 得满分，而{source_label}预算 {budget} 万元、执行 {executed} 万元（{expected}%），表中又说明“{quote}”
-- basis: 财预〔2020〕10号：未完成指标值的应当扣分
-- applies: 有支付、拨付类比率指标并印有预算数、执行数的项目
-- excuse: 未支付部分尚未到付款期
WITH total AS (
  SELECT * FROM fund_lines WHERE source = 'total' AND annual IS NOT NULL AND executed IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY ordinal) = 1
), unpaid AS (
  SELECT project_id, arg_min(deviation_raw, ordinal) AS quote, arg_min(indicator_id, ordinal) AS id FROM indicators
  WHERE regexp_matches(deviation_raw, '未(?:能|全部|完全|及时|按时|按期)?(?:支付|拨付|付款|支出)|(?:支付|拨付)未完|尚未(?:支付|拨付)')
  GROUP BY project_id
)
SELECT m.project_id, m.document_id, m.indicator_id, m.level3, m.actual_raw, t.source_label, left(u.quote, 60) AS quote,
  t.annual.amount AS budget, t.executed.amount AS executed, rate_of(t.executed.amount, t.annual.amount) AS expected,
  m.actual AS actual, '%' AS unit,
  CASE WHEN t.executed.high >= t.annual.low OR m.actual < 100 OR NOT m.full_marks THEN TRUE
    WHEN u.project_id IS NULL OR NOT (t.annual.clear AND t.executed.clear) THEN NULL ELSE FALSE END AS holds,
  CASE WHEN u.project_id IS NULL THEN '没有说明未执行的资金是否应付未付' ELSE '金额未能读清' END AS reason,
  [cell(m.indicator_id, 'actual_raw'), t.annual.id, t.executed.id, cell(u.id, 'deviation_raw')] AS evidence
FROM measures m JOIN total t USING (project_id) LEFT JOIN unpaid u USING (project_id)
WHERE regexp_matches(m.level3, '资金|经费|款') AND regexp_matches(m.level3, '支付|拨付') AND m.actual_kind = 'percent'
  AND regexp_matches(m.level3, '率$') AND NOT regexp_matches(m.level3, '单位数') AND m.actual IS NOT NULL
  AND m.score IS NOT NULL AND m.weight > 0
