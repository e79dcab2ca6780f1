"""The only import direction: schemas <- extractors <- pipeline."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("schemas", "extractors", "pipeline")


def imported_roots(source: str) -> Iterator[str]:
    """The first part of every module that a file imports, wherever the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the direction"
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("layer", LAYERS)
def test_no_layer_imports_one_above_it(layer: str) -> None:
    above = set(LAYERS[LAYERS.index(layer) + 1 :]) | {"tests", "samples"}
    files = sorted((ROOT / layer).rglob("*.py"))
    assert files
    wrong = [
        (path.relative_to(ROOT).as_posix(), root)
        for path in files
        for root in imported_roots(path.read_text("utf-8"))
        if root in above
    ]
    assert wrong == []


def test_the_proof_sees_imports_inside_functions() -> None:
    source = "def f():\n    from pipeline.store import Store\n    import extractors.values as v\n"
    assert list(imported_roots(source)) == ["pipeline", "extractors"]
