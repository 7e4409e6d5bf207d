"""The test of the gate: every way of going wrong turns it red, and no change leaves it green."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest

from evals.cases import Case, CaseType, GoldQuote
from evals.citing import Verifier
from evals.gate import Rule, Rules, judge
from evals.mutations import HARMFUL, Mutation, unchanged
from evals.record import Run, RunRecord
from evals.responses import Response, failure, response_from_json
from evals.scoring import score
from evals.scripted import scripted_answer
from evals.verifier import OverlapVerifier

PLACES = ("Varn", "Eldamar", "Kostral", "Ombria", "Tessaly", "Quorn")
DEEDS = (
    "was granted {n} transit permits for the northern road",
    "has closed {n} customs posts along the southern river",
    "is host to {n} delegates of the maritime commission",
    "had paid {n} million dollars for the mountain railway",
    "will inspect {n} grain warehouses under the new treaty",
)
MONTHS = ("March", "June", "September", "November")
RECORD = RunRecord("abc", "gold.jsonl", "0" * 64, {}, {}, "1" * 64, 1, "checks+overlap", 0)
RULES = Rules(
    alpha=0.05,
    figures=(
        Rule("recall@10", 0.85, 0.03),
        Rule("ndcg@10", 0.5, 0.03),
        Rule("fact_coverage", 0.6, 0.03),
        Rule("groundedness", 0.95, 0.01),
        Rule("citation_precision", 0.95, 0.01),
        Rule("citation_recall", 0.95, 0.01),
        Rule("quote_exactness", 1.0, 0.0),
        Rule("refusal_correct", 0.75, 0.03),
        Rule("refusal_recall", 0.5, 0.1),
    ),
)


def _sentence(place: str, i: int) -> str:
    deed = DEEDS[i % len(DEEDS)].format(n=13 + 7 * i)
    month, year = MONTHS[i % 4], 1990 + 3 * i
    return f"In {month} {year} the council of {place} {deed}."


TEXTS = {f"{place.lower()}.md": " ".join(_sentence(place, i) for i in range(9)) for place in PLACES}


def _answerable(place: str, i: int) -> Case:
    sentence = _sentence(place, i)
    return Case(
        id=f"{place}-{i}",
        question=f"What did the council of {place} do in {1990 + 3 * i}?",
        type=CaseType.FACTOID,
        answer=sentence,
        must_include=((str(13 + 7 * i),), (f"{MONTHS[i % 4]} {1990 + 3 * i}",), (place,)),
        evidence=(GoldQuote(f"{place.lower()}.md", sentence),),
        answerable=True,
        split="dev",
    )


def _unanswerable(i: int) -> Case:
    question = f"What did the harbour of Port {i} cost?"
    return Case(f"silent-{i}", question, CaseType.UNANSWERABLE, "Not in the sources.", (), (), False, "dev")


CASES = tuple(_answerable(place, i) for place in PLACES for i in range(9)) + tuple(
    _unanswerable(i) for i in range(9)
)


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return OverlapVerifier()


@pytest.fixture(scope="module")
def recorded() -> dict[str, Response]:
    rng = Random(7)
    return {case.id: response_from_json(scripted_answer(case, TEXTS, rng)) for case in CASES}


def scored(responses: Mapping[str, Response], verifier: Verifier) -> Run:
    results = tuple(score(case, responses[case.id], TEXTS.get, verifier) for case in CASES)
    return Run(RECORD, results)


@pytest.fixture(scope="module")
def baseline(recorded: dict[str, Response], verifier: Verifier) -> Run:
    return scored(recorded, verifier)


@pytest.mark.parametrize("seed", range(10))
def test_no_change_leaves_the_gate_green(
    recorded: dict[str, Response], baseline: Run, verifier: Verifier, seed: int
) -> None:
    run = scored(unchanged(recorded, Random(seed)), verifier)
    shuffled = replace(
        run,
        record=replace(RECORD, seed=seed),
        results=tuple(Random(seed).sample(run.results, len(run.results))),
    )
    result = judge(shuffled, baseline, RULES)
    assert result.findings == ()
    assert result.worse == ()


EXPECTED = {
    "swap-citations": {"groundedness", "citation_precision", "citation_recall"},
    "alter-numbers": {"groundedness", "fact_coverage"},
    "alter-dates": {"groundedness", "fact_coverage"},
    "alter-names": {"groundedness"},
    "alter-negation": {"groundedness"},
    "alter-numbers-in-quotes": {"quote_exactness"},
    "delete-document": {"recall@10", "fact_coverage"},
    "shuffle-retrieval": {"ndcg@10"},
    "refuse-everything": {"fact_coverage", "groundedness", "refusal_correct"},
    "answer-everything": {"refusal_recall", "refusal_correct"},
    "invent": {"groundedness", "citation_precision", "fact_coverage"},
}


def test_every_mutation_is_expected_to_break_something() -> None:
    assert set(EXPECTED) == set(HARMFUL)


@pytest.mark.parametrize(("name", "mutate"), HARMFUL.items(), ids=HARMFUL)
def test_harm_turns_the_gate_red(
    recorded: dict[str, Response], baseline: Run, verifier: Verifier, name: str, mutate: Mutation
) -> None:
    result = judge(scored(mutate(recorded, Random(3)), verifier), baseline, RULES)
    assert {finding.subject for finding in result.findings} >= EXPECTED[name]


@pytest.mark.parametrize("name", ["alter-numbers", "alter-dates", "alter-names", "alter-negation", "invent"])
def test_one_altered_answer_in_twenty_is_enough(
    recorded: dict[str, Response], baseline: Run, verifier: Verifier, name: str
) -> None:
    mutated = HARMFUL[name](recorded, Random(3))
    few = {
        key: mutated[key] if i % 20 == 0 else response for i, (key, response) in enumerate(recorded.items())
    }
    assert not judge(scored(few, verifier), baseline, RULES).passed


def test_one_changed_character_of_one_quote_is_enough(
    recorded: dict[str, Response], baseline: Run, verifier: Verifier
) -> None:
    key = "Varn-0"
    quote = recorded[key].citations[0]
    changed = replace(recorded[key], citations=(replace(quote, quote=quote.quote[:-1] + "!"),))
    result = judge(scored({**recorded, key: changed}, verifier), baseline, RULES)
    assert {finding.subject for finding in result.findings} == {"quote_exactness"}


def test_a_failed_case_is_red_and_scores_nothing(
    recorded: dict[str, Response], baseline: Run, verifier: Verifier
) -> None:
    run = scored({**recorded, "Varn-0": failure("TimeoutError: too slow")}, verifier)
    broken = next(result for result in run.results if result.id == "Varn-0")
    assert set(broken.scores.values()) == {0.0}
    finding = next(f for f in judge(run, baseline, RULES).findings if f.kind == "failure")
    assert "too slow" in finding.message


def test_a_failure_that_the_baseline_has_too_is_not_new(
    recorded: dict[str, Response], verifier: Verifier
) -> None:
    run = scored({**recorded, "Varn-0": failure("TimeoutError: too slow")}, verifier)
    assert "failure" not in {finding.kind for finding in judge(run, run, RULES).findings}


def test_a_missing_case_is_red(baseline: Run) -> None:
    result = judge(replace(baseline, results=baseline.results[1:]), baseline, RULES)
    assert [finding.kind for finding in result.findings] == ["missing-case"]


def test_a_score_that_is_not_a_number_is_red(baseline: Run) -> None:
    first = baseline.results[0]
    broken = replace(first, scores={**first.scores, "groundedness": float("nan")})
    result = judge(replace(baseline, results=(broken, *baseline.results[1:])), baseline, RULES)
    assert [finding.kind for finding in result.findings] == ["nan"]


def test_evidence_that_left_the_index_is_red(
    recorded: dict[str, Response], baseline: Run, verifier: Verifier
) -> None:
    fewer = {path: text for path, text in TEXTS.items() if path != "varn.md"}
    results = tuple(score(case, recorded[case.id], fewer.get, verifier) for case in CASES)
    result = judge(Run(RECORD, results), baseline, RULES)
    (finding,) = [finding for finding in result.findings if finding.kind == "evidence"]
    assert "Varn-4 and 4 more without evidence: document varn.md is not in the index" in finding.message


def test_cases_that_got_worse_show_both_answers(
    recorded: dict[str, Response], baseline: Run, verifier: Verifier
) -> None:
    run = scored(HARMFUL["invent"](recorded, Random(3)), verifier)
    worst = judge(run, baseline, RULES).worse[0]
    assert worst.before.text != worst.after.text
    assert ("groundedness", 1.0, 0.0) in worst.changes


def test_floors_hold_without_a_baseline(recorded: dict[str, Response], verifier: Verifier) -> None:
    run = scored(HARMFUL["refuse-everything"](recorded, Random(3)), verifier)
    assert "floor" in {finding.kind for finding in judge(run, None, RULES).findings}
