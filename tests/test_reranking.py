"""A reading orders the pool anew, keeps sentences and hits together, and reads on for why questions."""

from __future__ import annotations

import pytest

from rag.assistant import Assistant
from rag.config import load_settings
from rag.reranking import Reading
from rag.terms import terms
from rag.types import Retriever

QUESTIONS = [
    "How many river mines did Velmark destroy?",
    "Why did the joint inspection take 28 years?",
    "What does the fee for a large ferry cost?",
    "Why did the port of Lindos close to container ships?",
    "Mirov",
]


@pytest.fixture(params=QUESTIONS)
def question(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[3, 10])
def reading(request: pytest.FixtureRequest, question: str, quick: Assistant) -> Reading:
    few = load_settings(strictness=0, passages=request.param)
    return Assistant(quick.index, quick.embedder, few).read(question)


def test_evidence_is_ranked_from_one_without_repeats(reading: Reading) -> None:
    assert [h.rank for h in reading.evidence] == list(range(1, len(reading.evidence) + 1))
    assert len({h.chunk_id for h in reading.evidence}) == len(reading.evidence)
    assert {h.retriever for h in reading.evidence} == {Retriever.RERANKED}


def test_the_sentences_are_those_of_the_evidence_best_first(reading: Reading, quick: Assistant) -> None:
    held = {
        (h.chunk.document, s.start)
        for h in reading.evidence
        for s in quick.index.sentences(h.chunk.document, h.chunk.start, h.chunk.end)
    }
    assert {(c.document, c.sentence.start) for c in reading.ranked} == held
    assert [c.score for c in reading.ranked] == sorted((c.score for c in reading.ranked), reverse=True)


def test_each_hit_has_its_own_terms(reading: Reading) -> None:
    for hit, bag in zip(reading.evidence, reading.bags, strict=True):
        spoken = frozenset(terms(f"{hit.chunk.heading} {hit.chunk.text}"))
        assert bag - reading.dated[hit.chunk.document] <= spoken <= bag


def test_the_date_of_a_document_is_known_in_words(quick: Assistant) -> None:
    dated = quick.read("What did the brief of March 2024 say about mines?").dated
    assert dated["briefs/river-mines.md"] == frozenset(terms("March 2024"))


def test_frequencies_count_the_chunks_that_hold_a_term(reading: Reading, quick: Assistant) -> None:
    chunks = quick.index.chunks(quick.index.all_chunk_ids()).values()
    bags = [set(terms(f"{c.heading} {c.text}")) for c in chunks]
    assert reading.frequencies == {t: sum(t in bag for bag in bags) for t in reading.question.terms}


def test_the_chunk_with_the_answering_sentence_comes_first(quick: Assistant) -> None:
    best = quick.read("How many river mines did Velmark destroy?").evidence[0]
    assert "destroyed 4,200 river mines" in best.chunk.text


def test_a_why_question_reads_on_in_the_documents_that_speak_of_it(quick: Assistant) -> None:
    few = Assistant(quick.index, quick.embedder, load_settings(strictness=0, passages=4))
    why = few.read("Why did the joint inspection take 28 years?")
    assert any("dispute over who pays" in c.sentence.text for c in why.ranked)
    assert len(why.evidence) > 4 == len(few.read("When was the joint inspection?").evidence)


def test_an_acronym_of_the_evidence_meets_its_long_form(quick: Assistant) -> None:
    weighted = quick.read("What has the ON cleared, the Ostranan Navy?").weighted
    assert weighted.holds(frozenset(terms("the Ostranan Navy")), "navi")
    by_short = quick.read("What does the JIS do?").weighted
    assert by_short.holds(frozenset(terms("the Joint Inspection Scheme")), "jis")
    assert not by_short.holds(frozenset(terms("the Joint Scheme")), "jis")
