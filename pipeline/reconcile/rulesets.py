"""Which rules there are for the documents at hand: their own, those fitted to them, the packs'.

Temp tables: `rulesets` one rule a measure of completion, with what it applies to; `pieces` its
conditions and formulas as numbers. `rank` says where a rule comes from: 1 the document's own words,
2 fitted to its rows, 3 a pack of its region or of the label its rows print, 4 the default and 5 the
defaults' alternatives.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import duckdb

from pipeline.reconcile.fit import Row, fit_rule
from pipeline.reconcile.pieces import InvalidRule, Piece, parse_piece
from pipeline.reconcile.rules import PackRule, builtin_rules
from schemas.ids import PREFIX_LENGTH

log = logging.getLogger(__name__)

TABLES = """
CREATE OR REPLACE TEMP TABLE rulesets (ruleset VARCHAR, document_id VARCHAR, label VARCHAR,
  class VARCHAR, measure VARCHAR, rank INTEGER, place INTEGER, told VARCHAR, support VARCHAR);
CREATE OR REPLACE TEMP TABLE formulas (condition VARCHAR, formula VARCHAR,
  low DECIMAL(10, 6), high DECIMAL(10, 6), low_closed BOOLEAN, high_closed BOOLEAN, grade VARCHAR,
  l_1 DECIMAL(12, 6), l_r DECIMAL(12, 6), l_w DECIMAL(12, 6), l_wr DECIMAL(12, 6),
  h_1 DECIMAL(12, 6), h_r DECIMAL(12, 6), h_w DECIMAL(12, 6), h_wr DECIMAL(12, 6));
CREATE OR REPLACE TEMP TABLE stated (ruleset VARCHAR, rule_id VARCHAR, condition VARCHAR,
  formula VARCHAR)
"""

# What the document says of a class of indicators goes before what it says of all.
OWN_RULES = """
INSERT INTO rulesets
WITH scope AS (
  SELECT DISTINCT document_id, applies_to,
    CASE WHEN starts_with(applies_to, '赋分规则：') THEN substr(applies_to, 6) END AS label,
    CASE WHEN NOT starts_with(applies_to, '赋分规则：') AND contains(applies_to, '类')
      THEN split_part(applies_to, '类', 1) END AS class
  FROM scoring_rules WHERE document_id IS NOT NULL AND pack IS NULL AND condition IS NOT NULL
)
SELECT document_id || '|' || applies_to, document_id, label, class,
  unnest(CASE WHEN label IS NOT NULL THEN ['up', 'ratio', 'excess', 'points', 'grade']
    WHEN applies_to = '指标' THEN ['missing'] WHEN contains(applies_to, '执行率') THEN ['exec']
    WHEN contains(applies_to, '定性') THEN ['grade'] WHEN contains(applies_to, '正向') THEN ['up', 'points']
    WHEN contains(applies_to, '反向') THEN ['ratio', 'excess', 'points']
    ELSE ['up', 'ratio', 'excess', 'points'] END),
  1, CASE WHEN label IS NOT NULL THEN 1 WHEN class IS NOT NULL THEN 2 ELSE 3 END, '本文件的评分规则', NULL
FROM scope
"""
OWN_PIECES = """
INSERT INTO stated
SELECT document_id || '|' || applies_to, rule_id, condition, formula FROM scoring_rules
WHERE document_id IS NOT NULL AND pack IS NULL AND condition IS NOT NULL
"""

# Rows that share a label in one document, completion stated both ways that issuers use: `raw` takes
# the printed rate also where less is better. Rows whose direction is not known tell nothing.
GROUPS = """
WITH way AS (
  SELECT b.row_id, CASE WHEN b.measure = 'raw' THEN 'raw' ELSE 'directed' END AS way, b.low, b.high
  FROM bases b WHERE b.measure IN ('raw', 'up') OR (b.measure = 'ratio' AND b.row_id NOT IN
    (SELECT row_id FROM bases WHERE measure = 'up'))
  QUALIFY row_number() OVER (PARTITION BY b.row_id, way ORDER BY b.place) = 1
), scored AS (
  SELECT s.document_id, coalesce(s.label, '') AS label, w.way, s.row_id, w.low, w.high,
    s.score, s.half, s.weight_low, s.weight_high, w.low = 1 AND w.high = 1 AND s.full_marks AS plain
  FROM way w JOIN scorable s USING (row_id)
  WHERE s.score IS NOT NULL AND s.weight_low > 0
)
SELECT document_id, label, way, count(*) FILTER (plain) AS plain, list([low, high,
    CAST(greatest((score - half) / weight_high, 0) AS DECIMAL(12, 8)),
    CAST((score + half) / weight_low AS DECIMAL(12, 8))] ORDER BY row_id) FILTER (NOT plain) AS rows
FROM scored GROUP BY document_id, label, way
HAVING count(*) FILTER (NOT plain AND (low > 1 OR high < 1)) > 1
ORDER BY document_id, label, way
"""


def prepare_rulesets(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the temp tables of rules; packs and fitted rules are added to scoring_rules as well."""
    connection.execute(TABLES)
    connection.execute("DELETE FROM scoring_rules WHERE pack IS NOT NULL")
    connection.execute(OWN_RULES)
    connection.execute(OWN_PIECES)
    _fit(connection)
    _packs(connection, builtin_rules())
    _pieces(connection)


def _fit(connection: duckdb.DuckDBPyConnection) -> None:
    """Rules found in the rows of each document and label; the better of the two ways is kept."""
    found: dict[tuple[str, str], tuple[int, str, Any]] = {}
    for document, label, way, plain, listed in connection.execute(GROUPS).fetchall():
        rows = [Row(*map(Decimal, map(str, row))) for row in listed]
        fit = fit_rule(rows, plain, named=bool(label))
        best = found.get((document, label))
        if fit is not None and (best is None or fit.explained > best[0]):
            found[document, label] = (fit.explained, way, fit)
    for number, ((document, label), (_, way, fit)) in enumerate(sorted(found.items()), start=1):
        ruleset = f"{document[:PREFIX_LENGTH]}.fit{number}"
        measures = ["raw"] if way == "raw" else ["up", "ratio"]
        support = f"{fit.total} 行中 {fit.explained} 行相符"
        told = f"本文件“{label}”各行得分归纳出的规则" if label else "本文件各行得分归纳出的规则"
        _add(connection, ruleset, document, label, None, measures, 2, 1, told, support)
        for place, (condition, formula) in enumerate(fit.pieces, start=1):
            _state(connection, ruleset, f"{ruleset}.{place}", condition, formula)
            connection.execute(
                "INSERT INTO scoring_rules VALUES (?, ?, 'fitted', ?, ?, ?, ?, NULL)",
                [f"{ruleset}.{place}", document, label or "定量指标", condition, formula]
                + [f"{told}（{support}）"],
            )


def _packs(connection: duckdb.DuckDBPyConnection, rules: Sequence[PackRule]) -> None:
    first: set[str] = set()  # measures that have their default
    for place, rule in enumerate(rules, start=1):
        for number, (condition, formula) in enumerate(rule.pieces, start=1):
            name = f"{rule.rule_id}.{number}"
            _state(connection, rule.rule_id, name, condition, formula)
            applies = "、".join((*rule.labels, *rule.classes, *rule.regions)) or rule.kind
            connection.execute(
                "INSERT INTO scoring_rules VALUES (?, NULL, ?, ?, ?, ?, ?, NULL)",
                [name, rule.pack, applies, condition, formula, rule.told],
            )
        if rule.regions or rule.years:
            _regional(connection, rule, place)
        for label in rule.labels:
            _add(connection, rule.rule_id, None, label, None, rule.measures, 3, place, rule.told, None)
        if rule.is_default:
            for measure in rule.measures:
                rank = 5 if measure in first else 4
                _add(connection, rule.rule_id, None, None, None, [measure], rank, place, rule.told, None)
            first.update(rule.measures)


def _regional(connection: duckdb.DuckDBPyConnection, rule: PackRule, place: int) -> None:
    """A pack's rule for every document of its regions and years."""
    low, high = rule.years or (0, 9999)
    connection.execute(
        "INSERT INTO rulesets SELECT $1, d.document_id, NULL, c, m, 3, $2, $3, NULL "
        "FROM documents d, (SELECT unnest($4::VARCHAR[]) AS c), (SELECT unnest($5::VARCHAR[]) AS m) "
        "WHERE coalesce(d.fiscal_year, 0) BETWEEN $6 AND $7 AND (len($8::VARCHAR[]) = 0 OR "
        "list_bool_or(list_transform($8::VARCHAR[], "
        "lambda x: contains(concat_ws(' ', d.region, d.publisher, d.title), x))))",
        [rule.rule_id, place, rule.told, list(rule.classes) or [None], list(rule.measures), low, high]
        + [list(rule.regions)],
    )


def _add(
    connection: duckdb.DuckDBPyConnection,
    ruleset: str,
    document: str | None,
    label: str | None,
    level: str | None,
    measures: Sequence[str],
    rank: int,
    place: int,
    told: str,
    support: str | None,
) -> None:
    connection.executemany(
        "INSERT INTO rulesets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(ruleset, document, label, level, m, rank, place, told, support) for m in measures],
    )


def _state(
    connection: duckdb.DuckDBPyConnection, ruleset: str, name: str, condition: str, formula: str
) -> None:
    connection.execute("INSERT INTO stated VALUES (?, ?, ?, ?)", [ruleset, name, condition, formula])


def _pieces(connection: duckdb.DuckDBPyConnection) -> None:
    """Each distinct condition and formula as numbers, and with them the pieces of every rule."""
    rows = []
    for condition, formula in connection.execute(
        "SELECT DISTINCT condition, formula FROM stated"
    ).fetchall():
        try:
            rows.append((condition, formula, *_numbers(parse_piece(condition, formula))))
        except InvalidRule as error:
            log.warning("scoring rule left out: %s", error)
    connection.executemany(f"INSERT INTO formulas VALUES ({', '.join('?' * 15)})", rows)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE pieces AS SELECT s.ruleset, s.rule_id, f.* "
        "FROM stated s JOIN formulas f USING (condition, formula)"
    )


def _numbers(piece: Piece) -> tuple[Any, ...]:
    low, high = piece.lowest, piece.highest
    return (
        *(piece.low, piece.high, piece.low_closed, piece.high_closed, piece.grade),
        *(low.constant, low.of_r, low.of_w, low.of_wr),
        *(high.constant, high.of_r, high.of_w, high.of_wr),
    )
