"""Hand-made labels prove truth: every cell a careful reader found in a sample is read, no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from labelled import KINDS, LABELS, compare, labels_of
from sample_files import extraction_of, sample_paths

EXACT = KINDS[:-1]  # all that a form or the accounts print; prose is scored, see `make score`


@pytest.mark.parametrize("kind", EXACT)
@pytest.mark.parametrize("sample", sample_paths(), ids=lambda p: p.stem)
def test_every_labelled_cell_is_read_and_no_other(sample: Path, kind: str) -> None:
    labels = labels_of(LABELS / f"{sample.stem}.json")
    comparison = compare(labels, extraction_of(sample))[kind]
    assert (list(comparison.lost), list(comparison.extra)) == ([], [])


@pytest.mark.parametrize("sample", sample_paths(), ids=lambda p: p.stem)
def test_a_wrong_label_is_noticed(sample: Path) -> None:
    labels = labels_of(LABELS / f"{sample.stem}.json")
    labels["projects"][0]["name"] += "二期"
    labels["projects"][0]["funds"].append(
        {"source_label": "总额", "stage_label": "执行数", "raw": "1.23", "amount_wan": "1.23"}
    )
    comparison = compare(labels, extraction_of(sample))
    assert comparison["project fields"].lost and comparison["project fields"].extra
    assert comparison["fund amounts"].lost


def test_every_kind_of_cell_is_printed_somewhere() -> None:
    total = dict.fromkeys(EXACT, 0)
    for sample in sample_paths():
        labels = labels_of(LABELS / f"{sample.stem}.json")
        for kind, comparison in compare(labels, extraction_of(sample)).items():
            if kind in total:
                total[kind] += comparison.right.total()
    assert all(total.values()), total
