"""What a claim denies and its span affirms, or the other way round (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from rag.alignment import Alignment, alike
from rag.check_polarity import denials, denied, denied_widely, denies_by_meaning, plainly_denied
from rag.check_words import IN_PLACE, OPPOSITE
from rag.types import Check

_ALIGNED = 0.6
_FOLLOWED = 0.4
_HEADS = 2
"""Content words right after a denying word that tell what is denied."""
_HALF = 0.5
_SAME_PLACE = 0.4
_BESIDE = 3
_FOLLOWING, _BEFORE = 2, 6
_IN_PART, _AT_ALL = 0.5, 0.25
"""Coverage from which a negative claim is compared with the best sentences, and with the whole span."""


def negation_checks(pair: Alignment) -> Iterator[Check]:
    found = _opposite(pair)
    if found is None and pair.coverage >= _ALIGNED and pair.order >= _FOLLOWED:
        found = _denied_by_claim(pair) or _denied_by_span(pair)
    found = found or _nowhere_denied(pair)
    if found:
        yield found


def _nowhere_denied(pair: Alignment) -> Check | None:
    """The claim denies with a verb what a span without any denying word cannot."""
    cue, head = next(
        ((cue, reached[0]) for cue, reached in denials(pair.claim.text) if plainly_denied(pair.claim, cue)),
        (-1, -1),
    )
    if cue < 0:
        return None
    for coverage, where in ((_IN_PART, pair.positions()), (_AT_ALL, iter(range(len(pair.span))))):
        if pair.coverage >= coverage and not _denies(pair, where):
            return Check("negation", pair.claim.between(max(0, cue - 1), head + 1), "")
    return None


def _denies(pair: Alignment, where: Iterator[int]) -> bool:
    return any(denies_by_meaning(pair.span, j, pair.claim) for j in where)


def _denied_by_claim(pair: Alignment) -> Check | None:
    theirs, closely = denied_widely(pair.span.text), denied(pair.span.text)
    for cue, reached in denials(pair.claim.text):
        heads = [i for i in reached[:_HEADS] if pair.matches[i] >= 0]
        if not heads or pair.ordered[cue]:
            continue
        head, verb = pair.matches[heads[0]], heads[0] == reached[0]
        put_in = (
            verb and _put_in(pair, cue, heads[0]) and not any(pair.matches[i] in closely for i in reached)
        )
        elsewhere = any(j in theirs for i in reached for j in _places(pair, i))
        if put_in or not (elsewhere or _span_denies_otherwise(pair, head, verb)):
            return Check("negation", pair.claim.between(cue, heads[0] + 1), _around(pair, head))
    return None


def _places(pair: Alignment, i: int) -> list[int]:
    """Wherever the span has the claim's word i or one like it."""
    return [j for one in alike(pair.claim.stems[i]) for j in pair.span.places.get(one, ())]


def _put_in(pair: Alignment, cue: int, head: int) -> bool:
    """The denying word stands between two words that stand together in the span, or before words that
    follow one another there just so with nothing before them that denies."""
    at = pair.matches[head]
    left = next((i for i in range(cue - 1, max(-1, cue - 4), -1) if pair.matches[i] >= 0), None)
    if left is not None and head - cue <= _HEADS and 0 < at - pair.matches[left] <= head - left:
        return True
    after = range(1, _FOLLOWING + 1)
    if not all(head + k < len(pair.claim) and pair.matches[head + k] == at + k for k in after):
        return False
    known = set(pair.matches)
    before = range(max(pair.span.sentence_of(at)[0], at - _BEFORE), at)
    return not any(j not in known and denies_by_meaning(pair.span, j, pair.claim) for j in before)


def _denied_by_span(pair: Alignment) -> Check | None:
    mine = denied(pair.claim.text)
    back = {j: i for i, j in enumerate(pair.matches) if j >= 0 and pair.ordered[i]}
    window = set(pair.positions())
    kept = {j for i, j in enumerate(pair.matches) if j >= 0 and pair.ordered[i]}
    for cue, reached in denials(pair.span.text):
        if cue not in window or cue in kept or reached[0] not in back:
            continue
        if any(back[j] in mine for j in reached if j in back) or _said_elsewhere(pair, reached[0]):
            continue
        head = back[reached[0]]
        if _left_out(pair, head, cue, reached[0]) or not _claim_denies_otherwise(pair):
            return Check(
                "negation",
                pair.claim.between(max(0, head - 3), head + 1),
                pair.span.between(cue, reached[0] + 1),
            )
    return None


def _left_out(pair: Alignment, head: int, cue: int, j: int) -> bool:
    """The denying word of the span stands between two words that stand together in the claim."""
    left = next((i for i in range(head - 1, max(-1, head - 4), -1) if pair.ordered[i]), None)
    return left is not None and pair.matches[left] < cue < j and j - pair.matches[left] <= head - left + 2


def _said_elsewhere(pair: Alignment, j: int) -> bool:
    """The same word stands undenied in the window, too."""
    theirs = denied(pair.span.text)
    places = pair.span.places.get(pair.span.stems[j], ())
    return any(
        other != j and other not in theirs for other in places if any(a <= other < b for a, b in pair.window)
    )


def _span_denies_otherwise(pair: Alignment, j: int, verb: bool) -> bool:
    """A word such as "ban" stands in the sentence of j; one that the claim has, too, tells nothing
    where the verb that the claim denies is the span's."""
    first, end = pair.span.sentence_of(j)
    known = set(pair.matches) if verb else set()
    return any(k not in known and denies_by_meaning(pair.span, k, pair.claim) for k in range(first, end))


def _claim_denies_otherwise(pair: Alignment) -> bool:
    return any(
        pair.matches[i] < 0 and denies_by_meaning(pair.claim, i, pair.span) for i in range(len(pair.claim))
    )


def _around(pair: Alignment, j: int) -> str:
    first, end = pair.span.sentence_of(j)
    return pair.span.between(max(first, j - 3), min(end, j + 3))


def _opposite(pair: Alignment) -> Check | None:
    """A word of the claim in whose place the span has its opposite."""
    matched = {j for i, j in enumerate(pair.matches) if j >= 0 and pair.ordered[i]}
    for i, stem in enumerate(pair.claim.stems):
        strict = IN_PLACE.get(stem, frozenset())
        others = (*opposites(stem), *strict)
        if not others or pair.ordered[i]:
            continue
        there = [j for other in others for j in pair.span.places.get(other, ()) if j not in matched]
        known = stem in pair.span.places
        slot = pair.slot(i, i + 1) if there and known else None
        for j in there:
            in_slot = slot is not None and slot[0] <= j < slot[1]
            if (in_slot or not known) and _odd(pair, i, j, pair.span.stems[j] in strict):
                return Check("negation", pair.claim.between(i, i + 1), pair.span.between(j, j + 1))
    return None


@lru_cache(maxsize=65_536)
def opposites(stem: str) -> tuple[str, ...]:
    """Stems that say the opposite of one, or stand for what does."""
    direct = OPPOSITE.get(stem, frozenset())
    wide = {other for one in direct for other in alike(one)}
    return tuple(sorted(direct | (wide - set(alike(stem)) - {stem})))


def _odd(pair: Alignment, i: int, j: int, strict: bool) -> bool:
    """The two opposites stand in one place and are denied equally often."""
    mine, theirs = denied(pair.claim.text).get(i, 0), denied(pair.span.text).get(j, 0)
    if (mine + theirs) % 2:
        return False
    alike_place = (
        not strict and pair.coverage >= _HALF and pair.likeness((i, i + 1), (j, j + 1)) >= _SAME_PLACE
    )
    return alike_place or _beside(pair, i, j)


def _beside(pair: Alignment, i: int, j: int) -> bool:
    """The words right before and after stand right before and after in both."""
    left = any(pair.matches[k] >= 0 and 0 < j - pair.matches[k] <= _BESIDE for k in range(max(0, i - 2), i))
    right = any(
        pair.matches[k] >= 0 and 0 < pair.matches[k] - j <= _BESIDE
        for k in range(i + 1, min(i + 3, len(pair.claim)))
    )
    return left and right
