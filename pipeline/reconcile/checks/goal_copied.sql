-- 实际完成情况不应与预期目标逐字相同。
-- id: E09
-- kind: copied_text
-- scope: document
-- severity: low
-- summary: 预期目标与实际完成情况逐字相同：“{quote}”
-- basis: 项目支出绩效自评表填表说明：实际完成情况应对照目标如实填写
-- applies: 既写预期目标又写实际完成情况的项目
-- excuse: 目标很短，或只能逐字对应
SELECT project_id, document_id, left(trim(goal_actual), 40) AS quote,
  fold_text(goal_expected) <> fold_text(goal_actual) AS holds,
  [cell(project_id, 'goal_expected'), cell(project_id, 'goal_actual')] AS evidence
FROM projects
WHERE length(fold_text(goal_expected)) >= 6 AND length(fold_text(goal_actual)) >= 6
