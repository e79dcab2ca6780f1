-- 预期目标所列各项资金与成本指标目标之和都等于预算总额的，除去名称相同的，其余各项也应相等。
-- id: E01 D10
-- kind: table_vs_text
-- scope: document
-- severity: medium
-- summary: 预期目标其余各项（{items}）合计 {actual} 万元，自评表其余成本指标（{costs}）目标合计 {expected} 万元，两处不一致
-- basis: 财预〔2015〕88号：绩效指标是绩效目标的细化和量化
-- applies: 预期目标所列各项资金、成本指标的目标都合计为预算总额的项目
-- excuse: 两处分项的口径不同
-- confidence: review
-- Both lists are complete, so what is left of them after items of one name is one amount split in two ways. A list drops
-- the zeros behind a point (9万元 beside 9.3万元): its amounts are read to its finest digit, and with that it must close.
WITH item AS (
  SELECT f.project_id, f.document_id, f.fund_id, f.ordinal, f.source_label AS label, f.amount,
    lo(f.amount, min(f.resolution) OVER of_list) AS low, hi(f.amount, min(f.resolution) OVER of_list) AS high
  FROM funds f JOIN projects p USING (project_id)
  WHERE f.origin = 'text' AND f.stage = 'annual_budget' AND f.source = 'component'
    AND contains(regexp_replace(p.goal_expected, '\s', '', 'g'), regexp_replace(f.raw, '\s', '', 'g'))
  WINDOW of_list AS (PARTITION BY f.project_id)
), cost AS (
  SELECT project_id, indicator_id, ordinal, level3 AS label, (value / 10000)::DECIMAL(20, 6) AS amount,
    (low / 10000)::DECIMAL(20, 6) AS low, (high / 10000)::DECIMAL(20, 6) AS high
  FROM gauges WHERE side = 'target' AND dimension = 'money' AND value > 0
), budget AS (
  SELECT project_id, annual, initial FROM fund_lines WHERE source = 'total' AND (annual.clear OR initial.clear)
), item_list AS (
  SELECT project_id, sum(low) AS low, sum(high) AS high FROM item GROUP BY project_id HAVING count(*) >= 2
), cost_list AS (
  SELECT project_id, sum(low) AS low, sum(high) AS high FROM cost GROUP BY project_id HAVING count(*) >= 2
), complete AS (
  SELECT b.project_id FROM budget b JOIN item_list i USING (project_id) JOIN cost_list c USING (project_id)
  WHERE (meets(i.low, i.high, b.annual.low, b.annual.high) OR meets(i.low, i.high, b.initial.low, b.initial.high))
    AND (meets(c.low, c.high, b.annual.low, b.annual.high) OR meets(c.low, c.high, b.initial.low, b.initial.high))
), pair AS ( -- one name, or one amount that stands once on either side
  SELECT i.fund_id, c.indicator_id FROM item i JOIN cost c USING (project_id)
  LEFT JOIN item_alignments a ON a.fund_id = i.fund_id AND a.indicator_id = c.indicator_id
  WHERE a.fund_id IS NOT NULL OR i.amount = c.amount
), item_rest AS (
  SELECT project_id, any_value(document_id) AS document_id, sum(amount) AS amount, sum(low) AS low, sum(high) AS high,
    string_agg(label || ' ' || shown(amount), '、' ORDER BY ordinal) AS items, list(fund_id ORDER BY ordinal) AS ids
  FROM item WHERE fund_id NOT IN (SELECT fund_id FROM pair) GROUP BY project_id
), cost_rest AS (
  SELECT project_id, sum(amount) AS amount, sum(low) AS low, sum(high) AS high,
    string_agg(label || ' ' || shown(amount), '、' ORDER BY ordinal) AS costs,
    list(cell(indicator_id, 'target_raw') ORDER BY ordinal) AS ids
  FROM cost WHERE indicator_id NOT IN (SELECT indicator_id FROM pair) GROUP BY project_id
)
SELECT i.project_id, i.document_id, items, costs, c.amount AS expected, i.amount AS actual,
  gap(i.low, i.high, c.low, c.high) AS difference, '万元' AS unit,
  meets(i.low, i.high, c.low, c.high) AS holds, list_concat(i.ids, c.ids) AS evidence
FROM complete JOIN item_rest i USING (project_id) JOIN cost_rest c USING (project_id)
