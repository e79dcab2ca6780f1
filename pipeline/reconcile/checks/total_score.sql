-- 资金得分与各指标得分之和应等于印出的总得分。
-- id: C05
-- kind: total_score_mismatch
-- scope: document
-- severity: high
-- summary: 总得分印为 {actual}，而各项得分之和为 {expected}（资金 {fund_points}，指标 {scores}）
-- basis: 财预〔2020〕10号：自评总分为各项指标得分之和
-- applies: 印有总得分和各项得分的自评表
-- excuse: 总分不含预算执行率得分
-- proof: 资金得分+各指标得分=总得分
-- Whole scores are exact; fractions and the total may be rounded. A total that leaves the fund score
-- out is accepted.
WITH summed AS (
  SELECT *, coalesce(fund_score, 0) AS fund_points, scores + coalesce(fund_score, 0) AS points,
    scores_low + fund_score_low AS low, scores_high + fund_score_high AS high,
    scores_cut_low + fund_score_low AS cut_low, scores_cut_high + fund_score_high AS cut_high,
    lo(score_total, score_total_resolution) AS total_low,
    hi(score_total, score_total_resolution) AS total_high,
    cut_lo(score_total, score_total_resolution) AS total_cut_low,
    cut_hi(score_total, score_total_resolution) AS total_cut_high
  FROM totals WHERE score_total IS NOT NULL AND scored > 0
), judged AS (
  SELECT *, meets(low, high, total_low, total_high)
    OR meets(scores_low, scores_high, total_low, total_high) AS closes,
    cut_meets(cut_low, cut_high, total_cut_low, total_cut_high) AS cut_closes
  FROM summed
)
SELECT project_id, document_id, points AS expected, score_total AS actual, fund_points, scores,
  gap(low, high, total_low, total_high) AS difference, '分' AS unit,
  CASE WHEN undigited > 0 THEN NULL WHEN closes THEN TRUE WHEN unscored > 0 THEN NULL
    WHEN NOT has_funds AND high < total_low THEN NULL
    WHEN fund_unsure OR (fund_weight > 0 AND fund_score IS NULL) THEN NULL ELSE FALSE END AS holds,
  CASE WHEN undigited > 0 THEN '不知道得分印到第几位小数' WHEN closes THEN NULL
    WHEN unscored > 0 THEN '有指标没有得分'
    WHEN NOT has_funds AND high < total_low THEN '没有读到资金部分，差额可能是它的得分'
    WHEN fund_unsure THEN '有几行资金印有得分，不知道哪一行计入总分'
    ELSE '资金行没有得分' END AS reason,
  CASE WHEN cut_closes THEN 'low' END AS severity,
  CASE WHEN cut_closes THEN '按截断则一致' END AS note,
  list_concat([cell(project_id, 'score_total')],
    list_concat(CASE WHEN fund_ordinal IS NULL THEN [] ELSE
      [fund_score_cell(project_id, fund_ordinal, 'score')] END,
    (SELECT list(cell(i.indicator_id, 'score') ORDER BY i.ordinal) FROM indicators i
      WHERE i.project_id = judged.project_id AND i.score IS NOT NULL))) AS evidence
FROM judged
