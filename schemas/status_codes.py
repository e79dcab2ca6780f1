"""From the Chinese reason a reader gives to a code that programs can count by."""

from __future__ import annotations

from typing import Final

from schemas.vocabulary import Status, StatusCode

# The first phrase that stands in the reason decides; reasons are written for people and say more.
PHRASES: Final[tuple[tuple[str, StatusCode], ...]] = (
    ("程序处理此文件时出错", "defect"),
    ("加密", "encrypted"),
    ("密码", "encrypted"),
    ("无法打开文件", "not_opened"),
    ("内存不足", "memory_limit"),
    ("仍未读完", "time_limit"),
    ("处理器时间", "time_limit"),
    ("进程异常退出", "parser_died"),
    ("未发现绩效自评表", "nothing_found"),
    ("OCR", "needs_ocr"),
    ("空文件", "empty"),
    ("文件是空的", "empty"),
    ("没有任何页面", "empty"),
    ("都是空白", "empty"),
    ("压缩包内没有文件", "empty"),
    ("没有可读的内容", "empty"),
    ("恶意", "hostile"),
    ("炸弹", "hostile"),
    ("DOCTYPE", "hostile"),
    ("超过", "oversized"),
    ("暂不能读取", "unsupported"),
    ("不是电子表格", "unsupported"),
    ("不是 PDF", "unsupported"),
    ("不是 Excel", "unsupported"),
    ("不是文本", "unsupported"),
    ("无法识别文字编码", "unsupported"),
    ("不完整", "truncated"),
    ("不是完整的", "damaged"),
    ("损坏", "damaged"),
    ("有误", "damaged"),
)


def status_code(status: Status, reason: str | None) -> StatusCode | None:
    """The code of a document's status, None for one that was read.

    >>> status_code("failed", "文件已加密，没有打开密码不能读取")
    'encrypted'
    >>> status_code("partial", "有 2 处内容未能读出，见“未读”表")
    'partly_read'
    >>> status_code("ok", None) is None
    True
    """
    if status == "ok":
        return None
    if found := code_of(reason or ""):
        return found
    return "partly_read" if status == "partial" else "damaged"


def code_of(reason: str) -> StatusCode | None:
    """The code of a reason, None where no phrase of it is known.

    >>> code_of("文件不完整（缺少结尾的 %%EOF 标记）")
    'truncated'
    """
    return next((code for phrase, code in PHRASES if phrase in reason), None)
