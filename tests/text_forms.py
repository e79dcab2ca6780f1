"""What tests of text dumps share: the columns most forms have, and a dump read as a file."""

from __future__ import annotations

from extractors.extract import extract
from schemas.records import Extraction

COLUMNS = (
    "一级指标",
    "二级指标",
    "三级指标",
    "年度指标值",
    "实际完成值",
    "分值",
    "得分",
    "偏差原因",
)


def read(text: str) -> Extraction:
    """The one document of a dump."""
    (extraction,) = extract(text.encode(), "dump.txt")
    return extraction
