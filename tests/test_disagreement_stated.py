"""Sentences that set their sources against each other: who says what, and where they differ."""

from __future__ import annotations

import pytest

from rag.disagreement_said import Difference, Kind, read_sentence
from rag.disagreement_sides import stated, subject
from rag.disagreement_stated import inside


def found(text: str) -> list[Difference]:
    return inside(read_sentence(text))


def values(text: str) -> list[tuple[str, str]]:
    return [(d.left_text, d.right_text) for d in found(text)]


@pytest.mark.parametrize(
    ("text", "about", "said"),
    [
        (
            "Sources disagree on the toll at Mirov: the Gazette gives 91, a report of May 2020 gives 94, and Vela wrote of about 120.",
            "the toll at Mirov",
            [("the Gazette", "91"), ("a report of May 2020", "94"), ("Vela", "about 120")],
        ),
        (
            "Counts of the injured also differ: the Gazette gave 360, Vela 382, and a mirror copy 551.",
            "Counts of the injured",
            [("the Gazette", "360"), ("Vela", "382"), ("a mirror copy", "551")],
        ),
        (
            "Estimates of the cost vary: the bank puts it at USD 3 billion, the government at USD 2 billion.",
            "Estimates of the cost",
            [("the bank", "USD 3 billion"), ("the government", "USD 2 billion")],
        ),
        (
            "The status of the strait is contested: Velmark treats the strait as its own, and Drava denies that status.",
            "The status of the strait",
            [("Velmark", "the strait as its own"), ("Drava", "denies that status")],
        ),
        (
            "Sources disagree on who runs the base: a digest of June 2019, drawing on Vela, names Drava, while the Gazette in May 2020 and Orlova Today name Velmark.",
            "who runs the base",
            [
                ("a digest of June 2019, drawing on Vela", "Drava"),
                ("the Gazette in May 2020 and Orlova Today", "Velmark"),
            ],
        ),
    ],
)
def test_each_side_has_its_source_and_what_it_says(
    text: str, about: str, said: list[tuple[str, str]]
) -> None:
    read = stated(text)
    assert read is not None
    assert read.about == about
    assert [(side.source, text[side.start : side.end]) for side in read.sides] == said


@pytest.mark.parametrize(
    "text",
    [
        "The port handled 4 million tonnes in 2019, while the ferry carried 2 million passengers.",
        "Both figures differ: the Gazette gives 200 for each port and Vela gives 800 in all, and both figures are right.",
        "The figures of the Gazette and of Vela differ in scope: one counts ships, and the other counts ships and boats.",
        "This brief covers the port, the ferry and the points on which sources differ.",
        "The law applies to firms with more than 50 employees, but firms with 20 employees may opt in.",
        "Women over 50 need 320 mg a day, while men over 50 should aim for 420 mg.",
        "They say that they buy no used books, but authors who revise their books may get a hearing.",
    ],
)
def test_what_is_no_dispute_is_not_read_as_one(text: str) -> None:
    assert found(text) == []


def test_every_two_sides_that_differ_are_a_pair() -> None:
    text = "Sources disagree on the length of the wall: Vela gave 220 km, the Gazette gives 300 km, and an undated page gives 350 km."
    assert values(text) == [("220 km", "300 km"), ("220 km", "350 km"), ("300 km", "350 km")]
    for d in found(text):
        assert d.kind is Kind.NUMBER
        assert text[slice(*d.left)] == d.left_text
        assert text[slice(*d.right)] == d.right_text
        assert d.about == "the length of the wall"


@pytest.mark.parametrize(
    ("text", "kind", "pair"),
    [
        (
            "Sources disagree on when the pact was signed: Vela in April 2024 gives 12 September 2000, while a mirror copy gives 16 May 2002.",
            Kind.DATE,
            ("12 September 2000", "16 May 2002"),
        ),
        (
            "Sources disagree on the date of the pact: one copy says that it was drawn up in 1995 and signed in 2004, while the treaty text gives 9 March 1995.",
            Kind.DATE,
            ("2004", "9 March 1995"),
        ),
        (
            "Sources disagree on the name of the envoy: Vela names Mira Halden, while the Gazette names Tomas Reuel.",
            Kind.NAME,
            ("Mira Halden", "Tomas Reuel"),
        ),
        (
            "Sources disagree on the waiver: Vela calls the waiver conditional, while the Gazette says that no condition was set.",
            Kind.POLARITY,
            ("the waiver conditional", "no condition was set"),
        ),
        (
            "Sources disagree on whether Drava takes part: Vela gives Drava a share of 300 MW, while the Gazette reports that Drava dropped out and Velmark takes 500 MW.",
            Kind.POLARITY,
            ("Drava a share of 300 MW", "Drava dropped out and Velmark takes 500 MW"),
        ),
        (
            "Reports of the raid differ: Vela wrote of 20,000 soldiers of the Guard, while the Gazette wrote of 20,000 reservists.",
            Kind.NAME,
            ("20,000 soldiers of the Guard", "20,000 reservists"),
        ),
        (
            "Sources disagree on the season: Vela gave December to March, while the Gazette gave November to March.",
            Kind.DATE,
            ("December to March", "November to March"),
        ),
    ],
)
def test_the_kind_of_difference(text: str, kind: Kind, pair: tuple[str, str]) -> None:
    (difference,) = found(text)
    assert (difference.kind, difference.left_text, difference.right_text) == (kind, *pair)


def test_values_are_paired_by_the_words_after_them() -> None:
    text = "Sources disagree on how the road divides: Vela gives 413 km in Drava against 887 km in Velmark, while the Gazette gives 494 km in Drava and 806 km in Velmark."
    assert values(text) == [("413 km", "494 km")]


@pytest.mark.parametrize(
    "text",
    [
        "Sources disagree on the population: the Gazette gives 12,000 for 2010, and Vela gives 17,167 for 2020.",
        "Measures of progress differ widely: Vela reported 18% in August 2021, while the Gazette claimed 70% in April 2025.",
    ],
)
def test_figures_of_two_times_do_not_differ(text: str) -> None:
    assert found(text) == []


def test_a_rounding_is_no_other_value() -> None:
    text = "Sources disagree on the yield: Vela gives 333 tonnes, the Gazette gives 330 tonnes, and Orlova Today gives 250 tonnes."
    assert ("333 tonnes", "330 tonnes") not in values(text)
    assert ("333 tonnes", "250 tonnes") in values(text)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        (
            "Tolls for the storm of 1970 range from an early count of 15 by Vela, through 25 to 30 in the Gazette, to the official figure of 46.",
            [("15", "25 to 30"), ("15", "46"), ("25 to 30", "46")],
        ),
        (
            "Reports of the run in 2021 disagree on the day of departure, which one note gives both as 27 September 2021 and as 28 September 2021.",
            [("27 September 2021", "28 September 2021")],
        ),
    ],
)
def test_one_clause_may_list_several_values(text: str, pairs: list[tuple[str, str]]) -> None:
    assert values(text) == pairs


def test_without_a_word_of_dispute_both_must_say_something_of_one_thing() -> None:
    text = "The ministry says that 300 people died, but the Red Cross counted 450 dead people."
    (difference,) = found(text)
    assert (difference.left_text, difference.right_text) == ("300 people died", "450 dead people")
    assert (difference.left_source, difference.right_source) == ("The ministry", "the Red Cross")
    assert found("The ministry says that 300 people died, but the Red Cross counted 450 tents.") == []


@pytest.mark.parametrize(
    ("header", "about"),
    [
        ("Sources disagree on the toll", "the toll"),
        ("Reports of May 2020 disagree on the name of the Envoy", "the name of the Envoy"),
        ("Reports of the run to Lindos also disagree on distance", "distance of the run to Lindos"),
        ("Figures for trade with Drava do not agree", "trade with Drava"),
        ("Sources name different southern ends for the railway", "southern ends for the railway"),
        ("Accounts of the run to Lindos describe the route differently", "the route of the run to Lindos"),
    ],
)
def test_what_a_dispute_is_on(header: str, about: str) -> None:
    assert subject(header) == about
