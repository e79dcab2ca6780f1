"""Exports: exact figures, no formula from a document, and the working paper with its proof."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import cli
from pipeline.errors import UserError
from pipeline.export.run import export
from pipeline.export.sheets import SHEETS
from pipeline.export.spreadsheet_text import defused, looks_like_formula
from pipeline.export.xlsx import MOST_ROWS
from pipeline.reviews import Reviews
from pipeline.selection import Selection, selection
from schemas.columns import Evidence, Locator
from schemas.results import Finding
from tests.conftest import Published

FORMULA = '=HYPERLINK("http://evil.example","点我")'
SCRIPT = "<script>alert(1)</script>"


def poison(output: Path) -> None:
    """Make every name in a published folder an attack."""
    with duckdb.connect(str(output / "jixiao.duckdb")) as connection:
        connection.execute("UPDATE projects SET unit = $a, project_name = $b",
                           {"a": SCRIPT, "b": FORMULA})  # fmt: skip
        connection.execute("UPDATE findings SET summary = $a", {"a": f"{FORMULA}{SCRIPT}"})


def written(published: Published, chosen: Selection | None = None, **paths: Path) -> Sequence[str]:
    return tuple(
        export(published.output, chosen or Selection(), **paths, page="http://127.0.0.1:1")
    )


@pytest.fixture
def book(published: Published, tmp_path: Path) -> Any:
    Reviews(published.output).decide(published.finding, "confirmed", "已与单位核实")
    written(published, xlsx=tmp_path / "a.xlsx")
    return openpyxl.load_workbook(tmp_path / "a.xlsx")


def test_the_workbook_has_four_sheets_with_filters(book: Any) -> None:
    assert book.sheetnames == ["疑点", "项目", "资金", "指标"]
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.max_row == (3 if sheet.title == "资金" else 2)


def test_the_workbook_shows_figures_reviews_and_links(book: Any, published: Published) -> None:
    row = dict(zip((c.value for c in book["疑点"][1]), book["疑点"][2], strict=True))
    assert row["摘要"].value.startswith("总额执行 277.7 万元")
    assert (row["应为"].value, row["实为"].value) == (267, 277.7)
    assert row["实为"].number_format == "0.0"
    assert (row["复核"].value, row["复核说明"].value) == ("属实", "已与单位核实")
    assert row["编号"].hyperlink.target == f"http://127.0.0.1:1/findings/{published.finding}"
    assert "277.70" in row["证据"].value


def test_a_formula_in_a_name_stays_text_everywhere(published: Published, tmp_path: Path) -> None:
    poison(published.output)
    written(published, xlsx=tmp_path / "a.xlsx", csv=tmp_path)
    for sheet in openpyxl.load_workbook(tmp_path / "a.xlsx"):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                if cell.value == FORMULA:
                    assert cell.quotePrefix
    text = (tmp_path / "projects.csv").read_text(encoding="utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text)))
    assert row["项目"] == f"'{FORMULA}"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])
def test_what_looks_like_a_formula_is_defused(start: str) -> None:
    assert defused(f"{start}1") == f"'{start}1"


@given(st.text())
def test_defusing_only_adds_a_leading_apostrophe(text: str) -> None:
    assert defused(text).removeprefix("'" if looks_like_formula(text) else "") == text
    assert not looks_like_formula(defused(text))


def test_csv_has_a_mark_and_every_digit(published: Published, tmp_path: Path) -> None:
    written(published, csv=tmp_path / "csv")
    raw = (tmp_path / "csv" / "funds.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [(row["金额（万元）"], row["原文"]) for row in rows] == [
        ("267", "267.00"),
        ("277.7", "277.70"),
    ]


def test_parquet_keeps_decimals(published: Published, tmp_path: Path) -> None:
    written(published, parquet=tmp_path / "pq")
    table = pq.read_table(tmp_path / "pq" / "funds.parquet")
    assert table["amount"].to_pylist() == [Decimal("267.000000"), Decimal("277.700000")]
    assert table.schema.field("amount").metadata[b"chinese"] == "金额（万元）".encode()


def test_stata_has_labels_and_chinese_text(published: Published, tmp_path: Path) -> None:
    with duckdb.connect(str(published.output / "jixiao.duckdb")) as connection:
        connection.execute("UPDATE projects SET goal_actual = repeat('清', 3000)")
    written(published, dta=tmp_path / "dta")
    assert (tmp_path / "dta" / "funds.dta").read_bytes()[:35].find(b"<release>118") > 0
    with pd.read_stata(tmp_path / "dta" / "funds.dta", iterator=True) as reader:
        assert reader.variable_labels()["amount"] == "金额（万元）"
        frame = reader.read()
    assert list(frame["amount"]) == [267.0, 277.7]
    assert list(frame["project_name"]) == ["渠道清淤工程"] * 2
    projects = pd.read_stata(tmp_path / "dta" / "projects.dta")
    assert projects["goal_actual"][0] == "清" * 3000


def test_stata_loses_nothing_of_rows_in_many_parts(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["清" * 3000, "", "短\0尾", "𠀀" * 600, None]
    with duckdb.connect(str(published.output / "jixiao.duckdb")) as connection:
        connection.execute("CREATE TEMP TABLE one AS SELECT * FROM findings")
        connection.execute("DELETE FROM findings")
        for number, text in enumerate(texts):
            words = {"id": f"f{number}", "basis": text, "kind": ["other", "strange"][number == 4],
                     "actual": None if number == 2 else Decimal(number)}  # fmt: skip
            connection.execute(
                """INSERT INTO findings SELECT * REPLACE ($id AS finding_id, $basis AS basis,
                   $kind AS kind, $actual AS actual) FROM one""",
                words,
            )
    monkeypatch.setattr("pipeline.export.sheets.ROWS_AT_ONCE", 2)
    written(published, dta=tmp_path)
    with pd.read_stata(tmp_path / "findings.dta", iterator=True) as reader:
        frame = reader.read()
        labels = reader.value_labels()  # asked first, it would keep the long texts from being read
    assert list(frame["finding_id"]) == [f"f{number}" for number in range(len(texts))]
    assert list(frame["basis"]) == ["清" * 3000, "", "短␀尾", "𠀀" * 600, ""]
    assert list(frame["severity"]) == ["高"] * len(texts)
    assert labels["severity"] == {1: "高", 2: "中", 3: "低"}
    assert list(frame["kind"]) == ["其他"] * 4 + ["strange"]  # no label for it: all stay words
    assert frame["actual"].isna().tolist() == [False, False, True, False, False]
    assert not list(tmp_path.glob(".stata*"))


def test_the_same_rows_give_the_same_stata_file(published: Published, tmp_path: Path) -> None:
    written(published, dta=tmp_path / "a")
    written(published, dta=tmp_path / "b")
    for sheet in SHEETS:
        name = f"{sheet.name}.dta"
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_every_table_is_written_even_when_it_is_empty(published: Published, tmp_path: Path) -> None:
    nothing = selection(text="没有这样的疑点")
    written(
        published, nothing, csv=tmp_path, dta=tmp_path, parquet=tmp_path, xlsx=tmp_path / "a.xlsx"
    )
    for sheet in SHEETS:
        assert (tmp_path / f"{sheet.name}.dta").exists()
        assert len((tmp_path / f"{sheet.name}.csv").read_text("utf-8").splitlines()) == 1


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        (selection(), 1),
        (selection(severities=("高",)), 1),
        (selection(severities=("low",)), 0),
        (selection(kinds=("executed_exceeds_budget",), unit="水利", year=2018, text="清淤"), 1),
        (selection(year=2019), 0),
        (selection(unit="教育"), 0),
        (selection(states=("confirmed",)), 0),
        (selection(states=("待定",)), 1),
        (selection(document="0000"), 0),
    ],
)
def test_exports_filter_like_the_page(
    chosen: Selection, count: int, published: Published, tmp_path: Path
) -> None:
    written(published, chosen, parquet=tmp_path)
    assert pq.read_table(tmp_path / "findings.parquet").num_rows == count
    assert pq.read_table(tmp_path / "projects.parquet").num_rows == count


def test_the_working_paper_is_one_file_with_marked_originals(
    published: Published, tmp_path: Path
) -> None:
    written(published, evidence=tmp_path / "e.html")
    page = (tmp_path / "e.html").read_text(encoding="utf-8")
    assert "总额执行 277.7 万元" in page
    assert re.search(r"<mark>277\.70</mark>", page)
    assert "[277.695, 277.705] 万元" in page
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)


def test_a_long_working_paper_goes_on_in_a_next_file(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with duckdb.connect(str(published.output / "jixiao.duckdb")) as connection:
        for number in range(4):
            connection.execute(
                """INSERT INTO findings SELECT * REPLACE ($id AS finding_id, $said AS summary)
                   FROM findings LIMIT 1""",
                {"id": f"f{number}", "said": f"又一条 {number}"},
            )
    monkeypatch.setattr("pipeline.export.evidence.A_FILE", 2)
    monkeypatch.setattr("pipeline.export.evidence.AT_ONCE", 1)
    lines = written(published, evidence=tmp_path / "底稿.html")
    assert "底稿-1.html 至 底稿-3.html，共 3 册" in lines[0]
    pages = [path.read_text(encoding="utf-8") for path in sorted(tmp_path.glob("底稿*.html"))]
    titles = [re.findall(r"<h2>(\d+)\. (.+)</h2>", page) for page in pages]
    assert [number for page in titles for number, _ in page] == ["1", "2", "3", "4", "5"]
    assert [said for page in titles for _, said in page][1:] == [f"又一条 {n}" for n in range(4)]
    assert "分 3 册；这是第 2 册，2 条" in pages[1]


def test_an_empty_working_paper_says_so(published: Published, tmp_path: Path) -> None:
    written(published, selection(text="没有这样的疑点"), evidence=tmp_path / "e.html")
    assert "没有符合条件的疑点" in (tmp_path / "e.html").read_text(encoding="utf-8")


def test_the_working_paper_runs_nothing_of_a_document(published: Published, tmp_path: Path) -> None:
    poison(published.output)
    published.source.unlink()
    written(published, evidence=tmp_path / "e.html")
    page = (tmp_path / "e.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "原文件不在了" in page


def test_a_pdf_is_cut_out_with_its_marks(published: Published, tmp_path: Path) -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    path = tmp_path / "a.pdf"
    made = canvas.Canvas(str(path), pagesize=(595, 842))
    made.drawString(100, 642, "277.70")
    made.save()
    pdf = path.read_bytes()
    from schemas.ids import document_id

    box = Locator(page=1, bbox=(98.0, 190.0, 140.0, 203.0))
    with duckdb.connect(str(published.output / "jixiao.duckdb")) as connection:
        connection.execute("UPDATE documents SET document_id = $id, source_uris = [$uri]",
                           {"id": document_id(pdf), "uri": str(path)})  # fmt: skip
        connection.execute("DELETE FROM findings")
    add_finding(published.output, document_id(pdf), box)
    written(published, evidence=tmp_path / "e.html")
    page = (tmp_path / "e.html").read_text(encoding="utf-8")
    assert 'href="data:image/png;base64,' in page
    assert '<rect x="98.0" y="190.0" width="42.0" height="13.0"/>' in page


def add_finding(output: Path, document: str, box: Locator) -> None:
    from schemas.arrow import to_arrow
    from schemas.tables import table

    absent: dict[str, Any] = dict.fromkeys(Finding.__dataclass_fields__)
    known = {
        "finding_id": "f1",
        "check_id": "c",
        "kind": "other",
        "severity": "low",
        "document_id": document,
        "summary": "一处",
        "confidence": "review",
        "evidence": (Evidence("执行", "277.70", box), Evidence("别处", "1", None)),
    }
    finding = replace(Finding(**{**absent, **known}))
    with duckdb.connect(str(output / "jixiao.duckdb")) as connection:
        connection.register("new_rows", to_arrow(table("findings"), (finding,)))
        connection.execute("INSERT INTO findings SELECT * FROM new_rows")


def test_the_command_says_what_it_wrote(
    published: Published, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "a.xlsx"
    assert cli.run(["export", "--output", str(published.output), "--xlsx", str(target)]) == 0
    assert str(target) in capsys.readouterr().out
    assert cli.run(["export", "--output", str(published.output)]) == 2
    assert "--xlsx" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_wrong_use(published: Published, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="无法写出"):
        written(published, csv=tmp_path / "file" / "below")


def test_excel_gets_no_more_rows_than_it_can_hold(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_ROWS + 1 == 2**20
    monkeypatch.setattr("pipeline.export.xlsx.MOST_ROWS", 1)
    lines = written(published, xlsx=tmp_path / "a.xlsx")
    assert "资金、资金2" in lines[0]
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["疑点", "项目", "资金", "资金2", "指标", "说明"]
    assert [book[name]["K2"].value for name in ("资金", "资金2")] == ["267.00", "277.70"]
    assert "资金、资金2" in book["说明"]["A1"].value


def test_excel_says_where_a_text_is_too_long_for_it(published: Published, tmp_path: Path) -> None:
    with duckdb.connect(str(published.output / "jixiao.duckdb")) as connection:
        connection.execute("UPDATE projects SET goal_actual = repeat('清', 40000)")
    written(published, xlsx=tmp_path / "a.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx")["项目"]["M2"]
    assert len(cell.value) == 32_767
    assert "此处截断" in cell.value
