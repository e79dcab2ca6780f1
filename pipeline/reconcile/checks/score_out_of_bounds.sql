-- 得分不应小于零，总得分不应大于总分值。
-- id: C07
-- kind: total_score_mismatch
-- scope: document
-- severity: high
-- summary: {name}为 {actual} 分，{bound}
-- basis: 财预〔2020〕10号：自评总分满分为 100 分
-- applies: 印有得分的自评表
-- excuse: 设有加分项
WITH bonus AS (
  SELECT project_id, bool_or(regexp_matches(level3, '加分|附加')) AS has_bonus FROM indicators GROUP BY project_id
), line AS (
  SELECT p.project_id, p.document_id, NULL AS indicator_id, '总得分' AS name, p.score_total AS actual,
    greatest(coalesce(p.weight_total, 100), 100) AS expected, cell(p.project_id, 'score_total') AS id,
    coalesce(b.has_bonus, FALSE) AS has_bonus
  FROM projects p LEFT JOIN bonus b USING (project_id) WHERE p.score_total IS NOT NULL
  UNION ALL
  SELECT project_id, document_id, indicator_id, level3 || '得分', score, NULL, cell(indicator_id, 'score'), FALSE
  FROM indicators WHERE score IS NOT NULL
  UNION ALL
  SELECT project_id, document_id, NULL, source_label || '得分', score, NULL,
    fund_score_cell(project_id, ordinal, 'score'), FALSE
  FROM fund_scores WHERE score IS NOT NULL
)
SELECT project_id, document_id, indicator_id, name, actual, CASE WHEN actual < 0 THEN 0 ELSE expected END AS expected,
  CASE WHEN actual < 0 THEN -actual ELSE greatest(actual - expected, 0) END AS difference, '分' AS unit,
  CASE WHEN actual < 0 THEN '小于零' ELSE '超过满分 ' || shown(expected) || ' 分' END AS bound,
  CASE WHEN actual < 0 AND regexp_matches(name, '扣') THEN NULL WHEN actual < 0 THEN FALSE
    WHEN expected IS NULL OR actual <= expected THEN TRUE WHEN has_bonus OR actual > 10 * expected THEN NULL ELSE FALSE END AS holds,
  CASE WHEN has_bonus THEN '设有加分项' WHEN actual < 0 THEN '扣分项' ELSE '数值过大，可能读错' END AS reason,
  [id] AS evidence
FROM line
