"""Tries an auditor's own checks on published tables, in memory: nothing published changes."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipeline.errors import UserError
from pipeline.reconcile.headers import InvalidCheck, read_check
from pipeline.reconcile.run import builtin_checks, run_checks
from pipeline.show.coverage import show_checks
from pipeline.show.database import select
from pipeline.show.screen import Format, console, write_answer
from schemas.tables import TABLES, create_all

FOUND = """
SELECT f.check_id AS 检查, f.severity AS 程度, d.file_name AS 文件, p.project_name AS 项目,
       f.summary AS 摘要
FROM findings f JOIN documents d ON d.document_id = f.document_id
LEFT JOIN projects p ON p.project_id = f.project_id
ORDER BY f.check_id, d.file_name, p.ordinal, f.finding_id
"""


def try_checks(published: duckdb.DuckDBPyConnection, folder: Path, form: Format) -> None:
    """Run the checks of a folder over the published tables and write what they did and found."""
    if not folder.is_dir():
        raise UserError(f"没有这个文件夹：{folder}")
    own = sorted(folder.glob("*.sql"))
    if not own:
        raise UserError(f"{folder} 里没有检查（.sql 文件）")
    names = {path.stem for path in own}
    proofs = [p for p in builtin_checks() if p.stem not in names and _proves(p)]
    with duckdb.connect() as trial:
        _copy(published, trial)
        report = run_checks(trial, [*proofs, *own])
        for table in ("findings", "check_results"):
            trial.execute(
                f"DELETE FROM {table} WHERE NOT list_contains($names, check_id)",
                {"names": sorted(names)},
            )
        show_checks(trial, form)
        write_answer(select(trial, FOUND), form)
    for name, error in zip(report.failed, report.errors, strict=True):
        console(stderr=True).print(f"{name} 未能运行：{error}", markup=False)


def _proves(path: Path) -> bool:
    """Whether a check says how sure the reading is, which findings of other checks depend on."""
    try:
        return read_check(path).proof is not None
    except InvalidCheck:
        return False


def _copy(published: duckdb.DuckDBPyConnection, trial: duckdb.DuckDBPyConnection) -> None:
    create_all(trial)
    for spec in TABLES:
        rows = published.sql(f"SELECT * FROM {spec.name}").to_arrow_table()
        trial.register("published_rows", rows)
        trial.execute(f"INSERT INTO {spec.name} BY NAME SELECT * FROM published_rows")
        trial.unregister("published_rows")
