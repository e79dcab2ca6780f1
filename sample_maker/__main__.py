"""Writes every twin beside the text samples, and its labels."""

from __future__ import annotations

from collections.abc import Callable

from sample_maker.twin import LABELS, Format, Twin, read_twins, twin_label
from sample_maker.write_docx import write_docx
from sample_maker.write_html import write_html
from sample_maker.write_pdf import write_pdf
from sample_maker.write_xlsx import write_xlsx

WRITERS: dict[Format, Callable[[Twin], bytes]] = {
    "docx": write_docx,
    "pdf": write_pdf,
    "xlsx": write_xlsx,
    "html": write_html,
}


def main() -> None:
    """Write the twins and their labels."""
    for twin in read_twins():
        twin.path.write_bytes(WRITERS[twin.format](twin))
        label = LABELS / f"{twin.name}.json"
        label.write_text(twin_label(twin), encoding="utf-8")
        print(twin.path.name)


if __name__ == "__main__":
    main()
