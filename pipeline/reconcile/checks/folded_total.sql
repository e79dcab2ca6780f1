-- 各项按百分制打分的，总得分应等于各项得分乘以权重之和。
-- id: C15
-- kind: total_score_mismatch
-- scope: document
-- severity: high
-- summary: 总得分印为 {actual}，而各项得分乘以权重之和为 {expected}
-- basis: 项目支出绩效自评表：折算得分=单项得分×权重
-- applies: 各项得分以百分制打分、另印权重和总得分的自评表
-- excuse: 折算时逐项取整
-- confidence: review
-- A form whose scores exceed their weights nearly everywhere scores each item out of 100. Each folded score
-- may have been rounded to a tenth.
WITH counted AS (
  SELECT project_id, any_value(document_id) AS document_id, count(*) AS rows, count(score) AS scored, count(weight) AS weighted,
    count(*) FILTER (score > weight) AS above, max(score) AS top, sum(weight) AS weights, sum(score) AS scores,
    sum(TRY(weight * score)) / 100 AS folded,
    list(cell(indicator_id, 'score') ORDER BY ordinal) FILTER (score IS NOT NULL) AS ids
  FROM indicators GROUP BY project_id
), folded AS (
  SELECT c.*, p.score_total, CAST(c.folded AS DECIMAL(18, 6)) AS points,
    coalesce(p.score_total_resolution, last_digit(p.score_total)) AS digit, f.weight AS fund_weight
  FROM counted c JOIN projects p USING (project_id)
  LEFT JOIN (SELECT DISTINCT ON (project_id) project_id, weight FROM fund_scores WHERE weight IS NOT NULL) f USING (project_id)
  WHERE p.score_total IS NOT NULL AND c.scored > 2 AND c.above * 4 > c.scored * 3 AND c.scores > 101
)
SELECT project_id, document_id, points AS expected, score_total AS actual,
  greatest(abs(points - score_total) - rows * 0.05 - digit * 0.5, 0) AS difference, '分' AS unit,
  CASE WHEN scored < rows OR weighted < rows OR fund_weight IS NOT NULL OR top > 100
      OR weights NOT BETWEEN 99.5 AND 100.5 THEN NULL
    ELSE abs(points - score_total) <= rows * 0.05 + digit * 0.5 END AS holds,
  '权重之和不是 100，或有一项没有权重或得分' AS reason,
  list_prepend(cell(project_id, 'score_total'), ids) AS evidence
FROM folded
