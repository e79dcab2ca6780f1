"""An ingest run on the terminal: its progress, its log and its closing summary."""

from __future__ import annotations

import logging
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.logging import RichHandler
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text

from pipeline.show.plain import printable
from pipeline.show.screen import console, grid, sheet
from pipeline.summary import Progress, RunSummary

LISTED = 20  # documents named one by one in the closing summary; the tables hold all
LONGEST_NAME = 40


class RateColumn(ProgressColumn):
    """Documents read a second."""

    def render(self, task: Task) -> Text:
        """The speed of the last moments, or of the whole run."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.0f} 份/秒" if speed else "")


def set_up_log(err: Console, verbose: bool, quiet: bool) -> None:
    """Send the log to stderr: one plain line a document in a pipe, only warnings beside a bar."""
    level = logging.WARNING if err.is_terminal else logging.INFO
    if quiet:
        level = logging.ERROR
    elif verbose:
        level = logging.DEBUG
    handler: logging.Handler
    if err.is_terminal:
        handler = RichHandler(console=err, show_path=False, markup=False, rich_tracebacks=False)
        handler.setFormatter(logging.Formatter("%(message)s"))
    else:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_json_lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for root in ("schemas", "extractors", "pipeline"):  # debug lines of ours, not of libraries
        logging.getLogger(root).setLevel(level)


def _json_lines() -> logging.Formatter:
    """One JSON object a line, for whoever collects the logs of a night."""
    import structlog  # not on the way of a terminal's start

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
        ],
    )


@contextmanager
def watched(err: Console, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """A callback that shows on a terminal how far a run is; elsewhere the log does."""
    if quiet or not err.is_terminal:
        yield lambda step: None  # a pipe has the log: one line a document
        return
    columns = (
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        RateColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Bar(*columns, console=err, transient=True) as bar:
        task = bar.add_task("准备读取", total=None)

        def advance(step: Progress) -> None:
            name = Text(printable(step.name))
            name.truncate(LONGEST_NAME, overflow="ellipsis")
            bar.update(task, completed=step.done, total=step.total, description=name.plain)

        yield advance


def write_summary(summary: RunSummary, output: str) -> None:
    """Write what a run read, what it found and what it could not read."""
    out = console()
    out.print(sheet(_counts(summary)))
    for title, troubles in (
        ("未能读取", summary.failures),
        ("部分读出", summary.partials),
    ):
        if troubles:
            out.print(Text(f"\n{title}（{len(troubles)}）", style="bold"))
            rows = [(trouble.name, trouble.reason) for trouble in troubles[:LISTED]]
            out.print(grid(("文件", "原因"), rows))
            if len(troubles) > LISTED:
                out.print(f"还有 {len(troubles) - LISTED} 份，见 documents 表的 status_reason")
    if summary.documents_outdated:
        out.print(
            f"\n有 {summary.documents_outdated} 份是旧版本的程序或词表读的，"
            "没有重读；要重读请加 --upgrade"
        )
    if summary.checks_failed:
        out.print(f"\n没能运行的检查：{'、'.join(summary.checks_failed)}")
    out.print(f"\n结果在 {output}。看疑点：jixiao findings --output {shlex.quote(output)}")


def _counts(summary: RunSummary) -> tuple[tuple[str, object], ...]:
    documents = (
        f"{summary.documents_seen} 份：新读 {summary.documents_new}，"
        f"未变 {summary.documents_unchanged}，部分读出 {summary.documents_partial}，"
        f"未能读取 {summary.documents_failed}，撤下 {summary.documents_retired}"
    )
    found = summary.findings_high + summary.findings_medium + summary.findings_low
    findings = (
        f"{found} 条：高 {summary.findings_high}，中 {summary.findings_medium}，"
        f"低 {summary.findings_low}"
    )
    return (
        ("文档", documents),
        ("项目", f"{summary.projects} 个"),
        ("指标", f"{summary.indicators} 条"),
        ("疑点", findings),
        ("没有读懂", f"{summary.rejects} 处" + ("（见 rejects 表）" if summary.rejects else "")),
        ("用时", f"{summary.seconds:.1f} 秒"),
    )
