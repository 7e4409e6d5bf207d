"""One question asked in a thread of its own, so that a page stays responsive and can stop waiting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Thread

from rag.assistant import Assistant
from rag.citations import answer_text
from rag.types import Answer, Filters, Mode, Refusal, Turn
from ui import history

_PATIENCE = 0.1
"""Seconds between two signs of life."""
_REMEMBERED = 6


@dataclass(frozen=True, slots=True)
class Inquiry:
    question: str
    history: Sequence[Turn] = ()
    filters: Filters | None = None
    mode: Mode | None = None


@dataclass(slots=True)
class _Work:
    """What passes between the two threads: results, at the end None or the error."""

    results: SimpleQueue[Answer | Refusal | Exception | None] = field(default_factory=SimpleQueue)
    stopped: Event = field(default_factory=Event)


def answers(assistant: Assistant, inquiry: Inquiry) -> Iterator[Answer | Refusal | None]:
    """The answer as it grows, the last one whole; None every tenth of a second without news.

    Closing the iterator stops the work before its next result. Raises what the assistant raises.
    """
    work = _Work()
    Thread(target=_work, args=(assistant, inquiry, work), daemon=True).start()
    try:
        while True:
            try:
                found = work.results.get(timeout=_PATIENCE)
            except Empty:
                yield None
                continue
            if found is None:
                return
            if isinstance(found, Exception):
                raise found
            yield found
    finally:
        work.stopped.set()


def earlier(turns: Sequence[history.Turn], before: int) -> tuple[Turn, ...]:
    """What was asked and answered before the turn of that id, as the assistant reads a history: the words
    of a refusal are not the documents', so they give no later question its topic."""
    said: list[Turn] = []
    for turn in turns:
        if turn.id < before and turn.result is not None:
            said.append(Turn("user", turn.question))
            if isinstance(turn.result, Answer):
                said.append(Turn("assistant", answer_text(turn.result)))
    return tuple(said[-2 * _REMEMBERED :])


def _work(assistant: Assistant, inquiry: Inquiry, work: _Work) -> None:
    try:
        asked = inquiry
        for result in assistant.ask_stream(asked.question, asked.history, asked.filters, asked.mode):
            if work.stopped.is_set():
                return
            work.results.put(result)
        work.results.put(None)
    except Exception as error:  # raised again by `answers`, in the thread that waits
        work.results.put(error)
