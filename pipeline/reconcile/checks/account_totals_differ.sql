-- 决算说明各处所印的收入总计、支出总计、本年收入、本年支出应当一致，收入总计应等于支出总计。
-- id: E05 F06
-- kind: text_vs_text
-- scope: document
-- severity: high
-- summary: “{one_section}”：{one_label} {expected} 万元；“{section}”：{label} {actual} 万元，两处不一致
-- basis: 部门决算报表的勾稽关系
-- applies: 决算说明中两次印有同一总数的文档
-- excuse: 一处为财政拨款口径
-- confidence: review
-- Only totals of the whole department, in sections on all its money, and only where one department reports: each total
-- at most three times, with two values.
WITH line AS (
  SELECT *, regexp_replace(label, '本年|合计|共计', '', 'g') AS name, lo(amount, resolution) AS low, hi(amount, resolution) AS high
  FROM account_lines
  WHERE amount > 0 AND coalesce(stage, 'executed') = 'executed' AND resolution IS NOT NULL
    AND regexp_full_match(label, '(?:收入|支出)总计|(?:本年)?(?:收入|支出)合计|本年(?:收入|支出)(?:共计)?')
    AND NOT regexp_matches(simple(coalesce(section, '')), '财政拨款|一般公共|政府性|国有资本|三公|基本支出|绩效|表$')
), named AS (
  SELECT *, CASE WHEN suffix(name, '总计') THEN '收支总计' ELSE name END AS total FROM line
), counted AS (
  SELECT *, count(*) OVER same AS printings, count(DISTINCT amount) OVER same AS figures,
    first(account_id) OVER inorder AS one_id, first(label) OVER inorder AS one_label, first(amount) OVER inorder AS one,
    first(low) OVER inorder AS one_low, first(high) OVER inorder AS one_high, first(section) OVER inorder AS one_section,
    count(*) OVER (PARTITION BY document_id, label) AS repeated, row_number() OVER inorder AS place
  FROM named
  WINDOW same AS (PARTITION BY document_id, total),
    inorder AS (PARTITION BY document_id, total ORDER BY ordinal ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), departments AS (
  SELECT document_id, count(*) FILTER (scope = 'department') AS departments FROM projects GROUP BY document_id
)
SELECT document_id, coalesce(one_section, '正文') AS one_section, one_label, coalesce(section, '正文') AS section, label,
  one AS expected, amount AS actual, gap(low, high, one_low, one_high) AS difference, '万元' AS unit,
  CASE WHEN meets(low, high, one_low, one_high) THEN TRUE
    WHEN figures > 2 OR repeated > 3 OR coalesce(d.departments, 0) > 1 THEN NULL ELSE FALSE END AS holds,
  '同一总数印有几个数，可能是几个单位' AS reason, [one_id, account_id] AS evidence
FROM counted LEFT JOIN departments d USING (document_id) WHERE place > 1
