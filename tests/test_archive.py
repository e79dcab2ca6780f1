"""ZIP archives of documents."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from extractors.document import UnreadableDocument
from extractors.readers import archive as archive_module
from extractors.readers.archive import member_name, members


def zipped(*files: tuple[str, bytes], level: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", level) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def gbk_zipped(name: str, content: bytes) -> bytes:
    """As Chinese Windows writes it: the name in GBK, no UTF-8 flag."""
    placeholder = "x" * len(name.encode("gbk"))
    return zipped((placeholder, content)).replace(placeholder.encode(), name.encode("gbk"))


@pytest.mark.parametrize(
    "name", ["自评表.docx", "附件/绩效自评报告（2023年度）.xls", "塔什库尔干.txt"]
)
def test_gbk_names_are_read(name: str) -> None:
    assert list(members(gbk_zipped(name, b"x"))) == [(name, b"x")]


def test_utf8_names_and_litter() -> None:
    data = zipped(
        ("表/自评表.docx", b"a"), ("__MACOSX/._a", b"b"), ("表/~$自评表.docx", b"c"), ("表/", b"")
    )
    assert list(members(data)) == [("表/自评表.docx", b"a")]


def test_unicode_path_field_wins() -> None:
    info = zipfile.ZipInfo("garbled.txt")
    body = b"\x01" + bytes(4) + "决算.txt".encode()
    info.extra = struct.pack("<HH", 0x7075, len(body)) + body
    assert member_name(info) == "决算.txt"


def test_names_never_leave_the_archive() -> None:
    names = [name for name, _ in members(zipped(("/etc/passwd", b"x"), ("a\\b.txt", b"y")))]
    assert names == ["etc/passwd", "a/b.txt"]


def test_truncated_archive_says_so() -> None:
    with pytest.raises(UnreadableDocument, match="不完整"):
        list(members(zipped(("a.txt", b"x" * 5000))[:-40]))


def test_one_damaged_member_costs_only_itself() -> None:
    data = bytearray(
        zipped(("a.txt", b"first" * 9), ("b.txt", b"second"), level=zipfile.ZIP_STORED)
    )
    at = data.index(b"first")
    data[at] ^= 0xFF
    (name, broken), (other, content) = members(bytes(data))
    assert (name, other, content) == ("a.txt", "b.txt", b"second")
    assert isinstance(broken, UnreadableDocument)
    assert "损坏" in broken.reason


def test_bomb_is_refused_while_inflating() -> None:
    data = zipped(("bomb.txt", bytes(40_000_000)))
    ((_, outcome),) = members(data)
    assert isinstance(outcome, UnreadableDocument)
    assert "压缩炸弹" in outcome.reason


def test_member_with_password_says_so() -> None:
    data = bytearray(zipped(("a.txt", b"x")))
    data[6] |= 1  # local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # central directory
    ((_, outcome),) = members(bytes(data))
    assert isinstance(outcome, UnreadableDocument)
    assert "密码" in outcome.reason


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "MAX_MEMBERS", 3)
    with pytest.raises(UnreadableDocument, match="超过上限"):
        list(members(zipped(*((f"{n}.txt", b"") for n in range(4)))))


def test_total_is_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "MAX_TOTAL_BYTES", 10)
    found = members(zipped(("a.txt", b"12345678"), ("b.txt", b"12345678")))
    assert next(found) == ("a.txt", b"12345678")
    with pytest.raises(UnreadableDocument, match="其余文件未读取"):
        next(found)
