-- 任一来源的金额不应大于同一栏的资金总额。
-- id: A02
-- kind: parts_do_not_sum
-- scope: document
-- severity: high
-- summary: {stage_label}：{source_label} {actual} 万元，大于{total_label} {expected} 万元
-- basis: 项目支出绩效自评表“年度资金总额”与各来源的勾稽关系
-- applies: 既印总额又印各来源的资金栏
-- excuse: 分项与总额的行读错位
-- Where the sources are a complete split, parts_sum_to_total says the same with all of them.
WITH total AS (
  SELECT * FROM money WHERE source = 'total' AND amount IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY project_id, stage ORDER BY ordinal) = 1
), pair AS (
  SELECT p.project_id, p.document_id, p.stage, p.source_label, p.ordinal, t.stage_label,
    t.source_label AS total_label, t.amount AS total, p.amount AS part, p.low, p.cut_low,
    t.high AS total_high, t.cut_high AS total_cut_high,
    p.low > p.high OR t.low > t.high OR p.unreadable OR t.unreadable AS unclear,
    p.fund_ids[1] AS part_id, t.fund_ids[1] AS total_id,
    coalesce(s.complete AND NOT s.any_closes, FALSE) AS reported
  FROM total t JOIN money p ON (p.project_id, p.stage) = (t.project_id, t.stage)
    AND p.source <> 'total' AND p.amount IS NOT NULL
  LEFT JOIN fund_splits s ON (s.project_id, s.stage) = (t.project_id, t.stage)
  WHERE t.amount <> 0 OR p.amount = 0
)
SELECT project_id, document_id, source_label, stage_label, total_label, total AS expected,
  part AS actual, greatest(low - total_high, 0) AS difference, '万元' AS unit,
  CASE WHEN unclear OR low IS NULL OR total_high IS NULL
      OR (total > 0 AND part BETWEEN total * 9999 AND total * 10001) OR (reported AND low > total_high) THEN NULL
    ELSE low <= total_high END AS holds,
  CASE WHEN unclear THEN '金额未能读清，或同一栏印有两个不同的金额'
    WHEN low IS NULL OR total_high IS NULL THEN '不知道印到第几位小数'
    WHEN (total > 0 AND part BETWEEN total * 9999 AND total * 10001) THEN '正好相差一万倍，疑为元与万元混用'
    WHEN reported THEN '与分项之和不等于总额同一原因，不重复计' END AS reason,
  CASE WHEN cut_low < total_cut_high THEN 'low' END AS severity,
  CASE WHEN cut_low < total_cut_high THEN '按截断则一致' END AS note,
  [total_id, part_id] AS evidence
FROM pair
