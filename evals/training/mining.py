"""Pairs that the model itself finds: the windows of a passage that it takes for support."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from evals.training.pairs import Label, Pair
from rag.terms import terms
from rag.windows import windows

Scores = Callable[[Sequence[tuple[str, str]]], NDArray[np.float32]]
"""(span, claim) pairs → logits (n, 4)."""

_FOOLED = 0.25
"""Support from which a window of a passage that does not support the claim is worth learning."""
_CARRIED = 0.5
"""Support from which a window is taken to carry a supported claim by itself."""
_STRANGERS = 2


def mined_claims(pairs: Sequence[Pair], logits: Scores) -> list[Pair]:
    """Of a pair without support the window that the model supports most, where it is fooled; of a
    supported one the window that carries the claim best."""
    claims = [pair for pair in pairs if pair.label is not None]
    found = []
    for pair, window, score in _best_windows(claims, logits, column=Label.SUPPORTED):
        if score > (_CARRIED if pair.label is Label.SUPPORTED else _FOOLED):
            found.append(replace(pair, span=window, source=f"{pair.source}, mined"))
    return found


def mined_questions(pairs: Sequence[Pair], logits: Scores) -> list[Pair]:
    """The best window of each passage for its questions, answered or not, where the model is unsure or
    wrong."""
    questions = [pair for pair in pairs if pair.answered is not None]
    found = []
    for pair, window, _ in _best_windows(questions, logits, column=3):
        found.append(replace(pair, span=window, source=f"{pair.source}, mined"))
    return found


def strangers(pairs: Sequence[Pair], seed: int) -> list[Pair]:
    """Answered questions and supported claims over the passages of other groups that share most words."""
    rng = random.Random(seed)
    spans = list({pair.group: pair.span for pair in pairs}.items())
    bags = [frozenset(terms(span)) for _, span in spans]
    found = []
    for pair in pairs:
        if not (pair.answered or pair.label is Label.SUPPORTED):
            continue
        if pair.label is not None and rng.random() < 0.6:
            continue
        asked = frozenset(terms(pair.claim))
        others = [i for i, (group, _) in enumerate(spans) if group != pair.group]
        nearest = sorted(others, key=lambda i: -len(asked & bags[i]))[:_STRANGERS]
        for i in nearest:
            label = Label.NOT_FOUND if pair.label is not None else None
            answered = False if pair.answered is not None else None
            found.append(replace(pair, span=spans[i][1], label=label, answered=answered, source="stranger"))
    return found


def _best_windows(pairs: Sequence[Pair], logits: Scores, column: int) -> list[tuple[Pair, str, float]]:
    tried = [(pair, pair.span[start:end]) for pair in pairs for start, end in windows(pair.span, pair.claim)]
    scores = _probability(logits([(window, pair.claim) for pair, window in tried]), column)
    best: dict[int, tuple[Pair, str, float]] = {}
    for (pair, window), score in zip(tried, scores, strict=True):
        if window != pair.span and (id(pair) not in best or score > best[id(pair)][2]):
            best[id(pair)] = (pair, window, float(score))
    return list(best.values())


def _probability(logits: NDArray[np.float32], column: int) -> NDArray[np.float32]:
    if column == 3:
        answered: NDArray[np.float32] = (1 / (1 + np.exp(-logits[:, 3]))).astype(np.float32)
        return answered
    odds = np.exp(logits[:, :3] - logits[:, :3].max(axis=1, keepdims=True))
    probabilities: NDArray[np.float32] = (odds[:, column] / odds.sum(axis=1)).astype(np.float32)
    return probabilities
