"""Where two sentences about the same thing differ (pure).

They are about the same thing where the shorter one's words recur in the other, neither names what the
other does not, and the dates that limit them agree. Thresholds were chosen on the tuning half of
evals/gold/disagreements.jsonl, precision before recall.
"""

from __future__ import annotations

from rag.datespans import DateSpan
from rag.disagreement_said import (
    Difference,
    Kind,
    Reading,
    Said,
    as_written,
    scopes_agree,
    shared,
    words_between,
)
from rag.disagreement_values import Amount, amounts_differ, comparable, dates_differ
from rag.synonyms import SYNONYMS
from rag.terms import terms

_SAME_THING, _SAME_STATEMENT = 0.6, 0.75
"""Share of the shorter one's words that the other must have: where one of them is a side of a stated
disagreement, and where neither is."""
_LARGEST_RATIO = 6.0
"""Numbers further apart than this count different things, as a rule."""
_PARTS = frozenset(
    terms(
        """part section portion phase stage half quarter share alone each per narrowest widest highest lowest smallest largest
        maximum minimum western eastern northern southern target goal aim forecast expected planned design quota balance
        inner outer net gross average median"""
    )
)
"""What limits or changes the thing measured."""
_ONCE = frozenset(
    terms(
        """signed dated concluded founded established formed created adopted ratified approved born died killed opened completed
        finished launched joined acceded entered force banned built inaugurated lapsed expired ended began started"""
    )
)
"""What happens to a thing once, as a rule."""
_ORIGIN = frozenset(
    terms("signed dated concluded founded established formed created adopted signature foundation")
)
"""What "the date of" a thing is, as a rule."""


def between(left: Reading, right: Reading, one_document: bool) -> list[Difference]:
    """The differences of two sentences about the same thing. Within one document a number or date only
    differs from those that it says to be in dispute: else it is of something else."""
    if one_document and not any(_listed(a, a) for r in (left, right) for a in r.said):
        return []
    return [
        _difference(left, right, a, b)
        for a in left.said
        for b in right.said
        if a.kind is b.kind
        and (_listed(a, b) or (not one_document and _alone(a, left) and _alone(b, right)))
        and _differ(a, b)
        and _same_thing(a, b)
    ]


def _listed(a: Said, b: Said) -> bool:
    """One of them is a side of a stated disagreement, or one of several figures that sources give."""
    return a.stated or b.stated or a.asked or b.asked


def _alone(said: Said, reading: Reading) -> bool:
    """A date, or a number that is the only one of its measure or noun in its sentence."""
    if not isinstance(said.value, Amount):
        return True
    others = [s.value for s in reading.said if isinstance(s.value, Amount) and s.value is not said.value]
    return not any(
        comparable(said.value, other) and _counted(other) == _counted(said.value) for other in others
    )


def _counted(amount: Amount) -> tuple[str, bool]:
    return amount.measure, bool(amount.nouns)


def _difference(left: Reading, right: Reading, a: Said, b: Said) -> Difference:
    about = next(
        (r.stated.about for r in (left, right) if r.stated and r.stated.about),
        words_between(left.text, shared(a.wide, b.wide)),
    )
    return Difference(
        a.kind,
        (a.value.start, a.value.end),
        (b.value.start, b.value.end),
        as_written(left.text, a.value),
        as_written(right.text, b.value),
        a.source,
        b.source,
        about,
    )


def _differ(a: Said, b: Said) -> bool:
    x, y = a.value, b.value
    if isinstance(x, Amount) and isinstance(y, Amount):
        low, high = sorted((max(x.high, 1e-9), max(y.high, 1e-9)))
        return _counts_one_thing(a, b, x, y) and amounts_differ(x, y) and high <= _LARGEST_RATIO * low
    if isinstance(x, DateSpan) and isinstance(y, DateSpan):
        return dates_differ(x, y)
    return False


def _counts_one_thing(a: Said, b: Said, x: Amount, y: Amount) -> bool:
    """One measure; or one noun, which where a number has none its sentence must hold."""
    if not comparable(x, y) or x.measure:
        return comparable(x, y)
    if x.nouns and y.nouns:
        return True
    return bool(frozenset(x.nouns) & b.wide or frozenset(y.nouns) & a.wide or (a.asked and b.asked))


def _same_thing(a: Said, b: Said) -> bool:
    common = shared(a.wide, b.wide)
    least = _SAME_THING if a.stated or b.stated else _SAME_STATEMENT
    if len(common) < least * min(len(a.wide), len(b.wide)) or _PARTS & (a.near ^ b.near):
        return False
    if (len(common) < 2 or not common - a.names) and not _of_one_thing(a, b):
        return False
    mine, theirs = a.names - shared(a.names, b.wide), b.names - shared(b.names, a.wide)
    if mine and theirs:
        return False
    if _own(a, b) and _own(b, a):
        return False
    return scopes_agree(a.scope, b.scope) and _same_head(a, b)


def _own(a: Said, b: Said) -> frozenset[str]:
    """The terms near the one that the other's sentence lacks; of a date, without those of its event."""
    lacking = a.near - shared(a.near, b.wide)
    return lacking - _ORIGIN if a.kind is Kind.DATE else lacking


def _of_one_thing(a: Said, b: Said) -> bool:
    """ "Sources disagree on the date of the pact" has no more words than the pact's to share."""
    one = a if a.asked else b
    return one.asked and a.kind is Kind.DATE and bool(one.wide) and one.wide <= one.names


def _same_head(a: Said, b: Said) -> bool:
    """What is counted, measured or dated is the same word, near one and about the other."""
    if a.kind is Kind.DATE:
        return _same_event(a, b)
    left, right = a.near - a.names, b.near - b.names
    if left and right:
        return bool(shared(left, b.wide) or shared(right, a.wide))
    return bool(shared(left or a.wide - a.names, b.wide) and shared(right or b.wide - b.names, a.wide))


def _same_event(a: Said, b: Said) -> bool:
    """One event that happens once stands right before both dates; or before one, where the other's
    sentence says that it is about the date of that event or of that thing."""
    if a.event and b.event:
        return bool(_same_word(a.event) & _same_word(b.event)) and (a.asked or b.asked or a.event in _ONCE)
    one, other = (a, b) if a.event else (b, a)
    if not one.event:
        return a.asked and b.asked
    return other.asked and bool(
        _same_word(one.event) & other.wide or (one.event in _ORIGIN and other.wide <= other.names)
    )


def _same_word(event: str) -> frozenset[str]:
    return SYNONYMS.get(event, frozenset()) | {event}
