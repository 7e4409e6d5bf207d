"""Bootstrap intervals and paired comparisons, seeded and independent of the order of the cases."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
LEVEL = 0.95

Indices = NDArray[np.intp]
Statistic = Callable[[Indices], float | None]
"""A figure over the cases at these positions (repeats allowed); None where it does not apply."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its bootstrap interval at level 0.95; `n` cases (or groups) were resampled."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Run minus baseline on the cases they share. `p_drop` is small when a fall is not chance."""

    value: float
    low: float
    high: float
    p_drop: float
    n: int


def seeded(seed: int, name: str) -> np.random.Generator:
    """A generator for one named figure, so that adding a figure does not move the others."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def bootstrap(
    statistic: Statistic,
    n: int,
    rng: np.random.Generator,
    groups: Sequence[Hashable] | None = None,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """The statistic on all n cases with its percentile interval (Efron & Tibshirani 1993, ch. 13).

    Whole groups are drawn where `groups` gives one label a case. None where the statistic does not
    apply; resamples where it does not apply are left out.
    """
    value = statistic(np.arange(n)) if n else None
    if value is None:
        return None
    members = _members(groups, n)
    drawn = [statistic(sample) for sample in _samples(members, rng, resamples)]
    low, high = _percentiles([figure for figure in drawn if figure is not None])
    return Interval(value, low, high, len(members))


def bootstrap_mean(
    values: Sequence[float],
    rng: np.random.Generator,
    groups: Sequence[Hashable] | None = None,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """The mean with its percentile interval; one matrix product instead of a loop when ungrouped."""
    array = np.asarray(values, dtype=np.float64)
    if groups is not None or len(array) == 0:
        return bootstrap(lambda at: float(array[at].mean()), len(array), rng, groups, resamples)
    means = array[rng.integers(0, len(array), size=(resamples, len(array)))].mean(axis=1)
    low, high = _percentiles(means)
    return Interval(float(array.mean()), low, high, len(array))


def compare(
    run: Statistic, baseline: Statistic, n: int, rng: np.random.Generator, resamples: int = RESAMPLES
) -> Difference | None:
    """Paired bootstrap of run − baseline over n shared cases (Efron & Tibshirani 1993, ch. 16).

    Both statistics see the same resampled cases. `p_drop` = (1 + resamples where the difference is
    not negative) / (1 + resamples), and 1 where the two do not differ at all.
    """
    everyone = np.arange(n)
    value = _difference(run, baseline, everyone) if n else None
    if value is None:
        return None
    samples = rng.integers(0, n, size=(resamples, n))
    drawn = [figure for sample in samples if (figure := _difference(run, baseline, sample)) is not None]
    low, high = _percentiles(drawn)
    p_drop = (1 + sum(figure >= 0 for figure in drawn)) / (1 + len(drawn))
    return Difference(value, low, high, p_drop, n)


def _difference(run: Statistic, baseline: Statistic, at: Indices) -> float | None:
    after, before = run(at), baseline(at)
    return None if after is None or before is None else after - before


def _members(groups: Sequence[Hashable] | None, n: int) -> list[Indices]:
    if groups is None:
        return [np.array([i], dtype=np.intp) for i in range(n)]
    positions: dict[Hashable, list[int]] = {}
    for i, group in enumerate(groups):
        positions.setdefault(group, []).append(i)
    return [np.array(found, dtype=np.intp) for found in positions.values()]


def _samples(members: list[Indices], rng: np.random.Generator, resamples: int) -> list[Indices]:
    drawn = rng.integers(0, len(members), size=(resamples, len(members)))
    if all(len(group) == 1 for group in members):
        flat = np.concatenate(members)
        return [flat[row] for row in drawn]
    return [np.concatenate([members[i] for i in row]) for row in drawn]


def _percentiles(values: Sequence[float] | NDArray[np.float64]) -> tuple[float, float]:
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(np.asarray(values, dtype=np.float64), [tail, 100 - tail])
    return float(low), float(high)
