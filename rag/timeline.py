"""The dated sentences of an index in order of date, each cited.

A sentence is listed under the dates of its events; if it has none, under those of the things it
names, else of its sources (rag.dateroles). Undated sentences, and those that only announce what the
document covers, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rag.acronyms import acronyms, term_variants
from rag.chunks import body_sentences
from rag.citations import citation_json, cite
from rag.datecontext import Bound, FiscalYears, bound_before, dates_in_context, fiscal_years
from rag.dateroles import Role, disagrees, roles
from rag.datespans import DateSpan, Precision, find_dates
from rag.index import Index
from rag.questions import Question, read_question
from rag.rows import first_day, last_day
from rag.selection import Weighted, dangles
from rag.terms import terms
from rag.types import Citation, Document, Embedder, Filters, Metadata, Sentence, Vectors

NEAR, NEAR_UNNAMED = 0.65, 0.5
"""Cosine to the topic from which a sentence is about it without its words, where the topic holds a
name and where it holds none. On corpus/, sentences that only look alike reach 0.61 and 0.51."""
_BM25, _DENSE = 2_000, 200
"""Chunks searched for documents that may speak of a topic."""
_SAME_STATEMENT = 0.8
_SELF = re.compile(
    r"^In this (?:brief|paper|report|article|study|chapter|section|document|page|essay|note)\b"
    r"|^(?:This|The|It|That)\s+(?:(?:table|brief|paper|report|article|study|chapter|section|document|page|essay|note)\s+)?(?:(?:also|then|further)\s+)*"
    r"(?:covers?|compares?|repeats|shows|follows?|traces?|describes?|explains?|profiles?|examines?|discusses|surveys?|summari[sz]es|outlines?|records?|"
    r"sets? out|sets? side by side|looks? at|puts?|gives?|concerns?|deals? with|tells?|brings? together|lists?)\b"
)
_ELSEWHERE = re.compile(
    r"\b(?:the subject of|(?:treated|covered|described|discussed) in) (?:the|an?|another) (?:separate |other )?"
    r"(?:briefs?|papers?|reports?|articles?|chapters?|sections?)\b"
)
_THIS_DOCUMENT = re.compile(
    r"^This (?:brief|paper|report|article|study|chapter|section|document|page|essay|note)\b"
)
_DAYS = {
    Precision.DAY: 0,
    Precision.MONTH: 30,
    Precision.PART: 183,
    Precision.YEAR: 365,
    Precision.DECADE: 3652,
}
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Line:
    """One date of one sentence. `span` lies in `citation.quote`; `written` is the date in its words,
    with the word that makes it a limit ("by October 2007"), which `bound` names."""

    span: DateSpan
    written: str
    bound: Bound | None
    role: Role
    disagreement: bool
    citation: Citation

    @property
    def text(self) -> str:
        return self.citation.quote


@dataclass(frozen=True, slots=True)
class Topic:
    """What a timeline is about. `names` must all be said by a sentence, its heading or its document's
    title, and of `others` one, if there are any; else its cosine to `vector` (1, d) must reach `near`."""

    names: tuple[str, ...]
    others: tuple[str, ...]
    weighted: Weighted
    near: float
    vector: Vectors | None = None

    def named(self, *texts: str) -> bool:
        bags = [frozenset(terms(text)) for text in texts]
        said = {t for t in (*self.names, *self.others) if any(self.weighted.holds(bag, t) for bag in bags)}
        return said.issuperset(self.names) and (not self.others or not said.isdisjoint(self.others))


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence where it stands: `previous` is the one before it in its paragraph, or "";
    `first` is True while no date stands before it there."""

    sentence: Sentence
    previous: str
    first: bool
    heading: str


def timeline(
    index: Index, topic: str = "", embedder: Embedder | None = None, filters: Filters | None = None
) -> list[Line]:
    """The lines of all documents that pass, or of those on a topic.

    The dates of the filters restrict the lines, not the documents. Without an embedder a topic is
    found by its words alone. Raises UsageError for a document that is not in the index.
    """
    filters = filters or Filters()
    for path in filters.documents:
        index.document(path)
    paths = [d.path for d in index.documents() if _passes(d.path, d.metadata, filters)]
    lines: list[Line] = []
    if topic.strip():
        asked = read_topic(index, topic, embedder)
        for path in _documents_on(index, asked, paths, topic):
            document = index.document(path)
            about = _about(index, document, asked)
            lines += document_lines(document, about)
    else:
        for path in paths:
            lines += document_lines(index.document(path))
    return [line for line in in_order(lines) if _within(line.span, filters)]


def read_topic(index: Index, topic: str, embedder: Embedder | None = None) -> Topic:
    """A topic with the other ways to write it (acronym, long form) that the index's documents define."""
    question = read_question(f"about {topic}")
    found = index.bm25(question.terms, _BM25)
    paths = dict.fromkeys(chunk.document for chunk in index.chunks([i for i, _ in found]).values())
    definitions: dict[str, str] = {}
    for path in paths:
        definitions |= acronyms(index.document(path).text)
    return _topic(question, definitions, embedder.embed_query(topic) if embedder else None)


def document_lines(document: Document, about: frozenset[int] | None = None) -> list[Line]:
    """The lines of one document in reading order; `about` holds the starts of the sentences to take,
    None for all."""
    fiscal, published = fiscal_years(document.text), _published(document.metadata)
    lines: list[Line] = []
    for place in _places(document):
        if about is None or place.sentence.start in about:
            lines += _lines_of(document, place, fiscal, published)
    return lines


def in_order(lines: Iterable[Line]) -> list[Line]:
    """By first day, last day, document and offset; what a document says twice of a date, once."""
    kept: list[Line] = []
    same_date: dict[tuple[str, date, date], list[frozenset[str]]] = {}
    for line in sorted(lines, key=_sort_key):
        said = same_date.setdefault((line.citation.document, line.span.first, line.span.last), [])
        bag = frozenset(terms(line.text))
        if not any(_alike(bag, other) for other in said):
            said.append(bag)
            kept.append(line)
    return kept


def timeline_json(topic: str, lines: Sequence[Line]) -> dict[str, Any]:
    return {"topic": topic or None, "lines": [_line_json(line) for line in lines]}


def _line_json(line: Line) -> dict[str, Any]:
    return {
        "first": line.span.first.isoformat(),
        "last": line.span.last.isoformat(),
        "precision": line.span.precision.name.lower(),
        "written": line.written,
        "bound": line.bound.value if line.bound else None,
        "role": line.role.value,
        "disagreement": line.disagreement,
        "text": line.text,
        "citation": citation_json(line.citation),
    }


def _topic(question: Question, definitions: Mapping[str, str], vector: Vectors | None) -> Topic:
    proper = tuple(t for t in question.terms if t in question.names)
    names = proper or question.terms
    others = tuple(t for t in question.terms if t not in names)
    variants = term_variants(definitions, terms(question.text))
    weighted = Weighted(question, dict.fromkeys(question.terms, 1.0), variants)
    return Topic(names, others, weighted, NEAR if proper else NEAR_UNNAMED, vector)


def _documents_on(index: Index, topic: Topic, paths: Sequence[str], written: str) -> list[str]:
    """Of the paths, those with a chunk that holds a word of the topic or is near it, or so titled."""
    variants = (t for others in topic.weighted.variants.values() for other in others for t in other)
    found = index.bm25(list(dict.fromkeys((*topic.names, *topic.others, *variants))), _BM25)
    if topic.vector is not None:
        found += index.dense(topic.vector, _DENSE)
    near = {chunk.document for chunk in index.chunks([i for i, _ in found]).values()}
    titled = {d.path for d in index.documents() if topic.named(d.metadata.title)}
    return [path for path in paths if path in near or path in titled]


def _about(index: Index, document: Document, topic: Topic) -> frozenset[int]:
    """The starts of the sentences on a topic: those that name it, those near it in meaning, and those
    that lean on such a one right before them."""
    sentences, vectors = index.sentences_with_vectors(document.path, 0, len(document.text))
    near = _near(sentences, vectors, topic)
    about: set[int] = set()
    before = -1
    for place in _places(document):
        sentence = place.sentence
        leans = place.previous != "" and before in about and dangles(sentence.text)
        if (
            leans
            or sentence.start in near
            or topic.named(sentence.text, place.heading, document.metadata.title)
        ):
            about.add(sentence.start)
        before = sentence.start
    return frozenset(about)


def _near(sentences: Sequence[Sentence], vectors: Vectors, topic: Topic) -> frozenset[int]:
    if topic.vector is None or not sentences:
        return frozenset()
    cosines = vectors @ topic.vector[0]
    return frozenset(s.start for s, cosine in zip(sentences, cosines, strict=True) if cosine >= topic.near)


def _places(document: Document) -> Iterator[_Place]:
    for section in document.sections or (None,):
        heading = " ".join(section.path) if section else ""
        before: Sentence | None = None
        first = True
        for sentence in body_sentences(document, section):
            opens = before is None or "\n" in document.text[before.end : sentence.start]
            first = first or opens
            yield _Place(sentence, "" if opens or before is None else before.text, first, heading)
            first = first and not find_dates(sentence.text)
            before = sentence


def _lines_of(
    document: Document, place: _Place, fiscal: FiscalYears | None, published: date | None
) -> list[Line]:
    text = place.sentence.text
    spans = dates_in_context(text, place.previous, published if place.first else None, fiscal)
    if not spans or _announces(place) or not _says_something(text, spans):
        return []
    chosen = _telling(list(zip(spans, roles(text, spans, document.metadata), strict=True)))
    citation = cite(document, place.sentence.start, place.sentence.end, 1)
    disagreement = disagrees(text, *_headings(document, place.sentence.start))
    return [_line(text, span, role, disagreement, citation) for span, role in chosen]


def _headings(document: Document, start: int) -> tuple[str, ...]:
    """The headings above a sentence, without the title."""
    section = document.section_at(start)
    return tuple(h for h in section.path if h != document.metadata.title) if section else ()


def _line(text: str, span: DateSpan, role: Role, disagreement: bool, citation: Citation) -> Line:
    bound = None if _is_range(span) else bound_before(text, span.start)
    if role is not Role.EVENT and bound and bound[0] is Bound.SINCE:
        bound = None  # "a report from July 2022" limits nothing
    start = bound[1] if bound else span.start
    return Line(span, text[start : span.end], bound[0] if bound else None, role, disagreement, citation)


def _is_range(span: DateSpan) -> bool:
    """More than one day, month or year of its precision."""
    return (span.last - span.first).days > _DAYS[span.precision]


def _telling(dated: Sequence[tuple[DateSpan, Role]]) -> list[tuple[DateSpan, Role]]:
    """The dates of the first role that the sentence has, each once; a month or year that another of
    them makes exact is left out."""
    role = min((r for _, r in dated), key=list(Role).index)
    spans = [s for s, r in dated if r is role]
    once = {(s.first, s.last): s for s in reversed(spans)}
    kept = [s for s in once.values() if not any(_makes_exact(other, s) for other in spans)]
    return [(s, role) for s in sorted(kept, key=lambda s: s.start)]


def _makes_exact(fine: DateSpan, coarse: DateSpan) -> bool:
    """The finer date lies in the coarser, which is one month or one year."""
    if fine.precision >= coarse.precision or not coarse.first <= fine.first <= fine.last <= coarse.last:
        return False
    return not _is_range(coarse)


def _announces(place: _Place) -> bool:
    """The sentence says what the document is about, not what happened."""
    text = place.sentence.text
    if not _SELF.match(text):
        return _ELSEWHERE.search(text) is not None
    return not text.startswith("It ") or bool(_THIS_DOCUMENT.match(place.previous))


def _says_something(text: str, spans: Sequence[DateSpan]) -> bool:
    """False for a table row or caption of figures alone."""
    rest = text
    for span in reversed(spans):
        rest = rest[: span.start] + " " + rest[span.end :]
    rest = re.sub(r"\[[^\[\]\s]{1,12}\]", " ", rest)
    return any(len(_WORD.findall(cell)) >= 3 for cell in rest.split(" | "))


def _published(metadata: Metadata) -> date | None:
    """The day a document is dated by its author; None if that is a month, a year or a guess."""
    if not metadata.date or len(metadata.date) != 10 or "date" in metadata.inferred:
        return None
    return date.fromisoformat(metadata.date)


def _passes(path: str, metadata: Metadata, filters: Filters) -> bool:
    types = {t.casefold() for t in filters.types}
    jurisdictions = {j.casefold() for j in filters.jurisdictions}
    return (
        (not types or (metadata.type or "").casefold() in types)
        and (not jurisdictions or any(j.casefold() in jurisdictions for j in metadata.jurisdictions))
        and (not filters.documents or path in filters.documents)
    )


def _within(span: DateSpan, filters: Filters) -> bool:
    begin, end = first_day(filters.date_from) or "", last_day(filters.date_to) or "9999"
    return span.last.isoformat() >= begin and span.first.isoformat() <= end


def _sort_key(line: Line) -> tuple[date, date, str, int, int]:
    return line.span.first, line.span.last, line.citation.document, line.citation.start, line.span.start


def _alike(a: frozenset[str], b: frozenset[str]) -> bool:
    return len(a & b) >= _SAME_STATEMENT * len(a | b)
