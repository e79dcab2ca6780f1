-- 同一单位同一年度的同一项目，在两份文件中的金额应一致。
-- id: F07
-- kind: text_vs_text
-- scope: corpus
-- severity: high
-- summary: {source_label}{stage_label}印为 {actual} 万元，而同一项目的另一份文件“{file}”印为 {expected} 万元
-- basis: 同一项目的公开数据应当一致
-- applies: 在两份文件中都有自评表的项目
-- excuse: 两份文件分别是初稿和更正稿，或为同名的子项目
-- confidence: review
WITH keyed AS (
  SELECT k.*, d.file_name FROM project_keys k JOIN documents d USING (document_id)
  WHERE k.unit_key IS NOT NULL AND length(k.name_key) >= 4 AND k.fiscal_year IS NOT NULL
), pair AS (
  SELECT a.project_id, a.document_id, b.project_id AS other_id, b.file_name
  FROM keyed a JOIN keyed b ON (a.unit_key, a.name_key, a.fiscal_year, a.scope)
    = (b.unit_key, b.name_key, b.fiscal_year, b.scope)
    AND a.document_id > b.document_id
  WHERE coalesce(a.code = b.code, TRUE)
  QUALIFY row_number() OVER (PARTITION BY a.project_id ORDER BY b.document_id) = 1
), compared AS (
  SELECT p.*, m.source_label, m.stage_label, m.stage, m.amount, o.amount AS other_amount, m.low, m.high,
    o.low AS other_low, o.high AS other_high, m.fund_ids[1] AS id, o.fund_ids[1] AS other_fund
  FROM pair p JOIN money m ON m.project_id = p.project_id AND m.source = 'total' AND m.amount IS NOT NULL
  JOIN money o ON o.project_id = p.other_id AND o.source = 'total' AND o.stage = m.stage AND o.amount IS NOT NULL
  WHERE m.stage IN ('annual_budget', 'executed')
)
SELECT project_id, document_id, source_label, stage_label, file_name AS file, other_amount AS expected, amount AS actual,
  gap(low, high, other_low, other_high) AS difference, '万元' AS unit,
  meets(low, high, other_low, other_high) AS holds, '不知道金额印到第几位小数' AS reason, [id, other_fund] AS evidence
FROM compared
