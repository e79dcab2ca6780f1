-- 年初结转和结余应等于上一年度决算的年末结转和结余。
-- id: G02
-- kind: parts_do_not_sum
-- scope: corpus
-- severity: high
-- summary: {label}印为 {actual} 万元，而上一年度决算的{other_label}为 {expected} 万元
-- basis: 部门决算年初、年末结转结余应当衔接
-- applies: 印有年初结转和结余、上一年度决算也在库中的决算
-- excuse: 年初数经财政收回或调整
-- confidence: review
WITH opening AS (
  SELECT a.*, d.publisher, d.fiscal_year FROM account_lines a JOIN documents d USING (document_id)
  WHERE a.label = '年初结转和结余' AND a.amount IS NOT NULL AND d.publisher IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY a.document_id ORDER BY a.ordinal) = 1
), closing AS (
  SELECT a.*, d.publisher, d.fiscal_year FROM account_lines a JOIN documents d USING (document_id)
  WHERE a.label = '年末结转和结余' AND a.amount IS NOT NULL AND d.publisher IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY d.publisher, d.fiscal_year ORDER BY a.document_id, a.ordinal) = 1
)
SELECT o.document_id, o.label, c.label AS other_label, c.amount AS expected, o.amount AS actual,
  gap(lo(o.amount, o.resolution), hi(o.amount, o.resolution), lo(c.amount, c.resolution), hi(c.amount, c.resolution))
    AS difference, '万元' AS unit,
  meets(lo(o.amount, o.resolution), hi(o.amount, o.resolution), lo(c.amount, c.resolution), hi(c.amount, c.resolution))
    AS holds,
  '不知道金额印到第几位小数' AS reason, [o.account_id, c.account_id] AS evidence
FROM opening o JOIN closing c ON c.publisher = o.publisher AND c.fiscal_year = o.fiscal_year - 1
