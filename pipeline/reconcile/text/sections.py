"""Headed passages in their order: what each is, what number it carries and what follows it."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb

from pipeline.reconcile.steps import Step, table_step

REQUIRED = Path(__file__).parents[1] / "data" / "required_sections.csv"

# `text` in simplified characters, and the same without white space and tags as `words`.
PASSAGES = r"""
CREATE TABLE passages AS
SELECT *, regexp_replace(text, '</?[A-Za-z][^>]*>|\s', '', 'g') AS words
FROM (SELECT * EXCLUDE (locator) REPLACE (simple(text) AS text) FROM sections)
"""

# `style` orders the kinds of printed numbers as outlines nest them; `place` is the number itself.
OUTLINE = """
CREATE TABLE outlines AS
WITH numbered AS (
  SELECT section_id, project_id, document_id, ordinal, heading, text, number,
    CASE WHEN regexp_full_match(number, '第?[一二三四五六七八九十]{1,3}(?:部分|章)?') THEN 1
      WHEN regexp_full_match(number, '[（(][一二三四五六七八九十]{1,3}[）)]') THEN 2
      ELSE 3 END AS style,
    regexp_replace(coalesce(number, ''), '[（()）第部章分]', '', 'g') AS bare
  FROM sections WHERE project_id IS NOT NULL AND number IS NOT NULL
), placed AS (
  SELECT *, CASE WHEN style = 3 THEN NULL
    WHEN bare = '十' THEN 10
    WHEN starts_with(bare, '十') THEN 10 + strpos('一二三四五六七八九', right(bare, 1))
    WHEN length(bare) = 1 THEN strpos('一二三四五六七八九', bare) END AS place
  FROM numbered
)
SELECT *, lead(style) OVER follows AS next_style, lead(place) OVER follows AS next_place
FROM placed WINDOW follows AS (PARTITION BY project_id ORDER BY ordinal)
"""


def _make_required(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE TABLE required_sections (name VARCHAR, heading VARCHAR)")
    with REQUIRED.open(encoding="utf-8", newline="") as lines:
        rows = [(row["name"], row["heading"]) for row in csv.DictReader(lines)]
    connection.executemany("INSERT INTO required_sections VALUES (?, ?)", rows)


TABLES = (
    table_step(PASSAGES),
    table_step(OUTLINE),
    Step(("required_sections",), (), _make_required, ("required_sections",)),
)
