"""Obligation told as permission, plans told as facts, and the like (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.alignment import Alignment, Text, alike, read
from rag.types import Check

_MODALS = re.compile(
    r"\b(?:"
    r"(?P<duty>shall|must|(?:is|are|was|were|be|been|being) (?:legally |also )?(?:required|obliged|bound|compelled|obligated) to|(?:has|have|had) to|(?:has|have) got to"
    r"|needs? to|ought to be|(?:is|are) under (?:a|an) (?:duty|obligation) to|(?:is|are|it is) (?:mandatory|compulsory|obligatory) (?:for|to)|requires?|obliges?|compels?)"
    r"|(?P<leave>may|can|(?:is|are|was|were|be) (?:also )?(?:allowed|permitted|entitled|free|authorised|authorized|empowered|able) to|(?:has|have|had) the (?:right|power|option) to|it is (?:up to|open to)|permits?|allows?|entitles?|authorises?|authorizes?|lets?)"
    r"|(?P<advice>should|ought to|(?:is|are) (?:advised|encouraged|recommended|urged) to|recommends?|had better)"
    r"|(?P<plan>(?:is|are|was|were) (?:expected|due|set|planned|scheduled|to be|about|going|meant|supposed|likely) to|(?:plan|intend|propos|hop|aim|prepar|promis|pledg|vow|threaten|agree)(?:s|e|es|ed|ing|ning|ned|d)? to|wants? to|would|will|going to)"
    r"|(?P<chance>might|could|possibly|perhaps|probably|likely|presumably|may (?:have|be|well)|can be)"
    r")\b",
    re.IGNORECASE,
)
_FITS: dict[str, frozenset[str]] = {
    "duty": frozenset({"duty", "will"}),
    "leave": frozenset({"leave", "chance"}),
    "advice": frozenset({"advice"}),
    "plan": frozenset({"plan", "will"}),
    "chance": frozenset({"chance", "leave"}),
    "will": frozenset({"will", "duty", "plan"}),
}
"""Strength of the claim's modal → strengths in the span that bear it out."""
_GRANTS = re.compile(r"^(?:requires?|obliges?|compels?|permits?|allows?|entitles?|authori[sz]es?)$", re.I)
_REACH, _FAR = 4, 12
_ALIGNED, _FOLLOWED = 0.6, 0.5
_TOLD, _PERMITTED = 0.3, 0.35
_UNCERTAIN = frozenset({"plan", "chance", "advice"})
_LEGAL = frozenset({"duty", "leave", "advice"})
_LIMITS = re.compile(
    r"\b(?:only|unless|not|no|except|without|never|cannot|subject|provided|neither|none|nothing|exempt\w*|n't)\b",
    re.I,
)
_SOME = re.compile(r"\b(?:some|similar|survive|include|contain)\b", re.I)
_DONE = re.compile(r"(?:ed|en|ew|id|ought|aught|ent|ept|eld|old|ade|ave|ook|oke|ote|ose|an|un|ut|et)$")
_UNSURE = frozenset("if whether unless possible possibly perhaps may might could would to not".split())
_PLANNING = frozenset(
    "plan intend propos propo hope aim expect promis pledg recommend advis suggest urg want threaten schedul like".split()
)


@dataclass(frozen=True, slots=True)
class Modal:
    """A modal expression at the words first…end, its strength, and the verb that it bears on, -1 if none."""

    first: int
    end: int
    strength: str
    verb: int


Modals = tuple[Modal, ...]


@lru_cache(maxsize=4096)
def modals(text: str) -> Modals:
    whole = read(text)
    found: list[Modal] = []
    for match in _MODALS.finditer(text):
        first, end = whole.stretch(*match.span())
        if first >= end or _a_name(whole, first, match[0]):
            continue
        strength = match.lastgroup or ""
        if match[0].lower() in ("will", "going to"):
            strength = "will"
        granted = _GRANTS.match(match[0]) and _after_to(whole, end)
        found.append(Modal(first, end, strength, granted or _verb(whole, end)))
    return tuple(found)


def _after_to(whole: Text, end: int) -> int | None:
    """ "allows a governor to close": the verb comes after "to"."""
    for i in range(end, min(end + _FAR, whole.sentence_of(end - 1)[1] - 1)):
        if whole.folded[i] == "to" and whole.content[i + 1]:
            return i + 1
    return None


def _a_name(whole: Text, first: int, written: str) -> bool:
    """The month, "the will", "a can"."""
    if written[0].isupper() and first not in {a for a, _ in whole.sentences}:
        return True
    return first > 0 and whole.folded[first - 1] in (
        "the",
        "a",
        "of",
        "in",
        "his",
        "her",
        "their",
        "its",
        "free",
    )


def _verb(whole: Text, end: int) -> int:
    """The first content word after a modal."""
    for i in range(end, min(end + _REACH, len(whole))):
        if whole.clauses[i] != whole.clauses[end - 1]:
            break
        if whole.content[i] and not whole.folded[i].endswith("ly"):
            return i
    return -1


def modality_checks(pair: Alignment) -> Iterator[Check]:
    mine = modals(pair.claim.text)
    close = pair.coverage >= _ALIGNED and pair.order >= _FOLLOWED
    if not close and (pair.coverage < _TOLD or not mine):
        return
    theirs = modals(pair.span.text)
    found: Check | None = None
    if close:
        found = (
            _other_strength(pair, mine, theirs)
            or _hardened(pair, mine, theirs)
            or _softened(pair, mine, theirs)
        )
    found = found or _other_in_sentence(pair, mine, theirs)
    if found:
        yield found


def _other_strength(pair: Alignment, mine: Modals, theirs: Modals) -> Check | None:
    """Another modal bears on the same verb."""
    for modal in mine:
        there = pair.matches[modal.verb] if modal.verb >= 0 else -1
        if (
            there < 0
            or pair.ordered[modal.first]
            or pair.claim.folded[modal.first] in pair.span.folded[max(0, there - 3) : there]
        ):
            continue
        rival = _over(pair, theirs, there)
        if (
            rival
            and not _fits(modal, rival)
            and not (modal.strength == "leave" and _SOME.search(pair.claim.text))
        ):
            return Check("modality", _phrase(pair.claim, modal), _phrase(pair.span, rival))
    return None


def _fits(mine: Modal, other: Modal) -> bool:
    return other.strength in _FITS[mine.strength]


def _over(pair: Alignment, theirs: Modals, verb: int) -> Modal | None:
    """The modal of the span that bears on a verb, or stands right before it."""
    sentence = pair.span.sentence_of(verb)
    near = [
        one
        for one in theirs
        if sentence[0] <= one.first < verb and (one.verb == verb or 0 <= verb - one.end <= 2)
    ]
    return near[-1] if near else None


def _other_in_sentence(pair: Alignment, mine: Modals, theirs: Modals) -> Check | None:
    """The one modal of the claim fits none of those in the sentence that it tells."""
    first, end = pair.best_sentence()
    inside = [one for one in theirs if first <= one.first < end]
    if (
        len(mine) != 1
        or mine[0].strength not in _LEGAL
        or not inside
        or any(_fits(mine[0], one) for one in inside)
    ):
        return None
    if mine[0].strength == "leave" and (_SOME.search(pair.claim.text) or pair.coverage < _PERMITTED):
        return None
    if any(one.strength not in _LEGAL for one in inside) or _LIMITS.search(pair.claim.text):
        return None
    if _LIMITS.search(pair.span.between(first, end)):
        return None
    return Check("modality", _phrase(pair.claim, mine[0]), _phrase(pair.span, inside[0]))


def _hardened(pair: Alignment, mine: Modals, theirs: Modals) -> Check | None:
    """The span plans, advises or supposes what the claim states as a fact."""
    verbs = {modal.verb for modal in mine}
    back = {j: i for i, j in enumerate(pair.matches) if j >= 0 and pair.ordered[i]}
    for modal in theirs:
        i = back.get(modal.verb, -1)
        if modal.strength not in _UNCERTAIN or i < 0 or i in verbs or _governed(pair.claim, mine, i):
            continue
        if _stated(pair, i) and any(a <= modal.first < b for a, b in pair.window):
            return Check("modality", pair.claim.between(max(0, i - 2), i + 1), _phrase(pair.span, modal))
    return None


def _softened(pair: Alignment, mine: Modals, theirs: Modals) -> Check | None:
    """The claim plans or supposes what the span states as done."""
    for modal in mine:
        there = pair.matches[modal.verb] if modal.verb >= 0 else -1
        if modal.strength not in ("plan", "chance") or there < 0 or not pair.ordered[modal.verb]:
            continue
        if _done(pair, modal.verb, there) and not _governed(pair.span, theirs, there):
            return Check(
                "modality", _phrase(pair.claim, modal), pair.span.between(max(0, there - 2), there + 1)
            )
    return None


def _done(pair: Alignment, verb: int, there: int) -> bool:
    """The span's verb is past where the claim's is not: "opened", "was signed" for "be signed"."""
    if pair.claim.folded[verb - 1] == "be":
        return pair.span.folded[there - 1] in ("was", "were", "been")
    past = _DONE.search(pair.span.folded[there]) is not None
    return past and pair.span.folded[there] != pair.claim.folded[verb]


def _governed(text: Text, known: Modals, i: int) -> bool:
    """A modal or a word for uncertainty stands before the verb in its sentence."""
    first = text.sentence_of(i)[0]
    return any(first <= modal.first < i for modal in known) or any(
        text.folded[k] in _UNSURE or not _PLANNING.isdisjoint(alike(text.stems[k])) for k in range(first, i)
    )


def _stated(pair: Alignment, i: int) -> bool:
    """The claim's word is a verb in a form that states: "has built", "built", "builds"."""
    before = pair.claim.folded[i - 1] if i else ""
    if before in ("has", "have", "had", "was", "were", "is", "are", "been"):
        return True
    word = pair.claim.folded[i]
    return bool(_DONE.search(word)) and word != pair.span.folded[pair.matches[i]]


def _phrase(text: Text, modal: Modal) -> str:
    return text.between(modal.first, modal.verb + 1 if modal.verb >= 0 else modal.end)
