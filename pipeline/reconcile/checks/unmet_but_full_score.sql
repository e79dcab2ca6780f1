-- 未达到目标值的指标不应得满分。
-- id: C10 D01 D02
-- kind: unmet_but_full_score
-- scope: document
-- severity: high
-- summary: {level3}目标“{target_raw}”，完成“{actual_raw}”，未达目标却得满分 {score} 分
-- basis: 财预〔2020〕10号：未完成指标值的，按照完成值与指标值的比例计分
-- applies: 目标值、完成值可比且印有分值和得分的指标
-- excuse: 规则认可的客观原因，如动态调整
-- A reason given for the deviation lowers the severity. Where neither the operator nor the name says
-- whether more or less is better, nothing is said. A rule of the document may give full marks short of
-- the target. Lateness is date_after_deadline's.
SELECT m.project_id, m.document_id, m.indicator_id, m.level3, m.target_raw, m.actual_raw, m.score,
  m.target AS expected, m.actual AS actual, coalesce(m.target_unit, m.actual_unit) AS unit,
  CASE WHEN direction = 'down' THEN greatest(actual_low - target_top, 0)
    ELSE greatest(target_low - actual_high, 0) END AS difference,
  CASE WHEN NOT m.full_marks THEN TRUE WHEN m.met THEN TRUE WHEN m.met IS NULL THEN NULL
    WHEN r.verdict = 'agrees' THEN TRUE ELSE FALSE END AS holds,
  CASE WHEN NOT comparable THEN '目标值与完成值的单位或写法不同，不能比较'
    WHEN direction = 'unknown' THEN '没有印“≥”或“≤”，不知道以多为好还是以少为好'
    ELSE '完成值只印了界限，或不知道印到第几位小数' END AS reason,
  CASE WHEN NOT blank(deviation_raw) THEN 'medium' END AS severity,
  CASE WHEN r.verdict = 'differs' THEN '按规则应得 ' || shown(r.score_low) || CASE
    WHEN r.score_high <> r.score_low THEN ' 至 ' || shown(r.score_high) ELSE '' END || ' 分' END AS note,
  [cell(m.indicator_id, 'target_raw'), cell(m.indicator_id, 'actual_raw'), cell(m.indicator_id, 'weight'),
   cell(m.indicator_id, 'score'), CASE WHEN r.rank = 1 THEN r.rule_id END] AS evidence
FROM measures m LEFT JOIN rescored r USING (indicator_id)
WHERE both_numbers AND m.weight > 0 AND m.score IS NOT NULL
