"""What stands at a locator, read without the readers: the other side of the locator laws.

A resolver opens the file with the library a user would take (pdfplumber, python-docx, openpyxl,
lxml) and cuts out what the locator names. It knows the addresses, nothing of how they were made.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pdfplumber
from lxml import html
from openpyxl.utils.exceptions import InvalidFileException
from sample_files import document_of

from extractors.readers.html_article import article
from schemas.columns import Locator

SLACK = 0.5  # points: boxes are written with two decimals
LEAST_SHARED = 0.1  # of a character's width
ONE_LINE = 5  # points: digits of another font stand as much lower on the same line
STEP = re.compile(r"(table|row|cell|p|line|h1)\[(\d+)\]")
ADDRESS = re.compile(r"(?:'((?:[^']|'')+)'|([^!']+))!([A-Z]+\d+)(?::[A-Z]+\d+)?")
SAVED_FROM = {"31-national-report.doc": "24-national-report.docx"}
HTML_LINES = ("p", "h1", "h2", "h3", "h4", "h5", "h6")


class NoSuchPlace(Exception):
    """The locator names no place of the file."""


def resolver_of(path: Path) -> Callable[[Locator], str]:
    """The function that reads what stands at a locator of a file."""
    resolvers: dict[str, Callable[[Path, Locator], str]]
    resolvers = {".docx": _in_docx, ".doc": _in_doc, ".xlsx": _in_xlsx, ".html": _in_html}
    resolvers[".pdf"] = _in_pdf
    resolve = resolvers.get(path.suffix, _in_text)
    return lambda locator: resolve(path, locator)


def next_page(path: Path, locator: Locator) -> str:
    """The text of the page behind a locator's, where what stands there may go on."""
    pages = _pages(path)
    if locator.page is None or locator.page >= len(pages):
        return ""
    text: str = pages[locator.page].extract_text(y_tolerance=ONE_LINE)
    return text


def _in_text(path: Path, locator: Locator) -> str:
    source = document_of(path).source_text
    start, end = locator.char_start, locator.char_end
    if source is None or start is None or end is None or not 0 <= start <= end <= len(source):
        raise NoSuchPlace(locator)
    return source[start:end]


@cache
def _pages(path: Path) -> list[Any]:
    return list(pdfplumber.open(path).pages)


def _in_pdf(path: Path, locator: Locator) -> str:
    if locator.page is None or locator.bbox is None:
        raise NoSuchPlace(locator)
    page = _pages(path)[locator.page - 1]
    left, top, right, bottom = locator.bbox
    if not (0 <= left <= right <= page.width and 0 <= top <= bottom <= page.height):
        raise NoSuchPlace(locator)

    def inside(character: dict[str, Any]) -> bool:
        """On its line, and with some of its advance: the ink of `。` ends well before that does."""
        middle = (character["top"] + character["bottom"]) / 2
        shared = min(character["x1"], right) - max(character["x0"], left)
        in_line = top - SLACK <= middle <= bottom + SLACK
        return bool(in_line and shared > LEAST_SHARED * (character["x1"] - character["x0"]))

    characters = [character for character in page.chars if inside(character)]
    text: str = pdfplumber.utils.extract_text(characters, y_tolerance=ONE_LINE)
    return text


@cache
def _docx(path: Path) -> Any:
    return docx.Document(str(path)).element.body


def _in_docx(path: Path, locator: Locator) -> str:
    """A path counts the children of each name: paragraphs, tables, rows, cells."""
    here, line = _docx(path), None
    for name, number in _steps(locator):
        if name == "line":
            line = number
            continue
        tag = {"p": "p", "table": "tbl", "row": "tr", "cell": "tc"}[name]
        here = _nth(here.xpath(f"./w:{tag}"), number, locator)
    paragraphs = [here] if here.tag.endswith("}p") else here.xpath("./w:p")
    text = "\n".join(_docx_text(p) for p in paragraphs)
    return text if line is None else _nth(text.split("\n"), line, locator)


def _in_doc(path: Path, locator: Locator) -> str:
    """No library reads Word 97: a path names the place of the DOCX the file was saved from."""
    return _in_docx(path.with_name(SAVED_FROM[path.name]), locator)


def _docx_text(paragraph: Any) -> str:
    pieces = {"t": lambda e: e.text or "", "br": lambda _: "\n", "tab": lambda _: "\t"}
    found = paragraph.xpath("./w:r/w:t | ./w:r/w:br | ./w:r/w:tab")
    return "".join(pieces[element.tag.rpartition("}")[2]](element) for element in found)


def _steps(locator: Locator) -> list[tuple[str, int]]:
    path = locator.path or ""
    steps = [(name, int(number)) for name, number in STEP.findall(path)]
    if not steps or "/".join(f"{name}[{number}]" for name, number in steps) != path:
        raise NoSuchPlace(locator)
    return steps


def _nth(items: list[Any], number: int, locator: Locator) -> Any:
    if not 1 <= number <= len(items):
        raise NoSuchPlace(locator)
    return items[number - 1]


@cache
def _book(path: Path) -> Any:
    try:
        return openpyxl.load_workbook(path)
    except InvalidFileException as error:
        raise NoSuchPlace(path) from error


def _in_xlsx(path: Path, locator: Locator) -> str:
    match = ADDRESS.fullmatch(locator.path or "")
    sheet = match and (match[1] or "").replace("''", "'") or match and match[2]
    if match is None or sheet not in _book(path).sheetnames:
        raise NoSuchPlace(locator)
    cell = _book(path)[sheet][match[3]]
    return _shown(cell.value, cell.number_format)


def _shown(value: object, code: str) -> str:
    """A stored value as the commonest number formats show it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else str(value)
    exact = Decimal(str(value))
    match = re.fullmatch(r"(#,##)?0(?:\.(0+))?(%)?", code)
    if match is None:
        return format(exact.normalize(), "f")
    digits, percent = len(match[2] or ""), match[3] or ""
    shown = exact * 100 if percent else exact
    return f"{shown:{',' if match[1] else ''}.{digits}f}{percent}"


@cache
def _page(path: Path) -> Any:
    root = html.document_fromstring(path.read_bytes().decode("utf-8"))
    return article(root)[0]


def _in_html(path: Path, locator: Locator) -> str:
    """A path counts the printed paragraphs and the tables of the article."""
    body = _page(path)
    steps = _steps(locator)
    if steps[0][0] == "h1":
        root = body.getroottree().getroot()
        return _html_text(_nth(root.xpath("//h1"), steps[0][1], locator))
    if steps[0][0] == "p":
        wanted = " | ".join(f".//{tag}[not(ancestor::table)]" for tag in HTML_LINES)
        printed = [line for line in body.xpath(wanted) if _html_text(line).strip(" \xa0\n")]
        return _html_text(_nth(printed, steps[0][1], locator))
    names = [name for name, _ in steps]
    if names != ["table", "row", "cell"]:
        raise NoSuchPlace(locator)
    table = _nth(body.xpath(".//table[not(ancestor::table)]"), steps[0][1], locator)
    row = _nth(table.xpath("./tr | ./*/tr"), steps[1][1], locator)
    return _html_text(_nth(row.xpath("./td | ./th"), steps[2][1], locator))


def _html_text(element: Any) -> str:
    return "".join("\n" if e == "\n" else str(e) for e in element.itertext())
