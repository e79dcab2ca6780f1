-- 二级指标应当列在它所属的一级指标之下。
-- id: D12
-- kind: other
-- scope: document
-- severity: low
-- summary: “{level2}”列在“{level1}”之下
-- basis: 财预〔2020〕10号：产出指标含数量、质量、时效、成本，效益指标含经济、社会、生态、可持续影响
-- applies: 一级、二级指标都能识别的自评表
-- excuse: 本地另有指标框架
-- confidence: review
-- Cost may stand anywhere and satisfaction under benefit. A form whose level is wrong in most of its rows has a frame of its own.
WITH placed AS (
  SELECT *, CASE WHEN level2_kind IN ('quantity', 'quality', 'timeliness') THEN level1_kind NOT IN ('benefit', 'satisfaction')
      WHEN level2_kind IN ('economic', 'social', 'ecological', 'sustainability') THEN level1_kind NOT IN ('output', 'satisfaction')
      WHEN level2_kind = 'satisfaction' THEN level1_kind <> 'output' ELSE TRUE END AS fits
  FROM indicators WHERE level1_kind IN ('output', 'benefit', 'satisfaction') AND level2_kind IS NOT NULL
), grouped AS (
  SELECT project_id, document_id, level1, level2, any_value(level1_kind) AS level1_kind, any_value(level2_kind) AS level2_kind,
    bool_and(fits) AS fits, min(ordinal) AS first, arg_min(indicator_id, ordinal) AS indicator_id, count(*) AS rows
  FROM placed GROUP BY project_id, document_id, level1, level2
), habit AS (
  SELECT g.*, sum(CASE WHEN fits THEN 0 ELSE 1 END) OVER form AS misplaced,
    -- the level it belongs to stands in the same form, and holds others of its kind
    EXISTS (SELECT 1 FROM grouped o WHERE o.project_id = g.project_id AND o.fits AND o.level2_kind = g.level2_kind) AS own_place,
    count(*) OVER (PARTITION BY document_id, level1, level2) AS repeats
  FROM grouped g WINDOW form AS (PARTITION BY project_id)
)
SELECT project_id, document_id, indicator_id, coalesce(level1, '（空）') AS level1, coalesce(level2, '（空）') AS level2,
  CASE WHEN fits THEN TRUE WHEN misplaced = 1 AND own_place AND repeats = 1 THEN FALSE END AS holds,
  '可能是本地的指标框架' AS reason, [cell(indicator_id, 'level1'), cell(indicator_id, 'level2')] AS evidence
FROM habit
