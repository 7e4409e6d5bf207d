"""Chat models that say what a test tells them to, and misbehave in the ways real ones do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, Field


class Scripted(BaseChatModel):
    """Says `answers` in turn, `size` characters a piece; `asked` holds the prompts. It fails with
    `error` after `fails_after` pieces, and waits `pause` seconds before each piece."""

    answers: list[str]
    size: int = 7
    ends_with: str | None = "stop"
    error: Exception | None = None
    fails_after: int = 0
    pause: float = 0.0
    usage: dict[str, int] | None = None
    asked: list[list[BaseMessage]] = Field(default_factory=list)

    model_config = ConfigDict(arbitrary_types_allowed=True)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        text = "".join(str(chunk.message.content) for chunk in self._stream(messages))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])

    def _stream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        text = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(messages)
        for n, at in enumerate(range(0, len(text), self.size)):
            time.sleep(self.pause)
            if self.error and n >= self.fails_after:
                raise self.error
            yield _chunk(text[at : at + self.size])
        if self.error:
            raise self.error
        ending = {"finish_reason": self.ends_with} if self.ends_with else {}
        yield _chunk("", response_metadata=ending, usage_metadata=self.usage)


def _chunk(text: str, **fields: Any) -> ChatGenerationChunk:
    return ChatGenerationChunk(message=AIMessageChunk(content=text, **fields))
