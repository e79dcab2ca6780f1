"""What can be scored: indicators and lines of funds with their weight, score and completion.

Tables made from the figures that the checks use too. `scorable`: one indicator or line of
funds. `bases`: one way to state its completion, as an interval. `measure` says which way: up
(actual ÷ target), ratio (target ÷ actual) and excess (2 - actual ÷ target) for upper limits, raw
(the rate as printed, or actual ÷ target whichever way is better), points (1 less the percentage
points missed), exec (execution rate), date, grade (words) and missing (no actual value).
"""

from __future__ import annotations

import duckdb

# HUGEINT // truncates, so only figures of zero and more are divided; shares are rounded outwards
# to millionths, and a completion beyond 1000 counts as 1000.
MACROS = (
    "share_low(a, b) AS CASE WHEN b > 0 THEN TRY(CAST(least(scaled(greatest(a, 0)) * 1000000 "
    "// scaled(b), 1000000000) AS DECIMAL(16, 0)) * 0.000001) END",
    "share_high(a, b) AS CASE WHEN b > 0 THEN TRY(CAST(least((scaled(greatest(a, 0)) * 1000000 "
    "+ scaled(b) - 1) // scaled(b), 1000000000) AS DECIMAL(16, 0)) * 0.000001) END",
    # what was done, in one word, where the actual value is words
    "grade_of(actual, target) AS CASE WHEN actual IS NULL THEN NULL "
    "WHEN regexp_matches(actual, '部分(达成|达到|完成|实现)') THEN '部分达成' "
    "WHEN regexp_matches(actual, '未能?(完全|全部|按[时期])?(达成|达到|达标|完成|实现)"
    "|没有?(达|完成)|不达标') "
    "THEN '未达成' "
    "WHEN fold_text(actual) = fold_text(target) THEN '达成' "
    "WHEN regexp_matches(actual, '[0-9０-９]') THEN NULL "
    "WHEN regexp_matches(actual, '基本(达成|达到|完成|实现)') THEN '基本达成' "
    "WHEN regexp_matches(actual, '(达成|达到|完成|实现)(年度|年初|预期|绩效|既定|设定)*(指标|目标)"
    "|已?(达成|达标|完成)$') "
    "THEN '达成' END",
)

SCORABLE = """
CREATE TABLE scorable AS
WITH line AS (
  SELECT 'indicator' AS subject, m.project_id, m.document_id, m.indicator_id,
    NULL::VARCHAR AS source_label, NULL::INTEGER AS fund_ordinal, m.level1, m.rule_raw AS label,
    m.weight, m.weight_low, m.weight_high, m.score,
    coalesce(m.score_resolution, last_digit(m.score)) AS digit,
    NOT blank(m.deviation_raw) AS has_reason,
    CASE WHEN blank(m.actual_raw) AND m.actual_raw IS DISTINCT FROM '0'
        AND m.completion_rate IS NULL THEN '没有实际完成值'
      WHEN blank(m.target_raw) AND m.target_value IS NULL THEN '没有年度指标值'
      WHEN m.both_numbers AND NOT m.comparable THEN '目标值与完成值的单位或写法不同，不能比较'
      WHEN m.both_numbers AND m.actual_low IS NULL THEN '完成值只是约数，不能比较'
      WHEN m.both_numbers THEN '目标值为零或为负，没有完成率'
      WHEN m.target_date IS NOT NULL OR m.actual_date IS NOT NULL THEN '日期没有写全，不能比较'
      ELSE '目标或完成情况是文字，看不出完成了多少' END AS reason
  FROM measures m
  UNION ALL
  SELECT 'funds', f.project_id, f.document_id, NULL, f.source_label, f.ordinal, NULL, NULL,
    f.weight, points_lo(f.weight, last_digit(f.weight)),
    points_hi(f.weight, last_digit(f.weight)), f.score,
    coalesce(f.score_resolution, last_digit(f.score)), FALSE,
    '没有执行率，也没有可以计算执行率的金额'
  FROM fund_scores f WHERE f.weight > 0 OR f.score IS NOT NULL
)
SELECT row_number() OVER () AS row_id, *, coalesce(weight > 0 AND score = weight,
  FALSE) AS full_marks,
  -- full marks are given, not rounded: only half a cent of a point is
  CASE WHEN score = weight THEN least(digit * 0.5, 0.005) ELSE digit * 0.5 END AS half
FROM line
"""

COMPLETIONS = """
CREATE TABLE completions AS
SELECT s.row_id, m.direction, m.target, m.target_low, m.target_top,
  m.target_high IS NOT NULL AS ranged,
  m.target_end_high, m.actual, m.comparable AND m.actual_low IS NOT NULL AS comparable,
  m.target_kind = 'percent' AS percent, m.target_op,
  -- an operator before the actual value makes it a bound
  CASE WHEN m.actual_op IN ('<=', '<') AND m.actual <> m.target THEN least(m.actual_low, 0)
    ELSE m.actual_low END AS actual_low,
  CASE WHEN m.actual_op IN ('>=', '>') AND m.actual <> m.target THEN m.actual_high * 1000
    ELSE m.actual_high END AS actual_high,
  CASE WHEN m.completion_rate BETWEEN 0 AND 99999 THEN m.completion_rate END AS rate,
  coalesce(m.completion_resolution, last_digit(m.completion_rate)) * 0.5 AS rate_half,
  m.target_date, m.actual_date, m.actual_earliest, m.actual_raw, m.target_raw, m.actual_value,
  m.actual_kind, m.target_kind, rate_of(m.actual, m.target) AS quotient
FROM scorable s JOIN measures m USING (indicator_id)
WHERE s.subject = 'indicator'
"""

# Each source is one way to state completion; `place` orders the ways of one measure.
_COLUMNS = "row_id, measure, place, low, high, grade, word, shown"
BASES = (
    # a target above zero, more is better
    """
SELECT row_id, 'up', 1, CASE WHEN actual = target THEN 1 ELSE share_low(actual_low, target_top) END,
  CASE WHEN actual = target THEN 1 ELSE share_high(actual_high, target_low) END, NULL, NULL,
    quotient
FROM completions
WHERE comparable AND direction IN ('up', 'unknown') AND target_low > 0 AND NOT ranged
""",
    # a target of zero or less: reached, or nothing
    """
SELECT row_id, unnest(['up', 'ratio', 'excess']), 1,
  CASE WHEN met THEN 1 ELSE 0 END, CASE WHEN met THEN 1 ELSE 0 END, NULL, NULL,
  CASE WHEN met THEN 100 ELSE 0 END
FROM (SELECT *, CASE WHEN actual = target THEN TRUE
    WHEN target_op IN ('>=', '>') THEN actual_high >= target_low
    ELSE actual_low <= target_top END AS met
  FROM completions WHERE comparable AND target_low <= 0 AND NOT ranged)
WHERE met OR target = 0
""",
    # an upper limit
    """
SELECT row_id, unnest(['ratio', 'excess']), 1,
  unnest([CASE WHEN actual_low <= target_top THEN 1 ELSE share_low(target_low, actual_high) END,
    CASE WHEN actual_low <= target_top THEN 1
      ELSE greatest(2 - share_high(actual_high, target_low), 0) END]),
  unnest([CASE WHEN actual_low <= target_top THEN 1 ELSE share_high(target_top, actual_low) END,
    CASE WHEN actual_low <= target_top THEN 1
      ELSE greatest(2 - share_low(actual_low, target_top), 0) END]), NULL, NULL, quotient
FROM completions
WHERE comparable AND direction IN ('down', 'unknown') AND target_low > 0 AND NOT ranged
""",
    # a range: inside it is reached, outside the nearer end counts
    """
SELECT row_id, unnest(['up', 'ratio']), 1,
  CASE WHEN inside THEN 1 WHEN actual < target THEN share_low(actual_low, target_top)
    ELSE share_low(target_end_high, actual_high) END,
  CASE WHEN inside THEN 1 WHEN actual < target THEN share_high(actual_high, target_low)
    ELSE share_high(target_end_high, actual_low) END, NULL, NULL, NULL
FROM (SELECT *, actual_high >= target_low AND actual_low <= target_end_high AS inside
  FROM completions WHERE comparable AND ranged)
""",
    # the printed rate, together with the quotient where both can be true
    """
SELECT row_id, unnest(CASE WHEN direction IS DISTINCT FROM 'down' AND NOT (exact AND comparable)
    THEN ['raw', 'up'] ELSE ['raw'] END), 2,
  CASE WHEN exact THEN 1 WHEN meet THEN greatest(low, own_low) ELSE low END,
  CASE WHEN exact THEN 1 WHEN meet THEN least(high, own_high) ELSE high END, NULL, NULL, rate
FROM (SELECT *, coalesce(own_low <= high AND low <= own_high, FALSE) AS meet
  FROM (SELECT *, rate = 100 AND (actual = target OR NOT comparable) AS exact,
      greatest(rate - rate_half, 0) * 0.01 AS low, (rate + rate_half) * 0.01 AS high,
      CASE WHEN comparable AND NOT ranged THEN share_low(actual_low, target_top) END AS own_low,
      CASE WHEN comparable AND NOT ranged THEN share_high(actual_high, target_low) END AS own_high
    FROM completions WHERE rate IS NOT NULL))
""",
    """
SELECT row_id, 'raw', 3, CASE WHEN actual = target THEN 1 ELSE share_low(actual_low,
  target_top) END,
  CASE WHEN actual = target THEN 1 ELSE share_high(actual_high, target_low) END, NULL, NULL,
    quotient
FROM completions WHERE comparable AND target_low > 0 AND NOT ranged
  AND (rate IS NULL OR abs(quotient - rate) > 1)
""",
    """
SELECT row_id, 'points', 1,
  greatest(1 - CASE WHEN direction = 'down' THEN actual_high - target_low
    ELSE target_top - actual_low END
    * 0.01, 0),
  greatest(1 - CASE WHEN direction = 'down' THEN actual_low - target_top
    ELSE target_low - actual_high END
    * 0.01, 0), NULL, NULL, quotient
FROM completions WHERE comparable AND percent AND NOT ranged AND CASE WHEN direction = 'down'
  THEN actual > target ELSE actual < target END AND abs(actual - target) < 100
""",
    """
SELECT row_id, 'date', 1, CASE WHEN actual_date <= target_date THEN 1 ELSE 0 END,
  CASE WHEN actual_earliest <= target_date THEN 1 ELSE 0 END, NULL, NULL, NULL
FROM completions WHERE target_date IS NOT NULL AND actual_date IS NOT NULL
""",
    """
SELECT row_id, 'grade', 1,
  CASE WHEN actual_kind = 'percent' AND actual_value BETWEEN 0 AND 100 THEN actual_value * 0.01 END,
  CASE WHEN actual_kind = 'percent' AND actual_value BETWEEN 0 AND 100 THEN actual_value * 0.01 END,
  grade_of(actual_raw, target_raw), fold_text(actual_raw), NULL
FROM completions
WHERE target_kind = 'text' AND (actual_kind = 'text' OR actual_kind = 'percent')
""",
    """
SELECT row_id, 'missing', 1, NULL, NULL, 'missing', NULL, NULL FROM scorable
WHERE subject = 'indicator' AND reason = '没有实际完成值' AND NOT has_reason AND score IS NOT NULL
""",
    # the rate of funds: of the line's own amounts, of the total's, or as printed
    """
SELECT row_id, 'exec', unnest([1, 2, 3, 4]),
  unnest([share_low(own_executed.low, own_budget.high), share_low(total_executed.low,
    total_budget.high),
    CASE WHEN NOT zero_total THEN greatest(rate - rate_half, 0) * 0.01 END,
    CASE WHEN rate BETWEEN 0.01 AND 1.5 THEN rate - rate_half END]),
  unnest([share_high(own_executed.high, own_budget.low), share_high(total_executed.high,
    total_budget.low),
    CASE WHEN NOT zero_total THEN (rate + rate_half) * 0.01 END,
    CASE WHEN rate BETWEEN 0.01 AND 1.5 THEN rate + rate_half END]),
  NULL, NULL, CASE WHEN zero_total OR rate IS NULL
      THEN rate_of(own_executed.amount, own_budget.amount)
    WHEN rate BETWEEN 0.01 AND 1.5 THEN rate * 100 ELSE rate END
FROM fund_rates
""",
)

# A total left at zero above parts that are not: its rate is that of its first part.
FUND_RATES = """
CREATE TABLE fund_rates AS
WITH total AS (
  SELECT * FROM fund_lines WHERE source = 'total'
  QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY ordinal) = 1
), part AS (
  SELECT * FROM fund_lines WHERE source NOT IN ('total', 'component') AND annual.amount > 0
  QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY ordinal) = 1
), line AS (
  SELECT s.row_id, s.project_id, f.execution_rate AS rate,
    coalesce(f.rate_resolution, last_digit(f.execution_rate)) * 0.5 AS rate_half,
    coalesce(f.source = 'total' AND l.annual.amount = 0 AND p.project_id IS NOT NULL, FALSE)
      AS zero_total,
    coalesce(l.annual, l.initial, l.appropriated) AS line_budget, l.executed AS line_executed,
    p.annual AS part_budget, p.executed AS part_executed,
    t.annual AS total_annual, t.executed AS total_executed
  FROM scorable s
  JOIN fund_scores f ON (f.project_id, f.ordinal) = (s.project_id, s.fund_ordinal)
  LEFT JOIN fund_lines l ON (l.project_id, l.source_label) = (f.project_id, f.source_label)
  LEFT JOIN total t ON t.project_id = s.project_id
  LEFT JOIN part p ON p.project_id = s.project_id
  WHERE s.subject = 'funds'
), known AS (
  SELECT * EXCLUDE (line_budget, line_executed, part_budget, part_executed, total_annual,
    total_executed),
    CASE WHEN zero_total THEN part_budget ELSE line_budget END AS own_budget,
    CASE WHEN zero_total THEN part_executed ELSE line_executed END AS own_executed,
    total_annual AS total_budget, total_executed
  FROM line
)
SELECT * REPLACE (
  CASE WHEN own_budget.amount > 0 AND own_budget.clear AND own_executed.clear
    THEN own_budget END AS own_budget,
  CASE WHEN total_budget.amount > 0 AND total_budget.clear AND total_executed.clear
    THEN total_budget END
    AS total_budget)
FROM known
"""


def prepare_scorable(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of what can be scored, from the published tables and the figures."""
    for macro in MACROS:
        connection.execute(f"CREATE OR REPLACE MACRO {macro}")
    for statement in (SCORABLE, COMPLETIONS, FUND_RATES):
        connection.execute(statement)
    connection.execute(
        "CREATE TABLE bases (row_id BIGINT, measure VARCHAR, place INTEGER, "
        "low DECIMAL(10, 6), high DECIMAL(10, 6), grade VARCHAR, word VARCHAR, "
        "shown DECIMAL(18, 2))"
    )
    columns = ", ".join(_cast(name) for name in _COLUMNS.split(", "))
    for source in BASES:  # materialized: what the filter looks at would be worked out twice
        connection.execute(
            f"INSERT INTO bases WITH found({_COLUMNS}) AS MATERIALIZED ({source}) "
            f"SELECT {columns} FROM found WHERE low IS NOT NULL AND high IS NOT NULL "
            "OR grade IS NOT NULL OR word IS NOT NULL"
        )


def _cast(name: str) -> str:
    if name in ("low", "high"):
        return f"CAST(least({name}, 1000) AS DECIMAL(10, 6)) AS {name}"
    return f"TRY_CAST({name} AS DECIMAL(18, 2)) AS {name}" if name == "shown" else name
