-- 同一金额在表中和正文中不应正好相差十倍或一百倍。
-- id: I03
-- kind: unit_mismatch
-- scope: document
-- severity: high
-- summary: 正文{stage_label} {actual} 万元，自评表{form_label} {expected} 万元，正好相差 {times} 倍，疑为小数点错位
-- basis: 绩效自评报告正文与所附自评表应当一致
-- applies: 正文与自评表都写有同一阶段资金总额的项目
-- excuse: 正文所说是其中一部分
-- At least three significant digits must be the same, and the text must not print the form's amount too.
WITH form AS (
  SELECT project_id, document_id, stage, amount, low, high, source_label || stage_label AS form_label, fund_ids[1] AS form_id
  FROM money WHERE source = 'total' AND amount > 0
  QUALIFY row_number() OVER (PARTITION BY project_id, stage ORDER BY ordinal) = 1
), pair AS (
  SELECT m.*, t.amount AS said, t.fund_id, t.stage_label,
    CASE WHEN t.amount IN (m.amount * 10, m.amount * 100) THEN t.amount > m.amount WHEN m.amount IN (t.amount * 10, t.amount * 100) THEN TRUE
      ELSE FALSE END AS slipped,
    bool_or(meets(lo(t.amount, t.resolution), hi(t.amount, t.resolution), m.low, m.high))
      OVER (PARTITION BY m.project_id, m.stage) AS said_right
  FROM form m JOIN funds t ON t.project_id = m.project_id AND t.stage = m.stage AND t.origin = 'text' AND t.source = 'total'
  WHERE t.amount > 0
)
SELECT project_id, document_id, stage_label, form_label, amount AS expected, said AS actual, abs(said - amount) AS difference, '万元' AS unit,
  CASE WHEN greatest(said, amount) = least(said, amount) * 10 THEN 10 ELSE 100 END AS times,
  CASE WHEN NOT slipped THEN TRUE WHEN said_right OR len(trim(replace(shown(amount), '.', ''), '0')) < 3 THEN NULL ELSE FALSE END AS holds,
  '数字太短，或正文另有与自评表一致的金额' AS reason, [fund_id, form_id] AS evidence
FROM pair
