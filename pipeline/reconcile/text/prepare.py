"""The tables of running text that checks compare, prepared once beside the figures of forms.

`spoken` one claim with its role and interval; `gauges` a target or an actual of an indicator in
the base of its unit; `alignments` the indicator a claim speaks of;
`item_alignments` the cost indicator an amount speaks of; `stated_totals` an amount the text states
of the whole project; `unit_mentions` a unit that acts in a sentence; `project_keys` what one
project is called in every document and year; `passages` the sections in simplified characters, as
printed and without white space; `outlines` the numbered headings of a report in their order;
`likenesses` two passages of different reports that are alike.
"""

from __future__ import annotations

import duckdb

from pipeline.reconcile.text import align, names, sections, similarity, spoken
from schemas.labels import simplifications
from schemas.tables import literal

TABLES = (
    *sections.TABLES,
    *spoken.TABLES,
    *align.TABLES,
    *names.TABLES,
    *similarity.TABLES,
)


def register_text_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Define the macros that checks of running text use."""
    traditional, simple = simplifications()
    connection.execute(
        "CREATE OR REPLACE MACRO simple(t) AS CASE "
        f"WHEN regexp_matches(t, {literal(f'[{traditional}]')}) "
        f"THEN translate(t, {literal(traditional)}, {literal(simple)}) ELSE t END"
    )
    for macro in spoken.MACROS:
        connection.execute(f"CREATE OR REPLACE MACRO {macro}")
