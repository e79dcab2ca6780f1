-- 有来源金额时，资金总额不应为零。
-- id: A08
-- kind: parts_do_not_sum
-- scope: document
-- severity: high
-- summary: {total_label}印为 0，而{part_label}{stage_label} {expected} 万元（共 {stage_count} 栏如此）
-- basis: 项目支出绩效自评表“年度资金总额”与各来源的勾稽关系
-- applies: 既印总额又印各来源的资金表
-- excuse: 系统没有自动求和
-- One cause, one finding: a total row left at zero is reported once for all its columns.
WITH total AS (
  SELECT * FROM money WHERE source = 'total' AND amount IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY project_id, stage ORDER BY ordinal) = 1
), pair AS (
  SELECT t.project_id, t.document_id, t.stage, t.stage_label, t.source_label AS total_label,
    t.fund_ids[1] AS total_id, p.source_label AS part_label, p.amount AS part, p.ordinal,
    p.fund_ids[1] AS part_id, t.high = 0 OR p.low > t.high AS apart, t.amount = 0 AND p.amount > 0 AS odd
  FROM total t JOIN money p ON (p.project_id, p.stage) = (t.project_id, t.stage)
    AND p.source <> 'total' AND p.amount IS NOT NULL
)
SELECT project_id, any_value(document_id) AS document_id,
  NOT bool_or(odd AND coalesce(apart, FALSE)) AS holds,
  arg_min(total_label, ordinal) FILTER (odd) AS total_label,
  arg_max(part_label, part) FILTER (odd) AS part_label,
  arg_max(stage_label, part) FILTER (odd) AS stage_label,
  max(part) FILTER (odd) AS expected, 0 AS actual, max(part) FILTER (odd) AS difference,
  '万元' AS unit, count(DISTINCT stage) FILTER (odd) AS stage_count,
  list_distinct(list_concat(list(total_id ORDER BY ordinal, stage) FILTER (odd),
    list(part_id ORDER BY ordinal, stage) FILTER (odd))).list_sort() AS evidence
FROM pair GROUP BY project_id
