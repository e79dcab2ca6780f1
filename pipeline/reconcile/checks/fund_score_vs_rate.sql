-- 资金得分应等于分值乘以执行率。
-- id: C08
-- kind: score_mismatch
-- scope: document
-- severity: medium
-- summary: {source_label}执行率 {rate}%，分值 {weight}，按比例应得 {expected} 分，印为 {actual} 分
-- basis: 财预〔2020〕10号：预算执行率按比例计分
-- applies: 既印分值又印得分的资金行
-- excuse: 本单位对执行率分档计分
-- confidence: review
-- Either the printed rate or that of the amounts may have been used, and a rule that gives nothing below
-- 60 % is accepted too. More than the proportion may follow a grade rule of the unit: that is low, unless
-- the same document scores another line in proportion.
SELECT project_id, document_id, source_label, shown AS rate, weight,
  CASE WHEN rank >= 4 THEN CAST(rate_of(product(weight, least(shown, 100)), 10000) AS DECIMAL(18, 2))
    ELSE nearest END AS expected,
  score AS actual, difference, '分' AS unit,
  CASE verdict WHEN 'agrees' THEN TRUE WHEN 'differs' THEN FALSE END AS holds, reason,
  CASE WHEN cuts OR (score > score_high AND NOT proportional AND rank >= 4) THEN 'low' END AS severity,
  CASE WHEN cuts THEN '按截断才一致，而本文件其他得分是四舍五入的'
    WHEN score > score_high AND proportional THEN '同一文件的其他资金行按比例计分' END AS note,
  [fund_score_cell(project_id, fund_ordinal, 'execution_rate'),
   fund_score_cell(project_id, fund_ordinal, 'weight'), fund_score_cell(project_id, fund_ordinal, 'score'),
   budget_id, executed_id, CASE WHEN rank = 1 THEN rule_id END] AS evidence
FROM rescored LEFT JOIN (SELECT row_id, own_budget.id AS budget_id, own_executed.id AS executed_id
  FROM fund_rates) USING (row_id)
WHERE subject = 'funds' AND weight > 0 AND score IS NOT NULL
