"""Which words of a claim stand where in a span (pure): by stem, synonym and order, within the sentences
of the span that share most with the claim."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.check_words import ALIKE
from rag.chunks import split_sentences
from rag.terms import STOP_WORDS, stem, words

_CLAUSE = re.compile(r"[;:()—–“”\"]|,(?!\d)|(?<![A-Z])\.(?=\s)")
_NEAR = 6
_SECOND_SENTENCE = 2
"""New content words that a further sentence must match to be read beside the best one."""
IN_PLACE = 0.8
"""Likeness of what stands between the same neighbours, at least."""
_HINTED = 0.2
_ALIGNED = 0.5
_FIGURE = 0.6
"""What a figure counts against a word: which of two it is, is what is asked."""
_PLACE = 12
"""Words of the longest gap between two neighbours that still counts as one place."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text as parallel tuples, one entry a word. `clauses` numbers the stretches between punctuation
    marks; `sentences` are (first, end) in words; `places` are the positions of each stem."""

    text: str
    folded: tuple[str, ...]
    stems: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    capital: tuple[bool, ...]
    content: tuple[bool, ...]
    clauses: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]
    places: Mapping[str, tuple[int, ...]]

    def __len__(self) -> int:
        return len(self.folded)

    def between(self, first: int, end: int) -> str:
        """The text as written from one word up to, but without, another; "" for an empty stretch."""
        return self.text[self.starts[first] : self.ends[end - 1]] if first < end else ""

    def stretch(self, start: int, end: int) -> tuple[int, int]:
        """The words that overlap the characters start…end, as (first, end)."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)

    def sentence_of(self, i: int) -> tuple[int, int]:
        return next((s for s in self.sentences if s[0] <= i < s[1]), (0, len(self)))


@dataclass(frozen=True, slots=True)
class Alignment:
    """`matches[i]` is where in the span the claim's word i stands, or -1; `ordered[i]` whether it does so
    in the claim's order. `window` are the words of the span that were compared, as ascending ranges.
    `coverage` is the share of the claim's content words that are matched there."""

    claim: Text
    span: Text
    matches: tuple[int, ...]
    ordered: tuple[bool, ...]
    window: tuple[tuple[int, int], ...]
    coverage: float
    order: float

    def positions(self) -> Iterator[int]:
        """The words of the window."""
        for first, end in self.window:
            yield from range(first, end)

    def place(self, first: int, end: int) -> tuple[int, int] | None:
        """Where in the span the claim's words first…end would stand by their neighbours in order: the
        stretch between the matches left and right of them. None where there is none on either side."""
        left = next((i for i in range(first - 1, -1, -1) if self.ordered[i]), None)
        right = next((i for i in range(end, len(self.claim)) if self.ordered[i]), None)
        if left is None and right is None:
            return None
        if left is None:
            at = self.matches[right] if right is not None else 0
            return max(self.span.sentence_of(at)[0], at - (end - first) - 3), at
        start = self.matches[left] + 1
        if right is None:
            return start, min(self.span.sentence_of(start - 1)[1], start + (end - first) + 3)
        return start, self.matches[right]

    def best_sentence(self) -> tuple[int, int]:
        """The sentence of the span that holds most of the claim's matched content words."""
        content = [j for i, j in enumerate(self.matches) if j >= 0 and self.claim.content[i]]
        return max(self.window, key=lambda s: sum(s[0] <= j < s[1] for j in content), default=(0, 0))

    def likeness(self, mine: tuple[int, int], theirs: tuple[int, int]) -> float:
        """How far the second stretch stands in the place of the first, in [0, 1]."""
        context = self.context(mine, theirs)
        return max(context, IN_PLACE) if context >= _HINTED and self.in_place(mine, theirs) else context

    def in_place(self, mine: tuple[int, int], theirs: tuple[int, int]) -> bool:
        """Whether the second stretch stands between the same neighbours as the first."""
        place = self.place(*mine)
        if place is None or self.coverage < _ALIGNED:
            return False
        return place[0] <= theirs[0] and theirs[1] <= place[1] and place[1] - place[0] <= _PLACE

    def slot(self, first: int, end: int) -> tuple[int, int] | None:
        """The few words of the span between matches right beside the claim's words first…end; None where
        the claim does not follow the span closely there."""
        left = next((i for i in range(first - 1, max(-1, first - 3), -1) if self.ordered[i]), None)
        right = next((i for i in range(end, min(len(self.claim), end + 2)) if self.ordered[i]), None)
        opens, closes = first < 2, end > len(self.claim) - 2
        if (left is None and not opens) or (right is None and not closes) or left is right is None:
            return None
        size = end - first + 3
        if left is None:
            stop = self.matches[right] if right is not None else 0
            return max(self.span.sentence_of(stop)[0], stop - size), stop
        start = self.matches[left] + 1
        stop = (
            self.matches[right]
            if right is not None
            else min(start + size, self.span.sentence_of(start - 1)[1])
        )
        return (start, stop) if 0 < stop - start <= size else None

    def context(self, mine: tuple[int, int], theirs: tuple[int, int]) -> float:
        """How alike the surroundings of a stretch of the claim and one of the span are, in [0, 1]: the
        share of the content words near the first that stand near the second, near ones counting more."""
        total = found = 0.0
        bounds = self.claim.sentence_of(mine[0])
        around = self._around(self.span, theirs)
        for i in range(max(bounds[0], mine[0] - _NEAR), min(bounds[1], mine[1] + _NEAR)):
            if mine[0] <= i < mine[1] or not self.claim.content[i]:
                continue
            weight = 1.0 / (1 + (mine[0] - i if i < mine[0] else i - mine[1] + 1))
            if self.claim.clauses[i] != self.claim.clauses[mine[0]]:
                weight /= 2
            total += weight
            there = max((around.get(s, 0.0) for s in alike(self.claim.stems[i])), default=0.0)
            found += weight * there
        return found / total if total else 0.0

    @staticmethod
    def _around(text: Text, stretch: tuple[int, int]) -> dict[str, float]:
        """Stem → how near to the stretch it stands, in [0, 1]."""
        near: dict[str, float] = {}
        first, end = text.sentence_of(stretch[0])
        for j in range(max(first, stretch[0] - 2 * _NEAR), min(end, stretch[1] + 2 * _NEAR)):
            if text.content[j] and not stretch[0] <= j < stretch[1]:
                away = stretch[0] - j if j < stretch[0] else j - stretch[1] + 1
                same = text.clauses[j] == text.clauses[stretch[0]]
                value = (1.0 if away <= _NEAR else 0.5) * (1.0 if same else 0.7)
                near[text.stems[j]] = max(near.get(text.stems[j], 0.0), value)
        return near


@lru_cache(maxsize=4096)
def read(text: str) -> Text:
    found = words(text)
    folded = tuple(word for word, _, _ in found)
    starts = tuple(start for _, start, _ in found)
    stems = tuple(map(stem, folded))
    places: dict[str, list[int]] = defaultdict(list)
    for i, one in enumerate(stems):
        places[one].append(i)
    return Text(
        text,
        folded,
        stems,
        starts,
        tuple(end for _, _, end in found),
        tuple(text[start].isupper() for start in starts),
        tuple(word not in STOP_WORDS for word in folded),
        _clauses(text, starts),
        _sentences(text, starts),
        {one: tuple(where) for one, where in places.items()},
    )


def _clauses(text: str, starts: Sequence[int]) -> tuple[int, ...]:
    breaks = [m.start() for m in _CLAUSE.finditer(text)]
    numbers, clause = [], 0
    for start in starts:
        while clause < len(breaks) and breaks[clause] < start:
            clause += 1
        numbers.append(clause)
    return tuple(numbers)


def _sentences(text: str, starts: Sequence[int]) -> tuple[tuple[int, int], ...]:
    found, first = [], 0
    for sentence in split_sentences(text):
        end = first
        while end < len(starts) and starts[end] < sentence.end:
            end += 1
        if end > first:
            found.append((first, end))
        first = end
    if first < len(starts):
        found.append((first, len(starts)))
    return tuple(found)


@lru_cache(maxsize=65_536)
def alike(one: str) -> tuple[str, ...]:
    """A stem and what may stand for it."""
    return (one, *sorted(ALIKE.get(one, ())))


def align(span: Text, claim: Text) -> Alignment:
    found = [_found(span, claim, i) for i in range(len(claim))]
    window = _window(span, claim, found)
    inside = [[j for j in where if any(a <= j < b for a, b in window)] for where in found]
    chain = _chain(claim, inside)
    matches = [chain.get(i, where[0] if where else -1) for i, where in enumerate(inside)]
    content = [i for i in range(len(claim)) if claim.content[i]] or list(range(len(claim)))
    coverage = sum(matches[i] >= 0 for i in content) / len(content) if content else 0.0
    order = sum(i in chain for i in content) / len(content) if content else 0.0
    ordered = tuple(i in chain for i in range(len(claim)))
    return Alignment(claim, span, tuple(matches), ordered, window, coverage, order)


def _found(span: Text, claim: Text, i: int) -> tuple[int, ...]:
    """Where the claim's word i, or a word like it, stands in the span; small words only as they are."""
    if not claim.content[i]:
        return span.places.get(claim.stems[i], ())
    exact = span.places.get(claim.stems[i], ())
    if exact:
        return exact
    return tuple(j for one in ALIKE.get(claim.stems[i], ()) for j in span.places.get(one, ()))


def _window(span: Text, claim: Text, found: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    """The sentence of the span that matches most of the claim, and one that adds to it."""
    if len(span.sentences) < 2:
        return span.sentences
    bags = [_matched(claim, found, sentence) for sentence in span.sentences]
    best = max(range(len(bags)), key=lambda k: (len(bags[k]), -k))
    chosen = {best}
    added = {k: len(bag - bags[best]) for k, bag in enumerate(bags) if k != best}
    second = max(added, key=lambda k: (added[k], -abs(k - best)))
    if added[second] >= _SECOND_SENTENCE:
        chosen.add(second)
    return tuple(span.sentences[k] for k in sorted(chosen))


def _matched(claim: Text, found: Sequence[Sequence[int]], sentence: tuple[int, int]) -> frozenset[int]:
    first, end = sentence
    return frozenset(
        i for i, where in enumerate(found) if claim.content[i] and any(first <= j < end for j in where)
    )


def _chain(claim: Text, found: Sequence[Sequence[int]]) -> dict[int, int]:
    """The heaviest run of matches in the claim's order, content words first, then small words beside them."""
    points = [(i, j) for i, where in enumerate(found) if claim.content[i] for j in where]
    heavy = _heaviest(points, [_FIGURE if claim.folded[i][0].isdigit() else 1.0 for i, _ in points])
    small = [(i, j) for i, where in enumerate(found) if not claim.content[i] for j in where]
    return {**heavy, **_beside(heavy, small)}


def _heaviest(points: Sequence[tuple[int, int]], worth: Sequence[float]) -> dict[int, int]:
    weights: list[float] = []
    before: list[int] = []
    for n, (i, j) in enumerate(points):
        best, link = worth[n], -1
        for m in range(n):
            a, b = points[m]
            if a < i and b < j:
                value = weights[m] + worth[n] + _closeness(i - a, j - b)
                if value > best:
                    best, link = value, m
        weights.append(best)
        before.append(link)
    chain: dict[int, int] = {}
    n = max(range(len(points)), key=weights.__getitem__, default=-1)
    while n >= 0:
        chain[points[n][0]] = points[n][1]
        n = before[n]
    return chain


def _closeness(claim_step: int, span_step: int) -> float:
    apart = abs(claim_step - span_step)
    return max(-0.5, 0.5 - 0.1 * apart)


def _beside(heavy: Mapping[int, int], small: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Small words that stand right beside a match in both texts."""
    beside: dict[int, int] = {}
    for i, j in small:
        left = heavy.get(i - 1, beside.get(i - 1))
        right = heavy.get(i + 1)
        if left == j - 1 or (right == j + 1 and (left is None or left < j)):
            beside.setdefault(i, j)
    return beside
