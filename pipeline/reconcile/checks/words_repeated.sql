-- 定性指标的完成情况应当写明实际效果，不应照抄目标。
-- id: D15
-- kind: other
-- scope: document
-- severity: low
-- summary: {level3}的完成值照抄目标：“{quote}”
-- basis: 财预〔2020〕10号：定性指标应说明完成情况
-- applies: 目标与完成值都以文字表述的指标
-- excuse: 定性指标允许以同样的文字表示达成
-- confidence: review
-- A few words (有所提升) say that the grade was reached. Only a whole sentence that was copied with its full score tells nothing.
SELECT project_id, document_id, indicator_id, level3, left(trim(actual_raw), 60) AS quote,
  CASE WHEN fold_text(target_raw) <> fold_text(actual_raw) THEN TRUE
    WHEN length(fold_text(actual_raw)) >= 30 AND full_marks THEN FALSE END AS holds,
  '短语相同，可以表示达成' AS reason, [cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw')] AS evidence
FROM measures WHERE target_kind = 'text' AND actual_kind = 'text'
