"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from rich.cells import cell_len

from pipeline import cli
from pipeline.errors import UserError
from pipeline.show.database import LOCKED_DOWN, open_published, select
from pipeline.show.findings import one_of
from pipeline.show.inspection import inspect
from pipeline.show.original import covers, quote, read_source
from schemas import chinese, vocabulary
from schemas.columns import Locator
from tests.conftest import REPORT, Published

ROOT = Path(__file__).parents[1]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_help_names_every_command(capsys: Capture) -> None:
    assert cli.run([]) == 0
    printed = capsys.readouterr().out
    for command in _commands():
        assert command in printed


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in _commands() if f"jixiao {name}" not in readme]
    assert not missing


def test_help_needs_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys; from pipeline import cli; cli.run(['ingest', '--help']);"
        "print(sorted({'duckdb', 'pyarrow', 'pandas', 'numpy', 'lxml', 'extractors'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ingest", "没有的.txt"], "没有的.txt"),
        (["ingest"], "缺少参数 路径"),
        (["ingest", ".", "--checks", "没有的文件夹"], "没有这个文件夹：没有的文件夹"),
        (["ingest", ".", "--workers", "0"], "--workers 至少是 1"),
        (["ingest", ".", "--fail-on", "严重"], "--fail-on 不能是 严重"),
        (["sql", "SELECT 1"], "还没有结果"),
        (["findings"], "还没有结果"),
        (["show", "abcd"], "还没有结果"),
        (["labels"], "还没有结果"),
        (["checks"], "还没有结果"),
        (["inspect", "没有的.pdf"], "没有这个文件：没有的.pdf"),
        (["findngs"], "没有命令 findngs，是不是 findings？"),
        (["findings", "--formt", "csv"], "没有选项 --formt，是不是 --format？"),
        (["labels", "多", "余"], "多出的参数：多 余"),
    ],
)
def test_wrong_use_is_one_chinese_line_and_exit_2(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert len(printed.err.splitlines()) == 1


def test_sql_keeps_every_digit(published: Published, capsys: Capture) -> None:
    query = "SELECT amount, amount * 3 AS thrice, sum(ordinal) OVER () AS n FROM funds"
    assert _run("sql", query, published, "--format", "json") == 0
    text = capsys.readouterr().out
    rows = json.loads(text, parse_float=Decimal)
    assert rows[1] == {"amount": Decimal("277.700000"), "thrice": Decimal("833.100000"), "n": 3}
    assert "277.700000" in text
    assert _run("sql", query, published, "--format", "csv") == 0
    assert list(csv.reader(io.StringIO(capsys.readouterr().out)))[2] == [
        "277.700000",
        "833.100000",
        "3",
    ]


def test_sql_knows_the_chinese_views(published: Published, capsys: Capture) -> None:
    assert _run("sql", "SELECT 项目名称, 总得分 FROM 项目", published) == 0
    assert "渠道清淤工程" in capsys.readouterr().out


def test_sql_reads_nested_and_missing_values(published: Published, capsys: Capture) -> None:
    query = "SELECT locator, rating, proofs FROM projects"
    assert _run("sql", query, published, "--format", "json") == 0
    row = json.loads(capsys.readouterr().out)[0]
    assert row["locator"]["char_end"] - row["locator"]["char_start"] == len("渠道清淤工程")
    assert row["rating"] is None
    assert row["proofs"] == ["总分"]


def test_an_empty_result_is_valid_json_and_csv(published: Published, capsys: Capture) -> None:
    assert _run("sql", "SELECT 1 AS a WHERE false", published, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == []
    assert _run("sql", "SELECT 1 AS a WHERE false", published, "--format", "csv") == 0
    assert capsys.readouterr().out == "a\n"


def test_a_repeated_column_name_loses_no_value(published: Published, capsys: Capture) -> None:
    assert _run("sql", "SELECT 1 AS a, 2 AS a", published, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == [{"a": 1, "a_2": 2}]


@pytest.mark.parametrize(
    "query",
    [
        "CREATE TABLE mine (a INT)",
        "SELECT 1; SELECT 2",
        "COPY funds TO 'stolen.csv'",
        "ATTACH 'other.duckdb'",
        "SET memory_limit = '8GB'",
        "INSTALL httpfs",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM published",
        "SELECT nonsense FROM funds",
        "SELECT 1 +",
        "SELECT error('while fetching') FROM funds",
        "",
    ],
)
def test_sql_refuses_what_is_no_plain_select(
    query: str, published: Published, capsys: Capture
) -> None:
    assert _run("sql", query, published) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert not Path("stolen.csv").exists()


def test_no_statement_can_unlock_the_connection(published: Published) -> None:
    with open_published(published.output) as connection:
        settings = dict(
            select(
                connection, "SELECT name, value FROM duckdb_settings() WHERE value IS NOT NULL"
            ).rows
        )
    assert settings["lock_configuration"] == "true"
    for name, value in LOCKED_DOWN.items():
        if isinstance(value, bool):
            assert settings[name] == str(value).lower(), name


def test_a_broken_database_is_named(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "jixiao.duckdb").write_bytes(b"no database" * 1000)
    assert cli.run(["sql", "SELECT 1", "--output", str(tmp_path)]) == 2
    assert "打不开" in capsys.readouterr().err


def test_findings_are_readable_on_80_columns(published: Published, capsys: Capture) -> None:
    assert _run("findings", published) == 0
    printed = capsys.readouterr()
    whole = re.sub(r"\s", "", printed.out)
    for word in ("高", "f3c5a9e2"):
        assert word in whole
    assert all(cell_len(line) <= 80 for line in printed.out.splitlines())
    assert "jixiao show f3c5a9e2" in printed.err


def test_a_wide_result_is_shown_a_column_a_line(published: Published, capsys: Capture) -> None:
    assert _run("sql", "SELECT * FROM indicators", published) == 0
    printed = capsys.readouterr().out
    assert re.search(r"target_raw +≥25公里", printed)
    assert all(cell_len(line) <= 80 for line in printed.splitlines())


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ([], 1),
        (["--severity", "high"], 1),
        (["--severity", "高"], 1),
        (["--severity", "low"], 0),
        (["--severity", "low", "--severity", "high"], 1),
        (["--kind", "执行超预算"], 1),
        (["--kind", "rate_mismatch"], 0),
        (["--project", "清淤"], 1),
        (["--project", "水利局"], 1),
        (["--project", "道路"], 0),
        (["--document", "渠道"], 1),
        (["--document", "000000"], 0),
    ],
)
def test_findings_are_filtered(
    options: list[str], count: int, published: Published, capsys: Capture
) -> None:
    assert _run("findings", published, "--format", "json", *options) == 0
    assert len(json.loads(capsys.readouterr().out)) == count


def test_an_unknown_kind_is_wrong_use(published: Published, capsys: Capture) -> None:
    assert _run("findings", published, "--kind", "奇怪") == 2
    assert "执行超预算" in capsys.readouterr().err


def test_a_document_cannot_steer_the_terminal(
    tmp_path: Path, published: Published, capsys: Capture
) -> None:
    assert _run("sql", "SELECT chr(27) || '[31m[bold]红' AS a", published) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "␛[31m[bold]红" in printed


def test_show_proves_a_finding_with_the_original(published: Published, capsys: Capture) -> None:
    assert _run("show", published.finding[:8], published) == 0
    printed = capsys.readouterr().out
    for words in (
        "总额执行 277.7 万元，超过全年预算 267 万元",
        "10.69 万元",
        "高 · 执行超预算 · 已证实",
        "财预〔2020〕10 号",
        "第 6 行",
    ):
        assert words in printed, words
    assert re.search(r"▶ +4 │  267\.00", printed)
    assert re.search(r"▶ +6 │  277\.70", printed)


def test_show_says_when_the_original_is_gone(published: Published, capsys: Capture) -> None:
    published.source.unlink()
    assert _run("show", published.finding, published) == 0
    printed = capsys.readouterr().out.replace("\n", "")
    assert "原文件不在了" in printed
    assert "277.7 万元" in printed


def test_show_says_when_the_original_changed(published: Published, capsys: Capture) -> None:
    published.source.write_text(REPORT.replace("277.70", "267.00"), encoding="utf-8")
    assert _run("show", published.finding, published) == 0
    printed = capsys.readouterr().out.replace("\n", "")
    assert "改动过" in printed
    assert "▶" not in printed


@pytest.mark.parametrize("what", ["document", "project", "fund", "indicator"])
def test_show_knows_every_kind_of_id(what: str, published: Published, capsys: Capture) -> None:
    identifier: str = getattr(published, what)
    head, dot, tail = identifier.partition(".")
    assert _run("show", f"{head[:7]}{dot}{tail}", published) == 0
    printed = capsys.readouterr().out
    expected = {
        "document": "清河县水利局",
        "project": "总额执行",
        "fund": "277.7",
        "indicator": "≥25公里",
    }
    assert expected[what] in printed
    assert "None" not in printed


def test_show_does_not_guess(published: Published, capsys: Capture) -> None:
    assert _run("show", "zzzzzz", published) == 2
    assert "没有编号为 zzzzzz" in capsys.readouterr().err
    assert _run("show", published.document[:3], published) == 2


def test_labels_and_checks_are_counted(published: Published, capsys: Capture) -> None:
    assert _run("labels", published, "--format", "csv") == 0
    assert "项目总分,1,1," in capsys.readouterr().out
    assert _run("checks", published, "--format", "csv") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == ["executed_within_budget,1,0,1,0,", "weights_sum,1,0,0,1,没有总分值"]


def test_a_reader_that_stops_early_is_no_error(published: Published) -> None:
    command = [sys.executable, "-m", "pipeline.cli", "sql", "FROM range(200000)", "-f", "csv"]
    process = subprocess.Popen(
        [*command, "-o", str(published.output)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == b"range\n"
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait(timeout=60)


def test_a_run_from_source_to_proof(tmp_path: Path, capsys: Capture) -> None:
    report = tmp_path / "报告 一.txt"
    report.write_text(REPORT, encoding="utf-8")
    (tmp_path / "坏.pdf").write_bytes(b"")
    output = tmp_path / "结果"
    assert cli.run(["ingest", str(report), "--output", str(output), "--workers", "1"]) == 0
    printed = capsys.readouterr()
    assert "1 份：新读 1" in printed.out
    assert "报告 一.txt" in printed.err
    assert cli.run(["ingest", str(tmp_path), "--output", str(output), "--workers", "1"]) == 3
    printed = capsys.readouterr()
    assert "坏.pdf" in printed.out
    assert "Traceback" not in printed.err
    arguments = ["sql", "SELECT status, count(*) FROM documents GROUP BY ALL ORDER BY ALL"]
    assert cli.run([*arguments, "--output", str(output), "--format", "csv"]) == 0
    assert "failed,1" in capsys.readouterr().out


def test_inspect_shows_what_was_read_and_what_was_not(tmp_path: Path, capsys: Capture) -> None:
    report = tmp_path / "报告.txt"
    report.write_text(REPORT, encoding="utf-8")
    inspect(str(report))
    printed = capsys.readouterr().out
    assert "报告.txt" in printed
    assert "渠道清淤工程" in printed
    assert all(cell_len(line) <= 80 for line in printed.splitlines())


def test_inspect_of_an_unreadable_file_says_why(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "空.docx").write_bytes(b"")
    assert cli.run(["inspect", str(tmp_path / "空.docx")]) == 0
    assert "未能读取：" in capsys.readouterr().out


def test_a_file_inside_an_archive_is_found_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "全部!.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("2018/报告.txt", REPORT)
    assert read_source(f"{path}!2018/报告.txt") == REPORT.encode()
    assert read_source(f"{path}!没有.txt") is None
    assert read_source(str(path)) == path.read_bytes()
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(UserError, match="压缩包"):
        read_source(f"{path}!2018/报告.txt")


def test_every_word_of_a_vocabulary_has_its_chinese() -> None:
    for words, literal in (
        (chinese.SEVERITIES, vocabulary.Severity),
        (chinese.CONFIDENCES, vocabulary.Confidence),
        (chinese.STATUSES, vocabulary.Status),
        (chinese.VERIFICATIONS, vocabulary.Verified),
        (chinese.DOCUMENT_KINDS, vocabulary.DocumentKind),
        (chinese.SCOPES, vocabulary.Scope),
        (chinese.SOURCES, vocabulary.Source),
        (chinese.STAGES, vocabulary.Stage),
        (chinese.FINDING_KINDS, vocabulary.FindingKind),
    ):
        assert tuple(words) == literal.__args__
        assert len(set(words.values())) == len(words)
        assert all(one_of(words, name, "词") == word for word, name in words.items())


def test_a_box_covers_only_what_lies_in_it() -> None:
    outer = Locator(page=2, bbox=(0, 0, 10, 10))
    assert covers(outer, Locator(page=2, bbox=(1, 1, 9, 9)))
    assert not covers(outer, Locator(page=1, bbox=(1, 1, 9, 9)))
    assert not covers(outer, Locator(page=2, bbox=(1, 1, 9, 11)))


def test_a_table_row_is_quoted_with_its_neighbours(table_document: Callable[[], object]) -> None:
    document = table_document()
    lines = [line.plain for line in quote(document, Locator(path="table[1]/row[2]/cell[2]"))]
    assert lines == ["      1 │ 指标 │ 得分", "▶     2 │ 数量 │ 9", "      3 │ 质量 │ 10"]


@pytest.fixture
def table_document() -> Callable[[], object]:
    from extractors.document import Cell, Document, Table

    texts = (("指标", "得分"), ("数量", "9"), ("质量", "10"), ("时效", "8"))
    cells = tuple(
        Cell(r, c, text, text, Locator(path=f"table[1]/row[{r + 1}]/cell[{c + 1}]"))
        for r, row in enumerate(texts)
        for c, text in enumerate(row)
    )
    table = Table(cells, 4, 2, Locator(path="table[1]"))
    return lambda: Document("application/x", (table,))


def _commands() -> tuple[str, ...]:
    commands = cli.app.registered_commands
    return tuple(c.name or c.callback.__name__ for c in commands if c.callback is not None)


def _run(command: str, *arguments: str | Published) -> int:
    words = [a if isinstance(a, str) else f"--output={a.output}" for a in arguments]
    return cli.run([command, *words])
