-- 正文所说的自评得分应与自评表的总得分一致。
-- id: C17
-- kind: table_vs_text
-- scope: document
-- severity: high
-- summary: 正文写“{quote}”，而自评表总得分为 {expected} 分
-- basis: 绩效自评报告与所附自评表应当一致
-- applies: 正文写有自评得分、又印有总得分的项目
-- excuse: 正文取整，或正文所说为部门整体得分
-- The sum of the printed scores is accepted too; what is wrong with the printed total is total_score's.
WITH sentence AS (
  SELECT section_id, project_id, document_id,
    unnest(regexp_split_to_array(regexp_replace(text, '\s|[（(][^（()）]{0,12}满?分[^（()）]{0,6}[）)]', '', 'g'), '[。；;]')) AS sentence
  FROM sections WHERE project_id IS NOT NULL AND regexp_matches(text, '得分|总分|评分|自评|总体评价')
), found AS (
  SELECT *, regexp_extract(sentence, '([^，,：:]{0,12}?)((?:'
    || '(?:自评|综合|总体?|最终|评价|本项目|该项目)(?:自评|评价)?(?:综合|最终|总)?(?:得分|评分|总分|分数|打分|得)(?:结果|合计)?'
    || '|(?:本|该)项目自评|自评(?:得|结果)|总体评价[:：]|评定?得分|绩效自评|自我(?:评价|评分)(?:总?得分|总分)?'
    || ')(?:结果)?(?:为|是|达到?|:|：)?([0-9]{2,3}(?:\.[0-9]+)?)(?:分|$|[，,]))', ['before', 'phrase', 'points'])
    AS hit
  FROM sentence
), figure AS (
  SELECT section_id, project_id, document_id, hit.phrase AS quote, hit.before AS before, TRY_CAST(hit.points AS DECIMAL(12, 6)) AS points,
    CAST(pow(10, -len(regexp_extract(hit.points, '\.([0-9]*)', 1))) AS DECIMAL(12, 6)) AS digit
  FROM found WHERE hit.phrase <> ''
    AND NOT regexp_matches(hit.before, '投入|过程|决策|管理|产出|效益|效果|满意|执行|指标|部分|数量|质量|时效|成本|上年|去年|20[0-9][0-9]')
    AND NOT regexp_matches(sentence, '满分' || '[^，]{0,4}$')
), judged AS (
  SELECT f.*, t.score_total, t.scored, t.scores_low + t.fund_score_low AS low, t.scores_high + t.fund_score_high AS high,
    lo(t.score_total, t.score_total_resolution) AS total_low, hi(t.score_total, t.score_total_resolution) AS total_high,
    count(DISTINCT f.points) OVER (PARTITION BY f.project_id) AS values_stated,
    p.scope = 'project' AND regexp_matches(f.before, '部门|整体') AS of_department
  FROM figure f JOIN totals t USING (project_id) JOIN projects p USING (project_id)
  WHERE t.score_total IS NOT NULL
)
SELECT project_id, document_id, quote, score_total AS expected, points AS actual,
  gap(lo(points, digit), hi(points, digit), total_low, total_high) AS difference, '分' AS unit,
  CASE WHEN meets(lo(points, digit), hi(points, digit), total_low, total_high)
      OR coalesce(meets(lo(points, digit), hi(points, digit), low, high), FALSE) THEN TRUE
    WHEN values_stated > 1 OR of_department THEN NULL ELSE FALSE END AS holds,
  '正文写有几个得分，不知道哪一个是本表的' AS reason,
  [section_id, cell(project_id, 'score_total')] AS evidence
FROM judged
