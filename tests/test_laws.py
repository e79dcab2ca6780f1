"""The law of every published value: what stands at its locator is its `raw`.

Characters of a text are sliced, and must be `raw` to the letter. Cells and paragraphs of the other
formats are read again by other libraries (`resolve_places`) and are the same but for white space.
What is read from running text points to its paragraph in those formats, and stands in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from resolve_places import NoSuchPlace, next_page, resolver_of
from sample_files import document_of, extraction_of, sample_paths

from extractors.document import Paragraph
from schemas.columns import Locator
from schemas.records import Extraction, FundScore, Indicator
from schemas.tables import EXTRACTION_TABLES

SAMPLES = sample_paths()
IDS = [path.name for path in SAMPLES]


@dataclass(frozen=True, slots=True)
class Placed:
    """One published string and where it is said to stand."""

    table: str
    raw: str
    locator: Locator
    whole: bool = True  # False for words within the paragraph or cell that the locator names


def placed(extraction: Extraction) -> Iterator[Placed]:
    """Every string of an extraction that carries its place."""
    for fund in extraction.funds:
        yield Placed("funds", fund.raw, fund.locator, fund.origin == "form")
    for name in ("projects", "fund_scores", "indicators"):
        for row in getattr(extraction, name):
            yield from (Placed(f"{name}.cells", c.raw, c.locator) for c in row.cells)
    for name in ("account_lines", "claims"):
        for row in getattr(extraction, name):
            yield Placed(name, row.raw, row.locator, whole=False)
    yield from (Placed("scoring_rules", r.raw, r.locator, False) for r in _rules(extraction))
    yield from (Placed("rejects", r.raw, r.locator) for r in extraction.rejects if r.raw)


def squeezed(text: str) -> str:
    """The text without white space, also of the kinds that `str.split` keeps."""
    return re.sub(r"[\s\u200b\ufeff]+", "", text)


def broken(path: Path) -> Iterator[tuple[Placed, str]]:
    """Every string of a file that does not stand at its place, and what stands there."""
    resolve = resolver_of(path)
    running = {b.locator for b in document_of(path).blocks if isinstance(b, Paragraph)}
    for item in placed(extraction_of(path)):
        try:
            there = resolve(item.locator)
        except NoSuchPlace:
            yield item, "no such place"
            continue
        if item.locator.char_start is not None:
            if there != item.raw:
                yield item, there
        elif not _stands_at(item, item.whole and item.locator not in running, there, path):
            yield item, there


def _stands_at(item: Placed, whole: bool, there: str, path: Path) -> bool:
    """Whether a string is what stands at its place, or if not `whole` some of it."""
    raw, found = squeezed(item.raw), squeezed(there)
    if raw == found or (not whole and raw in found):
        return True
    if item.locator.page is None:
        return False
    behind = squeezed(next_page(path, item.locator))
    if whole:  # parted by a page end: its place is its first part, and its other lines come behind
        lines = [squeezed(line) for line in item.raw.split("\n")]
        first = next((n for n in range(len(lines)) if "".join(lines[:n]) == found), 0)
        return first > 0 and all(line in behind for line in lines[first:])
    return raw in found + behind


@pytest.mark.parametrize("path", SAMPLES, ids=IDS)
def test_what_stands_at_a_locator_is_what_was_read(path: Path) -> None:
    assert [(item, there) for item, there in broken(path)][:5] == []


@pytest.mark.parametrize("path", SAMPLES, ids=IDS)
def test_every_row_has_a_place_of_its_formats_kind(path: Path) -> None:
    kind = {".txt": "characters", ".pdf": "box"}.get(path.suffix, "path")
    kinds = Counter(
        (spec.name, kind_of(row.locator))
        for spec in EXTRACTION_TABLES[1:]
        for row in getattr(extraction_of(path), spec.name)
    )
    assert kinds and {found for _, found in kinds} == {kind}


@pytest.mark.parametrize("path", SAMPLES, ids=IDS)
def test_a_section_is_the_text_at_its_place(path: Path) -> None:
    """Without offsets the place is that of the first paragraph, or of the heading of no text."""
    resolve = resolver_of(path)
    for section in extraction_of(path).sections:
        there = resolve(section.locator)
        if section.locator.char_start is not None:
            assert there == section.text
        else:
            first, _, _ = (section.text or section.heading or "").partition("\n")
            assert first.strip() and squeezed(first) in squeezed(there), section


@pytest.mark.parametrize("path", SAMPLES, ids=IDS)
def test_the_place_of_a_row_holds_its_cells(path: Path) -> None:
    extraction = extraction_of(path)
    rows: tuple[Indicator | FundScore, ...] = (*extraction.indicators, *extraction.fund_scores)
    for row in rows:
        own = [c.locator for c in row.cells if c.column not in ("level1", "level2")]
        assert own and all(holds(row.locator, place) for place in own), row


def test_every_table_of_strings_is_held_to_the_law() -> None:
    seen = {item.table for path in SAMPLES for item in placed(extraction_of(path))}
    assert seen >= {
        "funds",
        "projects.cells",
        "fund_scores.cells",
        "indicators.cells",
        "account_lines",
        "claims",
    }


@pytest.mark.parametrize("path", SAMPLES, ids=IDS)
def test_a_wrong_place_is_noticed(path: Path) -> None:
    """The law can fail: at the place of another string of the file stands another string."""
    items = [i for i in placed(extraction_of(path)) if i.whole and squeezed(i.raw)]
    if not items:
        items = list(placed(extraction_of(path)))
    resolve = resolver_of(path)
    first = items[0]
    others = [i for i in items if squeezed(first.raw) not in squeezed(i.raw)]
    assert others and squeezed(resolve(others[-1].locator)) != squeezed(first.raw)


def kind_of(locator: Locator) -> str:
    """How a locator says where: by one of three ways and no other."""
    ways = {
        "box": locator.page is not None and locator.bbox is not None,
        "characters": locator.char_start is not None and locator.char_end is not None,
        "path": bool(locator.path),
    }
    return " and ".join(way for way, used in ways.items() if used) or "none"


def holds(outer: Locator, inner: Locator) -> bool:
    """Whether a row's place covers a cell's; of a path only that it begins in the same table."""
    if outer.bbox and inner.bbox and outer.page == inner.page:
        edges = zip(outer.bbox, inner.bbox, (1, 1, -1, -1), strict=True)
        return all((there - here) * sign >= 0 for here, there, sign in edges)
    if outer.page is not None and inner.page is not None:
        return inner.page - outer.page == 1
    if outer.char_start is not None and outer.char_end is not None:
        assert inner.char_start is not None and inner.char_end is not None
        return outer.char_start <= inner.char_start <= inner.char_end <= outer.char_end
    return _grid_of(outer.path or "") == _grid_of(inner.path or "")


def _grid_of(path: str) -> str:
    return path.partition("!")[0] if "!" in path else path.rpartition("/row[")[0]


def _rules(extraction: Extraction) -> Iterator[Placed]:
    for rule in extraction.scoring_rules:
        if rule.locator is not None:
            yield Placed("scoring_rules", rule.raw, rule.locator, whole=False)
