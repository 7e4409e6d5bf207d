"""Document → the file that it was read from, if it is still there and unchanged; its pages as printed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import streamlit as st

from rag.errors import DamagedDocument
from rag.types import Citation, Document
from ui import state
from ui.printed import Printed, Request, printed
from ui.reader_view import Box, PageImage

_PAGES = 64


def pdf_of(document: Document) -> Path | None:
    """The PDF that holds exactly the bytes that were indexed; None for other formats, or if it is gone."""
    if not document.pages:
        return None
    place = next((one.place for one in state.assistant().index.locations() if one.path == document.path), "")
    path = Path(place)
    if path.suffix.lower() != ".pdf" or not path.is_file():
        return None
    seen = path.stat()
    return path if _hash(place, seen.st_mtime_ns, seen.st_size) == document.content_hash else None


def page_image(document: Document, number: int, citation: Citation | None) -> PageImage | None:
    """A page with the part of the quote that stands on it; None where it cannot be drawn."""
    path = pdf_of(document)
    if path is None or not 1 <= number <= len(document.pages):
        return None
    quote = part_on_page(document, number, citation) if citation else None
    try:
        drawn = _drawn(str(path), document.content_hash, number, quote)
    except DamagedDocument:
        return None
    boxes = tuple(Box(*box) for box in drawn.boxes)
    return PageImage(drawn.png, number, drawn.pages, drawn.width, drawn.height, boxes)


def part_on_page(document: Document, number: int, citation: Citation) -> tuple[str, int] | None:
    """(text, how often it stands on the page before) of what a citation quotes from a page."""
    page = next(p for p in document.pages if p.number == number)
    start, end = max(citation.start, page.start), min(citation.end, page.end)
    if start >= end:
        return None
    quote = document.text[start:end]
    return quote, document.text.count(quote, page.start, start)


@st.cache_data(show_spinner=False, max_entries=_PAGES)
def _drawn(path: str, content_hash: str, number: int, quote: tuple[str, int] | None) -> Printed:
    return printed(Request(path, number, (quote,) if quote else ()))


@st.cache_data(show_spinner=False, max_entries=_PAGES)
def _hash(path: str, changed: int, size: int) -> str:
    """SHA-256 in hex, read anew when the file's time or size changes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
