-- 正文称项目已暂停或取消的，不应又称目标已经完成。
-- id: E07
-- kind: text_vs_text
-- scope: document
-- severity: medium
-- summary: 正文一处称“{stop}”，{other}
-- basis: 绩效自评报告前后应当一致
-- applies: 正文称项目暂停、终止、取消或尚未开工的项目
-- excuse: 暂停的只是后续工作
-- confidence: review
-- The form speaks as well: three figures met or more, few missed, and money spent, in a project that did not begin.
WITH passage AS (
  SELECT project_id, document_id, section_id AS id, ordinal, words
  FROM passages WHERE project_id IS NOT NULL
), said AS (
  SELECT *, trim(regexp_extract(words, '(?:^|[，。；]|该|本)项目[^，。；、：“”0-9]{0,10}?(?:暂停|暂缓|处于暂停状态|停止|停建|终止|取消|中止|搁置|未能?实施|未能?开展|(?:未能|尚未)(?:启动|开工|实施|开展))(?:实施|建设|执行|开工)*(?:[，。；]|$)'),
      '，。；') AS stop,
    regexp_extract(words, '(?:已|均已|全部|已全部)完成(?:了)?(?:全部|各项)?预期(?:的)?(?:项目)?(?:绩效|年度)?目标'
      || '|(?:绩效|年度)(?:目标|指标)(?:任务)?(?:均|都|已|全部|圆满)+(?:完成|实现|达到)') AS done
  FROM passage
), whole AS (
  SELECT project_id, any_value(document_id) AS document_id, arg_min(stop, ordinal) FILTER (stop <> '' AND NOT regexp_matches(stop, '部分|个别|内容|合同|招标|验收')) AS stop,
    arg_min(id, ordinal) FILTER (stop <> '') AS stop_id, arg_min(done, ordinal) FILTER (done <> '') AS done,
    arg_min(id, ordinal) FILTER (done <> '') AS done_id
  FROM said GROUP BY project_id
), filled AS (
  SELECT project_id, count(*) FILTER (met) AS met, count(*) FILTER (met IS FALSE) AS unmet,
    arg_min(cell(indicator_id, 'actual_raw'), ordinal) FILTER (met) AS met_id
  FROM measures GROUP BY project_id
), spent AS (
  SELECT project_id, bool_or(executed.amount > 0) AS spent FROM fund_lines GROUP BY project_id
), judged AS (
  SELECT w.*, coalesce(f.met >= 3 AND f.unmet * 3 < f.met AND s.spent, FALSE) AS all_met, f.met, f.met_id
  FROM whole w LEFT JOIN filled f USING (project_id) LEFT JOIN spent s USING (project_id) WHERE w.stop IS NOT NULL
)
SELECT project_id, document_id, stop,
  CASE WHEN done IS NOT NULL THEN '另一处称“' || done || '”' ELSE '而自评表中有 ' || met || ' 项指标填已达目标' END AS other,
  done IS NULL AND NOT all_met AS holds, [stop_id, CASE WHEN done IS NULL THEN met_id ELSE done_id END] AS evidence
FROM judged
