-- 单元格里写明的单位应与同一行其他金额相称。
-- id: I02
-- kind: unit_mismatch
-- scope: document
-- severity: medium
-- summary: {label}写作“{raw}”，即 {actual} 万元，而同一行{other_label}为 {expected} 万元，单位疑有误
-- basis: 项目支出绩效自评表表头的金额单位
-- applies: 自带单位的金额单元格
-- excuse: 该金额确实以所写单位计
-- A cell with its own unit is read in that unit. It is doubted only when the head's unit would make it exactly
-- the amount printed beside it.
WITH own AS (
  SELECT f.*, regexp_extract(raw, '(亿元|万元|元)\s*$', 1) AS own_unit FROM funds f
  WHERE origin = 'form' AND amount > 0 AND regexp_matches(raw, '(亿元|万元|元)\s*$')
), beside AS (
  SELECT o.*, b.amount AS other, b.stage_label AS other_label, b.fund_id AS other_id,
    TRY_CAST(o.amount * CASE o.own_unit WHEN '元' THEN 10000 WHEN '万元' THEN 0.0001 ELSE 0.0001 END AS DECIMAL(28, 8)) AS misread
  FROM own o JOIN funds b ON b.project_id = o.project_id AND b.origin = 'form' AND b.source_label = o.source_label
    AND b.stage <> o.stage AND b.amount > 0 AND NOT regexp_matches(b.raw, '元\s*$')
)
SELECT project_id, document_id, source_label || stage_label AS label, raw, amount AS actual, other AS expected, other_label,
  abs(other - amount) AS difference, '万元' AS unit, CASE WHEN misread = other THEN FALSE ELSE TRUE END AS holds,
  '' AS reason, [fund_id, other_id] AS evidence
FROM beside
