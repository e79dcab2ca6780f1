"""Which rules there are for the documents at hand: their own, those fitted to them, the packs'.

Tables: `rulesets` one rule a measure of completion, with what it applies to; `pieces` its
conditions and formulas as numbers. `rank` says where a rule comes from: 1 the document's own words,
2 fitted to its rows, 3 a pack of its region or of the label its rows print, 4 the default and 5 the
defaults' alternatives.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, fields
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.reconcile.fit import Fit, Row, fit_rule
from pipeline.reconcile.pieces import InvalidRule, Piece, parse_piece
from pipeline.reconcile.rules import Kind, PackRule, builtin_rules
from schemas.arrow import to_arrow
from schemas.ids import PREFIX_LENGTH
from schemas.records import ScoringRule
from schemas.tables import table

log = logging.getLogger(__name__)

FITTED = "fitted"  # stands where a pack's name would: the rule comes from the document's own rows
KINDS: dict[Kind, str] = {
    "number": "定量指标",
    "grade": "定性指标",
    "date": "时效指标",
    "funds": "预算执行率",
}

TABLES = """
CREATE TABLE rulesets (ruleset VARCHAR, document_id VARCHAR, label VARCHAR,
  class VARCHAR, measure VARCHAR, rank INTEGER, place INTEGER, told VARCHAR, support VARCHAR);
CREATE TABLE formulas (condition VARCHAR, formula VARCHAR,
  low DECIMAL(10, 6), high DECIMAL(10, 6), low_closed BOOLEAN, high_closed BOOLEAN, grade VARCHAR,
  l_1 DECIMAL(12, 6), l_r DECIMAL(12, 6), l_w DECIMAL(12, 6), l_wr DECIMAL(12, 6),
  h_1 DECIMAL(12, 6), h_r DECIMAL(12, 6), h_w DECIMAL(12, 6), h_wr DECIMAL(12, 6));
CREATE TABLE stated (ruleset VARCHAR, rule_id VARCHAR, condition VARCHAR,
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
    WHEN contains(applies_to, '定性') THEN ['grade'] WHEN contains(applies_to, '正向') THEN ['up',
      'points']
    WHEN contains(applies_to, '反向') THEN ['ratio', 'excess', 'points']
    ELSE ['up', 'ratio', 'excess', 'points'] END),
  1, CASE WHEN label IS NOT NULL THEN 1 WHEN class IS NOT NULL THEN 2 ELSE 3 END,
    '本文件的评分规则', NULL
FROM scope
"""
OWN_PIECES = """
INSERT INTO stated
SELECT document_id || '|' || applies_to, rule_id, condition, formula FROM scoring_rules
WHERE document_id IS NOT NULL AND pack IS NULL AND condition IS NOT NULL
"""

# Rows that share a label in one document, completion stated both ways that issuers use: `raw` takes
# the printed rate also where less is better, which only forms that name their rules do. Fewer than
# two rows short of full marks show no slope; they are not looked at where no label asks for it.
GROUPS = """
WITH scored AS (
  SELECT row_id, document_id, coalesce(label, '') AS label, score, half, weight_low, weight_high,
    full_marks
  FROM scorable WHERE subject = 'indicator' AND score IS NOT NULL AND weight_low > 0
), promising AS (
  SELECT document_id, label FROM scored
  WHERE row_id IN (SELECT row_id FROM bases WHERE measure IN ('raw', 'up', 'ratio') AND (low > 1
    OR high < 1))
  GROUP BY document_id, label
  HAVING count(*) > 1 AND (label <> '' OR count(*) FILTER (NOT full_marks) > 1)
), row AS (
  SELECT s.* FROM scored s JOIN promising p USING (document_id, label)
), stated AS (
  SELECT r.*, b.measure, b.low, b.high, CASE WHEN b.measure = 'raw' THEN 'raw'
    ELSE 'directed' END AS way,
    (CASE b.measure WHEN 'ratio' THEN 10 ELSE 0 END) + b.place AS preference
  FROM row r JOIN bases b USING (row_id)
  WHERE b.measure IN ('raw', 'up', 'ratio') AND (b.measure <> 'raw' OR r.label <> '')
), best AS (
  SELECT row_id, way, any_value(document_id) AS document_id, any_value(label) AS label,
    arg_min(low, preference) AS low, arg_min(high, preference) AS high,
    CAST(greatest(any_value((score - half) / weight_high), 0) AS DECIMAL(12, 8)) AS share_low,
    CAST(any_value((score + half) / weight_low) AS DECIMAL(12, 8)) AS share_high,
    any_value(full_marks) AS full_marks
  FROM stated GROUP BY row_id, way
)
SELECT document_id, label, way, count(*) FILTER (low = 1 AND high = 1 AND full_marks) AS plain,
  list([low, high, share_low, share_high] ORDER BY row_id)
    FILTER (NOT (low = 1 AND high = 1 AND full_marks)) AS rows
FROM best GROUP BY document_id, label, way
HAVING count(*) FILTER (low > 1 OR high < 1) > 1
ORDER BY document_id, label, way
"""


@dataclass(frozen=True, slots=True)
class _Ruleset:
    """One rule for one measure, as a row of `rulesets`."""

    ruleset: str
    document_id: str | None
    label: str | None
    class_: str | None
    measure: str
    rank: int
    place: int
    told: str
    support: str | None = None


@dataclass(slots=True)
class _Found:
    """The rules of packs and fits while they are gathered, for one insert each."""

    rulesets: list[_Ruleset] = field(default_factory=list)
    rules: list[ScoringRule] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)  # the ruleset of each rule

    def state(self, ruleset: str, rule: ScoringRule) -> None:
        """Add one piece of a rule."""
        self.owners.append(ruleset)
        self.rules.append(rule)


def prepare_rulesets(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of rules; packs and fitted rules are added to scoring_rules as well."""
    connection.execute(TABLES)
    connection.execute("DELETE FROM scoring_rules WHERE pack IS NOT NULL")
    connection.execute(OWN_RULES)
    connection.execute(OWN_PIECES)
    found = _Found()
    _fit(connection, found)
    for place, rule in enumerate(builtin_rules(), start=1):
        _add_pack_rule(found, rule, place)
        if rule.regions or rule.years:
            _add_regional(connection, rule, place)
    _insert(connection, found)
    _number_pieces(connection)


def _fit(connection: duckdb.DuckDBPyConnection, found: _Found) -> None:
    """Rules found in the rows of each document and label; the better of the two ways is kept."""
    best: dict[tuple[str, str], tuple[str, Fit]] = {}
    for document, label, way, plain, listed in connection.execute(GROUPS).fetchall():
        fit = fit_rule([Row(*row) for row in listed], plain, named=bool(label))
        known = best.get((document, label))
        if fit is not None and (known is None or fit.explained > known[1].explained):
            best[document, label] = (way, fit)
    counts: dict[str, int] = {}
    for (document, label), (way, fit) in sorted(best.items()):
        counts[document] = counts.get(document, 0) + 1
        ruleset = f"{document[:PREFIX_LENGTH]}.fit{counts[document]}"
        support = f"{fit.total} 行中 {fit.explained} 行相符"
        told = f"本文件“{label}”各行得分归纳出的规则" if label else "本文件各行得分归纳出的规则"
        for measure in ["raw"] if way == "raw" else ["up", "ratio"]:
            found.rulesets.append(
                _Ruleset(ruleset, document, label, None, measure, 2, 1, told, support)
            )
        applies_to, raw = label or "定量指标", f"{told}（{support}）"
        for place, piece in enumerate(fit.pieces, start=1):
            name = f"{ruleset}.{place}"
            found.state(ruleset, ScoringRule(name, document, FITTED, applies_to, *piece, raw, None))


def _add_pack_rule(found: _Found, rule: PackRule, place: int) -> None:
    """A rule of a pack for the labels it names, or as the default of its measures."""
    applies_to = "、".join((*rule.labels, *rule.classes, *rule.regions)) or KINDS[rule.kind]
    for number, piece in enumerate(rule.pieces, start=1):
        name = f"{rule.rule_id}.{number}"
        found.state(
            rule.rule_id, ScoringRule(name, None, rule.pack, applies_to, *piece, rule.told, None)
        )
    for measure in rule.measures:
        for label in rule.labels:
            found.rulesets.append(
                _Ruleset(rule.rule_id, None, label, None, measure, 3, place, rule.told)
            )
        if rule.is_default:
            first = all(known.rank < 4 or known.measure != measure for known in found.rulesets)
            rank = 4 if first else 5
            found.rulesets.append(
                _Ruleset(rule.rule_id, None, None, None, measure, rank, place, rule.told)
            )


def _add_regional(connection: duckdb.DuckDBPyConnection, rule: PackRule, place: int) -> None:
    """A pack's rule for every document of its regions and years."""
    low, high = rule.years or (0, 9999)
    classes: list[str | None] = list(rule.classes) or [None]
    connection.execute(
        "INSERT INTO rulesets SELECT $1, d.document_id, NULL, c, m, 3, $2, $3, NULL "
        "FROM documents d, (SELECT unnest($4::VARCHAR[]) AS c), "
        "(SELECT unnest($5::VARCHAR[]) AS m) "
        "WHERE coalesce(d.fiscal_year, 0) BETWEEN $6 AND $7 AND (len($8::VARCHAR[]) = 0 OR "
        "list_bool_or(list_transform($8::VARCHAR[], "
        "lambda x: contains(concat_ws(' ', d.region, d.publisher, d.title), x))))",
        [rule.rule_id, place, rule.told, classes, list(rule.measures), low, high]
        + [list(rule.regions)],
    )


def _insert(connection: duckdb.DuckDBPyConnection, found: _Found) -> None:
    names = [field.name for field in fields(_Ruleset)]
    columns = {name: [getattr(row, name) for row in found.rulesets] for name in names}
    pieces = to_arrow(table("scoring_rules"), tuple(found.rules))
    connection.register("new_rulesets", pa.table(columns))
    connection.register("new_rules", pieces)
    connection.register("new_stated", pieces.append_column("ruleset", pa.array(found.owners)))
    connection.execute("INSERT INTO rulesets SELECT * FROM new_rulesets")
    connection.execute("INSERT INTO scoring_rules SELECT * FROM new_rules")
    connection.execute(
        "INSERT INTO stated SELECT ruleset, rule_id, condition, formula FROM new_stated"
    )
    for name in ("new_rulesets", "new_rules", "new_stated"):
        connection.unregister(name)


def _number_pieces(connection: duckdb.DuckDBPyConnection) -> None:
    """Each distinct condition and formula as numbers, and with them the pieces of every rule."""
    rows = []
    for condition, formula in connection.execute(
        "SELECT DISTINCT condition, formula FROM stated ORDER BY ALL"
    ).fetchall():
        try:
            rows.append((condition, formula, *_numbers(parse_piece(condition, formula))))
        except InvalidRule as error:
            log.warning("scoring rule left out: %s", error)
    connection.executemany(f"INSERT INTO formulas VALUES ({', '.join('?' * 15)})", rows)
    connection.execute(
        "CREATE TABLE pieces AS SELECT s.ruleset, s.rule_id, f.* "
        "FROM stated s JOIN formulas f USING (condition, formula)"
    )


def _numbers(piece: Piece) -> tuple[Any, ...]:
    low, high = piece.lowest, piece.highest
    return (
        *(piece.low, piece.high, piece.low_closed, piece.high_closed, piece.grade),
        *(low.constant, low.of_r, low.of_w, low.of_wr),
        *(high.constant, high.of_r, high.of_w, high.of_wr),
    )
