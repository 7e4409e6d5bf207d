"""A claim against a span: the verdict needs the model and the checks to agree."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.chunks import split_sentences
from rag.types import Verdict
from rag.verification import SIGNALS, Verifier

SPAN = (
    "Velmark destroyed 4,200 river mines between 1999 and 2003. General Tomas Reuel commands the garrison at "
    "Mirov, which holds 1,200 soldiers. Trade through the Mirov crossing increased by 14 percent in 2022."
)


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier()


@pytest.mark.parametrize("sentence", [one.text for one in split_sentences(SPAN)])
def test_a_sentence_of_the_span_is_supported_wholly(verifier: Verifier, sentence: str) -> None:
    found = verifier.verify(SPAN, sentence)
    assert (found.verdict, found.support, found.checks) == (Verdict.SUPPORTED, 1.0, ())


@pytest.mark.parametrize(
    "claim",
    [
        "The garrison at Mirov is commanded by General Tomas Reuel.",
        "In 2022 trade through the Mirov crossing rose by 14 percent.",
        "Between 1999 and 2003, Velmark destroyed 4,200 mines.",
    ],
)
def test_an_honest_rewording_is_supported(verifier: Verifier, claim: str) -> None:
    assert verifier.verify(SPAN, claim).verdict is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "check"),
    [
        ("Velmark destroyed 2,400 river mines between 1999 and 2003.", "number"),
        ("Velmark destroyed 4,200 river mines between 1999 and 2005.", "date"),
        ("General Tomas Brenn commands the garrison at Mirov.", "name"),
        ("Velmark did not destroy 4,200 river mines between 1999 and 2003.", "negation"),
    ],
)
def test_a_changed_fact_is_not_supported_and_the_check_is_named(
    verifier: Verifier, claim: str, check: str
) -> None:
    found = verifier.verify(SPAN, claim)
    assert found.verdict is not Verdict.SUPPORTED
    assert found.support < verifier.threshold
    assert check in {one.name for one in found.checks}


def test_what_the_span_does_not_speak_of_is_not_found(verifier: Verifier) -> None:
    assert verifier.verify(SPAN, "Gulls nest on the cliffs of Ostrana.").verdict is Verdict.NOT_FOUND


def test_the_stretch_that_carries_the_claim_is_shown(verifier: Verifier) -> None:
    found = verifier.verify(SPAN, "The garrison at Mirov holds 1,200 soldiers.")
    assert "1,200 soldiers" in SPAN[found.start : found.end]


@pytest.mark.parametrize("reply", ["No, ", "Yes. ", "no: ", "The passage also states that "])
def test_an_opening_that_states_nothing_changes_nothing(verifier: Verifier, reply: str) -> None:
    said = "General Tomas Reuel commands the garrison at Mirov."
    assert verifier.verify(SPAN, reply + said) == verifier.verify(SPAN, said)


def test_nothing_to_read_is_not_found(verifier: Verifier) -> None:
    assert verifier.verify("", "Trade rose.").verdict is Verdict.NOT_FOUND
    assert verifier.verify_all([]) == []


def test_support_as_evals_read_it_follows_the_verdict(verifier: Verifier) -> None:
    assert verifier.support(SPAN, "General Tomas Reuel commands the garrison at Mirov.") >= 0.5
    assert verifier.support(SPAN, "General Tomas Brenn commands the garrison at Mirov.") < 0.5


def test_the_calibration_keeps_every_sign(verifier: Verifier) -> None:
    weights = verifier.calibration.support.weights
    assert len(weights) == len(SIGNALS)
    assert all(weight * sign >= 0 for weight, sign in zip(weights, SIGNALS.values(), strict=True))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=120), st.text(max_size=120))
def test_any_text_gets_the_same_finding_twice(verifier: Verifier, span: str, claim: str) -> None:
    first, second = verifier.verify(span, claim), Verifier().verify(span, claim)
    assert first == second
    assert 0 <= first.support <= 1
    assert 0 <= first.start <= first.end <= len(span)
