-- 各类指标的分值应与文件自载的权重规定一致。
-- id: C03
-- kind: weight_total_mismatch
-- scope: document
-- severity: medium
-- summary: {class}指标分值之和为 {actual}，而文件规定“{quote}”，应为 {expected} 分
-- basis: 文件自载的权重规定；财预〔2020〕10号
-- applies: 自载各类指标权重规定的文件
-- excuse: 有特殊情况并经说明的，可以调整权重
-- Only a rule the document prints itself and does not soften (原则上, 可以调整) is held against its form.
WITH words AS (
  SELECT document_id, NULL AS project_id, raw AS text, rule_id AS id FROM scoring_rules WHERE document_id IS NOT NULL
  UNION ALL
  SELECT document_id, project_id, text, section_id FROM sections WHERE contains(text, '产出')
), sentence AS (
  SELECT document_id, project_id, id,
    unnest(regexp_split_to_array(regexp_replace(text, '\s', '', 'g'), '[。\n]')) AS sentence FROM words
), rule AS (
  SELECT document_id, project_id, id, sentence, regexp_matches(sentence, '原则上|一般|调整|参考|左右|可根据|如有') AS soft,
    unnest([
      {'kind': 'output', 'class': '产出', 'points': regexp_extract(sentence, '产出(?:指标|类)*[为占:：]?([0-9]{2})(?:分|%|％)', 1)},
      {'kind': 'benefit', 'class': '效益', 'points': regexp_extract(sentence, '效益(?:指标|类)*[为占:：]?([0-9]{2})(?:分|%|％)', 1)},
      {'kind': 'satisfaction', 'class': '满意度', 'points': regexp_extract(sentence, '满意度(?:指标|类)*[为占:：]?([0-9]{1,2})(?:分|%|％)', 1)}]) AS r
  FROM sentence
  WHERE regexp_matches(sentence, '权重|分值') AND regexp_matches(sentence, '产出(?:指标|类)*[为占:：]?[0-9]{2}(?:分|%|％)')
    AND regexp_matches(sentence, '效益(?:指标|类)*[为占:：]?[0-9]{2}(?:分|%|％)')
), form AS (
  SELECT project_id, document_id, level1_kind, sum(weight) AS weights, count(*) - count(weight) AS blanks,
    list(cell(indicator_id, 'weight') ORDER BY ordinal) FILTER (weight IS NOT NULL) AS evidence
  FROM indicators WHERE weight IS NOT NULL GROUP BY project_id, document_id, level1_kind
)
SELECT f.project_id, f.document_id, r.class AS class, left(sentence, 60) AS quote, TRY_CAST(r.points AS DECIMAL(12, 6)) AS expected,
  f.weights AS actual, abs(f.weights - TRY_CAST(r.points AS DECIMAL(12, 6))) AS difference, '分' AS unit,
  CASE WHEN abs(f.weights - TRY_CAST(r.points AS DECIMAL(12, 6))) < 0.05 THEN TRUE WHEN soft OR p.scope = 'department' THEN NULL
    ELSE FALSE END AS holds,
  '规定允许调整，或不适用于部门整体' AS reason, list_prepend(id, f.evidence) AS evidence
FROM rule JOIN form f ON f.document_id = rule.document_id AND f.level1_kind = rule.r.kind
  AND (rule.project_id IS NULL OR rule.project_id = f.project_id)
JOIN projects p ON p.project_id = f.project_id
WHERE r.points <> ''
