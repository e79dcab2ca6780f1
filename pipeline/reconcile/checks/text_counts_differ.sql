-- 同一份报告的正文对同一件事应写同一个数量。
-- id: E05
-- kind: text_vs_text
-- scope: document
-- severity: medium
-- summary: 正文一处：{one_subject}{one_raw}；另一处：{subject}{stated}，前后不一致
-- basis: 绩效自评报告前后应当一致
-- applies: 正文两次写到同一件事的数量的项目
-- excuse: 两处的时点或口径不同
-- confidence: review
-- Only results of the year. What an indicator of the form says is prose_count_vs_form's.
WITH fact AS (
  SELECT *, fold_text(regexp_replace(subject,
    '^(?:一年来|年内|先后|全年|本年度?|年内|全县|全市|全区|全镇|我[局县市区镇]|本项目|该项目|项目|共|实际|累计|已|完成|组织|开展|举办)+', '')) AS name
  FROM spoken
  WHERE role = 'result' AND NOT quiet AND operator IS NULL AND kind IN ('count', 'rate')
    AND claim_id NOT IN (SELECT claim_id FROM alignments) AND low IS NOT NULL
), counted AS (
  SELECT *, count(DISTINCT value) OVER same AS figures, first(claim_id) OVER inorder AS one_id,
    first(value) OVER inorder AS one, first(low) OVER inorder AS one_low,
    first(high) OVER inorder AS one_high, first(subject) OVER inorder AS one_subject,
    first(regexp_replace(raw, '\s', '', 'g')) OVER inorder AS one_raw,
    first(heading) OVER inorder AS one_heading, row_number() OVER inorder AS place
  FROM fact WHERE length(name) >= 4
  WINDOW same AS (PARTITION BY project_id, name, bare),
    inorder AS (PARTITION BY project_id, name, bare ORDER BY ordinal
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
SELECT project_id, document_id, one_subject, one_raw, subject, one AS expected, value AS actual,
  CASE WHEN kind = 'count' THEN regexp_replace(raw, '\s', '', 'g') ELSE shown(value) || '%' END AS stated,
  gap(low, high, one_low, one_high) AS difference, bare AS unit,
  CASE WHEN meets(low, high, one_low, one_high) THEN TRUE
    WHEN figures > 2 OR one_heading IS NOT DISTINCT FROM heading THEN NULL ELSE FALSE END AS holds,
  CASE WHEN figures > 2 THEN '同一名称有几个数量，可能是几件事' ELSE '在同一段中，可能是几件事' END AS reason,
  [one_id, claim_id] AS evidence
FROM counted WHERE place > 1
