-- 得分不应大于分值。
-- id: C06
-- kind: score_mismatch
-- scope: document
-- severity: high
-- summary: {name}得分 {actual}，超过分值 {expected}
-- basis: 财预〔2020〕10号：各项得分以分值为上限
-- applies: 既印分值又印得分的行
-- excuse: 加分项
-- Bonus items are meant to exceed. Where most rows exceed, the two columns were read the wrong way round.
WITH line AS (
  SELECT project_id, document_id, NULL AS indicator_id, source_label AS name, weight, score,
    points_hi(weight, last_digit(weight)) AS weight_high,
    points_lo(score, coalesce(score_resolution, last_digit(score))) AS score_low,
    [fund_score_cell(project_id, ordinal, 'weight'), fund_score_cell(project_id, ordinal, 'score')]
      AS evidence
  FROM fund_scores WHERE weight IS NOT NULL AND score IS NOT NULL
  UNION ALL
  SELECT project_id, document_id, indicator_id, level3, weight, score, weight_high,
    coalesce(score_low, points_lo(score, last_digit(score))),
    [cell(indicator_id, 'weight'), cell(indicator_id, 'score')]
  FROM measures WHERE weight IS NOT NULL AND score IS NOT NULL
), judged AS (
  SELECT *, score_low > weight_high AS above,
    count(*) FILTER (score_low > weight_high) OVER project AS above_count,
    count(*) FILTER (score <> weight) OVER project AS differing
  FROM line WINDOW project AS (PARTITION BY project_id)
)
SELECT project_id, document_id, indicator_id, name, weight AS expected, score AS actual,
  greatest(score_low - weight_high, 0) AS difference, '分' AS unit,
  CASE WHEN NOT above THEN TRUE WHEN regexp_matches(name, '加分|附加') THEN NULL
    WHEN above_count > 2 AND above_count * 2 > differing THEN NULL ELSE FALSE END AS holds,
  CASE WHEN NOT above THEN NULL WHEN regexp_matches(name, '加分|附加') THEN '加分项'
    ELSE '多数行的得分大于分值，两栏可能读反' END AS reason,
  evidence
FROM judged
