-- 预期目标写明的比率应设有指标，或在完成情况中说明。
-- id: E04
-- kind: table_vs_text
-- scope: document
-- severity: medium
-- summary: 预期目标“{subject}{stated}”没有对应的指标，完成情况也未说明
-- basis: 财预〔2015〕88号：绩效指标是绩效目标的细化和量化
-- applies: 预期目标写有比率、自评表有比率指标的项目
-- excuse: 以其他名称的指标考核
-- confidence: review
-- A rate counts as evaluated where any indicator of a rate shares half of its signs, or where the words of
-- the result name it. Rates of growth, of funds and of satisfaction are often measured elsewhere.
WITH goal AS (
  SELECT s.*, fold_text(s.subject) AS name, fold_text(simple(p.goal_actual)) AS result
  FROM spoken s JOIN projects p USING (project_id)
  WHERE s.head = '预期目标' AND s.kind = 'rate' AND s.role <> 'other' AND length(fold_text(s.subject)) >= 5
    AND p.has_form AND p.goal_actual IS NOT NULL
    AND NOT regexp_matches(s.subject, '增长|增速|提高|下降|执行|支付|满意|预算|资金')
), compared AS (
  SELECT g.claim_id, count(*) AS indicators, bool_or(
    len(list_intersect(string_split(fold_text(simple(i.level3)), ''), string_split(g.name, ''))) * 2
      >= len(list_distinct(string_split(regexp_replace(g.name, '率$', ''), '')))) AS near
  FROM goal g JOIN indicators i USING (project_id) WHERE i.target_kind = 'percent' GROUP BY g.claim_id
), judged AS (
  SELECT g.*, c.near OR contains(g.result, left(g.name, 4)) OR contains(g.result, right(g.name, 4)) AS evaluated
  FROM goal g JOIN compared c USING (claim_id) WHERE c.indicators >= 1
), whole AS (
  SELECT project_id, any_value(document_id) AS document_id, bool_and(evaluated) AS holds,
    string_agg(subject || shown(value) || '%', '、' ORDER BY ordinal) FILTER (NOT evaluated) AS subject,
    list(claim_id ORDER BY ordinal) FILTER (NOT evaluated) AS ids
  FROM judged GROUP BY project_id
)
SELECT project_id, document_id, coalesce(subject, '') AS subject, '' AS stated, holds, coalesce(ids, []) AS evidence
FROM whole
