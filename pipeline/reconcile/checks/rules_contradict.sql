-- 同一文件对同一类指标写明的评分规则不应互相矛盾。
-- id: C09
-- kind: other
-- scope: document
-- severity: medium
-- summary: 对{applies_to}的同一情形，文件一处写明“{one}”，另一处写明“{other}”
-- basis: 文件自载的评分规则
-- applies: 自载评分规则的文件
-- excuse: 两处规则分别适用于不同的表
-- The same words printed twice (once a form) are one rule; only another formula for the same case counts.
WITH stated AS (
  SELECT document_id, applies_to, condition, formula, min(rule_id) AS rule_id, arg_min(raw, rule_id) AS raw
  FROM scoring_rules WHERE document_id IS NOT NULL AND pack IS NULL AND condition IS NOT NULL AND formula IS NOT NULL
  GROUP BY document_id, applies_to, condition, formula
), compared AS (
  SELECT document_id, applies_to, condition, count(*) AS formulas, arg_min(raw, rule_id) AS one, arg_max(raw, rule_id) AS other,
    min(rule_id) AS first_id, max(rule_id) AS last_id
  FROM stated GROUP BY document_id, applies_to, condition
)
SELECT document_id, applies_to, left(one, 60) AS one, left(other, 60) AS other, formulas = 1 AS holds,
  list_distinct([first_id, last_id]) AS evidence
FROM compared
