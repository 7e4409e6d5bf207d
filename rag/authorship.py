"""Questions about a document itself, who wrote it and when, are answered by its byline."""

from __future__ import annotations

import re

from rag.chunks import split_sentences
from rag.index import Index
from rag.reranking import Reading
from rag.selection import Candidate
from rag.terms import fold

_ASKED = re.compile(
    r"\bwho (?:wrote|authored|is the author|was the author)\b|\b(?:author|byline) of (?:this|the|that)\b|"
    r"\b(?:written|authored) by whom\b|\bwhen was (?:this|the|that) (?:article|brief|report|paper|study|text|document|piece)\b"
    r"[^?]*\b(?:published|written|dated)\b|\b(?:date of publication|publication date) of\b",
    re.IGNORECASE,
)


def byline(index: Index, reading: Reading) -> Candidate | None:
    """The sentence in which the best document with a known author names that author, where the
    question asks for it."""
    if not _ASKED.search(reading.question.text):
        return None
    for path in dict.fromkeys(h.chunk.document for h in reading.evidence):
        document = index.document(path)
        if not document.metadata.author:
            continue
        surname = fold(document.metadata.author).split()[-1]
        for sentence in split_sentences(document.text):
            if surname in fold(sentence.text):
                return Candidate(path, sentence, 1.0, 1.0, 1.0, 2.0)
    return None
