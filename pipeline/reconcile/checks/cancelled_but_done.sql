-- 未完成原因称某项工作已取消的，该项工作的指标不应又填完成并得满分。
-- id: E07
-- kind: other
-- scope: document
-- severity: high
-- summary: {level3}的说明称“{stop}”，而{other}完成“{actual_raw}”，得满分 {score} 分
-- basis: 绩效自评表前后应当一致
-- applies: 偏差原因写有取消、停止或未开展某项工作、表中又有这项工作的指标的项目
-- excuse: 取消的只是其中一部分，或改以其他方式完成
-- confidence: review
-- A thing that was dropped names an indicator when all its signs stand in the indicator's name in this order and make
-- up most of it (LED路灯检修, LED路灯年度检修数量). The indicator that the reason stands beside is not judged here.
WITH reason AS (
  SELECT indicator_id, project_id, level3, regexp_replace(simple(deviation_raw), '\s', '', 'g') AS words
  FROM indicators WHERE regexp_matches(deviation_raw, '取消|停止|停办|停建|终止|未开展|未实施|未启动|未组织')
), told AS (
  SELECT *, regexp_extract(words, '(?:取消|停止|停办|停建|终止|未(?:能)?(?:开展|实施|启动|组织))了?[^。；;]*') AS rest FROM reason
), listed AS (
  SELECT *, regexp_extract(regexp_replace(rest, '[，,](?:故|因此|所以|导致|致使|使得|造成|影响).*$', ''), '(?:取消|停止|停办|停建|终止|未(?:能)?(?:开展|实施|启动|组织))了?(.*)$', 1) AS things,
    regexp_matches(words, '部分|个别|有的|原定|改为|改成|改由|调整为|替代|代替|线上|合并|并入|次年|下年|推迟|延期|延后') AS mild
  FROM told WHERE rest <> ''
), thing AS (
  SELECT * EXCLUDE (things), regexp_replace(unnest(regexp_split_to_array(things, '[，,、]|以及|和|及')), '[^\p{L}\p{N}]', '', 'g') AS thing
  FROM listed
), named AS (
  SELECT t.*, m.indicator_id AS other_id, m.document_id, m.level3 AS other, m.actual_raw, m.score, m.ordinal,
    m.met AND m.full_marks AND m.actual > 0 AS done, length(t.thing)::DOUBLE / length(m.level3) AS share
  FROM thing t JOIN measures m ON m.project_id = t.project_id AND m.indicator_id <> t.indicator_id
  WHERE length(t.thing) >= 4
    AND regexp_matches(upper(simple(m.level3)), array_to_string(string_split(upper(t.thing), ''), '.*'))
    AND length(t.thing) * 2 >= length(m.level3)
  QUALIFY row_number() OVER (PARTITION BY t.indicator_id, t.thing ORDER BY share DESC, m.ordinal) = 1
)
SELECT project_id, document_id, other_id AS indicator_id, level3,
  rtrim(regexp_replace(rest, '[，,](?:故|因此|所以|导致|致使|使得|造成|影响).*$', ''), '，。；') AS stop,
  other, trim(actual_raw) AS actual_raw, score,
  CASE WHEN NOT coalesce(done, FALSE) THEN TRUE WHEN mild THEN NULL ELSE FALSE END AS holds,
  '说明取消的可能只是一部分，或已改以其他方式完成' AS reason,
  [cell(indicator_id, 'deviation_raw'), cell(other_id, 'actual_raw'), cell(other_id, 'score')] AS evidence
FROM named
