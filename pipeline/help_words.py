"""What the command-line library itself says on a help page, in Chinese."""

from __future__ import annotations

from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command

USAGE: Final = "用法："
HELP: Final = "显示这段说明"
# Constants of `typer.rich_utils`, which it reads when it draws a page.
WORDS: Final = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "DEFAULT_STRING": "[默认：{}]",
    "ENVVAR_STRING": "[环境变量：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
}


def command_of(app: typer.Typer) -> Any:
    """The command of an application whose help pages are in Chinese."""
    whole = get_command(app)
    assert isinstance(whole, TyperGroup)  # an application with several commands is a group
    whole.subcommand_metavar = "命令 [参数]..."
    for command in (whole, *whole.commands.values()):
        command.options_metavar = "[选项]"
        command.context_class = _Context
    return whole


class _Context(typer.Context):
    """Names things in Chinese when a help page is about to be drawn, and not before."""

    def make_formatter(self) -> Any:
        from typer import rich_utils

        for name, word in WORDS.items():
            setattr(rich_utils, name, word)
        formatter = super().make_formatter()
        formatter.write_usage = _with_prefix(formatter.write_usage)  # type: ignore[method-assign]
        option = self.command.get_help_option(self)
        if option is not None:
            option.help = HELP
        return formatter


def _with_prefix(write_usage: Any) -> Any:
    def write(prog: str, args: str = "", prefix: str | None = None) -> None:
        write_usage(prog, args, USAGE if prefix is None else prefix)

    return write
