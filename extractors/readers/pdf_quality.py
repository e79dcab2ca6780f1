"""Whether a page's text layer is text; one of another meaning than its ink is worse than none."""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np

from extractors.readers.pdf_page import Flags, Ints, PageContent

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
    """How many characters have no meaning: not mapped, or mapped to a private place.

    Private places are counted from U+E000; the symbols fonts of bullets keep to U+F000 to U+F0FF.
    """
    codes = content.characters.codes
    private = (codes >= 0xE000) & (codes <= 0xF8FF) & ~((codes >= 0xF000) & (codes <= 0xF0FF))
    return int((private | (codes == 0) | (codes == 0xFFFD) | (codes < 0x20)).sum())


def _is_rubbish(content: PageContent) -> bool:
    characters = content.characters
    codes = characters.codes
    count = len(codes)
    if meaningless(content) > MEANINGLESS * count:
        return True
    if int(((codes >= 0xA1) & (codes <= 0x24F) & ~np.isin(codes, _SIGNS)).sum()) > FOREIGN * count:
        return True
    chinese = codes[(codes >= 0x3400) & (codes <= 0x9FFF)]
    if len(chinese) >= ENOUGH and _rare(chinese) > RARE * len(chinese):
        return True
    same_line = np.abs(np.diff(characters.middle)) < 0.1 * characters.em[1:]
    on_top = np.abs(np.diff(characters.left)) < 0.1 * characters.em[1:]
    different = np.diff(codes) != 0
    return int((same_line & on_top & different).sum()) > PILED * count


_SIGNS = np.array([ord(sign) for sign in "¥§°±·×÷²³"])


def _rare(codes: Ints) -> int:
    return int((~_usual_characters()[codes]).sum())


@cache
def _usual_characters() -> Flags:
    """For each code point of the basic plane: is it in GB 2312."""
    rows = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    usual = np.zeros(0x10000, dtype=np.bool_)
    usual[[ord(character) for character in b"".join(rows).decode("gb2312", "ignore")]] = True
    return usual
