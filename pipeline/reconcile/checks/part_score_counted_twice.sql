-- “其中”各行的得分不应重复计入总得分。
-- id: C14
-- kind: total_score_mismatch
-- scope: document
-- severity: medium
-- summary: 总得分印为 {actual}，把{labels}的得分重复相加；只计一次应为 {expected}
-- basis: 项目支出绩效自评表：“其中”行的得分是总额得分的重复列示
-- applies: 几行资金各印有得分又印有总得分的自评表
-- excuse: 各行分别设有分值
-- Lines whose weights together make up the form's total are all meant to count.
WITH fund AS (
  SELECT project_id, count(score) AS scored_lines, sum(score) AS fund_scores, sum(weight) AS fund_weights,
    sum(points_lo(score, coalesce(score_resolution, last_digit(score)))) AS low,
    sum(points_hi(score, coalesce(score_resolution, last_digit(score)))) AS high,
    string_agg(source_label, '、' ORDER BY ordinal) FILTER (score IS NOT NULL) AS labels,
    list(fund_score_cell(project_id, ordinal, 'score') ORDER BY ordinal) FILTER (score IS NOT NULL) AS ids
  FROM fund_scores GROUP BY project_id HAVING count(score) > 1
), judged AS (
  SELECT t.*, f.labels, f.ids,
    meets(t.scores_low + t.fund_score_low, t.scores_high + t.fund_score_high,
      lo(t.score_total, t.score_total_resolution), hi(t.score_total, t.score_total_resolution)) AS once,
    meets(t.scores_low + f.low, t.scores_high + f.high,
      lo(t.score_total, t.score_total_resolution), hi(t.score_total, t.score_total_resolution)) AS twice,
    t.weights + f.fund_weights = coalesce(t.weight_total, 100) AS all_count
  FROM totals t JOIN fund f USING (project_id) WHERE t.score_total IS NOT NULL AND t.scored > 0
)
SELECT project_id, document_id, labels, scores + fund_score AS expected, score_total AS actual,
  abs(score_total - scores - fund_score) AS difference, '分' AS unit,
  CASE WHEN once OR (twice AND all_count) THEN TRUE WHEN twice AND unscored = 0 THEN FALSE END AS holds,
  '总得分与各项得分之和不符，另行检查' AS reason,
  list_prepend(cell(project_id, 'score_total'), ids) AS evidence
FROM judged
