"""Scores of labelled pairs: balanced accuracy at a threshold, and the area under the ROC curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def balanced_accuracy(labels: ArrayLike, positive: ArrayLike) -> float | None:
    """Mean of the true positive and the true negative rate (Brodersen et al. 2010); None with one class."""
    truth, said = np.asarray(labels, dtype=bool), np.asarray(positive, dtype=bool)
    if truth.all() or not truth.any():
        return None
    return float((said[truth].mean() + (~said[~truth]).mean()) / 2)


def area_under_roc(labels: ArrayLike, scores: ArrayLike) -> float | None:
    """P(a positive scores above a negative), ties counting half (Hanley & McNeil 1982); None with one class."""
    truth = np.asarray(labels, dtype=bool)
    positives, negatives = int(truth.sum()), int((~truth).sum())
    if not positives or not negatives:
        return None
    ranks = _mean_ranks(np.asarray(scores, dtype=np.float64))
    above = ranks[truth].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))


def _mean_ranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1, equal scores sharing the mean of theirs."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return ((last - counts + 1 + last) / 2)[inverse]
