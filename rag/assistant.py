"""Assistant: the pipeline as a LangChain Runnable, so that callbacks, tracing and chains work with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda

from rag.pipeline import Ask, Pipeline, as_ask
from rag.types import Answer, Refusal


class Assistant(Pipeline, Runnable[str | Ask, Answer | Refusal]):
    """Answers questions from one index, in quotes or in a chat model's verified sentences. Safe to share
    between threads. As a Runnable it takes a question, or an `Ask`."""

    def invoke(
        self, input: str | Ask, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Answer | Refusal:
        return self._chain().invoke(as_ask(input), config, **kwargs)

    def stream(
        self, input: str | Ask, config: RunnableConfig | None = None, **kwargs: Any | None
    ) -> Iterator[Answer | Refusal]:
        yield from self._chain().stream(as_ask(input), config, **kwargs)

    def _results(self, ask: Ask) -> Iterator[Answer | Refusal]:
        yield from self.stream(ask)

    def _chain(self) -> Runnable[Ask, Answer | Refusal]:
        """The last item that `answer` yields is its result where nothing is streamed."""
        chain = RunnableLambda(self.retrieve, name="retrieve") | RunnableLambda(self.answer, name="answer")
        return cast("Runnable[Ask, Answer | Refusal]", chain)
