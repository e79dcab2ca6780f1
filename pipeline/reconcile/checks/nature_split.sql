-- 基本支出与项目支出之和应等于同一栏的支出总额。
-- id: A09
-- kind: parts_do_not_sum
-- scope: document
-- severity: high
-- summary: {stage_label}：{parts}合计 {actual} 万元，与{total_label} {expected} 万元不符
-- basis: 《政府会计制度》：支出按性质分为基本支出和项目支出，与按来源的合计相等
-- applies: 既印总额又印基本支出、项目支出的资金栏
-- excuse: 另有经营支出或对附属单位补助未列
-- What parts_sum_to_total reports already is not said twice.
WITH total AS (
  SELECT * FROM money WHERE source = 'total' AND amount IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY project_id, stage ORDER BY ordinal) = 1
), split AS (
  SELECT t.project_id, t.stage, any_value(t) AS whole, sum(c.amount) AS parts_sum, sum(c.low) AS low,
    sum(c.high) AS high, bool_or(c.unreadable OR t.unreadable) AS unreadable,
    string_agg(ltrim(regexp_replace(c.source_label, '^其中[:：]?', '')), '、' ORDER BY c.ordinal) AS parts,
    list(c.fund_ids[1] ORDER BY c.ordinal) AS ids
  FROM total t JOIN money c ON (c.project_id, c.stage) = (t.project_id, t.stage) AND c.source = 'component'
    AND c.amount IS NOT NULL AND regexp_matches(c.source_label, '支出(?:总额)?$')
  GROUP BY t.project_id, t.stage
  HAVING bool_or(contains(c.source_label, '基本支出')) AND bool_or(contains(c.source_label, '项目支出'))
), judged AS (
  SELECT s.*, meets(s.low, s.high, whole.low, whole.high) AS closes,
    coalesce(f.split = 'components' AND f.complete AND NOT f.any_closes, FALSE) AS reported
  FROM split s LEFT JOIN fund_splits f USING (project_id, stage)
)
SELECT project_id, whole.document_id AS document_id, whole.stage_label AS stage_label, parts,
  whole.source_label AS total_label, whole.amount AS expected, parts_sum AS actual,
  gap(low, high, whole.low, whole.high) AS difference, '万元' AS unit,
  CASE WHEN closes THEN TRUE WHEN unreadable OR reported OR closes IS NULL OR whole.amount = 0 THEN NULL
    ELSE FALSE END AS holds,
  CASE WHEN reported THEN '与分项之和不等于总额同一原因，不重复计'
    WHEN whole.amount = 0 THEN '总额印为零，另行检查' ELSE '金额未能读清，或不知道印到第几位小数' END AS reason,
  list_prepend(whole.fund_ids[1], ids) AS evidence
FROM judged
