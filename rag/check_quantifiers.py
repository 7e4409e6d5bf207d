"""All told as some, at least told as at most, and the like (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.alignment import Alignment, Text, read
from rag.check_values import Bound, Value, bears_out, values
from rag.types import Check

_QUANTIFIER = re.compile(
    r"\b(?:(?P<none>no one|nobody|none|no|not (?:a single|one|any)|not a|neither|hardly any(?:one)?|almost no(?:ne)?)"
    r"|(?P<few>only (?:a )?few|(?:very )?few|a (?:small )?minority|a handful|a small (?:share|part|number)|hardly|only some|few if any|rarely|seldom)"
    r"|(?P<most>(?:the )?(?:vast |great |large |overwhelming )?majority|most|the bulk|the greater part|the larger part|nearly all|almost all|"
    r"more than half|over half|mostly|mainly|largely|chiefly|primarily|usually)"
    r"|(?P<all>all|every|each|everyone|everybody|the whole|the entire|any|both|whole|entire|without exception|entirely|fully|wholly|completely|exclusively|always)"
    r"|(?P<some>some|several|a few|a number of|certain|a couple of|part of|various|a part|partly|partially|in part|sometimes|occasionally)"
    r"|(?P<many>many|numerous|a lot of|a great (?:many|number)|lots of|often|frequently))\b",
    re.IGNORECASE,
)
_FITS: dict[str, frozenset[str]] = {
    "none": frozenset({"none"}),
    "few": frozenset({"few", "none"}),
    "most": frozenset({"most", "all"}),
    "all": frozenset({"all", "none"}),
    "some": frozenset({"some", "many", "most", "few", "all"}),
    "many": frozenset({"many", "most", "some"}),
}
"""Quantifier of the claim → quantifiers of the span that bear it out."""
_NO_QUANTIFIER = re.compile(
    r"\b(?:at all|all kinds|all sorts|all but|after all|above all|first of all|all[- ]round|most recent\w*|at most|at the most|for the most part|most of all|"
    r"not only|no longer|no later|no more|no less|no fewer|no doubt|some \d[\d,.]*|"
    r"some (?:two|three|four|five|six|seven|eight|nine|ten|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)\b|each other|"
    r"every (?:two|three|four|five|six|ten|second|third|\d+)|most \w+(?:ous|al|ive|ful|ant|ent|ing|ed|ary|ic|ble)\b(?! of))",
    re.IGNORECASE,
)
_REACH = 5
_ALIGNED = 0.6
_CLOSE = 0.75
_ONLY = re.compile(r"\b(?:only|solely|exclusively|alone)\b", re.IGNORECASE)
_ONE_OF = re.compile(
    r"\b(?:sole|exclusive|single|unique|except|other than|unless|no other|none other|but|just|merely)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantifier:
    """A quantifier at the words first…end, and the content words after it, of which one is what it counts."""

    first: int
    end: int
    kind: str
    heads: tuple[int, ...]


@lru_cache(maxsize=4096)
def quantifiers(text: str) -> tuple[Quantifier, ...]:
    whole = read(text)
    aside = [whole.stretch(*m.span()) for m in _NO_QUANTIFIER.finditer(text)]
    found: list[Quantifier] = []
    for match in _QUANTIFIER.finditer(text):
        first, end = whole.stretch(*match.span())
        if first < end and not any(a < end and first < b for a, b in aside):
            found.append(Quantifier(first, end, match.lastgroup or "", _heads(whole, end)))
    return tuple(found)


def _heads(whole: Text, end: int) -> tuple[int, ...]:
    clause = whole.clauses[end - 1]
    reach = range(end, min(end + _REACH, len(whole)))
    return tuple(i for i in reach if whole.content[i] and whole.clauses[i] == clause)[:2]


def quantifier_checks(pair: Alignment) -> Iterator[Check]:
    yield from _bounds(pair)
    if pair.coverage < _ALIGNED:
        return
    counted = quantifiers(pair.claim.text)
    theirs = quantifiers(pair.span.text) if counted else ()
    for mine in counted:
        rival = _rival(pair, mine, theirs)
        if rival is not None or _unfounded(pair, mine, theirs):
            source = _phrase(pair.span, rival) if rival else ""
            yield Check("quantifier", _phrase(pair.claim, mine), source)
            return
    yield from _only(pair)


def _rival(pair: Alignment, mine: Quantifier, theirs: tuple[Quantifier, ...]) -> Quantifier | None:
    """What the span says of the same things, where none of it fits."""
    slot = pair.slot(mine.first, mine.end)
    in_slot = [one for one in theirs if slot and slot[0] <= one.first and one.end <= slot[1]]
    if in_slot:
        same = any(one.kind == mine.kind or {one.kind, mine.kind} <= {"some", "many"} for one in in_slot)
        return None if same else in_slot[0]
    about = [one for one in theirs if _same_things(pair, mine, one)]
    if not about or any(one.kind in _FITS[mine.kind] for one in about):
        return None
    return about[0]


def _same_things(pair: Alignment, mine: Quantifier, other: Quantifier) -> bool:
    shared = any(pair.matches[i] in other.heads for i in mine.heads)
    return shared and any(a <= other.first < b for a, b in pair.window)


def _unfounded(pair: Alignment, mine: Quantifier, theirs: tuple[Quantifier, ...]) -> bool:
    """ "Most" or "few" of what the span neither counts nor weighs."""
    if mine.kind not in ("most", "few") or pair.order < _CLOSE or not mine.heads:
        return False
    return not theirs and not values(pair.span.text) and pair.matches[mine.heads[0]] >= 0


def _bounds(pair: Alignment) -> Iterator[Check]:
    """ "at least 40" for "at most 40", of one number."""
    for mine in (one for one in values(pair.claim.text) if one.bound is not Bound.EXACT):
        theirs = values(pair.span.text)
        for other in theirs:
            if _turned(mine, other) and not any(bears_out(one, mine) for one in theirs if one is not other):
                yield Check("quantifier", _bounded(pair.claim, mine), _bounded(pair.span, other))
                return


def _turned(mine: Value, other: Value) -> bool:
    pairs = {(Bound.ABOVE, Bound.BELOW), (Bound.BELOW, Bound.ABOVE), (Bound.NEARLY, Bound.ABOVE)}
    same = abs(mine.size - other.size) < 1e-6 * max(mine.size, 1.0) and mine.measure == other.measure
    return same and (mine.bound, other.bound) in pairs


def _bounded(text: Text, value: Value) -> str:
    return text.between(max(0, value.first - 2), min(value.end + 1, len(text)))


def _only(pair: Alignment) -> Iterator[Check]:
    """A claim that something holds of nothing else, close to a span that does not say so."""
    found = _ONLY.search(pair.claim.text)
    if not found or pair.order < _CLOSE or _ONLY.search(pair.span.text) or _ONE_OF.search(pair.span.text):
        return
    first, _ = pair.claim.stretch(*found.span())
    if not any(one.first - 2 <= first <= one.end for one in values(pair.claim.text)):
        yield Check("quantifier", pair.claim.between(first, min(first + 3, len(pair.claim))), "")


def _phrase(text: Text, one: Quantifier) -> str:
    return text.between(one.first, one.heads[0] + 1 if one.heads else one.end)
