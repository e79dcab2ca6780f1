"""The command line. Each command imports what it needs when it runs, so that --help is quick."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.errors import UserError
from pipeline.help_words import command_of
from pipeline.usage import in_chinese

Format = Literal["table", "csv", "json"]
Severity = Literal["high", "medium", "low"]
WRONG_USE = 2
INTERRUPTED = 130

app = typer.Typer(
    name="jixiao",
    help="把绩效自评报告变成表格，每个数都有出处，并找出报告自相矛盾的地方。",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)
Output = Annotated[Path, typer.Option("--output", "-o", metavar="文件夹", help="结果所在的文件夹")]
Form = Annotated[Format, typer.Option("--format", "-f", help="table 供人看，csv 和 json 供程序读")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="在 stderr 上写出每一步的缘由")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="不显示进度，只报错误")]
DEFAULT_OUTPUT = Path("output")
DEFAULT_PORT = 8765


@app.command()
def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="路径", help="文件或文件夹")],
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="文件夹", help="写到哪里，也可以是 s3://…")
    ] = str(DEFAULT_OUTPUT),
    workers: Annotated[
        int | None, typer.Option(min=1, metavar="个数", help="同时读取的进程数；默认用全部核")
    ] = None,
    checks: Annotated[
        Path | None, typer.Option(metavar="文件夹", help="自己的检查（.sql 文件）所在的文件夹")
    ] = None,
    fail_on: Annotated[
        Severity | None, typer.Option(help="有这个程度或更重的疑点时，以退出码 1 结束")
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="以前没能读取的文档再读一次")
    ] = False,
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="旧版本程序或词表读的文档重新读")
    ] = False,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, metavar="秒", help="一份文档最多读多久；默认 120")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="地址", help="Dask 集群的调度器，如 tcp://10.0.0.1:8786")
    ] = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """读取报告，写出表格和疑点。"""
    from pipeline.executor import DOCUMENT_SECONDS
    from pipeline.ingest import ingest as run_ingest
    from pipeline.place import parts_at, working
    from pipeline.show.running import set_up_log, watched, write_summary
    from pipeline.show.screen import console

    if checks is not None and not checks.is_dir():
        raise UserError(f"没有这个文件夹：{checks}")
    own_checks = sorted(checks.glob("*.sql")) if checks is not None else []
    if checks is not None and not own_checks:
        raise UserError(f"{checks} 里没有检查（.sql 文件）")
    err = console(stderr=True)
    set_up_log(err, verbose, quiet)
    limit = DOCUMENT_SECONDS if seconds is None else seconds
    with watched(err, quiet) as progress, working(output) as (folder, done):
        summary = run_ingest(
            paths,
            folder,
            workers=workers,
            checks=own_checks,
            progress=progress,
            seconds=limit,
            retry_failed=retry_failed,
            upgrade=upgrade,
            scheduler=scheduler,
            parts=parts_at(output) if scheduler is not None else None,
        )
        done(summary.run_id)
    write_summary(summary, output)
    raise typer.Exit(summary.exit_code(fail_on))


@app.command()
def sql(
    query: Annotated[str, typer.Argument(metavar="查询", help="一条 SELECT；表名中英文都可以")],
    output: Output = DEFAULT_OUTPUT,
    form: Form = "table",
) -> None:
    """用 SQL 查询结果（只读）。"""
    from pipeline.query import running
    from pipeline.show.screen import write_answer

    with running(output, query) as answered:
        write_answer(answered.answer(), form)


@app.command()
def findings(
    severity: Annotated[
        list[str] | None, typer.Option(metavar="程度", help="只看 high、medium 或 low，可重复")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(metavar="类别", help="只看这一类，中英文都可以，可重复")
    ] = None,
    project: Annotated[
        str | None, typer.Option(metavar="文字", help="项目编号，或项目、单位名称的一部分")
    ] = None,
    document: Annotated[
        str | None, typer.Option(metavar="文字", help="文档编号，或文件名的一部分")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="逐条写出规则、数字所代表的区间和可能的解释")
    ] = False,
    output: Output = DEFAULT_OUTPUT,
    form: Form = "table",
) -> None:
    """列出疑点，最重的在前。"""
    from pipeline.show.database import open_published
    from pipeline.show.explanation import explain_findings
    from pipeline.show.findings import show_findings

    with open_published(output) as connection:
        if explain:
            explain_findings(connection, severity or (), kind or (), project, document)
            return
        show_findings(connection, form, severity or (), kind or (), project, document)


@app.command()
def show(
    identifier: Annotated[
        str, typer.Argument(metavar="编号", help="疑点、项目、指标、资金等的编号，可以只写开头")
    ],
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """看一条疑点或一个数，连同原文中的证据。"""
    from pipeline.show.database import open_published
    from pipeline.show.proof import show as show_proof

    with open_published(output) as connection:
        show_proof(connection, identifier)


@app.command()
def inspect(
    file: Annotated[str, typer.Argument(metavar="文件", help="一个文件，或 压缩包.zip!文件名")],
    verbose: Verbose = False,
) -> None:
    """看一个文件是怎样读懂的，还有什么没有读懂。"""
    from pipeline.show.inspection import inspect as inspect_file
    from pipeline.show.running import set_up_log
    from pipeline.show.screen import console

    set_up_log(console(stderr=True), verbose, quiet=not verbose)
    inspect_file(file)


@app.command()
def labels(output: Output = DEFAULT_OUTPUT, form: Form = "table") -> None:
    """列出见过而词表里没有的标签，常见的在前。"""
    from pipeline.show.coverage import show_labels
    from pipeline.show.database import open_published

    with open_published(output) as connection:
        show_labels(connection, form)


@app.command()
def checks(
    output: Output = DEFAULT_OUTPUT,
    form: Form = "table",
    own: Annotated[
        Path | None,
        typer.Option("--checks", metavar="文件夹", help="试运行自己的检查（.sql），不改动结果"),
    ] = None,
) -> None:
    """列出每项检查用到、通过、不符和未判的次数。"""
    from pipeline.show.coverage import show_checks
    from pipeline.show.database import open_published
    from pipeline.show.trial import try_checks

    with open_published(output) as connection:
        if own is not None:
            try_checks(connection, own, form)
            return
        show_checks(connection, form)


@app.command()
def status(output: Output = DEFAULT_OUTPUT, form: Form = "table") -> None:
    """看最近几次运行、没有读全的文档（按原因）和最慢的文档。"""
    from pipeline.show.database import open_published
    from pipeline.show.nightly import show_status

    with open_published(output) as connection:
        show_status(connection, form)


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="发布的结果")] = DEFAULT_OUTPUT,
) -> None:
    """核对发布的文件是否完好（大小、哈希、行数）；有不符时以退出码 1 结束。"""
    from pipeline.show.nightly import show_verified
    from pipeline.verify import verify as run_verify

    verified = run_verify(folder)
    show_verified(verified, str(folder))
    raise typer.Exit(1 if verified.faults else 0)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="原来", help="原来的结果文件夹")],
    new: Annotated[Path, typer.Argument(metavar="现在", help="现在的结果文件夹")],
    form: Form = "table",
) -> None:
    """比较两次结果：哪些表、文档和疑点变了。"""
    from pipeline.compare import compare
    from pipeline.show.nightly import show_difference

    show_difference(compare(old, new), form)


@app.command()
def serve(
    output: Output = DEFAULT_OUTPUT,
    host: Annotated[str, typer.Option(metavar="地址", help="只给本机看时不要改")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="端口", min=1, max=65535)] = DEFAULT_PORT,
    token: Annotated[
        str | None,
        typer.Option(
            metavar="口令", envvar="JIXIAO_TOKEN", help="访问口令；其他地址必须有，缺省自动生成"
        ),
    ] = None,
) -> None:
    """在浏览器里看疑点、原文和图表。"""
    with extra("web"):
        from pipeline.web.app import serve as run_server

    run_server(output, host, port, token)


@app.command()
def export(
    xlsx: Annotated[Path | None, typer.Option(metavar="文件", help="Excel，供审计使用")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="文件夹", help="CSV，每张表一个文件")] = None,
    dta: Annotated[Path | None, typer.Option(metavar="文件夹", help="Stata")] = None,
    parquet: Annotated[Path | None, typer.Option(metavar="文件夹", help="Parquet")] = None,
    evidence: Annotated[
        Path | None, typer.Option(metavar="文件", help="疑点底稿：一个可打印的网页，附标出的原文")
    ] = None,
    severity: Annotated[list[str] | None, typer.Option(metavar="程度", help="可重复")] = None,
    kind: Annotated[list[str] | None, typer.Option(metavar="类别", help="可重复")] = None,
    confidence: Annotated[list[str] | None, typer.Option(metavar="把握", help="可重复")] = None,
    state: Annotated[list[str] | None, typer.Option(metavar="复核", help="可重复")] = None,
    unit: Annotated[str | None, typer.Option(metavar="文字", help="单位名称的一部分")] = None,
    year: Annotated[int | None, typer.Option(metavar="年度")] = None,
    text: Annotated[str | None, typer.Option(metavar="文字", help="摘要或项目名称的一部分")] = None,
    page: Annotated[
        str, typer.Option(metavar="网址", help="Excel 里的链接指向的网页（jixiao serve）")
    ] = f"http://127.0.0.1:{DEFAULT_PORT}",
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """把疑点和有疑点的项目写成文件；不加条件时写出全部。"""
    from pipeline.export.run import export as run_export
    from pipeline.selection import selection

    chosen = selection(severity or (), kind or (), confidence or (), state or (), unit, year, text)
    for line in run_export(output, chosen, xlsx, csv, dta, parquet, evidence, page):
        print(line)


@app.command()
def mcp(output: Output = DEFAULT_OUTPUT) -> None:
    """给语言模型用的只读接口（MCP，标准输入输出）。"""
    with extra("mcp"):
        from pipeline.mcp import serve as run_server

    run_server(output)


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Imports that need an optional part of the installation, or how to get it."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise UserError(f"缺少 {error.name}，请先运行 pip install 'jixiao[{name}]'") from error


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; wrong use is one Chinese line on stderr."""
    try:
        command = command_of(app)
        code = command(
            args=list(arguments) or ["--help"], prog_name="jixiao", standalone_mode=False
        )
        sys.stdout.flush()
    except UserError as error:
        return _complain(" ".join(str(error).split()), WRONG_USE)
    except typer.TyperException as error:
        return _complain(f"{in_chinese(error.format_message())}（用法见 --help）", WRONG_USE)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if code == INTERRUPTED:
        return _complain("已中断；已经读完的不会丢，再次运行会接着读", INTERRUPTED)
    return code if isinstance(code, int) else 0


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # always a TextIOWrapper here
    sys.exit(run(sys.argv[1:]))


def _complain(message: str, code: int) -> int:
    print(f"错误：{message}" if code == WRONG_USE else message, file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
