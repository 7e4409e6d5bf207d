"""The one `ask` behind every face, as a LangChain Runnable, a follow-up, a stream, and a fresh reader."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from embedders import HashEmbedder
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import Runnable, RunnableLambda

from rag.assistant import Assistant
from rag.citations import as_json
from rag.config import load_settings
from rag.errors import IndexMismatch, IndexMissing, UsageError
from rag.index import Index
from rag.indexing import update_index
from rag.pipeline import MAX_QUESTION
from rag.types import Answer, Filters, Refusal, Turn

MINES = "How many river mines did Velmark destroy?"
FERRY = "What does the fee for a large ferry cost?"


def told(result: Answer | Refusal) -> str:
    """The whole object as printed, without what a clock says."""
    return json.dumps({**as_json(result), "timings_ms": None}, sort_keys=True)


class Names(BaseCallbackHandler):
    """The names of the runs that began, and how many ended."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended = 0
        self.errors: list[str] = []

    def on_chain_start(self, serialized: Any, inputs: Any, **kwargs: Any) -> None:
        self.begun.append(str(kwargs.get("name")))

    def on_chain_end(self, outputs: Any, **kwargs: Any) -> None:
        self.ended += 1

    def on_chain_error(self, error: BaseException, **kwargs: Any) -> None:
        self.errors.append(type(error).__name__)


def test_every_way_to_ask_gives_the_same_answer(quick: Assistant) -> None:
    asked = told(quick.ask(MINES))
    assert "4,200" in asked
    assert isinstance(quick, Runnable)
    assert told(quick.invoke(MINES)) == asked
    assert told(quick.invoke({"question": f"  {MINES}\n"})) == asked
    assert told(asyncio.run(quick.ainvoke(MINES))) == asked
    assert told(list(quick.stream(MINES))[-1]) == asked
    assert told(list(quick.ask_stream(MINES))[-1]) == asked


def test_a_batch_keeps_the_order(quick: Assistant) -> None:
    questions = [MINES, FERRY, MINES]
    expected = [told(quick.ask(question)) for question in questions]
    assert [told(r) for r in quick.batch(list(questions))] == expected
    assert [told(r) for r in asyncio.run(quick.abatch(list(questions)))] == expected


def test_a_stream_grows_claim_by_claim(quick: Assistant) -> None:
    grown = list(quick.stream("Why did the joint inspection take 28 years?"))
    assert all(isinstance(step, Answer) for step in grown)
    claims = [step.claims for step in grown if isinstance(step, Answer)]
    assert [len(c) for c in claims] == list(range(1, len(claims) + 1))
    assert len(claims) > 1
    assert all(c == claims[-1][: len(c)] for c in claims)


def test_the_assistant_stands_in_a_chain(quick: Assistant) -> None:
    ask_about: Runnable[str, str] = RunnableLambda(lambda name: f"How many river mines did {name} destroy?")
    chain = ask_about | quick | RunnableLambda(told)
    assert chain.invoke("Velmark") == told(quick.ask(MINES))


def test_callbacks_hear_of_every_stage(quick: Assistant) -> None:
    names = Names()
    quick.invoke(MINES, {"callbacks": [names]})
    assert names.begun.index("retrieve") < names.begun.index("answer")
    assert names.ended == len(names.begun)
    assert names.errors == []


def test_the_same_question_twice_gives_the_same_object(quick: Assistant) -> None:
    for question in (MINES, FERRY, "Why did the joint inspection take 28 years?"):
        assert told(quick.ask(question)) == told(quick.ask(question))


def test_threads_may_share_an_assistant(quick: Assistant) -> None:
    questions = [MINES, FERRY, "Mirov", "Who commands the garrison at Mirov?"] * 4
    expected = {question: told(quick.ask(question)) for question in questions}
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda q: told(quick.ask(q)), questions)) == [expected[q] for q in questions]


@pytest.mark.parametrize("ask", [Assistant.ask, Assistant.search, Assistant.invoke])
@pytest.mark.parametrize("question", ["", " \n\t ", "x" * (MAX_QUESTION + 1)])
def test_an_empty_or_overlong_question_is_the_user_s_error(
    quick: Assistant, ask: Callable[[Assistant, str], object], question: str
) -> None:
    with pytest.raises(UsageError, match=rf"empty|{MAX_QUESTION}"):
        ask(quick, question)


@pytest.mark.parametrize("question", ["?", "¿…!", "the of and", "🚢", "第一条", "a" * MAX_QUESTION, "x\x00y"])
def test_odd_questions_get_a_result(quick: Assistant, question: str) -> None:
    assert isinstance(quick.ask(question), Answer | Refusal)


def test_a_follow_up_is_read_with_what_was_said(quick: Assistant) -> None:
    history = (
        Turn("user", "What does the Orlova Convention ban?"),
        Turn("assistant", "Mines in rivers. [1]"),
    )
    result = quick.ask("And when did it enter into force?", history)
    assert result.question == "And when did it enter into force?"
    assert "Orlova" in result.standalone_question
    assert isinstance(result, Answer)
    assert any("12 September 1998" in claim.text for claim in result.claims)
    alone = quick.ask(FERRY, history)
    assert alone.standalone_question == FERRY
    assert told(alone) == told(quick.ask(FERRY))


def test_an_answer_says_what_it_came_from_and_what_it_took(quick: Assistant) -> None:
    result = quick.ask(MINES)
    info = quick.index.info()
    assert result.index == info
    assert info.embedding_model == "hash"
    assert info.chunks == len(quick.index.all_chunk_ids())
    assert result.timings.retrieve > 0
    assert result.timings.answer > 0
    assert result.retrieved


def test_filters_narrow_the_answer(quick: Assistant) -> None:
    law = quick.ask("What about Ostrana and the Lesna?", filters=Filters(types=("regulation",)))
    assert {h.chunk.document for h in law.retrieved} == {"law/ferry-regulation.md"}


def test_an_open_assistant_sees_what_another_writer_adds(
    library: Path, hashed_index: Path, hashing: HashEmbedder, tmp_path: Path
) -> None:
    directory, folder = tmp_path / "index", tmp_path / "library"
    shutil.copytree(hashed_index, directory)
    shutil.copytree(library, folder)
    with Assistant(Index.open(directory), hashing, load_settings(strictness=0)) as assistant:
        before = assistant.ask("What did the zeppelin carry?")
        assert "zeppelin" not in told(before).replace(before.question, "")
        (folder / "zeppelin.md").write_text(
            "# Air\n\nThe zeppelin carried seventy crates.\n", encoding="utf-8"
        )
        update_index(directory, [str(folder)], hashing, chunk_tokens=25)
        after = assistant.ask("What did the zeppelin carry?")
        assert isinstance(after, Answer)
        assert after.claims[0].text == "The zeppelin carried seventy crates."
        assert after.index.generation > before.index.generation
        (folder / "zeppelin.md").unlink()
        update_index(directory, [str(folder)], hashing, chunk_tokens=25)
        assert assistant.search("zeppelin", 50, None) != ()
        assert all(h.chunk.document != "zeppelin.md" for h in assistant.search("zeppelin", 50))


def test_opening_what_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="rag index"):
        Assistant.open(tmp_path / "nowhere")


def test_opening_with_bad_settings_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="passages"):
        Assistant.open(tmp_path, passages=0)


def test_an_index_of_another_model_is_not_answered_from(hashed_index: Path) -> None:
    with Index.open(hashed_index) as index, pytest.raises(IndexMismatch, match="rag index --rebuild"):
        index.check_embedder(HashEmbedder(dimension=64, name="other"))


@pytest.mark.model
def test_open_loads_the_model_that_the_index_was_built_with(real_index: Path) -> None:
    with Assistant.open(real_index) as opened:
        result = opened.ask(MINES)
    assert isinstance(result, Answer)
    assert result.index.embedding_model == "all-MiniLM-L6-v2"
    assert any("4,200" in claim.text for claim in result.claims)


@pytest.mark.model
def test_the_real_model_gives_the_same_object_twice(assistant: Assistant) -> None:
    assert told(assistant.ask(FERRY)) == told(assistant.ask(FERRY))


@pytest.mark.model
def test_a_question_that_is_no_unicode_is_the_user_s_error(assistant: Assistant) -> None:
    with pytest.raises(UsageError):
        assistant.ask("\udcff mines")


@pytest.mark.model
def test_a_follow_up_finds_the_passage_over_the_real_model(assistant: Assistant) -> None:
    history = (
        Turn("user", "What does the Orlova Convention ban?"),
        Turn("assistant", "The Orlova Convention bans the laying of mines in navigable rivers. [1]"),
    )
    reading = assistant.read("And when did it enter into force?", history)
    assert "12 September 1998" in reading.evidence[0].chunk.text
    assert any("12 September 1998" in c.sentence.text for c in reading.ranked[:3])
