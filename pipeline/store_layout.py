"""The tables of the store: made once, and made anew when the contract changes."""

from __future__ import annotations

import hashlib

import duckdb
import pyarrow as pa

from pipeline.reading import POSITION
from schemas.column_types import quoted
from schemas.tables import EXTRACTION_TABLES, TIMED_TABLES, TableSpec, create_table

BOOKKEEPING = (
    """CREATE TABLE IF NOT EXISTS sources (
         source_uri VARCHAR, name VARCHAR, path VARCHAR, content_id VARCHAR, stamp VARCHAR,
         retired BOOLEAN)""",
    """CREATE TABLE IF NOT EXISTS readings (
         content_id VARCHAR, ordinal INTEGER, member VARCHAR, document_id VARCHAR, status VARCHAR,
         reason VARCHAR, reason_code VARCHAR, version VARCHAR, run_id VARCHAR)""",
    """CREATE TABLE IF NOT EXISTS publication (
         key VARCHAR, run_id VARCHAR, checks_failed VARCHAR[], outdated BOOLEAN)""",
    "CREATE TABLE IF NOT EXISTS read_since (document_id VARCHAR)",  # the publication
    "CREATE TABLE IF NOT EXISTS parts (name VARCHAR)",
    "CREATE TABLE IF NOT EXISTS layout (digest VARCHAR)",
)
OUR_TABLES = ("sources", "readings", "publication", "read_since", "parts")
SOURCES = pa.schema(
    [(name, pa.string()) for name in ("source_uri", "name", "path", "content_id", "stamp")]
    + [("retired", pa.bool_())]
)


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables; after a change of the contract the documents have to be read again."""
    connection.execute(BOOKKEEPING[-1])
    ddl = "\n".join(create_table(spec) for spec in EXTRACTION_TABLES + TIMED_TABLES)
    ddl += "\n".join(BOOKKEEPING)
    digest = hashlib.sha256(ddl.encode()).hexdigest()
    if connection.execute("SELECT digest FROM layout").fetchall() == [(digest,)]:
        return
    connection.begin()
    _renew_bookkeeping(connection)
    for spec in EXTRACTION_TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {quoted(spec.name)}")
        connection.execute(create_table(spec))
        connection.execute(f"ALTER TABLE {quoted(spec.name)} ADD COLUMN {POSITION} INTEGER")
    for spec in TIMED_TABLES:
        _widen(connection, spec)
    connection.execute("DELETE FROM layout")
    connection.execute("INSERT INTO layout VALUES (?)", [digest])
    connection.commit()


def _renew_bookkeeping(connection: duckdb.DuckDBPyConnection) -> None:
    """Make our own tables anew; what is known of the sources stays, with what columns it has."""
    query = "SELECT column_name FROM duckdb_columns() WHERE table_name = 'sources' AND NOT internal"
    old = {row[0] for row in connection.execute(query).fetchall()}
    kept = ", ".join(name for name in SOURCES.names if name in old)
    if kept:
        connection.execute(f"CREATE TEMP TABLE known_sources AS SELECT {kept} FROM sources")
    for name in OUR_TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    for statement in BOOKKEEPING:
        connection.execute(statement)
    if kept:
        connection.execute("INSERT INTO sources BY NAME FROM known_sources")
        connection.execute("DROP TABLE known_sources")


def _widen(connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> None:
    """Give a table of times its present columns and keep its rows: they cannot be made again."""
    query = "SELECT column_name FROM duckdb_columns() WHERE table_name = ? AND NOT internal"
    old = {row[0] for row in connection.execute(query, [spec.name]).fetchall()}
    if not old:
        connection.execute(create_table(spec))
        return
    kept = ", ".join(quoted(column.name) for column in spec.columns if column.name in old)
    connection.execute(f"CREATE TEMP TABLE kept AS SELECT {kept} FROM {quoted(spec.name)}")
    connection.execute(f"DROP TABLE {quoted(spec.name)}")
    connection.execute(create_table(spec))
    connection.execute(f"INSERT INTO {quoted(spec.name)} BY NAME FROM kept")
    connection.execute("DROP TABLE kept")
