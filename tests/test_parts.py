"""A sentence is split where its statements join, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.parts import parts
from rag.terms import words


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "The bridge was opened in 1998, and the toll was abolished in 2004.",
            ("The bridge was opened in 1998.", "The toll was abolished in 2004."),
        ),
        (
            "It was agreed on 3 May 1911, inherited by Ardania in 1947, and fenced by late 2021.",
            ("It was agreed on 3 May 1911.", "Inherited by Ardania in 1947.", "Fenced by late 2021."),
        ),
        (
            "The ministry refused the loan; the bank says otherwise.",
            ("The ministry refused the loan.", "The bank says otherwise."),
        ),
    ],
)
def test_clauses_with_a_verb_of_their_own_are_parts(sentence: str, expected: tuple[str, ...]) -> None:
    assert parts(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "Velmark destroyed 4,200 river mines between 1999 and 2003.",
        "The treaty was signed on 3 May 2011, in Port Seld.",
        "Coal, iron and timber were shipped through Halmere.",
        "Until 26 April 2026.",
        "The council, which has nine members, meets in June.",
    ],
)
def test_a_date_a_place_or_an_item_stays_with_its_verb(sentence: str) -> None:
    assert parts(sentence) == ()


@given(
    st.lists(
        st.sampled_from(
            "the bridge was opened in 1998 , and ; while toll has 4,200 ended Ardania which : (it)".split()
        ),
        max_size=40,
    )
)
def test_no_word_is_lost_but_those_that_join(pieces: list[str]) -> None:
    sentence = " ".join(pieces)
    found = parts(sentence)
    joining = {"and", "while", "but", "whereas", "so", "yet", "then"}
    kept = [w for part in found for w, _, _ in words(part) if w not in joining]
    assert not found or kept == [w for w, _, _ in words(sentence) if w not in joining]
