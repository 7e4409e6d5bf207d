"""Alterations change what a claim says, paraphrases do not; both stay English."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.alterations import MOST_OF_A_KIND, Kind, alterations, paraphrases
from rag.datespans import find_dates
from rag.numbers import find_quantities

CLAIMS = [
    row["claim"]
    for row in map(json.loads, Path("evals/gold/claims.jsonl").read_text(encoding="utf-8").splitlines())
    if row["label"] == "supported"
]
SEEDS = range(40)


def made(claim: str, kind: Kind, span: str | None = None) -> set[str]:
    """Every alteration of one kind that some seed gives."""
    return {
        one.text
        for seed in SEEDS
        for one in alterations(claim, span or claim, Random(seed))
        if one.kind is kind
    }


def reworded(claim: str) -> set[str]:
    return {text for seed in SEEDS for text in paraphrases(claim, Random(seed))}


def test_the_same_seed_gives_the_same_alterations() -> None:
    for claim in CLAIMS:
        assert alterations(claim, claim, Random(7)) == alterations(claim, claim, Random(7))
        assert paraphrases(claim, Random(7)) == paraphrases(claim, Random(7))


@pytest.mark.parametrize("seed", range(3))
def test_every_alteration_says_what_it_changed(seed: int) -> None:
    for claim in CLAIMS:
        found = alterations(claim, claim, Random(seed))
        assert len({one.text for one in found}) == len(found)
        for one in found:
            assert one.text != claim
            assert all(part in claim for part in one.before.split(" … "))
            assert all(part.casefold() in one.text.casefold() for part in one.after.split(" … "))
            assert "  " not in one.text
            assert one.text.endswith(".")
        for kind in Kind:
            assert sum(one.kind is kind for one in found) <= MOST_OF_A_KIND


def test_most_claims_are_altered_in_several_kinds() -> None:
    kinds = [len({one.kind for one in alterations(claim, claim, Random(0))}) for claim in CLAIMS]
    assert sum(kinds) / len(kinds) > 2.5
    assert sum(n == 0 for n in kinds) <= 5


@pytest.mark.parametrize(
    ("claim", "negated"),
    [
        ("The two sides signed the treaty.", "The two sides did not sign the treaty."),
        ("The treaty was signed in 1995.", "The treaty was not signed in 1995."),
        ("Members can vote by letter.", "Members cannot vote by letter."),
        ("The council has its seat in Oslo.", "The council does not have its seat in Oslo."),
        ("The council has moved to Oslo.", "The council has not moved to Oslo."),
        ("The law bans the sale of fireworks.", "The law does not ban the sale of fireworks."),
        ("The treaty which he signed was renewed.", None),
        ("The convoy sent to Herat was delayed.", "The convoy sent to Herat was not delayed."),
        ("When the war ended, the bank opened an office.", "When the war ended, the bank did not open an office."),
        ("She bought some stamps.", "She did not buy any stamps."),
        ("The ferry did not run in May.", "The ferry ran in May."),
        ("The ferry wasn't insured.", "The ferry was insured."),
        ("The mayor never signed it, and has never seen it.", "The mayor never signed it, and has seen it."),
        ("Exports to Norway increased.", "Exports to Norway decreased."),
        ("The port failed to pay the fee.", "The port managed to pay the fee."),
        ("Some of the members were present.", None),
    ],
)  # fmt: skip
def test_negation(claim: str, negated: str | None) -> None:
    found = made(claim, Kind.NEGATION)
    assert negated in found if negated else not any(" not " in text for text in found)


@pytest.mark.parametrize(
    ("claim", "kind", "expected"),
    [
        ("Parties shall report yearly.", Kind.MODALITY, "Parties may report yearly."),
        ("Parties shall not report it.", Kind.MODALITY, "Parties may report it."),
        ("Owners are required to register.", Kind.MODALITY, "Owners may register."),
        ("Norway plans to build a tunnel.", Kind.MODALITY, "Norway has built a tunnel."),
        ("The talks were to resume in May.", Kind.MODALITY, "The talks had resumed in May."),
        ("The bank said that work would resume.", Kind.MODALITY, "The bank said that work had resumed."),
        ("The storm could reach Malta.", Kind.MODALITY, "The storm would reach Malta."),
        ("Norway signed the accord.", Kind.MODALITY, "Norway planned to sign the accord."),
        ("It is probably a forgery.", Kind.MODALITY, "It is certainly a forgery."),
        ("Most of the boats were lost.", Kind.QUANTIFIER, "All of the boats were lost."),
        ("All boats were lost.", Kind.QUANTIFIER, "Some boats were lost."),
        ("At least 40 boats were lost.", Kind.QUANTIFIER, "At most 40 boats were lost."),
        ("More than 40% of it was lost.", Kind.QUANTIFIER, "Less than 40% of it was lost."),
        ("More than 40 boats were lost.", Kind.QUANTIFIER, "Fewer than 40 boats were lost."),
        ("The fee is due, unless waived by the court.", Kind.EXCEPTION, "The fee is due."),
        ("All ports reopened, except for Malmö.", Kind.EXCEPTION, "All ports reopened."),
        ("If the judge agrees, the fee is waived.", Kind.EXCEPTION, "The fee is waived."),
        ("The ferry stopped before the storm.", Kind.TIME, "The ferry stopped after the storm."),
        ("The line has been closed since 2014.", Kind.TIME, "The line was closed until 2014."),
        ("The ferry still calls at Malmö.", Kind.TIME, "The ferry no longer calls at Malmö."),
        ("The ferry is no longer in use.", Kind.TIME, "The ferry is still in use."),
        ("Two years later the bank closed.", Kind.TIME, "Two years earlier the bank closed."),
        ("The union claims that the pits are unsafe.", Kind.ATTRIBUTION, "The pits are unsafe."),
        ("According to the union, the pits are unsafe.", Kind.ATTRIBUTION, "The pits are unsafe."),
        ("The pits are unsafe, according to the union.", Kind.ATTRIBUTION, "The pits are unsafe."),
        ("The pits are said to be unsafe.", Kind.ATTRIBUTION, "The pits are unsafe."),
        ("He was allegedly bribed.", Kind.ATTRIBUTION, "He was bribed."),
        ("The match ended because of rain.", Kind.CAUSE, "The match ended despite rain."),
        ("The drought led to the famine.", Kind.CAUSE, "The drought resulted from the famine."),
        ("The harbour is 40 km away.", Kind.UNIT, "The harbour is 40 miles away."),
        ("It cost $40 million.", Kind.UNIT, "It cost $40 billion."),
        ("Rents rose by 4%.", Kind.UNIT, "Rents rose by 4 percentage points."),
        ("The league meets annually.", Kind.UNIT, "The league meets monthly."),
    ],
)
def test_one_alteration_of_each_turn(claim: str, kind: Kind, expected: str) -> None:
    assert expected in made(claim, kind)


@pytest.mark.parametrize(
    ("claim", "kind"),
    [
        ("The will of the people is known.", Kind.MODALITY),
        ("In May the ferry stopped.", Kind.MODALITY),
        ("They ask whether Norway will pay.", Kind.MODALITY),
        ("It was agreed to extend the line.", Kind.MODALITY),
        ("The strike was as long as this one.", Kind.EXCEPTION),
        ("The most important port is Malmö.", Kind.QUANTIFIER),
        ("The tower was named after the mayor.", Kind.TIME),
        ("The members are classified according to age.", Kind.ATTRIBUTION),
        ("The boats are due to return.", Kind.CAUSE),
        ("The third party may sue.", Kind.NUMBER),
        ("The village has a church.", Kind.NUMBER),
        ("The village has a church.", Kind.DATE),
        ("The village has a church.", Kind.NAME),
    ],
)
def test_no_alteration_where_the_kind_does_not_apply(claim: str, kind: Kind) -> None:
    assert made(claim, kind) == set()


def test_what_a_question_asks_is_not_altered() -> None:
    for one in alterations("Did all 40 boats return in 1995? Most of the 12 boats did.", "", Random(0)):
        assert one.text.startswith("Did all 40 boats return in 1995? ")


def test_spacing_and_case_of_a_tokenised_claim_are_kept() -> None:
    claim = "the two sides , it says , signed 12 accords in oslo ."
    found = alterations(claim, claim, Random(0))
    assert found
    for one in found:
        assert one.text.startswith("the ")
        assert one.text.endswith(" .")
        assert " , it says , " in one.text


def test_the_article_fits_the_word_after_it() -> None:
    assert "It was an 8-year plan." in made("It was a 7-year plan.", Kind.NUMBER)
    assert made("It was an increase.", Kind.NEGATION) == {"It was a decrease.", "It was not an increase."}


@given(number=st.integers(20, 900), bound=st.sampled_from(["more than", "at least", "up to", "fewer than"]))
def test_a_bound_is_not_made_true_again(number: int, bound: str) -> None:
    claim = f"The fleet lost {bound} {number} boats."
    for seed in range(3):
        for one in alterations(claim, claim, Random(seed)):
            if one.kind is Kind.NUMBER:
                new = int(one.after.replace(",", ""))
                assert new > number if bound in ("more than", "at least") else new < number


@given(numbers=st.lists(st.integers(2, 60), min_size=2, max_size=4, unique=True), seed=st.integers(0, 99))
def test_a_new_number_is_not_one_of_the_span(numbers: list[int], seed: int) -> None:
    span = " ".join(f"Port {chr(97 + i)} lost {n} boats." for i, n in enumerate(numbers))
    claim = f"One of the ports lost {numbers[0]} boats."
    for one in alterations(claim, span, Random(seed)):
        if one.kind is Kind.NUMBER:
            assert int(one.after) not in numbers


def test_a_range_stays_a_range() -> None:
    for text in made("The fleet lost between 20 and 30 boats.", Kind.NUMBER):
        low, high = map(int, re.findall(r"\d+", text))
        assert low < high


def test_a_year_is_not_moved_into_the_future() -> None:
    years = {
        int(found) for text in made("It opened in 2024.", Kind.DATE) for found in re.findall(r"\d{4}", text)
    }
    assert years
    assert max(years) <= 2026


def test_names_that_share_a_deed_are_not_swapped() -> None:
    span = "India and Pakistan signed the accord. Nepal did not."
    found = made("India signed the accord.", Kind.NAME, span)
    assert "Nepal signed the accord." in found
    assert not any("Pakistan" in text for text in found)


def test_country_and_adjective_change_together() -> None:
    for text in made("Kenya sent the Kenyan fleet.", Kind.NAME):
        country, adjective = text.split()[0], text.split()[3]
        assert country != "Kenya"
        assert adjective[:4] == country[:4] or (country, adjective) == ("Ghana", "Ghanaian")


def test_doer_and_done_to_change_places() -> None:
    assert "Afghanistan accused Pakistan of it." in made("Pakistan accused Afghanistan of it.", Kind.NAME)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("It took 28 years.", "It took twenty-eight years."),
        ("It took twenty-eight years.", "It took 28 years."),
        ("It cost 1,500 crowns.", "It cost 1500 crowns."),
        ("It rose by 4%.", "It rose by 4 per cent."),
        ("It rose by 4 percent.", "It rose by 4%."),
        ("It opened on 5 June 2023.", "It opened on June 5, 2023."),
        ("It opened on June 5, 2023.", "It opened on 5 June 2023."),
        ("It did not open.", "It didn't open."),
        ("It wasn't open.", "It was not open."),
        ("They met in order to vote.", "They met to vote."),
        ("In 2010, the ferry stopped.", "The ferry stopped in 2010."),
        ("The ferry stopped in 2010.", "In 2010, the ferry stopped."),
        ("The treaty was signed by Norway.", "Norway signed the treaty."),
        ("Norway signed the treaty.", "The treaty was signed by Norway."),
        ("The league purchased the land.", "The league bought the land."),
        ("The law permits members to vote.", "The law allows members to vote."),
        ("The North Sea League (NSL) met.", "The North Sea League met."),
        ("The ferry, which was built in Malmö, sank.", "The ferry sank."),
    ],
)
def test_one_paraphrase_of_each_rule(claim: str, expected: str) -> None:
    assert expected in reworded(claim)


@pytest.mark.parametrize(
    "claim",
    [
        "It ran from 2 to 16 January 2024.",
        "Article 6 applies.",
        "The lease runs to at least 2042.",
        "It pays for the whole of it.",
        "The port of Malmö is small.",
    ],
)
def test_what_no_rule_fits_is_left_alone(claim: str) -> None:
    assert "2 to January" not in " ".join(reworded(claim))
    assert claim.startswith("It ran") or reworded(claim) == set()


@pytest.mark.parametrize("seed", range(3))
def test_paraphrases_keep_every_number_and_date(seed: int) -> None:
    for claim in CLAIMS:
        plain = re.sub(r"\s\([^)]*\)|,\s(?:which|who)\s[^,.]+(?=[,.])", "", claim)
        for text in paraphrases(plain, Random(seed)):
            assert _values(text) == _values(plain), text
            assert _days(text) == _days(plain), text


def _values(text: str) -> list[float]:
    return sorted(one.value for one in find_quantities(text))


def _days(text: str) -> list[tuple[object, object]]:
    return sorted((one.first, one.last) for one in find_dates(text))  # type: ignore[type-var]
