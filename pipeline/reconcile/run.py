"""Runs the checks over the published tables and writes verified, findings and check_results."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from pipeline.reconcile.causes import group_causes
from pipeline.reconcile.evidence import resolve_evidence
from pipeline.reconcile.figures import FIGURES
from pipeline.reconcile.findings import register_finding_id, write_findings
from pipeline.reconcile.headers import Check, InvalidCheck, read_check
from pipeline.reconcile.judge import FEW, RESULT_TABLES, Form, Judged, judge, write_results
from pipeline.reconcile.macros import register_macros
from pipeline.reconcile.rescore import ALL_SCORES, RESCORING
from pipeline.reconcile.steps import Step, perform, steps_for
from pipeline.reconcile.text.prepare import TABLES as TEXT_TABLES
from pipeline.reconcile.text.prepare import register_text_macros
from pipeline.reconcile.units import register_units
from pipeline.reconcile.verify import verify
from pipeline.reconcile.workshop import close_workshop, workshop

log = logging.getLogger(__name__)

CHECKS = Path(__file__).parent / "checks"
# Beyond so many indicators the joins of one check, kept on disk, take longer than all the others.
MANY = 100_000
ANY = -1
ROOM = "2GB"
# What checks can read besides the published tables; a run makes what its checks name.
PREPARED = (*FIGURES, RESCORING, *TEXT_TABLES)
_WORD = re.compile(r"\w+")


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
    """Run exactly these check files, as many at a time as there are cores.

    What does not fit into the connection's memory is done again with more.
    """
    checks, unread = _read(files)
    try:
        return _run_checks(connection, checks, list(unread), MANY)
    except duckdb.OutOfMemoryException:
        log.info("reconciling needs more memory: it is done again with %s", ROOM)
        return _run_checks(connection, checks, list(unread), ANY)


def _run_checks(
    connection: duckdb.DuckDBPyConnection,
    checks: Sequence[Check],
    unread: list[tuple[str, str]],
    many: int,
) -> ReconcileReport:
    try:
        with (
            _room(connection, many),
            _any_order(connection),
            workshop(connection) as (shared, workers),
        ):
            run = _Run("TABLE" if _indicators(connection) <= FEW else "VIEW", [], unread)
            _furnish(connection, shared)
            steps = [run.step(check) for check in checks]
            read = {name for step in steps for name in step.reads}
            perform((*_preparing(connection, read), *steps, VERIFYING), workers)
            return _report(connection, shared, run)
    finally:
        close_workshop(connection)


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make everything that checks use, and leave it within the connection's reach."""
    names = [name for step in PREPARED for name in step.makes]
    with workshop(connection) as (shared, workers):
        _furnish(connection, shared)
        perform(_preparing(connection, names), workers)


VERIFYING = Step(("verified",), ("proofs",), verify)


@dataclass(frozen=True, slots=True)
class _Run:
    """What the checks of one run have done so far."""

    form: Form
    judged: list[Judged]
    broken: list[tuple[str, str]]  # the checks that could not run, and why

    def step(self, check: Check) -> Step:
        """Running one check: once what its SQL names is made, projects.verified included."""
        words = set(_WORD.findall(check.sql.lower()))
        names = [name for step in PREPARED for name in step.makes if name in words]
        if check.proof:
            return Step(("proofs",), tuple(names), partial(self._judge, check))
        if words & {"verified", "proofs"}:
            names.append("verified")
        return Step((), tuple(names), partial(self._judge, check))

    def _judge(self, check: Check, connection: duckdb.DuckDBPyConnection) -> None:
        try:
            done = judge(connection, check, self.form)
        except duckdb.OutOfMemoryException:
            raise
        except (duckdb.Error, InvalidCheck) as error:
            log.error("check %s failed: %s", check.check_id, error)
            self.broken.append((check.check_id, str(error)))
            return
        self.judged.append(done)
        log.info("check %s: %s rows, %s broken", check.check_id, done.applied, done.broken)


def _furnish(connection: duckdb.DuckDBPyConnection, cursor: duckdb.DuckDBPyConnection) -> None:
    """Empty the tables that reconciling fills; macros, units and tables for what checks find."""
    connection.execute("DELETE FROM findings")
    connection.execute("DELETE FROM check_results")
    register_macros(cursor)
    register_text_macros(cursor)
    register_finding_id(cursor)
    register_units(cursor)
    cursor.execute(RESULT_TABLES)


def _preparing(connection: duckdb.DuckDBPyConnection, names: Collection[str]) -> Iterator[Step]:
    """The steps that make what is named; new scores are those of the caller's table as well."""

    def write_scores(_: duckdb.DuckDBPyConnection) -> None:
        connection.execute("DELETE FROM scores")
        connection.execute(f"INSERT INTO scores BY NAME {ALL_SCORES}")

    needed = steps_for(PREPARED, names)
    yield from needed
    if RESCORING in needed:
        yield Step((), ("scores",), write_scores)


def _report(
    connection: duckdb.DuckDBPyConnection, cursor: duckdb.DuckDBPyConnection, run: _Run
) -> ReconcileReport:
    """Write what the checks found and counted."""
    write_results(connection, run.judged)
    merged = group_causes(cursor)
    log.info("%s contradictions have the cause of another one", merged)
    resolve_evidence(cursor)
    count = write_findings(connection)
    broken = sorted(run.broken)
    return ReconcileReport(
        checks=tuple(sorted(each.check.check_id for each in run.judged)),
        failed=tuple(name for name, _ in broken),
        errors=tuple(error for _, error in broken),
        findings=count,
    )


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
def _room(connection: duckdb.DuckDBPyConnection, many: int) -> Iterator[None]:
    """More memory, where the connection has less, to reconcile more indicators than `many`."""
    ((before, is_less),) = connection.execute(
        "SELECT current_setting('memory_limit'), parse_formatted_bytes("
        f"current_setting('memory_limit')) < parse_formatted_bytes('{ROOM}')"
    ).fetchall()
    if not is_less or _indicators(connection) <= many:
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
