"""The figures of a run: means of case metrics and figures of the whole, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evals.abstention import (
    Outcome,
    area_under_risk_coverage,
    refusal_f1,
    refusal_precision,
    refusal_recall,
)
from evals.scoring import CaseResult
from evals.statistics import (
    RESAMPLES,
    Difference,
    Indices,
    Interval,
    Statistic,
    bootstrap,
    bootstrap_mean,
    compare,
    seeded,
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a figure says, for readers of a report. `better` is "higher", "lower" or "" for a cost."""

    title: str
    better: str = "higher"


MEANINGS: Mapping[str, Meaning] = {
    "recall@5": Meaning("Gold passages among the first 5 retrieved"),
    "recall@10": Meaning("Gold passages among the first 10 retrieved"),
    "hit@5": Meaning("Cases with a gold passage among the first 5"),
    "mrr": Meaning("Reciprocal rank of the first gold passage"),
    "ndcg@10": Meaning("Ranking quality of the first 10"),
    "follow_up_resolution": Meaning("Follow-up questions whose passage is found"),
    "fact_coverage": Meaning("Required facts that the answer states"),
    "evidence_cited": Meaning("Gold passages that the answer cites"),
    "disagreement_recall": Meaning("Disagreements with both sides quoted"),
    "premise_corrected": Meaning("False premises corrected"),
    "groundedness": Meaning("Claims that a cited passage supports"),
    "citation_precision": Meaning("Citations that their claim needs"),
    "citation_recall": Meaning("Claims that their citations support"),
    "quote_exactness": Meaning("Quotes identical to their source"),
    "refusal_correct": Meaning("Right decisions to answer or to refuse"),
    "refusal_precision": Meaning("Refusals that were right"),
    "refusal_recall": Meaning("Unanswerable questions refused"),
    "refusal_f1": Meaning("Harmonic mean of the two"),
    "aurc": Meaning("Area under the risk-coverage curve", "lower"),
    "tokens": Meaning("Tokens of an answer", ""),
}

_WHOLE: Mapping[str, Callable[[Sequence[Outcome]], float | None]] = {
    "refusal_precision": refusal_precision,
    "refusal_recall": refusal_recall,
    "refusal_f1": refusal_f1,
    "aurc": area_under_risk_coverage,
}


def figures(results: Sequence[CaseResult], seed: int, resamples: int = RESAMPLES) -> dict[str, Interval]:
    """Each figure that applies, by name, in the order of MEANINGS. Case order does not matter."""
    ordered = _ordered(results)
    found = {name: _figure(name, ordered, seed, resamples) for name in MEANINGS}
    return {name: interval for name, interval in found.items() if interval is not None}


def figures_by_type(
    results: Sequence[CaseResult], seed: int, resamples: int = RESAMPLES
) -> dict[str, dict[str, Interval]]:
    return {
        kind: figures([result for result in results if result.type == kind], seed, resamples)
        for kind in sorted({result.type for result in results})
    }


def difference(
    name: str,
    run: Sequence[CaseResult],
    baseline: Sequence[CaseResult],
    seed: int,
    resamples: int = RESAMPLES,
) -> Difference | None:
    """Run − baseline on the cases that both have the figure for, signed so that negative is worse."""
    after, before = _shared(name, run, baseline)
    sign = -1.0 if MEANINGS[name].better == "lower" else 1.0
    if not after:
        return None
    if _values(name, after) == _values(name, before):
        return Difference(0.0, 0.0, 0.0, 1.0, len(after))
    return compare(
        _signed(_statistic(name, after), sign),
        _signed(_statistic(name, before), sign),
        len(after),
        seeded(seed, name),
        resamples,
    )


def not_finite(results: Sequence[CaseResult]) -> tuple[str, ...]:
    return tuple(
        f"{name} of case {result.id} is {value}"
        for result in results
        for name, value in result.scores.items()
        if not math.isfinite(value)
    )


def _figure(name: str, ordered: Sequence[CaseResult], seed: int, resamples: int) -> Interval | None:
    rng = seeded(seed, name)
    if name in _WHOLE:
        return bootstrap(_statistic(name, ordered), len(ordered), rng, resamples=resamples)
    values = [result.scores[name] for result in ordered if name in result.scores]
    return bootstrap_mean(values, rng, resamples=resamples) if values else None


def _statistic(name: str, results: Sequence[CaseResult]) -> Statistic:
    if name in _WHOLE:
        whole, outcomes = _WHOLE[name], [result.outcome for result in results]
        return lambda at: whole([outcomes[i] for i in at])
    values = np.array([result.scores[name] for result in results], dtype=np.float64)
    return lambda at: float(values[at].mean())


def _signed(statistic: Statistic, sign: float) -> Statistic:
    def signed(at: Indices) -> float | None:
        value = statistic(at)
        return None if value is None else sign * value

    return signed


def _values(name: str, results: Sequence[CaseResult]) -> list[object]:
    return [result.outcome if name in _WHOLE else result.scores[name] for result in results]


def _shared(
    name: str, run: Sequence[CaseResult], baseline: Sequence[CaseResult]
) -> tuple[list[CaseResult], list[CaseResult]]:
    earlier = {result.id: result for result in baseline}
    pairs = [(result, earlier[result.id]) for result in _ordered(run) if result.id in earlier]
    kept = [pair for pair in pairs if name in _WHOLE or all(name in result.scores for result in pair)]
    return [after for after, _ in kept], [before for _, before in kept]


def _ordered(results: Sequence[CaseResult]) -> list[CaseResult]:
    return sorted(results, key=lambda result: result.id)
