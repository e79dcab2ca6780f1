"""The MCP server, asked over stdin and stdout as a client asks it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Published

mcp = pytest.importorskip("mcp", reason="the extra [mcp] is not installed")
ROOT = Path(__file__).resolve().parent.parent
Call = tuple[str, Mapping[str, object]]


async def _asked(output: Path, calls: list[Call]) -> tuple[list[str], list[tuple[bool, str]]]:
    """The names of the tools, and for each call whether it failed and what it answered."""
    command = ["-m", "pipeline.cli", "mcp", "--output", str(output)]
    server = mcp.StdioServerParameters(command=sys.executable, args=command, cwd=ROOT)
    async with mcp.stdio_client(server) as streams, mcp.ClientSession(*streams) as session:
        await session.initialize()
        names = [tool.name for tool in (await session.list_tools()).tools]
        answers: list[Any] = [await session.call_tool(name, dict(given)) for name, given in calls]
    return names, [(bool(answer.is_error), answer.content[0].text) for answer in answers]


def test_a_client_can_ask_and_not_write(published: Published) -> None:
    names, answers = asyncio.run(
        _asked(
            published.output,
            [
                ("list_tables", {}),
                ("list_findings", {"severity": "高"}),
                ("show_evidence", {"finding_id": published.finding}),
                ("select", {"sql": "SELECT amount FROM funds ORDER BY ordinal"}),
                ("select", {"sql": "SELECT * FROM read_csv('/etc/passwd')"}),
                ("select", {"sql": "DROP TABLE funds"}),
                ("show_evidence", {"finding_id": "f0"}),
            ],
        )
    )
    assert names == ["list_tables", "list_findings", "show_evidence", "select"]
    assert [failed for failed, _ in answers] == [False] * 4 + [True] * 3
    texts = [text for _, text in answers]
    assert "projects（项目）" in texts[0]
    assert published.finding in texts[1]
    assert "277.70" in texts[2] and "全年执行数" in texts[2]
    assert "277.700000" in texts[3]
    assert "read_csv" in texts[4]
    assert "没有编号为 f0" in texts[6]
