-- 写出算式的比率，算式应当成立。
-- id: B09
-- kind: rate_mismatch
-- scope: document
-- severity: medium
-- summary: {place}写“{formula}”，而 {part} ÷ {whole} = {expected}%
-- basis: 绩效自评表、自评报告中写出的计算过程
-- applies: 写有“甲÷乙=某%”的单元格或正文
-- excuse: 分子、分母的口径另有说明
WITH passage AS (
  SELECT project_id, document_id, indicator_id, level3 || '的完成值' AS place, actual_raw AS words,
    cell(indicator_id, 'actual_raw') AS id FROM indicators WHERE regexp_matches(actual_raw, '[÷/／].*[=＝≈]')
  UNION ALL
  SELECT project_id, document_id, indicator_id, level3 || '的佐证资料', evidence_raw, cell(indicator_id, 'evidence_raw')
  FROM indicators WHERE regexp_matches(evidence_raw, '[÷/／].*[=＝≈]')
  UNION ALL
  SELECT project_id, document_id, indicator_id, level3 || '的赋分规则', rule_raw, cell(indicator_id, 'rule_raw')
  FROM indicators WHERE regexp_matches(rule_raw, '[÷/／].*[=＝≈]')
  UNION ALL
  SELECT project_id, document_id, NULL, coalesce('“' || heading || '”一节', '正文'), text, section_id
  FROM sections WHERE regexp_matches(text, '[÷/／].*[=＝≈]')
), found AS (
  SELECT *, unnest(regexp_extract_all(regexp_replace(words, '\s', '', 'g'),
    '[0-9][0-9,]*\.?[0-9]*[\p{Han}]{0,3}[÷/／][0-9][0-9,]*\.?[0-9]*[\p{Han}]{0,3}[）)]?(?:[×xX*]100[%％]?)?[=＝≈][0-9]+\.?[0-9]*[%％]')) AS formula
  FROM passage
), raw AS (
  SELECT *, replace(regexp_extract(formula, '^([0-9][0-9,]*\.?[0-9]*)', 1), ',', '') AS part_raw,
    replace(regexp_extract(formula, '[÷/／]([0-9][0-9,]*\.?[0-9]*)', 1), ',', '') AS whole_raw,
    regexp_extract(formula, '^[0-9,.]*(\p{Han}*)', 1) AS part_unit,
    regexp_extract(formula, '[÷/／][0-9,.]*(\p{Han}*)', 1) AS whole_unit,
    regexp_extract(formula, '[=＝≈]([0-9]+\.?[0-9]*)[%％]$', 1) AS rate_raw
  FROM found
), number AS (
  SELECT *, TRY_CAST(part_raw AS DECIMAL(20, 6)) AS part, TRY_CAST(whole_raw AS DECIMAL(20, 6)) AS whole,
    TRY_CAST(rate_raw AS DECIMAL(12, 6)) AS rate,
    CASE WHEN contains(part_raw, '.') THEN CAST(pow(10, -len(regexp_extract(part_raw, '\.([0-9]*)', 1))) AS DECIMAL(20, 6)) ELSE 0 END AS part_digit,
    CASE WHEN contains(whole_raw, '.') THEN CAST(pow(10, -len(regexp_extract(whole_raw, '\.([0-9]*)', 1))) AS DECIMAL(20, 6)) ELSE 0 END AS whole_digit,
    CAST(pow(10, -len(regexp_extract(rate_raw, '\.([0-9]*)', 1))) AS DECIMAL(12, 6)) AS rate_digit
  FROM raw
)
SELECT project_id, document_id, indicator_id, place, formula, part, whole, rate_of(part, whole) AS expected, rate AS actual,
  abs(rate_of(part, whole) - rate) AS difference, '%' AS unit,
  CASE WHEN part_unit = '' OR whole_unit = '' OR part_unit = whole_unit THEN
    rate_meets(lo(part, part_digit), hi(part, part_digit), lo(whole, whole_digit), hi(whole, whole_digit),
      least(lo(rate, rate_digit), cut_lo(rate, rate_digit)), greatest(hi(rate, rate_digit), cut_hi(rate, rate_digit))) END AS holds,
  CASE WHEN part_unit <> whole_unit THEN '分子与分母的单位不同' ELSE '分母为零，或数值过大' END AS reason,
  CASE WHEN abs(rate_of(part, whole) - rate) <= 0.1 THEN 'low' END AS severity, [id] AS evidence
FROM number
