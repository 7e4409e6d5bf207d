"""The differences that one sentence states, side by side of it (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from rag.datespans import DateSpan
from rag.disagreement_said import (
    ASKS_A_DATE,
    Difference,
    Kind,
    Reading,
    as_written,
    content,
    event_before,
    like,
    shared,
    values_in,
)
from rag.disagreement_sides import Side, Stated
from rag.disagreement_values import (
    ROUGHLY,
    ROUGHLY_STATED,
    Amount,
    amounts_differ,
    comparable,
    dates_differ,
    periods_differ,
    ranges_differ,
)
from rag.terms import terms

_ASKS_A_NUMBER = re.compile(
    r"\b(?:number|how (?:many|much|long|far|large)|count|length|cost|price|size|height|depth|width|toll|deaths?|dead|"
    r"injured|killed|strength|population|volume|share|rate|term|gap)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not|no|never|none|without|den(?:y|ies|ied)|refus\w+|reject\w*|declin\w+|ceased?|cancel\w+|disputed|"
    r"unconditional\w*|closed|shut|only act)\b|n[’']t\b",
    re.IGNORECASE,
)
_MONTHS = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_OPENS_WITH_A_DATE = re.compile(r"(?:in|by|on|until|since)\s", re.IGNORECASE)
_THROUGH = re.compile(r",\s(?:through|to|up to)\s")
_SHOWN = 90


def inside(reading: Reading) -> list[Difference]:
    """The differences that a sentence itself states, pair by pair of its sides."""
    found = reading.stated
    if found is None:
        return []
    if len(found.sides) < 2:
        return list(_alternatives(reading, found))
    kind = _asked_kind(reading, found)
    pairs = list(combinations(found.sides, 2))
    if kind is None:
        told = found.explicit or _denied_by_one(reading, *found.sides[:2])
        return [d for a, b in pairs if told and (d := _in_words(reading, found, a, b))]
    differences = [d for a, b in pairs if (d := _in_values(reading, found, kind, a, b))]
    told_apart = kind is Kind.DATE or any(_equal(reading, kind, a, b) for a, b in pairs)
    if differences or not found.explicit or not told_apart:
        return differences
    return [d for a, b in pairs if (d := _in_words(reading, found, a, b))]


def _asked_kind(reading: Reading, found: Stated) -> Kind | None:
    """The kind of value that the sides give: a number or a date that at least two of them have; None where
    they differ in words."""
    if found.about.startswith("whether "):
        return None
    having = {
        kind: sum(bool(_values(reading, s, kind)) for s in found.sides) for kind in (Kind.NUMBER, Kind.DATE)
    }
    kinds = [kind for kind in having if having[kind] >= 2]
    if len(kinds) < 2:
        return kinds[0] if kinds else None
    dated = ASKS_A_DATE.search(found.about) and not _ASKS_A_NUMBER.search(found.about)
    return Kind.DATE if dated else Kind.NUMBER


def _values(reading: Reading, side: Side, kind: Kind) -> list[Amount | DateSpan]:
    wanted = Amount if kind is Kind.NUMBER else DateSpan
    return [v for v in values_in(reading.text, reading.dates, side.start, side.end) if isinstance(v, wanted)]


def _in_values(reading: Reading, found: Stated, kind: Kind, a: Side, b: Side) -> Difference | None:
    if not _sides_of_one_time(reading, kind, a, b):
        return None
    if not found.explicit and not _one_thing(reading, a, b):
        return None
    for x, y in _matched(reading, _values(reading, a, kind), _values(reading, b, kind)):
        if _apart(x, y, found.explicit) and (found.explicit or _named_alike(reading, (a, x), (b, y))):
            return Difference(
                kind,
                (x.start, x.end),
                (y.start, y.end),
                as_written(reading.text, x),
                as_written(reading.text, y),
                a.source,
                b.source,
                found.about,
            )
    return None


def _one_thing(reading: Reading, a: Side, b: Side) -> bool:
    """The sides share a word, or one of them gives a bare value."""
    left, right = (content(reading.text[side.start : side.end]) for side in (a, b))
    return not left or not right or bool(shared(left, right))


def _named_alike(reading: Reading, *given: tuple[Side, Amount | DateSpan]) -> bool:
    """Both numbers say of what they are, or both dates of what event; or a date is all that one side says."""
    if all(isinstance(value, Amount) for _, value in given):
        return all(isinstance(v, Amount) and (v.measure or v.nouns) for _, v in given)
    if not all(content(reading.text[side.start : side.end]) for side, _ in given):
        return True
    events = [event_before(reading.text, value.start, side.start) for side, value in given]
    return all(events) and bool(like(events[0]) & like(events[1]))


def _apart(x: Amount | DateSpan, y: Amount | DateSpan, explicit: bool) -> bool:
    if isinstance(x, Amount) and isinstance(y, Amount):
        return comparable(x, y) and (
            amounts_differ(x, y, ROUGHLY_STATED if explicit else ROUGHLY)
            or (explicit and ranges_differ(x, y))
        )
    if isinstance(x, DateSpan) and isinstance(y, DateSpan):
        return dates_differ(x, y) or (explicit and periods_differ(x, y))
    return False


def _matched(
    reading: Reading, left: Sequence[Amount | DateSpan], right: Sequence[Amount | DateSpan]
) -> Iterator[tuple[Amount | DateSpan, Amount | DateSpan]]:
    """The values of two sides in pairs: those with the same words after them first, then by order; where
    one side has fewer, its last value also stands for the rest."""

    def likeness(i: int, j: int) -> tuple[int, int]:
        return -len(_after(reading, left[i]) & _after(reading, right[j])), abs(i - j)

    open_left, open_right = set(range(len(left))), set(range(len(right)))
    for i, j in sorted(((i, j) for i in open_left for j in open_right), key=lambda p: (*likeness(*p), p)):
        if i in open_left and j in open_right:
            open_left.discard(i)
            open_right.discard(j)
            yield left[i], right[j]
    if len(right) == 1:
        yield from ((left[i], right[0]) for i in sorted(open_left))
    elif len(left) == 1:
        yield from ((left[0], right[j]) for j in sorted(open_right))


def _after(reading: Reading, value: Amount | DateSpan) -> frozenset[str]:
    return frozenset(terms(" ".join(re.split(r"\s", reading.text[value.end :].lstrip(), maxsplit=2)[:2])))


def _equal(reading: Reading, kind: Kind, a: Side, b: Side) -> bool:
    """Both sides give one and the same number: "20,000 troops", "20,000 reservists"."""
    pairs = _matched(reading, _values(reading, a, kind), _values(reading, b, kind))
    return any(
        isinstance(x, Amount)
        and isinstance(y, Amount)
        and (x.measure, x.low, x.high) == (y.measure, y.low, y.high)
        for x, y in pairs
    )


def _sides_of_one_time(reading: Reading, kind: Kind, a: Side, b: Side) -> bool:
    """False where two numbers are given for two times: "12,000 for 2010", "17,167 for 2020"."""
    if kind is not Kind.NUMBER:
        return True
    left, right = (_values(reading, side, Kind.DATE) for side in (a, b))
    dated = [(x, y) for x in left for y in right if isinstance(x, DateSpan) and isinstance(y, DateSpan)]
    return not dated or any(x.overlaps(y) for x, y in dated)


def _in_words(reading: Reading, found: Stated, a: Side, b: Side) -> Difference | None:
    left, right = _shown(reading, a), _shown(reading, b)
    if not left or not right or left == right or _at_two_times(reading, a, b):
        return None
    return Difference(
        _kind_of_words(found, left, right),
        (a.start, a.start + len(left)),
        (b.start, b.start + len(right)),
        left,
        right,
        a.source,
        b.source,
        found.about,
    )


def _denied_by_one(reading: Reading, a: Side, b: Side) -> bool:
    """One side denies what the other says in the same words."""
    left, right = (reading.text[side.start : side.end] for side in (a, b))
    return (
        bool(_DENIES.search(left)) != bool(_DENIES.search(right))
        and len(shared(content(left), content(right))) > 1
    )


def _kind_of_words(found: Stated, left: str, right: str) -> Kind:
    if _MONTHS.search(left) and _MONTHS.search(right) and ASKS_A_DATE.search(found.about):
        return Kind.DATE
    if found.about.startswith(("whether ", "how ")) or bool(_DENIES.search(left)) != bool(
        _DENIES.search(right)
    ):
        return Kind.POLARITY
    return Kind.NAME if re.search(r"\b[A-Z]", left + " " + right) else Kind.POLARITY


def _at_two_times(reading: Reading, a: Side, b: Side) -> bool:
    """Both sides open with a date, and not with one and the same: "in September", "by November"."""
    dates = [
        next((d for d in reading.dates if side.whole <= d.start <= side.whole + 8), None)
        for side in (a, b)
        if _OPENS_WITH_A_DATE.match(reading.text[side.whole :])
    ]
    if len(dates) < 2 or dates[0] is None or dates[1] is None:
        return False
    return not dates[0].overlaps(dates[1])


def _shown(reading: Reading, side: Side) -> str:
    """What a side says, up to its first comma, cut at a word where it is long."""
    text = reading.text[side.start : side.end]
    cut = re.search(r",\s", text)
    short = text[: cut.start()] if cut and len(text[: cut.start()].split()) > 2 else text
    return short if len(short) <= _SHOWN else short[: short.rfind(" ", 0, _SHOWN)]


def _alternatives(reading: Reading, found: Stated) -> Iterator[Difference]:
    """ "the number is given as 160, 162 or about 150": values of one kind in one clause."""
    side = found.sides[0]
    for kind in (Kind.NUMBER, Kind.DATE):
        values = _values(reading, side, kind)
        pairs = [(x, y) for x, y in combinations(values, 2) if _apart(x, y, False)]
        joined = [(x, y) for x, y in pairs if _side_by_side(reading.text[x.end : y.start])]
        for x, y in joined:
            left, right = as_written(reading.text, x), as_written(reading.text, y)
            yield Difference(kind, (x.start, x.end), (y.start, y.end), left, right, "", "", found.about)
        if joined:
            return


def _side_by_side(between_values: str) -> bool:
    return bool(
        re.fullmatch(r"(?:[\s,]|and|or|as|in|about|\d)*", between_values) or _THROUGH.search(between_values)
    )
