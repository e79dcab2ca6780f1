-- 正文所说的“完成预算的百分之几”应等于同一句的决算数除以预算数。
-- id: B01
-- kind: rate_mismatch
-- scope: document
-- severity: high
-- summary: 正文“{quote}”：{executed} ÷ {budget} = {expected}%，印为 {actual}%
-- basis: 部门决算公开：完成预算的百分比=决算数÷预算数
-- applies: 同一句写有预算数、决算数和完成预算百分比的正文
-- excuse: 预算数为年初预算，百分比以调整后预算为分母
-- confidence: review
-- Budget, outturn and rate stand side by side in one sentence. What was rounded or cut off is accepted; a budget of zero,
-- and a rate that says which other budget it is of, are not judged. What a project report says of its own rate of
-- execution is prose_rate_vs_form's.
WITH sentence AS (
  SELECT s.document_id, s.section_id, d.document_kind = 'department_accounts' AS of_accounts,
    unnest(regexp_split_to_array(s.words, '[。；;\n]')) AS sentence
  FROM passages s JOIN documents d USING (document_id) WHERE regexp_matches(s.text, '完成|执行率') AND regexp_matches(s.text, '[%％]')
), found AS (
  SELECT *, regexp_extract(sentence, '([^，,：:。]{0,16}?(?:年初|全年|调整)?预算(?:数|安排|总额|金额)?(?:为|是)?([0-9][0-9,]*\.?[0-9]*)万元[，,]'
    || '[^，,0-9]{0,12}?(?:决算|执行|支出|支付)数?(?:为|是)?([0-9][0-9,]*\.?[0-9]*)万元[，,](?:完成(年初|全年|调整后?)?预算的?|(?:预算)?执行率(?:为|达到?)?)([0-9]+(?:\.[0-9]+)?)[%％])',
    ['quote', 'budget', 'executed', 'of', 'rate']) AS hit
  FROM sentence
), figure AS (
  SELECT document_id, section_id, hit.quote AS quote, hit.of AS of, replace(hit.budget, ',', '') AS b, replace(hit.executed, ',', '') AS e,
    hit.rate AS r FROM found WHERE hit.quote <> '' AND (of_accounts OR NOT contains(hit.quote, '执行率'))
), valued AS (
  SELECT *, TRY_CAST(b AS DECIMAL(20, 6)) AS budget, TRY_CAST(e AS DECIMAL(20, 6)) AS executed, TRY_CAST(r AS DECIMAL(12, 6)) AS rate,
    CAST(pow(10, -len(regexp_extract(b, '\.([0-9]*)', 1))) AS DECIMAL(20, 6)) AS b_digit,
    CAST(pow(10, -len(regexp_extract(e, '\.([0-9]*)', 1))) AS DECIMAL(20, 6)) AS e_digit,
    CAST(pow(10, -len(regexp_extract(r, '\.([0-9]*)', 1))) AS DECIMAL(12, 6)) AS r_digit
  FROM figure
)
SELECT document_id, quote, budget, executed, rate_of(executed, budget) AS expected, rate AS actual,
  abs(rate_of(executed, budget) - rate) AS difference, '%' AS unit,
  CASE WHEN budget = 0 OR (of <> '' AND NOT contains(regexp_extract(quote, '^[^0-9]*'), left(of, 2))) THEN NULL
    ELSE rate_meets(lo(executed, e_digit), hi(executed, e_digit), lo(budget, b_digit), hi(budget, b_digit),
      spoken_lo(rate, r_digit), spoken_hi(rate, r_digit)) END AS holds,
  CASE WHEN budget = 0 THEN '预算数为零' ELSE '百分比以另一个预算数为分母' END AS reason, [section_id] AS evidence
FROM valued
