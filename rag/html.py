"""HTML → blocks: the main content, with its headings, lists and tables. Nothing is ever fetched."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from rag.blocks import CELLS, Block, Facts, Parsed, squeeze, tidy
from rag.errors import DamagedDocument

_SKIPPED = frozenset(
    "script style noscript template head iframe object embed svg math canvas audio video select button".split()
)
_APART = frozenset(
    "p div section article main header footer aside nav figure figcaption blockquote dl dt dd address"
    " form fieldset details summary center body html pre hr h1 h2 h3 h4 h5 h6 ul ol li table caption"
    " thead tbody tfoot tr td th".split()
)
_AROUND = frozenset("nav aside footer form dialog".split())
_AROUND_ROLES = frozenset("navigation banner contentinfo search complementary menu dialog".split())
_HEADING = re.compile(r"h([1-6])$")
_ENUMERATOR = re.compile(r"(\(\w{1,6}\)|\w{1,4}[.)]|[-–—•])$")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PROSE = 80
_KEPT = 2 / 3

Element = Any


def read_html(content: bytes, charset: str | None = None) -> Parsed:
    """The main content as trafilatura sees it, or the whole body without its navigation where that
    drops more than a third of the running text or half of the headings (statutes are set as layout
    tables, which look like navigation to it)."""
    tree = _parse(content, charset)
    main = _main_content(copy.deepcopy(tree))
    whole = tidy(_element_blocks(tree, around=False)) or tidy(_element_blocks(tree))
    lost = _prose(main) < _KEPT * _prose(whole) or 2 * _headings(main) < _headings(whole)
    return Parsed(whole if lost or not main else main, _facts(tree))


def fragment_blocks(source: str) -> Iterator[Block]:
    """Blocks of a piece of HTML inside another format; nothing for a lone tag or comment."""
    from lxml import etree, html

    try:
        pieces = html.fragments_fromstring(source, parser=html.HTMLParser(no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError):
        return
    for piece in pieces:
        yield from [Block(squeeze(piece))] if isinstance(piece, str) else _element_blocks(piece, tail=True)


def whole_blocks(source: str) -> Parsed:
    """Everything in the body of a page that another program wrote."""
    return Parsed(tidy(_element_blocks(_parse(source.encode(), "utf-8"))))


def _parse(content: bytes, charset: str | None) -> Element:
    from lxml import etree, html

    from rag.plaintext import decode

    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    text = decode_html(content, charset) if content else decode(content)
    try:
        return html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise DamagedDocument(
            f"is not readable HTML ({error}): open it in a browser and save it again"
        ) from error


_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_META_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)


def decode_html(content: bytes, charset: str | None) -> str:
    """Byte-order mark, then UTF-8 if it is valid, then what the server or the page says, then a guess."""
    from rag.plaintext import decode

    declared = _META_CHARSET.search(content[:4096])
    names = [name for name in (charset, declared and declared[1].decode("ascii")) if name]
    for name in ["utf-8-sig", *names]:
        try:
            return _XML_DECLARATION.sub("", content.decode(name))
        except (UnicodeDecodeError, LookupError):
            continue
    return _XML_DECLARATION.sub("", decode(content))


def _main_content(tree: Element) -> tuple[Block, ...]:
    import trafilatura
    from lxml import html

    found = trafilatura.extract(
        tree,
        favor_recall=True,
        include_comments=False,
        include_tables=True,
        include_images=False,
        include_links=False,
        include_formatting=False,
        deduplicate=False,
        output_format="html",
        fast=True,
    )
    if not found:
        return ()
    return tidy(_element_blocks(html.document_fromstring(found)))


def _prose(blocks: tuple[Block, ...]) -> int:
    return sum(len(block.text) for block in blocks if len(block.text) >= _PROSE)


def _headings(blocks: tuple[Block, ...]) -> int:
    return sum(block.level > 0 for block in blocks)


def _facts(tree: Element) -> Facts:
    return Facts(
        title=_meta(tree, "dc.title", "og:title") or squeeze(tree.findtext(".//title") or ""),
        author=_meta(tree, "author", "dc.creator", "article:author"),
        date=_meta(tree, "article:published_time", "date", "dc.date", "dcterms.issued", "publication_date"),
        address=next((str(link) for link in tree.xpath("//link[@rel='canonical']/@href")), ""),
    )


def _meta(tree: Element, *names: str) -> str:
    for name in names:
        for element in tree.iter("meta"):
            key = (element.get("name") or element.get("property") or "").lower()
            if key == name and element.get("content"):
                return squeeze(element.get("content"))
    return ""


def _skipped(element: Element) -> bool:
    return (
        not isinstance(element.tag, str)
        or element.tag in _SKIPPED
        or element.get("hidden") is not None
        or bool(_HIDDEN.search(element.get("style") or ""))
    )


def _is_main(element: Element) -> bool:
    return element.tag not in _AROUND and (element.get("role") or "").lower() not in _AROUND_ROLES


def _element_blocks(element: Element, tail: bool = False, around: bool = True) -> Iterator[Block]:
    """`tail` adds the text after the element, `around` what stands around the main content."""
    walk = _Walk(around)
    walk.visit(element)
    if tail and element.tail:
        walk.words.append(element.tail)
    walk.flush()
    yield from walk.blocks


class _Walk:
    """One pass over the tree: words gather until a block begins or ends, then become one Block."""

    def __init__(self, around: bool) -> None:
        self.around = around
        self.blocks: list[Block] = []
        self.words: list[str] = []
        self.prefix = ""
        self.level = 0
        self.depth = 0
        self.tight = False

    def flush(self) -> None:
        lines = [squeeze(line) for line in "".join(self.words).split("\x00")]
        text = "\n".join(line for line in lines if line)
        self.words = []
        if text:
            self.blocks.append(Block(self.prefix + text, self.level, self.tight))
            self.prefix = ""
            self.tight = False

    def visit(self, element: Element) -> None:
        if _skipped(element) or not (self.around or _is_main(element)):
            return
        apart = element.tag in _APART
        if apart:
            self.flush()
        self._open(element)
        if apart:
            self.flush()

    def _open(self, element: Element) -> None:
        tag = element.tag
        if heading := _HEADING.match(tag):
            self.level = int(heading[1])
            self._inside(element)
            self.flush()
            self.level = 0
        elif tag == "br":
            self.words.append("\x00")
        elif tag == "img":
            self.words.append(element.get("alt") or "")
        elif tag == "pre":
            self.blocks.append(Block(element.text_content()))
        elif tag in ("ul", "ol"):
            self._list(element)
        elif tag == "table":
            self._table(element)
        else:
            self._inside(element)

    def _inside(self, element: Element) -> None:
        self.words.append(element.text or "")
        for child in element:
            self.visit(child)
            self.words.append(child.tail or "")

    def _list(self, element: Element) -> None:
        number = int(element.get("start") or 1) if (element.get("start") or "1").isdigit() else 1
        indent = "  " * self.depth
        self.depth += 1
        for i, item in enumerate(child for child in element if child.tag == "li"):
            self.flush()
            own = _ENUMERATOR.match((squeeze(item.text_content()).split(" ") or [""])[0])
            mark = f"{number + i}. " if element.tag == "ol" else "- "
            self.prefix = indent + ("" if own else mark)
            self.tight = i > 0 or self.depth > 1
            self._inside(item)
            self.flush()
            self.prefix, self.tight = "", False
        self.depth -= 1

    def _table(self, table: Element) -> None:
        rows = 0
        for row in table.xpath("./tr|./thead/tr|./tbody/tr|./tfoot/tr|./caption"):
            cells = [cell for cell in row if cell.tag in ("td", "th")]
            if row.tag == "caption" or _is_layout(cells):
                self._layout_row(cells or [row])
                rows = 0
                continue
            text = CELLS.join(squeeze(_plain(cell)) for cell in cells)
            if text.strip(" |"):
                self.blocks.append(Block(text, tight=rows > 0))
                rows += 1

    def _layout_row(self, cells: list[Element]) -> None:
        """A row that only places things on the page: "(a)" beside its text, or a column of paragraphs."""
        for cell in cells:
            self.flush()
            text = squeeze(_plain(cell))
            if _ENUMERATOR.fullmatch(text):
                self.prefix += f"{text} "
            else:
                self._inside(cell)
        self.flush()
        self.prefix = ""


def _is_layout(cells: list[Element]) -> bool:
    if len(cells) <= 1 or any(cell.find(".//table") is not None for cell in cells):
        return True
    return len(cells) <= 3 and any(_ENUMERATOR.fullmatch(squeeze(_plain(cell))) for cell in cells[:-1])


def _plain(element: Element) -> str:
    if _skipped(element):
        return ""
    parts = [element.text or ""]
    for child in element:
        parts += (" " if child.tag in _APART or child.tag == "br" else "", _plain(child), child.tail or "")
    return "".join(parts)
