"""What a question asks for, whom it names, and what stands right after what/which/how many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.questions import Asks, read_question
from rag.terms import stem, terms


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("When was the treaty signed?", Asks.WHEN),
        ("In what year did the ban take effect?", Asks.WHEN),
        ("Until when did the waiver run?", Asks.WHEN),
        ("and when did it end?", Asks.WHEN),
        ("Who leads the National Resistance Front?", Asks.WHO),
        ("Whose proposal was it?", Asks.WHO),
        ("Which country hosts the dialogue?", Asks.WHO),
        ("Where is the corridor?", Asks.WHERE),
        ("Which districts were struck?", Asks.WHERE),
        ("How many mines were destroyed?", Asks.HOW_MANY),
        ("How much did the port cost?", Asks.HOW_MANY),
        ("What percentage of exports goes to China?", Asks.HOW_MANY),
        ("How large is the port?", Asks.HOW_MANY),
        ("How long did the talks last?", Asks.HOW_LONG),
        ("How many years did ratification take?", Asks.HOW_LONG),
        ("Why did QTTA usage take 28 years?", Asks.WHY),
        ("What caused the delay?", Asks.WHY),
        ("What is the reason for the ban?", Asks.WHY),
        ("How come the port closed?", Asks.WHY),
        ("How did Kabul respond?", Asks.HOW),
        ("In what ways do the agreements help?", Asks.HOW),
        ("Is Tajikistan a party to the QTTA?", Asks.YES_NO),
        ("Has the ban been enforced?", Asks.YES_NO),
        ("Doesn't the treaty ban mines?", Asks.YES_NO),
        ("According to the article, has Tajikistan struck targets?", Asks.YES_NO),
        ("Compare the two treaties.", Asks.COMPARE),
        ("How do the two reports differ?", Asks.COMPARE),
        ("List the parties to the treaty.", Asks.LIST),
        ("Summarise the agreement.", Asks.LIST),
        ("What does the treaty forbid?", Asks.WHAT),
        ("Tell me about the corridor", Asks.WHAT),
        ("WHEN WAS IT SIGNED", Asks.WHEN),
    ],
)
def test_a_question_asks_for_one_kind_of_thing(question: str, asks: Asks) -> None:
    read = read_question(question)
    assert read.asks is asks
    assert read.presupposes is (asks is not Asks.YES_NO)


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("What must states do when a mine is found?", Asks.WHAT),
        ("Why did it close when the storm came?", Asks.WHY),
    ],
)
def test_a_clause_with_when_asks_for_no_date(question: str, asks: Asks) -> None:
    assert read_question(question).asks is asks


@pytest.mark.parametrize(
    ("question", "names", "not_names"),
    [
        ("Who leads the National Resistance Front?", "National Resistance Front", "leads"),
        ("Why did QTTA usage take 28 years?", "QTTA 28", "usage years"),
        ("Is Tajikistan a party to the QTTA?", "Tajikistan QTTA", "party"),
        ("What does the Ministry of Foreign Affairs say?", "Ministry Foreign Affairs", "say"),
        ("Did Al-Qaeda move in 2021?", "Qaeda 2021", "move"),
        ("Treaties of Kabul?", "Kabul", "party"),
        ("What is CASA-1000?", "CASA 1000", "what"),
        ("How many mines were destroyed?", "", "mines destroyed"),
    ],
)
def test_names_are_what_is_written_as_a_name(question: str, names: str, not_names: str) -> None:
    found = read_question(question).names
    assert set(terms(names)) <= found
    assert not set(terms(not_names)) & found


@pytest.mark.parametrize(
    ("question", "focus"),
    [
        ("What percentage of exports goes to China?", "percentage"),
        ("How many mines were destroyed?", "mines"),
        ("Which districts were struck?", "districts"),
        ("What sums did India commit?", "sums"),
        ("Whose proposal was it?", "proposal"),
        ("When was it signed?", ""),
        ("Who leads it?", ""),
    ],
)
def test_the_focus_is_what_is_asked_for(question: str, focus: str) -> None:
    assert list(read_question(question).focus) == terms(focus)


def test_words_of_asking_are_no_terms() -> None:
    read = read_question("According to the article, what does the text say about the corridor?")
    assert read.terms == (stem("corridor"),)


def test_a_question_of_nothing_but_asking_words_keeps_them() -> None:
    assert read_question("What happened?").terms == (stem("happened"),)


def test_the_topic_adds_terms_and_names_and_asks_nothing() -> None:
    alone, together = read_question("Why did it end?"), read_question("Why did it end?", "When QTTA Kabul")
    assert together.asks is alone.asks is Asks.WHY
    assert {"qtta", "kabul"} <= set(together.terms) - set(alone.terms)
    assert {"qtta", "kabul"} <= together.names - alone.names


@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_can_be_read(text: str, topic: str) -> None:
    read = read_question(text, topic)
    assert len(set(read.terms)) == len(read.terms)
    assert set(read.focus) <= set(terms(text))
