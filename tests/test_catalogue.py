"""docs/checks.md tells what the check files say, and every check file says enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.reconcile import builtin_checks
from pipeline.reconcile.catalogue import FAMILIES, catalogue, read_points
from pipeline.reconcile.headers import read_check

PAGE = Path(__file__).parent.parent / "docs" / "checks.md"
POINTS = {point.point_id: point for point in read_points()}
LEAST_COVERED = 70


@pytest.mark.parametrize("path", builtin_checks(), ids=lambda path: path.stem)
def test_every_check_names_its_audit_points_and_its_excuse(path: Path) -> None:
    check = read_check(path)
    assert check.catalogue, "-- id: 缺少审计要点的编号"
    assert set(check.catalogue) <= set(POINTS)
    assert check.excuse, "-- excuse: 缺少可能的解释"
    assert check.applies, "-- applies: 缺少适用范围"


def test_a_point_has_a_check_or_a_reason_never_both() -> None:
    covered = {point for path in builtin_checks() for point in read_check(path).catalogue}
    for point_id, point in POINTS.items():
        assert (point_id in covered) != bool(point.not_built), point_id
    assert len(covered) >= LEAST_COVERED


def test_the_points_are_numbered_without_gaps() -> None:
    for letter, _ in FAMILIES:
        numbers = [int(point_id[1:]) for point_id in POINTS if point_id.startswith(letter)]
        assert numbers == list(range(1, len(numbers) + 1))


def test_the_page_is_not_stale() -> None:
    """After a change of a header: python -m pipeline.reconcile.catalogue > docs/checks.md."""
    assert PAGE.read_text(encoding="utf-8") == catalogue()
