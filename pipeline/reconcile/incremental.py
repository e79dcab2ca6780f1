"""Reconciles what changed since the last release and what depends on it; the rest is copied.

What is found in a document rests on that document, but for the checks that compare documents: those
run over all. The others run in a small database, which holds only the documents that changed and
those that a check of the corpus contradicts or contradicted: findings of one cause are merged.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.database import within
from pipeline.known import Known
from pipeline.reconcile.headers import Check
from pipeline.reconcile.judge import Judged, write_results
from pipeline.reconcile.rescore import RESCORING
from pipeline.reconcile.run import (
    VERIFYING,
    Broken,
    ReconcileReport,
    check_files,
    counted,
    furnished,
    names_read,
    read_checks,
    report,
    run_side_by_side,
    write_found,
)
from pipeline.reconcile.steps import Step
from schemas.column_types import quoted
from schemas.tables import EXTRACTION_TABLES, create_table, literal

log = logging.getLogger(__name__)

LAST = "last_release"
SMALL = "changed"
# Copying saves little where most documents have to be reconciled anyway.
MOST = 0.5
# What checks of the corpus cannot read, since it is made of changed documents only.
OF_DOCUMENTS = frozenset((*RESCORING.makes, "verified", "proofs"))

CHANGED = f"""
CREATE OR REPLACE TEMP TABLE unsettled AS
SELECT document_id FROM (FROM documents EXCEPT FROM {LAST}.documents)
UNION
SELECT document_id FROM documents SEMI JOIN (SELECT unnest($read_since) AS document_id)
  USING (document_id)
UNION
SELECT document_id FROM {LAST}.check_results SEMI JOIN documents USING (document_id)
WHERE broken > 0 AND list_contains($of_corpus, check_id)
"""
CONTRADICTED = """
INSERT INTO unsettled
SELECT document_id FROM documents SEMI JOIN found USING (document_id)
ANTI JOIN unsettled USING (document_id)
"""
SETTLED = """
CREATE OR REPLACE TEMP TABLE settled AS
SELECT document_id, project_id FROM documents ANTI JOIN unsettled USING (document_id)
LEFT JOIN projects USING (document_id)
"""
# All at once, as a full run does it.
VERIFIED = f"""
UPDATE projects SET verified = known.verified, proofs = known.proofs
FROM (
  SELECT project_id, verified, proofs FROM {SMALL}.projects
  UNION ALL
  SELECT project_id, verified, proofs FROM {LAST}.projects SEMI JOIN settled USING (project_id)
) known
WHERE known.project_id = projects.project_id
"""
COPIED = (
    "DELETE FROM scoring_rules WHERE pack IS NOT NULL",
    f"INSERT INTO scoring_rules BY NAME FROM {SMALL}.scoring_rules WHERE pack IS NOT NULL",
    f"INSERT INTO scoring_rules BY NAME FROM {LAST}.scoring_rules SEMI JOIN settled "
    "USING (document_id) WHERE pack IS NOT NULL",
    f"INSERT INTO scores BY NAME FROM {LAST}.scores SEMI JOIN settled USING (project_id)",
    f"INSERT INTO findings BY NAME FROM {LAST}.findings SEMI JOIN settled USING (document_id)",
)
RESULTS = f"""
INSERT INTO counts BY NAME
FROM {LAST}.check_results SEMI JOIN settled USING (document_id)
WHERE NOT list_contains($of_corpus, check_id)
"""


def reconcile_changed(
    connection: duckdb.DuckDBPyConnection, checks: Sequence[Path], known: Known
) -> ReconcileReport | None:
    """Reconcile as `reconcile` does, by what is known; None where that may give something else."""
    read, unread = read_checks(check_files(checks))
    if unread or any(map(_rests_on_results, read)):
        return None
    try:
        connection.execute(f"ATTACH {literal(str(known.database))} AS {LAST} (READ_ONLY)")
    except duckdb.Error as error:  # somebody else may be writing to it
        log.warning("the last release cannot be opened: %s", error)
        return None
    try:
        with _letting_go(connection):
            return _reconcile(connection, read, known)
    except duckdb.OutOfMemoryException as error:
        log.warning("not only what changed is reconciled: %s", error)
        return None


def _rests_on_results(check: Check) -> bool:
    """Whether a check of the corpus reads or proves what is made of one document at a time."""
    return check.scope == "corpus" and bool(check.proof or OF_DOCUMENTS & {*names_read(check)})


def _reconcile(
    connection: duckdb.DuckDBPyConnection, checks: Sequence[Check], known: Known
) -> ReconcileReport | None:
    of_corpus = [check.check_id for check in checks if check.scope == "corpus"]
    terms = {"read_since": list(known.read_since), "of_corpus": of_corpus}
    connection.execute(CHANGED, terms)
    if _are_many(connection):
        return None
    for table in ("scores", "findings"):
        connection.execute(f"DELETE FROM {table}")
    over, broken = _run(connection, [check for check in checks if check.scope == "corpus"])
    connection.execute(CONTRADICTED)
    if broken or _are_many(connection):
        return None
    _fill_small(connection)
    with within(connection, SMALL):
        own, broken = _run(connection, [c for c in checks if c.scope == "document"], VERIFYING)
    if broken:
        return None
    judged = (*over, *own)
    _copy(connection)
    with furnished(connection) as (shared, _):
        connection.execute("INSERT INTO counts FROM told")
        connection.execute(RESULTS, {"of_corpus": of_corpus})
        write_results(connection, judged)
        connection.execute("INSERT INTO drafts FROM found")
        write_found(connection, shared)
    return report(connection, judged, (), counted(connection, "unsettled"))


def _are_many(connection: duckdb.DuckDBPyConnection) -> bool:
    return counted(connection, "unsettled") > MOST * counted(connection, "documents")


def _run(
    connection: duckdb.DuckDBPyConnection, checks: Iterable[Check], *further: Step
) -> tuple[list[Judged], list[Broken]]:
    """Run checks over the documents in reach; what they count is kept, and what they found."""
    with furnished(connection) as (_, workers):
        judged, broken = run_side_by_side(connection, workers, checks, *further)
        for kept, made in (("told", "counts"), ("found", "drafts")):
            connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {kept} AS FROM {made} LIMIT 0")
            connection.execute(f"INSERT INTO {kept} FROM {made}")
    return judged, broken


def _fill_small(connection: duckdb.DuckDBPyConnection) -> None:
    """A database of only the documents to be reconciled."""
    connection.execute(f"ATTACH ':memory:' AS {SMALL}")
    for spec in EXTRACTION_TABLES:
        connection.execute(create_table(spec).replace("TABLE ", f"TABLE {SMALL}.", 1))
        connection.execute(
            f"INSERT INTO {SMALL}.{quoted(spec.name)}"
            f" FROM {quoted(spec.name)} SEMI JOIN unsettled USING (document_id)"
        )


def _copy(connection: duckdb.DuckDBPyConnection) -> None:
    """Take what was made of the changed documents, and what was known of the others."""
    connection.execute(SETTLED)
    connection.execute(VERIFIED)
    for statement in COPIED:
        connection.execute(statement)


@contextmanager
def _letting_go(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """In the end the databases attached here are let go of, and the tables made here dropped."""
    try:
        yield
    finally:
        for name in (LAST, SMALL):
            connection.execute(f"DETACH DATABASE IF EXISTS {name}")
        for name in ("unsettled", "settled", "told", "found"):
            connection.execute(f"DROP TABLE IF EXISTS {name}")
