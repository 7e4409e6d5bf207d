"""What a question takes for granted, as statements."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.presuppositions import presuppositions


@pytest.mark.parametrize(
    ("question", "statements"),
    [
        ("Why did Velmark refuse the Orlova Convention?", ["Velmark refuse the Orlova Convention."]),
        ("When did Karstia launch its airstrikes?", ["Karstia launch its airstrikes."]),
        ("How many ships does Ostrana keep at Mirov?", ["Ostrana keep ships at Mirov."]),
        ("How many permits were issued in 2004?", ["Permits were issued in 2004."]),
        ("Who closed the Mirov crossing?", ["Someone closed the Mirov crossing."]),
        (
            "What did Karstia offer once it had accepted the truce of 2021?",
            [
                "Karstia offer once it had accepted the truce of 2021.",
                "Karstia had accepted the truce of 2021.",
            ],
        ),
        (
            "Which clauses of the treaty that Velmark signed in 2021 were changed?",
            ["Clauses of the treaty that Velmark signed in 2021 were changed."],
        ),
        (
            "What came of the Lesna being open all year?",
            ["The Lesna was open all year."],
        ),
        (
            "Reuel left Mirov while his army was retreating. To whom did Karstia hand the town?",
            [
                "Reuel left Mirov while his army was retreating.",
                "Reuel’s army was retreating.",
                "Karstia hand the town.",
            ],
        ),
    ],
)
def test_statements(question: str, statements: list[str]) -> None:
    assert set(statements) <= set(presuppositions(question))


@pytest.mark.parametrize(
    "question",
    ["Is Velmark a party to the convention?", "Did Karstia refuse?", "Tell me about Mirov", "Why?"],
)
def test_a_question_that_takes_nothing_for_granted_gives_nothing(question: str) -> None:
    assert presuppositions(question) == ()


def test_the_second_half_and_the_source_asked_of_are_left_out() -> None:
    assert presuppositions("Why did Velmark refuse, according to the author?") == ()
    assert presuppositions("Why did Velmark refuse the scheme, and when was it signed?") == (
        "Velmark refuse the scheme.",
    )


@given(st.text(max_size=300))
def test_every_statement_is_one_sentence_of_three_words_and_more(question: str) -> None:
    for statement in presuppositions(question):
        assert len(statement.split()) >= 3
        assert statement.endswith(".")
