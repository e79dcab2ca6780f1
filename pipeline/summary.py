"""What one run did, for the command line and other callers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from schemas.vocabulary import Severity, Status, StatusCode

EXIT_READ: Final = 0
EXIT_FINDINGS: Final = 1
EXIT_FAILED: Final = 3


@dataclass(frozen=True, slots=True)
class Progress:
    """One document more has been read in this run."""

    done: int
    total: int
    name: str
    status: Status


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be read, or not wholly, and why."""

    name: str
    reason: str
    code: StatusCode | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """Rows of the tables now published."""

    documents: int
    projects: int
    indicators: int
    rejects: int
    findings_high: int
    findings_medium: int
    findings_low: int


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One ingest: `documents_*` count documents of the paths given, the rest what is published."""

    run_id: str
    documents_seen: int
    documents_new: int
    documents_unchanged: int
    documents_failed: int
    documents_partial: int
    documents_retired: int
    projects: int
    indicators: int
    rejects: int
    findings_high: int
    findings_medium: int
    findings_low: int
    failures: tuple[Failure, ...]
    partials: tuple[Failure, ...]
    checks_failed: tuple[str, ...]
    seconds: float
    documents_outdated: int = 0
    republished: bool = True
    documents_reconciled: int = 0  # anew; of the others what was found before still holds

    def exit_code(self, fail_on: Severity | None = None) -> Literal[0, 1, 3]:
        """3 if a document failed, else 1 if there is a finding at or above `fail_on`, else 0."""
        if self.documents_failed:
            return EXIT_FAILED
        counts = (self.findings_high, self.findings_medium, self.findings_low)
        order: tuple[Severity, ...] = ("high", "medium", "low")
        if fail_on is not None and any(counts[: order.index(fail_on) + 1]):
            return EXIT_FINDINGS
        return EXIT_READ
