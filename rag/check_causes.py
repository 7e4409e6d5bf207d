"""Causes that a span does not give, or gives the other way round (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.alignment import Alignment, Text, read
from rag.types import Check

_LINK = re.compile(
    r"\b(?:(?P<back>because of|because|due to|owing to|thanks to|as a result of|as a consequence of|on account of|in response to|caused by|prompted by|"
    r"triggered by|driven by|brought about by|stem(?:s|med)? from|result(?:s|ed)? from|on the grounds? (?:that|of)|blamed on|attributed to)"
    r"|(?P<forth>led to|leads to|lead to|caused|causes|resulted in|results in|brought about|prompted|triggered|gave rise to|provoked|as a result,|consequently|therefore|thereby)"
    r"|(?P<despite>although|though|even though|despite|in spite of|notwithstanding|nevertheless|regardless of|irrespective of|even if)"
    r"|(?P<barred>prevented|prevents|averted|stopped))(?=\W)",
    re.IGNORECASE,
)
_CONTRARY = {
    "back": frozenset({"despite"}),
    "forth": frozenset({"barred", "despite"}),
    "despite": frozenset({"back", "forth"}),
    "barred": frozenset({"forth"}),
}
_SIDE = 0.5
_EFFECT = 0.6
_TOLD = 0.4
_REACH = 12


@dataclass(frozen=True, slots=True)
class Link:
    """A causal word at the words first…end with the content words of the cause and of the effect."""

    first: int
    end: int
    kind: str
    cause: tuple[int, ...]
    effect: tuple[int, ...]


@lru_cache(maxsize=4096)
def links(text: str) -> tuple[Link, ...]:
    whole = read(text)
    found: list[Link] = []
    for match in _LINK.finditer(text):
        first, end = whole.stretch(*match.span())
        if first < end:
            kind = match.lastgroup or ""
            found.append(Link(first, end, kind, *_sides(whole, first, end, kind)))
    return tuple(found)


def _sides(whole: Text, first: int, end: int, kind: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """(cause, effect) of a link; "because of the drought, prices rose" opens with the cause."""
    start, stop = whole.sentence_of(first)
    left = tuple(i for i in range(max(start, first - _REACH), first) if whole.content[i])
    right = tuple(i for i in range(end, min(stop, end + _REACH)) if whole.content[i])
    if kind in ("forth", "barred"):
        return left, right
    if not left:
        opening = tuple(i for i in right if whole.clauses[i] == whole.clauses[right[0]])
        return opening, right[len(opening) :]
    return right, left


def cause_checks(pair: Alignment) -> Iterator[Check]:
    linked = links(pair.claim.text)
    if pair.coverage < _TOLD or not linked:
        return
    theirs = links(pair.span.text)
    for mine in linked:
        found = _unmet(pair, mine, theirs)
        if found is not None:
            yield Check("cause", _phrase(pair.claim, mine), found)
            return


def _unmet(pair: Alignment, mine: Link, theirs: tuple[Link, ...]) -> str | None:
    """What the span says instead, "" for no such cause; None where the link is borne out or unknown."""
    kept = any(pair.ordered[i] for i in range(mine.first, mine.end))
    for other in () if kept else theirs:
        if other.kind in _CONTRARY[mine.kind] and _same_place(pair, mine, other):
            return _phrase(pair.span, other)
        if mine.kind in ("back", "forth") and other.kind in ("back", "forth") and _turned(pair, mine, other):
            return _phrase(pair.span, other)
    if mine.kind in ("back", "forth") and _unheard_of(pair, mine):
        return ""
    return None


def _same_place(pair: Alignment, mine: Link, other: Link) -> bool:
    slot = pair.slot(mine.first, mine.end)
    if slot is not None and slot[0] <= other.first and other.end <= slot[1]:
        return True
    return _held(pair, mine.cause, other.cause) >= _SIDE and _held(pair, mine.effect, other.effect) >= _SIDE


def _turned(pair: Alignment, mine: Link, other: Link) -> bool:
    """Cause and effect have changed places."""
    straight = _held(pair, mine.cause, other.cause) + _held(pair, mine.effect, other.effect)
    crossed = _held(pair, mine.cause, other.effect) + _held(pair, mine.effect, other.cause)
    return crossed >= 2 * _SIDE and crossed > straight + 0.5


def _unheard_of(pair: Alignment, mine: Link) -> bool:
    """The span tells the effect, and nothing of the cause."""
    known = sum(pair.matches[i] >= 0 for i in mine.effect) / len(mine.effect) if mine.effect else 0.0
    heard = any(pair.matches[i] >= 0 or pair.claim.stems[i] in pair.span.places for i in mine.cause)
    return len(mine.cause) >= 2 and not heard and known >= _EFFECT


def _held(pair: Alignment, mine: tuple[int, ...], theirs: tuple[int, ...]) -> float:
    """The share of some words of the claim that match among some of the span."""
    return sum(pair.matches[i] in theirs for i in mine) / len(mine) if mine else 0.0


def _phrase(text: Text, link: Link) -> str:
    return text.between(link.first, min(link.end + 5, text.sentence_of(link.first)[1]))
