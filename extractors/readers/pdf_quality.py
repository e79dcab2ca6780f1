"""Whether a page's text layer is text; one of another meaning than its ink is worse than none."""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from extractors.readers.pdf_page import Ints, PageContent

Kinds = npt.NDArray[np.uint8]

Verdict = Literal["text", "blank", "scan", "hidden", "rubbish", "partial"]

FEW = 50  # characters: beside a large picture they are its caption or a page number
SCANNED = 0.5  # share of a page under pictures
PICTURED = 0.05  # share under pictures of a page without text that is not just a mark
OUTLINES = 30  # curved paths of a page without text: letters drawn as shapes
MEANINGLESS = 0.1  # share of characters without a meaning, or in a private one
FOREIGN = 0.2  # share of Latin letters with accents: Chinese bytes read as Latin ones
RARE = 0.25  # share of Chinese characters outside GB 2312, which covers 99.9 % of usual text
PILED = 0.25  # share of characters printed on the one before
ENOUGH = 20  # characters from which shares mean something


def judge(content: PageContent) -> Verdict:
    """What a page's text layer is worth."""
    codes = content.characters.codes
    count = len(codes)
    if not count:
        if content.turned >= ENOUGH:
            return "rubbish"
        drawn = content.image_share > PICTURED or content.drawings > OUTLINES
        return "scan" if drawn else "blank"
    if content.hidden_text and content.image_share >= SCANNED:
        return "hidden"
    if count >= ENOUGH and _is_rubbish(content):
        return "rubbish"
    if count < FEW and content.image_share >= SCANNED:
        return "partial"
    return "text"


def meaningless(content: PageContent) -> int:
    """How many characters have no meaning: not mapped, or mapped to a private place."""
    return int(np.count_nonzero(_kinds(content.characters.codes) == UNMAPPED))


def _is_rubbish(content: PageContent) -> bool:
    characters = content.characters
    codes = characters.codes
    kinds = np.bincount(_kinds(codes), minlength=RARE_CHINESE + 1)
    count, chinese = len(codes), int(kinds[CHINESE] + kinds[RARE_CHINESE])
    if kinds[UNMAPPED] > MEANINGLESS * count or kinds[ACCENTED] > FOREIGN * count:
        return True
    if chinese >= ENOUGH and kinds[RARE_CHINESE] > RARE * chinese:
        return True
    on_top = np.abs(np.diff(characters.left)) < 0.1 * characters.em[1:]
    if int(on_top.sum()) <= PILED * count:
        return False
    same_line = np.abs(np.diff(characters.middle)) < 0.1 * characters.em[1:]
    return int((same_line & on_top & (np.diff(codes) != 0)).sum()) > PILED * count


ORDINARY, UNMAPPED, ACCENTED, CHINESE, RARE_CHINESE = range(5)


def _kinds(codes: Ints) -> Kinds:
    """The kind of each character."""
    kinds: Kinds = _kind_of_each()[np.minimum(codes, 0x10000)]
    return kinds


@cache
def _kind_of_each() -> Kinds:
    """The kind of every code point of the basic plane, and of all beyond it as the last."""
    kinds = np.full(0x10001, ORDINARY, dtype=np.uint8)
    kinds[0xA1:0x250] = ACCENTED
    kinds[[ord(sign) for sign in "¥§°±·×÷²³"]] = ORDINARY
    kinds[0x3400:0xA000] = RARE_CHINESE
    rows = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    kinds[[ord(character) for character in b"".join(rows).decode("gb2312", "ignore")]] = CHINESE
    kinds[0:0x20] = UNMAPPED
    kinds[0xE000:0xF900] = UNMAPPED
    kinds[0xF000:0xF100] = ORDINARY  # where the symbol fonts of bullets and check marks keep to
    kinds[0xFFFD] = UNMAPPED
    return kinds
