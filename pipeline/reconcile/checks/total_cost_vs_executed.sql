-- 项目总成本的完成值应与资金表的执行数一致。
-- id: D10
-- kind: table_vs_text
-- scope: document
-- severity: medium
-- summary: {level3}完成“{actual_raw}”，而{source_label}执行 {expected} 万元
-- basis: 财预〔2020〕10号：成本指标与预算执行应当相互印证
-- applies: 以项目总成本为指标并印有资金表的项目
-- excuse: 成本的口径与资金表不同（如多年合计）
-- Any printed amount of the funds table may be meant. The target must be one of its budgets, so that both speak
-- of the same money; a cost rounded to whole 万元 is fine.
WITH cost AS (
  SELECT project_id, document_id, indicator_id, level3, actual_raw, quantity(target_low, wan) AS target_from,
    quantity(target_top, wan) AS target_to, quantity(actual_low, wan) AS low, quantity(actual_high, wan) AS high,
    quantity(actual, wan) AS cost
  FROM money_measures WHERE target_high IS NULL
    AND regexp_matches(level3, '^(?:指标[0-9]*[:：])?(?:项目|年度)?(?:总成本|总投资|总支出|项目成本|支出总额|预算总成本|成本总额)(?:控制数?)?$')
), tested AS (
  SELECT c.indicator_id, bool_or(meets(c.low, c.high, m.low, m.high)) AS fits,
    bool_or(m.stage <> 'executed' AND meets(c.target_from, c.target_to, m.low, m.high)) AS scoped
  FROM cost c JOIN money m USING (project_id) WHERE m.amount IS NOT NULL GROUP BY c.indicator_id
), spent AS (
  SELECT project_id, source_label, executed FROM fund_lines SEMI JOIN cost USING (project_id)
  WHERE executed IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY source = 'total' DESC, ordinal) = 1
)
SELECT c.project_id, c.document_id, c.indicator_id, level3, actual_raw, source_label,
  executed.amount AS expected, CAST(cost AS DECIMAL(20, 6)) AS actual, '万元' AS unit,
  CAST(gap(low, high, executed.low, executed.high) AS DECIMAL(20, 6)) AS difference,
  CASE WHEN fits THEN TRUE WHEN NOT scoped OR NOT executed.clear OR abs(cost - executed.amount) < 1 THEN NULL ELSE FALSE END AS holds,
  '目标不是资金表中的预算数，口径可能不同；或只差不足 1 万元' AS reason,
  [cell(c.indicator_id, 'actual_raw'), executed.id] AS evidence
FROM cost c JOIN tested USING (indicator_id) JOIN spent s ON s.project_id = c.project_id
