-- 一级、二级指标名称中印出的分值应等于其下各指标分值之和。
-- id: C02
-- kind: weight_total_mismatch
-- scope: document
-- severity: medium
-- summary: {class_label}各项分值之和为 {actual}，与所印 {expected} 分不符
-- basis: 财预〔2020〕10号：各类指标的权重
-- applies: 指标类别名称中印有分值（如“产出指标（50分）”）的自评表
-- excuse: 经批准调整了权重；分页时缺行
WITH labelled AS (
  SELECT *, unnest([{'name': level1, 'depth': 1}, {'name': level2, 'depth': 2}]) AS class
  FROM indicators
), printed AS (
  SELECT project_id, document_id, class.name AS class_label, class.depth AS depth,
    CASE WHEN class.depth = 2 THEN level1 END AS parent, indicator_id, ordinal, weight, weight_resolution,
    TRY_CAST(regexp_extract(class.name, '[（(]\s*([0-9]+(?:\.[0-9]+)?)\s*分\s*[）)]', 1) AS DECIMAL(12, 6)) AS expected
  FROM labelled WHERE regexp_matches(class.name, '[（(]\s*[0-9]+(?:\.[0-9]+)?\s*分\s*[）)]')
), summed AS (
  SELECT project_id, document_id, class_label, any_value(expected) AS expected, sum(weight) AS weights,
    count(weight) AS weighted, sum(points_lo(weight, coalesce(weight_resolution, last_digit(weight)))) AS low,
    sum(points_hi(weight, coalesce(weight_resolution, last_digit(weight)))) AS high,
    list(cell(indicator_id, 'weight') ORDER BY ordinal) FILTER (weight IS NOT NULL) AS evidence,
    min(indicator_id) AS first_id, max(depth) AS depth
  FROM printed GROUP BY project_id, document_id, class_label, parent
)
SELECT project_id, document_id, class_label, expected, weights AS actual, gap(low, high, expected, expected) AS difference,
  '分' AS unit, CASE WHEN weighted > 0 THEN meets(low, high, expected, expected) END AS holds,
  '这一类指标没有印出分值' AS reason, evidence
FROM summed
