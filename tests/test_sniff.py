"""Formats by content, encodings by what they give."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import UnreadableDocument
from extractors.readers.encoding import damaged, decode
from extractors.readers.sniff import MediaType, chinese_name, mime_type, sniff

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
SENTENCE = "项目支出绩效自评报告（2023年度）全年预算数与全年执行数一致，预算执行率100%。"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def packed(*names: str, mimetype: str | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if mimetype is not None:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n\t", "empty"),
        (b"\n\n%PDF-1.4\n", "pdf"),
        (packed("[Content_Types].xml", "word/document.xml"), "docx"),
        (packed("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        (packed("[Content_Types].xml", "xl\\workbook.xml"), "xlsx"),
        (packed("[Content_Types].xml", "xl/workbook.bin"), "xlsb"),
        (packed("[Content_Types].xml", "ppt/presentation.xml"), "pptx"),
        (packed("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        (packed("content.xml", mimetype="application/vnd.oasis.opendocument.text"), "odt"),
        (packed("OFD.xml", "Doc_0/Document.xml"), "ofd"),
        (packed("自评表.docx", "word/readme.txt"), "zip"),
        (packed("[Content_Types].xml", "word/document.xml")[:-30], "docx"),
        (OLE2 + "WordDocument".encode("utf-16-le") + bytes(2), "doc"),
        (OLE2 + "EncryptedPackage".encode("utf-16-le") + bytes(2), "encrypted"),
        (OLE2, "unknown"),
        (b"{\\rtf1\\ansi", "rtf"),
        (b"Rar!\x1a\x07\x01\x00", "rar"),
        (b"7z\xbc\xaf\x27\x1c\x00", "7z"),
        (b"\x89PNG\r\n\x1a\n\x00", "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"II*\x00\x08", "tiff"),
        (bytes(range(256)) * 8, "unknown"),
        (b"<!-- saved -->\n<!DOCTYPE html><html></html>", "html"),
        ("<table><tr><td>预算</td></tr></table>".encode("gbk"), "html"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "html"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><W/>', "spreadsheetml"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related\n", "mhtml"),
        ("项目,预算,执行\n甲,1,1\n乙,2,2\n".encode("gbk"), "csv"),
        (SENTENCE.encode(), "text"),
        (f"{SENTENCE}\n<p>一、基本情况</p>\n<p>".encode(), "text"),
        (SENTENCE.encode("utf-16"), "text"),
    ],
)
def test_format_is_found_from_content(data: bytes, expected: MediaType) -> None:
    assert sniff(data) == expected


@pytest.mark.parametrize("name", [chinese_name, mime_type])
def test_every_format_has_its_own_names(name: Callable[[MediaType], str]) -> None:
    names = [name(media_type) for media_type in get_args(MediaType)]
    assert len(set(names)) == len(names)


def test_a_damaged_list_of_types_leaves_the_names() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types>" + SENTENCE * 30)
        archive.writestr("xl/workbook.xml", "<x/>")
    data = bytearray(out.getvalue())
    at = data.index(b"[Content_Types].xml") + len("[Content_Types].xml")
    data[at : at + 40] = b"\xff" * 40
    assert sniff(bytes(data)) == "xlsx"


@given(st.binary(max_size=400))
def test_sniffing_never_raises(data: bytes) -> None:
    assert sniff(data) in get_args(MediaType)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be", "utf-16"])
@pytest.mark.parametrize("text", [SENTENCE, "绩效自评", "预算数：12.5万元\r\n执行数：12.5万元"])
def test_text_survives_every_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize("text", ["績效評估報告：年度預算執行情形", "臺灣地區資料統計"])
def test_traditional_text_is_big5(text: str) -> None:
    assert decode(text.encode("big5")) == (text, "big5hkscs")


def test_declared_encoding_is_only_a_hint() -> None:
    assert decode(SENTENCE.encode("gbk"), declared="utf-8") == (SENTENCE, "gb18030")
    assert decode(SENTENCE.encode("utf-8"), declared="gb2312") == (SENTENCE, "utf-8")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_cut_last_character_costs_that_character_only(encoding: str) -> None:
    whole = SENTENCE.rstrip("。") * 3
    text, found = decode((whole + "评").encode(encoding)[:-1])
    assert (text[: len(whole)], found) == (whole, encoding)
    assert damaged(text) == (len(whole),)


def test_noise_is_refused_with_a_reason() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        decode(bytes(range(128, 256)) * 20)
    assert "编码" in caught.value.reason


@given(st.text(alphabet=SENTENCE, min_size=12, max_size=200))
def test_ordinary_chinese_round_trips_through_gb18030(text: str) -> None:
    assert decode(text.encode("gb18030"))[0] == text


@pytest.mark.skipif(not CORPUS.is_dir(), reason="labelled corpus is not beside this checkout")
def test_corpus_formats_agree_with_their_names() -> None:
    expected = {".txt": "text", ".docx": "docx", ".pdf": "pdf", ".xlsx": "xlsx", ".html": "html"}
    files = [path for path in CORPUS.rglob("*") if path.suffix in expected]
    wrong = [path.name for path in files if sniff(path.read_bytes()) != expected[path.suffix]]
    assert files
    assert not wrong
