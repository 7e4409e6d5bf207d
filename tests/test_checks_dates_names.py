"""Dates and names of a claim against those of its span."""

from __future__ import annotations

import pytest

from rag.checks import contradicts, fired_checks

SIGNED = "The treaty was signed on 14 March 2011 in Port Halden by Ostrava and the Republic of Kellin."
VOTES = (
    "Kestria's parliament approved the text in June 2019, but Morvane's senate did so only in February 2020."
)
COURT = "On Tuesday 3 July 2018 the court ruled that the ban was void."
GROUP = "The group Jamaat Ansarullah (JA) was founded by Amriddin Tabarov in Dushanbe, the Tajik capital."
LEADERS = "Captain Rosa Tenn commands the patrol fleet, and Commander Ilya Brandt leads the radar station."


def names(span: str, claim: str) -> set[str]:
    return {check.name for check in fired_checks(span, claim)}


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (SIGNED, "The treaty was signed on 14 May 2011."),
        (SIGNED, "The treaty was signed on 24 March 2011."),
        (SIGNED, "The treaty was signed in March 2012."),
        (SIGNED, "Ostrava and Kellin signed the treaty in 2010."),
        (VOTES, "Kestria's parliament approved the text in June 2018."),
        (VOTES, "Kestria's legislature gave its blessing in the autumn of 2019."),
        (VOTES, "Morvane's senate approved the text in May 2020."),
        (COURT, "The court ruled on Friday that the ban was void."),
        (COURT, "On 13 July 2018 the court ruled that the ban was void."),
        ("The rule applies from 1 October.", "The rule applies from 1 November."),
        ("The plan was shelved in the 1990s.", "The plan was shelved in the 1970s."),
    ],
)
def test_another_date_fires(span: str, claim: str) -> None:
    assert "date" in names(span, claim)


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (SIGNED, "The treaty was signed on March 14, 2011."),
        (SIGNED, "The treaty was signed on the fourteenth of March 2011."),
        (SIGNED, "The treaty was signed in March 2011."),
        (SIGNED, "The treaty dates from 2011."),
        (SIGNED, "The treaty was signed in early 2011."),
        (VOTES, "Morvane's senate approved the text in early 2020."),
        (VOTES, "Kestria's approval came in mid-2019."),
        (VOTES, "Morvane's senate approved the text months later."),
        (COURT, "On Tuesday the court ruled that the ban was void."),
        (COURT, "The ban was void, the court ruled in July."),
        ("It was built in 1848.", "It was built in the 19th century."),
        ("They met on 14 and 15 December 2022.", "They met on 14 December 2022."),
        ("It fell from 2019 on and was gone two years later.", "It was gone in 2021."),
        ("The survey ran from 2010 to 2016.", "The survey ran between 2010 and 2016."),
    ],
)
def test_the_same_date_in_other_words_does_not(span: str, claim: str) -> None:
    assert "date" not in names(span, claim)


def test_a_date_more_exact_than_the_source_only_lacks_proof() -> None:
    (check,) = fired_checks("The text was approved in June 2019.", "The text was approved on 5 June 2019.")
    assert check.name == "date"
    assert not contradicts(check)


def test_another_year_contradicts() -> None:
    (check,) = fired_checks("The text was approved in June 2019.", "The text was approved in June 2018.")
    assert (check.claim, check.source) == ("June 2018", "June 2019")
    assert contradicts(check)


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (
            SIGNED,
            "The treaty was signed on 14 March 2011 in Port Halden by Ostrava and the Republic of Lund.",
        ),
        (SIGNED, "The treaty was signed in Orr by Ostrava and the Republic of Kellin."),
        (GROUP, "The group Jamaat Ansarullah was founded by Amriddin Tabarov in Tashkent."),
        (GROUP, "Jamaat Ansarullah was founded in Bishkek, the Kyrgyz capital."),
        (GROUP, "The group Jamaat Ansarullah was founded by Amriddin Yusufi in Dushanbe."),
        (LEADERS, "Captain Rosa Tenn leads the radar station."),
        (LEADERS, "Captain Rosa Holm commands the patrol fleet."),
        ("Russia, Iran and India concluded the pact.", "Russia, Iran and Oman concluded the pact."),
        ("Pakistan supported the bid in 2022.", "Kazakhstan supported the bid in 2022."),
        ("Sharif told Rahmon that the port was open.", "Rahmon told Sharif that the port was open."),
    ],
)
def test_another_name_fires(span: str, claim: str) -> None:
    assert "name" in names(span, claim)


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (SIGNED, "Kellin and Ostrava signed the treaty in Port Halden."),
        (GROUP, "The JA was founded in Tajikistan's capital."),
        (GROUP, "Tabarov founded the JA in Dushanbe."),
        (GROUP, "In the Tajik capital, Dushanbe, the group was founded by Tabarov."),
        (LEADERS, "Tenn commands the fleet and Brandt the radar station."),
        ("The United States withdrew its troops.", "The US withdrew its troops."),
        ("The American envoy left.", "The United States envoy left."),
        ("The United Arab Emirates paid.", "The UAE paid."),
        ("Tessaly will finance the centre.", "The Tessalian side will finance the centre."),
        ("Observers from the UN arrived.", "Observers from the United Nations arrived."),
        ("It cost USD 40 million.", "It cost 40 million US dollars."),
        ("The Kremlin denied it.", "Russia denied it."),
        ("Lawmakers in Morvane took until 2020.", "Senators in Morvane took until 2020."),
    ],
)
def test_the_same_name_in_another_form_does_not(span: str, claim: str) -> None:
    assert "name" not in names(span, claim)


def test_a_text_without_capitals_is_not_checked_for_names() -> None:
    assert (
        fired_checks(
            "the envoy of kellin met the envoy of lund in port halden",
            "The envoy of Feria met the envoy of Lund.",
        )
        == ()
    )


def test_a_name_that_is_nowhere_only_lacks_proof() -> None:
    (check,) = fired_checks(
        "The minister signed the decree.", "The minister signed the decree for Lindqvist."
    )
    assert (check.name, check.claim, check.source) == ("name", "Lindqvist", "")
    assert not contradicts(check)
