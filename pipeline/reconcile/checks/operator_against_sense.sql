-- 目标的“≥”“≤”应与指标的好坏方向一致。
-- id: D05
-- kind: other
-- scope: document
-- severity: low
-- summary: {level3}的目标写成“{target_raw}”，方向与指标含义相反
-- basis: 财预〔2015〕88号：绩效指标应当清晰、可衡量
-- applies: 名称表明以多为好或以少为好、目标带有运算符的指标
-- excuse: 名称与所计量的不是一回事
-- Only names that leave no doubt are judged: a rate of satisfaction or of passing, a rate of complaints or faults.
WITH named AS (
  SELECT *, regexp_matches(level3, '(?:满意度|合格率|达标率|及时率|覆盖率|完成率|保障率|参保率|巩固率)$')
      AND NOT regexp_matches(level3, '不|未|无|控制|预算|超|成本|资金|支出|经费|费用') AS more_is_better,
    regexp_matches(level3, '(?:投诉|事故|差错|错误|死亡|辍学|流失|返贫|失业|违规|逾期|故障|纠纷)(?:发生)?(?:率|次数|起数|数量|数|人数)$')
      AND NOT regexp_matches(level3, '处理|办结|解决|调解|化解|修复|下降|降低|减少|整改|查处|控制|回复|处置|排除') AS less_is_better
  FROM measures WHERE target_op IN ('>=', '>', '<=', '<') AND target_kind IN ('number', 'percent') AND target_high IS NULL
)
SELECT project_id, document_id, indicator_id, level3, target_raw,
  CASE WHEN (more_is_better AND target_op IN ('>=', '>')) OR (less_is_better AND target_op IN ('<=', '<')) THEN TRUE
    WHEN target <= 0 OR (more_is_better AND (target >= 100 OR target_kind <> 'percent')) THEN NULL ELSE FALSE END AS holds,
  '目标为零或 100%，两种写法都说得通' AS reason, [cell(indicator_id, 'target_raw')] AS evidence
FROM named WHERE more_is_better OR less_is_better
