"""What the glossary does not know yet, and what each check did."""

from __future__ import annotations

import duckdb

from pipeline.show.database import select
from pipeline.show.screen import Format, write_answer

UNKNOWN_LABEL = "未识别的标签"  # how the form reader begins the reason of such a reject
LABELS = """
SELECT r.raw AS 标签, count(*) AS 次数, count(DISTINCT r.document_id) AS 文档数,
       min(d.file_name) AS 例如
FROM rejects r JOIN documents d USING (document_id)
WHERE starts_with(r.reason, $reason)
GROUP BY r.raw ORDER BY 次数 DESC, 标签
"""
CHECKS = """
SELECT check_id AS 检查, sum(applied) AS 适用, sum(held) AS 通过, sum(broken) AS 不符,
       sum(not_judged) AS 未判, min(reason) AS 未判原因
FROM check_results
GROUP BY check_id ORDER BY 不符 DESC, 检查
"""


def show_labels(connection: duckdb.DuckDBPyConnection, form: Format) -> None:
    """Write the labels that were seen and are not in the glossary, the commonest first."""
    write_answer(select(connection, LABELS, {"reason": UNKNOWN_LABEL}), form)


def show_checks(connection: duckdb.DuckDBPyConnection, form: Format) -> None:
    """Write how often each check applied, held, was broken and could not be judged."""
    write_answer(select(connection, CHECKS), form)
