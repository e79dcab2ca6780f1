-- 设了目标的指标应当填写实际完成值。
-- id: D13
-- kind: missing_value
-- scope: document
-- severity: medium
-- summary: {level3}目标为“{target_raw}”，未填实际完成值{but}
-- basis: 项目支出绩效自评表填表说明：实际完成值应逐项填写
-- applies: 印有目标值的指标
-- excuse: 指标列为不考核，或完成值写在其下的分项里
-- The column must be known to exist: another row of the form has an actual value, or this row has a score,
-- or the form prints executed amounts and weights and nothing in it was left unread.
WITH seen AS (
  SELECT project_id, count(*) FILTER (NOT blank(actual_raw)) AS actuals FROM indicators GROUP BY project_id
), executed AS (
  SELECT DISTINCT project_id FROM fund_lines WHERE executed IS NOT NULL
), unread AS (
  SELECT DISTINCT project_id FROM rejects
), known AS (
  SELECT i.*, s.actuals, i.actual_raw IS NULL OR regexp_full_match(i.actual_raw, '[\s\p{P}\p{S}]*') AS missing,
    i.score IS NOT NULL OR s.actuals > 0
      OR (e.project_id IS NOT NULL AND u.project_id IS NULL AND i.weight IS NOT NULL) AS column_known
  FROM indicators i JOIN seen s USING (project_id)
  LEFT JOIN executed e USING (project_id) LEFT JOIN unread u USING (project_id)
  WHERE i.target_raw IS NOT NULL AND regexp_matches(i.target_raw, '[\p{L}\p{N}]')
)
SELECT project_id, document_id, indicator_id, level3, target_raw, score AS actual, '分' AS unit,
  CASE WHEN score IS NOT NULL THEN '，却有得分 ' || CASE WHEN contains(score::VARCHAR, '.')
    THEN rtrim(rtrim(score::VARCHAR, '0'), '.') ELSE score::VARCHAR END ELSE '' END AS but,
  CASE WHEN NOT missing THEN TRUE WHEN column_known THEN FALSE END AS holds,
  '整张表都没有实际完成值，可能未读到这一栏' AS reason,
  CASE WHEN actuals = 0 THEN 'review' END AS confidence,
  [cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw'), cell(indicator_id, 'score')] AS evidence
FROM known
