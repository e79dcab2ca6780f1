-- 预决算差异率应等于决算数减预算数再除以预算数。
-- id: B08
-- kind: rate_mismatch
-- scope: document
-- severity: medium
-- summary: 预算数 {budget} 万元，决算数 {final} 万元，差异率印为 {actual}%，而（{final} − {budget}）÷ {budget} = {expected}%
-- basis: 部门决算公开说明：预决算差异率
-- applies: 写有预算数、决算数和差异率的正文
-- excuse: 预算数取调整后的口径
WITH phrase AS (
  SELECT section_id, project_id, document_id,
    unnest(regexp_extract_all(regexp_replace(text, '\s', '', 'g'),
      '预算数?[0-9][0-9,]*\.?[0-9]*万元[，,、；;]?决算数?[0-9][0-9,]*\.?[0-9]*万元[，,、；;]?(?:预决算)?差异率为?[-−－]?[0-9]+\.?[0-9]*[%％]')) AS phrase
  FROM sections WHERE contains(text, '差异率')
), figure AS (
  SELECT *, replace(regexp_extract(phrase, '预算数?([0-9][0-9,]*\.?[0-9]*)万元', 1), ',', '') AS budget_raw,
    replace(regexp_extract(phrase, '决算数?([0-9][0-9,]*\.?[0-9]*)万元', 1), ',', '') AS final_raw,
    regexp_extract(phrase, '([0-9]+\.?[0-9]*)[%％]$', 1) AS rate_raw
  FROM phrase
), number AS (
  SELECT *, TRY_CAST(budget_raw AS DECIMAL(20, 6)) AS budget, TRY_CAST(final_raw AS DECIMAL(20, 6)) AS final,
    TRY_CAST(rate_raw AS DECIMAL(12, 6)) AS rate,
    CAST(pow(10, -len(regexp_extract(budget_raw, '\.([0-9]*)', 1))) AS DECIMAL(20, 6)) AS digit,
    CAST(pow(10, -len(regexp_extract(rate_raw, '\.([0-9]*)', 1))) AS DECIMAL(12, 6)) AS rate_digit
  FROM figure
), sized AS (
  SELECT *, abs(final - budget) AS size FROM number
)
SELECT project_id, document_id, budget, final, rate_of(size, budget) AS expected, rate AS actual,
  abs(rate_of(size, budget) - rate) AS difference, '%' AS unit,
  CASE WHEN budget > digit THEN rate_meets(greatest(size - digit, 0), size + digit, lo(budget, digit), hi(budget, digit),
    least(lo(rate, rate_digit), cut_lo(rate, rate_digit)), greatest(hi(rate, rate_digit), cut_hi(rate, rate_digit))) END AS holds,
  '预算数为零，差异率无从计算' AS reason, [section_id] AS evidence
FROM sized
