"""Word agreement of a claim and a span: shares that mean what they say."""

from __future__ import annotations

from dataclasses import astuple

from hypothesis import given
from hypothesis import strategies as st

from rag.agreement import agreements

SPAN = "Velmark destroyed 4,200 river mines between 1999 and 2003. Karstia did not destroy any mines."


def test_a_quote_agrees_in_everything() -> None:
    found = agreements(SPAN, "Velmark destroyed 4,200 river mines between 1999 and 2003.")
    assert found.is_quote
    assert astuple(found)[:-3] == (1.0,) * 7
    assert (found.words, found.sentences) == (9, 2)


def test_a_stranger_agrees_in_nothing_that_it_says() -> None:
    found = agreements(SPAN, "Gulls nest on 77 Ostranan cliffs.")
    assert (found.overlap, found.sentence_overlap, found.bigrams, found.numbers, found.names) == (0,) * 5
    assert not found.is_quote


def test_numbers_and_names_are_shares_of_the_claim_s_own() -> None:
    found = agreements(SPAN, "In all, Velmark and Ostrana destroyed 4,200 or 9,000 mines.")
    assert found.numbers == 0.5
    assert found.names == 0.5


def test_negation_is_compared_with_the_best_sentence_only() -> None:
    assert agreements(SPAN, "Velmark destroyed river mines between 1999 and 2003.").negation == 1
    assert agreements(SPAN, "Velmark never destroyed river mines between 1999 and 2003.").negation == 0
    assert agreements(SPAN, "Karstia did not destroy mines.").negation == 1


def test_word_order_shows_in_bigrams_not_in_overlap() -> None:
    swapped = agreements(SPAN, "River Velmark mines destroyed.")
    assert swapped.overlap == 1
    assert swapped.bigrams < 0.5


@given(st.text(max_size=200), st.text(max_size=200))
def test_every_share_is_a_share(span: str, claim: str) -> None:
    assert all(0 <= value <= 1 for value in astuple(agreements(span, claim))[:-2])
