"""Assistant: the pipeline as a LangChain Runnable, so that callbacks, tracing and chains work with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda

from rag.pipeline import Ask, Found, Pipeline, as_ask
from rag.types import Answer, Filters, Mode, Refusal, Turn


class Assistant(Pipeline, Runnable[str | Ask, Answer | Refusal]):
    """Answers questions from one index, in quotes or in a chat model's verified sentences. Safe to share
    between threads. As a Runnable it takes a question, or an `Ask`."""

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        mode: Mode | None = None,
    ) -> Answer | Refusal:
        """The answer to one question. Raises UsageError for an empty or overlong one."""
        return self.invoke({"question": question, "history": history, "filters": filters, "mode": mode})

    def ask_stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        mode: Mode | None = None,
    ) -> Iterator[Answer | Refusal]:
        """The answer as it grows: each item holds one more claim, the last one is whole. In write mode
        a claim is there as soon as it is verified; claims and citations once shown stay."""
        ask: Ask = {"question": question, "history": history, "filters": filters, "mode": mode}
        yield from self.stream(ask)

    def invoke(
        self, input: str | Ask, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Answer | Refusal:
        return self._chain().invoke(as_ask(input), config, **kwargs)

    def stream(
        self, input: str | Ask, config: RunnableConfig | None = None, **kwargs: Any | None
    ) -> Iterator[Answer | Refusal]:
        yield from self._chain().stream(as_ask(input), config, **kwargs)

    def _chain(self) -> Runnable[Ask, Answer | Refusal]:
        """The last item that `answer` yields is its result where nothing is streamed."""
        answering = RunnableLambda(self._answered, name="answer")
        chain = RunnableLambda(self._retrieved, name="retrieve") | answering
        return cast("Runnable[Ask, Answer | Refusal]", chain)

    def _retrieved(self, ask: Ask, config: RunnableConfig) -> Found:
        """LangChain hands the config to a parameter of this name."""
        return self.retrieve(ask, config)

    def _answered(self, found: Found, config: RunnableConfig) -> Iterator[Answer | Refusal]:
        yield from self.answer(found, config)
