"""History + follow-up → standalone question, without a chat model (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rag.citations import REFUSED
from rag.questions import proper_terms, read_question
from rag.terms import STOP_WORDS, stem, words
from rag.types import Turn

_OPENS = re.compile(r"^\W*(?:and|but|so|then|also|what about|how about|or)\b", re.IGNORECASE)
_POINTS = re.compile(
    r"\b(?:its?|they|them|theirs?|he|him|his|she|hers?|this|that|these|those|there|then|ones?|same|both|the others?|"
    r"others?|either|each|the (?:two|three|latter|former)(?=\W*$| (?:is|are|was|were|did|has|had|have)\b))\b",
    re.IGNORECASE,
)
"""Words that point at something named elsewhere."""
_OBJECT = re.compile(
    r"\b(?:it|them|him|her|this|that|these|those|one)(?=\W*$|[,;:?]| (?:in|on|by|with|to|for|at|after|before|from)\b)",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"[,;:.?]| (?:and|or|but|that|which|who|once|while|when|after|before|since|because|if)\b", re.IGNORECASE
)
_CONJUNCTION = re.compile(
    r"(?!(?:about|after|before|from|with|like|than)\b)[^\W\d_]{3,} that (?=\w)|\bis it \w+ that\b",
    re.IGNORECASE,
)
_POINTED = re.compile(
    r"\b(?:at|by|in|on|during|before|after|since|until|to) (?:this|that|these|those) (?P<noun>\w+)",
    re.IGNORECASE,
)
_FEW_TERMS = 2
_DESCRIBED = 3
"""Content words before a pronoun from which the question itself says what it points at."""
_TOPIC_WORDS = 16
_LONG_REPLY, _NAMES_OF_REPLY = 30, 3
_CITED = re.compile(r"\[\d+\]")


def standalone(question: str, history: Sequence[Turn]) -> tuple[str, str]:
    """(question, topic): the topic is what earlier turns were about, "" where the question stands
    alone.

    A question leans on the history if it opens like a continuation, has at most two content words and no
    new name, or points at something that it does not name: "why did India sign it", not "why did India
    close its base". The topic is then what the last exchange was about, and the ones before as long as their
    questions lean too.
    """
    if not history or not leans(question, history):
        return question, ""
    return question, " ".join(_topic(on_topic(history), question))


def on_topic(history: Sequence[Turn]) -> list[Turn]:
    """The turns since the last question that stands alone."""
    turns: list[Turn] = []
    for i, turn in reversed(list(enumerate(history))):
        turns.insert(0, turn)
        if turn.role == "user" and not leans(turn.content, history[:i]):
            break
    return turns


def leans(question: str, history: Sequence[Turn] = ()) -> bool:
    """Whether a question needs what was said before it."""
    if _OPENS.search(question):
        return True
    if len(read_question(question).terms) <= _FEW_TERMS and not _names_anew(question, history):
        return True
    for found in _POINTED.finditer(question):
        if found["noun"].lower() not in question[: found.start()].lower():
            return True
    names = proper_terms(question)
    return any(_points_outside(question, found.start(), names) for found in _POINTS.finditer(question))


def _names_anew(question: str, history: Sequence[Turn]) -> bool:
    """It speaks of something by a name that was not said before: "who leads the TTP", after a pipeline."""
    names = proper_terms(question)
    said = {stem(word) for turn in history for word, _, _ in words(turn.content)}
    return bool(history and names) and not names & said and len(read_question(question).terms) == _FEW_TERMS


def _points_outside(question: str, at: int, names: frozenset[str]) -> bool:
    """No name and no description before the pronoun can be what it stands for. An object is not the subject
    of its own clause ("did India sign it")."""
    if any(found.start() < at < found.end() for found in _CONJUNCTION.finditer(question)):
        return False
    before = question[:at]
    if _OBJECT.match(question, at):
        joints = [found.end() for found in _JOINT.finditer(before)]
        before = before[: joints[-1]] if joints else ""
    content = {term for term, _ in _content_words(before)}
    return not content & names and len(content) < _DESCRIBED


def _topic(turns: Iterable[Turn], question: str) -> list[str]:
    """What the turns were about, as written, once each, without what the question says: the content
    words of questions and short replies, and the most frequent names of long replies, which quote
    more than they answer."""
    said = {stem(w) for w, _, _ in words(question)}
    found: dict[str, str] = {}
    for turn in turns:
        content = "" if turn.content.startswith(REFUSED) else _CITED.sub("", turn.content)
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
