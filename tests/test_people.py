"""Who is a person, as far as capitals tell."""

from __future__ import annotations

import pytest

from rag.people import asks_for_a_person, names_a_person


@pytest.mark.parametrize(
    "text",
    [
        "The NRF was set up under Ahmad Massoud in 2021.",
        "officials and the Ahmad Massoud-led resistance",
        "Talks with Jean-Luc Moreau began.",
    ],
)
def test_two_capitals_in_a_row_are_a_person(text: str) -> None:
    assert names_a_person(text, ())


@pytest.mark.parametrize(
    "text",
    [
        "In November 2021 an office was registered in Washington.",
        "The Central Asia Institute moved.",
        "It lies in the Islamic Republic.",
        "The resistance went on.",
    ],
)
def test_openings_institutions_and_regions_are_none(text: str) -> None:
    assert not names_a_person(text, ())


def test_a_name_that_the_question_says_is_no_answer() -> None:
    assert not names_a_person("Ahmad Massoud spoke.", ("massoud",))


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Who leads the NRF?", True),
        ("What is the name of the commander?", True),
        ("Which minister signed?", True),
        ("Who signed the pact?", False),
        ("Which firm ran the shipment?", False),
    ],
)
def test_only_a_role_asks_for_a_person(question: str, asks: bool) -> None:
    assert asks_for_a_person(question) is asks
