"""One recorded response against its gold case: every metric that applies, and no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evals.abstention import Outcome
from evals.cases import Case, CaseType, Span, TextOf, evidence_problems
from evals.citing import Verifier, citation_precision, citation_recall, groundedness, quote_exactness
from evals.facts import fact_coverage, missing_facts
from evals.metrics import count_tokens, covered, finite, hit_at, ndcg_at, recall_at, reciprocal_rank
from evals.responses import Kind, Response

DEPTH = 10
FOLLOW_UP_DEPTH = 5

Scores = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case with what was answered and how it scored; an absent metric does not apply."""

    id: str
    type: str
    question: str
    response: Response
    scores: Scores
    outcome: Outcome
    missing: tuple[str, ...] = ()
    """Facts that the answer should state and does not."""
    gold: tuple[Span, ...] = ()
    problems: tuple[str, ...] = ()
    """Gold evidence that the index does not hold, one line each."""


def score(case: Case, response: Response, text_of: TextOf, verifier: Verifier) -> CaseResult:
    """Raises NotANumber when a metric is not finite."""
    gold = case.spans(text_of)
    scores = _retrieval(case, response, gold)
    scores |= _answer(case, response, gold)
    scores |= _citations(response, text_of, verifier)
    refused = response.kind is not Kind.ANSWER
    right = response.kind is not Kind.FAILURE and refused != case.answerable
    present = {name: value for name, value in scores.items() if value is not None}
    present["refusal_correct"] = float(right)
    return CaseResult(
        id=case.id,
        type=case.type.value,
        question=case.question,
        response=response,
        scores={
            name: round(finite(f"{name} of case {case.id}", value), 6) for name, value in present.items()
        },
        outcome=_outcome(case, response, present.get("fact_coverage")),
        missing=missing_facts(response.text, case.must_include) if case.answerable else (),
        gold=gold,
        problems=evidence_problems([case], text_of),
    )


def _retrieval(case: Case, response: Response, gold: tuple[Span, ...]) -> dict[str, float | None]:
    """Evidence that the index no longer holds counts as not found."""
    ranked = [hit.span for hit in sorted(response.retrieved, key=lambda hit: hit.rank)]
    if not case.evidence:
        return {}
    located = len(gold) / len(case.evidence)
    scores = {
        "recall@5": _times(recall_at(gold, ranked, 5), located),
        "recall@10": _times(recall_at(gold, ranked, DEPTH), located),
        "hit@5": hit_at(gold, ranked, 5),
        "mrr": reciprocal_rank(gold, ranked[:DEPTH]),
        "ndcg@10": ndcg_at(gold, ranked, DEPTH),
    }
    if case.history:
        scores["follow_up_resolution"] = hit_at(gold, ranked, FOLLOW_UP_DEPTH)
    return {name: value or 0.0 for name, value in scores.items()}


def _answer(case: Case, response: Response, gold: tuple[Span, ...]) -> dict[str, float | None]:
    """What an answerable question's answer must hold; a refusal or failure holds none of it."""
    answered = response.kind is Kind.ANSWER
    tokens = {"tokens": float(count_tokens(response.text))} if answered else {}
    if not case.answerable:
        return {**tokens}
    cited = [quote.span for quote in response.citations] if answered else []
    sides = covered(gold, cited)
    scores: dict[str, float | None] = {
        "fact_coverage": fact_coverage(response.text if answered else "", case.must_include),
        "evidence_cited": sum(sides) / len(case.evidence) if case.evidence else None,
    }
    if case.type is CaseType.DISAGREEMENT and len(case.evidence) > 1:
        scores["disagreement_recall"] = float(sum(sides) == len(case.evidence))
    if case.type is CaseType.FALSE_PREMISE:
        scores["premise_corrected"] = float(answered and _corrects_premise(response))
    return {**scores, **tokens}


def _citations(response: Response, text_of: TextOf, verifier: Verifier) -> dict[str, float | None]:
    scores = {"quote_exactness": quote_exactness(response, text_of)}
    if response.kind is Kind.ANSWER:
        scores["groundedness"] = groundedness(response, text_of, verifier)
        scores["citation_precision"] = citation_precision(response, text_of, verifier)
        scores["citation_recall"] = citation_recall(response, text_of, verifier)
    return scores


def _corrects_premise(response: Response) -> bool:
    return any(note.kind == "premise" and note.holds is not True for note in response.notes)


def _outcome(case: Case, response: Response, coverage: float | None) -> Outcome:
    """Answering an unanswerable question is wholly wrong; so is giving no answer to an answerable one."""
    answered = response.kind is Kind.ANSWER
    stated = 1.0 if coverage is None else coverage
    loss = 1.0 - stated if answered and case.answerable else 1.0
    return Outcome(
        case.answerable, response.kind is Kind.REFUSAL, round(response.confidence, 6), round(loss, 6)
    )


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor
