"""Document + the citation that is open → what the reader shows: headline, place, blocks or page (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import Citation, Document, Source
from ui import exports
from ui.inert import safe_address
from ui.links import Place, address, place_of
from ui.reading import Block, Mark, Window, blocks, path_at
from ui.view import byline


@dataclass(frozen=True, slots=True)
class Cited:
    """What the document itself cites for a passage; `address` is http(s) or None."""

    text: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page's image, in percent of its width and height."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as it is printed. `source` is a data: address of a PNG; `number` counts from 1."""

    source: str
    number: int
    pages: int
    width: int
    height: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """The page to show instead of the text, if any, and the views that there are to choose from."""

    image: PageImage | None = None
    views: tuple[str, ...] = ()
    notice: str = ""


@dataclass(frozen=True, slots=True)
class ReaderView:
    """What the reader shows. `position` is (3, 11) for the third of eleven citations; `copies` the
    citation in each format by its name; `focus` changes when there is something new to scroll to,
    and `come` lets the page itself scroll, not only the reader."""

    title: str
    byline: str
    place: str
    notice: str
    quote: str
    blocks: tuple[Block, ...]
    before: bool
    after: bool
    image: PageImage | None
    views: tuple[str, ...]
    shown_as: str
    position: tuple[int, int] | None
    numbers: tuple[int, ...]
    copies: dict[str, str]
    link: str
    original: str | None
    cited: tuple[Cited, ...]
    focus: str
    come: bool = True
    take_focus: bool = False
    tall: bool = False
    closable: bool = False


@dataclass(frozen=True, slots=True)
class Showing:
    """How a document is shown: what of it, with which citations, as text or as its printed page."""

    document: Document
    window: Window
    citations: tuple[Citation, ...] = ()
    active: int | None = None
    printed: PrintedPage = PrintedPage()
    notice: str = ""
    numbers: tuple[int, ...] = ()
    """Of all citations that "next" goes through, in order, also those of other documents."""
    root: str = ""
    """The application's own address, for links that are copied."""
    focus: str = ""
    come: bool = True
    take_focus: bool = False
    tall: bool = False
    closable: bool = False


def reader_view(showing: Showing) -> ReaderView:
    document = showing.document
    open_one = next((c for c in showing.citations if c.n == showing.active), None)
    meta = document.metadata
    link = address(place_of(open_one, document) if open_one else Place(document.path))
    return ReaderView(
        title=meta.title,
        byline=byline(meta.author, meta.date, meta.type),
        place=place_said(document, open_one),
        notice=" ".join(filter(None, (showing.notice, showing.printed.notice))),
        quote=open_one.quote if open_one else "",
        blocks=()
        if showing.printed.image
        else blocks(document, showing.window, marks(showing.citations, showing.active)),
        before=showing.window.before,
        after=showing.window.after,
        image=showing.printed.image,
        views=showing.printed.views,
        shown_as="page" if showing.printed.image else "text",
        position=_position(showing.numbers, showing.active),
        numbers=showing.numbers,
        copies=copies(open_one, showing.root + link) if open_one else {},
        link=link,
        original=safe_address(meta.address),
        cited=tuple(_cited(source) for source in open_one.sources) if open_one else (),
        focus=showing.focus,
        come=showing.come,
        take_focus=showing.take_focus,
        tall=showing.tall,
        closable=showing.closable,
    )


def marks(citations: Sequence[Citation], active: int | None) -> list[Mark]:
    return [Mark(c.start, c.end, c.n, c.n == active) for c in citations]


def place_said(document: Document, citation: Citation | None) -> str:
    """ "Part II › Art. 6(1) · p. 12" """
    if citation is None:
        return ""
    path = list(path_at(document, citation.start))
    if citation.section and (not path or path[-1] != citation.section):
        path.append(citation.section) if citation.section != document.metadata.title else None
    page = f"p. {citation.page}" if citation.page else ""
    return " · ".join(filter(None, (" › ".join(path), page)))


def copies(citation: Citation, link: str) -> dict[str, str]:
    """The citation in every format, by the name that the menu shows."""
    return {
        "Markdown": exports.as_markdown(citation, link),
        "Footnote": exports.as_footnote(citation, link),
        "BibTeX": exports.as_bibtex(citation, link),
        "CSL JSON": exports.as_csl(citation, link),
    }


def _cited(source: Source) -> Cited:
    said = ", ".join(filter(None, (source.title, source.publisher, source.date)))
    return Cited(f"{source.label}: {said}", safe_address(source.address))


def _position(numbers: Sequence[int], active: int | None) -> tuple[int, int] | None:
    if active is None or active not in numbers:
        return None
    return list(numbers).index(active) + 1, len(numbers)
