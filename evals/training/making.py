"""Pairs made from texts alone: a sentence against its own surroundings, reworded, shortened and altered."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from evals.alterations import Kind, alterations, paraphrases
from evals.training.pairs import Label, Pair
from rag.chunks import split_sentences

_SHORTEST, _LONGEST = 7, 48
"""Words of a sentence that can stand as a claim."""
_MOST_WORDS = 130
"""Words of the longest span made."""
_FEW = 3
"""Sentences of a passage that pairs are made of, besides a quarter of them."""
_ALTERED = 2
"""Altered claims for each supported one."""
_SAYS_OTHERWISE = frozenset({Kind.NUMBER, Kind.DATE, Kind.UNIT, Kind.NAME, Kind.NEGATION, Kind.TIME})
"""Alterations that their span contradicts; the others it does not state."""
_ASKS_ELSE = frozenset({Kind.NAME, Kind.DATE, Kind.NUMBER, Kind.TIME})
"""Alterations that make another question of one, which the passage does not answer."""
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|will|shall|may|must|can|could|would|did|\w+ed)\b"
)
_TAIL = re.compile(r"(?:, (?:which|who|where|while|although|after|before|as|with|including)\b[^,;]*)(?=[.]$)")
_ASIDE = re.compile(r" \([^)]*\)|, [^,]{8,60},(?= (?:is|are|was|were|has|have|had|will|shall|may)\b)")
_LEAD = re.compile(r"^(?:In|On|By|After|Under|During|According|For|At|Since)\b[^,]{3,60}, (?=[a-zA-Z])")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to make pairs from; passages of one group are not set against each other as strangers."""

    text: str
    source: str
    group: str


def made_pairs(passages: Iterable[Passage], seed: int) -> Iterator[Pair]:
    """Pairs of a share of each passage's sentences, drawn by the seed."""
    rng = random.Random(seed)
    for passage in passages:
        sentences = [one.text for one in split_sentences(passage.text)]
        usable = [i for i, sentence in enumerate(sentences) if _is_claim(sentence)]
        for i in rng.sample(usable, min(_FEW + len(usable) // 4, len(usable))):
            yield from _pairs_of(passage, sentences, i, rng)


def altered_pairs(pairs: Iterable[Pair], seed: int, most: int = _ALTERED) -> Iterator[Pair]:
    """Supported pairs with their claims altered, and reworded by rule."""
    rng = random.Random(seed)
    for pair in pairs:
        if pair.label is Label.SUPPORTED:
            yield from _altered(pair, rng, most)
            yield from _reworded(pair, rng)


def altered_questions(pairs: Iterable[Pair], seed: int) -> Iterator[Pair]:
    """Answered questions that ask about another name, date or number, so that the passage answers no more."""
    rng = random.Random(seed)
    for pair in pairs:
        if pair.answered:
            stated = pair.claim.rstrip("? ") + "."
            found = [one for one in alterations(stated, pair.span, rng) if one.kind in _ASKS_ELSE]
            for one in rng.sample(found, min(_ALTERED, len(found))):
                asked = one.text.rstrip(".") + "?"
                yield replace(pair, claim=asked, answered=False, source=f"{pair.source}, {one.kind}")


def shortened(sentence: str) -> list[str]:
    """The sentence without a trailing clause, an aside, or its opening adverbial: all still supported."""
    cut = (_TAIL.sub("", sentence), _ASIDE.sub("", sentence), _capital(_LEAD.sub("", sentence)))
    return [short for short in dict.fromkeys(cut) if short != sentence and _is_claim(short)]


def _pairs_of(passage: Passage, sentences: Sequence[str], at: int, rng: random.Random) -> Iterator[Pair]:
    span, around = _span(sentences, at, rng)
    sentence = sentences[at]
    wordings = [*shortened(sentence), *paraphrases(sentence, rng)]
    claim = rng.choice(wordings) if wordings and rng.random() < 0.75 else sentence
    pair = Pair(span, claim, f"made of {passage.source}", passage.group, label=Label.SUPPORTED)
    yield pair
    yield from _altered(pair, rng, _ALTERED)
    if wordings and rng.random() < 0.6:
        yield replace(pair, claim=rng.choice(wordings))
    if around and rng.random() < 0.7:
        yield replace(pair, span=around, label=Label.NOT_FOUND, source=pair.source + ", absent")


def _span(sentences: Sequence[str], at: int, rng: random.Random) -> tuple[str, str]:
    """The sentence among up to four neighbours, and these neighbours without it."""
    before, after = rng.choice(((0, 0), (0, 1), (1, 0), (1, 1), (2, 2)))
    first, last = max(0, at - before), min(len(sentences), at + after + 1)
    while sum(len(one.split()) for one in sentences[first:last]) > _MOST_WORDS and last - first > 1:
        first, last = (first + 1, last) if first < at else (first, last - 1)
    near = [s for i, s in enumerate(sentences[max(0, at - 2) : at + 3], max(0, at - 2)) if i != at]
    return " ".join(sentences[first:last]), " ".join(near[:3])


def _altered(pair: Pair, rng: random.Random, most: int) -> Iterator[Pair]:
    found = alterations(pair.claim, pair.span, rng)
    by_kind = {one.kind: one for one in found}
    for kind in rng.sample(sorted(by_kind), min(most, len(by_kind))):
        label = Label.CONTRADICTED if kind in _SAYS_OTHERWISE else Label.NOT_FOUND
        yield replace(pair, claim=by_kind[kind].text, label=label, source=f"{pair.source}, {kind}")


def _reworded(pair: Pair, rng: random.Random) -> Iterator[Pair]:
    wordings = paraphrases(pair.claim, rng)
    if wordings:
        yield replace(pair, claim=rng.choice(wordings), source=f"{pair.source}, reworded")


def _is_claim(sentence: str) -> bool:
    words = len(sentence.split())
    return _SHORTEST <= words <= _LONGEST and sentence[-1:] in '.!”"' and bool(_VERB.search(sentence))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
