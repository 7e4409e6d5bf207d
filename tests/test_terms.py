"""The same word in other dress is the same term; another word is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.terms import STOP_WORDS, fold, stem, terms, words

LATIN = st.text("abcdeilnrstuéèçñöãßİÉ'’- .,AZ019")


@pytest.mark.parametrize(
    "forms",
    [
        "Tajik Tajiks Tajikistan Tajikistani Tajikistan's Tajikistan’s TAJIKISTAN",
        "Pak Pakistan Pakistani Pakistanis Pakistan’s",
        "Uzbek Uzbekistan Uzbekistani",
        "Kyrgyz Kyrgyzstan",
        "Turkmen Turkmenistan",
        "Afghan Afghans Afghanistan",
        "India Indian Indians",
        "Russia Russian Russians",
        "naïve naive NAÏVE",
        "Mañana Manana",
        "lead leads led leading",
        "use used using usage utilise utilised utilisation utilize",
        "strike strikes struck stricken",
        "withdraw withdrew withdrawn withdrawing",
        "sell sold selling",
        "man men",
        "person people persons",
        "sign signed signing signs",
        "N.R.F. NRF nrf",
        "230,000 230000",
    ],
)
def test_forms_of_one_word_share_a_term(forms: str) -> None:
    assert len({tuple(terms(form)) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kazakhstan", "Kyrgyzstan"),
        ("Afghanistan", "Africa"),
        ("distant", "distort"),
        ("mine", "mint"),
        ("1995", "1996"),
        ("3.5", "35"),
        ("export", "import"),
        ("stan", "Pakistan"),
    ],
)
def test_different_words_do_not(one: str, other: str) -> None:
    assert terms(one) != terms(other)


@pytest.mark.parametrize(("country", "adjective"), [("Iran", "Iranian"), ("Ukraine", "Ukrainian")])
def test_adjectives_in_ian_of_countries_that_do_not_end_in_ia(country: str, adjective: str) -> None:
    assert terms(country) == terms(adjective)


def test_hyphens_separate_words() -> None:
    assert terms("a cross-border strike") == terms("cross border strike")
    assert terms("Iran–Iraq") == terms("Iran Iraq")


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_apostrophes_may_be_typographic(apostrophe: str) -> None:
    assert [word for word, _, _ in words(f"Kabul{apostrophe}s d{apostrophe}Ivoire")] == ["kabul", "divoire"]


def test_stop_words_carry_no_term() -> None:
    assert terms("It was not the one that they had been with.") == []
    assert {"the", "not", "which"} <= STOP_WORDS


def test_numbers_are_not_stemmed() -> None:
    assert [word for word, _, _ in words("1,000 and 3.5 in 1990s")] == [
        "1000",
        "and",
        "3.5",
        "in",
        "1990",
        "s",
    ]
    assert stem("1995") == "1995"


@given(st.text())
def test_words_lie_in_the_text_in_order_and_apart(text: str) -> None:
    end = 0
    for word, start, stop in words(text):
        assert end <= start < stop <= len(text)
        assert word
        assert not any(c.isspace() for c in text[start:stop])
        end = stop


@given(st.text())
def test_folding_twice_folds_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(LATIN)
def test_case_and_accents_do_not_change_terms(text: str) -> None:
    assert terms(text.upper()) == terms(text) or "ß" in text
    assert terms(fold(text)) == terms(text)


@given(st.lists(st.sampled_from("Pakistan's mines were struck in 1995 N.R.F. cross-border Côte".split())))
def test_terms_of_joined_texts_are_joined_terms(parts: list[str]) -> None:
    assert terms(" ".join(parts)) == [term for part in parts for term in terms(part)]
