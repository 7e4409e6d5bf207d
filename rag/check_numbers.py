"""Numbers of a claim that its span does not hold, or holds of something else (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.alignment import IN_PLACE, Alignment, Text, alike
from rag.check_arithmetic import derived
from rag.check_values import Bound, Value, bears_out, values
from rag.datespans import years
from rag.types import Check

_SAME_PLACE = 0.55
_ELSEWHERE = 0.4
_PAIR = 2
"""What is two is seldom counted in words where it is named: two sides, two states."""
_FOLLOWED = 0.6
_NEARER = 0.4
_MENTIONED = 0.3
_EXAMPLE = re.compile(
    r"^(?:An? |If |Someone |Anyone |Suppose ).*\b(?:could|would|may|must|can|cannot|needs?|has to|have to|shall|is not|does not|is too|breaks?|violates?)\b"
)
_COMPARED = re.compile(
    r"(?:\w+ ){0,2}(?:fewer|more|less|higher|lower|later|earlier|longer|shorter|smaller|larger|older|younger)\b"
)
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_ORDINAL = re.compile(
    rf"(?<!two )(?<!one-)(?<!two-)\b(?P<word>{'|'.join(_ORDINALS)})\b(?!-in-|\s+half|\s+quarter|\s+of\b)"
    rf"|(?<![\w.,])(?P<n>\d{{1,3}})(?:st|nd|rd|th)\b(?!\s+(?:of\s+)?{_MONTH})",
    re.IGNORECASE,
)
_LARGE = {"dozen": (12, 200), "score": (20, 400), "hundred": (100, 2e4), "thousand": (1e3, 2e6), "million": (1e6, 2e9), "billion": (1e9, 2e12)}  # fmt: skip
_MAGNITUDE = re.compile(
    r"\b(dozen|score|hundred|thousand|million|billion)s(?=\s+(?:of|more)\b)", re.IGNORECASE
)
_SPACED = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:, \d{3})+|\d{1,3}\. \d{1,2})(?![\d.,]\d)")
"""A space inside a number, as extraction from pages leaves it: "1, 056"."""
_TIMES = re.compile(
    r"\b(once|twice|thrice|double[sd]?|triple[sd]?|quadruple[sd]?|halve[sd]?)\b", re.IGNORECASE
)
_RATE = re.compile(
    r"\b(?:(?P<day>daily|(?:per|every|each|a) day)|(?P<week>weekly|(?:per|every|each|a) week)|(?P<month>monthly|(?:per|every|each|a) month)"
    r"|(?P<quarter>quarterly|(?:per|every|each) quarter)|(?P<year>yearly|annual(?:ly)?|(?:per|every|each|a) year))\b(?! (?:later|earlier|before|after|ago|or so|and a half))",
    re.IGNORECASE,
)


def number_checks(pair: Alignment) -> Iterator[Check]:
    """Checks named "number", and "unit" where the number holds in another unit."""
    stated = [value for value in values(pair.claim.text) if not value.aside]
    theirs = values(pair.span.text) if stated else ()
    yield from (fired for mine in stated if (fired := _unmet(pair, mine, theirs)))
    yield from _ordinals(pair)
    yield from _magnitudes(pair)
    yield from _times(pair)
    yield from _rates(pair)


def _unmet(pair: Alignment, mine: Value, theirs: Sequence[Value]) -> Check | None:
    placed = [(pair.likeness((mine.first, mine.end), (one.first, one.end)), one) for one in theirs]
    said = phrase(pair.claim, mine)
    agreeing = [near for near, one in placed if bears_out(one, mine)]
    rivals = [(near, one) for near, one in placed if not bears_out(one, mine) and _same_kind(mine, one)]
    near, rival = max(rivals, key=lambda r: r[0], default=(0.0, None))
    written = phrase(pair.span, rival) if rival else ""
    if agreeing:
        exact = mine.bound not in (Bound.ABOVE, Bound.BELOW)
        place, margin = (_SAME_PLACE, _ELSEWHERE) if exact else (_NEARER, 0.0)
        if rival and near >= place and max(agreeing) < near - margin and _counts_alike(mine, rival):
            return Check("number", said, written)
        put_in = _put_in(pair, mine, theirs)
        return Check("number", said, phrase(pair.span, put_in)) if put_in else None
    after = pair.claim.between(mine.end, min(mine.end + 3, len(pair.claim)))
    compared = near < IN_PLACE or _COMPARED.match(after)
    if _verbatim(pair, mine) or (compared and derived(pair, mine, theirs)):
        return None
    if mine.stated == _PAIR and not mine.measure and near < _NEARER:
        return None
    other_unit = next((one for _, one in placed if _other_unit(mine, one)), None)
    if other_unit:
        return Check("unit", said, phrase(pair.span, other_unit))
    if near < _SAME_PLACE and _EXAMPLE.search(pair.claim.text):
        return None
    return Check("number", said, written if near >= _MENTIONED else "")


def _put_in(pair: Alignment, mine: Value, theirs: Sequence[Value]) -> Value | None:
    """The number of the span in whose place another one of it is put."""
    if pair.order < _FOLLOWED or any(pair.ordered[i] for i in range(mine.first, mine.end)):
        return None
    slot = pair.slot(mine.first, mine.end)
    inside = [one for one in theirs if slot and slot[0] <= one.first and one.end <= slot[1]]
    other = inside[0] if len(inside) == 1 else None
    return other if other and not bears_out(other, mine) and _counts_alike(mine, other) else None


def _same_kind(mine: Value, other: Value) -> bool:
    return mine.measure == other.measure if mine.measure or other.measure else True


def _counts_alike(mine: Value, other: Value) -> bool:
    if mine.measure:
        return mine.measure == other.measure
    return bool({s for noun in mine.nouns[:2] for s in alike(noun)} & set(other.nouns[:2]))


def _other_unit(mine: Value, other: Value) -> bool:
    """The same figure with another unit ("45 km", "45 miles"; "3 million", "3 billion")."""
    if (
        mine.measure
        and other.measure
        and (mine.measure != other.measure or mine.converted != other.converted)
    ):
        return abs(mine.stated - other.stated) < 1e-9 * max(mine.stated, 1.0)
    ratio = mine.stated / other.stated if other.stated else 0.0
    thousands = any(abs(ratio / scale - 1) < 1e-9 for scale in (1e3, 1e6, 1e-3, 1e-6))
    return thousands and max(mine.stated, other.stated) >= 1e6


def _verbatim(pair: Alignment, mine: Value) -> bool:
    """A number that stands in the span as it is, though not as a quantity: "2000" in "2000 troops"."""
    written = [word for word in pair.claim.folded[mine.first : mine.end] if word[0].isdigit()]
    if len(written) != 1:
        return False
    spaced = (re.sub(r"[,\s]", "", found[0]) for found in _SPACED.finditer(pair.span.text))
    if written[0] in spaced:
        return True
    if mine.end - mine.first > 1:
        return False
    there = values(pair.span.text)
    return any(
        not any(one.first <= j < one.end for one in there) for j in pair.span.places.get(written[0], ())
    )


def _ordinals(pair: Alignment) -> Iterator[Check]:
    mentioned = _ordinal_mentions(pair.claim)
    theirs = _ordinal_mentions(pair.span) if mentioned else []
    for size, mine in mentioned:
        if any(size == one for one, _ in theirs) or _century(pair.span, size):
            continue
        placed = [(pair.likeness(mine, there), there) for _, there in theirs]
        near, rival = max(placed, default=(0.0, (0, 0)))
        if near >= _SAME_PLACE:
            yield Check("number", pair.claim.between(*mine), pair.span.between(*rival))


def _ordinal_mentions(text: Text) -> list[tuple[int, tuple[int, int]]]:
    return [
        (
            int(found["n"]) if found["n"] else _ORDINALS.index(found["word"].lower()) + 1,
            text.stretch(*found.span()),
        )
        for found in _ORDINAL.finditer(text.text)
    ]


def _century(span: Text, size: int) -> bool:
    return size > len(_ORDINALS) and any((year - 1) // 100 + 1 == size for year, _ in years(span.text))


def _magnitudes(pair: Alignment) -> Iterator[Check]:
    """ "thousands" for "hundreds"."""
    for found in _MAGNITUDE.finditer(pair.claim.text):
        said = {m[1].lower(): m[0] for m in _MAGNITUDE.finditer(pair.span.text)}
        low, high = _LARGE[found[1].lower()]
        counted = any(low <= one.stated < high for one in values(pair.span.text))
        if said and found[1].lower() not in said and not counted:
            yield Check("number", found[0], next(iter(said.values())))


def _times(pair: Alignment) -> Iterator[Check]:
    """ "twice" for "once"."""
    for found in _TIMES.finditer(pair.claim.text):
        said = {m[1].lower()[:4]: m[0] for m in _TIMES.finditer(pair.span.text)}
        if said and found[1].lower()[:4] not in said:
            yield Check("number", found[0], next(iter(said.values())))


def _rates(pair: Alignment) -> Iterator[Check]:
    """ "weekly" for "monthly" in the same place."""
    rated = list(_RATE.finditer(pair.claim.text))
    theirs = (
        [(m.lastgroup, pair.span.stretch(*m.span())) for m in _RATE.finditer(pair.span.text)] if rated else []
    )
    for found in rated:
        mine = pair.claim.stretch(*found.span())
        if any(rate == found.lastgroup for rate, _ in theirs):
            continue
        rivals = [there for _, there in theirs if pair.likeness(mine, there) >= _SAME_PLACE]
        if rivals:
            yield Check("unit", found[0], pair.span.between(*rivals[0]))


def phrase(text: Text, value: Value) -> str:
    """A value as written, with the word that says of what."""
    end = value.end
    if end < len(text) and text.clauses[end] == text.clauses[value.end - 1] and text.content[end]:
        end += 1
    return text.between(value.first, end)
