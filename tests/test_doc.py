"""Binary Word files: their blocks are those of the same document as DOCX.

`word/features.doc` and the sample were saved by LibreOffice (`soffice --convert-to doc`).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_files import SAMPLES, document_of

from extractors.document import Document, Paragraph, Table, UnreadableDocument
from extractors.extract import read_document
from extractors.readers.doc import read_doc

FEATURES = (Path(__file__).parent / "word" / "features.doc").read_bytes()
WIDE_COLUMNS = 30


def blocks_without_files(document: Document) -> list[object]:
    """The blocks as values: texts, headings, cells with their spans, and every path."""
    return [
        (block.text, block.level, block.locator.path) if isinstance(block, Paragraph) else block
        for block in document.blocks
    ]


def paragraphs(document: Document) -> list[tuple[str, int | None]]:
    """Text and heading level of each paragraph."""
    return [(b.text, b.level) for b in document.blocks if isinstance(b, Paragraph)]


def tables(document: Document) -> list[Table]:
    """The tables in reading order."""
    return [block for block in document.blocks if isinstance(block, Table)]


def test_a_report_reads_as_its_docx_twin() -> None:
    doc = document_of(SAMPLES / "31-national-report.doc")
    docx = document_of(SAMPLES / "24-national-report.docx")
    assert doc.media_type == "application/msword"
    assert doc.problems == ()
    assert blocks_without_files(doc) == blocks_without_files(docx)


def test_the_name_says_nothing() -> None:
    assert read_document(FEATURES, "报告.wps").blocks == read_doc(FEATURES).blocks


def test_paragraphs_as_printed() -> None:
    document = read_doc(FEATURES)
    assert document.title == "绩效自评报告"
    assert paragraphs(document) == [
        ("绩效自评报告", None),
        ("基本情况", 1),
        ("绿化面积1202米，建设10m²，完成。", None),  # raised only where it is; hidden text is gone
        ("预算120万元", None),  # a tracked change, accepted
        ("1. 项目立项", None),  # automatic numbers
        ("2. 资金管理", None),
        ("宽表：", None),
        ("尾注𠀀字。", None),  # a character of two UTF-16 units
    ]


def test_merged_cells_and_a_table_in_a_cell() -> None:
    outer, inner, _ = tables(read_doc(FEATURES))
    spans = {c.text: (c.row, c.column, c.rowspan, c.colspan) for c in outer.cells if c.text}
    assert spans["纵向"] == (0, 0, 2, 1)
    assert spans["横向"] == (2, 1, 1, 3)
    assert spans["3行3列"] == (3, 3, 1, 1)
    assert outer.at(3, 0) is not None
    assert inner.locator.path == "table[1]/row[4]/cell[4]/table[1]"
    assert [cell.text for cell in inner.cells] == ["内00", "内01", "内10", "内11"]


def test_a_row_whose_cells_are_told_elsewhere() -> None:
    """Thirty cells do not fit into the page of a paragraph: they stand in the Data stream."""
    *_, wide = tables(read_doc(FEATURES))
    assert (wide.row_count, wide.column_count) == (2, WIDE_COLUMNS)
    assert [c.text for c in wide.cells] == [str(n) for n in range(2 * WIDE_COLUMNS)]


BEGIN = FEATURES.index(b"\xec\xa5")  # of the stream WordDocument


def _with(at: int, value: bytes) -> bytes:
    """The file with other bytes at an offset of its WordDocument stream."""
    start = BEGIN + at
    return FEATURES[:start] + value + FEATURES[start + len(value) :]


def test_an_encrypted_document() -> None:
    flags = FEATURES[BEGIN + 11]
    with pytest.raises(UnreadableDocument, match="密码"):
        read_doc(_with(11, bytes([flags | 1])))


def test_a_document_older_than_word_97() -> None:
    with pytest.raises(UnreadableDocument, match="另存为 DOCX"):
        read_doc(_with(2, b"\x65\x00"))


@given(st.integers(0, len(FEATURES) - 1))
def test_a_truncated_document(size: int) -> None:
    try:
        read_doc(FEATURES[:size])
    except UnreadableDocument as error:
        assert "不完整" in error.reason


@given(st.lists(st.tuples(st.integers(0, len(FEATURES) - 1), st.integers(0, 255)), max_size=30))
def test_damage_ends_in_blocks_or_in_a_reason(changes: list[tuple[int, int]]) -> None:
    data = bytearray(FEATURES)
    for at, value in changes:
        data[at] = value
    try:
        document = read_doc(bytes(data))
    except UnreadableDocument as error:
        assert error.reason
    else:
        assert all(c.rowspan > 0 and c.colspan > 0 for t in tables(document) for c in t.cells)
