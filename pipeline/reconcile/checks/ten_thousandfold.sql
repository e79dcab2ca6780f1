-- 同一张表的金额不应相差一万倍（元与万元混用）。
-- id: I01
-- kind: unit_mismatch
-- scope: document
-- severity: high
-- summary: {first_label} {expected} 万元与{second_label} {actual} 万元正好相差一万倍，疑为元与万元混用
-- basis: 项目支出绩效自评表表头“单位：万元”
-- applies: 印有两个以上金额的资金表
-- excuse: 表头单位写错，或个别单元格以元填列
-- Only two printings of one amount are compared: budget and executed of one line, the total and a part of one
-- stage, or the form and its text. Small amounts may lie far apart honestly, so the digits must be the same.
WITH pair AS (
  SELECT a.project_id, a.document_id, a.source_label || a.stage_label AS first_label, b.source_label || b.stage_label AS second_label,
    a.amount AS one, b.amount AS other, a.fund_ids[1] AS first_id, b.fund_ids[1] AS second_id
  FROM money a JOIN money b ON b.project_id = a.project_id AND a.ordinal < b.ordinal
    AND ((a.source_label = b.source_label AND a.stage <> b.stage) OR (a.stage = b.stage AND a.source = 'total' AND b.source <> 'total'))
  WHERE a.amount > 0 AND b.amount > 0 AND a.stage NOT IN ('adjustment', 'balance', 'quota_balance')
    AND b.stage NOT IN ('adjustment', 'balance', 'quota_balance')
  UNION ALL
  SELECT a.project_id, a.document_id, a.source_label || a.stage_label, '正文' || f.stage_label,
    a.amount, f.amount, a.fund_ids[1], f.fund_id
  FROM money a JOIN funds f ON f.project_id = a.project_id AND f.origin = 'text' AND f.source = 'total' AND f.stage = a.stage
  WHERE a.source = 'total' AND a.amount > 0 AND f.amount > 0
), judged AS (
  SELECT *, greatest(one, other) AS large, least(one, other) AS small FROM pair
), told AS (
  SELECT *, large >= small * 9990 AND large <= small * 10010 AS odd FROM judged
)
SELECT project_id, document_id, first_label, second_label, one AS expected, other AS actual, large - small AS difference, '万元' AS unit,
  CASE WHEN NOT odd THEN TRUE WHEN small < 0.01 AND large < 1000 THEN NULL
    WHEN row_number() OVER (PARTITION BY project_id, odd ORDER BY large DESC, first_id, second_id) = 1 THEN FALSE END AS holds,
  '同一原因已经指出，或数额太小无从断定' AS reason, [first_id, second_id] AS evidence
FROM told
