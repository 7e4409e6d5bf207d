"""Numbers and units of a claim against those of its span."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checks import contradicts, fired_checks

UNRELATED = st.lists(
    st.sampled_from(
        [
            "The weather stayed mild.",
            "Nobody had expected the visit.",
            "The text was published in full.",
            "Farmers grow wheat and cotton there.",
            "Several ministers were abroad.",
        ]
    ),
    max_size=4,
)
WAIT = "Lorries wait 35 minutes on average, down from two hours before the opening."
COAST = "The Coast Guard intercepted 38 boats between January and June 2022, compared with 61 a year before."
FINE = "The fine is 3.2 million dollars and is due within 15 days."
ROAD = "The highway is 1,280 km long and crosses 24 bridges; 57 % of it is paved."
TREATY = "The treaty of 1995 was first used in June 2023 by Kellin, Lund and Feria."


def names(span: str, claim: str) -> set[str]:
    return {check.name for check in fired_checks(span, claim)}


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (WAIT, "Lorries wait 45 minutes on average."),
        (WAIT, "Lorries wait fifty minutes on average."),
        (COAST, "The Coast Guard intercepted 83 boats between January and June 2022."),
        (COAST, "The Coast Guard intercepted 61 boats between January and June 2022."),
        (FINE, "The fine is 4.2 million dollars."),
        (FINE, "The fine is due within 10 days."),
        (ROAD, "The highway crosses 29 bridges."),
        (ROAD, "The highway crosses about 40 bridges."),
        (ROAD, "Less than half of the highway is paved."),
        (ROAD, "The highway is about 1,500 km long."),
        (TREATY, "The treaty was first used after 18 years."),
        ("The second complaint was dismissed.", "The third complaint was dismissed."),
        ("The council met twice last year.", "The council met once last year."),
        ("Hundreds of people fled the valley.", "Thousands of people fled the valley."),
        ("Members of 13 states signed it.", "Members of 31 states signed it."),
    ],
)
def test_another_number_fires(span: str, claim: str) -> None:
    assert "number" in names(span, claim)


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        (WAIT, "On average lorries wait thirty-five minutes."),
        (WAIT, "Lorries wait more than half an hour on average."),
        (COAST, "The Coast Guard intercepted 23 fewer boats than a year before."),
        (COAST, "The Coast Guard stopped nearly 40 boats."),
        (COAST, "The Coast Guard intercepted thirty-eight boats."),
        (FINE, "The fine is $3.2 million."),
        (FINE, "It must be paid within 15 days."),
        (ROAD, "The highway crosses two dozen bridges."),
        (ROAD, "The highway is about 1,300 km long."),
        (ROAD, "The highway is over a thousand kilometres long."),
        (ROAD, "More than half of the highway is paved."),
        (TREATY, "It took 28 years for the treaty to be used."),
        (TREATY, "It took nearly 30 years for the treaty to be used."),
        (TREATY, "Three states used the treaty of 1995."),
        ("COVID-19 reached the valley.", "The valley was reached by COVID-19."),
        ("The team has six boats.", "The team has half a dozen boats."),
        ("About 13,000, by one count, live there.", "Some thirteen thousand live there by one count."),
        ("The wage gap narrowed from 19 to 8 per cent.", "The wage gap narrowed from 19% to 8%."),
        ("The party won 1, 056 seats.", "The party won 1,056 seats."),
        ("The plan covers 84 villages.", "Eighty-four villages are covered by the plan."),
    ],
)
def test_the_same_number_in_other_words_does_not(span: str, claim: str) -> None:
    assert names(span, claim) & {"number", "unit"} == set()


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        ("The pillar moved by 40 centimetres.", "The pillar moved by 40 metres."),
        ("They have 72 hours to reply.", "They have 72 days to reply."),
        ("The port lost 4 million dollars.", "The port lost 4 billion dollars."),
        ("The port lost 4 million dollars.", "The port lost 4 million euros."),
        ("Prices rose by 5 per cent.", "Prices rose by 5 percentage points."),
        ("The range is 3,700 kilometres.", "The range is 3,700 miles."),
        ("The award covers 84 square kilometres.", "The award covers 84 hectares."),
        ("It holds 18,400 tonnes of grain.", "It holds 18,400 kilograms of grain."),
        ("The council meets twice a month in Orr.", "The council meets twice a year in Orr."),
        ("Its weekly broadcast ended.", "Its monthly broadcast ended."),
    ],
)
def test_another_unit_fires(span: str, claim: str) -> None:
    fired = [check for check in fired_checks(span, claim) if check.name == "unit"]
    assert fired
    assert contradicts(fired[0])


@pytest.mark.parametrize(
    ("span", "claim"),
    [
        ("They have 14 days to reply.", "They have two weeks to reply."),
        ("They have 14 days to reply.", "They have a fortnight to reply."),
        ("The lease runs for 12 months.", "The lease runs for one year."),
        ("The line is 100 miles long.", "The line is about 161 km long."),
        ("The zone covers 84 square kilometres.", "The zone covers 8,400 hectares."),
        ("It weighs 2 tonnes.", "It weighs 2,000 kilograms."),
        ("They must reply within 18 months.", "They must reply within a year and a half."),
        ("It cost 860 million dollars.", "It cost USD 860 million."),
    ],
)
def test_a_conversion_that_holds_does_not(span: str, claim: str) -> None:
    assert names(span, claim) & {"number", "unit"} == set()


def test_a_number_of_something_else_fires_with_the_right_one() -> None:
    (check,) = fired_checks(
        "The old wing cost 40 crowns and the glass wing cost 90 crowns.", "The glass wing cost 40 crowns."
    )
    assert (check.name, check.source) == ("number", "90 crowns")


def test_a_number_that_is_nowhere_only_lacks_proof() -> None:
    (check,) = fired_checks("The station employs islanders.", "The station employs 2,900 islanders.")
    assert not contradicts(check)


@pytest.mark.parametrize(
    "claim", ["Lorries wait 45 minutes.", "Lorries wait 35 minutes on average.", "They wait 20 hours."]
)
@given(before=UNRELATED, after=UNRELATED)
def test_unrelated_sentences_make_no_number_fire(claim: str, before: list[str], after: list[str]) -> None:
    alone = {check.claim for check in fired_checks(WAIT, claim) if check.name in ("number", "unit")}
    longer = fired_checks(" ".join([*before, WAIT, *after]), claim)
    assert {check.claim for check in longer if check.name in ("number", "unit")} <= alone


@given(st.integers(2, 10**9))
def test_a_number_agrees_with_itself_however_it_is_grouped(number: int) -> None:
    fired = names(f"They counted {number:,} mines there.", f"There they counted {number} mines.")
    assert fired & {"number", "date"} == set()


@given(st.integers(100, 999), st.integers(100, 999))
def test_two_numbers_in_one_place_fire_unless_equal(one: int, other: int) -> None:
    fired = names(f"They counted {one} mines.", f"They counted {other} mines.")
    assert ("number" in fired) == (one != other)
