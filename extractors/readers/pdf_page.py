"""What one PDF page holds once it is read, whichever library read it.

All coordinates are points with the origin at the top left of the page turned so that its text
stands upright; `Frame.shown` turns a box back into the displayed page, which differs only where the
text itself was drawn on its side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.columns import Locator

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """A page's number, its size as displayed, and the quarter turns its text was drawn with."""

    page: int
    width: float
    height: float
    turns: int = 0

    @property
    def layout_size(self) -> tuple[float, float]:
        """Width and height of the page turned so that its text stands upright."""
        return (self.height, self.width) if self.turns % 2 else (self.width, self.height)

    def shown(self, box: Box) -> Box:
        """A box of the upright layout as a box of the displayed page."""
        x0, top, x1, bottom = box
        if self.turns == 1:
            return (top, self.height - x1, bottom, self.height - x0)
        if self.turns == 2:
            return (self.width - x1, self.height - bottom, self.width - x0, self.height - top)
        if self.turns == 3:
            return (self.width - bottom, x0, self.width - top, x1)
        return box

    def locator(self, box: Box) -> Locator:
        """The place of a box of the upright layout, given to hundredths of a point."""
        if not self.turns:
            return Locator(self.page, box)
        x0, top, x1, bottom = self.shown(box)
        return Locator(self.page, (round(x0, 2), round(top, 2), round(x1, 2), round(bottom, 2)))


@dataclass(frozen=True, slots=True)
class Characters:
    """The printed characters of a page in drawing order, white space left out.

    `left` and `right` bound the advance, `middle` is the height of the line's middle, the same for
    every font of a line, and `em` about the font size. `spaced` marks a printed space before a
    character, where one between figures would change what they mean. `ink` gives the boxes of some
    characters by index, their x0, y0, x1 and y1 in a row each; it may ask the library and is called
    only while the page is open.
    """

    codes: Ints
    left: Floats
    right: Floats
    middle: Floats
    em: Floats
    spaced: Flags
    ink: Callable[[Ints], Floats]


@dataclass(frozen=True, slots=True)
class PageContent:
    """One page as its library gives it: characters, straight strokes (n x 4), and what hides text.

    `image_share` is the share of the page under pictures, `hidden_text` tells that its characters
    are drawn invisibly, as behind a scan, `turned` counts characters on their side that were left
    out, `drawings` the paths with curves.
    """

    frame: Frame
    characters: Characters
    rules: Floats
    image_share: float = 0.0
    hidden_text: bool = False
    turned: int = 0
    drawings: int = 0


class Fit(NamedTuple):
    """How the text of a cell ends: the ends and the middle of its last line, and its size."""

    left: float
    right: float
    middle: float
    em: float


class PartCell(NamedTuple):
    """A cell of one page's part of a table; `raw` has one printed line a line."""

    row: int
    column: int
    rowspan: int
    colspan: int
    raw: str
    box: Box
    fit: Fit | None


class Line(NamedTuple):
    """One printed line of running text with the box of its ink."""

    text: str
    box: Box
    em: float
    frame: Frame


class TablePart(NamedTuple):
    """The part of a ruled table that stands on one page."""

    cells: tuple[PartCell, ...]
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    frame: Frame

    @property
    def box(self) -> Box:
        """The outer rules."""
        return (self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])


Item = Line | TablePart


@dataclass(frozen=True, slots=True)
class PageItems:
    """The lines and table parts of a page from top to bottom."""

    frame: Frame
    items: tuple[Item, ...]
