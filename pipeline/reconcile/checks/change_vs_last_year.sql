-- 决算所说的比上年增减额应与上一年度决算的金额相符。
-- id: G01
-- kind: text_vs_text
-- scope: corpus
-- severity: medium
-- summary: {label} {amount} 万元，称比上年增减 {actual} 万元，而上一年度决算为 {last} 万元，相差应为 {expected} 万元
-- basis: 部门决算公开中与上年对比的说明应当与上年决算一致
-- applies: 印有比上年增减额、上一年度决算也在库中的决算
-- excuse: 上年数据经批复调整
-- confidence: review
-- Only names that stand once in each year's accounts.
WITH line AS (
  SELECT a.*, d.publisher, d.fiscal_year,
    count(DISTINCT amount) OVER (PARTITION BY a.document_id, a.label) AS figures
  FROM account_lines a JOIN documents d USING (document_id)
  WHERE a.amount IS NOT NULL AND d.publisher IS NOT NULL AND a.stage = 'executed'
), this_year AS (
  SELECT * FROM line WHERE figures = 1 AND change IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY document_id, label ORDER BY ordinal) = 1
), last_year AS (
  SELECT * FROM line WHERE figures = 1
  QUALIFY row_number() OVER (PARTITION BY publisher, fiscal_year, label ORDER BY document_id, ordinal) = 1
)
SELECT t.document_id, t.label, t.amount, l.amount AS last, t.amount - l.amount AS expected, t.change AS actual,
  abs(t.amount - l.amount - t.change) AS difference, '万元' AS unit,
  meets(lo(t.amount, t.resolution) - hi(l.amount, l.resolution), hi(t.amount, t.resolution) - lo(l.amount, l.resolution),
    lo(t.change, t.resolution), hi(t.change, t.resolution)) AS holds,
  '不知道金额印到第几位小数' AS reason, [t.account_id, l.account_id] AS evidence
FROM this_year t JOIN last_year l ON (l.publisher, l.label) = (t.publisher, t.label) AND l.fiscal_year = t.fiscal_year - 1
