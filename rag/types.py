"""Every value type and protocol of the system, in the order in which a sentence meets them.

Document → Chunk → Hit → Evidence → Answer (Claim ⋯ Citation) → Verdict. All are frozen; offsets are
Python characters (not bytes), `end` exclusive, into `Document.text`. Scores: higher is better.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""(n, d) float32, rows of length 1."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a paginated document; `number` counts from 1, as a PDF viewer does."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of text under one heading.

    `path` holds the headings from the outermost to this one, () before the first heading.
    `number` is the legal reference that the heading states ("Art. 6", "Ch. II"), else None.
    """

    path: tuple[str, ...]
    number: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A numbered paragraph inside a section: label "(1)", or "(1)(a)" where it is nested."""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """Something that a document itself cites, under the label it gives it ("S1")."""

    label: str
    title: str
    publisher: str | None = None
    date: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a document. Dates are ISO 8601: "2024-07-20", "2024-07" or "2024".

    `inferred` names the fields that were guessed from the file, not stated by its author.
    """

    title: str
    author: str | None = None
    date: str | None = None
    type: str | None = None
    jurisdictions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    address: str | None = None
    dates_covered: str | None = None
    sources: tuple[Source, ...] = ()
    inferred: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Document:
    """One source. Its text is fixed when it is read; everything else is intervals over it.

    Invariants: `sections` are sorted, do not overlap and cover the text; `pages` likewise where the
    format has pages, else (); `paragraphs` are sorted by start and do not overlap.
    """

    path: str
    """Path below the indexed folder, with forward slashes; for a web page, its address."""
    text: str
    metadata: Metadata
    content_hash: str
    """SHA-256 of the file's bytes, in hex."""
    pages: tuple[Page, ...] = ()
    sections: tuple[Section, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The page number at a character, None where the format has no pages."""
        found = _at(self.pages, offset)
        return found.number if found else None

    def section_at(self, offset: int) -> Section | None:
        return _at(self.sections, offset)

    def section_label(self, offset: int) -> str | None:
        """How a person would cite this place: "Art. 6(1)(a)", else the heading, else None."""
        section = self.section_at(offset)
        if section is None:
            return None
        paragraph = _at(self.paragraphs, offset)
        inside = paragraph.label if paragraph and paragraph.start >= section.start else ""
        if section.number:
            return section.number + inside
        return section.path[-1] if section.path else (f"¶ {inside}" if inside else None)


@dataclass(frozen=True, slots=True)
class Sentence:
    """The unit of quoting. Invariant: document.text[start:end] == text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document small enough to embed.

    Invariant: document.text[start:end] == text. `heading` is context for the embedder and the
    reader ("Title > Part > Section"); it is not quotable.
    """

    document: str
    start: int
    end: int
    text: str
    heading: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on documents; empty ones do not restrict. Dates are ISO, inclusive."""

    date_from: str | None = None
    date_to: str | None = None
    types: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


class Retriever(StrEnum):
    DENSE = "dense"
    BM25 = "bm25"
    FUSED = "fused"
    RERANKED = "reranked"


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found for a question; `rank` counts from 1."""

    chunk_id: int
    chunk: Chunk
    score: float
    rank: int
    retriever: Retriever


Evidence = tuple[Hit, ...]


class Verdict(StrEnum):
    SUPPORTED = "SUPPORTED"
    CONTRADICTED = "CONTRADICTED"
    NOT_FOUND = "NOT_FOUND"


@dataclass(frozen=True, slots=True)
class Check:
    """A deterministic check that fired, with the two texts that differ (or, for
    `name="arithmetic"`, that agree)."""

    name: str
    claim: str
    source: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Invariant: document.text[start:end] == quote."""

    n: int
    document: str
    title: str
    page: int | None
    section: str | None
    start: int
    end: int
    quote: str
    author: str | None = None
    date: str | None = None
    sources: tuple[Source, ...] = ()
    """What the document itself cites for this passage."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable sentence of an answer. `support` is in [0, 1].

    `short_answer` is the (start, end) in `text` that answers a when/who/where/how-many question.
    """

    text: str
    verdict: Verdict
    support: float
    citations: tuple[int, ...]
    checks: tuple[Check, ...] = ()
    short_answer: tuple[int, int] | None = None


class NoteKind(StrEnum):
    PREMISE = "premise"
    DISAGREEMENT = "disagreement"
    CAUTION = "caution"


@dataclass(frozen=True, slots=True)
class NoteSide:
    """One side of a disagreement: a value in the source's words. `said_by` is whom the document names for it,
    "" for nobody; `date` is when they spoke, as far as the document says, and the document's own where it names nobody."""

    document: str
    date: str | None
    value: str
    citation: int
    said_by: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark about the question or the sources. `holds` is False for a premise that the
    evidence contradicts, True for one it confirms, None for other kinds; a disagreement has `sides`."""

    kind: NoteKind
    text: str
    citations: tuple[int, ...] = ()
    holds: bool | None = None
    sides: tuple[NoteSide, ...] = ()


class Mode(StrEnum):
    QUOTE = "quote"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds of wall clock, by stage."""

    retrieve: float = 0.0
    answer: float = 0.0
    verify: float = 0.0


@dataclass(frozen=True, slots=True)
class Usage:
    """What asking a chat model took. Tokens are counted by tiktoken; `reported_*` are the provider's own
    counts. Milliseconds count from the request: to the first token, to the first sentence shown;
    `first_check` is the part of that after the sentence was written. `cached`: what it cost then."""

    model: str
    prompt_version: str
    input_tokens: int = 0
    output_tokens: int = 0
    reported_input_tokens: int | None = None
    reported_output_tokens: int | None = None
    first_token: float | None = None
    first_sentence: float | None = None
    first_check: float | None = None
    cached: bool = False


@dataclass(frozen=True, slots=True)
class IndexInfo:
    generation: int
    embedding_model: str
    chunks: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose every claim carries citations. `citations` are numbered 1…n in order.

    Quotes may stand in for a chat model's answer: `mode` is then QUOTE. `struck` are the sentences that did
    not survive verification; the citations of a CONTRADICTED one are the quotes that contradict it.
    """

    question: str
    standalone_question: str
    mode: Mode
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    notes: tuple[Note, ...]
    retrieved: Evidence
    timings: Timings
    index: IndexInfo
    confidence: float = 1.0
    struck: tuple[Claim, ...] = ()
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is said when the sources do not answer: a result, not an error.

    `nearest` are the closest passages; `missing` the words of the question found nowhere in them.
    """

    question: str
    standalone_question: str
    mode: Mode
    nearest: tuple[Citation, ...]
    missing: tuple[str, ...]
    notes: tuple[Note, ...]
    retrieved: Evidence
    timings: Timings
    index: IndexInfo
    confidence: float = 0.0
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation; role is "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be read, and why, in one line that a person can act on."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one indexing run did, as paths. `renamed` holds (old, new); `duplicates` (copy, original)."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()
    duplicates: tuple[tuple[str, str], ...] = ()
    skipped: tuple[Skipped, ...] = field(default=())
    chunks_embedded: int = 0
    generation: int = 0


class Embedder(Protocol):
    """Texts to unit vectors. `fingerprint` identifies the weights; `max_tokens` includes the
    special tokens that the model adds."""

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def max_tokens(self) -> int: ...

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """(n, d); a text longer than max_tokens raises TextTooLong instead of being cut off."""

    def embed_query(self, text: str) -> Vectors:
        """(1, d); a question longer than max_tokens is cut at its end."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces per text, special tokens included."""


_Interval = TypeVar("_Interval", Page, Section, Paragraph)


def _at(intervals: tuple[_Interval, ...], offset: int) -> _Interval | None:
    i = bisect_right(intervals, offset, key=lambda interval: interval.start) - 1
    return intervals[i] if i >= 0 and offset < intervals[i].end else None
