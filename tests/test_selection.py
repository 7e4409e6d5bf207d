"""Scored sentences and the choice among them: laws that hold whatever the weights."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from embedders import HashEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.questions import read_question
from rag.selection import Candidate, Passage, Weighted, candidates, choose, dangles
from rag.terms import terms
from rag.types import Sentence

EMBEDDER = HashEmbedder(dimension=48, max_tokens=400)
QUESTIONS = st.sampled_from(
    [
        "Why did Velmark destroy its mines?",
        "When did Velmark destroy its mines?",
        "How many mines did Velmark destroy?",
        "Who destroyed the mines of Velmark?",
        "Compare Velmark and Ostrana on mines.",
        "Did Velmark destroy its mines?",
        "Velmark mines",
    ]
)
SAID = st.lists(
    st.sampled_from(
        [
            "Velmark destroyed 4,200 mines in 1999.",
            "Velmark destroyed 4,200 mines in 1999!",
            "It did so because Ostrana had asked.",
            "Ostrana has no mines.",
            "The river is long.",
            "General Reuel destroyed the mines of Velmark.",
            "This delay hampered trade.",
            "Trade grew by 14 percent.",
        ]
    ),
    min_size=1,
    max_size=12,
)


def passage(document: str, texts: list[str], rank: int) -> Passage:
    sentences, at = [], 0
    for text in texts:
        sentences.append(Sentence(at, at + len(text), text))
        at += len(text) + 1
    return Passage(document, "", sentences, EMBEDDER.embed_documents(texts), rank)


def weighted(question: str) -> Weighted:
    read = read_question(question)
    return Weighted(read, dict.fromkeys(read.terms, 1.0), {})


def ranked(question: str, *passages: Passage) -> list[Candidate]:
    return candidates(weighted(question), EMBEDDER.embed_query(question), passages)


@settings(deadline=None)
@given(QUESTIONS, SAID, SAID)
def test_every_sentence_is_a_candidate_once_best_first(question: str, one: list[str], two: list[str]) -> None:
    found = ranked(question, passage("a", one, 1), passage("b", two, 2), passage("a", one, 3))
    assert {(c.document, c.sentence.text) for c in found} == {("a", t) for t in one} | {("b", t) for t in two}
    assert len(found) == len(one) + len(two)
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)
    for candidate in found:
        assert 0 <= candidate.coverage <= candidate.reach <= 1 + 1e-9
        assert -1 - 1e-5 <= candidate.cosine <= 1 + 1e-5


@settings(deadline=None)
@given(QUESTIONS, SAID, st.randoms(use_true_random=False))
def test_the_order_of_passages_does_not_matter(question: str, said: list[str], chance: random.Random) -> None:
    passages = [passage(f"{n}.md", [text], 1) for n, text in enumerate(said)]
    assert ranked(question, *passages) == ranked(question, *chance.sample(passages, len(passages)))


@settings(deadline=None)
@given(QUESTIONS, SAID, SAID)
def test_the_choice_is_few_unlike_sentences_with_the_best(
    question: str, one: list[str], two: list[str]
) -> None:
    found = ranked(question, passage("a", one, 1), passage("b", two, 2))
    chosen = choose(weighted(question), found)
    if found[0].score > 0:
        assert chosen[0] == found[0]
    assert len(chosen) <= 10
    assert set(map(id, chosen)) <= set(map(id, found))
    words = [tuple(terms(c.sentence.text)) for c in chosen]
    assert len(set(words)) == len(words)


def test_the_best_is_chosen_even_where_nothing_fits() -> None:
    question = "Why did Velmark destroy its mines?"
    found = ranked(question, passage("a", ["Zebras sleep."], 1), passage("b", ["The river is long."], 40))
    low = [replace(c, score=c.score - 1) for c in found]
    assert choose(weighted(question), low)[:1] == low[:1]


def test_nothing_is_chosen_from_nothing() -> None:
    assert choose(weighted("Why?"), []) == []


def test_holding_the_question_s_words_is_better_than_not() -> None:
    question = "How many mines did Velmark destroy?"
    said = ["The river is long.", "Velmark destroyed 4,200 mines in 1999.", "Trade grew by 14 percent."]
    found = ranked(question, passage("a", said, 1))
    assert found[0].sentence.text == said[1]
    assert found[0].coverage == max(c.coverage for c in found) > 0.9


def test_coverage_is_the_share_of_weight() -> None:
    asked = replace(weighted("Velmark mines"), weights={"velmark": 3.0, "mine": 1.0})
    assert asked.coverage(frozenset({"velmark"})) == 0.75
    assert asked.coverage(frozenset({"mine", "other"})) == 0.25
    assert asked.coverage(frozenset()) == 0
    assert replace(asked, weights={}).coverage(frozenset({"mine"})) == 0


def test_a_variant_holds_where_all_of_it_is_there() -> None:
    asked = replace(weighted("NRF"), variants={"nrf": (frozenset({"nation", "front"}),)})
    assert asked.holds(frozenset({"nation", "front", "x"}), "nrf")
    assert not asked.holds(frozenset({"nation"}), "nrf")


def test_a_quantity_is_met_in_other_words() -> None:
    question = "Why did use of the route take 28 years?"
    said = [
        "Its use began in June 2023, though it was conceived in 1995.",
        "Its use began, though conceived.",
    ]
    by_years, without = ranked(question, passage("a", said[:1], 1), passage("b", said[1:], 1))
    assert by_years.sentence.text == said[0]
    assert by_years.coverage > without.coverage


def test_a_why_question_takes_the_cause_that_stands_beside() -> None:
    said = ["Velmark destroyed its mines.", "It did so because of the flood.", "Ostrana had no fee."]
    question = weighted("Why did Velmark destroy its mines?")
    chosen = choose(question, ranked("Why did Velmark destroy its mines?", passage("a", said, 1)))
    assert said[1] in [c.sentence.text for c in chosen]


@pytest.mark.parametrize(
    "sentence",
    [
        "It did so.",
        "This delay shows it.",
        "These ships are large.",
        "However, they left.",
        "Their fee rose.",
        "In this case, the fee rose.",
        "Of these, two left.",
        "The latter refused.",
        "That agreement failed.",
    ],
)
def test_a_sentence_that_leans_on_the_one_before_dangles(sentence: str) -> None:
    assert dangles(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Velmark destroyed it.",
        "The treaty bans mines.",
        "In June 2023 they met.",
        "Thistles are banned.",
        "Italy signed.",
        "That mines are banned is clear.",
        "However, Velmark left.",
        "Theirry voted.",
    ],
)
def test_a_sentence_that_stands_alone_does_not(sentence: str) -> None:
    assert not dangles(sentence)


def test_scores_do_not_depend_on_chance() -> None:
    said = ["Velmark destroyed 4,200 mines in 1999.", "The river is long."]
    first, second = (ranked("Velmark mines", passage("a", said, 1)) for _ in range(2))
    assert first == second
    assert np.isfinite([c.score for c in first]).all()
