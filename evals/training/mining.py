"""Pairs that the model itself finds: the windows of a passage that it takes for support or for an answer."""

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
_STRANGERS, _NEAREST = 1, 3
"""Passages drawn for each pair, from those that share most words with it."""
_LOST = 0.3
"""How much less a passage must seem to answer once the window that answers best is taken out."""


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


def bereft(pairs: Sequence[Pair], logits: Scores) -> list[Pair]:
    """Passages without the window that answers their question best: they answer it no more."""
    answered = [pair for pair in pairs if pair.answered]
    left = [
        (pair, score, replace(pair, span=rest, answered=False, source=f"{pair.source}, bereft"))
        for pair, window, score in _best_windows(answered, logits, column=3)
        if (rest := " ".join(pair.span.replace(window, " ").split()))
    ]
    rests = _probability(logits([(one.span, one.claim) for _, _, one in left]), 3)
    return [one for (_, score, one), rest in zip(left, rests, strict=True) if score - rest >= _LOST]


def strangers(pairs: Sequence[Pair], seed: int) -> list[Pair]:
    """Answered questions and supported claims over passages of other groups that share many of their words."""
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
        nearest = sorted(others, key=lambda i: -len(asked & bags[i]))[:_NEAREST]
        for i in rng.sample(nearest, min(_STRANGERS, len(nearest))):
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
