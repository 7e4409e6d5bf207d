"""What asking a chat model takes: tokens and times, gathered while it writes."""

from __future__ import annotations

from time import perf_counter

from rag.chat_models import Piece
from rag.prompts import PROMPT_VERSION, Prompt
from rag.tokens import count_tokens
from rag.types import Usage


class Meter:
    """`checking` is the time spent on verification, in milliseconds."""

    def __init__(self, model: str) -> None:
        self.checking = 0.0
        self._model = model
        self._kept: Usage | None = None
        self._started = perf_counter()
        self._input = 0
        self._written: list[str] = []
        self._reported: dict[str, int] = {}
        self._first: dict[str, float] = {}

    @property
    def text(self) -> str:
        return "".join(self._written)

    def sent(self, prompt: Prompt) -> None:
        self._input += prompt.tokens

    def received(self, piece: Piece) -> None:
        if piece.text:
            self._first.setdefault("token", self._since_start())
        self._written.append(piece.text)
        for name, tokens in (("input", piece.input_tokens), ("output", piece.output_tokens)):
            if tokens is not None:
                self._reported[name] = self._reported.get(name, 0) + tokens

    def replay(self, text: str, usage: Usage) -> None:
        """The text was written before, at that cost."""
        self._written, self._kept = [text], usage

    def checked(self, since: float, *, shown: bool) -> None:
        """A sentence written at `since`, by perf_counter, has its verdict now."""
        spent = (perf_counter() - since) * 1000
        self.checking += spent
        if shown and "sentence" not in self._first:
            self._first |= {"sentence": self._since_start(), "check": spent}

    def usage(self) -> Usage:
        if self._kept:
            return self._kept
        return Usage(
            self._model,
            PROMPT_VERSION,
            self._input,
            count_tokens(self.text),
            self._reported.get("input"),
            self._reported.get("output"),
            self._first.get("token"),
            self._first.get("sentence"),
            self._first.get("check"),
        )

    def _since_start(self) -> float:
        return (perf_counter() - self._started) * 1000
