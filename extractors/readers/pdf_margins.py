"""Running headers, footers and page numbers: lines at the page's edge that are no text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from extractors.readers.pdf_joins import begins_anew, repeated_rows
from extractors.readers.pdf_page import Line, PageItems, TablePart

EDGE = 0.12  # of the page's height: headers and footers stand within
OUTERMOST = 3  # lines at either end of a page that may belong to its header or footer
SAME_HEIGHT = 5.0  # points between a running line's places on two pages
HEADING_SIZE = 1.15  # of the page's usual size: a larger line is a heading
PAGE_NUMBER = re.compile(
    r"[-—–－─·•~～.\s]*(第\s*)?([0-9０-９]{1,3}|[ivxlIVXL]{1,6}|[一二三四五六七八九十]{1,3}(?=\s*页))"
    r"(\s*页)?(\s*[/／|，,]?\s*(共\s*)?[0-9]{1,4}(\s*页)?)?[-—–－─·•~～.\s]*"
)
# Words of a table's title, year and unit lines. Where each such line stands before a table, it is
# dropped only where that table goes on from the page before.
_TITLE_WORDS = re.compile(r"单位|[元表]|年度|附件|项目")
_DIGITS = re.compile(r"[0-9０-９]+")


def without_margins(pages: tuple[PageItems, ...]) -> tuple[PageItems, ...]:
    """The same pages without running headers, footers and page numbers."""
    tops = [_edge_lines(page, top=True) for page in pages]
    bottoms = [_edge_lines(page, top=False) for page in pages]
    running = _numbers(bottoms, pages) | _numbers(tops, pages)
    running |= _repeated(bottoms, len(pages))
    running |= _headers(tops, pages)
    return tuple(
        PageItems(page.frame, tuple(item for item in page.items if id(item) not in running))
        for page in pages
    )


def _edge_lines(page: PageItems, *, top: bool) -> list[Line]:
    """Up to three lines at one end of a page, the outermost first."""
    height = page.frame.layout_size[1]
    lines: list[Line] = []
    for item in page.items if top else reversed(page.items):
        if isinstance(item, TablePart) or len(lines) == OUTERMOST:
            break
        inside = item.box[3] > EDGE * height if top else item.box[1] < (1 - EDGE) * height
        if inside:
            break
        lines.append(item)
    return lines


def _numbers(edges: list[list[Line]], pages: tuple[PageItems, ...]) -> set[int]:
    """Page numbers: the outermost line of a page, no larger than its text."""
    return {
        id(lines[0])
        for lines, page in zip(edges, pages, strict=True)
        if lines
        and len(page.items) > 1
        and PAGE_NUMBER.fullmatch(lines[0].text)
        and lines[0].box[2] - lines[0].box[0] < page.frame.layout_size[0] / 3
    }


def _repeated(edges: list[list[Line]], count: int) -> set[int]:
    """Lines with the same words at the same height on two pages and on a third of all."""
    groups = _by_words(edges)
    return {id(line) for group in groups if len(group) >= max(2, count / 3) for _, line in group}


def _by_words(edges: Iterable[list[Line]]) -> list[list[tuple[int, Line]]]:
    """Lines of different pages with the same words (figures apart) at the same height."""
    by_words: dict[str, list[tuple[int, Line]]] = defaultdict(list)
    for page, lines in enumerate(edges):
        for line in lines:
            by_words[_DIGITS.sub("#", line.text)].append((page, line))
    groups = []
    for lines_of_words in by_words.values():
        while lines_of_words:
            height = lines_of_words[0][1].box[3]
            near = [p for p in lines_of_words if abs(p[1].box[3] - height) <= SAME_HEIGHT]
            lines_of_words = [p for p in lines_of_words if p not in near]
            groups.append(near)
    return groups


def _headers(tops: list[list[Line]], pages: tuple[PageItems, ...]) -> set[int]:
    """Repeated first lines, but not headings, nor the titles of tables that begin there."""
    usual = _usual_size(pages)
    headers: set[int] = set()
    for group in _by_words(tops):
        if len(group) < max(2, len(pages) / 3):
            continue
        if any(line.em > HEADING_SIZE * usual for _, line in group):
            continue
        before_tables = all(_first_table(pages[page]) is not None for page, _ in group)
        if before_tables and _TITLE_WORDS.search(group[0][1].text):
            group = [(page, line) for page, line in group if _goes_on(pages, page)]
        elif _are_titles([page for page, _ in group], pages):
            continue
        headers |= {id(line) for _, line in group}
    return headers


def _goes_on(pages: tuple[PageItems, ...], page: int) -> bool:
    """Whether the first table of a page goes on with the page before, its top printed again."""
    part = _first_table(pages[page])
    before = pages[page - 1].items[-OUTERMOST - 1 :] if page else ()
    last = next((item for item in reversed(before) if isinstance(item, TablePart)), None)
    if part is None or last is None:
        return False
    repeated = repeated_rows(last, part)
    return repeated > 0 and not begins_anew(last, part, repeated)


def _usual_size(pages: tuple[PageItems, ...]) -> float:
    sizes = [item.em for page in pages for item in page.items if isinstance(item, Line)]
    return float(np.median(sizes)) if sizes else 0.0


def _are_titles(numbers: list[int], pages: tuple[PageItems, ...]) -> bool:
    """Whether the pages' first tables are forms that begin alike."""
    parts = [_first_table(pages[number]) for number in numbers]
    known = [part for part in parts if part is not None]
    if len(known) < 2 or len(known) * 2 < len(parts):
        return False
    anew = sum(begins_anew(known[0], part, repeated_rows(known[0], part)) for part in known[1:])
    return anew * 2 >= len(known) - 1


def _first_table(page: PageItems) -> TablePart | None:
    """The first table of a page when only a few lines stand before it."""
    for item in page.items[: OUTERMOST + 1]:
        if isinstance(item, TablePart):
            return item
    return None
