-- 正文称项目已暂停或取消的，不应又称目标已经完成。
-- id: E07
-- kind: text_vs_text
-- scope: document
-- severity: medium
-- summary: 正文一处称“{stop}”，另一处称“{done}”
-- basis: 绩效自评报告前后应当一致
-- applies: 正文称项目暂停、终止或取消的项目
-- excuse: 暂停的只是后续工作
-- confidence: review
WITH passage AS (
  SELECT project_id, document_id, section_id AS id, ordinal, regexp_replace(simple(text), '\s', '', 'g') AS words
  FROM sections WHERE project_id IS NOT NULL
), said AS (
  SELECT *, trim(regexp_extract(words, '(?:^|[，。；]|该|本)项目[^，。；、：“”0-9]{0,10}?(?:暂停|处于暂停状态|停止|停建|终止|取消|未能?实施|未能?开展|(?:未能|尚未)(?:启动|开工))(?:实施|建设)?(?:[，。；]|$)'),
      '，。；') AS stop,
    regexp_extract(words, '(?:已|均已|全部|已全部)完成(?:了)?(?:全部|各项)?预期(?:的)?(?:项目)?(?:绩效|年度)?目标'
      || '|(?:绩效|年度)(?:目标|指标)(?:任务)?(?:均|都|已|全部|圆满)+(?:完成|实现|达到)') AS done
  FROM passage
), whole AS (
  SELECT project_id, any_value(document_id) AS document_id, arg_min(stop, ordinal) FILTER (stop <> '' AND NOT regexp_matches(stop, '部分|个别|内容|合同|招标|验收')) AS stop,
    arg_min(id, ordinal) FILTER (stop <> '') AS stop_id, arg_min(done, ordinal) FILTER (done <> '') AS done,
    arg_min(id, ordinal) FILTER (done <> '') AS done_id
  FROM said GROUP BY project_id
)
SELECT project_id, document_id, stop, done, done IS NULL AS holds, [stop_id, done_id] AS evidence
FROM whole WHERE stop IS NOT NULL
