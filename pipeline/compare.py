"""What changed between two published folders: tables, documents, findings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import duckdb

from pipeline.errors import UserError
from schemas.column_types import quoted
from schemas.tables import TABLES, TIMED_TABLES, literal

Change = Literal["added", "removed", "changed"]
DATABASE: Final = "jixiao.duckdb"
MEMORY_LIMIT: Final = "512MB"
# By name, so that a corrected file shows as one document that changed and not as two.
DOCUMENTS: Final = """
    SELECT CASE WHEN o.name IS NULL THEN 'added' WHEN n.name IS NULL THEN 'removed'
             ELSE 'changed' END,
           coalesce(n.name, o.name), o.said, n.said
    FROM (SELECT unnest(source_uris) AS name, document_id, {said} AS said FROM old.documents) o
    FULL JOIN (SELECT unnest(source_uris) AS name, document_id, {said} AS said
               FROM new.documents) n ON o.name = n.name
    WHERE o.name IS NULL OR n.name IS NULL OR o.document_id <> n.document_id OR o.said <> n.said
    ORDER BY 2"""
SAID: Final = "concat_ws('：', status, status_reason)"
FINDINGS: Final = """
    SELECT CASE WHEN o.finding_id IS NULL THEN 'added' ELSE 'removed' END,
           coalesce(n.finding_id, o.finding_id), o.summary, n.summary
    FROM old.findings o FULL JOIN new.findings n ON o.finding_id = n.finding_id
    WHERE o.finding_id IS NULL OR n.finding_id IS NULL ORDER BY 1, 2"""


@dataclass(frozen=True, slots=True)
class TableChange:
    """Rows of one table that stand in only one of the folders."""

    table: str
    rows_old: int
    rows_new: int
    only_old: int
    only_new: int


@dataclass(frozen=True, slots=True)
class RowChange:
    """One document or finding that came, went or changed."""

    change: Change
    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two published folders, times of runs apart."""

    tables: tuple[TableChange, ...]
    documents: tuple[RowChange, ...]
    findings: tuple[RowChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether both folders say the same."""
        return not (self.tables or self.documents or self.findings)


def compare(old: Path, new: Path) -> Difference:
    """What changed from one published folder (or kept release) to another."""
    with _both(old, new) as connection:
        return Difference(
            tables=tuple(_tables(connection)),
            documents=_rows(connection, DOCUMENTS.format(said=SAID)),
            findings=_rows(connection, FINDINGS),
        )


@contextmanager
def _both(old: Path, new: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    for folder in (old, new):
        if not (folder / DATABASE).is_file():
            raise UserError(f"“{folder}”里没有 {DATABASE}，不是发布的结果")
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT}) as connection:
        for name, folder in (("old", old), ("new", new)):
            path = literal(str((folder / DATABASE).resolve()))
            try:
                connection.execute(f"ATTACH {path} AS {name} (READ_ONLY)")
            except duckdb.Error as error:
                message = f"打不开“{folder}”的 {DATABASE}：{str(error).splitlines()[0]}"
                raise UserError(message) from error
        yield connection


def _tables(connection: duckdb.DuckDBPyConnection) -> Iterator[TableChange]:
    for spec in TABLES:
        if spec in TIMED_TABLES:
            continue
        shared = _shared_columns(connection, spec.name)
        if not shared:
            continue
        columns = ", ".join(map(quoted, shared))
        old, new = (f"SELECT {columns} FROM {side}.{quoted(spec.name)}" for side in ("old", "new"))
        query = f"""
            SELECT (SELECT count(*) FROM ({old})), (SELECT count(*) FROM ({new})),
                   (SELECT count(*) FROM ({old} EXCEPT ALL {new})),
                   (SELECT count(*) FROM ({new} EXCEPT ALL {old}))"""
        ((rows_old, rows_new, only_old, only_new),) = connection.execute(query).fetchall()
        if only_old or only_new:
            yield TableChange(spec.name, rows_old, rows_new, only_old, only_new)


def _shared_columns(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[str, ...]:
    """Columns that both versions of a table have, but the version itself."""
    query = """
        SELECT column_name FROM duckdb_columns()
        WHERE table_name = ? AND database_name IN ('old', 'new')
          AND column_name <> 'extractor_version'
        GROUP BY 1 HAVING count(*) = 2 ORDER BY min(column_index)"""
    return tuple(row[0] for row in connection.execute(query, [table]).fetchall())


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[RowChange, ...]:
    return tuple(RowChange(*row) for row in connection.execute(query).fetchall())
