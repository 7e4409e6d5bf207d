"""A chat model by name or instance, and its tokens as they come; every failure has one message.

Keys are read by the provider's own library from the environment, never by this package.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from functools import lru_cache
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.errors import ChatModelError, ModelError, UsageError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import RunnableConfig

    from rag.config import Settings
    from rag.prompts import Prompt

_CUT_OFF = frozenset({"length", "max_tokens", "MAX_TOKENS", "model_length"})
_FINISHED = frozenset({"stop", "end_turn", "STOP", "stop_sequence"})
_SECRET = re.compile(r"\b(?:sk|pk|key|gsk|xai)[-_][\w*.-]{6,}|(?i:bearer)\s+\S+")
_SECRET_NAMES = re.compile(r"KEY|TOKEN|SECRET|PASSWORD")
_SAID = 160
"""Characters of a provider's own words in a message."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What a chat model sent at once. The counts are the provider's own, of this piece; `cut_off` where
    it stopped because it may not write more, `finished` where it says that it has said all."""

    text: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    cut_off: bool = False
    finished: bool = False


def open_chat_model(settings: Settings) -> BaseChatModel:
    """The chat model that the settings name. Raises UsageError and ModelError, which say what to type."""
    if not settings.chat_model:
        raise UsageError(
            "Write mode needs a chat model: name one with --model ollama:qwen3:4b, RAG_CHAT_MODEL or rag.toml"
        )
    chosen = settings.chat_model, settings.chat_base_url, settings.chat_temperature, settings.chat_answer
    return _opened(*chosen, settings.chat_context, settings.chat_patience, settings.chat_retries)


def name_of(model: BaseChatModel) -> str:
    """The model's name as its provider knows it, else its class."""
    named = getattr(model, "model_name", None) or getattr(model, "model", None)
    return str(named) if isinstance(named, str) and named else type(model).__name__


def stream_pieces(
    model: BaseChatModel,
    prompt: Prompt,
    patience: float,
    seconds: float,
    config: RunnableConfig | None = None,
) -> Iterator[Piece]:
    """The model's pieces as they come, read in a thread of their own from now on, so that no model can
    hang a caller.

    Raises ChatModelError: it fails, sends nothing for `patience` seconds or takes more than `seconds`.
    """
    from langchain_core.messages import HumanMessage, SystemMessage

    messages = [SystemMessage(prompt.system), HumanMessage(prompt.user)]
    pieces: SimpleQueue[Piece | ChatModelError | None] = SimpleQueue()
    stopped, context = Event(), copy_context()
    Thread(
        target=context.run, args=(_pump, model, messages, config, pieces, stopped), daemon=True, name="chat"
    ).start()
    return _pieces(pieces, stopped, patience, seconds)


def _pieces(
    pieces: SimpleQueue[Piece | ChatModelError | None], stopped: Event, patience: float, seconds: float
) -> Iterator[Piece]:
    deadline = monotonic() + seconds
    try:
        while (piece := _next(pieces, patience, deadline, seconds)) is not None:
            if isinstance(piece, ChatModelError):
                raise piece
            yield piece
    finally:
        stopped.set()


def _pump(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    config: RunnableConfig | None,
    pieces: SimpleQueue[Piece | ChatModelError | None],
    stopped: Event,
) -> None:
    try:
        for chunk in model.stream(list(messages), config=config):
            if stopped.is_set():
                return
            pieces.put(_piece(chunk))
        pieces.put(None)
    except Exception as error:  # named, with its reason, in the thread that waits
        named = ChatModelError(_failure(error))
        named.__cause__ = error
        pieces.put(named)


def _next(
    pieces: SimpleQueue[Piece | ChatModelError | None], patience: float, deadline: float, seconds: float
) -> Piece | ChatModelError | None:
    left = deadline - monotonic()
    try:
        return pieces.get(timeout=max(0.001, min(patience, left)))
    except Empty:
        if left < patience:
            raise ChatModelError(
                f"The chat model was not done after {seconds:g} seconds; give it more with RAG_CHAT_SECONDS"
            ) from None
        raise ChatModelError(
            f"The chat model sent nothing for {patience:g} seconds; give it more with RAG_CHAT_PATIENCE, "
            "or choose a smaller model"
        ) from None


def _piece(chunk: Any) -> Piece:
    usage = getattr(chunk, "usage_metadata", None) or {}
    ending = getattr(chunk, "response_metadata", None) or {}
    reason = str(ending.get("finish_reason") or ending.get("stop_reason") or ending.get("done_reason"))
    counts = usage.get("input_tokens"), usage.get("output_tokens")
    return Piece(str(chunk.text), *counts, reason in _CUT_OFF, reason in _FINISHED)


def _failure(error: Exception) -> str:
    """One line: what happened and what to do, without any secret in it."""
    status = getattr(error, "status_code", None)
    kind, said = type(error).__name__, _redacted(str(error))
    lowered = said.lower()
    if status in (401, 403) or "authentication" in kind.lower():
        return (
            "The chat model's provider refused the key; set the environment variable its documentation names"
        )
    if status == 429 or "ratelimit" in kind.lower():
        return "The chat model's provider limits the rate of requests; wait a little, or choose another model"
    if re.search(r"context.{0,20}(?:length|window|size)|maximum context|too long|too many tokens", lowered):
        return "The prompt is longer than the chat model's context; lower RAG_CHAT_CONTEXT or --passages"
    if status == 404:
        return f"The chat model is not known to its server ({said}); check --model and RAG_CHAT_BASE_URL"
    if "timeout" in kind.lower() or "timed out" in lowered:
        return "The chat model took too long; raise RAG_CHAT_PATIENCE, or choose a smaller model"
    if "connect" in kind.lower() or "connection" in lowered:
        return "The chat model's server does not answer; start it, or check RAG_CHAT_BASE_URL"
    return f"The chat model failed ({kind}: {said}); try again, or choose another model"


def _redacted(text: str) -> str:
    for name, value in os.environ.items():
        if _SECRET_NAMES.search(name.upper()) and len(value) > 5:
            text = text.replace(value, "…")
    return " ".join(_SECRET.sub("…", text).split())[:_SAID]


@lru_cache(maxsize=8)
def _opened(
    name: str,
    base_url: str | None,
    temperature: float,
    answer: int,
    context: int,
    patience: int,
    retries: int,
) -> BaseChatModel:
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise ModelError(
            "A chat model by name needs LangChain: run `pip install 'policy-rag[chat]'` and the provider's "
            "package, such as `pip install langchain-ollama`"
        ) from error
    provider = name.partition(":")[0]
    limits: dict[str, Any] = {"timeout": patience, "max_retries": retries, "max_tokens": answer}
    if provider == "ollama":
        limits = {"client_kwargs": {"timeout": patience}, "num_ctx": context, "num_predict": answer}
    if provider == "openai":
        limits["stream_usage"] = True
    if base_url:
        limits |= _at_address(provider, base_url)
    try:
        opened: BaseChatModel = init_chat_model(name, temperature=temperature, **limits)
    except ImportError as error:
        needed = re.search(r"pip install (?:-U )?([\w-]+)", str(error))
        package = needed[1] if needed else f"langchain-{provider}"
        raise ModelError(f"The chat model {name} needs a package: run `pip install {package}`") from error
    except Exception as error:  # each provider's library has its own
        raise ModelError(
            f"The chat model {name!r} cannot be opened ({_redacted(str(error))}); write it as provider:model, "
            "such as ollama:qwen3:4b, and set the provider's key in the environment"
        ) from error
    return opened


def _at_address(provider: str, base_url: str) -> dict[str, Any]:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError("The chat model's address must be like http://127.0.0.1:8080/v1")
    if parts.username or parts.password or parts.query:
        raise UsageError(
            "The chat model's address holds a name, a password or a query: give keys in the environment, "
            "such as OPENAI_API_KEY, and the address without them"
        )
    keyless = provider == "openai" and not os.environ.get("OPENAI_API_KEY")
    return {"base_url": base_url, **({"api_key": "none"} if keyless else {})}
