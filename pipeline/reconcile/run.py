"""Runs the checks over the published tables and writes verified, findings and check_results."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.reconcile.causes import group_causes
from pipeline.reconcile.figures import prepare_figures
from pipeline.reconcile.findings import write_findings
from pipeline.reconcile.headers import Check, InvalidCheck, read_check
from pipeline.reconcile.judge import (
    FEW,
    RESULT_TABLES,
    Form,
    Judged,
    forget,
    judge,
    write_results,
)
from pipeline.reconcile.macros import register_macros
from pipeline.reconcile.rescore import rescore
from pipeline.reconcile.text import prepare_text
from pipeline.reconcile.units import register_units
from pipeline.reconcile.verify import verify

log = logging.getLogger(__name__)

CHECKS = Path(__file__).parent / "checks"
# check_results grows by a row a check and project; DuckDB's 16 MB would write the file out every
# few checks, which costs more than the checks do.
CHECKPOINT = "256MB"
# Beyond so many indicators the joins of one check, kept on disk, take longer than all the others.
MANY = 100_000
ROOM = "2GB"
# Tables that rescoring makes; a run of checks that name none of them can do without.
RESCORED = re.compile(r"\b(?:scores|rescored|rulings|completions|fund_rates)\b", re.IGNORECASE)
# Tables and macros of running text; likewise.
OF_TEXT = re.compile(
    r"\b(?:spoken|gauges|\w*alignments|stated_totals|unit_mentions|project_keys|outlines|"
    r"required_sections|likenesses|simple|ten_thousands|bare_unit|spoken_(?:lo|hi))\b"
)


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """Which checks ran, which could not (with `errors` in the same order), and what they found."""

    checks: tuple[str, ...]
    failed: tuple[str, ...]
    errors: tuple[str, ...]
    findings: int


def builtin_checks() -> tuple[Path, ...]:
    """The check files that come with the package, by name."""
    return tuple(sorted(CHECKS.glob("*.sql")))


def reconcile(
    connection: duckdb.DuckDBPyConnection, checks: Sequence[Path] = ()
) -> ReconcileReport:
    """Run the built-in checks and the given ones (files, or folders of .sql files) over the tables.

    Findings, check_results and projects.verified and .proofs are made anew. A given check with the
    name of a built-in one takes its place. A check that fails is reported and the others go on.
    """
    files = {path.stem: path for path in (*builtin_checks(), *_files(checks))}
    return run_checks(connection, [files[name] for name in sorted(files)])


def run_checks(connection: duckdb.DuckDBPyConnection, files: Iterable[Path]) -> ReconcileReport:
    """Run exactly these check files: first those that prove the reading, then the others."""
    with _room(connection), _any_order(connection):
        return _run_all(connection, files)


def _run_all(connection: duckdb.DuckDBPyConnection, files: Iterable[Path]) -> ReconcileReport:
    checks, broken = _read(files)
    prepare_tables(connection)
    if any(OF_TEXT.search(check.sql) for check in checks):
        prepare_text(connection)
    if any(RESCORED.search(check.sql) for check in checks):
        rescore(connection)
    form: Form = "TABLE" if _indicators(connection) <= FEW else "VIEW"
    judged = _run(connection, (c for c in checks if c.proof), form, broken)
    verify(connection)
    judged += _run(connection, (c for c in checks if not c.proof), form, broken)
    write_results(connection, judged)
    merged = group_causes(connection)
    log.info("%s contradictions have the cause of another one", merged)
    count = write_findings(connection)
    broken.sort()
    return ReconcileReport(
        checks=tuple(sorted(each.check.check_id for each in judged)),
        failed=tuple(name for name, _ in broken),
        errors=tuple(error for _, error in broken),
        findings=count,
    )


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make everything that checks use, the rescoring of every score included."""
    prepare_tables(connection)
    prepare_text(connection)
    rescore(connection)


def prepare_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty the tables that reconciling fills and make the macros and figures that checks use."""
    connection.execute(f"SET checkpoint_threshold = '{CHECKPOINT}'")
    register_macros(connection)
    register_units(connection)
    prepare_figures(connection)
    connection.execute(RESULT_TABLES)
    connection.execute("DELETE FROM findings")
    connection.execute("DELETE FROM check_results")


def _files(checks: Sequence[Path]) -> tuple[Path, ...]:
    return tuple(
        file
        for path in checks
        for file in (sorted(path.glob("*.sql")) if path.is_dir() else [path])
    )


def _read(files: Iterable[Path]) -> tuple[list[Check], list[tuple[str, str]]]:
    checks: list[Check] = []
    broken: list[tuple[str, str]] = []
    for file in files:
        try:
            checks.append(read_check(file))
        except (InvalidCheck, OSError, UnicodeDecodeError) as error:
            log.error("check %s cannot be used: %s", file.stem, error)
            broken.append((file.stem, str(error)))
    return checks, broken


def _indicators(connection: duckdb.DuckDBPyConnection) -> int:
    ((indicators,),) = connection.execute("SELECT count(*) FROM indicators").fetchall()
    return int(indicators)


@contextmanager
def _room(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """More memory while many indicators are reconciled, where the connection has less."""
    ((before, is_less),) = connection.execute(
        "SELECT current_setting('memory_limit'), parse_formatted_bytes("
        f"current_setting('memory_limit')) < parse_formatted_bytes('{ROOM}')"
    ).fetchall()
    if not is_less or _indicators(connection) <= MANY:
        yield
        return
    connection.execute(f"SET memory_limit = '{ROOM}'")
    try:
        yield
    finally:
        connection.execute(f"SET memory_limit = '{before}'")


@contextmanager
def _any_order(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Rows may be inserted in any order, so that every core inserts; publishing sorts them."""
    connection.execute("SET preserve_insertion_order = FALSE")
    try:
        yield
    finally:
        connection.execute("RESET preserve_insertion_order")


def _run(
    connection: duckdb.DuckDBPyConnection,
    checks: Iterable[Check],
    form: Form,
    broken: list[tuple[str, str]],
) -> list[Judged]:
    judged: list[Judged] = []
    for check in checks:
        try:
            done = judge(connection, check, form)
        except (duckdb.Error, InvalidCheck) as error:
            log.error("check %s failed: %s", check.check_id, error)
            forget(connection, check)
            broken.append((check.check_id, str(error)))
            continue
        judged.append(done)
        log.info("check %s: %s rows, %s broken", check.check_id, done.applied, done.broken)
    return judged
