"""Every metric against a reference implementation to 1e-9, or against a case worked by hand."""

from __future__ import annotations

import math
from random import Random

import pytest

from evals.abstention import (
    CurvePoint,
    Outcome,
    area_under_risk_coverage,
    refusal_f1,
    refusal_precision,
    refusal_recall,
    risk_coverage,
)
from evals.cases import Span
from evals.classification import area_under_roc, balanced_accuracy
from evals.metrics import (
    NotANumber,
    count_tokens,
    counts_for,
    finite,
    first_rank_reciprocal,
    hit_at,
    ndcg,
    ndcg_at,
    percentile,
    recall_at,
    reciprocal_rank,
)

EXACT = pytest.approx


def _passages(count: int) -> list[Span]:
    return [Span("doc", 100 * i, 100 * i + 100) for i in range(count)]


def _random_ranking(seed: int) -> tuple[list[Span], list[Span]]:
    rng = Random(seed)
    pool = _passages(40)
    return rng.sample(pool, rng.randint(1, 6)), rng.sample(pool, 20)


def _reference(gold: list[Span], ranked: list[Span]) -> dict[str, float]:
    ir_measures = pytest.importorskip("ir_measures")
    qrels = [ir_measures.Qrel("q", str(span.start), 1) for span in gold]
    run = [ir_measures.ScoredDoc("q", str(span.start), float(-i)) for i, span in enumerate(ranked)]
    wanted = [ir_measures.parse_measure(name) for name in ("R@5", "R@10", "RR", "nDCG@10", "Success@5")]
    return {str(m): value for m, value in ir_measures.calc_aggregate(wanted, qrels, run).items()}


@pytest.mark.parametrize("seed", range(40))
def test_ranking_metrics_agree_with_ir_measures(seed: int) -> None:
    gold, ranked = _random_ranking(seed)
    expected = _reference(gold, ranked)
    assert recall_at(gold, ranked, 5) == EXACT(expected["R@5"], abs=1e-9)
    assert recall_at(gold, ranked, 10) == EXACT(expected["R@10"], abs=1e-9)
    assert hit_at(gold, ranked, 5) == EXACT(expected["Success@5"], abs=1e-9)
    assert reciprocal_rank(gold, ranked) == EXACT(expected["RR"], abs=1e-9)
    assert ndcg_at(gold, ranked, 10) == EXACT(expected["nDCG@10"], abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_graded_ndcg_agrees_with_ir_measures(seed: int) -> None:
    ir_measures = pytest.importorskip("ir_measures")
    rng = Random(seed)
    grades = {str(i): rng.choice((0, 0, 1, 2, 3)) for i in range(30)}
    grades["0"] = 2
    ranked = rng.sample(sorted(grades), 20)
    qrels = [ir_measures.Qrel("q", key, grade) for key, grade in grades.items()]
    run = [ir_measures.ScoredDoc("q", key, float(-i)) for i, key in enumerate(ranked)]
    measure = ir_measures.parse_measure("nDCG@10")
    expected = ir_measures.calc_aggregate([measure], qrels, run)[measure]
    gains = [float(grades[key]) for key in ranked]
    assert ndcg(gains, [float(grade) for grade in grades.values()], 10) == EXACT(expected, abs=1e-9)


def test_ndcg_by_hand() -> None:
    passages = _passages(5)
    value = ndcg_at([passages[1], passages[3]], passages, 10)
    assert value == EXACT((1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3)), abs=1e-12)


@pytest.mark.parametrize(
    ("start", "end", "counts"),
    [
        (0, 300, True),
        (100, 200, True),
        (150, 300, True),
        (151, 300, False),
        (0, 150, True),
        (200, 300, False),
    ],
)
def test_half_of_the_gold_span_is_enough(start: int, end: int, counts: bool) -> None:
    assert counts_for(Span("doc", start, end), Span("doc", 100, 200)) is counts
    assert not counts_for(Span("other", start, end), Span("doc", 100, 200))


def test_overlapping_passages_earn_once() -> None:
    gold = [Span("doc", 0, 100)]
    ranked = [Span("other", 0, 9), Span("doc", 0, 100), Span("doc", 0, 120), Span("doc", 10, 200)]
    assert ndcg_at(gold, ranked, 10) == EXACT(1 / math.log2(3))
    assert recall_at(gold, ranked, 10) == 1.0


def test_one_passage_with_all_the_gold_stays_within_one() -> None:
    gold = [Span("doc", 0, 10), Span("doc", 20, 30)]
    assert ndcg_at(gold, [Span("doc", 0, 100)], 10) == 1.0


def test_metrics_without_gold_are_absent() -> None:
    ranked = _passages(3)
    assert recall_at([], ranked, 5) is hit_at([], ranked, 5) is reciprocal_rank([], ranked) is None
    assert ndcg_at([], ranked, 5) is None


def test_nothing_found_is_zero_not_absent() -> None:
    gold, other = _passages(1), [Span("other", 0, 5)]
    assert (recall_at(gold, other, 5), reciprocal_rank(gold, other), ndcg_at(gold, other, 5)) == (0, 0, 0)
    assert first_rank_reciprocal([0.0, 0.0]) == 0.0


def _outcomes(seed: int) -> list[Outcome]:
    rng = Random(seed)
    return [Outcome(rng.random() < 0.6, rng.random() < 0.4, rng.random(), rng.random()) for _ in range(60)]


@pytest.mark.parametrize("seed", range(20))
def test_refusal_metrics_agree_with_scikit_learn(seed: int) -> None:
    from sklearn.metrics import f1_score, precision_score, recall_score

    outcomes = _outcomes(seed)
    truth = [not outcome.answerable for outcome in outcomes]
    refused = [outcome.refused for outcome in outcomes]
    assert refusal_precision(outcomes) == EXACT(precision_score(truth, refused), abs=1e-9)
    assert refusal_recall(outcomes) == EXACT(recall_score(truth, refused), abs=1e-9)
    assert refusal_f1(outcomes) == EXACT(f1_score(truth, refused), abs=1e-9)


def test_refusal_metrics_that_do_not_apply_are_absent() -> None:
    answered = [Outcome(True, False, 0.5, 0.0)]
    assert refusal_precision(answered) is refusal_recall(answered) is refusal_f1(answered) is None
    assert area_under_risk_coverage([]) is None


def test_risk_coverage_by_hand() -> None:
    outcomes = [Outcome(True, False, c, loss) for c, loss in ((0.9, 0.0), (0.8, 1.0), (0.7, 0.0), (0.1, 1.0))]
    assert risk_coverage(outcomes) == (
        CurvePoint(0.25, 0.0),
        CurvePoint(0.5, 0.5),
        CurvePoint(0.75, EXACT(1 / 3)),
        CurvePoint(1.0, 0.5),
    )
    assert area_under_risk_coverage(outcomes) == EXACT((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_ties_of_confidence_do_not_depend_on_the_order() -> None:
    outcomes = [Outcome(True, False, round(o.confidence, 1), o.loss) for o in _outcomes(1)]
    shuffled = Random(2).sample(outcomes, len(outcomes))
    assert area_under_risk_coverage(outcomes) == EXACT(area_under_risk_coverage(shuffled), abs=1e-12)


def test_a_perfect_order_has_less_area_than_a_reversed_one() -> None:
    losses = [0.0] * 5 + [1.0] * 5
    best = [Outcome(True, False, 1 - i / 10, loss) for i, loss in enumerate(losses)]
    worst = [Outcome(True, False, i / 10, loss) for i, loss in enumerate(losses)]
    assert (area_under_risk_coverage(best) or 0) < (area_under_risk_coverage(worst) or 0)


@pytest.mark.parametrize("seed", range(20))
def test_classification_agrees_with_scikit_learn(seed: int) -> None:
    from sklearn.metrics import balanced_accuracy_score, roc_auc_score

    rng = Random(seed)
    labels = [True, False] + [rng.random() < 0.3 for _ in range(80)]
    scores = [round(rng.random(), 1) for _ in labels]
    positive = [score >= 0.5 for score in scores]
    assert balanced_accuracy(labels, positive) == EXACT(balanced_accuracy_score(labels, positive), abs=1e-9)
    assert area_under_roc(labels, scores) == EXACT(roc_auc_score(labels, scores), abs=1e-9)


def test_one_class_has_no_accuracy() -> None:
    assert balanced_accuracy([True, True], [True, False]) is None
    assert area_under_roc([False, False], [0.1, 0.2]) is None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_not_a_number_raises(value: float) -> None:
    with pytest.raises(NotANumber, match="groundedness is"):
        finite("groundedness", value)


def test_percentiles_by_hand() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert (percentile(values, 0.5), percentile(values, 0.95), percentile([], 0.5)) == (3.0, 5.0, None)
    assert percentile([float(i) for i in range(1, 101)], 0.95) == 95.0


def test_tokens_are_those_of_the_encoding() -> None:
    assert count_tokens("") == 0
    assert count_tokens("hello world") == 2
    assert count_tokens("<|endoftext|>") > 1
