from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from test_ui_results import ANSWER, REFUSAL

from rag.assistant import Assistant
from rag.citations import answer_text
from rag.errors import IndexBusy, UsageError
from rag.types import Answer, Filters, Mode, Refusal, Turn
from ui import history
from ui.asking import Inquiry, answers, earlier


class Slow(Assistant):
    """Gives one more claim whenever it is let go on; notes where it stopped."""

    def __init__(self, assistant: Assistant, results: Sequence[Answer | Refusal | Exception]) -> None:
        super().__init__(assistant.index, assistant.embedder, assistant.settings)
        self.results = results
        self.go = threading.Semaphore(0)
        self.given = 0
        self.ended = threading.Event()

    def ask_stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        mode: Mode | None = None,
    ) -> Iterator[Answer | Refusal]:
        try:
            for result in self.results:
                assert self.go.acquire(timeout=10)
                if isinstance(result, Exception):
                    raise result
                self.given += 1
                yield result
        finally:
            self.ended.set()


def test_the_answer_comes_whole_and_last(quick: Assistant) -> None:
    question = "What does the Orlova Convention ban?"
    found = [result for result in answers(quick, Inquiry(question)) if result]
    assert isinstance(found[-1], Answer)
    assert answer_text(found[-1]) == answer_text(quick.ask(question))
    assert [len(r.claims) for r in found if isinstance(r, Answer)] == list(range(1, len(found) + 1))


def test_it_gives_signs_of_life_while_nothing_comes(quick: Assistant) -> None:
    slow = Slow(quick, [ANSWER])
    stream = answers(slow, Inquiry("q"))
    assert next(stream) is None
    slow.go.release()
    assert next(one for one in stream if one) == ANSWER
    assert list(stream) == []


def test_stopping_ends_the_work_before_its_next_result(quick: Assistant) -> None:
    part = replace(ANSWER, claims=())
    slow = Slow(quick, [part, ANSWER, ANSWER])
    stream = answers(slow, Inquiry("q"))
    slow.go.release()
    assert next(one for one in stream if one) == part
    stream.close()  # type: ignore[attr-defined]
    slow.go.release(2)
    assert slow.ended.wait(10)
    assert slow.given == 2


@pytest.mark.parametrize(
    "error", [UsageError("The question is empty"), IndexBusy("busy"), ZeroDivisionError()]
)
def test_what_goes_wrong_is_raised_where_it_is_waited_for(quick: Assistant, error: Exception) -> None:
    slow = Slow(quick, [error])
    slow.go.release()
    with pytest.raises(type(error)):
        list(answers(slow, Inquiry("q")))


def turn(id: int, result: Answer | Refusal | None) -> history.Turn:
    return history.Turn(id, f"question {id}", history.State.ANSWERED, result, "", None, 0.0)


def test_the_history_is_what_was_answered_before() -> None:
    turns = [turn(1, ANSWER), turn(2, None), turn(3, REFUSAL), turn(4, None), turn(5, ANSWER)]
    assert earlier(turns, 4) == (
        Turn("user", "question 1"),
        Turn("assistant", answer_text(ANSWER)),
        Turn("user", "question 3"),
    )


def test_only_the_last_turns_are_remembered() -> None:
    said = earlier([turn(i, ANSWER) for i in range(1, 20)], 20)
    assert len(said) == 12
    assert said[-2].content == "question 19"


def test_filters_and_history_reach_the_assistant(quick: Assistant) -> None:
    only = Filters(documents=("law/ferry-regulation.md",))
    *_, result = answers(quick, Inquiry("What is the fee?", filters=only))
    assert isinstance(result, Answer)
    assert {c.document for c in result.citations} == {"law/ferry-regulation.md"}
    follow = Inquiry(
        "And how long is it valid?", (Turn("user", "What is a ferry licence?"), Turn("assistant", "A paper."))
    )
    *_, result = answers(quick, follow)
    assert result
    assert "ferry" in result.standalone_question
