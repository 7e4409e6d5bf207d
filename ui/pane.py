"""The reader's part of a page: a document with the open citation, and what its buttons do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urljoin

import streamlit as st

from rag.types import Citation, Document
from ui import originals, session, state
from ui.components import Event
from ui.reader_view import PrintedPage, ReaderView, Showing, reader_view
from ui.reading import Window, window
from ui.session import Shown

PANE, FULL = 20_000, 80_000
"""Characters shown at once beside an answer, and on a page of their own."""


def view_of(
    citations: Sequence[Citation],
    opened: Citation,
    *,
    focus: str,
    come: bool,
    take_focus: bool = False,
) -> ReaderView:
    """The pane beside an answer: the document of the open citation with all its citations marked."""
    document = state.document(opened.document)
    return reader_view(
        Showing(
            document,
            shown(document, opened, PANE),
            tuple(c for c in citations if c.document == document.path),
            opened.n,
            numbers=tuple(c.n for c in citations),
            root=root(),
            focus=focus,
            come=come,
            take_focus=take_focus,
            closable=True,
            printed=printed(document, opened, usual="text"),
        )
    )


def shown(document: Document, citation: Citation | None, room: int) -> Window:
    """The part of a document around a citation, or what the reader has turned to since it was opened."""
    last = session.current().shown
    start, end = (citation.start, citation.end) if citation else (0, 0)
    made = window(document.text, (start, end), room)
    if last and last.document == document.path and last.window.length == made.length:
        turned_to = last.start == start
        made = last.window if turned_to or last.window.start <= start < end <= last.window.end else made
    session.remember(shown=Shown(document.path, start, made))
    return made


def printed(document: Document, citation: Citation | None, usual: str) -> PrintedPage:
    """The page's image where the reader wants it and the PDF is there, and the views to choose from."""
    now = session.current()
    if originals.pdf_of(document) is None:
        return PrintedPage()
    views = ("page", "text")
    if (now.shown_as or usual) != "page":
        return PrintedPage(views=views)
    number = now.page or (document.page_at(citation.start) if citation else None) or 1
    image = originals.page_image(document, number, citation)
    return PrintedPage(image, views, "" if image else "The page cannot be drawn: this is its text.")


def handle(event: Event, document: Document, room: int) -> bool:
    """Whether the event was one about what is shown of a document; if so it has been done."""
    last = session.current().shown
    match event.get("kind"):
        case "earlier" if last:
            session.remember(shown=replace(last, window=last.window.earlier(document.text, room)))
        case "later" if last:
            session.remember(shown=replace(last, window=last.window.later(document.text, room)))
        case "view":
            session.remember(shown_as="page" if event.get("as") == "page" else "text", page=None)
        case "page":
            number = event.get("number")
            session.remember(page=number if isinstance(number, int) else None)
        case _:
            return False
    return True


def root() -> str:
    """The application's own address, up to the name of the page; "" where it is not known."""
    return urljoin(st.context.url or "", ".")
