"""A conversation with an Assistant, and follow-ups made standalone by a chat model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rag.chat_models import stream_pieces
from rag.citations import answer_text
from rag.conversation import leans, on_topic
from rag.errors import ChatModelError
from rag.prompts import recent, standalone_prompt
from rag.questions import proper_terms
from rag.terms import stem, words
from rag.types import Answer, Filters, Mode, Refusal, Turn

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import RunnableConfig

    from rag.config import Settings
    from rag.pipeline import Pipeline

_LONGEST = 400
"""Characters of a question; what a model writes beyond is no question."""


class Chat:
    """Questions and answers in turn. `turns` are those of the last `chat_history` tokens; a question that
    stands alone begins a new topic, and what was said before it is not read into what follows."""

    def __init__(self, pipeline: Pipeline, filters: Filters | None = None, mode: Mode | None = None) -> None:
        self._pipeline = pipeline
        self._filters = filters
        self._mode = mode
        self.turns: tuple[Turn, ...] = ()

    def ask(self, question: str) -> Answer | Refusal:
        """Raises UsageError as Assistant.ask does; the conversation is then as it was."""
        *_, last = self.ask_stream(question)
        return last

    def ask_stream(self, question: str) -> Iterator[Answer | Refusal]:
        """The answer as it grows; the conversation goes on from the last one."""
        result = None
        for result in self._pipeline.ask_stream(question, self.turns, self._filters, self._mode):
            yield result
        if result is not None:
            said = Turn("user", question), Turn("assistant", answer_text(result))
            self.turns = recent((*self.turns, *said), self._pipeline.settings.chat_history)

    def changes_topic(self, question: str) -> bool:
        """Whether the question stands alone although something was said before."""
        return bool(self.turns) and not leans(question, self.turns)


def rewritten(
    question: str,
    history: Sequence[Turn],
    model: BaseChatModel,
    settings: Settings,
    config: RunnableConfig | None = None,
) -> str | None:
    """The follow-up as a question that stands alone; None where it stands alone already, or where what
    the model writes is not one question about what was said: a name or number that nobody mentioned."""
    if not history or not leans(question, history):
        return None
    prompt = standalone_prompt(question, on_topic(history))
    try:
        pieces = stream_pieces(model, prompt, settings.chat_patience, settings.chat_seconds, config)
        said = "".join(piece.text for piece in pieces)
    except ChatModelError:
        return None
    return _one_question(said.rpartition("</think>")[2], question, history)


def _one_question(said: str, question: str, history: Sequence[Turn]) -> str | None:
    lines = [line.strip(" \t\"'“”*") for line in said.splitlines() if line.strip()]
    if len(lines) != 1 or len(lines[0]) > _LONGEST:
        return None
    known = {stem(word) for text in (question, *(t.content for t in history)) for word, _, _ in words(text)}
    spoken = {stem(word) for word, _, _ in words(lines[0])}
    new = (proper_terms(lines[0]) | {term for term in spoken if term[:1].isdigit()}) - known
    return None if new or not spoken or lines[0] == question else lines[0]
