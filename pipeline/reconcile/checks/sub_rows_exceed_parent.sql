-- “其中”各行的数值之和不应大于其上一行。
-- id: A11
-- kind: parts_do_not_sum
-- scope: document
-- severity: low
-- summary: {level3}{side}为 {expected}{unit}，而其中各行合计 {actual}{unit}
-- basis: 财预〔2015〕88号：绩效指标应当可衡量、互相衔接
-- applies: 下有“其中”各行、单位相同的指标
-- excuse: 各“其中”行互有交叉
WITH marked AS (
  SELECT *, regexp_matches(trim(level3), '^其中[:：]?') AS is_sub,
    sum(CASE WHEN regexp_matches(trim(level3), '^其中[:：]?') THEN 0 ELSE 1 END)
      OVER (PARTITION BY project_id ORDER BY ordinal) AS family
  FROM measures WHERE project_id IN (SELECT project_id FROM indicators WHERE starts_with(trim(level3), '其中'))
), sided AS (
  SELECT project_id, document_id, indicator_id, level3, family, is_sub, ordinal, '年度指标值' AS side,
    target_spelling AS spelling, target AS value, target_high IS NOT NULL AS ranged, 'target_raw' AS column_name
  FROM marked
  UNION ALL
  SELECT project_id, document_id, indicator_id, level3, family, is_sub, ordinal, '实际完成值',
    actual_spelling, actual, FALSE, 'actual_raw' FROM marked
), summed AS (
  SELECT project_id, family, side, any_value(document_id) AS document_id,
    any_value(level3) FILTER (NOT is_sub) AS level3, any_value(indicator_id) FILTER (NOT is_sub) AS indicator_id,
    any_value(value) FILTER (NOT is_sub) AS parent, sum(value) FILTER (is_sub) AS subs,
    count(*) FILTER (is_sub) AS sub_rows, count(value) AS known, count(*) AS rows,
    count(DISTINCT spelling) AS spellings, any_value(spelling) AS unit, bool_or(ranged) AS ranged,
    list(cell(indicator_id, column_name) ORDER BY ordinal) AS evidence
  FROM sided GROUP BY project_id, family, side
)
SELECT project_id, document_id, indicator_id, level3, side, parent AS expected, subs AS actual, unit,
  subs - parent AS difference,
  CASE WHEN spellings <> 1 OR unit = '%' OR known < rows OR ranged OR parent IS NULL THEN NULL
    ELSE subs <= parent END AS holds,
  '单位不同或有不是数值的行，不能相加' AS reason, evidence
FROM summed WHERE sub_rows > 0 AND level3 IS NOT NULL
