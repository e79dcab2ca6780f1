"""The figures that checks compare, prepared once: amounts by line, splits of a total, measures.

Made from the published tables before the checks that name them run:
`money` one printed amount a project, line and stage (two printings are intersected);
`fund_lines` one line of the form with a struct a stage; `fund_splits` a total and the parts that
should make it up; `measures` one indicator with target and actual as comparable intervals; `totals`
what a project's weights and scores add up to.
"""

from __future__ import annotations

from pipeline.reconcile.steps import table_step
from schemas.tables import literal

# Nearly every amount is printed once, and one is not gathered from several.
MONEY = """
CREATE TABLE money AS
WITH printed AS (
  SELECT project_id, document_id, source_label, stage, ordinal, source, stage_label, amount,
    CASE WHEN amount IS NOT NULL THEN resolution END AS resolution,
    lo(amount, resolution) AS low, hi(amount, resolution) AS high,
    cut_lo(amount, resolution) AS cut_low, cut_hi(amount, resolution) AS cut_high,
    amount IS NULL AND regexp_matches(raw, '[0-9０-９]') AS unreadable,
    amount IS NOT NULL AND resolution IS NULL AS undigited,
    CASE WHEN amount IS NOT NULL THEN [fund_id] END AS fund_ids
  FROM funds WHERE origin = 'form'
), again AS (
  SELECT project_id, source_label, stage FROM printed GROUP BY ALL HAVING count(*) > 1
)
SELECT * FROM printed ANTI JOIN again USING (project_id, source_label, stage)
UNION ALL
SELECT project_id, any_value(document_id), source_label, stage, min(ordinal),
  arg_min(source, ordinal), arg_min(stage_label, ordinal),
  arg_min(amount, (resolution, ordinal)) FILTER (amount IS NOT NULL), min(resolution), max(low),
  min(high), max(cut_low), min(cut_high), bool_or(unreadable), bool_or(undigited),
  flatten(list(fund_ids ORDER BY ordinal) FILTER (amount IS NOT NULL))
FROM printed SEMI JOIN again USING (project_id, source_label, stage)
GROUP BY project_id, source_label, stage
"""

# An amount printed twice with values that cannot be one is no amount to compare with: low > high.
# Stage and the column its figure has in `fund_lines`.
STAGES = (
    ("initial_budget", "initial"),
    ("adjustment", "adjustment"),
    ("annual_budget", "annual"),
    ("appropriated", "appropriated"),
    ("executed", "executed"),
    ("balance", "balance"),
    ("carried_forward", "carried_forward"),
    ("reclaimed", "reclaimed"),
    ("quota_balance", "quota_balance"),
)
_FIGURES = ", ".join(f"{name}.figure AS {name}" for _, name in STAGES)
_JOINS = "\n".join(
    f"LEFT JOIN figure {name} ON {name}.line = l.line AND {name}.stage = {literal(stage)}"
    for stage, name in STAGES
)
FUND_LINES = f"""
CREATE TABLE fund_lines AS
WITH line AS MATERIALIZED (
  SELECT row_number() OVER () AS line, * FROM (
    SELECT project_id, any_value(document_id) AS document_id, source_label,
      arg_min(source, ordinal) AS source, min(ordinal) AS ordinal
    FROM money WHERE amount IS NOT NULL GROUP BY project_id, source_label)
), figure AS MATERIALIZED (
  SELECT l.line, m.stage, {{'amount': amount, 'low': low, 'high': high, 'cut_low': cut_low,
    'cut_high': cut_high, 'label': stage_label, 'id': fund_ids[1],
    'clear': coalesce(low <= high AND NOT unreadable, FALSE)}} AS figure
  FROM money m JOIN line l USING (project_id, source_label) WHERE amount IS NOT NULL
)
SELECT l.* EXCLUDE (line), {_FIGURES} FROM line l
{_JOINS}
"""

# Which lines make up a total is not printed: 上级资金 may be a part of the total or of 财政拨款
# above it, 上年结转 a source or an 其中. Every reading that forms use is tried; the one that closes
# most often is the form's. It is complete (so that parts must equal the total) when it closes at
# another stage, or when the form prints the rest as 其他 beside its 财政 lines; else the parts only
# may not exceed the total.
FUND_SPLITS = """
CREATE TABLE fund_splits AS
WITH reading(split, priority, kinds, leaders) AS (VALUES
  ('all', 1, ['fiscal', 'superior', 'own_level', 'carryover', 'other'], FALSE),
  ('outer', 2, ['fiscal', 'carryover', 'other'], FALSE),
  ('levels', 3, ['superior', 'own_level', 'carryover', 'other'], FALSE),
  ('components', 4, ['component'], FALSE),
  ('mixed', 5, ['fiscal', 'superior', 'own_level', 'carryover', 'other', 'component'], FALSE),
  ('outer without carryover', 6, ['fiscal', 'other'], FALSE),
  ('levels without carryover', 7, ['superior', 'own_level', 'other'], FALSE),
  ('one line a source', 8, ['fiscal', 'superior', 'own_level', 'carryover', 'other'], TRUE),
  ('one outer line a source', 9, ['fiscal', 'carryover', 'other'], TRUE)
), mask AS (
  SELECT priority, split, list_sum([part_sign(kind, TRUE) + CASE WHEN leaders THEN 0
    ELSE part_sign(kind, FALSE) END FOR kind IN kinds])::INTEGER AS mask FROM reading
), first AS (
  SELECT project_id, stage, source, min(ordinal) AS ordinal FROM money GROUP BY ALL
), line AS MATERIALIZED (
  SELECT m.*, m.ordinal = f.ordinal AS leads
  FROM money m LEFT JOIN first f USING (project_id, stage, source)
), total AS MATERIALIZED (
  SELECT l.*, row_number() OVER () AS whole, p.rowid AS project
  FROM line l JOIN projects p USING (project_id)
  WHERE l.source = 'total' AND l.leads AND l.amount IS NOT NULL
), part AS MATERIALIZED (
  SELECT t.whole, t.project, part_sign(p.source, p.leads) AS sign, p.source, p.amount, p.low,
    p.high, p.cut_low, p.cut_high, p.ordinal, p.source_label, p.fund_ids[1] AS fund_id,
    p.low > t.high AS exceeds,
    p.unreadable OR t.unreadable AS unreadable, p.undigited OR t.undigited AS undigited,
    p.low > p.high OR t.low > t.high AS contradicted
  FROM total t JOIN line p ON (p.project_id, p.stage) = (t.project_id, t.stage)
  WHERE part_sign(p.source, p.leads) IS NOT NULL
), form AS MATERIALIZED (
  SELECT project, bit_or(sign) AS kinds FROM part GROUP BY project
), tried AS MATERIALIZED ( -- of readings taking the same parts the first stands for all
  SELECT f.kinds, r.priority, r.mask FROM (SELECT DISTINCT kinds FROM form) f, mask r
  WHERE f.kinds & r.mask <> 0
  QUALIFY row_number() OVER (PARTITION BY f.kinds, f.kinds & r.mask ORDER BY r.priority) = 1
), split AS MATERIALIZED (
  SELECT p.whole, r.priority, count(amount) AS part_count, sum(amount) AS parts,
    sum(low) AS parts_low, sum(high) AS parts_high,
    sum(cut_low) AS parts_cut_low, sum(cut_high) AS parts_cut_high,
    max(amount) AS largest_part, bool_or(exceeds) AS one_part_exceeds,
    bool_or(unreadable) AS unreadable, bool_or(undigited) AS undigited,
    bool_or(contradicted) AS contradicted,
    bool_or(source IN ('fiscal', 'superior', 'own_level')) AND bool_or(source = 'other')
      AS covers
  FROM part p JOIN form f USING (project) JOIN tried r ON r.kinds = f.kinds AND r.mask & p.sign <> 0
  GROUP BY p.whole, r.priority HAVING count(amount) > 0
), closed AS (
  SELECT s.whole, s.priority, s.part_count, s.covers, s.parts_low, t.project,
    t.amount <> 0 AS counts,
    coalesce(meets(parts_low, parts_high, t.low, t.high), FALSE) AS closes,
    coalesce(cut_meets(parts_cut_low, parts_cut_high, t.cut_low, t.cut_high), FALSE)
      AS cut_closes
  FROM split s JOIN total t USING (whole)
), counted AS (
  SELECT *,
    count(*) FILTER (closes AND counts) OVER reading_of AS closed_stages,
    count(*) FILTER (NOT closes AND counts) OVER reading_of AS broken_stages
  FROM closed WINDOW reading_of AS (PARTITION BY project, priority)
), chosen AS (
  SELECT *, closed_stages - (closes AND counts)::BIGINT AS closed_elsewhere,
    broken_stages - (NOT closes AND counts)::BIGINT AS broken_elsewhere,
    (covers AND part_count > 1)
      OR (closed_elsewhere > 0 AND (part_count > 1 OR broken_elsewhere = 0)) AS complete,
    bool_or(closes) OVER stage_of AS any_closes,
    bool_or(cut_closes) OVER stage_of AS any_cut_closes,
    min(parts_low) OVER stage_of AS least_parts_low
  FROM counted
  WINDOW stage_of AS (PARTITION BY whole)
  QUALIFY row_number() OVER (PARTITION BY whole ORDER BY closed_stages DESC, priority) = 1
), named AS (
  SELECT c.whole, list(p.fund_id ORDER BY p.ordinal) AS part_ids,
    string_agg(p.source_label, '、' ORDER BY p.ordinal) AS part_labels
  FROM chosen c JOIN mask r USING (priority)
  JOIN part p ON p.whole = c.whole AND p.amount IS NOT NULL AND r.mask & p.sign <> 0
  WHERE NOT c.any_closes -- the parts are named only where they do not add up
  GROUP BY c.whole
)
SELECT t.project_id, t.stage, t.document_id, t.stage_label, t.ordinal,
  t.source_label AS total_label, t.amount AS total, t.low AS total_low, t.high AS total_high,
  t.fund_ids[1] AS total_id, r.split, s.* EXCLUDE (whole), c.closes, c.cut_closes, c.closed_stages,
  c.closed_elsewhere, c.broken_elsewhere, c.complete, c.any_closes, c.any_cut_closes,
  c.least_parts_low, n.part_ids, n.part_labels
FROM chosen c JOIN split s USING (whole, priority) JOIN mask r USING (priority)
JOIN total t USING (whole)
LEFT JOIN named n USING (whole)
"""

# Targets are set, so a whole target is exact; money is rounded for print, and so is a measured
# actual. Where the relation is not printed, more is better unless the name says otherwise; then
# nothing is said.
# Figures beyond 12 digits before the point become NULL and are not judged.
MEASURES = """
CREATE TABLE measures AS
WITH spelled AS (
  SELECT i.*,
    CASE WHEN target_kind = 'percent' THEN '%' WHEN target_kind = 'text' AND target_unit IS NULL
      THEN fold_unit(only_unit(target_raw)) ELSE fold_unit(target_unit) END AS target_spelling,
    CASE WHEN actual_kind = 'percent' THEN '%' WHEN actual_kind = 'text' AND actual_unit IS NULL
      THEN fold_unit(only_unit(actual_raw)) ELSE fold_unit(actual_unit) END AS actual_spelling
  FROM indicators i
), grouped AS (
  SELECT s.*, t.dimension AS target_dimension, a.dimension AS actual_dimension,
    coalesce(CASE WHEN s.target_spelling = s.actual_spelling OR s.target_spelling IS NULL
      OR s.actual_spelling IS NULL THEN 1 ELSE t.factor END, 1)::DECIMAL(14, 3) AS target_factor,
    -- a figure without a unit beside a target in ‰ is one in ‰
    coalesce(CASE WHEN s.target_unit = '‰' AND s.actual_spelling IS NULL THEN 0.1
      WHEN s.target_spelling = s.actual_spelling OR s.target_spelling IS NULL
      OR s.actual_spelling IS NULL THEN 1 ELSE a.factor END, 1)::DECIMAL(14, 3) AS actual_factor
  FROM spelled s
  LEFT JOIN units t ON t.unit = s.target_spelling
  LEFT JOIN units a ON a.unit = s.actual_spelling
), judged AS (
  SELECT *,
    target_kind IN ('number', 'percent') AND actual_kind IN ('number', 'percent')
      AND target_value IS NOT NULL AND actual_value IS NOT NULL AS both_numbers,
    CASE WHEN target_spelling IS NULL OR actual_spelling IS NULL
        OR target_spelling = actual_spelling THEN TRUE
      WHEN target_dimension = 'any' OR actual_dimension = 'any'
        THEN coalesce(target_dimension, '') NOT IN ('percent', 'money')
          AND coalesce(actual_dimension, '') NOT IN ('percent', 'money')
      WHEN target_dimension IS NULL OR actual_dimension IS NULL THEN NULL
      ELSE target_dimension = actual_dimension END AS same_unit,
    -- 0.97 or 1 for 100 % and the reverse: two notations, which one cannot be told
    (target_spelling = '%') <> (actual_spelling IS NOT DISTINCT FROM '%')
      AND abs(actual_value) <= 1 AND abs(target_value) > 1 AS notation_unsure,
    coalesce(target_dimension, actual_dimension, '') = 'money' AS is_money,
    CASE WHEN target_high IS NOT NULL THEN 'within'
      WHEN target_op IN ('>=', '>') THEN 'up' WHEN target_op IN ('<=', '<') THEN 'down'
      WHEN level1_kind = 'cost' OR level2_kind = 'cost' OR regexp_matches(level3,
        '成本|费用|支出|投入|金额|经费|价格|单价|标准|控制|压减|压降|节约|降低|下降|减少|不超|低于'
        || '|以内|以下|上限|投诉|事故|差错|错误|违规|违法|违纪|故障|损坏|损失|死亡|伤亡|发生|逾期'
        || '|超期|超支|返工|返贫|流失|辍学|失业|案件|信访|上访|等待|时限|时长|耗时|用时|响应|时间'
        || '|排放|浓度|能耗|空置|拖欠|负债|率差|偏差') THEN 'unknown'
      ELSE 'up' END AS direction
  FROM grouped
), ends AS (
  SELECT *,
    quantity(target_value, target_factor) AS target,
    quantity(coalesce(target_high, target_value), target_factor) AS target_end,
    quantity(actual_value, actual_factor) AS actual,
    CASE WHEN is_money THEN quantity(target_resolution * 0.5, target_factor) ELSE 0 END
      AS target_half,
    CASE WHEN actual_value = trunc(actual_value) AND NOT is_money
        AND actual_spelling IS DISTINCT FROM '%' THEN 0
      ELSE quantity(actual_resolution * 0.5, actual_factor) END AS actual_half
  FROM judged
), intervals AS (
  SELECT *, target - target_half AS target_low, target + target_half AS target_top,
    target_end + target_half AS target_end_high,
    actual - actual_half AS actual_low, actual + actual_half AS actual_high,
    both_numbers AND coalesce(same_unit, FALSE) AND NOT coalesce(notation_unsure, FALSE)
      AS comparable
  FROM ends
)
SELECT project_id, document_id, indicator_id, ordinal, level1_kind, level2_kind, level3,
  target_raw, target_op, target_value, target_high, target_unit, target_kind, target_date,
  actual_raw, actual_op, actual_value, actual_unit, actual_kind, actual_date,
  target_spelling, actual_spelling, target_dimension, actual_dimension,
  both_numbers, same_unit, notation_unsure, comparable, direction, is_money,
  target, target_low, target_top, target_end_high, actual, actual_low, actual_high,
  -- a month without a day may lie before the deadline
  CASE WHEN actual_date IS NULL THEN NULL
    WHEN regexp_matches(actual_raw, '[0-9０-９]{1,2}\\s*[日号]')
      OR regexp_matches(actual_raw, '[0-9]{4}\\s*[-./][0-9]{1,2}\\s*[-./][0-9]{1,2}')
      OR regexp_matches(actual_raw, '[0-9]{8}') THEN actual_date
    WHEN regexp_matches(actual_raw, '月') THEN date_trunc('month', actual_date)::DATE
    ELSE date_trunc('year', actual_date)::DATE END AS actual_earliest,
  level1, weight, weight_resolution, score, score_resolution, completion_rate,
  completion_resolution, deviation_raw, rule_raw,
  points_lo(weight, coalesce(weight_resolution, last_digit(weight))) AS weight_low,
  points_hi(weight, coalesce(weight_resolution, last_digit(weight))) AS weight_high,
  points_lo(score, score_resolution) AS score_low, points_hi(score, score_resolution) AS score_high,
  weight > 0 AND score = weight AS full_marks,
  CASE WHEN NOT comparable THEN NULL
    WHEN actual = target AND target_high IS NULL THEN TRUE
    WHEN direction = 'up' THEN CASE WHEN actual_high >= target_low THEN TRUE
      WHEN actual_op IN ('>=', '>') OR actual_high IS NULL THEN NULL ELSE FALSE END
    WHEN direction = 'down' THEN CASE WHEN actual_low <= target_top THEN TRUE
      WHEN actual_op IN ('<=', '<') OR actual_low IS NULL THEN NULL ELSE FALSE END
    WHEN direction = 'within' THEN actual_high >= target_low AND actual_low <= target_end_high
    END AS met
FROM intervals
"""

# Targets and actuals of money with the factor `wan` that makes 万元 of them: two cells of one unit
# are compared in it, two of different units in 元.
MONEY_MEASURES = """
CREATE TABLE money_measures AS
SELECT m.*, CASE WHEN m.target_spelling IS DISTINCT FROM m.actual_spelling
    AND m.target_spelling IS NOT NULL AND m.actual_spelling IS NOT NULL THEN 0.0001
  ELSE u.factor * 0.0001 END::DECIMAL(14, 7) AS wan
FROM measures m JOIN units u ON u.unit = coalesce(m.target_spelling, m.actual_spelling)
WHERE m.comparable AND m.is_money AND u.dimension = 'money'
"""

# The score and weight of funds stand beside one line: the total's where it has one, else the only
# line that has one; 其中 lines repeat it and are not added twice.
TOTALS = """
CREATE TABLE totals AS
WITH fund AS (
  SELECT *, row_number() OVER (PARTITION BY project_id
    ORDER BY source = 'total' DESC, weight IS NULL, ordinal) AS place,
    count(weight) OVER (PARTITION BY project_id) AS weighted_lines,
    count(score) OVER (PARTITION BY project_id) AS scored_lines
  FROM fund_scores WHERE weight IS NOT NULL OR score IS NOT NULL
), chosen AS (
  SELECT * FROM fund WHERE place = 1
), indicator AS (
  SELECT project_id, count(*) AS indicator_count, count(weight) AS weighted, count(score) AS scored,
    count(*) FILTER (weight > 0 AND score IS NULL) AS unscored,
    count(*) FILTER (weight IS NULL AND score IS NOT NULL) AS unweighted,
    count(*) FILTER (score IS NOT NULL AND score_resolution IS NULL) AS undigited,
    sum(weight) AS weights, sum(score) AS scores,
    sum(points_lo(weight, coalesce(weight_resolution, last_digit(weight)))) AS weights_low,
    sum(points_hi(weight, coalesce(weight_resolution, last_digit(weight)))) AS weights_high,
    sum(points_lo(score, coalesce(score_resolution, last_digit(score)))) AS scores_low,
    sum(points_hi(score, coalesce(score_resolution, last_digit(score)))) AS scores_high,
    sum(cut_lo(score, CASE WHEN score = trunc(score) THEN 0 ELSE score_resolution END))
      AS scores_cut_low,
    sum(cut_hi(score, CASE WHEN score = trunc(score) THEN 0 ELSE score_resolution END))
      AS scores_cut_high
  FROM indicators GROUP BY project_id
)
SELECT p.project_id, p.document_id, p.ordinal, p.has_form, p.weight_total, p.score_total,
  coalesce(p.score_total_resolution, last_digit(p.score_total)) AS score_total_resolution,
  i.* EXCLUDE (project_id), f.source AS fund_source, f.source_label AS fund_label,
  f.ordinal AS fund_ordinal, f.weight AS fund_weight, f.score AS fund_score,
  coalesce(f.source <> 'total' AND f.weighted_lines > 1, FALSE) AS fund_unsure,
  coalesce(points_lo(f.score, coalesce(f.score_resolution, last_digit(f.score))), 0)
    AS fund_score_low,
  coalesce(points_hi(f.score, coalesce(f.score_resolution, last_digit(f.score))), 0)
    AS fund_score_high,
  EXISTS (SELECT 1 FROM projects n WHERE n.document_id = p.document_id AND n.ordinal > p.ordinal
    AND n.has_form) AS form_follows,
  f.ordinal IS NOT NULL OR EXISTS (SELECT 1 FROM money m WHERE m.project_id = p.project_id)
    AS has_funds
FROM projects p LEFT JOIN indicator i USING (project_id) LEFT JOIN chosen f USING (project_id)
"""

FIGURES = (
    table_step(MONEY),
    table_step(MEASURES),
    table_step(FUND_LINES, "money"),
    table_step(TOTALS, "money"),
    table_step(FUND_SPLITS, "money"),
    table_step(MONEY_MEASURES, "measures"),
)
