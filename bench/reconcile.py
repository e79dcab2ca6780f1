"""`python -m bench.reconcile [INDICATORS]`: what reconciling costs as the tables grow.

A thousand generated documents are read; their rows, again and again under other ids, make the
larger tables. Each size is reconciled in a process of its own, on a database opened as a run opens
it. Nothing else should run meanwhile; the ratios say more than the seconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench.generate import write
from bench.measure import peak_megabytes
from pipeline.ingest import ingest, reconcile_tables
from pipeline.known import Known
from pipeline.publish import create_result_tables, opened
from schemas.ids import PREFIX_LENGTH
from schemas.tables import EXTRACTION_TABLES, create_table, literal

DOCUMENTS = 1_000
INDICATORS = 1_000_000  # of the largest tables
SMALLER = (1, 10, 28)  # times the documents, before the largest


@dataclass(frozen=True, slots=True)
class NothingFailed:
    """The report of a reconciler that does nothing but keep the tables."""

    failed: tuple[str, ...] = ()
    documents: int = 0


def read(folder: Path, target: Path, output: Path) -> int:
    """Keep the tables of a folder's documents as they are before reconciling."""

    def keep(
        connection: duckdb.DuckDBPyConnection, checks: Sequence[Path], known: Known | None
    ) -> NothingFailed:
        connection.execute(f"ATTACH {literal(str(target))} AS kept")
        for spec in EXTRACTION_TABLES:
            connection.execute(f"CREATE TABLE kept.{spec.name} AS FROM {spec.name}")
        connection.execute("DETACH kept")
        return NothingFailed()

    return ingest([folder], output, workers=2, reconcile=keep).indicators


def multiply(source: Path, target: Path, copies: int) -> None:
    """A database with the tables of another many times over, each time under other ids."""
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"ATTACH {literal(str(source))} AS source (READ_ONLY)")
        for spec in EXTRACTION_TABLES:
            connection.execute(create_table(spec))
            names = [column.name for column in spec.columns if column.name.endswith("_id")]
            if "document_id" not in names:
                continue
            ids = ", ".join(f"{_renamed(name)} AS {name}" for name in names)
            connection.execute(
                f"INSERT INTO {spec.name} BY NAME SELECT * EXCLUDE (copy, place) REPLACE ({ids}) "
                f"FROM (SELECT *, rowid AS place FROM source.{spec.name}), "
                f"range({copies}) AS copies(copy) ORDER BY copy, place"
            )


def _renamed(name: str) -> str:
    document = "sha256(document_id || copy)"
    if name == "document_id":
        return document
    return f"left({document}, {PREFIX_LENGTH}) || substr({name}, {PREFIX_LENGTH + 1})"


def reconcile_once(database: Path) -> None:
    """Reconcile in this process and print what it took, as JSON."""
    with opened(database) as connection:
        create_result_tables(connection)
        began, worked = time.perf_counter(), time.process_time()
        reconcile_tables(connection, (), None)
        seconds, cpu = time.perf_counter() - began, time.process_time() - worked
        ((rows,),) = connection.execute("SELECT count(*) FROM indicators").fetchall()
    print(json.dumps([rows, seconds, cpu, peak_megabytes()]))


def measured(source: Path, place: Path, copies: int) -> float:
    """Reconcile so many copies in a process of their own; print a line, return the seconds."""
    database = place / "work.duckdb"
    multiply(source, database, copies)
    command = [sys.executable, "-m", "bench.reconcile", str(database)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    rows, seconds, cpu, peak = json.loads(done.stdout)
    database.unlink()
    documents = copies * DOCUMENTS
    print(
        f"{documents:>8} documents {rows:>9} indicators {seconds:8.2f} s {cpu:8.2f} s of CPU"
        f" {1e5 * seconds / rows:7.2f} s for 100,000   {peak or 0:6.0f} MB",
        flush=True,
    )
    return float(seconds)


def main(indicators: int) -> None:
    """Generate, read, multiply, and reconcile each size."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        write(place / "documents", DOCUMENTS)
        source = place / "source.duckdb"
        have = read(place / "documents", source, place / "output")
        largest = -(-indicators // have)
        seconds = [
            (copies, measured(source, place, copies))
            for copies in (*(n for n in SMALLER if n < largest), largest)
        ]
    if len(seconds) > 1:
        (fewer, before), (more, after) = seconds[-2:]
        print(f"{more / fewer:.1f} times the rows take {after / before:.1f} times as long")


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else str(INDICATORS)
    if given.isdecimal():
        main(int(given))
    else:
        reconcile_once(Path(given))
