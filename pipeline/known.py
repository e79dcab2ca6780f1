"""What the last release says of documents that have not changed since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pipeline.datapackage import fingerprint, read_datapackage
from pipeline.release import PUBLISHED

_, DATABASE_NAME, _ = PUBLISHED


@dataclass(frozen=True, slots=True)
class Known:
    """The database of the last release, and the documents that were read again since."""

    database: Path
    read_since: tuple[str, ...]


def known_from(release: Path, read_since: tuple[str, ...]) -> Known | None:
    """What a release says; None where its database is not as it was published."""
    database = release / DATABASE_NAME
    try:
        resources = read_datapackage(release)["resources"]
        said = next(each for each in resources if each["path"] == DATABASE_NAME)
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, StopIteration):
        return None
    is_intact = fingerprint(database).items() <= said.items()
    return Known(database, read_since) if is_intact else None
