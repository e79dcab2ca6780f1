"""Why a PDF cannot be read, in words a person can act on."""

from __future__ import annotations

import re

from extractors.document import UnreadableDocument

HEADER_WITHIN = 1024  # bytes: readers accept junk before the header up to here
END_WITHIN = 2048  # bytes: and after the end mark

NOT_PDF = "不是 PDF 文件（开头没有 %PDF 标记）：请检查是否下载错误（例如存成了网页）或扩展名不符"
EMPTY = "文件是空的（0 字节）：请重新下载或重新导出"
ENCRYPTED = "文件已加密，没有打开密码不能读取：请取得密码、另存为不加密的 PDF 后重新提交"
TRUNCATED = "文件不完整（缺少结尾的 %%EOF 标记，多半是下载或传输中断）：请重新取得完整文件"
CYCLIC = "文件的页面目录首尾循环，无法确定页面：文件已损坏或被做过手脚，请向发布单位索取原件"
NO_PAGES = "文件里没有任何页面：请重新导出或索取原件"
DAMAGED = "文件结构已损坏，两种读取方法都打不开：请用阅读软件打开后另存，或索取原件"
ALL_BLANK = "所有页面都是空白，没有文字、表格或图像：请确认提交的是正确的文件"


def check_is_pdf(data: bytes) -> None:
    """Raise when the bytes cannot be a PDF at all."""
    if not data:
        raise UnreadableDocument(EMPTY)
    if b"%PDF" not in data[:HEADER_WITHIN]:
        raise UnreadableDocument(NOT_PDF)


def is_cut_off(data: bytes) -> bool:
    """Whether the end of the file is missing.

    >>> is_cut_off(b"%PDF-1.4 ... startxref 99 %%EOF"), is_cut_off(b"%PDF-1.4 1 0 obj <</Le")
    (False, True)
    """
    return b"%%EOF" not in data[-END_WITHIN:]


def fault_of(data: bytes) -> UnreadableDocument:
    """The reason why no reader finds a page in a PDF."""
    if _tree_is_cyclic(data):
        return UnreadableDocument(CYCLIC)
    if is_cut_off(data):
        return UnreadableDocument(TRUNCATED)
    if re.search(rb"/Type\s*/Pages\b", data) and re.search(rb"/Count\s+0\b", data):
        return UnreadableDocument(NO_PAGES)
    return UnreadableDocument(DAMAGED)


_OBJECT = re.compile(rb"(?<!\d)(\d{1,10})\s+\d{1,5}\s+obj\b(.*?)\bendobj", re.DOTALL)
_KIDS = re.compile(rb"/Kids\s*\[([^\]]*)\]")
_REFERENCE = re.compile(rb"(\d{1,10})\s+\d{1,5}\s+R")


def _tree_is_cyclic(data: bytes) -> bool:
    """Whether a node of the page tree, where it stands in plain bytes, is its own descendant."""
    kids: dict[int, list[int]] = {}
    for number, body in _OBJECT.findall(data):
        found = _KIDS.search(body)
        if found and b"/Pages" in body:
            kids[int(number)] = [int(kid) for kid in _REFERENCE.findall(found[1])]
    done: set[int] = set()
    for start in kids:
        path: dict[int, None] = {}
        waiting = [(start, False)]
        while waiting:
            node, leaving = waiting.pop()
            if leaving:
                path.pop(node, None)
                done.add(node)
            elif node in path:
                return True
            elif node in kids and node not in done:
                path[node] = None
                waiting.append((node, True))
                waiting.extend((kid, False) for kid in kids[node])
    return False
