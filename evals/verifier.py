"""The evals' own verifier: deterministic checks, word overlap and, where a model is given, similarity."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from evals.checks import fired_checks, is_quote
from evals.facts import stem, words
from rag.types import Embedder, Vectors

BEST_SENTENCES = 3
CHECK_FIRED = 0.1
"""Support of a claim that a deterministic check tells apart from its span."""

_STOPWORDS = frozenset(
    "the a an and or but of to in on at by for with from as is are was were be been being it its this that "
    "these those he she they his her their has have had do does did no not which who whom will would can could "
    "may might shall should than then there so such into over under about also".split()
)


@dataclass(frozen=True, slots=True)
class Weights:
    """Coefficients of a logistic model of P(supported)."""

    bias: float
    overlap: float
    similarity: float


LEXICAL = Weights(bias=-1.34, overlap=2.58, similarity=0.0)
WITH_SIMILARITY = Weights(bias=-3.04, overlap=1.45, similarity=3.68)
"""Logistic regression, balanced classes, over 3,500 training pairs of FM2, CAD-SNLI and ContractNLI;
none of their texts is in the benchmark that docs/benchmarks.md reports."""


class OverlapVerifier:
    """A `Verifier` without a support model. A verbatim claim has support 1; one that a check tells
    apart from its span, CHECK_FIRED at most; any other the logistic model's probability on its
    closest sentences, one at a time, the best counting.
    """

    def __init__(self, embedder: Embedder | None = None, *, checks: bool = True) -> None:
        parts = ("checks",) * checks + ("overlap",) + ((embedder.name,) if embedder else ())
        self.name = "+".join(parts)
        self._checks = checks
        self._similarities = _Similarities(embedder) if embedder else None
        self._support = lru_cache(maxsize=65536)(self._compute)

    def support(self, span: str, claim: str) -> float:
        return self._support(span, claim)

    def _compute(self, span: str, claim: str) -> float:
        if is_quote(span, claim):
            return 1.0
        probability = self._probability(span, claim)
        if self._checks and fired_checks(span, claim):
            return CHECK_FIRED * probability
        return probability

    def _probability(self, span: str, claim: str) -> float:
        best = closest_sentences(span, claim)
        if self._similarities is None:
            return max((_logistic(LEXICAL, overlap(window, claim), 0.0) for window in best), default=0.0)
        cosines = self._similarities(best, claim)
        return max(
            (
                _logistic(WITH_SIMILARITY, overlap(window, claim), cosine)
                for window, cosine in zip(best, cosines, strict=True)
            ),
            default=0.0,
        )


def overlap(span: str, claim: str) -> float:
    """The claim's content words found in the span / its content words, by stem; 1 if it has none."""
    said = _content(claim)
    return len(said & _content(span)) / len(said) if said else 1.0


def closest_sentences(span: str, claim: str, most: int = BEST_SENTENCES) -> list[str]:
    """The sentences, and pairs of neighbours, that share most content words with the claim."""
    from rag.chunks import split_sentences

    sentences = split_sentences(span)
    pairs = [span[first.start : second.end] for first, second in itertools.pairwise(sentences)]
    windows = [sentence.text for sentence in sentences] + pairs
    return sorted(windows, key=lambda window: (-overlap(window, claim), len(window)))[:most]


def _logistic(weights: Weights, shared: float, cosine: float) -> float:
    score = weights.bias + weights.overlap * shared + weights.similarity * cosine
    return 1 / (1 + math.exp(-score))


@lru_cache(maxsize=16384)
def _content(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text) if word not in _STOPWORDS)


class _Similarities:
    """Cosines of windows and claims; each text is embedded once, the new ones of a call together."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, Vectors] = {}

    def __call__(self, windows: Sequence[str], claim: str) -> list[float]:
        new = [text for text in dict.fromkeys((*windows, claim)) if text not in self._vectors]
        self._vectors |= zip(new, self._embed(new), strict=True)
        target = self._vectors[claim]
        return [float(self._vectors[window] @ target) for window in windows]

    def _embed(self, texts: Sequence[str]) -> list[Vectors]:
        """A text too long for the model is cut at its end, as a question would be."""
        sizes = self._embedder.count_tokens(texts)
        short = [text for text, size in zip(texts, sizes, strict=True) if size <= self._embedder.max_tokens]
        together = dict(zip(short, self._embedder.embed_documents(short), strict=True))
        return [together[text] if text in together else self._embedder.embed_query(text)[0] for text in texts]
