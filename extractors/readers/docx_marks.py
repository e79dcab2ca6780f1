"""What few elements of a Word document have: found by one search each, so that no other is asked.

A search runs within libxml2; to ask every run and every row in Python takes as long as reading it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from extractors.readers.docx_text import ALTERNATE, TRANSPARENT
from extractors.readers.numbering import W

WRAPPERS = TRANSPARENT | {ALTERNATE}
_VANISH, _POSITION, _DELETED = f"{W}vanish", f"{W}vertAlign", f"{W}del"
_DELETABLE = (f"{W}rPr", f"{W}trPr")  # of a paragraph's end, of a row

_Elements = frozenset[etree._Element]  # lxml gives the same object for an element that is kept


@dataclass(frozen=True, slots=True)
class Marks:
    """Elements by what is special about them.

    `effects`: runs that are hidden or raised. `deleted`: rows, and the properties of paragraphs
    whose end was deleted. `wrapping`: those with wrappers among their children.
    """

    effects: _Elements
    deleted: _Elements
    wrapping: _Elements


def find_marks(roots: Iterable[etree._Element]) -> Marks:
    """The marked elements of some trees."""
    trees = tuple(roots)
    settings = _parents(trees, _VANISH, _POSITION)
    deletions = (parent for parent in _parents(trees, _DELETED) if parent.tag in _DELETABLE)
    return Marks(
        effects=_kept(setting.getparent() for setting in settings),
        deleted=_kept(deletion.getparent() for deletion in deletions),
        wrapping=_kept(_parents(trees, *WRAPPERS)),
    )


def _parents(trees: Iterable[etree._Element], *tags: str) -> Iterator[etree._Element]:
    """The parents of all elements with these tags."""
    for tree in trees:
        for element in tree.iter(*tags):
            parent = element.getparent()
            if parent is not None:
                yield parent


def _kept(elements: Iterable[etree._Element | None]) -> _Elements:
    return frozenset(element for element in elements if element is not None)
