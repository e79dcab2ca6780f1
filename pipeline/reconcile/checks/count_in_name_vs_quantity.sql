-- 成本指标名称中所写的数量，应与同一事项的数量指标一致。
-- id: D10
-- kind: other
-- scope: document
-- severity: medium
-- summary: {told}
-- basis: 财预〔2015〕88号：绩效指标之间应当相互衔接
-- applies: 名称中写明数量的成本指标，且有同一事项的数量指标
-- excuse: 费用只涉及其中一部分对象
-- confidence: review
-- One affair begins with the same word and shares most pairs of characters, with the same unit of counting and no
-- second quantity that shares as many. The costs of one form are one finding: they were planned together.
WITH cost AS (
  SELECT project_id, document_id, indicator_id, level3,
    TRY_CAST(regexp_extract(level3, '([0-9]+)\s*(?:家|个|人|户|台|套|场|次|所|座|处|份|亩|项)', 1) AS DECIMAL(20, 8)) AS counted,
    regexp_extract(level3, '[0-9]+\s*(家|个|人|户|台|套|场|次|所|座|处|份|亩|项)', 1) AS unit,
    regexp_replace(level3, '[0-9]+\s*(?:家|个|人|户|台|套|场|次|所|座|处|份|亩|项)|企业|单位|费用|成本|经费|\s', '', 'g') AS affair
  FROM indicators
  WHERE (level2_kind = 'cost' OR level1_kind = 'cost' OR regexp_matches(level3, '(?:费用|成本|经费|费)$'))
    AND len(regexp_extract_all(level3, '[0-9]+')) = 1 AND regexp_matches(level3, '[0-9]+\s*(?:家|个|人|户|台|套|场|次|所|座|处|份|亩|项)')
    AND NOT regexp_matches(level3, '每|[0-9]年|第[0-9]|/')
), matched AS (
  SELECT c.*, q.level3 AS quantity_name, q.target_raw, q.actual_raw, q.indicator_id AS quantity_id,
    q.target_value = c.counted OR q.actual_value = c.counted AS agrees,
    len(list_filter(range(1, length(c.affair)), lambda n: contains(q.level3, substr(c.affair, n, 2)))) AS shared
  FROM cost c JOIN measures q ON q.project_id = c.project_id AND q.level2_kind = 'quantity'
    AND q.target_kind = 'number' AND q.actual_kind = 'number' AND q.target_spelling = c.unit
    AND contains(q.level3, left(c.affair, 2))
), best AS (
  SELECT *, count(*) OVER (PARTITION BY indicator_id) AS candidates FROM matched WHERE shared >= 3
  QUALIFY rank() OVER (PARTITION BY indicator_id ORDER BY shared DESC) = 1
)
SELECT project_id, any_value(document_id) AS document_id, arg_min(indicator_id, level3) AS indicator_id,
  string_agg('成本指标“' || level3 || '”写的是 ' || shown(counted) || unit || '，而数量指标“' || quantity_name || '”目标 '
    || coalesce(target_raw, '（空）') || '、完成 ' || coalesce(actual_raw, '（空）'), '；' ORDER BY level3) FILTER (NOT agrees AND candidates = 1) AS told,
  CASE WHEN bool_and(agrees) THEN TRUE WHEN bool_or(NOT agrees AND candidates = 1) THEN FALSE END AS holds,
  '同一事项有几个数量指标' AS reason,
  flatten(list([cell(indicator_id, 'level3'), cell(quantity_id, 'target_raw'), cell(quantity_id, 'actual_raw')] ORDER BY level3)
    FILTER (NOT agrees AND candidates = 1)) AS evidence
FROM best GROUP BY project_id
