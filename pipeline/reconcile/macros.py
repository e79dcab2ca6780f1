"""The SQL words every check may use: intervals behind printed digits, rates, units, evidence.

DuckDB divides DECIMALs into DOUBLEs, so no macro divides: a rate is compared by multiplying the
ends of intervals crosswise, and a rate that is shown is an integer division of scaled numbers. TRY
makes an overflow of 38 digits NULL, so that one absurd figure costs one row, not the whole check.
"""

from __future__ import annotations

import duckdb

MACROS = (
    # -- intervals: a printed v whose last digit has size r stands for [lo, hi] when it was rounded,
    #    for [cut_lo, cut_hi) when it was truncated; NULL r gives NULL, hence no verdict
    "lo(v, r) AS v - r * 0.5",
    "hi(v, r) AS v + r * 0.5",
    "cut_lo(v, r) AS CASE WHEN v > 0 THEN v + r * 0 ELSE v - r END",
    "cut_hi(v, r) AS CASE WHEN v < 0 THEN v + r * 0 ELSE v + r END",
    "meets(a_lo, a_hi, b_lo, b_hi) AS a_lo <= b_hi AND b_lo <= a_hi",
    "cut_meets(a_lo, a_hi, b_lo, b_hi) AS a_lo < b_hi AND b_lo < a_hi",
    "gap(a_lo, a_hi, b_lo, b_hi) AS greatest(a_lo - b_hi, b_lo - a_hi, 0)",
    # -- size of the last digit a value needs, where none was recorded
    "last_digit(v) AS CASE WHEN v = trunc(v) THEN 1 WHEN v * 10 = trunc(v * 10) THEN 0.1 "
    "WHEN v * 100 = trunc(v * 100) THEN 0.01 WHEN v * 1000 = trunc(v * 1000) THEN 0.001 "
    "ELSE 0.000001 END",
    # -- weights and scores: whole ones are given, not measured; fractions were rounded
    "points_lo(v, r) AS CASE WHEN v = trunc(v) THEN v + r * 0 ELSE v - r * 0.5 END",
    "points_hi(v, r) AS CASE WHEN v = trunc(v) THEN v + r * 0 ELSE v + r * 0.5 END",
    # -- rates: does some part in [p_lo, p_hi] over some whole in [w_lo, w_hi] give r percent?
    "product(a, b) AS TRY(a * b)",
    # -- nearly every factor is 1, and multiplying 38 digits takes long
    "quantity(v, factor) AS CASE WHEN factor = 1 THEN TRY_CAST(v AS DECIMAL(20, 8)) "
    "ELSE TRY_CAST(TRY(v * factor) AS DECIMAL(20, 8)) END",
    "rate_meets(p_lo, p_hi, w_lo, w_hi, r_lo, r_hi) AS TRY(CASE WHEN w_lo > 0 AND p_lo >= 0 THEN "
    "p_lo * 100 <= r_hi * w_hi AND r_lo * w_lo <= p_hi * 100 "
    "WHEN w_lo > 0 THEN p_lo * 100 <= r_hi * w_hi AND r_lo * w_hi <= p_hi * 100 END)",
    # -- the rate to show, in percent with two decimals, half up; NULL for a whole of zero
    "scaled(v) AS CAST(CAST(v AS DECIMAL(28, 8)) * 100000000 AS HUGEINT)",
    "rate_of(p, w) AS CASE WHEN w > 0 AND p >= 0 THEN TRY(CAST((scaled(p) * 20000 + scaled(w)) "
    "// (scaled(w) * 2) AS DECIMAL(30, 0)) * 0.01) END",
    # -- units: one spelling, without white space and without what only says "each"
    "fold_unit(u) AS nullif(replace(replace(replace(translate(lower(u), '％／• 　（）()', '%/·'), "
    "'百分比', '%'), '百分之', '%'), chr(9), ''), '')",
    # -- the unit of the only figure of a sentence that ends with it (投放量共计2025吨)
    "only_unit(t) AS CASE WHEN len(regexp_extract_all(t, '[0-9][0-9,.]*')) = 1 "
    "THEN nullif(regexp_extract(t, '[0-9]\\s*([\\p{L}%％㎡]+)$', 1), '') END",
    # -- a bit for every source that can be part of a total, and for its first and its other lines
    "part_sign(source, leads) AS 1 << (2 * list_position(['fiscal', 'superior', 'own_level', "
    "'carryover', 'other', 'component'], source) + leads::INTEGER)",
    # -- text
    "shown(v) AS CASE WHEN contains(v::VARCHAR, '.') "
    "THEN rtrim(rtrim(v::VARCHAR, '0'), '.') ELSE v::VARCHAR END",
    "fold_text(t) AS regexp_replace(t, '[\\s\\p{P}\\p{S}]', '', 'g')",
    "blank(t) AS t IS NULL OR regexp_full_match(t, '[\\s\\p{P}\\p{S}无0]*')",
    # -- evidence: a cell of a row, and a cell of a line of fund scores, which has no id of its own
    "cell(id, column_name) AS id || '#' || column_name",
    "fund_score_cell(project, ord, column_name) AS project || '@' || ord || '#' || column_name",
)


def register_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Define every macro on a connection, for this connection only."""
    for macro in MACROS:
        connection.execute(f"CREATE OR REPLACE MACRO {macro}")
