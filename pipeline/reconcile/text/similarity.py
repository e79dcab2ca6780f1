"""Passages of different reports that are alike: MinHash over shingles, then the exact share.

Passages that many units share are common wording, not a copy; so is what the list of statutory
wording says. Candidates come from equal bands of the signature, grouped in SQL: no pair is formed
but of passages that are likely alike.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import duckdb
import pyarrow as pa
from rensa import RMinHash

from pipeline.reconcile.steps import Step

LEAST_SIGNS = 80  # letters and figures; shorter passages are alike by chance
SHINGLE = 5  # signs
PERMUTATIONS = 64
BAND = 8  # values of the signature that must all be equal; eight bands find what is 0.9 alike
SEED = 1
CROWD = 6  # passages with one band in common; more are common wording
ALIKE = 0.9  # share of common shingles from which a passage is a copy
STATUTORY = Path(__file__).parents[1] / "data" / "statutory_wording.txt"

Likeness = tuple[str, str, str, str, str, str, str, bool, float, int]

PASSAGES = """
SELECT passage_id, project_id, document_id, words, entire FROM (
  SELECT section_id AS passage_id, project_id, document_id, text AS words, TRUE AS entire
  FROM sections WHERE project_id IS NOT NULL
  UNION ALL -- a paragraph may be copied into a section of one's own
  SELECT section_id, project_id, document_id, line, FALSE FROM (
    SELECT *, unnest(string_split(text, chr(10))) AS line
    FROM sections WHERE project_id IS NOT NULL AND contains(text, chr(10)))
  WHERE length(line) < 0.85 * length(text)
  UNION ALL
  SELECT project_id || '#goal_expected', project_id, document_id, goal_expected, TRUE
  FROM projects
  UNION ALL
  SELECT project_id || '#goal_actual', project_id, document_id, goal_actual, TRUE
  FROM projects
)
WHERE length(words) >= $1 ORDER BY passage_id, length(words) DESC, words
"""
CANDIDATES = """
WITH crowded AS (
  SELECT band, list(DISTINCT passage ORDER BY passage) AS passages FROM bands GROUP BY band
  HAVING count(DISTINCT passage) BETWEEN 2 AND $1
)
SELECT DISTINCT a.passage, b.passage FROM (
  SELECT band, unnest(passages) AS passage FROM crowded) a
JOIN (SELECT band, unnest(passages) AS passage FROM crowded) b
  ON a.band = b.band AND a.passage < b.passage
ORDER BY 1, 2
"""


@lru_cache(maxsize=1)
def statutory_wording() -> tuple[str, ...]:
    """Passages of rules that every report may repeat, without white space and punctuation."""
    lines = STATUTORY.read_text(encoding="utf-8").splitlines()
    return tuple(folded(line) for line in lines if line and not line.startswith("#"))


def folded(text: str) -> str:
    """Letters and figures only.

    >>> folded("一、专款专用，不得 挪用。")
    '一专款专用不得挪用'
    """
    return "".join(sign for sign in text if sign.isalnum())


def own_words(text: str) -> str:
    """What a passage says besides statutory wording, folded."""
    words = folded(text)
    for wording in statutory_wording():
        words = words.replace(wording, "")
    return words


def shingles(words: str) -> frozenset[str]:
    """Every run of signs of one length."""
    return frozenset(words[at : at + SHINGLE] for at in range(len(words) - SHINGLE + 1))


def likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """Share of common shingles.

    >>> likeness(shingles("甲乙丙丁戊己"), shingles("甲乙丙丁戊己"))
    1.0
    """
    union = len(left | right)
    return len(left & right) / union if union else 0.0


def _make_likenesses(connection: duckdb.DuckDBPyConnection) -> None:
    rows = connection.execute(PASSAGES, [LEAST_SIGNS]).fetchall()
    words = [own_words(row[3]) for row in rows]
    kept = [at for at, text in enumerate(words) if len(text) >= LEAST_SIGNS]
    pairs = _candidates(connection, kept, words) if len(kept) > 1 else []
    found: dict[tuple[str, str], Likeness] = {}
    for left, right in pairs:
        if rows[left][1] == rows[right][1]:
            continue
        share = likeness(shingles(words[left]), shingles(words[right]))
        if share >= ALIKE:
            signs = min(len(words[left]), len(words[right]))
            place = rows[left][0], rows[right][0]
            if place not in found or found[place][-1] < signs:  # the whole before its paragraphs
                quote = rows[left][3].strip()
                entire = rows[left][4] and rows[right][4]
                ends = (*rows[left][:3], *rows[right][:3])
                found[place] = (*ends, quote, entire, share, signs)
    _store(connection, list(found.values()))


def _candidates(
    connection: duckdb.DuckDBPyConnection, kept: list[int], words: list[str]
) -> list[tuple[int, int]]:
    passages: list[int] = []
    bands: list[str] = []
    for at in kept:
        sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
        sketch.update(sorted(shingles(words[at])))
        digest = sketch.digest()
        for first in range(0, PERMUTATIONS, BAND):
            passages.append(at)
            bands.append(f"{first}:{digest[first : first + BAND]}")
    connection.register("bands", pa.table({"passage": passages, "band": bands}))
    pairs = connection.execute(CANDIDATES, [CROWD]).fetchall()
    connection.unregister("bands")
    return [(left, right) for left, right in pairs]


COLUMNS = (
    "left_id",
    "left_project",
    "left_document",
    "right_id",
    "right_project",
    "right_document",
    "words",
)


def _store(
    connection: duckdb.DuckDBPyConnection,
    found: list[Likeness],
) -> None:
    columns: dict[str, pa.Array] = {
        name: pa.array([row[at] for row in found], pa.string()) for at, name in enumerate(COLUMNS)
    }
    columns["entire"] = pa.array([row[7] for row in found], pa.bool_())
    columns["likeness"] = pa.array([row[8] for row in found], pa.float64())
    columns["signs"] = pa.array([row[9] for row in found], pa.int64())
    connection.register("new_likenesses", pa.table(columns))
    connection.execute("CREATE TABLE likenesses AS SELECT * FROM new_likenesses")
    connection.unregister("new_likenesses")


TABLES = (Step(("likenesses",), (), _make_likenesses, ("likenesses",)),)
