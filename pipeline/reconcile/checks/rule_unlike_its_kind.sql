-- 同一文件中同类指标的赋分规则应当一致。
-- id: C09
-- kind: other
-- scope: document
-- severity: low
-- summary: {level3}（{kind}）的赋分规则为“{rule_raw}”，而同类 {total} 行中有 {usual_count} 行为“{usual}”
-- basis: 文件自载的赋分规则；财预〔2020〕10号：定量指标按比例、定性指标按等级计分
-- applies: 印有赋分规则、同类指标不少于十行的文件
-- excuse: 该指标另有规定
-- Satisfaction and dates are classes of their own. Only an overwhelming habit (four rows in five) is held against a row.
WITH classed AS (
  SELECT project_id, document_id, indicator_id, level3, trim(rule_raw) AS rule_raw,
    CASE WHEN level1_kind = 'satisfaction' OR level2_kind = 'satisfaction' OR contains(level3, '满意') THEN '满意度指标'
      WHEN target_date IS NOT NULL OR target_kind = 'date' THEN '时间指标'
      WHEN target_kind IN ('number', 'percent') AND actual_kind IN ('number', 'percent') THEN '数值指标'
      WHEN target_kind = 'text' AND actual_kind = 'text' THEN '定性指标' END AS kind
  FROM measures WHERE rule_raw IS NOT NULL AND length(trim(rule_raw)) BETWEEN 2 AND 14 AND NOT regexp_matches(rule_raw, '[0-9]')
), counted AS (
  SELECT *, count(*) OVER (PARTITION BY document_id, kind) AS total, mode(rule_raw) OVER (PARTITION BY document_id, kind) AS usual,
    count(*) OVER (PARTITION BY document_id, kind, rule_raw) AS alike
  FROM classed WHERE kind IS NOT NULL
), compared AS (
  SELECT *, max(alike) OVER (PARTITION BY document_id, kind) AS usual_count FROM counted
)
SELECT project_id, document_id, indicator_id, level3, kind, rule_raw, usual, usual_count, total, usual_count AS expected, alike AS actual, '行' AS unit,
  CASE WHEN rule_raw = usual THEN TRUE WHEN usual_count * 5 >= total * 4 AND alike * 8 <= total THEN FALSE END AS holds,
  '同类指标的赋分规则本就不一' AS reason, [cell(indicator_id, 'rule_raw'), cell(indicator_id, 'target_raw')] AS evidence
FROM compared WHERE total >= 10
