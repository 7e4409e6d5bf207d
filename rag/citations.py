"""Quotes ↔ located spans, and every way an answer is written out: text, Markdown, JSON (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from rag.errors import UsageError
from rag.types import (
    Answer,
    Citation,
    Claim,
    Document,
    Evidence,
    Hit,
    IndexInfo,
    Note,
    NoteKind,
    Refusal,
    Timings,
    Usage,
)

SCHEMA = 1
_MARKS_AFTER = re.compile(r"\s?((?:\[[^\[\]\s]{1,12}\])+)")


def cite(document: Document, start: int, end: int, n: int) -> Citation:
    """A citation of document.text[start:end], with what the document itself cites right after it.

    Raises UsageError for a span that is empty or outside the text.
    """
    if not 0 <= start < end <= len(document.text):
        raise UsageError(
            f"{document.path} has characters 0 to {len(document.text)}; there is no span {start}:{end}"
        )
    meta = document.metadata
    return Citation(
        n=n,
        document=document.path,
        title=meta.title,
        page=document.page_at(start),
        section=document.section_label(start),
        start=start,
        end=end,
        quote=document.text[start:end],
        author=meta.author,
        date=meta.date,
        sources=_sources_after(document, end),
    )


def locate(document: Document, quote: str) -> tuple[int, int] | None:
    """Where the quote stands, character for character; None if it does not."""
    start = document.text.find(quote) if quote else -1
    return (start, start + len(quote)) if start >= 0 else None


REFUSED = "The documents do not answer this question."


def answer_text(result: Answer | Refusal) -> str:
    """The answer as one text with [n] after each sentence: corrected premises, then the sentences by
    document, then premises that hold and what the sources dispute."""
    if isinstance(result, Refusal):
        return refusal_text(result)
    numbered = {c.n: c.document for c in result.citations}
    parts = [marked(note.text, note.citations) for note in result.notes if _corrects(note)]
    for _, claims in groupby(result.claims, key=lambda c: numbered[c.citations[0]] if c.citations else ""):
        parts.append(" ".join(marked(claim.text, claim.citations) for claim in claims))
    last = [note for note in result.notes if note.holds or note.kind is NoteKind.DISAGREEMENT]
    parts += [marked(note.text, note.citations) for note in last]
    return "\n\n".join(parts)


def refusal_text(refusal: Refusal) -> str:
    said = REFUSED
    if refusal.missing:
        quoted = ", ".join(f"“{word}”" for word in refusal.missing)
        said += f" They say nothing about {quoted}."
    return " ".join([said, *(marked(note.text, note.citations) for note in refusal.notes)])


def marked(text: str, citations: Sequence[int]) -> str:
    return text + "".join(f" [{n}]" for n in citations)


def reference(citation: Citation) -> str:
    """A citation as a person writes it: author, title, section, page, date."""
    section = citation.section if citation.section != citation.title else None
    place = ", ".join(filter(None, [section, f"p. {citation.page}" if citation.page else None]))
    parts = [citation.author, f"“{citation.title}”", place, citation.date]
    return ", ".join(part for part in parts if part)


def as_markdown(result: Answer | Refusal) -> str:
    """The answer with its citations as a Markdown text; quoted text cannot become Markdown."""
    lines = [
        f"**{escape_markdown(result.question)}**",
        "",
        escape_markdown(answer_text(result), keep_numbers=True),
    ]
    shown = result.citations if isinstance(result, Answer) else result.nearest
    if isinstance(result, Refusal) and shown:
        lines += ["", "Nearest passages:"]
    lines += [""] if shown else []
    lines += [
        f"{c.n}. {escape_markdown(reference(c))} ({c.document}, characters {c.start}-{c.end}): “{escape_markdown(c.quote)}”"
        for c in shown
    ]
    return "\n".join(lines) + "\n"


def escape_markdown(text: str, *, keep_numbers: bool = False) -> str:
    escaped = re.sub(r"([\\`*_{}\[\]<>#|!])", r"\\\1", text)
    return re.sub(r"\\\[(\d+)\\\]", r"[\1]", escaped) if keep_numbers else escaped


def as_json(result: Answer | Refusal, id: str | None = None) -> dict[str, Any]:
    """The object that every face prints (schema 1). Fields may be added, never renamed."""
    answer, refusal = (result, None) if isinstance(result, Answer) else (None, result)
    return {
        "schema": SCHEMA,
        "id": id,
        "question": result.question,
        "standalone_question": result.standalone_question,
        "kind": "answer" if answer else "refusal",
        "mode": result.mode.value,
        "text": answer_text(result),
        "confidence": round(result.confidence, 4),
        "claims": [_claim_json(c) for c in answer.claims] if answer else [],
        "citations": [citation_json(c) for c in answer.citations] if answer else [],
        "notes": [_note_json(n) for n in result.notes],
        "nearest": [citation_json(c) for c in refusal.nearest] if refusal else [],
        "missing": list(refusal.missing) if refusal else [],
        "struck": [_claim_json(c) for c in answer.struck] if answer else [],
        "usage": _usage_json(result.usage) if result.usage else None,
        "retrieved": [hit_json(h) for h in result.retrieved],
        "timings_ms": _timings_json(result.timings),
        "index": _index_json(result.index),
    }


def search_json(hits: Evidence, documents: Mapping[str, Document]) -> dict[str, Any]:
    """Hits with their text, page and section."""
    return {
        "hits": [
            {
                **hit_json(hit),
                "title": documents[hit.chunk.document].metadata.title,
                "page": documents[hit.chunk.document].page_at(hit.chunk.start),
                "section": documents[hit.chunk.document].section_label(hit.chunk.start),
                "text": hit.chunk.text,
            }
            for hit in hits
        ]
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    return {
        "document": hit.chunk.document,
        "start": hit.chunk.start,
        "end": hit.chunk.end,
        "score": round(hit.score, 6),
        "rank": hit.rank,
        "retriever": hit.retriever.value,
    }


def _corrects(note: Note) -> bool:
    return note.kind is NoteKind.PREMISE and note.holds is False


def _sources_after(document: Document, end: int) -> tuple[Any, ...]:
    found = _MARKS_AFTER.match(document.text, end)
    labels = re.findall(r"\[([^\[\]]+)\]", found[1]) if found else []
    return tuple(s for s in document.metadata.sources if s.label in labels)


def _claim_json(claim: Claim) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "text": claim.text,
        "verdict": claim.verdict.value,
        "support": round(claim.support, 4),
        "checks": [{"name": c.name, "claim": c.claim, "source": c.source} for c in claim.checks],
        "citations": list(claim.citations),
    }
    if claim.short_answer:
        start, end = claim.short_answer
        shown["short_answer"] = {"start": start, "end": end, "text": claim.text[start:end]}
    return shown


def citation_json(citation: Citation) -> dict[str, Any]:
    return {
        "n": citation.n,
        "document": citation.document,
        "title": citation.title,
        "author": citation.author,
        "date": citation.date,
        "page": citation.page,
        "section": citation.section,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "sources": [
            {
                "label": s.label,
                "title": s.title,
                "publisher": s.publisher,
                "date": s.date,
                "address": s.address,
            }
            for s in citation.sources
        ],
    }


def _note_json(note: Note) -> dict[str, Any]:
    return {
        "kind": note.kind.value,
        "text": note.text,
        "citations": list(note.citations),
        "holds": note.holds,
        "sides": [asdict(side) for side in note.sides],
    }


def _timings_json(timings: Timings) -> dict[str, float]:
    return {
        "retrieve": round(timings.retrieve, 2),
        "answer": round(timings.answer, 2),
        "verify": round(timings.verify, 2),
    }


def _usage_json(usage: Usage) -> dict[str, Any]:
    shown = asdict(usage)
    for name in ("first_token", "first_sentence", "first_check"):
        shown[f"{name}_ms"] = None if (spent := shown.pop(name)) is None else round(spent, 2)
    return shown


def _index_json(info: IndexInfo) -> dict[str, Any]:
    return {"generation": info.generation, "embedding_model": info.embedding_model, "chunks": info.chunks}
