"""pdfium's C functions as plain callables on addresses, so that `map` drives them without a loop.

pypdfium2's own prototypes build an object for every argument of every call; with thousands of
characters a page that costs more than pdfium itself.
"""

from __future__ import annotations

import ctypes
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from ctypes import byref, c_double, c_float, c_int, c_uint, c_void_p
from itertools import repeat
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

from extractors.readers.pdf_page import Flags, Floats, Ints

PIXELS = 10_000  # the size of a canvas on which pdfium is asked where a page's corners fall
# ctypes makes an address of an integer in two thirds of the time that a C int takes it; the callee
# reads the lower half.
INDEX = c_void_p


def _bound(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function of pdfium's; the interpreter lock is kept, which halves the cost of a call."""
    address = ctypes.cast(getattr(pdfium, name), c_void_p).value
    prototype: Any = ctypes.PYFUNCTYPE(result, *arguments)
    function: Callable[..., Any] = prototype(address)
    return function


load_page = _bound("FPDF_LoadPage", c_void_p, c_void_p, c_int)
close_page = _bound("FPDF_ClosePage", None, c_void_p)
load_text = _bound("FPDFText_LoadPage", c_void_p, c_void_p)
close_text = _bound("FPDFText_ClosePage", None, c_void_p)
page_rotation = _bound("FPDFPage_GetRotation", c_int, c_void_p)
_device_to_page = _bound("FPDF_DeviceToPage", c_int, c_void_p, *[c_int] * 7, c_void_p, c_void_p)
count_objects = _bound("FPDFPage_CountObjects", c_int, c_void_p)
page_object = _bound("FPDFPage_GetObject", c_void_p, c_void_p, INDEX)
object_type = _bound("FPDFPageObj_GetType", c_int, c_void_p)
_bounds = _bound("FPDFPageObj_GetBounds", None, *[c_void_p] * 5)
_matrix = _bound("FPDFPageObj_GetMatrix", c_int, c_void_p, c_void_p)
form_size = _bound("FPDFFormObj_CountObjects", c_int, c_void_p)
form_object = _bound("FPDFFormObj_GetObject", c_void_p, c_void_p, INDEX)
font_of = _bound("FPDFTextObj_GetFont", c_void_p, c_void_p)
font_embedded = _bound("FPDFFont_GetIsEmbedded", c_int, c_void_p)
text_mode = _bound("FPDFTextObj_GetTextRenderMode", c_int, c_void_p)
_draw_mode = _bound("FPDFPath_GetDrawMode", None, c_void_p, c_void_p, c_void_p)
_segment_count = _bound("FPDFPath_CountSegments", c_int, c_void_p)
_segment = _bound("FPDFPath_GetPathSegment", c_void_p, c_void_p, c_int)
_segment_point = _bound("FPDFPathSegment_GetPoint", c_int, c_void_p, c_void_p, c_void_p)
_segment_type = _bound("FPDFPathSegment_GetType", c_int, c_void_p)
_segment_close = _bound("FPDFPathSegment_GetClose", c_int, c_void_p)
_count_chars = _bound("FPDFText_CountChars", c_int, c_void_p)
_text = _bound("FPDFText_GetText", c_int, c_void_p, c_int, c_int, c_void_p)
_unicode = _bound("FPDFText_GetUnicode", c_uint, c_void_p, INDEX)
# Without declared arguments ctypes converts nothing: these take ctypes objects and small integers.
_loose_box = _bound("FPDFText_GetLooseCharBox", None)
_ink_box = _bound("FPDFText_GetCharBox", None)
_origin = _bound("FPDFText_GetCharOrigin", None, c_void_p, INDEX, c_void_p, c_void_p)
_generated = _bound("FPDFText_IsGenerated", c_int, c_void_p, INDEX)
_angle = _bound("FPDFText_GetCharAngle", c_float, c_void_p, INDEX)


def address(handle: Any) -> int:
    """The address behind a pypdfium2 handle."""
    value = ctypes.cast(handle, c_void_p).value
    return value or 0


def character_codes(text: int) -> Ints:
    """The code point of every character of a text page, those pdfium made up included."""
    count = _count_chars(text)
    if count <= 0:
        return np.zeros(0, dtype=np.int64)
    buffer = np.zeros(count + 1, dtype=np.uint16)
    written = _text(text, 0, count, buffer.ctypes.data)
    units: Ints = buffer[:count].astype(np.int64)
    if written == count + 1 and not ((units >= 0xD800) & (units < 0xE000)).any():
        return units
    # Characters without meaning are left out of the run, and rare ones take two units of it.
    return np.fromiter(map(_unicode, repeat(text), range(count)), dtype=np.int64, count=count)


def loose_boxes(text: int, indices: Ints) -> Floats:
    """Left, top, right, bottom (y upwards; a row each) of the advance and the font's height."""
    room = _ROOM.of(len(indices), c_float)
    _run(map(_loose_box, repeat(c_void_p(text)), indices.tolist(), room.places[0]))
    return room.boxes[: len(indices)].T.astype(np.float64, order="C")


def ink_boxes(text: int, indices: Ints) -> Floats:
    """Left, right, bottom, top (y upwards; a row each) of the ink of some characters."""
    room = _ROOM.of(len(indices), c_double)
    _run(map(_ink_box, repeat(c_void_p(text)), indices.tolist(), *room.places))
    return room.boxes[: len(indices)].T.copy()


def origins(text: int, indices: Ints) -> Floats:
    """The points on the base line (x, y upwards; a row each) at which some characters begin."""
    points = np.zeros((2, len(indices)), dtype=np.float64)
    _run(map(_origin, repeat(text), indices.tolist(), *_rows_of(points)))
    return points


def angles(text: int, indices: Ints) -> Floats:
    """The angle in degrees at which some characters are drawn."""
    found = np.fromiter(map(_angle, repeat(text), indices.tolist()), np.float64, len(indices))
    degrees: Floats = np.degrees(found)
    return degrees


def made_up(text: int, indices: Ints) -> Flags:
    """Which characters pdfium put in where the page prints none."""
    return np.fromiter(map(_generated, repeat(text), indices.tolist()), np.bool_, len(indices))


def visible_box(page: int) -> tuple[float, float, float, float]:
    """Left, bottom, right, top (y upwards) of what is shown of a page, before it is turned."""
    corners = (c_double * 4)()
    base = ctypes.addressof(corners)
    for at, x in ((base, 0), (base + 16, PIXELS)):
        _device_to_page(page, 0, 0, PIXELS, PIXELS, 0, x, x, at, at + 8)
    x0, y0, x1, y1 = corners
    return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def object_bounds(obj: int) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of a page object in the space it is drawn in."""
    box = (c_float * 4)()
    base = ctypes.addressof(box)
    _bounds(obj, base, base + 4, base + 8, base + 12)
    return (box[0], box[1], box[2], box[3])


def object_matrix(obj: int) -> tuple[float, float, float, float, float, float]:
    """The matrix of a page object."""
    box = (c_float * 6)(1, 0, 0, 1, 0, 0)
    _matrix(obj, ctypes.addressof(box))
    return (box[0], box[1], box[2], box[3], box[4], box[5])


def bounds_of(objects: list[int]) -> Floats:
    """Left, bottom, right, top of page objects in the space they are drawn in."""
    count = len(objects)
    boxes = np.zeros((count, 4), dtype=np.float32)
    base, end = boxes.ctypes.data, boxes.ctypes.data + 16 * count
    _run(map(_bounds, objects, *(range(base + 4 * k, end, 16) for k in range(4))))
    return boxes.astype(np.float64)


def draw_modes(paths: list[int]) -> tuple[Flags, Flags]:
    """Which paths are filled, and which are stroked."""
    count = len(paths)
    modes = np.zeros((count, 2), dtype=np.int32)
    base, end = modes.ctypes.data, modes.ctypes.data + 8 * count
    _run(map(_draw_mode, paths, range(base, end, 8), range(base + 4, end, 8)))
    return modes[:, 0] != 0, modes[:, 1] != 0


def segment_counts(paths: list[int]) -> Ints:
    """The number of segments of paths."""
    return np.fromiter(map(_segment_count, paths), dtype=np.int64, count=len(paths))


def path_points(path: int, limit: int) -> list[tuple[int, float, float, bool]]:
    """The segments of a path: kind (0 line, 1 curve, 2 move), end point, closes the figure."""
    point = (c_float * 2)()
    base = ctypes.addressof(point)
    points = []
    for index in range(min(_segment_count(path), limit)):
        segment = _segment(path, index)
        _segment_point(segment, base, base + 4)
        closes = bool(_segment_close(segment))
        points.append((_segment_type(segment), point[0], point[1], closes))
    return points


class _Room:
    """Boxes that pdfium writes, with references to the four numbers of each, made but once."""

    def __init__(self, capacity: int, number: type[c_float] | type[c_double]) -> None:
        memory: Any = (number * (4 * capacity))()
        size = ctypes.sizeof(number)
        starts = [range(k * size, 4 * size * capacity, 4 * size) for k in range(4)]
        self.places = [list(map(byref, repeat(memory), start)) for start in starts]
        self.boxes = np.frombuffer(memory, number).reshape(-1, 4)


class _Rooms(threading.local):
    """The room of each kind of number; each thread has its own."""

    def __init__(self) -> None:
        self._rooms: dict[type, _Room] = {}

    def of(self, count: int, number: type[c_float] | type[c_double]) -> _Room:
        """Room for so many boxes, all zero."""
        room = self._rooms.get(number)
        if room is None or len(room.boxes) < count:
            room = self._rooms[number] = _Room(max(2 * count, 1024), number)
        room.boxes[:count] = 0
        return room


_ROOM = _Rooms()


def _rows_of(values: Floats) -> Iterator[range]:
    """For each row the addresses of its values."""
    base, step = values.ctypes.data, values.strides[0]
    for row in range(len(values)):
        yield range(base + row * step, base + (row + 1) * step, 8)


def _run(calls: Iterable[Any]) -> None:
    deque(calls, maxlen=0)
