"""A long passage → the few stretches of it that are worth reading against one claim (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from rag.chunks import split_sentences
from rag.terms import terms
from rag.types import Sentence

_SINGLES, _CENTRES = 5, 2
"""Sentences that are read alone, and those that are read with each neighbour."""
_WHOLE_WORDS = 90
"""Words up to which a passage is read whole as well."""

Window = tuple[int, int]
"""(start, end) in the passage."""


def windows(passage: str, claim: str) -> list[Window]:
    """The sentences that share most with the claim, the best two with their neighbours, and a short
    passage whole; best first, never empty for a passage with text.

    Words that few sentences of the passage hold count for more.
    """
    sentences = split_sentences(passage)
    if len(sentences) < 2:
        return [(0, len(passage))] if passage.strip() else []
    ranked = _ranked(sentences, claim)
    last = len(sentences) - 1
    runs = [(i, i) for i in ranked[:_SINGLES]]
    for centre in ranked[:_CENTRES]:
        near = range(max(0, centre - 1), min(last, centre + 1) + 1)
        runs += [*pairwise(near), (near[0], near[-1])]
    if len(passage.split()) <= _WHOLE_WORDS:
        runs.append((0, last))
    return [(sentences[a].start, sentences[b].end) for a, b in dict.fromkeys(runs)]


def _ranked(sentences: Sequence[Sentence], claim: str) -> list[int]:
    bags = [frozenset(terms(sentence.text)) for sentence in sentences]
    frequency = Counter(term for bag in bags for term in bag)
    said = frozenset(terms(claim))
    shared = [sum(1 / frequency[term] + 0.25 for term in said & bag) for bag in bags]
    return sorted(range(len(sentences)), key=lambda i: (-shared[i], len(bags[i]), i))
