-- 上年完成值应与该项目上一年度自评表的实际完成值一致。
-- id: G03
-- kind: text_vs_text
-- scope: corpus
-- severity: medium
-- summary: {level3}上年完成值印为“{actual_raw}”，而上一年度自评表的实际完成值为“{expected_raw}”
-- basis: 绩效自评表“上年完成情况”栏
-- applies: 印有上年完成值、上一年度自评表也在库中的指标
-- excuse: 上年数据经核实调整
-- confidence: review
WITH pair AS (
  SELECT a.project_id, a.document_id, b.project_id AS other_id
  FROM project_keys a JOIN project_keys b ON (a.unit_key, a.name_key, a.scope, a.fiscal_year - 1)
    = (b.unit_key, b.name_key, b.scope, b.fiscal_year)
  WHERE a.unit_key IS NOT NULL AND length(a.name_key) >= 4
  QUALIFY row_number() OVER (PARTITION BY a.project_id ORDER BY b.document_id) = 1
), compared AS (
  SELECT p.project_id, p.document_id, i.indicator_id, i.level3, trim(i.last_year_raw) AS actual_raw,
    trim(o.actual_raw) AS expected_raw, o.indicator_id AS other_id, o.actual_value, o.actual_resolution,
    TRY_CAST(regexp_extract(replace(i.last_year_raw, ',', ''), '[0-9]+\.?[0-9]*') AS DECIMAL(28, 8)) AS said,
    len(regexp_extract_all(i.last_year_raw, '[0-9][0-9,.]*')) AS figures,
    fold_unit(regexp_extract(i.last_year_raw, '[0-9]\s*([\p{L}%％㎡]+)$', 1)) AS said_unit,
    CASE WHEN o.actual_kind = 'percent' THEN '%' ELSE fold_unit(o.actual_unit) END AS form_unit
  FROM pair p JOIN indicators i ON i.project_id = p.project_id
  JOIN indicators o ON o.project_id = p.other_id AND fold_text(o.level3) = fold_text(i.level3)
  WHERE i.last_year_raw IS NOT NULL AND o.actual_kind IN ('number', 'percent')
    AND regexp_matches(i.last_year_raw, '[0-9]')
  QUALIFY count(*) OVER (PARTITION BY i.indicator_id) = 1
)
SELECT project_id, document_id, indicator_id, level3, actual_raw, expected_raw, actual_value AS expected,
  said AS actual, coalesce(form_unit, said_unit) AS unit,
  CASE WHEN figures <> 1 OR said_unit IS DISTINCT FROM form_unit THEN NULL
    ELSE meets(lo(said, last_digit(said)), hi(said, last_digit(said)), lo(actual_value, actual_resolution),
      hi(actual_value, actual_resolution)) END AS holds,
  '上年完成值的单位或写法与上一年度不同' AS reason,
  [cell(indicator_id, 'last_year_raw'), cell(other_id, 'actual_raw')] AS evidence
FROM compared
