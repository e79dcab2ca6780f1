"""Scores every indicator, line of funds and total again, by the rule nearest to its issuer.

A score is a range, because weight, target and actual are printed with few digits. `rulings`
holds for each row the rule that was applied and what follows; `scores` is what is published of it.
A rule further away is asked only where no nearer one covers the completion (see `rulesets`).
"""

from __future__ import annotations

import duckdb

from pipeline.reconcile.rulesets import prepare_rulesets
from pipeline.reconcile.scorable import prepare_scorable
from pipeline.reconcile.steps import Step

RULINGS = """
CREATE TABLE rulings (row_id BIGINT, rank INTEGER, ruleset VARCHAR, rule_id VARCHAR,
  measure VARCHAR, low DECIMAL(10, 6), high DECIMAL(10, 6), shown DECIMAL(18, 2), word VARCHAR,
  score_low DECIMAL(12, 6), score_high DECIMAL(12, 6), fits BOOLEAN, cuts BOOLEAN)
"""

# The rules that may apply: those of the document, those of the label a row prints, the defaults.
BY_DOCUMENT = (
    "g.document_id = s.document_id AND g.measure = b.measure "
    "AND (g.class IS NULL OR contains(coalesce(s.level1, ''), g.class)) "
    "AND (g.label IS NULL OR g.label = coalesce(s.label, ''))"
)
BY_LABEL = "g.document_id IS NULL AND g.label = s.label AND g.measure = b.measure"
BY_DEFAULT = "g.document_id IS NULL AND g.label IS NULL AND g.measure = b.measure"
STAGES = (
    (1, BY_DOCUMENT, ""),
    (2, BY_DOCUMENT, ""),
    (3, BY_DOCUMENT, ""),
    (3, BY_LABEL, ""),
    (4, BY_DEFAULT, ""),
    (5, BY_DEFAULT, "fits"),  # an alternative counts only where it explains the score
)

# A piece is entered where the completion meets it; ends that only touch count if both belong.
RULE = """
INSERT INTO rulings
WITH candidate AS (
  SELECT s.row_id, s.weight_low, s.weight_high, s.score, s.half, s.digit, b.measure, b.place,
    b.low, b.high, b.shown, b.grade, b.word, g.ruleset, g.rank, g.place AS rule_place
  FROM bases b JOIN scorable s USING (row_id) JOIN rulesets g ON g.rank = {rank} AND {match}
  WHERE s.weight > 0 AND s.row_id NOT IN (SELECT row_id FROM rulings {settled})
), met AS (
  SELECT c.*, p.rule_id, p.grade IS NOT NULL AS in_words,
    greatest(c.low, p.low) AS x, least(c.high, p.high) AS y,
    (c.low > p.low OR c.low = p.low AND p.low_closed) AND (c.low < p.high OR c.low = p.high
      AND p.high_closed)
      AS low_in,
    (c.high > p.low OR c.high = p.low AND p.low_closed)
      AND (c.high < p.high OR c.high = p.high AND p.high_closed) AS high_in,
    l_1, l_r, l_w, l_wr, h_1, h_r, h_w, h_wr
  FROM candidate c JOIN pieces p ON p.ruleset = c.ruleset AND CASE WHEN p.grade IS NOT NULL
    THEN p.grade IN (c.grade, c.word) OR (c.measure = 'grade' AND c.low = p.h_w)
    ELSE (c.low < p.high OR c.low = p.high AND p.high_closed)
      AND (c.high > p.low OR c.high = p.low AND p.low_closed) END
), valued AS (
  SELECT *,
    greatest(0, least(weight_low, least(l_1 + l_r * x + weight_low * (l_w + l_wr * x),
      l_1 + l_r * y + weight_low * (l_w + l_wr * y))))::DECIMAL(18, 8) AS least_score,
    greatest(0, least(weight_high, greatest(h_1 + h_r * x + weight_high * (h_w + h_wr * x),
      h_1 + h_r * y + weight_high * (h_w + h_wr * y))))::DECIMAL(18, 8) AS most_score
  FROM met
), ranged AS (
  SELECT row_id, ruleset, measure, place, rule_place, any_value(rank) AS rank,
    any_value(low) AS low, any_value(high) AS high,
    any_value(shown) AS shown, any_value(word) AS word, any_value(score) AS score,
    any_value(half) AS half, any_value(digit) AS digit,
    -- two pieces may meet at the completion: always the same one is named
    coalesce(min(rule_id) FILTER (x + y >= low + high - (y - x)
      AND x + y <= low + high + (y - x)), min(rule_id)) AS rule_id,
    min(least_score) AS score_low, max(most_score) AS score_high
  FROM valued GROUP BY row_id, ruleset, measure, place, rule_place
  HAVING bool_or(in_words) OR (bool_or(low_in) AND bool_or(high_in))
), tested AS (
  SELECT *, coalesce(score - half <= score_high AND score + half >= score_low, FALSE) AS fits,
    coalesce(digit < 1 AND score <= score_high AND score + digit > score_low, FALSE) AS cuts
  FROM ranged
)
SELECT row_id, rank, ruleset, rule_id, measure, low, high, shown, word, round(score_low, 2),
  round(score_high, 2), fits, cuts
FROM tested WHERE {only}
QUALIFY row_number() OVER (PARTITION BY row_id ORDER BY fits DESC, cuts DESC, rule_place, place,
  measure) = 1
"""

# Where the rule is only the customary one, a stated reason may have moved the score: down from full
# marks for a target that was met, up from the proportion for one that was missed, but not to full
# marks. A late date never has them. A score cut off instead of rounded is the issuer's habit,
# unless the document rounds elsewhere.
VERDICTS = """
CREATE TABLE rescored AS
WITH habit AS (
  SELECT s.document_id, bool_or(r.fits AND NOT r.cuts AND s.digit < 0.1
    AND s.subject = 'indicator') AS rounds,
    bool_or((r.fits OR r.cuts) AND s.subject = 'funds') AS proportional
  FROM scorable s JOIN rulings r USING (row_id)
  WHERE s.score < s.weight OR s.score > s.weight GROUP BY s.document_id
), source AS (
  SELECT ruleset, any_value(told) AS told, any_value(support) AS support
    FROM rulesets GROUP BY ruleset
), joined AS (
  SELECT s.*, r.* EXCLUDE (row_id, fits), g.told, g.support,
    r.low >= 1 OR (r.low IS NULL AND r.score_high >= s.weight) AS met,
    coalesce(r.rank >= 4 AND s.has_reason, FALSE) AS lenient,
    coalesce(h.rounds, FALSE) AS rounds, coalesce(h.proportional, FALSE) AS proportional
  FROM scorable s LEFT JOIN rulings r USING (row_id) LEFT JOIN source g USING (ruleset)
  LEFT JOIN habit h USING (document_id)
), ranged AS (
  SELECT * REPLACE (
      CASE WHEN lenient AND met AND measure <> 'missing' THEN 0 ELSE score_low END AS score_low,
      CASE WHEN lenient AND NOT met AND measure NOT IN ('date', 'missing') THEN greatest(score_high,
        weight - 0.01) WHEN measure = 'date' AND high < 1 THEN least(score_high, weight - 0.01)
        ELSE score_high END AS score_high)
  FROM joined
), judged AS (
  SELECT *, score - half <= score_high AND score + half >= score_low AS within FROM ranged
)
SELECT *, CASE WHEN ruleset IS NULL OR score IS NULL THEN 'not_scorable'
    WHEN within OR (cuts AND NOT rounds) THEN 'agrees' ELSE 'differs' END AS verdict,
  CASE WHEN score > score_high THEN score_high ELSE score_low END AS nearest,
  CASE WHEN within THEN 0 ELSE greatest(score - score_high, score_low - score, 0) END AS difference
FROM judged
"""

EXPLANATION = """concat(
  CASE rank WHEN 1 THEN '依据本文件写明的评分规则' WHEN 2 THEN '依据' || told || '（' || support
    || '）'
    ELSE '依据' || told END, '，',
  CASE WHEN measure = 'missing' THEN '未填完成值'
    WHEN measure = 'date' THEN CASE WHEN low >= 1 THEN '按期完成' WHEN high < 1 THEN '逾期完成'
      ELSE '完成时间没有写到日' END
    WHEN shown IS NOT NULL THEN '完成率 ' || shown(shown) || '%'
    WHEN low IS NOT NULL THEN '完成率 ' || shown(CAST(low * 100 AS DECIMAL(12, 2))) || '%'
    ELSE '完成情况为“' || coalesce(word, '') || '”' END,
  '，分值 ', shown(weight), '，', CASE WHEN lenient THEN '考虑所填偏差原因，' ELSE '' END,
  '应得 ', shown(score_low), CASE WHEN score_high <> score_low THEN ' 至 ' || shown(score_high)
    ELSE '' END,
  ' 分，', CASE WHEN score IS NULL THEN '未印得分' ELSE '印为 ' || shown(score) || ' 分，' || CASE
    WHEN verdict = 'differs' THEN CASE WHEN cuts THEN '按截断才一致，而本文件其他得分是四舍五入的'
      ELSE '不符' END
    WHEN within THEN '相符' ELSE '按截断则一致' END END)"""

SCORES = f"""
SELECT project_id, indicator_id, subject, source_label, rule_id,
  TRY_CAST(coalesce(shown, CAST(low * 100 AS DECIMAL(12, 2))) AS DECIMAL(12, 6))
    AS completion_rate, score_low, score_high,
  score AS reported_score, CASE WHEN verdict <> 'not_scorable' THEN difference END AS difference,
  verdict, CASE WHEN ruleset IS NOT NULL THEN {EXPLANATION}
    WHEN weight IS NULL THEN '没有印分值，无法重算' WHEN weight <= 0 THEN '分值为零，无法重算'
    ELSE reason || '，无法重算' END AS explanation
FROM rescored
"""

# What the total should be: each part as printed where its rule allows it, else as its rule says.
TOTALS = """
WITH part AS (
  SELECT r.project_id,
    sum(CASE WHEN verdict = 'differs' THEN greatest(score_low, 0) ELSE points_lo(score,
      digit) END) AS low,
    sum(CASE WHEN verdict = 'differs' THEN score_high ELSE points_hi(score, digit) END) AS high,
    count(*) FILTER (score IS NULL AND weight > 0) AS unscored,
    count(*) FILTER (verdict = 'differs') AS differing,
    sum(score) AS printed
  FROM rescored r LEFT JOIN totals t USING (project_id)
  WHERE r.subject = 'indicator' OR r.fund_ordinal = t.fund_ordinal
  GROUP BY r.project_id
), summed AS (
  SELECT t.project_id, t.score_total, p.*EXCLUDE (project_id),
    lo(t.score_total, t.score_total_resolution) AS total_low,
    hi(t.score_total, t.score_total_resolution) AS total_high,
    -- a total that leaves the fund score out is a habit of forms
    t.scores_low AS own_low, t.scores_high AS own_high,
    CASE WHEN p.low IS NULL OR t.scored = 0 OR t.scored IS NULL THEN '没有印各项得分，无法重算'
      WHEN p.unscored > 0 THEN '有的项目没有印得分，无法重算'
      WHEN t.fund_unsure THEN '有几行资金印有得分，不知道哪一行计入总分，无法重算'
      WHEN NOT t.has_funds AND p.high < lo(t.score_total, t.score_total_resolution)
        THEN '没有读到资金部分，无法重算'
      WHEN t.undigited > 0 THEN '不知道得分印到第几位小数，无法重算' END AS reason
  FROM totals t LEFT JOIN part p USING (project_id) WHERE t.score_total IS NOT NULL
), judged AS (
  SELECT *, meets(low, high, total_low, total_high)
    OR (differing = 0 AND meets(own_low, own_high, total_low, total_high)) AS closes FROM summed
)
SELECT project_id, 'total' AS subject, round(low, 2) AS score_low, round(high, 2) AS score_high,
  score_total AS reported_score, CASE WHEN reason IS NULL THEN
    CASE WHEN closes THEN 0 ELSE gap(low, high, total_low, total_high) END END AS difference,
  CASE WHEN reason IS NOT NULL THEN 'not_scorable' WHEN closes THEN 'agrees'
    ELSE 'differs' END AS verdict,
  coalesce(reason, concat('各项得分', CASE WHEN differing > 0 THEN '（其中 ' || differing
      || ' 项按规则重算）' ELSE '' END, '之和为 ', shown(round(low, 2)),
    CASE WHEN round(low, 2) <> round(high, 2) THEN ' 至 ' || shown(round(high, 2)) ELSE '' END,
    ' 分，总得分印为 ', shown(score_total), ' 分，', CASE WHEN closes THEN '相符'
      ELSE '不符' END)) AS explanation
FROM judged
"""
ALL_SCORES = f"({SCORES}) UNION ALL BY NAME ({TOTALS})"
# Tables that no check needs.
DONE = ("bases", "completions", "rulings", "pieces", "stated", "formulas", "rulesets", "scorable")


def rescore(connection: duckdb.DuckDBPyConnection) -> None:
    """Score everything again; `scores` shows checks what will be published of it."""
    prepare_scorable(connection)
    prepare_rulesets(connection)
    connection.execute(RULINGS)
    for rank, match, only in STAGES:
        settled = "WHERE fits OR rank < 4" if only else ""
        connection.execute(
            RULE.format(rank=rank, match=match, only=only or "TRUE", settled=settled)
        )
    connection.execute(
        "DELETE FROM rulings r WHERE rank = 4 AND row_id IN "
        "(SELECT row_id FROM rulings WHERE rank = 5)"
    )
    connection.execute(VERDICTS)
    for name in DONE:
        connection.execute(f"DROP TABLE {name}")
    connection.execute(f"CREATE VIEW scores AS {ALL_SCORES}")


RESCORING = Step(
    ("rescored", "scores", "fund_rates", "scoring_rules"),
    ("measures", "fund_lines", "totals"),
    rescore,
    ("rescored", "fund_rates"),
)
# What the view reads, each time that it is read.
BELOW_SCORES = ("rescored", "totals")
