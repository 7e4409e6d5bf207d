"""Laws that hold for every check."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checks import contradicts, fired_checks
from rag.types import Check

SENTENCES = [
    "The Treaty of Halvern, signed on 14 March 2011 by Ostrava and Kellin, fixes the frontier for 212 kilometres.",
    "Either party may request an inspection where a pillar has moved by more than 40 centimetres.",
    "Most licences go to boats under 15 metres, except those of the coast guard.",
    "Union leader Dana Ruiz claimed that the port had lost 4 million dollars a day.",
    "The court did not forbid storage, because six months would be proportionate.",
    "All payments above 10,000 dollars need a licence unless they are for seeds.",
    "According to the Daily Orr, talks resumed after the summit of May 2019 and have not ended since.",
    "Operators shall report a breach within 72 hours; the Ombudsman should answer in two weeks.",
]
NAMES = frozenset(
    "number date unit name negation modality quantifier exception time attribution cause".split()
)
WORDS = st.lists(
    st.sampled_from(
        "the Kellin may shall not never 35 2019 June because after all some unless said that treaty was signed by , . % km (JA) “x”".split()
    ),
    max_size=25,
).map(" ".join)
SPANS = st.permutations(SENTENCES).map(lambda some: " ".join(some[:5]))


@given(st.sampled_from(SENTENCES), st.permutations(SENTENCES))
def test_a_sentence_of_the_span_never_fires(sentence: str, others: list[str]) -> None:
    span = " ".join([*others[:3], sentence, *others[3:5]])
    assert fired_checks(span, sentence) == ()
    assert fired_checks(span, f"  {sentence}\n".replace(" ", "  ")) == ()


@given(st.sampled_from(SENTENCES), st.permutations(SENTENCES))
def test_nor_does_it_without_its_full_stop_and_capital(sentence: str, others: list[str]) -> None:
    span = " ".join([*others[:3], sentence, *others[3:5]])
    assert fired_checks(span, sentence[0].lower() + sentence[1:-1]) == ()


@given(WORDS, WORDS)
def test_any_two_texts_can_be_compared(span: str, claim: str) -> None:
    checks = fired_checks(span, claim)
    assert checks == fired_checks(span, claim)
    assert {check.name for check in checks} <= NAMES
    assert all(check.claim for check in checks)


@given(SPANS, st.sampled_from(SENTENCES))
def test_what_a_check_shows_stands_in_the_two_texts(span: str, sentence: str) -> None:
    claim = (
        sentence.replace("2011", "2012").replace("40", "45").replace("may", "must").replace("did not", "did")
    )
    for check in fired_checks(span, claim):
        assert check.source in span
        assert check.claim in claim


@pytest.mark.parametrize("span", ["", "   ", "\n"])
def test_an_empty_span_bears_out_no_number_or_date(span: str) -> None:
    assert {check.name for check in fired_checks(span, "In June 2019 they counted 300 mines.")} == {
        "number",
        "date",
    }


def test_an_empty_claim_says_nothing() -> None:
    assert fired_checks(SENTENCES[0], "") == ()


@pytest.mark.parametrize(
    ("check", "otherwise"),
    [
        (Check("number", "29 years", "28 years"), True),
        (Check("number", "29 years", ""), False),
        (Check("name", "Lund", ""), False),
        (Check("name", "Lund", "Kellin"), True),
        (Check("negation", "could not", ""), True),
        (Check("attribution", "The port lost it", "Ruiz claims"), False),
        (Check("exception", "unless both object", ""), False),
    ],
)
def test_a_rival_contradicts_and_silence_does_not(check: Check, otherwise: bool) -> None:
    assert contradicts(check) is otherwise
