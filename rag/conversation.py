"""History + follow-up → standalone question, without a chat model (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rag.questions import proper_terms, read_question
from rag.terms import STOP_WORDS, stem, words
from rag.types import Turn

_LEANS = re.compile(
    r"^\W*(?:and|but|so|then|also|what about|how about|or)\b|\b(?:it|its|they|them|their|he|him|his|she|her|this|that|"
    r"these|those|there|then|one|ones|latter|former|same|both|the two|the three|the other|others|either|each)\b",
    re.IGNORECASE,
)
_FEW_TERMS = 2
_TOPIC_WORDS = 16
_LONG_REPLY, _NAMES_OF_REPLY = 30, 3
_CITED = re.compile(r"\[\d+\]")


def standalone(question: str, history: Sequence[Turn]) -> tuple[str, str]:
    """(question, topic): the topic is what earlier turns were about, "" where the question stands
    alone.

    A question leans on the history if it opens like a continuation, holds a pronoun or "that one", or
    has at most two content words. The topic is then what the last exchange was about, and the ones before
    as long as their questions lean too.
    """
    if not history or not leans(question):
        return question, ""
    return question, " ".join(_topic(on_topic(history), question))


def on_topic(history: Sequence[Turn]) -> list[Turn]:
    """The turns since the last question that stands alone."""
    turns: list[Turn] = []
    for turn in reversed(history):
        turns.insert(0, turn)
        if turn.role == "user" and not leans(turn.content):
            break
    return turns


def leans(question: str) -> bool:
    return bool(_LEANS.search(question)) or len(read_question(question).terms) <= _FEW_TERMS


def _topic(turns: Iterable[Turn], question: str) -> list[str]:
    """What the turns were about, as written, once each, without what the question says: the content
    words of questions and short replies, and the most frequent names of long replies, which quote
    more than they answer."""
    said = {stem(w) for w, _, _ in words(question)}
    found: dict[str, str] = {}
    for turn in turns:
        content = _CITED.sub("", turn.content)
        long = turn.role != "user" and len(content.split()) > _LONG_REPLY
        for term, written in _frequent_names(content) if long else _content_words(content):
            if term not in said:
                found.setdefault(term, written)
    return list(found.values())[:_TOPIC_WORDS]


def _content_words(text: str) -> list[tuple[str, str]]:
    return [(stem(word), text[start:end]) for word, start, end in words(text) if word not in STOP_WORDS]


def _frequent_names(text: str) -> list[tuple[str, str]]:
    names = proper_terms(text)
    written = {stem(word): text[start:end] for word, start, end in reversed(words(text))}
    counts = Counter(stem(word) for word, _, _ in words(text) if not word[0].isdigit())
    return [(t, written[t]) for t, n in counts.most_common() if t in names and n > 1][:_NAMES_OF_REPLY]
