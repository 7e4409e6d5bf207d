"""Exceptions and conditions that a claim drops or adds (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.alignment import Alignment, read
from rag.check_modality import modals
from rag.check_quantifiers import quantifiers
from rag.types import Check

_EXCEPTION = re.compile(
    r"\b(?:unless|except(?:ing)?(?: for| that| where| when| in| with| as)?|other than|save(?: for| that| where| in)|with (?:the|a|one|a single|two|few|some) (?:single )?exceptions?(?: of)?|"
    r"there (?:are|were|is|was) (?:some |a few |an? )?exceptions?|apart from|aside from|excluding|barring|only (?:if|when|where|with|after|on|for|in|by)|provided(?: that|,)|"
    r"as long as|on condition that|subject to (?:the|a|an|any|this|prior|approval)|but not(?! limited)|not including|in the absence of|"
    r"without the (?:prior |written |prior written )*(?:consent|approval|agreement|permission) of)\b",
    re.IGNORECASE,
)
_KINDRED = re.compile(
    r"\b(?:unless|except\w*|other than|save|apart from|aside from|exclud\w*|exempt\w*|barring|provided|as long as|condition\w*|subject to|but|if|even|besides|beyond|outside|"
    r"regardless|unlike|whereas|while|until|once)\b",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"\b(?:allowed|permitted|prohibited|banned|barred|forbidden|free|exempt|valid|always|never|appl(?:y|ies)|entitled|required|eligible|mandatory|compulsory|covered|"
    r"excluded|lapse|expires?|takes? effect|remain|shall|must|will|may|can|cannot|not)\b",
    re.IGNORECASE,
)
_HELD = 0.34
_ADDED = 0.5
_ALIGNED, _FOLLOWED = 0.75, 0.6
_NEXT = 6
_LONGEST = 45
"""Words of a sentence up to which its exception surely bears on what the claim repeats of it."""


@dataclass(frozen=True, slots=True)
class Exempted:
    """An exception at the words first…end: the words that open it and what follows in its clause."""

    first: int
    end: int


@lru_cache(maxsize=4096)
def exceptions(text: str) -> tuple[Exempted, ...]:
    whole = read(text)
    found: list[Exempted] = []
    for match in _EXCEPTION.finditer(text):
        first, end = whole.stretch(*match.span())
        stop, limit = end, whole.sentence_of(first)[1]
        while stop < limit and whole.clauses[stop] == whole.clauses[max(end - 1, first)]:
            stop += 1
        if stop > first:
            found.append(Exempted(first, stop))
    return tuple(found)


def exception_checks(pair: Alignment) -> Iterator[Check]:
    mine = exceptions(pair.claim.text)
    if not mine and (pair.coverage < _ALIGNED or pair.order < _FOLLOWED):
        return
    theirs = exceptions(pair.span.text)
    found = _added(pair, mine, theirs) or _dropped(pair, theirs)
    if found:
        yield found


def _added(pair: Alignment, mine: tuple[Exempted, ...], theirs: tuple[Exempted, ...]) -> Check | None:
    """An exception of the claim whose words are not in the span."""
    if any(a <= one.first < b for one in theirs for a, b in pair.window):
        return None
    for one in mine:
        content = [i for i in range(one.first, one.end) if pair.claim.content[i]]
        rest = [i for i in range(len(pair.claim)) if pair.claim.content[i] and not one.first <= i < one.end]
        held = sum(pair.matches[i] >= 0 for i in content) / len(content) if content else 1.0
        known = sum(pair.matches[i] >= 0 for i in rest) / len(rest) if rest else 0.0
        if held <= _HELD and known >= _ADDED:
            return Check("exception", pair.claim.between(one.first, one.end), "")
    return None


def _dropped(pair: Alignment, theirs: tuple[Exempted, ...]) -> Check | None:
    """An exception in the sentence of the span that the claim otherwise repeats as a rule."""
    if pair.coverage < _ALIGNED or pair.order < _FOLLOWED or not theirs:
        return None
    if _KINDRED.search(pair.claim.text) or not _states_a_rule(pair):
        return None
    matched = [j for i, j in enumerate(pair.matches) if j >= 0 and pair.ordered[i] and pair.claim.content[i]]
    for one in theirs:
        first, end = pair.span.sentence_of(one.first)
        inside = [j for j in matched if first <= j < end]
        if len(inside) < _ALIGNED * len(matched) or any(one.first <= j < one.end for j in pair.matches):
            continue
        if end - first <= _LONGEST and _bears_on(one, inside):
            return Check(
                "exception", pair.claim.text.strip().rstrip("."), pair.span.between(one.first, one.end)
            )
    return None


def _states_a_rule(pair: Alignment) -> bool:
    if _RULE.search(pair.claim.text) or modals(pair.claim.text):
        return True
    return any(one.kind in ("all", "none", "most") for one in quantifiers(pair.claim.text))


def _bears_on(one: Exempted, matched: list[int]) -> bool:
    """The exception follows or opens the clause that the claim repeats."""
    before = [j for j in matched if j < one.first]
    after = [j for j in matched if j >= one.end]
    if before and one.first - max(before) <= _NEXT:
        return True
    return not before and bool(after) and min(after) - one.end <= _NEXT
