"""A draft's sentences: exact text of the draft, and only what states something is to be verified."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.statements import Unchecked, statements


def claims(text: str) -> list[str]:
    return [one.claim for one in statements(text) if one.unchecked is None]


@pytest.mark.parametrize(
    ("draft", "claim"),
    [
        ("- **Trade** rose by 14 percent [2, 3].", "Trade rose by 14 percent."),
        ("3) Trade rose by `14` percent in 2022.", "Trade rose by 14 percent in 2022."),
        ("See [the report](https://example.org) on trade in 2022.", "See the report on trade in 2022."),
        ("> Trade rose by 14 percent.[^4]", "Trade rose by 14 percent."),
        ("“Trade rose by 14 percent.”", "Trade rose by 14 percent."),
        ("Trade rose\nby 14 percent.", "Trade rose by 14 percent."),
    ],
)
def test_a_claim_is_the_sentence_without_its_markup(draft: str, claim: str) -> None:
    assert claims(draft) == [claim]


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        ("## Trade and tariffs\n\nTrade rose.", Unchecked.HEADING),
        ("Did trade rise by 14 percent?", Unchecked.QUESTION),
        ("Let me know if you need anything else.", Unchecked.COURTESY),
        ("Dear colleagues,", Unchecked.COURTESY),
        ("Mines are banned [1].\n\n[1]: Annual report of the depositary, 2023", Unchecked.REFERENCE),
        ("The port offers:\n- two berths for ferries;\n- one crane.", Unchecked.LEAD_IN),
    ],
)
def test_what_states_nothing_says_why(draft: str, why: Unchecked) -> None:
    assert why in {one.unchecked for one in statements(draft)}


def test_an_item_continues_the_line_above_its_list() -> None:
    assert claims("The port offers:\n- two berths for ferries;\n- one crane.") == [
        "The port offers two berths for ferries.",
        "The port offers one crane.",
    ]


def test_a_sentence_that_leans_on_the_one_before_knows_it() -> None:
    first, second = statements("The convention was signed in 1995. It bans river mines.")
    assert (first.topic, second.topic) == ("", "The convention was signed in 1995.")


@given(st.text(max_size=300))
def test_sentences_stand_in_order_and_do_not_overlap(draft: str) -> None:
    found = statements(draft)
    assert all(0 <= one.start < one.end <= len(draft) for one in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
