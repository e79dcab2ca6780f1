-- 大幅超额完成而得满分的指标，应当说明原因。
-- id: D03
-- kind: other
-- scope: document
-- severity: low
-- summary: {level3}目标“{target_raw}”，完成“{actual_raw}”，为目标的 {rate}%，得满分 {score} 分而未说明原因
-- basis: 财预〔2020〕10号：目标值设定明显偏低造成超额完成的，应当说明原因并按偏离程度调减分值
-- applies: 目标与完成值可比、超过目标三成以上的指标
-- excuse: 数量小，多一个即超过三成；规则允许超额
-- confidence: review
-- Forms differ in what over-completion needs a reason (1.3 to 2 times). Only a form that explains its other
-- over-completions, and a target missed by more than its double, leaves no doubt.
WITH over AS (
  SELECT *, target > 0 AND actual_low * 10 > target * 13 AS beyond, target >= 5 AND actual_low > target * 2 AS doubled
  FROM measures
  WHERE comparable AND target_high IS NULL AND direction = 'up' AND coalesce(actual_dimension, '') <> 'money'
    AND weight > 0 AND score IS NOT NULL
), habit AS (
  SELECT *, count(*) FILTER (beyond AND NOT blank(deviation_raw)) OVER (PARTITION BY document_id) AS explained,
    count(*) FILTER (beyond AND full_marks AND blank(deviation_raw)) OVER (PARTITION BY document_id) AS silent
  FROM over
)
SELECT project_id, document_id, indicator_id, level3, target_raw, actual_raw, score, rate_of(actual, target) AS rate,
  target AS expected, actual AS actual, greatest(actual_low - target, 0) AS difference,
  coalesce(target_unit, actual_unit) AS unit,
  CASE WHEN NOT blank(deviation_raw) OR NOT full_marks THEN TRUE WHEN doubled AND explained > silent THEN FALSE END AS holds,
  '超额程度或本表的习惯不足以断定须说明原因' AS reason,
  [cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw'), cell(indicator_id, 'score')] AS evidence
FROM habit WHERE beyond
