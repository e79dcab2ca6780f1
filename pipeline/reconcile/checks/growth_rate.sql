-- 增减率应等于增减额除以上年数。
-- id: B06
-- kind: rate_mismatch
-- scope: document
-- severity: high
-- summary: {label}{amount} 万元，比上年增减 {change} 万元，增减率印为 {actual}%，而 {change} ÷（{amount} − {change}）= {expected}%
-- basis: 部门决算公开说明：与上年相比的增减额和增减率
-- applies: 同时印有金额、增减额和增减率的决算项
-- excuse: 上年数为零，或上年数按调整后的口径
-- A growth from nothing is printed as 100 % by convention and not judged.
WITH figure AS (
  SELECT document_id, account_id, coalesce(item, label) AS label, amount, change, change_pct AS rate, resolution,
    abs(change) AS size, amount - change AS base, abs(change_pct) AS pct,
    greatest(last_digit(abs(change_pct)), 0.01) AS digit
  FROM account_lines
  WHERE amount IS NOT NULL AND change IS NOT NULL AND change_pct IS NOT NULL
), tested AS (
  SELECT *, rate_meets(lo(size, resolution), hi(size, resolution), base - resolution, base + resolution,
      least(lo(pct, digit), cut_lo(pct, digit)), greatest(hi(pct, digit), cut_hi(pct, digit))) AS fits,
    rate_meets(lo(size, last_digit(size)), hi(size, last_digit(size)), base - last_digit(size) * 0.5 - resolution * 0.5,
      base + last_digit(size) * 0.5 + resolution * 0.5, lo(pct, digit), hi(pct, digit)) AS fits_coarsely
  FROM figure
)
SELECT document_id, label, amount, change, CASE WHEN change < 0 THEN -rate_of(size, base) ELSE rate_of(size, base) END AS expected,
  rate AS actual, abs(rate_of(size, base) - pct) AS difference, '%' AS unit,
  CASE WHEN base <= resolution OR resolution IS NULL THEN NULL WHEN fits THEN TRUE WHEN fits IS NULL OR fits_coarsely THEN NULL
    ELSE FALSE END AS holds,
  CASE WHEN base <= resolution THEN '上年数为零，增减率无从计算' ELSE '不知道印到第几位小数' END AS reason,
  CASE WHEN abs(rate_of(size, base) - pct) <= 0.1 THEN 'low' END AS severity,
  [account_id] AS evidence
FROM tested
