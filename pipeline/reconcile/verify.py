"""Says of every project whether the form's own arithmetic proves that it was read right.

The identities are the checks whose header has a `proof`: a sum, a rate or a total that closes over
many printed figures is a checksum of the reading.
"""

from __future__ import annotations

import duckdb

# A statement fails where any row of it failed; one that only truncation explains does neither.
VERIFY = """
UPDATE projects SET
  verified = CASE WHEN v.any_failed THEN 'disproved' WHEN v.any_held THEN 'proved'
    ELSE 'unproved' END,
  proofs = v.statements
FROM (
  SELECT p.project_id, coalesce(bool_or(s.failed), FALSE) AS any_failed,
    coalesce(bool_or(s.held), FALSE) AS any_held,
    coalesce(list(CASE WHEN s.failed THEN s.statement || '：不成立' ELSE s.statement END
      ORDER BY s.check_id, s.statement) FILTER (s.failed OR s.held), []) AS statements
  FROM projects p LEFT JOIN proofs s USING (project_id)
  GROUP BY p.project_id
) v
WHERE v.project_id = projects.project_id
"""


def verify(connection: duckdb.DuckDBPyConnection) -> None:
    """Set projects.verified and projects.proofs from the proofs gathered so far."""
    connection.execute(VERIFY)
