"""The tables of running text that checks compare, prepared once beside the figures of forms.

`spoken` one claim with its role and interval; `gauges` a target or an actual of an indicator in
the base of its unit; `alignments` the indicator a claim speaks of;
`item_alignments` the cost indicator an amount speaks of; `stated_totals` an amount the text states
of the whole project; `unit_mentions` a unit that acts in a sentence; `project_keys` what one
project is called in every document and year; `outlines` the numbered headings of a report in their
order; `likenesses` two passages of different reports that are alike.
"""

from __future__ import annotations

import duckdb

from pipeline.reconcile.text.align import prepare_alignments
from pipeline.reconcile.text.names import prepare_names
from pipeline.reconcile.text.sections import prepare_sections
from pipeline.reconcile.text.similarity import prepare_likenesses
from pipeline.reconcile.text.spoken import prepare_spoken
from schemas.labels import simplifications
from schemas.tables import literal


def prepare_text(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the temp tables and macros that checks of running text use."""
    traditional, simple = simplifications()
    connection.execute(
        "CREATE OR REPLACE TEMP MACRO simple(t) AS CASE "
        f"WHEN regexp_matches(t, {literal(f'[{traditional}]')}) "
        f"THEN translate(t, {literal(traditional)}, {literal(simple)}) ELSE t END"
    )
    prepare_spoken(connection)
    prepare_alignments(connection)
    prepare_names(connection)
    prepare_sections(connection)
    prepare_likenesses(connection)
