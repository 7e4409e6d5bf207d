"""Question → ranked Hits: dense and BM25, filtered, fused, without near-duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rag.fusion import Ranking, blend
from rag.index import Index
from rag.spelling import SHORTEST, meant
from rag.terms import terms
from rag.types import Evidence, Filters, Hit, Retriever, Vectors

DEPTH = 100
"""Hits that each retriever gives to the fusion."""
_SCORED = 400
"""Ranks to which BM25 scores are known to the fusion; a chunk beyond counts as without any."""
_SAME_WORDS = 0.9


def retrieve(index: Index, query: Vectors, question: str, k: int, filters: Filters | None = None) -> Evidence:
    """The k best chunks of dense and BM25 search fused; query (1, d). Filters apply before ranking."""
    return distinct(hits(index, fused_ranking(index, query, question, filters)[: 2 * k], Retriever.FUSED), k)


def fused_ranking(index: Index, query: Vectors, question: str, filters: Filters | None = None) -> Ranking:
    """The best chunks of dense and of BM25 search by the blend of both scores; query (1, d).

    A chunk that only BM25 found gets its cosine too, so that each is judged by both.
    """
    bm25 = bm25_ranking(index, question, _SCORED, filters)
    cosines = dict(index.dense(query, DEPTH, filters))
    unseen = [i for i, _ in bm25[:DEPTH] if i not in cosines]
    cosines |= zip(unseen, map(float, index.vectors(unseen) @ query[0]), strict=True)
    return blend(cosines, dict(bm25))


def bm25_ranking(index: Index, question: str, k: int, filters: Filters | None = None) -> Ranking:
    """(chunk id, BM25 score) by falling score; [] where the question has no content term. A term that
    no chunk holds is taken for the one it misspells."""
    asked = list(dict.fromkeys(terms(question)))
    spelt = corrections(index, index.term_document_frequencies(asked))
    return index.bm25(list(dict.fromkeys(spelt.get(t, t) for t in asked)), k, filters)


def corrections(index: Index, frequencies: Mapping[str, int]) -> dict[str, str]:
    """Terms of frequency 0 → the terms of the index that they most likely misspell."""
    unknown = [t for t, n in frequencies.items() if not n and len(t) >= SHORTEST]
    found = {t: meant(t, index.vocabulary(t[0])) for t in unknown}
    return {t: other for t, other in found.items() if other}


def hits(index: Index, ranking: Sequence[tuple[int, float]], retriever: Retriever) -> Evidence:
    """Hits for chunk ids; one that another run has replaced in the meantime is left out."""
    chunks = index.chunks([i for i, _ in ranking])
    found = [(i, score) for i, score in ranking if i in chunks]
    return tuple(Hit(i, chunks[i], score, rank, retriever) for rank, (i, score) in enumerate(found, start=1))


def distinct(found: Iterable[Hit], k: int) -> Evidence:
    """The first k hits, leaving out those that say a better one's words again (Jaccard of their
    terms at least 0.9), ranked anew."""
    kept: list[tuple[Hit, frozenset[str]]] = []
    for hit in found:
        bag = frozenset(terms(hit.chunk.text))
        if not any(_jaccard(bag, other) >= _SAME_WORDS for _, other in kept):
            kept.append((hit, bag))
        if len(kept) == k:
            break
    return tuple(
        Hit(h.chunk_id, h.chunk, h.score, rank, h.retriever) for rank, (h, _) in enumerate(kept, start=1)
    )


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a or b else 1.0
