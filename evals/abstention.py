"""Refusing: how often rightly, and how well confidence separates right answers from wrong ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case as refusing sees it. `loss` in [0, 1] is how wrong answering is, or would be."""

    answerable: bool
    refused: bool
    confidence: float
    loss: float


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Answering the surest `coverage` share of the cases has mean loss `risk`."""

    coverage: float
    risk: float


def refusal_precision(outcomes: Sequence[Outcome]) -> float | None:
    """Unanswerable cases refused / cases refused; None when nothing was refused."""
    refused = [outcome for outcome in outcomes if outcome.refused]
    return sum(not outcome.answerable for outcome in refused) / len(refused) if refused else None


def refusal_recall(outcomes: Sequence[Outcome]) -> float | None:
    """Unanswerable cases refused / unanswerable cases; None when there are none."""
    silent = [outcome for outcome in outcomes if not outcome.answerable]
    return sum(outcome.refused for outcome in silent) / len(silent) if silent else None


def refusal_f1(outcomes: Sequence[Outcome]) -> float | None:
    """2·TP / (refused + unanswerable), the harmonic mean of the two; None when there is nothing to refuse."""
    refused = sum(outcome.refused for outcome in outcomes)
    silent = sum(not outcome.answerable for outcome in outcomes)
    right = sum(outcome.refused and not outcome.answerable for outcome in outcomes)
    return 2 * right / (refused + silent) if silent else None


def risk_coverage(outcomes: Sequence[Outcome]) -> tuple[CurvePoint, ...]:
    """Mean loss of the surest i cases, for i = 1…n (Geifman & El-Yaniv 2017, eq. 1-2).

    Cases of equal confidence share their group's mean loss, so the order of the file does not matter.
    """
    losses = _losses_by_confidence(outcomes)
    points, total = [], 0.0
    for i, loss in enumerate(losses, start=1):
        total += loss
        points.append(CurvePoint(i / len(losses), total / i))
    return tuple(points)


def area_under_risk_coverage(outcomes: Sequence[Outcome]) -> float | None:
    """AURC: the mean of the curve's risks over its n coverages; lower is better; None without cases."""
    curve = risk_coverage(outcomes)
    return sum(point.risk for point in curve) / len(curve) if curve else None


def _losses_by_confidence(outcomes: Sequence[Outcome]) -> list[float]:
    groups: dict[float, list[float]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.confidence, []).append(outcome.loss)
    return [
        sum(groups[confidence]) / len(groups[confidence])
        for confidence in sorted(groups, reverse=True)
        for _ in groups[confidence]
    ]
