"""Statements that cannot all hold: between sentences, about what is asked, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.disagreement import Disagreement, Kind, Statement, find_disagreements
from rag.questions import read_question
from rag.selection import Weighted
from rag.types import Sentence


def statements(*texts: str, relevance: Sequence[float] = (), one_document: bool = False) -> list[Statement]:
    made, start = [], 0
    for i, text in enumerate(texts):
        sentence = Sentence(start, start + len(text), text)
        path = "a.md" if one_document else f"{'abcdef'[i]}.md"
        made.append(Statement(path, f"Title {i}", f"202{i}", sentence, relevance[i] if relevance else 1.0))
        start += len(text) + 1
    return made


def asked(question: str) -> Weighted:
    read = read_question(question)
    return Weighted(read, dict.fromkeys(read.terms, 1.0), {})


def values(found: Sequence[Disagreement]) -> list[tuple[Kind, str, str]]:
    return [(d.kind, d.left_value, d.right_value) for d in found]


DISAGREE = [
    (
        "The storm killed 120,000 people in Drava in 1970.",
        "The storm of 1970 killed 50,000 people in Drava.",
        (Kind.NUMBER, "120,000 people", "50,000 people"),
    ),
    (
        "The Harbour Pact was signed on 3 May 1991.",
        "According to the ministry, the Harbour Pact was signed in June 1992.",
        (Kind.DATE, "3 May 1991", "June 1992"),
    ),
    (
        "The seat of the Harbour Board is Oslo.",
        "The seat of the Harbour Board is Bergen, on the coast.",
        (Kind.NAME, "Oslo", "Bergen"),
    ),
    (
        "The Harbour Pact cost Drava USD 40 million.",
        "Sources disagree on the cost of the Harbour Pact: Vela gives USD 60 million, and the Gazette gives USD 75 million.",
        (Kind.NUMBER, "USD 40 million", "USD 60 million"),
    ),
]
AGREE = [
    ("The dam at Mirov cost about USD 500 million.", "The dam at Mirov cost USD 512 million."),
    ("The port handled 4 million tonnes in 2019.", "The port handled 5 million tonnes in 2020."),
    ("In 2019 the port handled 4 million tonnes.", "In the first half of 2019 the port handled 2 million tonnes."),
    ("The storm killed 120 people in Drava in 1970.", "The storm killed 30 people in Orlova in 1970."),
    ("Norland exported 40 tonnes of tin in 2020.", "Norland imported 70 tonnes of tin in 2020."),
    ("The Harbour Pact was signed on 3 May 1991.", "The River Pact was signed on 9 June 1994."),
    ("The envoys met at Mirov on 3 May 1991.", "The envoys met at Mirov on 9 June 1994."),
    ("The director of the Board in 2014 was Anna Kern.", "The director of the Board in 2019 was Piet Vos."),
    ("The whole line cost USD 90 million.", "The northern section of the line cost USD 30 million."),
    ("The Board has never met in Drava.", "The Board met the press in Oslo, and Drava took part."),
    (
        "The Board has 200 permits for each port.",
        "The permits of the Board appear as 200 for each port and as 800 in total, and both figures are right.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right", "expected"), DISAGREE)
def test_two_documents_that_disagree(left: str, right: str, expected: tuple[Kind, str, str]) -> None:
    assert expected in values(find_disagreements(statements(left, right)))


@pytest.mark.parametrize(("left", "right"), AGREE)
def test_two_documents_that_only_look_as_if_they_did(left: str, right: str) -> None:
    assert find_disagreements(statements(left, right)) == []


def test_a_denial_against_what_it_denies() -> None:
    found = find_disagreements(
        statements("Drava has ratified the Harbour Pact.", "Drava has not ratified the Harbour Pact.")
    )
    assert [d.kind for d in found] == [Kind.POLARITY]
    assert "not" in found[0].right_value
    assert "not" not in found[0].left_value


def test_within_a_document_only_what_it_says_to_be_in_dispute_is_compared() -> None:
    plain = ("The storm killed 120,000 people in Drava.", "The storm killed 50,000 people in Drava.")
    assert find_disagreements(statements(*plain, one_document=True)) == []
    listed = (
        "Sources disagree on the founding of the Board: Vela gives 2006, and the Gazette gives 2010.",
        "Other dates for the founding of the Board are 1994, according to Orlova Today, and 1999.",
    )
    found = find_disagreements(statements(*listed, one_document=True))
    assert (Kind.DATE, "2006", "1994") in values(found)
    assert "Orlova Today" in {d.right.said_by for d in found}


@pytest.mark.parametrize("one_document", [False, True])
def test_values_stand_where_their_spans_say(one_document: bool) -> None:
    texts = [left for left, _, _ in DISAGREE] + [DISAGREE[-1][1]]
    whole = " ".join(texts)
    found = find_disagreements(statements(*texts, one_document=one_document))
    assert found
    for d in found:
        assert whole[slice(*d.left_span)] in d.left_value
        assert whole[slice(*d.right_span)] in d.right_value
        assert d.left.sentence.start <= d.left_span[0] < d.left_span[1] <= d.left.sentence.end


@given(st.permutations(range(4)))
def test_the_order_of_the_evidence_changes_nothing(order: list[int]) -> None:
    texts = [DISAGREE[0][0], DISAGREE[0][1], DISAGREE[1][0], DISAGREE[1][1]]
    found = find_disagreements(statements(*(texts[i] for i in order)))
    assert {frozenset((d.left_value, d.right_value)) for d in found} == {
        frozenset(("120,000 people", "50,000 people")),
        frozenset(("3 May 1991", "June 1992")),
    }


TOLL = "Sources disagree on the toll of the storm at Lindos: Vela gives 91, and the Gazette gives 120."
LENGTH = (
    "Sources disagree on the length of the wall at Lindos: Vela gives 220 km, and the Gazette gives 300 km."
)
OWNER = "Sources disagree on who owns the port of Lindos: Vela names Drava, and the Gazette names Velmark."


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What was the toll of the storm at Lindos?", {"91"}),
        ("How long is the wall at Lindos?", {"220 km"}),
        ("Who owns the port of Lindos?", {"Drava"}),
        ("How high is the wall at Lindos?", set()),
        ("When was the wall at Lindos built?", set()),
        ("How long is the wall at Mirov?", set()),
        ("What was the toll of the storm at Lindos in 2031?", {"91"}),
    ],
)
def test_only_what_is_asked(question: str, expected: set[str]) -> None:
    found = find_disagreements(statements(TOLL, LENGTH, OWNER), asked(question))
    assert {d.left_value for d in found} == expected


def test_a_dispute_of_another_year_is_not_what_is_asked() -> None:
    dated = (
        "Sources disagree on the toll of the raid of 4 May 2019: Vela gives 91, and the Gazette gives 120."
    )
    assert find_disagreements(statements(dated), asked("What was the toll of the raid of May 2019?"))
    assert not find_disagreements(statements(dated), asked("What was the toll of the raid of May 2021?"))


def test_a_sentence_far_from_the_question_does_not_count() -> None:
    question = asked("What was the toll of the storm at Lindos?")
    assert find_disagreements(statements(TOLL, relevance=[0.9]), question)
    assert not find_disagreements(statements(TOLL, relevance=[0.3]), question)


def test_no_statements_no_disagreements() -> None:
    assert find_disagreements([]) == []
    assert find_disagreements([], asked("What was the toll?")) == []
