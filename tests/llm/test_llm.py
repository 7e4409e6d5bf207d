"""Write mode with a real chat model, by name, over an OpenAI-compatible server."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from evals.cases import case_from_json
from evals.run import ask_all
from evals.scoring import score
from evals.subject import open_subject
from rag.assistant import Assistant
from rag.config import load_settings
from rag.types import Answer, Citation, Claim, Mode, NoteKind, Refusal, Verdict
from rag.verification import Finding, Verifier

pytestmark = [pytest.mark.llm, pytest.mark.model, pytest.mark.timeout(180)]

QUESTIONS = (
    "How many river mines did Velmark destroy?",
    "Why did trade through the Mirov crossing increase?",
    "How long is a ferry licence valid?",
    "Who commands the garrison at Mirov?",
)
NAME = "openai:smollm2"
CASE = {
    "id": "M1",
    "question": QUESTIONS[0],
    "type": "numeric",
    "answer": "4,200 between 1999 and 2003.",
    "must_include": ["4,200"],
    "evidence": [{"document": "briefs/river-mines.md", "quote": "Velmark destroyed 4,200 river mines"}],
    "answerable": True,
}
NAME_OR_NUMBER = re.compile(r"(?<!^)\b(?:[A-Z]\w+|\d[\d,.]*\d|\d)")


@pytest.fixture(scope="module")
def writing(real_index: Path, address: str) -> Iterator[Assistant]:
    with Assistant.open(real_index, NAME, chat_base_url=address, chat_answer=96, passages=2) as opened:
        yield opened


@pytest.fixture(scope="module")
def answers(writing: Assistant) -> dict[str, Answer | Refusal]:
    """What it answers, asked once for all tests."""
    return {question: writing.ask(question) for question in QUESTIONS}


def test_the_model_wrote_every_answer(answers: dict[str, Answer | Refusal]) -> None:
    for result in answers.values():
        assert result.usage is not None
        assert result.usage.model == "smollm2"
        assert result.usage.output_tokens > 3
        assert result.usage.reported_input_tokens
        assert result.usage.first_token is not None


def shown(result: Answer | Refusal) -> list[tuple[Claim, list[Citation]]]:
    """The model's own sentences with what they cite."""
    if not isinstance(result, Answer) or result.mode is not Mode.WRITE:
        return []
    by_number = {c.n: c for c in result.citations}
    return [(claim, [by_number[n] for n in claim.citations]) for claim in result.claims]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_shown_sentence_is_verified_against_what_it_cites(
    writing: Assistant, answers: dict[str, Answer | Refusal], question: str
) -> None:
    verifier = Verifier()
    for claim, cited in shown(answers[question]):
        assert claim.verdict is Verdict.SUPPORTED
        assert any(verifier.verify(c.quote, claim.text).verdict is Verdict.SUPPORTED for c in cited), claim
        for c in cited:
            assert writing.index.document(c.document).text[c.start : c.end] == c.quote


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_name_and_number_shown_stands_in_what_is_cited(
    answers: dict[str, Answer | Refusal], question: str
) -> None:
    """Judged by its words alone, not by the verifier that let the sentence through."""
    for claim, cited in shown(answers[question]):
        said = " ".join(f"{c.quote} {c.title} {c.section}" for c in cited).casefold()
        foreign = [word for word in NAME_OR_NUMBER.findall(claim.text) if word.casefold() not in said]
        assert not foreign, claim.text


def test_quotes_take_the_place_of_an_answer_that_is_struck(
    writing: Assistant, answers: dict[str, Answer | Refusal]
) -> None:
    struck = {
        question: result
        for question, result in answers.items()
        if isinstance(result, Answer) and result.mode is Mode.QUOTE
    }
    assert struck, "none of these answers is struck whole; ask this model something harder"
    for question, answer in struck.items():
        quoted = writing.ask(question, mode=Mode.QUOTE)
        assert isinstance(quoted, Answer)
        assert answer.claims == quoted.claims
        assert answer.struck
        cautions = [note.text for note in answer.notes if note.kind is NoteKind.CAUTION]
        assert len(cautions) == 1
        assert cautions[0].endswith("These are quotes instead.")


class Unconvinced:
    """Finds nothing supported."""

    name = "unconvinced"

    def verify_all(self, pairs: Sequence[tuple[str, str]]) -> list[Finding]:
        return [Finding(Verdict.NOT_FOUND, 0.0, (), 0, 0) for _ in pairs]


def test_whatever_it_writes_nothing_of_it_is_shown_unverified(writing: Assistant, address: str) -> None:
    settings = load_settings(
        chat_model=NAME, chat_base_url=address, chat_answer=64, passages=2, chat_temperature=2.0
    )
    strict = Assistant(writing.index, writing.embedder, settings, verifier=Unconvinced())
    result = strict.ask(QUESTIONS[0])
    quoted = writing.ask(QUESTIONS[0], mode=Mode.QUOTE)
    assert isinstance(result, Answer)
    assert isinstance(quoted, Answer)
    assert (result.mode, result.claims) == (Mode.QUOTE, quoted.claims)


def test_a_server_that_is_gone_gives_the_quotes(real_index: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        gone = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
    with Assistant.open(real_index, NAME, chat_base_url=gone, chat_retries=0) as opened:
        result = opened.ask(QUESTIONS[0])
    assert isinstance(result, Answer)
    assert result.mode is Mode.QUOTE
    assert any("does not answer" in note.text for note in result.notes)


def test_an_eval_in_write_mode_scores_what_the_model_wrote(
    real_index: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_CHAT_BASE_URL", address)
    settings = {"mode": "write", "passages": 2, "chat_answer": 64, "strictness": 0}
    case = case_from_json(CASE, "here", "dev")
    with open_subject(real_index, settings, NAME) as subject:
        (asked,) = ask_all([case], subject.ask, workers=1)
        scored = score(case, asked.response, subject.text_of, Verifier())
    assert subject.config["chat_model"] == NAME
    assert not asked.response.error
    assert scored.scores["groundedness"] == 1.0
