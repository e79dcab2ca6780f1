-- 评价等级应与总得分相符。
-- id: C16
-- kind: other
-- scope: document
-- severity: medium
-- summary: 总得分 {actual} 分，等级却填为“{rating}”（按 90、80、60 分或 80、70、60 分划分都不是）
-- basis: 财预〔2020〕10号：90（含）至100分为优、80（含）至90分为良、60（含）至80分为中、60分以下为差
-- applies: 印有评价等级和总得分的自评表
-- excuse: 本地或本单位另有等级划分
-- Two tables of bands are in use; either is accepted. A document that states bands of its own is not judged.
WITH own AS (
  SELECT DISTINCT document_id FROM sections WHERE regexp_matches(text, '[0-9]\s*分?\s*(?:[（(]?[不]?含|以上|以下|及以上|以内|[-~—～至到]\s*[0-9]{2,3})[^。；\n]{0,16}[“"]?(?:优|良|中|差)|[≥＜<≤>]\s*[0-9]{2}[^。；\n]{0,12}(?:优|良|中|差)|(?:优|良|差)[秀好]?[”"]?(?:等级|等次|级)?[：:（(][^。；\n]{0,6}[0-9]{2}')
  UNION
  SELECT DISTINCT document_id FROM scoring_rules WHERE regexp_matches(raw, '[0-9]\s*分[^。；\n]{0,12}[“"]?(?:优|良|差)')
), graded AS (
  SELECT p.project_id, p.document_id, p.rating, p.score_total AS score, p.weight_total,
    lo(p.score_total, coalesce(p.score_total_resolution, 1)) AS low, hi(p.score_total, coalesce(p.score_total_resolution, 1)) AS high,
    regexp_extract(trim(p.rating), '^[“"]?(优|良|中|差)(?:秀|好|等|级)?[”"]?$', 1) AS grade, o.document_id IS NOT NULL AS own_bands
  FROM projects p LEFT JOIN own o USING (document_id) WHERE p.rating IS NOT NULL AND p.score_total IS NOT NULL
), banded AS (
  SELECT *, CASE grade WHEN '优' THEN 80 WHEN '良' THEN 70 WHEN '中' THEN 60 WHEN '差' THEN 0 END AS from_score,
    CASE grade WHEN '优' THEN 1000 WHEN '良' THEN 90 WHEN '中' THEN 80 WHEN '差' THEN 60 END AS to_score
  FROM graded
)
SELECT project_id, document_id, rating, score AS actual,
  CASE WHEN from_score IS NULL OR own_bands OR coalesce(weight_total, 100) <> 100 THEN NULL
    ELSE high >= from_score AND low < to_score END AS holds,
  CASE WHEN own_bands THEN '文件自载等级划分' WHEN from_score IS NULL THEN '等级不是优、良、中、差'
    ELSE '总分值不是 100' END AS reason,
  [cell(project_id, 'rating'), cell(project_id, 'score_total')] AS evidence
FROM banded
