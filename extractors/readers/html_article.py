"""The article of a web page: what the site prints around it goes, nothing of the article is lost.

Site furniture is known by role, by the words of its class, and by being mostly links; an element
that holds a form or a sentence of running text is never furniture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree

from extractors.readers.html_table import cells_of, is_hidden, is_layout, sections


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BLOCKS = _words(
    "address article aside blockquote body caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main menu nav ol p "
    "pre section summary table tbody td tfoot th thead tr ul"
)
_NEVER_SHOWN = _words(
    "script style noscript template iframe frame svg select button object embed applet head link "
    "meta canvas audio video map"
)
_SITE_TAGS = frozenset(("nav", "footer", "aside", "header", "menu"))
_SITE_ROLES = frozenset(("navigation", "banner", "contentinfo", "complementary", "search"))
_SITE_WORDS = _words(
    "nav navbar navigation topnav subnav menu submenu crumb crumbs breadcrumb breadcrumbs bread "
    "position location pos curpos weizhi dqwz sidebar aside related relation friendlink "
    "friendlinks yqlj pager pagination banner header head top logo search searchbox"
)
_FOOT_WORDS = _words("footer foot bottom copyright")
_META_WORDS = _words("share bdshare sharebox toolbar tools print qrcode ewm meta close")
_ARTICLE_WORDS = _words("article content main text body detail zoom editor con cont news")
_TITLE_WORDS = _words("title tit biaoti bt arttitle articletitle newstitle")
_SITE_TEXT = re.compile(
    r"当前(?:的)?位置\s*[:：]|您?(?:现在)?(?:所在)?的?位置\s*[:：]"
    r"|网站标识码|ICP备|公网安备|版权所有"
)
_META_TEXT = re.compile(
    r"(?:浏览|阅读|点击|访问)(?:次数|人次|数|量|率)?\s*[:：]"
    r"|字\s*[体号](?:大小)?\s*[:：]?\s*[\[【（(]?\s*大|[\[【]\s*大\s+中\s+小"
    r"|打印本(?:页|文)|关闭(?:窗口|本页)|[\[【]\s*(?:打印|关闭)"
    r"|分享到|扫一扫|上一(?:篇|条)\s*[:：]|下一(?:篇|条)\s*[:：]"
)
_WEAK_META = re.compile(
    r"(?:信息)?来源\s*[:：]|发布(?:日期|时间|机构|机关|单位)\s*[:：]|索\s*引\s*号|成文日期|生成日期"
    r"|主题(?:分类|词)|体裁分类|发文(?:机关|字号)|公开(?:方式|形式|时限)|有效性|文\s*号\s*[:：]"
    r"|作者\s*[:：]|责任?编辑\s*[:：]|审核\s*[:：]|主办\s*[:：]|技术支持\s*[:：]"
)
_META_LENGTH = 160  # characters; longer is text that happens to use the words
_FURNITURE_LENGTH = 400
_SENTENCE = 40
_LINKS, _LINK_SHARE = 4, 0.6
_DOCUMENT_LINK = re.compile(r"\.(?:docx?|xlsx?|pdf|wps|et|ofd|zip|rar|rtf|txt)(?:[?#]|$)", re.I)
_TITLE_MIN, _TITLE_MAX = 8, 100  # characters; shorter ones name a column of the site
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # lxml refuses them
_FOLD = re.compile(r"[\s\W_]+")


@dataclass(slots=True)
class _Page:
    """Text of each block element and what has been found out about the elements."""

    own: dict[etree._Element, list[str]] = field(default_factory=dict)
    substantial: list[etree._Element] = field(default_factory=list)
    holds_substance: set[etree._Element] = field(default_factory=set)
    furniture: dict[etree._Element, int] = field(default_factory=dict)  # taken away below it


def article(root: etree._Element) -> tuple[etree._Element, str | None]:
    """The element that holds the article, furniture taken away, and the title it is printed under.

    The tree is changed.
    """
    title = _title(root)
    for element in [e for e in root.iter() if _is_never_shown(e)]:
        _remove(element)
    body = root.find("body")
    body = root if body is None else body
    page = _survey(body)
    _take_furniture(body, page, title)
    return _article_root(body, page), title


def fold(text: str) -> str:
    """Text without spaces and punctuation, to compare titles.

    >>> fold("自评报告（2023 年度）")
    '自评报告2023年度'
    """
    return _FOLD.sub("", text)


def _is_never_shown(element: etree._Element) -> bool:
    return element.tag in _NEVER_SHOWN or (element.tag != "body" and is_hidden(element))


def _remove(element: etree._Element) -> None:
    """Take an element out of the tree; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        previous = element.getprevious()
        if previous is None:
            parent.text = _CONTROLS.sub("", (parent.text or "") + element.tail)
        else:
            previous.tail = _CONTROLS.sub("", (previous.tail or "") + element.tail)
    parent.remove(element)


def _title(root: etree._Element) -> str | None:
    """The article's heading: as the site declares it where the page prints it, else its h1."""
    printed = fold("".join(t for t in root.itertext() if t.strip()))
    declared = [
        meta.get("content", "")
        for meta in root.iter("meta")
        if meta.get("name", "").lower() in ("articletitle", "title")
    ]
    headings = [" ".join("".join(h.itertext()).split()) for h in root.iter("h1")]
    named = "".join(root.findtext("head/title") or root.findtext(".//title") or "").strip()
    own: list[str] = re.split(r"\s*[_|]\s*|\s+-+\s+", named)[:1]
    candidates: list[str] = [*declared, *headings, *own]
    for text in candidates:
        folded = fold(text)
        # The <title> itself is printed once, so a repetition is asked for.
        if len(folded) >= _TITLE_MIN and printed.count(folded) >= 1 + (text in named):
            return text.strip()
    named_so = (
        " ".join("".join(element.itertext()).split())
        for element in root.iter("h2", "h3", "div", "p", "td", "span")
        if _class_words(element) & _TITLE_WORDS and next(element.iter("a"), None) is None
    )
    lines = (text for text in (*headings, *named_so) if _TITLE_MIN <= len(text) <= _TITLE_MAX)
    return next(lines, None)


def _survey(body: etree._Element) -> _Page:
    """The text of each block and the elements that carry the article's substance."""
    page = _Page()
    block_of: dict[etree._Element, etree._Element] = {}
    for element in body.iter():
        parent = block_of.get(element.getparent(), body)
        block_of[element] = own = element if element.tag in BLOCKS else parent
        page.own.setdefault(own, []).append(element.text or "")
        if element is not body:
            page.own.setdefault(parent, []).append(element.tail or "")
    for element in body.iter():
        if element.tag == "table":
            if _is_form(element):
                page.substantial.append(element)
        elif element.tag in BLOCKS and _is_sentence(element, page):
            page.substantial.append(element)
    for element in page.substantial:
        page.holds_substance.add(element)
        page.holds_substance.update(element.iterancestors())
    return page


def _is_sentence(block: etree._Element, page: _Page) -> bool:
    text = "".join(page.own.get(block, ())).strip()
    if len(text) < _SENTENCE or not re.search(r"[。；]", text):
        return False
    return _link_share(block) < 0.5


def _is_form(table: etree._Element) -> bool:
    if is_layout(table):
        return False
    rows = [list(cells_of(row)) for group in sections(table) for row in group]
    filled = sum(bool("".join(cell.itertext()).strip()) for row in rows for cell in row)
    return filled >= 4 and not _is_catalogue(table) and _link_share(table) < 0.5


def _is_catalogue(table: etree._Element) -> bool:
    """A site's card about the article: its index number, issuer, date."""
    text = "".join(table.itertext())
    return len(text) < 600 and _weak_marks(text) >= 2


def _link_share(element: etree._Element) -> float:
    total = len("".join("".join(element.itertext()).split()))
    linked = sum(len("".join("".join(a.itertext()).split())) for a in element.iter("a"))
    return linked / total if total else 0.0


def _weak_marks(text: str) -> int:
    return len({match[0][:2] for match in _WEAK_META.finditer(text)})


def _take_furniture(body: etree._Element, page: _Page, title: str | None) -> None:
    """Remove furniture from the top down; forms and sentences are not looked into."""
    substantial = set(page.substantial)
    stack = list(body)
    while stack:
        element = stack.pop()
        holds = element in page.holds_substance
        kind = _furniture(element, title) if element.tag in BLOCKS and not holds else None
        if kind is not None:
            if kind == "site":
                for ancestor in element.iterancestors():
                    page.furniture[ancestor] = page.furniture.get(ancestor, 0) + 1
            _remove(element)
        elif element not in substantial:
            stack.extend(element)


def _furniture(element: etree._Element, title: str | None) -> Literal["site", "meta"] | None:
    """Whether an element is the site's, or a line about the article, or neither."""
    if element.tag in ("tr", "tbody", "thead", "tfoot", "caption"):
        return None
    text = "".join(element.itertext()).strip()
    brief = len(text) < _META_LENGTH and "。" not in text
    if brief and _SITE_TEXT.search(text):
        return "site"
    if title is not None and fold(title) and fold(title) in fold(text):
        return None
    if brief and (_META_TEXT.search(text) or _weak_marks(text) >= 2):
        return "meta"
    if element.tag == "table" and _is_catalogue(element):
        return "meta"
    return "site" if _is_link_list(element) else _named(element, text)


def _named(element: etree._Element, text: str) -> Literal["site", "meta"] | None:
    """What an element's tag, role and class say, where what it holds does not gainsay it."""
    few_links = _link_share(element) < 0.5
    if len(text) > _FURNITURE_LENGTH and few_links:
        return None
    words = _class_words(element)
    if element.tag == "footer" or (words & _FOOT_WORDS and not words & _ARTICLE_WORDS):
        return "site"
    if few_links and sum(1 for _ in element.iter("p", "h1", "h2", "h3")) > 1:
        return None  # paragraphs and headings: a short article, whatever its class is
    if element.tag in _SITE_TAGS or element.get("role") in _SITE_ROLES:
        return "site"
    if words & _ARTICLE_WORDS:
        return None
    if words & _SITE_WORDS:
        return "site"
    return "meta" if words & _META_WORDS else None


def _class_words(element: etree._Element) -> set[str]:
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", names).lower()))


def _is_link_list(element: etree._Element) -> bool:
    links = list(element.iter("a"))
    if len(links) < _LINKS or _link_share(element) < _LINK_SHARE:
        return False
    return sum(bool(_DOCUMENT_LINK.search(a.get("href", ""))) for a in links) * 2 < len(links)


def _article_root(body: etree._Element, page: _Page) -> etree._Element:
    """The common ancestor of the substance, widened until the site begins."""
    living = [e for e in page.substantial if e is body or body in e.iterancestors()]
    if not living:
        return body
    common = [living[0], *living[0].iterancestors()]
    for element in living[1:]:
        above = {element, *element.iterancestors()}
        common = [a for a in common if a in above]
    current = common[0]
    while current is not body:
        parent = current.getparent()
        if parent is None:
            break
        beside = page.furniture.get(parent, 0) - page.furniture.get(current, 0)
        if beside and current.tag not in ("table", "tbody", "thead", "tfoot", "tr", "p"):
            break
        current = parent
    return current
