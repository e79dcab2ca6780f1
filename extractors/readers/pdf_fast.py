"""One page by pdfium: characters with their boxes, straight strokes, pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import compress, repeat

import numpy as np

from extractors.readers import pdf_native as native
from extractors.readers.pdf_page import Box, Characters, Flags, Floats, Frame, Ints, PageContent
from extractors.readers.pdf_strokes import UNMOVED, Matrix, combined, moved, strokes_of

PATH, IMAGE, FORM = 2, 3, 5  # pdfium's kinds of page objects
DEEPEST_FORM = 8  # forms within forms; deeper nesting is an attack or a mistake
INVISIBLE = 3  # the text rendering mode behind a scan
WIDE = 0x2E80  # code points from here on are as wide as the font size
HYPHEN, HYPHEN_MARK = 0x2, 0xFFFE  # what pdfium makes of a hyphen at the end of a line
BEYOND = 0x10000  # code points from here on are alike to the tables of characters
MIDDLE = 0.35  # of the font size: the middle of a line above its base line


@dataclass(frozen=True, slots=True)
class _Objects:
    """The objects of a page by kind, forms opened; paths and pictures with their outer matrix."""

    texts: tuple[int, ...]
    fonts: frozenset[int]
    paths: tuple[tuple[int, Matrix], ...]
    images: tuple[tuple[int, Matrix], ...]


class PageNotLoaded(Exception):
    """pdfium cannot load one page."""


@contextmanager
def opened_page(document: int, index: int) -> Iterator[tuple[int, int]]:
    """The page and its text page, closed at the end."""
    page = native.load_page(document, index)
    text = native.load_text(page) if page else None
    try:
        if not page or not text:
            raise PageNotLoaded(index)
        yield page, text
    finally:
        if text:
            native.close_text(text)
        if page:
            native.close_page(page)


def fonts_embedded(objects: _Objects) -> bool:
    """Whether every font of the page's text is in the file; pdfium loses characters otherwise."""
    return all(map(native.font_embedded, objects.fonts))


def page_objects(page: int) -> _Objects:
    """All text, paths and pictures of a page."""
    texts: list[int] = []
    fonts: set[int] = set()
    paths: list[tuple[int, Matrix]] = []
    images: list[tuple[int, Matrix]] = []
    objects = list(map(native.page_object, repeat(page), range(native.count_objects(page))))
    waiting = [(objects, UNMOVED, 0)]
    while waiting:
        objects, outer, depth = waiting.pop()
        # What has a font is text: one call instead of two for the many.
        used = list(map(native.font_of, objects))
        texts.extend(compress(objects, used))
        fonts.update(filter(None, used))
        others = [obj for obj, font in zip(objects, used, strict=True) if not font]
        for obj, kind in zip(others, map(native.object_type, others), strict=True):
            if kind == PATH:
                paths.append((obj, outer))
            elif kind == IMAGE:
                images.append((obj, outer))
            elif kind == FORM and depth < DEEPEST_FORM:
                inner = list(map(native.form_object, repeat(obj), range(native.form_size(obj))))
                matrix = combined(native.object_matrix(obj), outer)
                waiting.append((inner, matrix, depth + 1))
    return _Objects(tuple(texts), frozenset(fonts), tuple(paths), tuple(images))


def read_page(page: int, text: int, objects: _Objects, number: int) -> PageContent:
    """One loaded page, its text upright."""
    left, bottom, right, top = native.visible_box(page)
    rotation = native.page_rotation(page) % 4
    width, height = right - left, top - bottom
    codes = native.character_codes(text)
    kept = np.flatnonzero(_PRINTED[np.minimum(codes, BEYOND)])
    loose = native.loose_boxes(text, kept)
    turns, upright = _direction(text, kept, loose, rotation)
    to_layout = partial(_laid_out, page=(left, bottom, width, height), turns=turns)
    visible = _within((left, bottom, right, top), loose) & upright
    spaced = _spaced(text, codes, kept)
    turned = len(kept) - int(np.count_nonzero(upright))
    if not visible.all():
        kept, loose, spaced = kept[visible], loose[:, visible], spaced[visible]
    boxes = to_layout(loose[[0, 3, 2, 1]])
    codes = codes[kept]
    codes[(codes == HYPHEN) | (codes == HYPHEN_MARK)] = ord("-")
    em = _sizes(codes, boxes)
    characters = Characters(
        codes=codes,
        left=boxes[0],
        right=boxes[2],
        middle=_middles(text, kept, codes, boxes, em, to_layout),
        em=em,
        spaced=spaced,
        ink=partial(_ink, text, kept, codes, boxes, to_layout),
    )
    sideways = rotation % 2 == 1
    shown = (height, width) if sideways else (width, height)
    frame = Frame(number, *shown, (turns - rotation) % 4)
    strokes, drawings = strokes_of(objects.paths)
    return PageContent(
        frame=frame,
        characters=characters,
        rules=to_layout(strokes.T).T,
        image_share=_image_share(objects.images, width * height),
        hidden_text=bool(objects.images) and _hidden(objects.texts),
        turned=turned,
        drawings=drawings,
    )


def _have_ink(codes: Ints) -> Flags:
    """Characters with ink: no white space, no control but pdfium's hyphens."""
    blank = (codes <= 0x20) | ((codes >= 0x7F) & (codes <= 0xA0)) | (codes == 0x3000)
    blank |= ((codes >= 0x2000) & (codes <= 0x200F)) | ((codes >= 0x2028) & (codes <= 0x202F))
    blank |= (codes == 0xFEFF) | (codes == 0xFFFF) | (codes == 0xAD)
    printed: Flags = ~blank | (codes == HYPHEN) | (codes == HYPHEN_MARK)
    return printed


_PRINTED = _have_ink(np.arange(BEYOND + 1))


def _within(page: Box, loose: Floats) -> Flags:
    """Which characters have their middle on the page that is shown."""
    left, bottom, right, top = page
    x, y = (loose[0] + loose[2]) / 2, (loose[3] + loose[1]) / 2
    within: Flags = (x >= left) & (x <= right) & (y >= bottom) & (y <= top)
    return within


def _sizes(codes: Ints, boxes: Floats) -> Floats:
    """About the font size of each character."""
    wide, high = boxes[2] - boxes[0], boxes[3] - boxes[1]
    em = np.where(codes >= WIDE, np.maximum(wide, 0.5 * high), np.minimum(2 * wide, high))
    return np.where(em > 0.5, em, 8.0)


def _spaced(text: int, codes: Ints, kept: Ints) -> Flags:
    """Which ASCII characters follow another one after a space that is printed, not made up."""
    spaced = np.zeros(len(kept), dtype=np.bool_)
    apart = np.flatnonzero(kept[1:] - kept[:-1] > 1) + 1
    ascii_pair = (codes[kept[apart]] < 0x7F) & (codes[kept[apart - 1]] < 0x7F)
    asked = apart[ascii_pair & (codes[kept[apart] - 1] == 0x20)]
    if len(asked):
        spaced[asked] = ~native.made_up(text, kept[asked] - 1)
    return spaced


def _direction(text: int, kept: Ints, loose: Floats, default: int) -> tuple[int, Flags]:
    """The clockwise turns that set most of the page upright, and which characters they set so.

    Only characters whose neighbour stands neither on their line nor at the start of another one are
    asked for their angle, and a sample of all.
    """
    upright = np.ones(len(kept), dtype=np.bool_)
    if not len(kept):
        return default, upright
    sample = native.angles(text, kept[:: max(1, len(kept) // 16)])
    main = 0
    if sample.any():
        main = round(float(np.median(sample)) / 90) % 4
        asked = np.arange(len(kept))
    else:
        asked = _astray(loose)
    if len(asked):
        off = np.abs((native.angles(text, kept[asked]) - 90 * main + 180) % 360 - 180)
        upright[asked[off > 3]] = False
    return -main % 4, upright  # pdfium counts its angles clockwise


def _astray(loose: Floats) -> Ints:
    """Characters near the one before or after them, but neither on its line nor far from it."""
    x, y = loose[0] + loose[2], loose[1] + loose[3]
    size = np.maximum(loose[2] - loose[0], 1.0)[1:]
    up = np.abs(y[1:] - y[:-1]) / 2
    step = np.flatnonzero(up > 0.25 * size)  # few of all: each line has one
    reach = 3 * size[step]
    near = (np.abs(x[step + 1] - x[step]) / 2 < reach) & (up[step] < reach)
    astray = np.zeros(len(x), dtype=np.bool_)
    astray[step[near]] = astray[step[near] + 1] = True
    return np.flatnonzero(astray)


def _laid_out(boxes: Floats, *, page: Box, turns: int) -> Floats:
    """Boxes (x0, y0, x1, y1 by rows, y upwards) of page space in a page turned, y downwards."""
    left, bottom, width, height = page
    u0, v0, u1, v1 = boxes
    u0, v0, u1, v1 = u0 - left, v0 - bottom, u1 - left, v1 - bottom
    if turns == 1:
        rows = (v0, u0, v1, u1)
    elif turns == 2:
        rows = (width - u1, v0, width - u0, v1)
    elif turns == 3:
        rows = (height - v1, width - u1, height - v0, width - u0)
    else:
        rows = (u0, height - v1, u1, height - v0)
    return np.array(rows)


def _middles(
    text: int, kept: Ints, codes: Ints, boxes: Floats, em: Floats, to_layout: partial[Floats]
) -> Floats:
    """The middle of each character's line.

    The middle of the font's box serves where it stands at the usual height above the base line.
    That is asked once for every height of box on the page, which tells fonts and sizes apart; when
    one font's box is elsewhere, every character's base line is asked.
    """
    middles: Floats = (boxes[1] + boxes[3]) / 2
    if not len(kept):
        return middles
    heights = boxes[3] - boxes[1]
    first = _first_of_each(np.round(heights * 10))
    rise = _base_lines(text, kept[first], to_layout) - middles[first]
    # A Chinese character is as wide as its font is large, so the nearest one tells the size.
    chinese = np.flatnonzero(codes >= WIDE)
    if len(chinese):
        nearest = np.minimum(np.searchsorted(chinese, first), len(chinese) - 1)
        size = em[chinese[nearest]]
    else:
        size = heights[first]
    if (np.abs(rise / size - MIDDLE) <= 0.2).all():
        return middles
    lower: Floats = _base_lines(text, kept, to_layout) - MIDDLE * em
    return lower


def _first_of_each(values: Floats) -> Ints:
    """Where each value stands first; equal ones mostly follow each other."""
    runs = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    _, first = np.unique(values[runs], return_index=True)
    places: Ints = runs[first]
    return places


def _base_lines(text: int, indices: Ints, to_layout: partial[Floats]) -> Floats:
    x, y = native.origins(text, indices)
    base: Floats = to_layout(np.array((x, y, x, y)))[1]
    return base


def _ink(
    text: int, kept: Ints, codes: Ints, boxes: Floats, to_layout: partial[Floats], which: Ints
) -> Floats:
    """Ink boxes of some characters; the advance box where the font gives no shape.

    The same character in a box of the same height has the same ink, so it is asked for once.
    """
    around = boxes[:, which]
    heights = np.round((around[3] - around[1]) * 20).astype(np.int64)
    _, first, same = np.unique(
        codes[which] * 0x10000 + heights, return_index=True, return_inverse=True
    )
    found = native.ink_boxes(text, kept[which[first]])
    ink = to_layout(found[[0, 2, 1, 3]])
    none = (found[1] <= found[0]) | (found[3] <= found[2])
    advance = around[:, first]
    ink[:, none] = advance[:, none]
    moved_ink: Floats = (ink - advance)[:, same] + around
    return moved_ink


def _image_share(images: tuple[tuple[int, Matrix], ...], area: float) -> float:
    """The share of the page under its pictures, overlaps counted twice, at most 1."""
    covered = 0.0
    for image, outer in images:
        x0, y0, x1, y1 = moved(native.object_bounds(image), outer)
        covered += (x1 - x0) * (y1 - y0)
    return min(1.0, covered / area) if area > 0 else 0.0


def _hidden(texts: tuple[int, ...]) -> bool:
    sample = texts[:: max(1, len(texts) // 32)]
    modes = list(map(native.text_mode, sample))
    return bool(modes) and modes.count(INVISIBLE) * 2 > len(modes)
