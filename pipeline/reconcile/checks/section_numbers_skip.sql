-- 自评报告各部分的序号应当连续。
-- id: K03
-- kind: missing_value
-- scope: document
-- severity: low
-- summary: “{numbered}”之后缺少第{missing}部分
-- basis: 项目支出绩效自评报告参考提纲
-- applies: 以“一、二、三”编号的报告
-- excuse: 序号编错
-- confidence: review
-- Only the top numbers (（一） where there is no 一、), one number left out between two that are in order, and nowhere else
-- in the report.
WITH top AS (
  SELECT *, lead(place) OVER follows AS following,
    count(*) OVER (PARTITION BY project_id, place) AS repeats
  FROM outlines o WHERE place IS NOT NULL
    AND style = (SELECT min(style) FROM outlines t WHERE t.project_id = o.project_id)
    AND (style = 1 OR (SELECT count(*) FROM outlines t WHERE t.project_id = o.project_id AND t.style = 2) > 2)
  WINDOW follows AS (PARTITION BY project_id ORDER BY ordinal)
), words AS (
  SELECT document_id, string_agg(coalesce(number || '、', '') || coalesce(heading, '') || chr(10) || text, chr(10)) AS words
  FROM sections GROUP BY document_id
), judged AS (
  SELECT t.*, substr('一二三四五六七八九', t.place + 1, 1) AS missing, w.words
  FROM top t JOIN words w USING (document_id) WHERE t.following IS NOT NULL AND t.place BETWEEN 1 AND 8
)
SELECT project_id, document_id, missing,
  number || CASE WHEN style = 1 THEN '、' ELSE '' END || heading AS numbered,
  CASE WHEN following <= place + 1 THEN TRUE
    WHEN following = place + 2 AND repeats = 1
      AND NOT regexp_matches(words, '(?m)^\s*[（(]?' || missing || '\s*[)）、.．]') THEN FALSE END AS holds,
  '标题可能未能识别' AS reason,
  [section_id] AS evidence
FROM judged
