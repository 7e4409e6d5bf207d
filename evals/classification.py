"""Scores of labelled pairs: balanced accuracy at a threshold, area under the ROC curve, reliability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs of like support: its mean, and the share of them that are supported."""

    support: float
    supported: float
    pairs: int


def reliability(labels: ArrayLike, support: ArrayLike, bins: int = 10) -> tuple[Bin, ...]:
    """The bins of equal width of [0, 1] that hold pairs, by rising support."""
    truth, given = np.asarray(labels, dtype=bool), np.asarray(support, dtype=np.float64)
    where = np.minimum((given * bins).astype(int), bins - 1)
    return tuple(
        Bin(float(given[where == i].mean()), float(truth[where == i].mean()), int((where == i).sum()))
        for i in range(bins)
        if (where == i).any()
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance of support from the share supported, bins weighing as they hold pairs: the expected
    calibration error (Naeini et al. 2015); 0 without bins."""
    pairs = sum(one.pairs for one in bins)
    return sum(one.pairs * abs(one.support - one.supported) for one in bins) / pairs if pairs else 0.0


def _mean_ranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1, equal scores sharing the mean of theirs."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return ((last - counts + 1 + last) / 2)[inverse]
