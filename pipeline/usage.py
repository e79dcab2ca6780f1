"""Wrong use of the command line, said in Chinese."""

from __future__ import annotations

import re
from typing import Final

# Messages of typer and of the pydantic types behind it; what is not here is shown as it came.
PHRASES: Final = (
    (r"No such option: (\S+) \(Possible options: (.+)\)", r"没有选项 \1，是不是 \2？"),
    (r"No such option: (\S+).*", r"没有选项 \1"),
    (r"No such command '(.+?)'\. Did you mean '(.+?)'.*", r"没有命令 \1，是不是 \2？"),
    (r"No such command '(.+?)'.*", r"没有命令 \1"),
    (r"Missing argument '(.+?)'.*", r"缺少参数 \1"),
    (r"Missing option '(.+?)'.*", r"缺少选项 \1"),
    (r"Missing command.*", r"缺少命令"),
    (r"Option '(.+?)' requires an argument.*", r"选项 \1 后面要写值"),
    (r"Option '(.+?)' does not take a value.*", r"选项 \1 后面不能写值"),
    (r"Invalid value for '(.+?)'.*?: .*?'(.*?)' is not one of (.+?)\.?", r"\1 不能是 \2，可选 \3"),
    (r"Invalid value for '(.+?)'.*?: .*valid integer.*", r"\1 要写整数"),
    (r"Invalid value for '(.+?)'.*?: .*greater than or equal to (\d+).*", r"\1 至少是 \2"),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.+?)\).*", r"多出的参数：\1"),
)


def in_chinese(message: str) -> str:
    """A message of the command-line library in Chinese, on one line.

    >>> in_chinese("No such option: --outptu (Possible options: --output)")
    '没有选项 --outptu，是不是 --output？'
    >>> in_chinese("Missing argument '路径'.")
    '缺少参数 路径'
    """
    message = " ".join(message.split())
    for pattern, chinese in PHRASES:
        if match := re.fullmatch(pattern, message):
            return match.expand(chinese)
    return f"用法有误：{message}"
