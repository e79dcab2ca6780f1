"""The text of one Word paragraph as printed: final text of tracked changes, no hidden runs."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from lxml import etree

from extractors.readers.lines import superscript
from extractors.readers.numbering import W

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_VML = "{urn:schemas-microsoft-com:vml}"
_OLE = "{urn:schemas-microsoft-com:office:office}OLEObject"
_VAL = f"{W}val"
RUN, TEXT, _RUN_PROPERTIES = f"{W}r", f"{W}t", f"{W}rPr"
_VANISH, _POSITION = f"{W}vanish", f"{W}vertAlign"
ALTERNATE = f"{MC}AlternateContent"
SYMBOL = f"{W}sym"
ANCHORED = frozenset(f"{W}{name}" for name in ("drawing", "pict", "object"))
NOTES = frozenset(f"{W}{name}" for name in ("footnoteReference", "endnoteReference"))
_CONTROL = f"{W}sdt"
_BOX = f"{W}txbxContent"
_MARKS = frozenset(f"{W}{name}" for name in ("pPr", "proofErr", "bookmarkStart", "bookmarkEnd"))
_RAISED = "superscript"
_OFF = ("0", "false", "off")
# Wrappers that print what they hold; `w:del` and `w:moveFrom` are absent: their text is gone.
TRANSPARENT = frozenset(
    f"{W}{name}"
    for name in (
        "ins",
        "moveTo",
        "hyperlink",
        "smartTag",
        "customXml",
        "fldSimple",
        "sdt",
        "sdtContent",
        "dir",
        "bdo",
        "ruby",
        "rubyBase",
    )
)
CHARACTERS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}lastRenderedPageBreak": "",
}
# Symbol fonts place their signs in a private area; these are the ones forms use.
_SYMBOLS = {"F0FE": "☑", "F052": "☑", "F0A8": "□", "F06F": "□", "F0FC": "√", "F050": "√"}
BIG_PICTURE_EMU = 3_600_000  # 10 cm: a scanned page or table, not a seal or a logo


@dataclass(slots=True)
class Inline:
    """What a paragraph holds: its text, and what is anchored in it."""

    pieces: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)  # part kind, id
    unread: list[str] = field(default_factory=list)  # reasons
    pictures: int = 0


def plain_text(children: list[etree._Element], effects: AbstractSet[etree._Element]) -> str | None:
    """The text of a paragraph of nothing but ordinary runs, as most are; None for any other."""
    text = ""
    for child in children:
        tag = child.tag
        if tag == RUN:
            if effects and child in effects:
                return None
            for part in child[:]:  # a slice is the quickest way to an element's children
                tag = part.tag
                if tag == TEXT:
                    text += part.text or ""
                elif tag == _RUN_PROPERTIES:
                    continue
                elif tag in CHARACTERS:
                    text += CHARACTERS[tag]
                else:
                    return None
        elif tag not in _MARKS:
            return None
    return text


def read_inline(paragraph: etree._Element) -> Inline:
    """The printed text of a paragraph and what is anchored in it."""
    found = Inline()
    _inline(paragraph, found, 0)
    return found


def _inline(element: etree._Element, found: Inline, depth: int) -> None:
    for child in element:
        tag = child.tag
        if tag == RUN:
            _run(child, found, depth)
        elif tag in TRANSPARENT:
            if depth < 50 and not is_placeholder(child):
                _inline(child, found, depth + 1)
        elif tag == ALTERNATE:
            _inline_choice(child, found, depth)
        elif tag.startswith(MATH):
            found.pieces.extend(t.text or "" for t in child.iter(f"{MATH}t"))


def _inline_choice(element: etree._Element, found: Inline, depth: int) -> None:
    branch = choose(element)
    if branch is not None and depth < 50:
        _run(branch, found, depth + 1)
        _inline(branch, found, depth + 1)


def is_placeholder(element: etree._Element) -> bool:
    """Whether an element is a content control nobody filled in; its text is only a prompt."""
    return element.tag == _CONTROL and element.find(f"{W}sdtPr/{W}showingPlcHdr") is not None


def choose(alternate: etree._Element) -> etree._Element | None:
    """One branch of alternate content: the first choice that says something, else the fallback."""
    branches = list(alternate)
    for branch in branches:
        if branch.tag == f"{MC}Choice" and len(branch):
            return branch
    return branches[-1] if branches else None


def _run(run: etree._Element, found: Inline, depth: int) -> None:
    pieces: list[str] = []
    raised = False
    for child in run:
        tag = child.tag
        if tag == TEXT:
            pieces.append(child.text or "")
        elif tag == _RUN_PROPERTIES:
            for setting in child:
                if setting.tag == _VANISH and setting.get(_VAL) not in _OFF:
                    return
                if setting.tag == _POSITION:
                    raised = setting.get(_VAL) == _RAISED
        elif tag in CHARACTERS:
            pieces.append(CHARACTERS[tag])
        else:
            _run_object(child, pieces, found, depth)
    if raised:
        found.pieces.append(superscript("".join(pieces)))
    else:
        found.pieces += pieces


def _run_object(child: etree._Element, pieces: list[str], found: Inline, depth: int) -> None:
    tag = child.tag
    if tag == SYMBOL:
        pieces.append(symbol(child.get(f"{W}char", "")))
    elif tag in ANCHORED:
        _anchored(child, found)
    elif tag in NOTES:
        kind = "footnotes" if tag.endswith("footnoteReference") else "endnotes"
        found.notes.append((kind, child.get(f"{W}id", "")))
    elif tag == ALTERNATE:
        found.pieces.append("".join(pieces))
        pieces.clear()
        _inline_choice(child, found, depth)
    elif tag in TRANSPARENT and depth < 50:
        found.pieces.append("".join(pieces))
        pieces.clear()
        _inline(child, found, depth + 1)


def symbol(code: str) -> str:
    """The sign that a symbol font shows for a code (four hexadecimal digits); "" for none."""
    code = code.upper()
    if code in _SYMBOLS:
        return _SYMBOLS[code]
    try:
        point = int(code, 16)
    except ValueError:
        return ""
    if 0xF020 <= point <= 0xF0FF:  # a sign of a symbol font that has no Unicode meaning here
        return "\N{REPLACEMENT CHARACTER}"
    return chr(point) if 32 <= point < 0xD800 else ""


def _anchored(element: etree._Element, found: Inline) -> None:
    found.boxes.extend(_outermost_boxes(element))
    if element.tag == f"{W}object" or next(element.iter(_OLE), None) is not None:
        found.unread.append("嵌入的对象（如 Excel 表、公式）未读取，请在原文件中双击打开核对")
        return
    for extent in element.iter(f"{_DRAWING}extent"):
        found.pictures += 1
        size = extent.get("cx", "0")
        if size.isdigit() and int(size) >= BIG_PICTURE_EMU and not found.boxes:
            found.unread.append("大幅图片（可能是扫描的表格或页面）中的文字未读取")
    found.pictures += sum(1 for _ in element.iter(f"{_VML}imagedata"))


def _outermost_boxes(element: etree._Element) -> Iterator[etree._Element]:
    """Text boxes under an element, one branch of each alternative, none within another."""
    stack = [element]
    while stack:
        current = stack.pop()
        if current.tag == _BOX:
            yield current
        elif current.tag == ALTERNATE:
            branch = choose(current)
            stack.extend([branch] if branch is not None else [])
        else:
            stack.extend(reversed(current))
