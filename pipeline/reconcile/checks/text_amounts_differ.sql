-- 同一份报告的正文对同一笔支出应写同一个金额。
-- id: E05
-- kind: text_vs_text
-- scope: document
-- severity: medium
-- summary: 正文一处：{one_label}{one} 万元；另一处：{other_label}{actual} 万元，前后不一致
-- basis: 绩效自评报告前后应当一致
-- applies: 正文两次写到同一项支出的项目
-- excuse: 分几次支付，或两处口径不同
-- confidence: review
-- Only two figures for one item and one stage. Two payments that add up to a third figure of the text are
-- instalments; where the form prints the project's total, prose_amount_vs_form compares with that.
WITH item AS (
  SELECT fund_id, project_id, document_id, ordinal, stage, stage_label, source_label AS label, amount,
    resolution, fold_text(regexp_replace(simple(source_label), '^[0-9年月日一二三四五]+', '')) AS name
  FROM funds
  WHERE origin = 'text' AND amount IS NOT NULL AND source <> 'total' AND stage = 'executed'
    AND fund_id NOT IN (SELECT fund_id FROM stated_totals)
), whole AS (
  SELECT fund_id, project_id, document_id, ordinal, stage, stage_label, '' AS label, amount, resolution,
    '总额' AS name
  FROM stated_totals
  WHERE stage = 'executed' AND NOT other_year AND project_id NOT IN (
    SELECT project_id FROM money WHERE stage = 'executed' AND amount IS NOT NULL)
), figure AS (
  SELECT *, spoken_lo(amount, resolution) AS low, spoken_hi(amount, resolution) AS high
  FROM (SELECT * FROM item UNION ALL SELECT * FROM whole)
  WHERE (name = '总额' OR (length(name) >= 4
      AND NOT regexp_matches(name, '首付|尾款|进度款|预付|余款|质保|第[一二三四]|[一二三四]季度|上半年|下半年|^其他|余下|剩余')))
), counted AS (
  SELECT *, count(*) OVER same AS printings, count(DISTINCT amount) OVER same AS figures,
    first(fund_id) OVER inorder AS one_id, first(amount) OVER inorder AS one,
    first(low) OVER inorder AS one_low, first(high) OVER inorder AS one_high,
    first(label || stage_label) OVER inorder AS one_label, row_number() OVER inorder AS place
  FROM figure
  WINDOW same AS (PARTITION BY project_id, stage, name),
    inorder AS (PARTITION BY project_id, stage, name ORDER BY ordinal
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), judged AS (
  SELECT c.*, coalesce(meets(low, high, one_low, one_high), FALSE) AS fits,
    EXISTS (SELECT 1 FROM funds f WHERE f.project_id = c.project_id AND f.amount IS NOT NULL
      AND f.amount = c.amount + c.one) AS instalments
  FROM counted c WHERE place > 1
)
SELECT project_id, document_id, one_label, label || stage_label AS other_label, one, one AS expected,
  amount AS actual, gap(low, high, one_low, one_high) AS difference, '万元' AS unit,
  CASE WHEN fits THEN TRUE WHEN resolution IS NULL OR instalments OR figures > 2 THEN NULL ELSE FALSE END AS holds,
  CASE WHEN instalments THEN '两笔之和另有印出，可能是分次支付'
    WHEN figures > 2 THEN '同一名称有几个金额，可能是几笔支出' ELSE '不知道金额写到第几位小数' END AS reason,
  CASE WHEN name = '总额' THEN 'high' END AS severity,
  [one_id, fund_id] AS evidence
FROM judged
