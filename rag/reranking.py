"""Hits → better-ordered Hits, by the sentences they hold; no model is run.

A chunk's score is that of its best sentence (rag.selection), plus twice the score that found it
(rag.fusion.blend), plus three quarters of its share of the question's term weight. Where sentences say
little on their own, less trust in fusion loses to it; docs/decisions/0002 and 0005 have the tables.
"""

from __future__ import annotations

from calendar import month_name
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log

import numpy as np

from rag.acronyms import acronyms, term_variants
from rag.index import Index
from rag.planted import gives_orders
from rag.questions import Asks, Question, read_question
from rag.retrieval import corrections, retrieve
from rag.selection import Candidate, Passage, Weighted, candidates, of_whole_documents
from rag.terms import terms
from rag.types import Evidence, Filters, Hit, Retriever, Vectors

_FUSED, _COVERAGE = 2.0, 0.75
_RARE = 0.3
_TOPIC = 0.5
"""Weight of a term that only the conversation adds."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A question read against its evidence: what answering and refusing decide on.

    `evidence` is reranked; `ranked` holds its sentences, best first; `bags` the terms of each hit;
    `frequencies` in how many chunks of the index each term of the question occurs; `dated` the terms of
    each document's own date, which its sentences need not repeat.
    """

    weighted: Weighted
    evidence: Evidence
    ranked: Sequence[Candidate]
    bags: Sequence[frozenset[str]]
    frequencies: Mapping[str, int]
    dated: Mapping[str, frozenset[str]]

    @property
    def question(self) -> Question:
        return self.weighted.question


def read(
    index: Index,
    question: str,
    topic: str,
    query: Vectors,
    pool: Evidence,
    k: int,
    filters: Filters | None = None,
) -> Reading:
    """Read the pool sentence by sentence and keep its k best chunks. query (1, d); `topic` holds words
    that the conversation adds to the question. The pool's scores are those of rag.fusion.blend.

    For a why question the documents that speak of the whole question are read further: causes often
    stand where the question's words do not. Those chunks follow the k best.
    """
    asked = read_question(question, topic)
    if asked.asks is not Asks.WHY:
        return _read(index, asked, query, pool, k)
    whole = _read(index, asked, query, pool, len(pool))
    if not whole.ranked:
        return whole
    first = whole.evidence[:k]
    focus = tuple(dict.fromkeys(c.document for c in of_whole_documents(whole.ranked)))
    within = replace(filters or Filters(), documents=focus)
    more, _ = apart(retrieve(index, query, f"{question} {topic}", k, within))
    known = {h.chunk_id for h in first}
    fused = {h.chunk_id: h.score for h in pool}
    best = (replace(h, score=fused[h.chunk_id]) for h in first)
    wider = (*best, *(h for h in more if h.chunk_id not in known))
    second = _read(index, asked, query, wider, len(wider))
    added = [h for h in second.evidence if h.chunk_id not in known]
    evidence = _ranked_anew((*first, *added))
    bags = {h.chunk_id: bag for h, bag in zip(second.evidence, second.bags, strict=True)}
    return replace(second, evidence=evidence, bags=[bags[h.chunk_id] for h in evidence])


def apart(hits: Evidence) -> tuple[Evidence, Evidence]:
    """The hits that state something, and those that order about how to answer (rag.planted)."""
    planted = {hit.chunk_id for hit in hits if gives_orders(hit.chunk.text)}
    return (
        tuple(hit for hit in hits if hit.chunk_id not in planted),
        tuple(hit for hit in hits if hit.chunk_id in planted),
    )


def _read(index: Index, asked: Question, query: Vectors, pool: Evidence, k: int) -> Reading:
    frequencies = index.term_document_frequencies(asked.terms)
    spelt = corrections(index, frequencies)
    weights = _weights(
        frequencies | index.term_document_frequencies(list(spelt.values())), spelt, index.chunk_count()
    )
    weights = {t: w * (_TOPIC if t in asked.topic else 1.0) for t, w in weights.items()}
    weighted = Weighted(asked, weights, _variants(index, asked, pool, spelt))
    dated = {h.chunk.document: _dated(index, h.chunk.document, index.info().generation) for h in pool}
    bags = {h.chunk_id: _bag(h, dated[h.chunk.document]) for h in pool}
    scored = candidates(weighted, query, [_passage(index, hit, dated[hit.chunk.document]) for hit in pool])
    evidence = _reranked(weighted, pool, bags, scored)[:k]
    kept = [(h.chunk.document, h.chunk.start, h.chunk.end) for h in evidence]
    return Reading(
        weighted,
        evidence,
        [c for c in scored if any(d == c.document and a <= c.sentence.start < b for d, a, b in kept)],
        [bags[h.chunk_id] for h in evidence],
        frequencies,
        {path: frozenset(terms(date)) for path, date in dated.items()},
    )


def _ranked_anew(evidence: Evidence) -> Evidence:
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(evidence, start=1))


def _reranked(
    weighted: Weighted,
    pool: Evidence,
    bags: Mapping[int, frozenset[str]],
    scored: Sequence[Candidate],
) -> Evidence:
    scores = [
        _best_sentence(hit, scored) + _FUSED * hit.score + _COVERAGE * weighted.coverage(bags[hit.chunk_id])
        for hit in pool
    ]
    order = np.argsort(-np.array(scores), kind="stable")
    return tuple(
        replace(pool[i], score=scores[i], rank=rank, retriever=Retriever.RERANKED)
        for rank, i in enumerate(order, start=1)
    )


def _best_sentence(hit: Hit, scored: Sequence[Candidate]) -> float:
    chunk = hit.chunk
    return next(
        (
            c.score
            for c in scored
            if c.document == chunk.document and chunk.start <= c.sentence.start < chunk.end
        ),
        0.0,
    )


def _weights(frequencies: Mapping[str, int], spelt: Mapping[str, str], n: int) -> dict[str, float]:
    """Inverse document frequency over chunks, as BM25 takes it, but at least 0.3, so that a word of
    nearly every chunk still counts in a small index. A misspelt term weighs what is meant."""
    found = {t: frequencies[spelt.get(t, t)] for t in frequencies}
    return {
        t: max(_RARE, log((n - f + 0.5) / (f + 0.5) + 1)) for t, f in found.items() if t not in spelt.values()
    }


def _variants(
    index: Index, asked: Question, pool: Evidence, spelt: Mapping[str, str]
) -> dict[str, tuple[frozenset[str], ...]]:
    defined: dict[str, str] = {}
    for path in dict.fromkeys(h.chunk.document for h in pool):
        defined |= _acronyms(index, path, index.info().generation)
    variants = term_variants(defined, {*asked.terms, *spelt.values()})
    for term, other in spelt.items():
        variants[term] = (frozenset({other}), *variants.get(other, ()))
    return variants


@lru_cache(maxsize=4096)
def _acronyms(index: Index, path: str, generation: int) -> dict[str, str]:
    return acronyms(index.document(path).text)


@lru_cache(maxsize=4096)
def _dated(index: Index, path: str, generation: int) -> str:
    """The document's month and year in words, "" where they are not known."""
    date = index.document(path).metadata.date or ""
    year, _, rest = date.partition("-")
    return f"{month_name[int(rest[:2])]} {year}" if rest else year


def _bag(hit: Hit, dated: str) -> frozenset[str]:
    return frozenset(terms(f"{hit.chunk.heading} {dated} {hit.chunk.text}"))


def _passage(index: Index, hit: Hit, dated: str) -> Passage:
    chunk = hit.chunk
    sentences, vectors = index.sentences_with_vectors(chunk.document, chunk.start, chunk.end)
    return Passage(chunk.document, f"{chunk.heading} {dated}", sentences, vectors, hit.rank)
