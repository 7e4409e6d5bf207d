"""What the support model says of a question over its evidence: answered or not, premises contradicted or not."""

from __future__ import annotations

import pytest

from rag.answerability import READ, read_answers
from rag.assistant import Assistant
from rag.judgement import judge
from rag.premise_reading import read_premises
from rag.support import SupportModel, bundled_support_model

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def model() -> SupportModel:
    return bundled_support_model()


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Who commands the garrison at Mirov?", "Reuel"),
        ("Why did trade through the Mirov crossing increase?", "tariff"),
    ],
)
def test_the_sentence_that_answers_is_read_as_answering(
    assistant: Assistant, model: SupportModel, question: str, told: str
) -> None:
    reading = assistant.read(question)
    answers = read_answers(model, reading.question.text, reading.ranked, assistant.index.document)
    best = max(answers, key=lambda answer: answer.alone)
    assert told in best.candidate.sentence.text
    assert [a.candidate for a in answers] == list(reading.ranked[:READ])


def test_a_question_that_is_answered_is_surer_than_one_that_is_not(
    assistant: Assistant, model: SupportModel
) -> None:
    told, silent = (
        judge(assistant.index, assistant.read(question), model).confidence
        for question in ("Who commands the garrison at Mirov?", "What does a ferry ticket at Mirov cost?")
    )
    assert told > silent


def test_nothing_found_is_no_answer(assistant: Assistant, model: SupportModel) -> None:
    reading = assistant.read("Which sourdough starter does the baker prefer?")
    judged = judge(assistant.index, reading, model)
    assert judged.confidence < 0.5


@pytest.mark.parametrize(
    "question", ["Who commands the garrison at Mirov?", "How many river mines did Velmark destroy?"]
)
def test_a_premise_that_holds_is_left_alone(assistant: Assistant, model: SupportModel, question: str) -> None:
    reading = assistant.read(question)
    assert read_premises(model, reading.weighted, reading.ranked) == []


def test_a_premise_that_the_sources_deny_is_shown_with_its_sentence(
    assistant: Assistant, model: SupportModel
) -> None:
    reading = assistant.read("Why did the government of Karstia condemn the return of the Velmark assembly?")
    found = judge(assistant.index, reading, model)
    assert found.corrected
    assert any("celebrated" in c.sentence.text for p in found.premises for c in p.shown_by)
