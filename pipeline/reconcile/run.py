"""Runs the checks over the published tables and writes verified, findings and check_results."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from pipeline.database import ROOM, room, with_room
from pipeline.reconcile.causes import group_causes
from pipeline.reconcile.evidence import resolve_evidence
from pipeline.reconcile.figures import FIGURES
from pipeline.reconcile.findings import register_finding_id, write_findings
from pipeline.reconcile.headers import Check, InvalidCheck, read_check
from pipeline.reconcile.judge import FEW, RESULT_TABLES, Form, Judged, judge, write_results
from pipeline.reconcile.macros import register_macros
from pipeline.reconcile.rescore import ALL_SCORES, BELOW_SCORES, RESCORING
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
# What checks can read besides the published tables; a run makes what its checks name.
PREPARED = (*FIGURES, RESCORING, *TEXT_TABLES)
_WORD = re.compile(r"\w+")
Broken = tuple[str, str]  # a check that could not run, and why


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """Which checks ran, which could not (with `errors` in the same order), and what they found.

    `documents` counts those that the checks were run for; for the others what they found before
    was kept.
    """

    checks: tuple[str, ...]
    failed: tuple[str, ...]
    errors: tuple[str, ...]
    findings: int
    documents: int


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
    return run_checks(connection, check_files(checks))


def check_files(checks: Sequence[Path]) -> list[Path]:
    """The built-in checks and the given ones (files, or folders of .sql files), by name."""
    files = {path.stem: path for path in (*builtin_checks(), *_files(checks))}
    return [files[name] for name in sorted(files)]


def run_checks(connection: duckdb.DuckDBPyConnection, files: Iterable[Path]) -> ReconcileReport:
    """Run exactly these check files, as many at a time as there are cores.

    What does not fit into the connection's memory is done again with more.
    """
    checks, unread = read_checks(files)
    return with_room(connection, partial(_run_checks, connection, checks, unread))


def _run_checks(
    connection: duckdb.DuckDBPyConnection, checks: Sequence[Check], unread: Sequence[Broken]
) -> ReconcileReport:
    connection.execute("DELETE FROM findings")
    with furnished(connection) as (shared, workers):
        judged, broken = run_side_by_side(connection, workers, checks, VERIFYING)
        write_results(connection, judged)
        write_found(connection, shared)
    return report(connection, judged, (*unread, *broken), counted(connection, "documents"))


@contextmanager
def furnished(
    connection: duckdb.DuckDBPyConnection,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, tuple[duckdb.DuckDBPyConnection, ...]]]:
    """A workshop with the macros, the units and empty tables for what checks find."""
    try:
        with (
            _room(connection),
            _any_order(connection),
            workshop(connection) as (shared, workers),
        ):
            _furnish(shared)
            yield shared, workers
    finally:
        close_workshop(connection)


def run_side_by_side(
    connection: duckdb.DuckDBPyConnection,
    workers: Sequence[duckdb.DuckDBPyConnection],
    checks: Iterable[Check],
    *further: Step,
) -> tuple[list[Judged], list[Broken]]:
    """Make what the checks name and run them, with further steps; what they did, who could not."""
    run = _Run("table" if counted(connection, "indicators") <= FEW else "query", [], [])
    steps = [run.step(check) for check in checks]
    read = {name for step in steps for name in step.reads}
    perform((*_preparing(connection, read), *steps, *further), workers, tidy=True)
    return run.judged, run.broken


def write_found(connection: duckdb.DuckDBPyConnection, shared: duckdb.DuckDBPyConnection) -> None:
    """Write the findings that the drafts of the workshop make."""
    merged = group_causes(shared)
    log.info("%s contradictions have the cause of another one", merged)
    resolve_evidence(shared)
    write_findings(connection)


def report(
    connection: duckdb.DuckDBPyConnection,
    judged: Iterable[Judged],
    broken: Iterable[Broken],
    documents: int,
) -> ReconcileReport:
    """What was done, and the findings that there are now."""
    said = sorted(broken)
    return ReconcileReport(
        checks=tuple(sorted(each.check.check_id for each in judged)),
        failed=tuple(name for name, _ in said),
        errors=tuple(error for _, error in said),
        findings=counted(connection, "findings"),
        documents=documents,
    )


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make everything that checks use, and leave it within the connection's reach."""
    names = [name for step in PREPARED for name in step.makes]
    with workshop(connection) as (shared, workers):
        _furnish(shared)
        perform(_preparing(connection, names), workers)


VERIFYING = Step(("verified",), ("proofs",), verify)


@dataclass(frozen=True, slots=True)
class _Run:
    """What the checks of one run have done so far."""

    form: Form
    judged: list[Judged]
    broken: list[Broken]

    def step(self, check: Check) -> Step:
        """Running one check: once what its SQL names is made, projects.verified included."""
        makes = ("proofs",) if check.proof else ()
        return Step(makes, names_read(check), partial(self._judge, check))

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


def names_read(check: Check) -> tuple[str, ...]:
    """What the SQL of a check names of all that steps make, projects.verified included."""
    words = set(_WORD.findall(check.sql.lower()))
    names = [name for step in PREPARED for name in step.makes if name in words]
    if words & {"verified", "proofs"} and not check.proof:
        names.append("verified")
    if "scores" in names:
        names.extend(name for name in BELOW_SCORES if name not in names)
    return tuple(names)


def _furnish(cursor: duckdb.DuckDBPyConnection) -> None:
    """Macros, units and tables for what checks find."""
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
        yield Step((), ("scores", *BELOW_SCORES), write_scores)


def _files(checks: Sequence[Path]) -> tuple[Path, ...]:
    return tuple(
        file
        for path in checks
        for file in (sorted(path.glob("*.sql")) if path.is_dir() else [path])
    )


def read_checks(files: Iterable[Path]) -> tuple[list[Check], list[Broken]]:
    """The checks that the files hold, and those that cannot be used."""
    checks: list[Check] = []
    broken: list[Broken] = []
    for file in files:
        try:
            checks.append(read_check(file))
        except (InvalidCheck, OSError, UnicodeDecodeError) as error:
            log.error("check %s cannot be used: %s", file.stem, error)
            broken.append((file.stem, str(error)))
    return checks, broken


def counted(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    """How many rows a table has."""
    ((rows,),) = connection.execute(f"SELECT count(*) FROM {name}").fetchall()
    return int(rows)


def _room(connection: duckdb.DuckDBPyConnection) -> AbstractContextManager[None]:
    return room(connection, ROOM) if counted(connection, "indicators") > MANY else nullcontext()


@contextmanager
def _any_order(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Rows may be inserted in any order, so that every core inserts; publishing sorts them."""
    connection.execute("SET preserve_insertion_order = FALSE")
    try:
        yield
    finally:
        connection.execute("RESET preserve_insertion_order")
