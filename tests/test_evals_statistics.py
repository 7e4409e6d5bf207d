"""Intervals and paired comparisons: right, repeatable, and blind to the order of cases."""

from __future__ import annotations

import numpy as np
import pytest

from evals.statistics import bootstrap, bootstrap_mean, compare, seeded


def _values(n: int = 80) -> np.ndarray:
    return np.random.default_rng(5).random(n)


def test_the_interval_agrees_with_scipy() -> None:
    from scipy import stats

    values = _values()
    reference = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", random_state=np.random.default_rng(1)
    ).confidence_interval
    interval = bootstrap_mean(list(values), seeded(0, "x"), resamples=20_000)
    assert interval is not None
    assert interval.value == pytest.approx(values.mean(), abs=1e-12)
    assert interval.low == pytest.approx(reference.low, abs=0.003)
    assert interval.high == pytest.approx(reference.high, abs=0.003)


def test_the_general_and_the_fast_way_agree() -> None:
    values = _values()
    fast = bootstrap_mean(list(values), seeded(0, "x"))
    slow = bootstrap(lambda at: float(values[at].mean()), len(values), seeded(0, "x"))
    assert fast is not None
    assert slow is not None
    assert (slow.low, slow.high) == pytest.approx((fast.low, fast.high), abs=1e-12)


def test_the_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    covered = 0
    for trial in range(200):
        interval = bootstrap_mean(list(rng.random(60)), seeded(trial, "coverage"), resamples=400)
        covered += interval is not None and interval.low <= 0.5 <= interval.high
    assert 180 <= covered <= 200


def test_same_seed_same_interval_and_names_do_not_disturb_each_other() -> None:
    values = list(_values())
    assert bootstrap_mean(values, seeded(3, "a")) == bootstrap_mean(values, seeded(3, "a"))
    assert bootstrap_mean(values, seeded(3, "a")) != bootstrap_mean(values, seeded(3, "b"))


def test_groups_are_drawn_whole() -> None:
    """Ten copies of eight values hold the information of eight: the interval must not shrink."""
    values = _values(8)
    copies = np.repeat(values, 10)
    groups = np.repeat(np.arange(8), 10).tolist()
    single = bootstrap_mean(list(values), seeded(0, "g"))
    grouped = bootstrap_mean(list(copies), seeded(0, "g"), groups=groups)
    naive = bootstrap_mean(list(copies), seeded(0, "g"))
    assert single is not None
    assert grouped is not None
    assert naive is not None
    assert grouped.n == 8
    assert grouped.high - grouped.low == pytest.approx(single.high - single.low, abs=1e-9)
    assert naive.high - naive.low < 0.6 * (grouped.high - grouped.low)


def test_nothing_to_resample_is_absent() -> None:
    assert bootstrap_mean([], seeded(0, "x")) is None
    assert bootstrap(lambda at: None, 5, seeded(0, "x")) is None
    assert compare(lambda at: 1.0, lambda at: 0.0, 0, seeded(0, "x")) is None


def _compare_shift(shift: float, noise: float) -> float:
    before = _values(60)
    after = before - shift + noise * np.random.default_rng(9).standard_normal(60)
    change = compare(
        lambda at: float(after[at].mean()), lambda at: float(before[at].mean()), 60, seeded(0, "x")
    )
    assert change is not None
    assert change.value == pytest.approx(after.mean() - before.mean(), abs=1e-12)
    assert change.low <= change.value <= change.high
    return change.p_drop


def test_a_clear_drop_is_significant_and_noise_is_not() -> None:
    assert _compare_shift(0.1, 0.05) < 0.001
    assert _compare_shift(-0.1, 0.05) > 0.999
    assert _compare_shift(0.0, 0.0) == 1.0


def test_pairing_finds_what_two_intervals_would_miss() -> None:
    """A drop of 0.02 on every case is lost in the spread between cases, but not between pairs."""
    assert _compare_shift(0.02, 0.02) < 0.001
