"""A release's database, filled from the store with what is published now."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import duckdb

from pipeline.database import GROUP, attach, with_room
from pipeline.reading import POSITION
from schemas.column_types import quoted
from schemas.tables import EXTRACTION_TABLES, TIMED_TABLES, TableSpec, create_table

# Each published document with the sources it is given under; a document may be in several archives.
PUBLISHED = """
    SELECT (row_number() OVER (ORDER BY r.document_id))::INTEGER AS number, r.document_id,
           list(DISTINCT s.source_uri || r.member ORDER BY s.source_uri || r.member) AS source_uris,
           arg_min(s.name || r.member, s.source_uri || r.member) AS file_name
    FROM sources s JOIN readings r USING (content_id)
    WHERE NOT s.retired
    GROUP BY r.document_id"""
# A number is sorted by faster than the 64 characters it stands for.
IN_STORE = {"document_id": "p.number", "rowid": f"t.{POSITION}"}


def copy_published(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write what is published now, in its order, to a new database of contract tables."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE published AS {PUBLISHED}")
    connection.execute(attach(path, "copy_target", GROUP))
    try:
        for spec in EXTRACTION_TABLES + TIMED_TABLES:  # one by one: fewer rows wait to be written
            connection.execute(create_table(spec).replace("TABLE ", "TABLE copy_target.", 1))
            filling = f"INSERT INTO copy_target.{quoted(spec.name)} {_selection(spec)}"
            with_room(connection, partial(connection.execute, filling))
    finally:
        connection.execute("DETACH copy_target")
    connection.execute("DROP TABLE published")


def _selection(spec: TableSpec) -> str:
    """The published rows of a table in document order."""
    if spec in TIMED_TABLES:
        return f"FROM {quoted(spec.name)} ORDER BY {', '.join(spec.order_by)}"
    columns = ", ".join(
        f"p.{column.name}"
        if spec.name == "documents" and column.name in ("source_uris", "file_name")
        else f"t.{quoted(column.name)}"
        for column in spec.columns
    )
    order = ", ".join(_from_store(term) for term in spec.order_by)
    return (
        f"SELECT {columns} FROM {quoted(spec.name)} t JOIN published p USING (document_id)"
        f" ORDER BY {order}"
    )


def _from_store(term: str) -> str:
    """A term of a table's order, as the store has it.

    >>> [_from_store(term) for term in ("document_id", "length(project_id)", "rowid")]
    ['p.number', 'length(project_id)', 't.position']
    """
    return IN_STORE.get(term.partition(" ")[0], term)
