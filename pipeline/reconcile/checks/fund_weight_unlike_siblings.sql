-- 同一文件各自评表预算执行率的分值应当一致。
-- id: C04
-- kind: weight_total_mismatch
-- scope: document
-- severity: medium
-- summary: {source_label}的分值为 {actual}，而同一文件其余 {others} 张自评表都是 {expected}
-- basis: 财预〔2020〕10号：预算执行率的权重统一规定
-- applies: 文件中至少还有三张同类自评表印有预算执行率分值的
-- excuse: 该表另有权重规定
-- confidence: review
-- How much the rate weighs differs between regions (10 or 20), so only forms of one document are compared.
WITH line AS (
  SELECT s.project_id, s.document_id, p.scope, s.source_label, s.ordinal, s.weight FROM fund_scores s
  JOIN projects p USING (project_id) WHERE s.weight > 0
  QUALIFY row_number() OVER (PARTITION BY s.project_id ORDER BY s.source = 'total' DESC, s.ordinal) = 1
    AND count(*) OVER (PARTITION BY s.document_id, p.scope) > 3
), counted AS (
  SELECT *, count(*) OVER same AS alike, count(*) OVER forms AS forms, mode(weight) OVER forms AS usual
  FROM line
  WINDOW forms AS (PARTITION BY document_id, scope), same AS (PARTITION BY document_id, scope, weight)
)
SELECT project_id, document_id, source_label, usual AS expected, weight AS actual, abs(weight - usual) AS difference,
  forms - 1 AS others, '分' AS unit,
  CASE WHEN weight = usual THEN TRUE WHEN alike = 1 AND forms > 3
    AND count(*) FILTER (weight <> usual) OVER (PARTITION BY document_id, scope) = 1 THEN FALSE END AS holds,
  '各表的分值本就不一' AS reason, [fund_score_cell(project_id, ordinal, 'weight')] AS evidence
FROM counted
