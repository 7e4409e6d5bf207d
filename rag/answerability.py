"""Does a sentence, read with its neighbours, answer the question? By the support model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.chunks import body_sentences
from rag.selection import Candidate
from rag.support import SupportModel
from rag.types import Document

READ = 12
"""Sentences that are read, the best by words and cosine."""
_WINDOW_WORDS = 110


@dataclass(frozen=True, slots=True)
class Answering:
    """P(answered), uncalibrated: of a sentence `alone`, and `among` its neighbours under the title of its
    document."""

    candidate: Candidate
    alone: float
    among: float


def read_answers(
    model: SupportModel, question: str, ranked: Sequence[Candidate], document: Callable[[str], Document]
) -> list[Answering]:
    """The first READ candidates, in their order."""
    first = list(ranked[:READ])
    around = [f"{document(c.document).metadata.title}. {_around(document(c.document), c)}" for c in first]
    read = model.read([*((c.sentence.text, question) for c in first), *((text, question) for text in around)])
    return [
        Answering(candidate, one.answered, other.answered)
        for candidate, one, other in zip(first, read[: len(first)], read[len(first) :], strict=True)
    ]


def _around(document: Document, candidate: Candidate) -> str:
    """The sentence with the one before it and those after it, as far as they belong to its section."""
    sentences = body_sentences(document, document.section_at(candidate.sentence.start))
    at = next((i for i, s in enumerate(sentences) if s.start >= candidate.sentence.start), 0)
    first, last = max(0, at - 1), at
    while last + 1 < len(sentences) and last - at < 2:
        last += 1
    text = (
        document.text[sentences[first].start : sentences[last].end] if sentences else candidate.sentence.text
    )
    return " ".join(text.split()[:_WINDOW_WORDS])
