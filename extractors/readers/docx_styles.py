"""What a Word style says that a reader needs: heading level, list, and which style is the title."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from extractors.readers.numbering import Numbering, W, read_numbering
from extractors.readers.package import Package

_VAL = f"{W}val"
P_STYLE = f"{W}pStyle"
_OVERLAYS = (f"{W}outlineLvl", f"{W}numPr")
_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.I)
_BODY_LEVEL = 9  # outlineLvl 9 is body text


@dataclass(frozen=True, slots=True)
class Style:
    """One paragraph style after inheritance."""

    level: int | None = None
    list_id: str | None = None
    list_level: int = 0
    is_title: bool = False


@dataclass(slots=True)
class Styles:
    """Paragraph styles by id, resolved when first asked for, and the lists they number."""

    elements: dict[str, etree._Element] = field(default_factory=dict)
    default: Style = field(default_factory=Style)
    numbering: Numbering = field(default_factory=Numbering)
    _resolved: dict[str, Style] = field(default_factory=dict)

    def named(self, name: etree._Element) -> Style:
        """The style that a paragraph names (`w:pStyle`)."""
        style_id = name.get(_VAL, "")
        if style_id not in self.elements:
            return self.default
        if style_id not in self._resolved:
            self._resolved[style_id] = _resolve(style_id, self.elements)
        return self._resolved[style_id]

    def of(self, properties: etree._Element) -> Style:
        """The style of a paragraph with its own properties (`w:pPr`) on top."""
        base = self.default
        for child in properties:
            if child.tag == P_STYLE:
                base = self.named(child)
            elif child.tag in _OVERLAYS:
                return _overlay(base, properties)  # the schema puts pStyle first
        return base


def read_styles(package: Package, main: str) -> Styles:
    """The styles and lists of the document whose main part is `main`; none if it has none."""
    numbering = package.related(main, "numbering")
    lists = read_numbering(
        package.tree(numbering) if numbering is not None and package.has(numbering) else None
    )
    part = package.related(main, "styles")
    if part is None or not package.has(part):
        return Styles(numbering=lists)
    elements = {
        element.get(f"{W}styleId", ""): element
        for element in package.tree(part).iterchildren(f"{W}style")
        if element.get(f"{W}type") == "paragraph"
    }
    default = next((i for i, e in elements.items() if e.get(f"{W}default") in ("1", "true")), "")
    return Styles(elements, _resolve(default, elements), lists)


def _resolve(style_id: str, elements: dict[str, etree._Element]) -> Style:
    """A style with everything it inherits, ancestors first; a circle ends where it closes."""
    chain: list[etree._Element] = []
    current: str | None = style_id
    while current in elements and elements[current] not in chain:
        element = elements[current]
        chain.append(element)
        based = element.find(f"{W}basedOn")
        current = based.get(_VAL) if based is not None else None
    style = Style()
    for element in reversed(chain):
        name = element.find(f"{W}name")
        label = "" if name is None else name.get(_VAL, "")
        heading = _HEADING.fullmatch(label)
        level = int(heading[1]) if heading else style.level
        is_title = label.lower() in ("title", "标题")
        style = Style(level, style.list_id, style.list_level, is_title)
        properties = element.find(f"{W}pPr")
        style = style if properties is None else _overlay(style, properties)
    return style


def _overlay(base: Style, properties: etree._Element) -> Style:
    outline, list_properties = properties.find(f"{W}outlineLvl"), properties.find(f"{W}numPr")
    if outline is None and list_properties is None:
        return base
    level, list_id, list_level = base.level, base.list_id, base.list_level
    if outline is not None:
        depth = _integer(outline.get(_VAL))
        level = depth + 1 if depth < _BODY_LEVEL else None
    if list_properties is not None:
        number, at = list_properties.find(f"{W}numId"), list_properties.find(f"{W}ilvl")
        list_id = number.get(_VAL) if number is not None else list_id
        list_level = _integer(at.get(_VAL)) if at is not None else list_level
    return Style(level, None if list_id == "0" else list_id, list_level, base.is_title)


def _integer(raw: str | None) -> int:
    return int(raw) if raw is not None and re.fullmatch(r"\d{1,6}", raw) else 0
