"""A follow-up takes the words it leans on from what was said; a question that stands alone takes none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.citations import REFUSED
from rag.conversation import standalone
from rag.terms import terms
from rag.types import Turn

HISTORY = (
    Turn("user", "What does the Orlova Convention ban?"),
    Turn("assistant", "The Orlova Convention bans the laying of mines in navigable rivers. [1]"),
)


@pytest.mark.parametrize(
    "follow_up",
    [
        "When did it enter into force?",
        "And who led the negotiation?",
        "What about Ostrana?",
        "How many states ratified that one?",
        "Why?",
        "Who signed?",
        "Which of the two is older?",
        "But did their parliament agree to those clauses in the end?",
        "Why did Velmark sign it?",
        "What did Velmark say about that?",
        "Was the crossing at Mirov open at that point?",
        "How did they respond to the inspection?",
    ],
)
def test_a_follow_up_gets_the_topic(follow_up: str) -> None:
    question, topic = standalone(follow_up, HISTORY)
    assert question == follow_up
    assert set(terms("Orlova Convention")) <= set(terms(topic))


@pytest.mark.parametrize(
    "question",
    [
        "How many soldiers does the garrison at Mirov hold?",
        "When was the fee for a large ferry raised by the Harbour Authority?",
        "When did Velmark launch its strikes?",
        "Which ferry sailed from Lesna to Mirov, and when was it built?",
        "How would a tougher line against militants benefit others?",
        "Is it established that Velmark mined the Lesna?",
        "Who were the two Ostranan officers that fell at Mirov?",
        "Did Dr. Halden see signs in 2024 that Velmark was turning away from Ostrana?",
    ],
)
def test_a_whole_question_stands_alone(question: str) -> None:
    assert standalone(question, HISTORY) == (question, "")


@pytest.mark.parametrize("question", ["Who leads the Lesna Guard?", "What weapons does Karsk have?"])
def test_a_short_question_about_a_new_name_stands_alone(question: str) -> None:
    assert standalone(question, HISTORY) == (question, "")


def test_a_refusal_gives_no_topic() -> None:
    said = Turn("user", "Is the Zembla pipeline open?"), Turn("assistant", f"{REFUSED} They say nothing.")
    assert standalone("And who built it?", said)[1].split() == ["Zembla", "pipeline", "open"]


def test_without_history_nothing_is_added() -> None:
    assert standalone("When did it end?", ()) == ("When did it end?", "")


def test_a_chain_of_follow_ups_keeps_its_subject() -> None:
    history = (
        *HISTORY,
        Turn("user", "When did it enter into force?"),
        Turn("assistant", "It entered into force on 12 September 1998. [1]"),
    )
    _, topic = standalone("And who led it?", history)
    assert set(terms("Orlova Convention 1998")) <= set(terms(topic))


def test_what_an_unrelated_exchange_said_before_is_left_behind() -> None:
    history = (
        Turn("user", "How large is the harbour of Lindos today?"),
        Turn("assistant", "Small. [1]"),
        *HISTORY,
    )
    assert "lindo" not in terms(standalone("When did it end?", history)[1])


@given(st.lists(st.sampled_from(["Lesna river", "Orlova ban", "why so", "it ended in 1998"]), max_size=6))
def test_the_topic_holds_words_of_the_history_once_and_few_of_them(said: list[str]) -> None:
    history = [Turn("user" if n % 2 == 0 else "assistant", text) for n, text in enumerate(said)]
    question, topic = standalone("And its Orlova end?", history)
    found = terms(topic)
    assert len(found) == len(set(found)) <= 16
    assert set(found) <= {term for text in said for term in terms(text)} - set(terms(question))
