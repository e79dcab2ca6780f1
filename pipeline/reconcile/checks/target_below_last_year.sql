-- 本年目标不应远低于上年已完成的水平。
-- id: D16
-- kind: other
-- scope: document
-- severity: low
-- summary: {level3}上年完成“{last_year_raw}”，本年目标只定为“{target_raw}”，实际完成“{actual_raw}”
-- basis: 财预〔2015〕88号：绩效目标应当参照历史水平合理设定
-- applies: 印有上年完成值、数值可比的指标
-- excuse: 工作范围缩小，或上年有一次性任务
-- confidence: review
-- A smaller target alone may be a smaller task; where the result again reached last year's level, the target was set too low.
WITH past AS (
  SELECT m.*, i.last_year_raw,
    TRY_CAST(replace(regexp_extract(i.last_year_raw, '^\s*[=＝﹦]?\s*([0-9][0-9,]*\.?[0-9]*)\s*[\p{L}%％]*\s*$', 1), ',', '') AS DECIMAL(20, 8)) AS past,
    fold_unit(regexp_extract(i.last_year_raw, '([\p{L}%％]+)\s*$', 1)) AS past_unit
  FROM measures m JOIN indicators i USING (indicator_id) WHERE i.last_year_raw IS NOT NULL
)
SELECT project_id, document_id, indicator_id, level3, last_year_raw, target_raw, actual_raw, past AS expected, target_value AS actual,
  greatest(past - target_value, 0) AS difference, target_unit AS unit,
  CASE WHEN target_value * 2 >= past THEN TRUE WHEN actual_value >= past AND target_value * 3 < past THEN FALSE END AS holds,
  '工作范围可能缩小' AS reason,
  [cell(indicator_id, 'last_year_raw'), cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw')] AS evidence
FROM past
WHERE past > 0 AND comparable AND direction = 'up' AND target_value > 0 AND target_kind = 'number'
  AND (past_unit IS NULL OR past_unit = target_spelling)
