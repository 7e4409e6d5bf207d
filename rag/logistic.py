"""A fitted logistic regression: what the fits of evals/ store, checked against the signals that are read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import exp
from typing import Any

from rag.errors import ModelError


@dataclass(frozen=True, slots=True)
class Logistic:
    """Weights (d,) and intercept on signals as they are read."""

    weights: tuple[float, ...]
    intercept: float

    def probability(self, values: Sequence[float]) -> float:
        """values (d,) → in (0, 1)."""
        margin = self.intercept + sum(w * x for w, x in zip(self.weights, values, strict=True))
        return 1 / (1 + exp(-margin))


def bundled(name: str) -> Mapping[str, Any]:
    """What rag/models/NAME.json holds."""
    stored: Mapping[str, Any] = json.loads((files("rag") / "models" / f"{name}.json").read_text("utf-8"))
    return stored


def logistic(stored: Mapping[str, Any], signals: Iterable[str], refit: str) -> Logistic:
    """`stored` has "signals", "weights" and "intercept", and for weights on scaled signals "mean" and
    "scale". Raises ModelError, which names the command `refit`, where it was fitted on other signals."""
    if not stored or stored["signals"] != list(signals):
        raise ModelError(f"The weights were fitted on other signals than these: run `{refit}`")
    weights, mean = stored["weights"], stored.get("mean", [0.0] * len(stored["weights"]))
    plain = tuple(w / s for w, s in zip(weights, stored.get("scale", [1.0] * len(weights)), strict=True))
    return Logistic(plain, stored["intercept"] - sum(w * m for w, m in zip(plain, mean, strict=True)))
