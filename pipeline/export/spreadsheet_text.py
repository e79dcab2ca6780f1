"""Text that a spreadsheet program must not take for a formula."""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet program might run a text when it opens or re-saves it.

    >>> looks_like_formula('=HYPERLINK("x")'), looks_like_formula("  =1"), looks_like_formula("≥9")
    (True, True, False)
    """
    return text.lstrip(" \n\u3000\u00a0").startswith(FORMULA_STARTS)


def defused(text: str) -> str:
    """A text for CSV: an apostrophe before what looks like a formula.

    >>> defused("=1+1"), defused("=10场"), defused("清淤")
    ("'=1+1", "'=10场", '清淤')
    """
    return f"'{text}" if looks_like_formula(text) else text
