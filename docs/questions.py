"""What `docs/questions.md` prints: answers over the samples, read afresh when the page is made."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from pipeline.ingest import ingest
from pipeline.query import run
from pipeline.show.plain import to_text

ROOT = Path(__file__).resolve().parent.parent


@cache
def published() -> Path:
    """A folder with the tables of `samples/`, which is deleted at the end."""
    logging.disable(logging.INFO)
    os.chdir(ROOT)
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ingest(["samples"], folder / "output")
    return folder / "output"


def answer(sql: str) -> str:
    """A query and its result as Markdown."""
    result = run(published(), sql).answer()
    lines = [f"| {' | '.join(result.names)} |", "|" + "---|" * len(result.names)]
    lines += [f"| {' | '.join(_cell(value) for value in row)} |" for row in result.rows]
    return f"```sql\n{sql.strip()}\n```\n\n" + "\n".join(lines)


def _cell(value: object) -> str:
    return to_text(value).replace("|", "\\|").replace("\n", " ")
