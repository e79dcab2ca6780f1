"""Help pages: everything on them is Chinese, whoever wrote the words."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command

from pipeline import cli

COMMANDS = tuple(get_command(cli.app).commands)  # type: ignore[attr-defined]
ENGLISH = re.compile(
    r"\b(usage|options|arguments|commands?|args|show this message|default:|required|env var)\b",
    re.I,
)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_a_help_page_is_chinese(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*command.split(), "--help"]) == 0
    page = capsys.readouterr().out
    assert "用法：jixiao" in page
    assert "选项" in page
    assert "显示这段说明" in page
    assert ENGLISH.findall(page) == []
