"""What people decided about findings: a database of its own, which no ingest touches.

Findings have stable ids, so a decision stays with its finding when the reports are read again; one
whose finding has gone is kept.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, get_args

from pipeline.errors import UserError

ReviewState = Literal["open", "confirmed", "dismissed"]
STATES: Final[Mapping[str, str]] = {"open": "待定", "confirmed": "属实", "dismissed": "排除"}
FILE_NAME = "reviews.sqlite3"
LONGEST_NOTE = 4_000  # characters
PATIENCE = 10.0  # seconds to wait for another writer
SCHEMA = """
CREATE TABLE IF NOT EXISTS decisions (
  ordinal INTEGER PRIMARY KEY,
  finding_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'dismissed')),
  note TEXT NOT NULL,
  decided_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS decisions_by_finding ON decisions (finding_id, ordinal);
"""
LATEST = """
SELECT finding_id, state, note, decided_at FROM decisions d
WHERE ordinal = (SELECT max(ordinal) FROM decisions e WHERE e.finding_id = d.finding_id)
"""


@dataclass(frozen=True, slots=True)
class Review:
    """The latest decision about one finding; `decided_at` is in UTC."""

    finding_id: str
    state: ReviewState
    note: str
    decided_at: str


class Reviews:
    """The decisions kept beside a published folder; earlier ones stay as history."""

    def __init__(self, output: Path) -> None:
        self._path = output / FILE_NAME

    def decide(self, finding_id: str, state: str, note: str) -> Review:
        """Record a decision; raises UserError for an unknown state or a note that is too long."""
        known: tuple[ReviewState, ...] = get_args(ReviewState)
        chosen = next((each for each in known if each == state), None)
        if chosen is None:
            raise UserError(f"没有“{state}”这个复核结论，可用的有：{'、'.join(STATES)}")
        if len(note) > LONGEST_NOTE:
            raise UserError(f"说明太长（{len(note)} 字），最多 {LONGEST_NOTE} 字")
        now = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
        review = Review(finding_id, chosen, note.strip(), now)
        with self._opened() as connection, connection:
            connection.execute(
                "INSERT INTO decisions (finding_id, state, note, decided_at) VALUES (?, ?, ?, ?)",
                (review.finding_id, review.state, review.note, review.decided_at),
            )
        return review

    def latest(self) -> tuple[Review, ...]:
        """The latest decision about every finding that has one."""
        return self._select(f"{LATEST} ORDER BY finding_id", ())

    def of(self, finding_ids: Iterable[str]) -> tuple[Review, ...]:
        """The latest decisions about these findings."""
        wanted = tuple(finding_ids)
        marks = ", ".join("?" * len(wanted))
        return self._select(f"{LATEST} AND finding_id IN ({marks})", wanted)

    def history(self, finding_id: str) -> tuple[Review, ...]:
        """Every decision about one finding, the latest first."""
        sql = "SELECT finding_id, state, note, decided_at FROM decisions"
        return self._select(f"{sql} WHERE finding_id = ? ORDER BY ordinal DESC", (finding_id,))

    def _select(self, sql: str, parameters: tuple[str, ...]) -> tuple[Review, ...]:
        if not self._path.exists():
            return ()
        with self._opened() as connection:
            return tuple(Review(*row) for row in connection.execute(sql, parameters))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=PATIENCE)) as connection:
                connection.executescript(SCHEMA)
                yield connection
        except sqlite3.Error as error:
            raise UserError(f"打不开复核记录 {self._path}：{error}") from error
