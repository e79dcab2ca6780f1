-- 正文所说的各类指标得分应等于自评表中该类各指标得分之和。
-- id: C17
-- kind: table_vs_text
-- scope: document
-- severity: medium
-- summary: 正文写“{quote}”，而自评表中该类各项得分之和为 {expected} 分
-- basis: 绩效自评报告与所附自评表应当一致
-- applies: 正文写有产出、效益、满意度、成本或预算执行的得分、自评表各项都有得分的项目
-- excuse: 正文的分类与自评表不同
-- confidence: review
WITH sentence AS (
  SELECT section_id, project_id, document_id,
    unnest(regexp_split_to_array(regexp_replace(text, '<[^>]*>|\s|[（(](?:满分|分值|权重)?[为:：]?[0-9]{1,3}分[）)]', '', 'g'), '[。；;\n]')) AS sentence
  FROM passages WHERE project_id IS NOT NULL AND contains(text, '分') AND regexp_matches(text, '产出|效益|满意度|成本|执行')
), figure AS (
  SELECT section_id, project_id, document_id, sentence, unnest(regexp_extract_all(sentence,
    '(?:产出|效益|满意度|成本|预算执行)(?:指标|率|情况|部分|方面|类)*(?:自评|评价)?(?:得分|实得|得|自评|评分)?(?:为|是|：|:)?[0-9]{1,2}(?:\.[0-9]+)?分')) AS quote
  FROM sentence WHERE regexp_matches(sentence, '得[0-9分]|实得|自评|评分|[0-9]\.[0-9]+分') AND NOT regexp_matches(sentence, '满分|分值|权重|总分[0-9]|上年|去年|扣|标准')
), stated AS (
  SELECT *, regexp_extract(quote, '^(产出|效益|满意度|成本|预算执行)', 1) AS class, regexp_extract(quote, '([0-9.]+)分$', 1) AS digits FROM figure
), pointed AS (
  SELECT *, TRY_CAST(digits AS DECIMAL(12, 6)) AS points,
    CAST(pow(10, -length(regexp_extract(digits, '\.([0-9]*)', 1))) AS DECIMAL(12, 6)) AS digit FROM stated
), class_sum AS (
  SELECT project_id, CASE level1_kind WHEN 'output' THEN '产出' WHEN 'benefit' THEN '效益' WHEN 'satisfaction' THEN '满意度'
      WHEN 'cost' THEN '成本' END AS class,
    sum(score) AS scores, sum(points_lo(score, coalesce(score_resolution, last_digit(score)))) AS low,
    sum(points_hi(score, coalesce(score_resolution, last_digit(score)))) AS high,
    list(cell(indicator_id, 'score') ORDER BY ordinal) AS ids,
    count(*) FILTER (score IS NULL AND (weight > 0 OR weight IS NULL)) AS unscored
  FROM indicators GROUP BY ALL
  UNION ALL
  SELECT project_id, '预算执行', fund_score, fund_score_low, fund_score_high, [fund_score_cell(project_id, fund_ordinal, 'score')], 0
  FROM totals WHERE fund_score IS NOT NULL
)
SELECT p.project_id, p.document_id, p.quote, c.scores AS expected, p.points AS actual,
  gap(lo(p.points, p.digit), hi(p.points, p.digit), c.low, c.high) AS difference, '分' AS unit,
  CASE WHEN c.unscored > 0 THEN NULL ELSE meets(lo(p.points, p.digit), hi(p.points, p.digit), c.low, c.high)
    OR EXISTS (SELECT 1 FROM class_sum d WHERE d.project_id = p.project_id AND d.class IN ('满意度', '成本') AND p.class IN ('产出', '效益')
      AND meets(lo(p.points, p.digit), hi(p.points, p.digit), c.low + d.low, c.high + d.high)) END AS holds,
  '该类有的指标没有得分' AS reason, list_concat([p.section_id], c.ids) AS evidence
FROM pointed p JOIN class_sum c ON c.project_id = p.project_id AND c.class = p.class
WHERE p.points IS NOT NULL
