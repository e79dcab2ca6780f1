-- 正好完成的指标不应写未完成或超额的原因。
-- id: E08
-- kind: other
-- scope: document
-- severity: medium
-- summary: {level3}目标“{target_raw}”，完成“{actual_raw}”，正好完成，却说明“{quote}”
-- basis: 项目支出绩效自评表“偏差原因分析及改进措施”栏：存在偏差的填写
-- applies: 完成值等于目标值又写有偏差原因的指标
-- excuse: 原因说的是另一行
-- Only a reason that says outright that the target was missed or exceeded contradicts the row.
WITH told AS (
  SELECT *, regexp_extract(regexp_replace(deviation_raw, '\s', '', 'g'),
    '([^，,。；;]{0,24}(?:未完成|未达到|未达成|没有完成|未实现|未能完成)(?:年度|预期|绩效|全年)*(?:指标|目标|任务|计划)[^，,。；;]*'
      || '|[^，,。；;不未]{0,24}(?:超|超过|超出|超额|高于)(?:完成|了)?(?:年度|预期|绩效|年初|全年)+(?:指标|目标|计划)?[^，,。；;]*)', 1) AS quote
  FROM measures WHERE comparable AND target_high IS NULL AND actual = target AND NOT blank(deviation_raw)
)
SELECT project_id, document_id, indicator_id, level3, target_raw, actual_raw, quote, target AS expected, actual,
  CASE WHEN quote = '' THEN TRUE WHEN regexp_matches(deviation_raw, '去年|上年|以前|往年|风险|避免|防止') OR NOT coalesce(full_marks, TRUE) THEN NULL ELSE FALSE END AS holds,
  '原因可能说的是往年，或该行已扣分' AS reason,
  [cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw'), cell(indicator_id, 'deviation_raw')] AS evidence
FROM told
