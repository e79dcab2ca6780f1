-- 自评表应当完整，印有总分行。
-- id: K03
-- kind: missing_value
-- scope: document
-- severity: medium
-- summary: 自评表没有总分行，只有“{classes}”{count} 行指标，可能未印全（同一文件其余 {others} 张都有总分）
-- basis: 项目支出绩效自评表“总分”行
-- applies: 文件中至少还有三张印有总分的自评表
-- excuse: 公开时分页截断
-- Together with weights that do not reach the whole, so that a total row this project failed to read is no reason.
WITH form AS (
  SELECT t.*, p.scope, count(*) FILTER (t.weight_total IS NOT NULL OR t.score_total IS NOT NULL)
      OVER (PARTITION BY t.document_id) AS totalled, count(*) OVER (PARTITION BY t.document_id) AS forms
  FROM totals t JOIN projects p USING (project_id) WHERE t.has_form AND t.weighted > 0
), class AS (
  SELECT project_id, string_agg(DISTINCT coalesce(level2, level1), '、') AS classes, arg_max(indicator_id, ordinal) AS last_id
  FROM indicators GROUP BY project_id
)
SELECT f.project_id, f.document_id, c.classes, f.indicator_count AS count, f.forms - 1 AS others,
  CASE WHEN weight_total IS NOT NULL OR score_total IS NOT NULL THEN TRUE
    WHEN totalled < forms - 1 OR coalesce(weights_high + fund_weight, 100) >= 99 THEN NULL ELSE FALSE END AS holds,
  '其他自评表也没有总分，或分值之和已满' AS reason,
  [f.project_id, cell(c.last_id, 'level3')] AS evidence
FROM form f JOIN class c USING (project_id) WHERE f.totalled >= 3
