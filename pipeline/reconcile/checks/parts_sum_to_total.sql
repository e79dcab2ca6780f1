-- 各来源资金之和应等于同一栏的资金总额；只列出“其中”而未列全的，不应大于总额。
-- id: A01
-- kind: parts_do_not_sum
-- scope: document
-- severity: high
-- summary: {stage_label}：{part_labels}合计 {actual} 万元，与{total_label} {expected} 万元不符
-- basis: 项目支出绩效自评表“年度资金总额”与各来源的勾稽关系
-- applies: 既印总额又印各来源的资金栏
-- excuse: 有来源没有列全，或上年结转另计
-- proof: 资金各来源之和=总额（{stage_label}）
-- `fund_splits` tries every nesting that forms use; a break means that none of them closes. Blank
-- sources count as nothing.
SELECT project_id, document_id, stage_label, total_label, part_labels,
  total AS expected, parts AS actual, '万元' AS unit,
  gap(parts_low, parts_high, total_low, total_high) AS difference,
  CASE WHEN unreadable OR undigited OR contradicted OR (total = 0 AND largest_part > 0) THEN NULL
    WHEN any_closes THEN TRUE
    WHEN parts * 10000 BETWEEN total_low AND total_high OR total * 10000 BETWEEN parts_low AND parts_high
      THEN NULL
    WHEN complete THEN FALSE
    WHEN least_parts_low <= total_high OR one_part_exceeds THEN NULL
    ELSE FALSE END AS holds,
  CASE WHEN unreadable THEN '有金额未能读清' WHEN undigited THEN '不知道印到第几位小数'
    WHEN contradicted THEN '同一栏印有两个不同的金额'
    WHEN total = 0 AND largest_part > 0 THEN '总额为零而分项不为零，另行检查'
    WHEN any_closes THEN NULL
    WHEN parts * 10000 BETWEEN total_low AND total_high OR total * 10000 BETWEEN parts_low AND parts_high
      THEN '正好相差一万倍，疑为元与万元混用'
    WHEN one_part_exceeds THEN '有分项大于总额，另行检查'
    ELSE '所列来源可能不全，分项之和未超过总额' END AS reason,
  CASE WHEN any_cut_closes THEN 'low' END AS severity,
  CASE WHEN any_cut_closes THEN '按截断则一致' END AS note,
  total = 0 AS trivial,
  list_concat([total_id], part_ids) AS evidence
FROM fund_splits
