"""What else the documents answer: their headings turned into questions, kept if they are answered.

`candidates` is pure; `answered` retrieves, which takes about 15 ms a question.
"""

from __future__ import annotations

import re
import time
from calendar import month_name
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, takewhile, zip_longest

from rag.assistant import Assistant
from rag.terms import STOP_WORDS, terms
from rag.types import Chunk, Citation, Document, Section

_TRIED = 12
_LONGEST = 90
_FEWEST_TERMS = 2
_NEAREST, _NEAR = 3, 0.6
"""Chunks in which a question's section must be, and the cosine of the question to its best sentence. Of 150
headings of corpus/ 61 pass, and the assistant answers all of them out of their section; of all, 120."""
_OFTEN = 2
"""Once is the heading itself."""
_PARTS = re.compile(
    r"^(?:introduction|conclusions?|notes?|references?|sources?|contents|summary|abstract|background|annex\w*|appendix"
    r"|preface|foreword|acknowledge?ments?|further reading|bibliography|about\b.*|source of\b.*)$",
    re.IGNORECASE,
)
_DISAGREE = re.compile(r"\bdisagree\w*\b", re.IGNORECASE)
_WORD = re.compile(r"^[^\W\d_]+")
_CAPITAL = re.compile(r"\b[A-Z][^\W\d_]+")
_LEADING = frozenset("from under in on at after before about since with by for to towards beyond".split())
_DATED = re.compile(
    r",[^,]*\d.*$|\s+(?:(?:since|of|in|from)\s+)?(?:\d{1,2}\s+)?"
    rf"(?:(?:{'|'.join(month_name[1:])})\s+)?\d{{4}}\b.*$"
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that a section's heading makes, and the characters start:end of that section."""

    question: str
    document: str
    start: int
    end: int


def candidates(
    documents: Sequence[Document], cited: Sequence[Citation] = (), asked: Iterable[str] = ()
) -> Iterator[Suggestion]:
    """One question a section in turn from each document, without the sections that are cited already
    and the questions that were asked."""
    known = {question.casefold() for question in asked}
    each = [_of_document(d, [c for c in cited if c.document == d.path]) for d in documents]
    for suggestion in chain.from_iterable(zip_longest(*each)):
        if suggestion and suggestion.question.casefold() not in known:
            known.add(suggestion.question.casefold())
            yield suggestion


def answered(
    assistant: Assistant, found: Iterable[Suggestion], wanted: int, seconds: float = 1.0
) -> tuple[str, ...]:
    """The first questions that are answered in the section that they are about, as many as are wanted or
    can be found in that time."""
    until = time.monotonic() + seconds
    tried = takewhile(lambda _: time.monotonic() < until, islice(found, _TRIED))
    good = (suggestion.question for suggestion in tried if _is_answered(assistant, suggestion))
    return tuple(islice(good, wanted))


def question_of(heading: str, document: Document) -> str | None:
    """None for a heading that says too little, or is about the document itself. One that names nothing
    gets the document's subject before it."""
    subject = short_title(document)
    if _DISAGREE.search(heading):
        return f"Where do the sources disagree on {_within(subject, document)}?"
    wording = heading.strip().rstrip(".:;")
    leads = wording.split(" ")[0].lower() in _LEADING
    if leads or _PARTS.match(wording) or len(set(terms(wording))) < _FEWEST_TERMS or len(wording) > _LONGEST:
        return None
    asked = f"what do the sources say about {_within(wording, document)}?"
    if names_something(wording, document):
        return asked[0].upper() + asked[1:]
    return f"{subject}: {asked}" if len(subject) + len(asked) <= 2 * _LONGEST else None


def question_about(document: Document) -> Suggestion | None:
    """What the documents say about the subject of one, if its title names it."""
    subject = short_title(document)
    if not names_something(subject, document) or len(subject) > _LONGEST:
        return None
    asked = f"What do the sources say about {_within(subject, document)}?"
    return Suggestion(asked, document.path, 0, len(document.text))


def names_something(wording: str, document: Document) -> bool:
    """Whether a word of it is written with a capital in the middle of the document's sentences."""
    capitals = dict.fromkeys(_CAPITAL.findall(wording))
    named = (word for word in capitals if word.lower() not in STOP_WORDS)
    return any(len(_inside(word).findall(document.text)) >= _OFTEN for word in named)


def short_title(document: Document) -> str:
    """The title before its colon, without dates at its end."""
    title = document.metadata.title.split(": ")[0]
    return _DATED.sub("", title).strip() or title


def _of_document(document: Document, cited: Sequence[Citation]) -> Iterator[Suggestion]:
    """Sections after the first cited one come first: that is where a reader would go on."""
    sections = [s for s in document.sections if s.path and s.path[-1] != document.metadata.title]
    fresh = [s for s in sections if not any(s.start <= c.start < s.end for c in cited)]
    begin = min((c.start for c in cited), default=0)
    for section in sorted(fresh, key=lambda s: (s.start < begin, s.start)):
        question = _question(section, document)
        if question:
            yield Suggestion(question, document.path, section.start, section.end)


def _question(section: Section, document: Document) -> str | None:
    if any(_DISAGREE.search(above) for above in section.path[:-1]):
        return None
    return question_of(section.path[-1], document)


def _is_answered(assistant: Assistant, suggestion: Suggestion) -> bool:
    """Whether the section is among the nearest to the question, and one of its sentences near enough."""
    index, query = assistant.index, assistant.embedder.embed_query(suggestion.question)
    nearest = index.chunks([id for id, _ in index.dense(query, _NEAREST)]).values()
    if not any(_stands_in(suggestion, chunk) for chunk in nearest):
        return False
    _, vectors = index.sentences_with_vectors(suggestion.document, suggestion.start, suggestion.end)
    return len(vectors) > 0 and float((vectors @ query[0]).max()) >= _NEAR


def _stands_in(suggestion: Suggestion, chunk: Chunk) -> bool:
    return chunk.document == suggestion.document and suggestion.start <= chunk.start < suggestion.end


def _within(heading: str, document: Document) -> str:
    """A heading inside a sentence: its first word in lower case unless it is a name."""
    first = _WORD.match(heading)
    if not first or not first[0].istitle() or names_something(first[0], document):
        return heading
    return heading[0].lower() + heading[1:]


def _inside(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=[\w,;:)] ){re.escape(word)}\b")
