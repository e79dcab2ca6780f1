-- 各项占比应等于该项金额除以合计。
-- id: B07
-- kind: rate_mismatch
-- scope: document
-- severity: medium
-- summary: {label}{amount} 万元，占比印为 {actual}%，而 {amount} ÷ {whole_label} {whole} 万元 = {expected}%
-- basis: 部门决算公开说明：支出构成
-- applies: 印有占比、且各项之和等于合计的决算项
-- excuse: 占比的分母另有所指
-- The whole is taken from the same section, and only when the lines with a share add up to it.
WITH grouped AS (
  SELECT document_id, section, sum(amount) AS total, sum(lo(amount, resolution)) AS low,
    sum(hi(amount, resolution)) AS high, count(*) AS parts
  FROM account_lines WHERE share_pct IS NOT NULL AND amount IS NOT NULL
  GROUP BY document_id, section HAVING count(*) > 1
), whole AS (
  SELECT g.document_id, g.section, arg_min(w.label, w.ordinal) AS whole_label, arg_min(w.amount, w.ordinal) AS whole,
    arg_min(w.account_id, w.ordinal) AS whole_id, arg_min(w.resolution, w.ordinal) AS whole_digit
  FROM grouped g JOIN account_lines w ON w.document_id = g.document_id
    AND w.section IS NOT DISTINCT FROM g.section AND w.share_pct IS NULL
    AND meets(g.low, g.high, lo(w.amount, w.resolution), hi(w.amount, w.resolution)) AND w.amount > 0
  GROUP BY g.document_id, g.section
), ranged AS (
  SELECT a.*, w.whole_label, w.whole, w.whole_id, w.whole_digit, greatest(last_digit(a.share_pct), 0.01) AS digit
  FROM account_lines a JOIN grouped g ON g.document_id = a.document_id AND g.section IS NOT DISTINCT FROM a.section
  LEFT JOIN whole w ON w.document_id = a.document_id AND w.section IS NOT DISTINCT FROM a.section
  WHERE a.share_pct IS NOT NULL AND a.amount IS NOT NULL
)
SELECT document_id, label, amount, whole_label, whole, rate_of(amount, whole) AS expected, share_pct AS actual,
  abs(rate_of(amount, whole) - share_pct) AS difference, '%' AS unit,
  rate_meets(lo(amount, resolution), hi(amount, resolution), lo(whole, whole_digit), hi(whole, whole_digit),
    least(lo(share_pct, digit), cut_lo(share_pct, digit)), greatest(hi(share_pct, digit), cut_hi(share_pct, digit))) AS holds,
  '同一节中没有等于各项之和的合计' AS reason,
  CASE WHEN abs(rate_of(amount, whole) - share_pct) <= 0.1 THEN 'low' END AS severity,
  [account_id, whole_id] AS evidence
FROM ranged
