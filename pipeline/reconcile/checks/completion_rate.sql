-- 印出的完成率应等于实际完成值除以目标值（目标为“不超过”的，也可以是目标值除以完成值）。
-- id: B04
-- kind: rate_mismatch
-- scope: document
-- severity: medium
-- summary: {level3}完成率印为 {actual}%，而完成值 {actual_raw} ÷ 目标值 {target_raw} = {expected}%
-- basis: 绩效指标完成率=实际完成值÷年度指标值
-- applies: 目标值、完成值都是数值又印有完成率的指标
-- excuse: “不超过”的目标按目标值除以完成值，或以 100% 封顶
-- proof: 各指标完成率=完成值÷目标值
-- Forms cap the rate at 100 %, print 100 % for any target that is met, or count what remains below a
-- ceiling as kept; all are accepted.
WITH ranged AS (
  SELECT *, coalesce(completion_resolution, last_digit(completion_rate)) AS digit,
    least(completion_rate, completion_rate) AS rate
  FROM measures WHERE completion_rate IS NOT NULL AND both_numbers
), ends AS (
  SELECT *, least(lo(rate, digit), cut_lo(rate, digit)) AS low,
    greatest(hi(rate, digit), cut_hi(rate, digit)) AS high
  FROM ranged
), judged AS (
  SELECT *, rate_of(actual, target) AS quotient,
    coalesce(rate_meets(actual_low, actual_high, target_low, target_top, low, high), FALSE)
      OR (rate = 100 AND coalesce(met, FALSE))
      OR (rate <= 1.5 AND coalesce(rate_meets(actual_low, actual_high, target_low, target_top,
        low * 100, high * 100), FALSE))
      OR (direction <> 'up' AND coalesce(rate_meets(target_low, target_top, actual_low, actual_high,
        low, high), FALSE))
      OR (direction <> 'up' AND rate_meets(2 * target_low - actual_high, 2 * target_top - actual_low,
        target_low, target_top, low, high) IS TRUE) AS fits
  FROM ends
)
SELECT project_id, document_id, indicator_id, level3, target_raw, actual_raw, quotient AS expected,
  rate AS actual, abs(quotient - rate) AS difference, '%' AS unit,
  CASE WHEN NOT comparable THEN NULL WHEN fits THEN TRUE
    WHEN target <= 0 OR actual < 0 OR target_high IS NOT NULL OR actual_high IS NULL OR quotient IS NULL
      THEN NULL ELSE FALSE END AS holds,
  CASE WHEN NOT comparable THEN '目标值与完成值的单位或写法不同，不能相除'
    WHEN target_high IS NOT NULL THEN '目标是一个范围'
    WHEN actual_high IS NULL THEN '不知道完成值印到第几位小数' ELSE '目标值为零或数值过大，不能相除' END AS reason,
  CASE WHEN abs(quotient - rate) <= 1 THEN 'low' END AS severity,
  [cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw'),
   cell(indicator_id, 'completion_rate')] AS evidence
FROM judged
