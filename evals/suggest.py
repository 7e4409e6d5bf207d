"""Candidate gold cases from an indexed corpus, for a person to accept, edit or delete."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evals.cases import CaseType
from evals.numerals import MONTHS
from rag.types import Document, Section, Sentence

PENDING = "pending"
_MONTH = "|".join(name.capitalize() for name in MONTHS)
_DATE = re.compile(
    rf"\b(?:\d{{1,2}} (?:{_MONTH}) \d{{4}}|(?:{_MONTH}) \d{{1,2}}, \d{{4}}|\d{{4}}-\d\d-\d\d)\b"
)
_DEFINITION = re.compile(
    r"^(?:the term |for the purposes of [^,]{3,60}, )?[“\"‘']?(?P<term>[A-Z][\w \-/()]{1,60}?)[”\"’']? "
    r"(?:means|shall mean|is defined as|refers to|is (?:a|an|the) )",
    re.IGNORECASE,
)
_SHORTEST, _LONGEST = 40, 320


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question with the sentence that would answer it; `reason` says what was noticed."""

    question: str
    type: CaseType
    document: str
    sentence: Sentence
    must_include: tuple[str, ...]
    reason: str


def suggest(documents: Iterable[Document], per_document: int = 5) -> Iterator[Candidate]:
    """Up to `per_document` candidates of each document: definitions, dated facts, headings, in turn."""
    for document in documents:
        kinds = [list(find(document)) for find in (_definitions, _dated_facts, _headings)]
        yield from _in_turn(kinds, per_document)


def candidate_to_json(candidate: Candidate, number: int) -> str:
    """A line of a gold file. `review` keeps it out of every run until a person changes it."""
    evidence = {
        "document": candidate.document,
        "quote": candidate.sentence.text,
        "start": candidate.sentence.start,
    }
    fields = {
        "id": f"S{number:03}",
        "review": PENDING,
        "question": candidate.question,
        "type": candidate.type.value,
        "answer": candidate.sentence.text,
        "must_include": list(candidate.must_include),
        "evidence": [evidence],
        "answerable": True,
        "notes": f"suggested from a {candidate.reason}",
    }
    return json.dumps(fields, ensure_ascii=False)


def _definitions(document: Document) -> Iterator[Candidate]:
    for sentence in _sentences(document, 0, len(document.text)):
        found = _DEFINITION.match(sentence.text)
        if found and len(found["term"].split()) <= 6 and not _NOT_TERMS & set(found["term"].lower().split()):
            question = f"What is meant by “{found['term'].strip()}”?"
            yield Candidate(question, CaseType.FACTOID, document.path, sentence, (), "definition")


def _dated_facts(document: Document) -> Iterator[Candidate]:
    for sentence in _sentences(document, 0, len(document.text)):
        date = _DATE.search(sentence.text)
        if date:
            question = f"What happened on {date[0]}, according to “{document.metadata.title}”?"
            yield Candidate(question, CaseType.TIMELINE, document.path, sentence, (date[0],), "dated fact")


def _headings(document: Document) -> Iterator[Candidate]:
    for section in document.sections:
        if section.path and section.path[-1] != document.metadata.title and _says_something(section.path[-1]):
            first = next(_section_sentences(document, section), None)
            if first is not None:
                heading = section.path[-1].rstrip(".:")
                question = (
                    heading
                    if heading.endswith("?")
                    else f"What does “{document.metadata.title}” say under “{heading}”?"
                )
                yield Candidate(question, CaseType.FACTOID, document.path, first, (), "heading")


_NUMBERED = re.compile(
    r"(?:section|article|art\.|chapter|part|title|annex|§|¶)?[\s\W]*(?:\d+|[ivxlc]+|[a-z])?[\s\W]*",
    re.IGNORECASE,
)


def _says_something(heading: str) -> bool:
    """Whether a heading is more than a number ("Section 2", "Article [VII.]")."""
    return _NUMBERED.fullmatch(heading) is None


_NOT_TERMS = frozenset(
    "it this that these there he she they which what who we one such if when whenever where while as but".split()
)


def _section_sentences(document: Document, section: Section) -> Iterator[Sentence]:
    heading = section.path[-1] if section.path else ""
    return (s for s in _sentences(document, section.start, section.end) if heading not in s.text)


def _sentences(document: Document, start: int, end: int) -> Iterator[Sentence]:
    from rag.chunks import split_sentences

    for sentence in split_sentences(document.text, start, end):
        if _SHORTEST <= len(sentence.text) <= _LONGEST and sentence.text[-1] in '.;!?”"':
            yield sentence


def _in_turn(kinds: Sequence[list[Candidate]], most: int) -> list[Candidate]:
    """One of each kind, then another of each, from all over the document; no sentence twice."""
    chosen: dict[int, Candidate] = {}
    spread = [_spread(kind, most) for kind in kinds]
    for i in range(most):
        for kind in spread:
            if i < len(kind) and len(chosen) < most:
                chosen.setdefault(kind[i].sentence.start, kind[i])
    return list(chosen.values())


def _spread(candidates: list[Candidate], most: int) -> list[Candidate]:
    step = max(1, len(candidates) // most)
    return candidates[::step]
