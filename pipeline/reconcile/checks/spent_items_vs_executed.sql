-- 实际完成情况所列各笔支出之和应等于全年执行数，而不是预算数。
-- id: A10 E02
-- kind: parts_do_not_sum
-- scope: document
-- severity: medium
-- summary: 实际完成情况所列 {count} 笔支出合计 {actual} 万元，等于全年预算数，而全年执行数为 {expected} 万元
-- basis: 绩效自评表前后应当一致
-- applies: 实际完成情况列有两笔以上支出、自评表有全年预算数与全年执行数的项目
-- excuse: 所列的是合同或计划金额
-- confidence: review
-- Whether the list is complete is not said: it is judged where it adds up to the executed amount, or exactly to a
-- budget that differs from it.
WITH item AS (
  SELECT f.project_id, f.document_id, f.fund_id, f.ordinal, f.amount, lo(f.amount, f.resolution) AS low, hi(f.amount, f.resolution) AS high
  FROM funds f JOIN projects p USING (project_id)
  WHERE f.origin = 'text' AND f.stage = 'executed' AND f.source = 'component' AND f.amount > 0
    AND contains(regexp_replace(p.goal_actual, '\s', '', 'g'), regexp_replace(f.raw, '\s', '', 'g'))
), listed AS (
  SELECT project_id, any_value(document_id) AS document_id, count(*) AS count, sum(amount) AS amount,
    sum(low) AS low, sum(high) AS high, list(fund_id ORDER BY ordinal) AS ids
  FROM item GROUP BY project_id HAVING count(*) >= 2
), whole AS (
  SELECT l.*, f.annual, f.executed,
    meets(l.low, l.high, f.executed.low, f.executed.high) AS fits,
    meets(l.low, l.high, f.annual.low, f.annual.high) AS fits_budget
  FROM listed l JOIN fund_lines f USING (project_id)
  WHERE f.source = 'total' AND f.executed.clear AND f.annual.clear
)
SELECT project_id, document_id, count, executed.amount AS expected, amount AS actual,
  gap(low, high, executed.low, executed.high) AS difference, '万元' AS unit,
  CASE WHEN fits THEN TRUE WHEN fits_budget AND executed.high < annual.low THEN FALSE END AS holds,
  '所列各笔支出不一定齐全' AS reason,
  list_concat(ids, [annual.id, executed.id]) AS evidence
FROM whole
