"""Hostile files through the whole line: each costs at most itself and has a reason of its own."""

from __future__ import annotations

import ast
from pathlib import Path

import duckdb
from hostile.make import THREATS
from plain_reports import no_checks

from pipeline import executor, reading
from pipeline.ingest import ingest
from pipeline.verify import verify
from schemas.status_codes import code_of

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 10.0
REPORT = "项目名称：渠道清淤\n全年预算数：100万元\n全年执行数：90万元\n"
EXPECTED: dict[str, set[str | None]] = {
    "docx_of_one_endless_text": {"hostile"},
    "docx_of_paragraphs": {"hostile"},
    "docx_of_laughs": {"hostile"},
    "docx_that_asks_for_a_file": {"hostile"},
    "docx_of_nested_tables": {"damaged"},
    "xlsx_with_a_cell_at_the_end": {"oversized"},
    "xlsx_with_one_merge": {"nothing_found"},
    "pdf_packed_twice": {"parser_died", "time_limit", "memory_limit"},  # pdfium dies of the memory
    "pdf_form_in_itself": {"empty"},
    "pdf_tree_in_a_circle": {"damaged"},
    "pdf_of_nested_arrays": {"empty"},
    "pdf_cut_off": {"truncated"},
    "zip_that_climbs": {"nothing_found"},
    "zip_in_zip_in_zip": {"oversized"},
    "zip_of_zeros": {"hostile"},
    "html_that_spans": {"nothing_found"},
    "html_of_depth": {"hostile"},
    "text_of_labels": {"nothing_found", "partly_read", "time_limit"},
    "text_of_one_line": {"nothing_found"},
    "text_of_empty_cells": {"nothing_found", "time_limit"},
    "text_of_digits": {"nothing_found", "partly_read"},
    "csv_of_commas": {"nothing_found"},
    "nothing": {"empty"},
    "noise": {"unsupported"},
}


def test_every_threat_costs_only_itself(tmp_path: Path) -> None:
    folder, output = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for make in THREATS:
        (folder / make.__name__).write_bytes(make())
    (folder / "zz").write_text(REPORT, "utf-8")
    summary = ingest([folder], output, reconcile=no_checks, workers=2, seconds=SECONDS)
    assert summary.exit_code() == 3
    assert summary.projects >= 1
    assert verify(output).faults == ()
    with duckdb.connect(str(output / "jixiao.duckdb"), read_only=True) as connection:
        query = "SELECT file_name, status_code, status_reason FROM documents"
        rows = connection.execute(query).fetchall()
        ingests = "SELECT count(*) FROM ingests WHERE reason IS NOT NULL AND reason_code IS NULL"
        assert connection.execute(ingests).fetchall() == [(0,)]
    found = {name.partition("!")[0]: (code, reason) for name, code, reason in rows}
    assert set(found) == {make.__name__ for make in THREATS} | {"zz"}
    unexpected = {n: found[n] for n, codes in EXPECTED.items() if found[n][0] not in codes}
    assert unexpected == {}
    assert not list(tmp_path.parent.glob("外.txt")) + list(tmp_path.glob("*.txt"))


def reasons(path: Path) -> list[str]:
    """The fixed text of every reason that a module gives for not reading a document."""
    tree = ast.parse(path.read_text("utf-8"))
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "UnreadableDocument":
            (given,) = node.args
            if isinstance(given, ast.Name):
                given = constants.get(given.id, given)
            parts = [
                each.value
                for each in ast.walk(given)
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            ]
            found += ["".join(parts)] if parts else []
    return found


def test_every_reason_of_a_reader_has_a_code() -> None:
    found = [
        reason for path in sorted((ROOT / "extractors").rglob("*.py")) for reason in reasons(path)
    ]
    assert len(found) > 20
    assert [reason for reason in found if code_of(reason) is None] == []


def test_every_reason_of_the_line_has_a_code() -> None:
    given = {
        executor.CRASHED: "parser_died",
        executor.KILLED: "memory_limit",
        executor.OVERSPENT: "time_limit",
        executor.OVERDUE: "time_limit",
        reading.OUT_OF_MEMORY: "memory_limit",
        reading.NOTHING_INSIDE: "empty",
        reading.DEFECT: "defect",
    }
    assert {reason: code_of(reason) for reason in given} == given
