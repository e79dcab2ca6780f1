-- 有分值的指标应当填写目标值。
-- id: D14
-- kind: missing_value
-- scope: document
-- severity: medium
-- summary: {level3}没有填目标值，完成“{actual_raw}”却得 {score} 分
-- basis: 财预〔2020〕10号：绩效自评应对照年初设定的指标值
-- applies: 有分值、有得分的指标
-- excuse: 目标写在指标名称里，或写在其下的分项里
-- confidence: review
-- Judged only in a form that is not known to be misread and prints targets in all its other rows.
WITH form AS (
  SELECT *, target_raw IS NULL OR NOT regexp_matches(target_raw, '[\p{L}\p{N}]') AS missing,
    count(*) FILTER (target_raw IS NULL OR NOT regexp_matches(target_raw, '[\p{L}\p{N}]')) OVER w AS missing_rows,
    count(*) OVER w AS rows
  FROM measures WHERE weight > 0 AND score IS NOT NULL WINDOW w AS (PARTITION BY project_id)
), unread AS (
  SELECT DISTINCT project_id FROM rejects
)
SELECT f.project_id, f.document_id, f.indicator_id, f.level3, f.actual_raw, f.score, f.score AS actual, '分' AS unit,
  CASE WHEN NOT missing THEN TRUE
    WHEN missing_rows > 1 OR rows < 4 OR blank(actual_raw) OR regexp_matches(level3, '[0-9０-９一二三四五六七八九十百千万≥≤]|★')
      OR p.verified = 'disproved' OR u.project_id IS NOT NULL OR actual_kind IS DISTINCT FROM 'number' AND actual_kind IS DISTINCT FROM 'percent' THEN NULL
    ELSE FALSE END AS holds,
  '目标可能写在名称或分项里，或这一格未读出' AS reason,
  [cell(indicator_id, 'level3'), cell(indicator_id, 'actual_raw'), cell(indicator_id, 'score')] AS evidence
FROM form f JOIN projects p USING (project_id) LEFT JOIN unread u ON u.project_id = f.project_id
