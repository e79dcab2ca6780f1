"""A twin: the running text of a sample and its forms, in reading order."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sample_maker.form import Form, read_forms
from sample_maker.grid import Grid
from sample_maker.layout import lay_out, read_family

_ROOT = Path(__file__).resolve().parent.parent
SAMPLES = _ROOT / "samples"
LABELS = _ROOT / "tests" / "labels"
TWINS = Path(__file__).with_name("twins.toml")
HEADINGS = (
    (1, re.compile(r"[一二三四五六七八九十]+、|第[一二三]部分")),
    (2, re.compile(r"（[一二三四五六七八九十]+）")),
)
LONGEST_HEADING = 40  # characters; a numbered sentence is no heading

Format = Literal["docx", "pdf", "xlsx", "html"]


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of running text; `level` is 0 for a plain one."""

    text: str
    level: int


Part = Line | Grid


@dataclass(frozen=True, slots=True)
class Twin:
    """What a writer needs: where to write, the parts, and how to render them."""

    name: str
    format: Format
    sample: str
    parts: tuple[Part, ...]
    landscape: bool
    native_numbers: bool

    @property
    def path(self) -> Path:
        """The file of the twin."""
        return SAMPLES / f"{self.name}.{self.format}"

    @property
    def lines(self) -> tuple[Line, ...]:
        """The running text alone."""
        return tuple(p for p in self.parts if isinstance(p, Line))

    @property
    def grids(self) -> tuple[Grid, ...]:
        """The forms alone."""
        return tuple(p for p in self.parts if isinstance(p, Grid))


def read_twins() -> tuple[Twin, ...]:
    """Every twin that `twins.toml` declares."""
    table = tomllib.loads(TWINS.read_text(encoding="utf-8"))
    return tuple(_twin(name, own) for name, own in table.items())


def twin_label(twin: Twin) -> str:
    """The labels of a twin: those of its sample, under its own name."""
    label = json.loads((LABELS / f"{twin.sample}.json").read_text(encoding="utf-8"))
    own = {"document": twin.path.name, "twin_of": label["document"], "layout": twin.format}
    kept = {k: v for k, v in label.items() if k not in (*own, "encoding")}
    return json.dumps(own | kept, ensure_ascii=False, indent=1) + "\n"


def _twin(name: str, own: dict[str, Any]) -> Twin:
    label = LABELS / f"{own['sample']}.json"
    encoding = json.loads(label.read_text(encoding="utf-8"))["encoding"]
    text = (SAMPLES / f"{own['sample']}.txt").read_bytes().decode(encoding)
    grids = iter([_grid(form, own) for form in read_forms(label)])
    parts = tuple(_parts(text, tuple(own["titles"]), tuple(own["resume"]), grids))
    if next(grids, None) is not None:
        raise ValueError(f"{name}: a form has no title line in the text")
    return Twin(
        name=name,
        format=own["format"],
        sample=own["sample"],
        parts=parts,
        landscape=own.get("landscape", False),
        native_numbers=own.get("native_numbers", False),
    )


def _grid(form: Form, own: dict[str, Any]) -> Grid:
    return lay_out(form, read_family(own[form.scope]))


def _parts(
    text: str, titles: tuple[str, ...], resume: tuple[str, ...], grids: Iterator[Grid]
) -> Iterator[Part]:
    in_form = False
    for raw in text.splitlines():
        line = raw.strip(" \t\u3000\xa0")
        if line.startswith(titles):
            in_form = True
            yield next(grids)
        elif line and (not in_form or line.startswith(resume or ("\0",))):
            in_form = False
            yield Line(line, _level(line))


def _level(line: str) -> int:
    if len(line) > LONGEST_HEADING or line.endswith("。"):
        return 0
    return next((level for level, pattern in HEADINGS if pattern.match(line)), 0)
