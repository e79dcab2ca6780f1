-- 未完成的指标应当说明原因。
-- id: D02
-- kind: other
-- scope: document
-- severity: medium
-- summary: {names}未达目标，表中没有说明原因，“{heading}”一节也未提及
-- basis: 财预〔2020〕10号：未完成绩效目标的应当说明理由
-- applies: 有未达目标而扣分的指标、又写有问题或原因一节的项目
-- excuse: 原因写在另附的材料中
-- confidence: review
-- Only where nothing speaks of it: no cell beside the indicator, no sentence that names it together with a cause, and a
-- section on problems or reasons that says of nothing that it was not reached.
WITH unmet AS (
  SELECT project_id, document_id, indicator_id, ordinal, level3, target_raw, actual_raw,
    coalesce(trim(deviation_raw), '') NOT IN ('', '无', '/', '-', '—') AS beside,
    list_filter(list_distinct([substr(n, x, 2) FOR x IN range(1, greatest(length(n), 1))]),
      lambda w: length(w) = 2 AND NOT regexp_matches(w, '数量|[场人批户]次|次数|人数|全年|年度|完成|情况|工作|项目|及时|指标|成功|功率|开展|[成及时]率|得率|全市|全县|全区|组织|实施')) AS signs
  FROM (SELECT *, regexp_replace(simple(level3), '[^\p{L}]', '', 'g') AS n FROM measures
    WHERE met IS FALSE AND weight > 0 AND score < weight)
), passage AS (
  SELECT project_id, section_id, ordinal, simple(coalesce(heading, '')) AS heading,
    words FROM passages WHERE project_id IS NOT NULL
), problem AS (
  SELECT project_id, arg_min(section_id, ordinal) AS section_id, arg_min(heading, ordinal) AS heading,
    string_agg(words, '。' ORDER BY ordinal) AS words
  FROM passage WHERE regexp_matches(heading, '问题|原因|偏差|偏离|不足') AND length(words) >= 10
    AND NOT regexp_matches(heading, '其他需要|申请') GROUP BY project_id
), sentence AS (
  SELECT project_id, unnest(regexp_split_to_array(words, '[。；;！\n]')) AS sentence FROM passage
  UNION ALL SELECT project_id, unnest(regexp_split_to_array(simple(goal_actual), '[。；;！\n]')) FROM projects
), cause AS (
  SELECT * FROM sentence WHERE regexp_matches(sentence, '因|由于|原因|受|影响|未能|未达|未完成|低于|少于|不足|没有|减少|下降|偏低|较低|偏差|不到')
), explained AS (
  SELECT DISTINCT u.indicator_id FROM unmet u JOIN cause c USING (project_id)
  WHERE len(list_filter(u.signs, lambda w: contains(c.sentence, w))) > 0
), judged AS (
  SELECT u.*, p.section_id, p.heading,
    CASE WHEN u.beside OR u.indicator_id IN (SELECT indicator_id FROM explained) THEN TRUE
      WHEN regexp_matches(p.words, '未完成|未达|未能完成|没有完成|没有达到|未实现|低于目标|偏差|不及预期|扣分|失分') OR len(u.signs) = 0 THEN NULL
      ELSE FALSE END AS holds
  FROM unmet u JOIN problem p USING (project_id)
)
SELECT project_id, any_value(document_id) AS document_id, any_value(heading) AS heading,
  coalesce(string_agg(level3 || '（目标“' || trim(target_raw) || '”，完成“' || trim(actual_raw) || '”）', '、' ORDER BY ordinal)
    FILTER (holds IS FALSE), '') AS names,
  CASE WHEN bool_or(holds IS FALSE) THEN FALSE WHEN bool_and(holds) THEN TRUE END AS holds,
  '问题一节说到有未完成的指标，没有写明是哪一项' AS reason,
  list_concat(coalesce(flatten(list([cell(indicator_id, 'target_raw'), cell(indicator_id, 'actual_raw')] ORDER BY ordinal)
    FILTER (holds IS FALSE)), []), [any_value(section_id)]) AS evidence
FROM judged GROUP BY project_id
