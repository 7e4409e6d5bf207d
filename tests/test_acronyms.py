"""Acronyms that a text defines, and the other ways they give to say a question's terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.acronyms import acronyms, term_variants
from rag.terms import terms


@pytest.mark.parametrize(
    ("text", "acronym", "long_form"),
    [
        ("the National Resistance Front (NRF) fought", "NRF", "National Resistance Front"),
        ("Tehreek-e-Taliban Pakistan (TTP)", "TTP", "Tehreek-e-Taliban Pakistan"),
        ("Quadrilateral Traffic in Transit Agreement (QTTA)", "QTTA", "Quadrilateral Traffic in Transit Agreement"),
        ("International North–South Transport Corridor ( INSTC )", "INSTC", "International North–South Transport Corridor"),
        ("Jamaat Ansarullah (JA)", "JA", "Jamaat Ansarullah"),
        ("the European Court of Human Rights (ECHR)", "ECHR", "European Court of Human Rights"),
    ],
)  # fmt: skip
def test_an_acronym_after_its_long_form_is_defined(text: str, acronym: str, long_form: str) -> None:
    assert acronyms(text) == {acronym: long_form}


@pytest.mark.parametrize(
    "text",
    [
        "(NRF)",
        "something else (NRF)",
        "the Front (NRF)",
        "in the north (see above)",
        "a state (US) of law",
        "NRF",
    ],
)
def test_initials_that_do_not_match_define_nothing(text: str) -> None:
    assert acronyms(text) == {}


def test_a_plural_acronym_is_defined() -> None:
    assert acronyms("Improvised Explosive Devices (IEDs)") == {"IED": "Improvised Explosive Devices"}


def test_stop_words_are_not_initials() -> None:
    assert "UNODC" in acronyms("United Nations Office on Drugs and Crime (UNODC)")


def test_the_first_definition_counts() -> None:
    assert acronyms("Free State (FS). Fleet Service (FS).") == {"FS": "Free State"}


def test_a_question_with_the_acronym_may_be_met_by_the_long_form() -> None:
    variants = term_variants({"NRF": "National Resistance Front"}, terms("Who leads the NRF?"))
    assert variants["nrf"] == (frozenset(terms("National Resistance Front")),)


def test_a_question_with_the_long_form_may_be_met_by_the_acronym() -> None:
    variants = term_variants({"NRF": "National Resistance Front"}, terms("the National Resistance Front"))
    assert variants == {term: (frozenset({"nrf"}),) for term in terms("National Resistance Front")}


def test_a_part_of_the_long_form_is_not_the_acronym() -> None:
    assert term_variants({"NRF": "National Resistance Front"}, terms("the national front")) == {}


@given(
    st.lists(st.sampled_from("Alpha Border Court Delta Export Fund".split()), min_size=2, max_size=6),
    st.sampled_from(["", "The ", "under the ", "Yesterday, 3 "]),
)
def test_initials_of_any_long_form_are_read(long_form: list[str], before: str) -> None:
    short = "".join(word[0] for word in long_form)
    assert acronyms(f"{before}{' '.join(long_form)} ({short}) met.") == {short: " ".join(long_form)}
