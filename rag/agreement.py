"""How far the words of a claim and a span agree, as numbers for the calibration (pure)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeVar

from rag.chunks import split_sentences
from rag.terms import terms, words

_NEGATIONS = frozenset(
    "not no nt dont doesnt didnt isnt arent wasnt werent hasnt havent hadnt wont cant couldnt wouldnt shouldnt never neither nor none without cannot nobody nothing nowhere hardly barely".split()
)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Shares in [0, 1], higher is closer; a share of nothing is 1.

    overlap: the claim's terms that the span holds; sentence_overlap: those that its best sentence holds;
    bigrams: pairs of neighbouring terms that the span holds in this order; longest_run: the longest run of
    words in common / the claim's words; numbers, names: those of the claim that the span holds; negation:
    1 where the claim and its best sentence are both negated or both not; is_quote: the claim stands in the
    span word for word. `words` counts those of the claim, `sentences` those of the span.
    """

    overlap: float
    sentence_overlap: float
    bigrams: float
    longest_run: float
    numbers: float
    names: float
    negation: float
    is_quote: bool
    words: int
    sentences: int


def agreements(span: str, claim: str) -> Agreement:
    said, given = terms(claim), terms(span)
    claimed, spoken = [w for w, _, _ in words(claim)], [w for w, _, _ in words(span)]
    sentences = [sentence.text for sentence in split_sentences(span)] or [span]
    bags = [frozenset(terms(sentence)) for sentence in sentences]
    best = max(range(len(bags)), key=lambda i: (len(bags[i] & set(said)), -len(bags[i])))
    capitals = [w for w, start, _ in words(claim)[1:] if claim[start].isupper()]
    return Agreement(
        overlap=_share(said, frozenset(given)),
        sentence_overlap=_share(said, bags[best]),
        bigrams=_share(list(itertools.pairwise(said)), frozenset(itertools.pairwise(given))),
        longest_run=_longest_run(claimed, spoken),
        numbers=_share([w for w in claimed if w[0].isdigit()], frozenset(spoken)),
        names=_share(terms(" ".join(capitals)), frozenset(given)),
        negation=float(_negated(claimed) == _negated([w for w, _, _ in words(sentences[best])])),
        is_quote=bool(claimed) and f" {' '.join(claimed)} " in f" {' '.join(spoken)} ",
        words=len(claimed),
        sentences=len(sentences),
    )


def _share(wanted: Sequence[_T], found: frozenset[_T]) -> float:
    counts = Counter(wanted)
    return sum(n for one, n in counts.items() if one in found) / len(wanted) if wanted else 1.0


def _longest_run(claimed: Sequence[str], spoken: Sequence[str]) -> float:
    if not claimed:
        return 1.0
    return SequenceMatcher(None, spoken, claimed, autojunk=False).find_longest_match().size / len(claimed)


def _negated(said: Sequence[str]) -> bool:
    return not _NEGATIONS.isdisjoint(said)
