"""History + follow-up → standalone question, without a chat model (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.questions import read_question
from rag.terms import STOP_WORDS, stem, words
from rag.types import Turn

_LEANS = re.compile(
    r"^\W*(?:and|but|so|then|also|what about|how about|or)\b|\b(?:it|its|they|them|their|he|him|his|she|her|this|that|"
    r"these|those|there|then|one|ones|latter|former|same|both|the two|the three|the other|others|either|each)\b",
    re.IGNORECASE,
)
_FEW_TERMS = 2
_TOPIC_WORDS = 16


def standalone(question: str, history: Sequence[Turn]) -> tuple[str, str]:
    """(question, topic): the topic is what earlier turns were about, "" where the question stands
    alone.

    A question leans on the history if it opens like a continuation, holds a pronoun or "that one", or
    has at most two content words. The topic is then the content words of the last exchange, and of
    the one before where the last question itself leans.
    """
    if not history or not leans(question):
        return question, ""
    parts: list[str] = []
    for turn in reversed(history):
        parts.insert(0, turn.content)
        if turn.role == "user" and not leans(turn.content):
            break
    return question, " ".join(_content_words(parts, question))


def leans(question: str) -> bool:
    return bool(_LEANS.search(question)) or len(read_question(question).terms) <= _FEW_TERMS


def _content_words(parts: Iterable[str], question: str) -> list[str]:
    """Words as written, once each, the first ones first; not those that the question says."""
    said = {stem(w) for w, _, _ in words(question)}
    found: dict[str, str] = {}
    for part in parts:
        for word, start, end in words(part):
            if word not in STOP_WORDS and stem(word) not in said:
                found.setdefault(stem(word), part[start:end])
    return list(found.values())[:_TOPIC_WORDS]
