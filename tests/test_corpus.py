"""Labels and locator laws on the real and made documents beside the repository, where they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from labelled import KINDS, compare, labels_of
from sample_files import ROOT, extraction_of
from test_laws import broken

CORPUS = ROOT / "../shared/corpus"
LABELLED = (("labels", ""), ("wild", "wild"), ("made", "made"))  # folder of labels, of documents
EXACT = KINDS[:-1]

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no labelled corpus at {CORPUS}")


def documents() -> Iterator[tuple[Path, Path]]:
    """Every labelled document with its labels."""
    for labels, folder in LABELLED:
        for label in sorted((CORPUS / labels).glob("*.json")):
            for path in sorted((CORPUS / folder).glob(f"{label.stem}.*")):
                if path.suffix != ".json":
                    yield path, label


DOCUMENTS = list(documents())
FILES = [path for path, _ in DOCUMENTS] + sorted((CORPUS / "files").glob("*.[dp]*[fx]"))


def test_the_corpus_is_whole() -> None:
    assert len(DOCUMENTS) == sum(len(list((CORPUS / f).glob("*.json"))) for f, _ in LABELLED)
    assert len({path.suffix for path in FILES}) == 5


@pytest.mark.parametrize(("path", "label"), DOCUMENTS, ids=lambda p: p.stem)
def test_every_labelled_cell_is_read_and_no_other(path: Path, label: Path) -> None:
    found = compare(labels_of(label), extraction_of(path))
    wrong = {kind: (list(found[kind].lost), list(found[kind].extra)) for kind in EXACT}
    assert wrong == {kind: ([], []) for kind in EXACT}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_what_stands_at_a_locator_is_what_was_read(path: Path) -> None:
    assert list(broken(path))[:5] == []
