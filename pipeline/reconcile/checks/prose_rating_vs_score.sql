-- 正文所说的评价等级应与得分相符。
-- id: C16
-- kind: other
-- scope: document
-- severity: medium
-- summary: 正文评为“{rating}”，而{whose}为 {actual} 分（按 90、80、60 分或 80、70、60 分划分都不是）
-- basis: 财预〔2020〕10号：90（含）至100分为优、80（含）至90分为良、60（含）至80分为中、60分以下为差
-- applies: 正文写有自评等级、又写有或印有得分的报告
-- excuse: 本地或本单位另有等级划分
-- confidence: review
-- The score of the same sentence, else the form's total. As in rating_vs_total either table of bands is accepted, and a
-- document that states bands of its own is not judged.
WITH own AS (
  SELECT DISTINCT document_id FROM passages WHERE regexp_matches(text, '[0-9]\s*分?\s*(?:[（(]?[不]?含|以上|以下|及以上|以内|[-~—～至到]\s*[0-9]{2,3})[^。；\n]{0,16}[“"]?(?:优|良|中|差)|[≥＜<≤>]\s*[0-9]{2}[^。；\n]{0,12}(?:优|良|中|差)|(?:优|良|差)[秀好]?[”"]?(?:等级|等次|级)?[：:（(][^。；\n]{0,6}[0-9]{2}')
  UNION
  SELECT DISTINCT document_id FROM scoring_rules WHERE regexp_matches(raw, '[0-9]\s*分[^。；\n]{0,12}[“"]?(?:优|良|差)')
), sentence AS (
  SELECT section_id, project_id, document_id,
    unnest(regexp_split_to_array(words, '[。；;]')) AS sentence
  FROM passages WHERE project_id IS NOT NULL AND regexp_matches(text, '等级|等次|级别|结果|结论|评级|评定|评价|得分')
), found AS (
  SELECT *, regexp_extract(sentence,
      '(?:(?:自评|评价|评定|绩效|自评结果|评价结果)(?:自评|评价|评定|结果)?(?:等级|等次|级别|档次|结果|结论)(?:评定)?|(?:得分|自评)(?:为|是)?[0-9.]+分[，,](?:对应|最终|综合|属于?)?(?:等级|等次|级别|评级|档次|评定|评价|结论)?|评级|评定)(?:为|是|:|：)?[“"‘]?(优秀|优|良好|良|中等|中|差)[”"’]?(?:等次|等级|级|档)?(?:[，,、（(]|$)', 1) AS rating,
    regexp_extract_all(sentence, '([0-9]{2,3}(?:\.[0-9]+)?)分', 1) AS points
  FROM sentence
), graded AS (
  SELECT f.*, t.score_total, len(f.points) = 1 AS stated,
    CASE WHEN len(f.points) = 1 THEN TRY_CAST(f.points[1] AS DECIMAL(12, 6)) ELSE t.score_total END AS score,
    coalesce(t.weight_total, 100) = 100 AS of_hundred, o.document_id IS NOT NULL AS own_bands, left(rating, 1) AS grade
  FROM found f LEFT JOIN (SELECT project_id, score_total, weight_total FROM projects) t USING (project_id)
  LEFT JOIN own o ON o.document_id = f.document_id
  WHERE rating <> '' AND len(f.points) <= 1 AND NOT regexp_matches(sentence, '上年|去年|质量等级|信用|验收|满意度评价|划分|(?:^|[^总得评])分为')
), banded AS (
  SELECT *, CASE grade WHEN '优' THEN 80 WHEN '良' THEN 70 WHEN '中' THEN 60 ELSE 0 END AS from_score,
    CASE grade WHEN '优' THEN 1000 WHEN '良' THEN 90 WHEN '中' THEN 80 ELSE 60 END AS to_score
  FROM graded WHERE score IS NOT NULL
)
SELECT project_id, document_id, rating, CASE WHEN stated THEN '同一句的得分' ELSE '自评表总得分' END AS whose,
  score AS actual, '分' AS unit,
  CASE WHEN own_bands OR NOT of_hundred THEN NULL ELSE score >= from_score AND score < to_score END AS holds,
  CASE WHEN own_bands THEN '文件自载等级划分' ELSE '总分值不是 100' END AS reason,
  [section_id, CASE WHEN NOT stated THEN cell(project_id, 'score_total') END] AS evidence
FROM banded
