"""Dense and BM25 results → one ranking (pure).

`blend` adds scores and is what retrieval uses; `reciprocal_rank_fusion` knows ranks alone, and loses to
the better of its two sides wherever one of them is much worse (docs/decisions/0005).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

BM25_WEIGHT = 0.025
"""What a point of BM25 is worth in cosine, for all-MiniLM-L6-v2; from 0.02 to 0.03 nothing changes much.
Chosen on five public sets, each left out in turn (docs/decisions/0005)."""
RRF_C = 60
"""The constant of reciprocal rank fusion; Cormack, Clarke and Büttcher, SIGIR 2009."""

Ranking = list[tuple[int, float]]
"""(chunk id, score) by falling score."""


def blend(cosines: Mapping[int, float], bm25: Mapping[int, float], weight: float = BM25_WEIGHT) -> Ranking:
    """score(d) = cosine of d + weight · BM25 of d, for every d that has a cosine; ties by id.

    A chunk without a BM25 score holds no term of the question: its BM25 is 0. Neither side is scaled by
    its own best, so that a question whose words the corpus lacks is left to the cosines, and one that
    names rare terms to BM25. With the bounds of both scores known a convex sum of them beats ranks
    (Bruch, Gai and Ingber, ACM TOIS 2023); this is that sum with the question's own bound left out,
    which did no better.
    """
    scores = {i: cosine + weight * bm25.get(i, 0.0) for i, cosine in cosines.items()}
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def reciprocal_rank_fusion(rankings: Sequence[Sequence[int]], c: int = RRF_C) -> Ranking:
    """score(d) = Σ 1 / (c + rank of d), over the rankings that hold d.

    Ties are broken by the best single rank, then by id, so that the result does not depend on the
    order of the rankings.
    """
    scores: dict[int, float] = {}
    best: dict[int, int] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            scores[item] = scores.get(item, 0.0) + 1 / (c + rank)
            best[item] = min(rank, best.get(item, rank))
    return sorted(scores.items(), key=lambda pair: (-pair[1], best[pair[0]], pair[0]))
