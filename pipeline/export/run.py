"""`jixiao export`: every file that was asked for, from one selection of findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from pipeline.errors import UserError
from pipeline.export.datasets import write_csv, write_parquet
from pipeline.export.evidence import A_FILE, write_evidence
from pipeline.export.sheets import SHEETS, Rows, rows_of
from pipeline.export.stata import write_stata
from pipeline.export.xlsx import write_xlsx
from pipeline.reviews import Review, Reviews
from pipeline.selection import Selection
from pipeline.show.database import open_published
from pipeline.sources import reason_of

MEMORY = "256MB"  # of the database; a part of a table at a time needs no more


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

    def xlsx(self, path: Path, page: str | None) -> tuple[str, ...]:
        """One Excel workbook; its rows link to the page, where there is one."""
        return write_xlsx(path, self.tables(), page)

    def folder(self, folder: Path, ending: str, write: Callable[[Path, Rows], None]) -> None:
        """One file a table."""
        folder.mkdir(parents=True, exist_ok=True)
        for rows in self.tables():
            write(folder / f"{rows.sheet.name}.{ending}", rows)

    def evidence(self, path: Path) -> tuple[Path, ...]:
        """The working paper, in as many files as it needs."""
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
                notes = job.xlsx(xlsx, page)
                yield f"Excel：{xlsx}" + "".join(f"（{note}）" for note in notes)
            for folder, ending, write in (
                (csv, "csv", write_csv),
                (dta, "dta", write_stata),
                (parquet, "parquet", write_parquet),
            ):
                if folder is not None:
                    job.folder(folder, ending, write)
                    yield f"{ending}：{folder}"
            if evidence is not None:
                files = job.evidence(evidence)
                yield f"疑点底稿：{files[0]}" + _more(files)
    except OSError as error:
        raise UserError(f"无法写出 {error.filename or ''}：{reason_of(error)}") from error


def _more(files: tuple[Path, ...]) -> str:
    return f" 至 {files[-1].name}，共 {len(files)} 册，每册 {A_FILE:,} 条" if files[1:] else ""
