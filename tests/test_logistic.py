"""Stored weights are read as they were fitted, and only on the signals that they were fitted on."""

from __future__ import annotations

from math import exp
from typing import Any

import pytest

from rag.errors import ModelError
from rag.logistic import bundled, logistic

STORED: dict[str, Any] = {"signals": ["a", "b"], "weights": [2.0, -1.0], "intercept": 0.5}


def test_the_probability_is_that_of_the_weighted_sum() -> None:
    assert logistic(STORED, ["a", "b"], "x").probability([1.0, 3.0]) == pytest.approx(1 / (1 + exp(0.5)))


def test_scaled_weights_are_those_of_scaled_signals() -> None:
    scaled = STORED | {"mean": [1.0, 2.0], "scale": [4.0, 0.5]}
    margin = 0.5 + 2.0 * (3.0 - 1.0) / 4.0 - (1.0 - 2.0) / 0.5
    given = logistic(scaled, ["a", "b"], "x").probability([3.0, 1.0])
    assert given == pytest.approx(1 / (1 + exp(-margin)))


@pytest.mark.parametrize("stored", [{}, STORED | {"signals": ["b", "a"]}])
def test_other_signals_name_the_command_that_fits(stored: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="make fit-refusal"):
        logistic(stored, ["a", "b"], "make fit-refusal")


@pytest.mark.parametrize("name", ["refusal", "planted"])
def test_the_bundled_weights_are_one_a_signal(name: str) -> None:
    stored = bundled(name)
    fitted = logistic(stored, stored["signals"], "x")
    assert len(fitted.weights) == len(stored["signals"])
