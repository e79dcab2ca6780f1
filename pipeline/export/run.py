"""`jixiao export`: every file that was asked for, from one selection of findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from pipeline.errors import UserError
from pipeline.export.datasets import write_csv, write_parquet, write_stata
from pipeline.export.evidence import write_evidence
from pipeline.export.sheets import SHEETS, Rows, rows_of
from pipeline.export.xlsx import write_xlsx
from pipeline.reviews import Review, Reviews
from pipeline.selection import Selection
from pipeline.show.database import open_published
from pipeline.sources import reason_of

MEMORY = "3GB"  # a sort of a million findings needs 1 GB


class Export:
    """One selection of findings of one published folder, to be written in several forms."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, chosen: Selection, reviews: tuple[Review, ...]
    ) -> None:
        self._connection = connection
        self._chosen = chosen
        self._reviews = reviews

    def tables(self) -> Iterator[Rows]:
        """The four tables, each read when its turn comes."""
        for sheet in SHEETS:
            yield rows_of(self._connection, sheet, self._chosen, self._reviews)

    def xlsx(self, path: Path, page: str | None) -> None:
        """One Excel workbook; its rows link to the page, where there is one."""
        write_xlsx(path, self.tables(), page)

    def folder(self, folder: Path, ending: str, write: Callable[[Path, Rows], None]) -> None:
        """One file a table."""
        folder.mkdir(parents=True, exist_ok=True)
        for rows in self.tables():
            write(folder / f"{rows.sheet.name}.{ending}", rows)

    def evidence(self, path: Path) -> int:
        """The working paper; how many findings were left out as too many."""
        return write_evidence(path, self._connection, self._chosen, self._reviews)


def export(
    output: Path,
    chosen: Selection,
    xlsx: Path | None = None,
    csv: Path | None = None,
    dta: Path | None = None,
    parquet: Path | None = None,
    evidence: Path | None = None,
    page: str | None = None,
) -> Iterator[str]:
    """Write the forms that were asked for; yields a Chinese line about each."""
    if not any((xlsx, csv, dta, parquet, evidence)):
        raise UserError("请至少写一种：--xlsx --csv --dta --parquet --evidence")
    try:
        with open_published(output, MEMORY) as connection:
            job = Export(connection, chosen, Reviews(output).latest())
            if xlsx is not None:
                job.xlsx(xlsx, page)
                yield f"Excel：{xlsx}"
            for folder, ending, write in (
                (csv, "csv", write_csv),
                (dta, "dta", write_stata),
                (parquet, "parquet", write_parquet),
            ):
                if folder is not None:
                    job.folder(folder, ending, write)
                    yield f"{ending}：{folder}"
            if evidence is not None:
                left_out = job.evidence(evidence)
                more = f"（另有 {left_out} 条太多，没有列入；请加筛选条件）" if left_out else ""
                yield f"疑点底稿：{evidence}{more}"
    except OSError as error:
        raise UserError(f"无法写出 {error.filename or ''}：{reason_of(error)}") from error
