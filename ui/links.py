"""The place that a link names: a document, and characters in it ↔ query parameters (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from rag.types import Citation, Document

SOURCE = "source"
"""The page that opens such a link."""
_VERSION = 8
_LONGEST = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Characters start:end of a document, or the whole of it where they are None.

    `version` begins the content hash of the document that the link was made for, "" if unknown.
    """

    document: str
    start: int | None = None
    end: int | None = None
    version: str = ""

    def is_current(self, document: Document) -> bool:
        """Whether the document still has the text that the link was made for."""
        return document.content_hash.startswith(self.version)

    def span_in(self, document: Document) -> tuple[int, int] | None:
        """The characters, None where the document does not have them."""
        if self.start is None or self.end is None or not 0 <= self.start < self.end <= len(document.text):
            return None
        return self.start, self.end


def place_of(citation: Citation, document: Document | None = None) -> Place:
    version = document.content_hash[:_VERSION] if document else ""
    return Place(citation.document, citation.start, citation.end, version)


def parameters(place: Place) -> dict[str, str]:
    """What `read_place` reads back."""
    given: dict[str, str] = {"document": place.document}
    if place.start is not None and place.end is not None:
        given |= {"start": str(place.start), "end": str(place.end)}
    return given | ({"version": place.version} if place.version else {})


def address(place: Place) -> str:
    """The link, relative to any page of the application."""
    return f"{SOURCE}?{urlencode(parameters(place))}"


def read_place(given: Mapping[str, str]) -> Place | None:
    """None without a document. Numbers that are none are left out, not an error: the document opens."""
    document = given.get("document", "")
    if not document:
        return None
    start, end = _number(given.get("start", "")), _number(given.get("end", ""))
    if start is None or end is None:
        start = end = None
    return Place(document, start, end, given.get("version", ""))


def _number(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdigit() and len(written) <= _LONGEST else None
