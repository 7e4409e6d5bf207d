"""Documents and filters as SQL sees them, and back; pure.

Layout and metadata are JSON, so that nothing stored can run code when it is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import blake2b

from rag.types import Document, Filters, Metadata, Page, Paragraph, Section, Source

_ISO_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def text_hash(text: str) -> bytes:
    """16 bytes that stand for an embedded text (BLAKE2b)."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def metadata_json(metadata: Metadata) -> str:
    return _json({**asdict(metadata), "inferred": sorted(metadata.inferred)})


def layout_json(document: Document) -> str:
    """Pages, sections and paragraphs as lists, in the order of their fields."""
    return _json(
        {
            "pages": [[page.number, page.start, page.end] for page in document.pages],
            "sections": [[part.path, part.number, part.start, part.end] for part in document.sections],
            "paragraphs": [[part.label, part.start, part.end] for part in document.paragraphs],
        }
    )


def parse_metadata(stored: str) -> Metadata:
    fields = json.loads(stored)
    return Metadata(
        **{
            **fields,
            "jurisdictions": tuple(fields["jurisdictions"]),
            "topics": tuple(fields["topics"]),
            "sources": tuple(Source(**source) for source in fields["sources"]),
            "inferred": frozenset(fields["inferred"]),
        }
    )


def parse_document(path: str, text: str, content_hash: str, metadata: str, layout: str) -> Document:
    parts = json.loads(layout)
    return Document(
        path=path,
        text=text,
        metadata=parse_metadata(metadata),
        content_hash=content_hash,
        pages=tuple(Page(*page) for page in parts["pages"]),
        sections=tuple(
            Section(tuple(names), number, start, end) for names, number, start, end in parts["sections"]
        ),
        paragraphs=tuple(Paragraph(*paragraph) for paragraph in parts["paragraphs"]),
    )


def first_day(date: str | None) -> str | None:
    """The first day that a full or partial ISO date can mean: "2024-07" → "2024-07-01"."""
    return date + "-01-01"[len(date) - 4 :] if _is_iso(date) and date else None


def last_day(date: str | None) -> str | None:
    """A day no earlier than the last that the date can mean: "2024-02" → "2024-02-31"."""
    return date + "-12-31"[len(date) - 4 :] if _is_iso(date) and date else None


def restricts(filters: Filters | None) -> bool:
    return filters is not None and filters != Filters()


def document_condition(filters: Filters) -> tuple[str, list[str]]:
    """A condition on `documents`, and its parameters.

    A document passes the dates if its own date, which may be a whole month or year, overlaps them;
    one without a date never does. Types and jurisdictions compare without case, paths exactly.
    """
    conditions: list[tuple[str, Sequence[str]]] = []
    if filters.date_from:
        conditions.append(("documents.date_last >= ?", [first_day(filters.date_from) or filters.date_from]))
    if filters.date_to:
        conditions.append(("documents.date_first <= ?", [last_day(filters.date_to) or filters.date_to]))
    if filters.types:
        conditions.append((f"documents.type IN ({_marks(filters.types)})", _folded(filters.types)))
    if filters.jurisdictions:
        conditions.append(
            (
                "EXISTS (SELECT 1 FROM json_each(documents.jurisdictions) "
                f"WHERE json_each.value IN ({_marks(filters.jurisdictions)}))",
                _folded(filters.jurisdictions),
            )
        )
    if filters.documents:
        conditions.append((f"documents.path IN ({_marks(filters.documents)})", filters.documents))
    return " AND ".join(sql for sql, _ in conditions) or "1", [
        value for _, values in conditions for value in values
    ]


def filter_columns(metadata: Metadata) -> tuple[str | None, str | None, str | None, str]:
    """type, date_first, date_last, jurisdictions as `document_condition` compares them."""
    return (
        metadata.type.casefold() if metadata.type else None,
        first_day(metadata.date),
        last_day(metadata.date),
        _json(_folded(metadata.jurisdictions)),
    )


def searchable(terms: Sequence[str]) -> list[str]:
    """The distinct terms as full text can hold them, without blank ones."""
    distinct = dict.fromkeys(term.encode("utf-8", "replace").decode().replace("\0", " ") for term in terms)
    return [term for term in distinct if term.strip()]


def match_expression(terms: Sequence[str]) -> str:
    """An FTS5 query that matches any of the terms, whatever characters they hold; "" for none."""
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in searchable(terms))


def extra_json(extra: Mapping[str, object]) -> str:
    return _json(extra)


def _folded(values: Sequence[str]) -> list[str]:
    return [value.casefold() for value in values]


def _is_iso(date: str | None) -> bool:
    return date is not None and _ISO_DATE.fullmatch(date) is not None


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
