-- 执行率的分值与各指标分值之和应等于印出的总分值（没有印出的，应为 100）。
-- id: C01
-- kind: weight_total_mismatch
-- scope: document
-- severity: high
-- summary: 各项分值之和为 {actual}（资金 {fund_points}，指标 {weights}），与总分值 {expected} 不符
-- basis: 财预〔2020〕10号：自评满分为 100 分
-- applies: 印有分值的自评表
-- excuse: 分项没有单列分值；分页时缺行
-- proof: 资金分值+各指标分值=总分值
-- Sub-rows without a weight of their own are fine. Without a printed total the page may be cut off; only
-- a form that another one follows in the same document is known to have ended. A printed 90 may be the
-- subtotal of the indicators alone.
WITH summed AS (
  SELECT *, coalesce(weight_total, 100) AS whole, coalesce(fund_weight, 0) AS fund_points,
    weights + coalesce(fund_weight, 0) AS points,
    weights_low + coalesce(fund_weight, 0) AS low, weights_high + coalesce(fund_weight, 0) AS high,
    CASE WHEN coalesce(weight_total, 100) = trunc(coalesce(weight_total, 100)) THEN 0
      ELSE last_digit(weight_total) * 0.5 END AS half
  FROM totals WHERE has_form AND weighted > 0
), judged AS (
  SELECT *, meets(low, high, whole - half, whole + half)
    OR (weight_total <> 100 AND meets(weights_low, weights_high, whole - half, whole + half)) AS closes
  FROM summed
)
SELECT project_id, document_id, whole AS expected, points AS actual, fund_points, weights, '分' AS unit,
  gap(low, high, whole - half, whole + half) AS difference,
  CASE WHEN closes THEN TRUE
    WHEN fund_unsure OR unweighted > 0 OR (NOT has_funds AND high < whole)
      OR (weight_total = score_total AND meets(low, high, 100, 100)) THEN NULL
    WHEN weight_total IS NOT NULL THEN FALSE
    WHEN form_follows AND fund_weight IS NOT NULL THEN FALSE END AS holds,
  CASE WHEN closes THEN NULL WHEN fund_unsure THEN '有几行资金印有分值，不知道哪一行计入总分'
    WHEN unweighted > 0 THEN '有得分的指标没有分值'
    WHEN NOT has_funds AND high < whole THEN '没有读到资金部分，差额可能是它的分值'
    WHEN weight_total = score_total AND meets(low, high, 100, 100)
      THEN '各项分值之和为 100，印出的总分值与总得分相同，可能读错' ELSE '没有印出总分值，表格可能不全' END AS reason,
  CASE WHEN weight_total IS NULL THEN 'review' END AS confidence,
  CASE WHEN weight_total IS NULL THEN '表中没有总分行，可能缺行' END AS note,
  list_concat([cell(project_id, 'weight_total')],
    list_concat(CASE WHEN fund_ordinal IS NULL THEN [] ELSE
      [fund_score_cell(project_id, fund_ordinal, 'weight')] END,
    (SELECT list(cell(i.indicator_id, 'weight') ORDER BY i.ordinal) FROM indicators i
      WHERE i.project_id = judged.project_id AND i.weight IS NOT NULL))) AS evidence
FROM judged
