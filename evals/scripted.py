"""An assistant that knows the gold: for trying out a gold file, a gate or a report without an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from evals.cases import Case, Span

REFUSAL_TEXT = "The sources do not answer this."


def scripted_answer(case: Case, texts: Mapping[str, str], rng: Random, retrieved: int = 10) -> dict[str, Any]:
    """The object of the JSON contract that quotes the case's evidence, or refuses where there is none.

    The evidence is retrieved at random ranks among the first four, other passages around it.
    """
    gold = case.spans(texts.get)
    found = _ranked(gold, texts, rng, retrieved)
    common = {
        "schema": 1,
        "id": case.id,
        "question": case.question,
        "standalone_question": case.question,
        "mode": "quote",
        "notes": [],
        "retrieved": [_found(span, rank) for rank, span in enumerate(found, start=1)],
        "timings_ms": {"retrieve": 1.0, "answer": 1.0, "verify": 1.0},
    }
    if not case.answerable:
        nearest = [_citation(1, found[0], texts)]
        return {
            **common,
            "kind": "refusal",
            "text": REFUSAL_TEXT,
            "claims": [],
            "citations": [],
            "nearest": nearest,
            "confidence": round(0.3 * rng.random(), 6),
        }
    citations = [_citation(n, span, texts) for n, span in enumerate(gold, start=1)]
    claims = [
        {"text": citation["quote"], "verdict": "SUPPORTED", "support": 1.0, "checks": [], "citations": [n]}
        for n, citation in enumerate(citations, start=1)
    ]
    return {
        **common,
        "kind": "answer",
        "text": " ".join(f"{claim['text']} [{n}]" for n, claim in enumerate(claims, start=1)),
        "claims": claims,
        "citations": citations,
        "nearest": [],
        "confidence": round(0.5 + 0.5 * rng.random(), 6),
    }


def _ranked(gold: Sequence[Span], texts: Mapping[str, str], rng: Random, count: int) -> list[Span]:
    found = [_any_span(texts, rng) for _ in range(count)]
    for span, rank in zip(gold, rng.sample(range(4), min(4, len(gold))), strict=False):
        found[rank] = span
    return found


def _any_span(texts: Mapping[str, str], rng: Random) -> Span:
    document = rng.choice(sorted(texts))
    start = rng.randrange(max(1, len(texts[document]) - 80))
    return Span(document, start, min(start + 80, len(texts[document])))


def _found(span: Span, rank: int) -> dict[str, Any]:
    place = {"document": span.document, "start": span.start, "end": span.end}
    return {**place, "score": round(1 / rank, 6), "rank": rank, "retriever": "fused"}


def _citation(n: int, span: Span, texts: Mapping[str, str]) -> dict[str, Any]:
    quote = texts[span.document][span.start : span.end]
    place = {"document": span.document, "title": span.document, "page": None, "section": None}
    return {"n": n, **place, "start": span.start, "end": span.end, "quote": quote}
