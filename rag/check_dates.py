"""Dates of a claim that its span does not give, or gives to something else (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from rag.alignment import Alignment, Text
from rag.check_calendar import WEEKDAY, WEEKDAYS, Mention, mentions
from rag.check_values import Bound, Value, values
from rag.datespans import DateSpan, Precision
from rag.types import Check

_RELATIVE = re.compile(
    r"\b(?:later|earlier|following|next|previous|preceding|last|ago|after|before|since|until|for|prior|then|subsequent|"
    r"successive|annual\w*|every|old|aged?|anniversary|every|within|from|days?|term)\b",
    re.IGNORECASE,
)
_NEXT = re.compile(r"\b(?:years?|following|next|previous|last|annual\w*)\b", re.IGNORECASE)
_SAME_PLACE = 0.55
_ELSEWHERE = 0.4
_MENTIONED = 0.3
_LATE = 28
"""Days of a month that may be its end."""


def date_checks(pair: Alignment) -> Iterator[Check]:
    dated = mentions(pair.claim.text)
    theirs = mentions(pair.span.text) if dated else ()
    fired = [(mine, check) for mine in dated if (check := _unmet(pair, mine, theirs))]
    if not _apart_as_said([mine for mine, _ in fired], pair.span):
        yield from (check for _, check in fired)
    yield from _weekdays(pair)


def _unmet(pair: Alignment, mine: Mention, theirs: Sequence[Mention]) -> Check | None:
    said = pair.claim.between(mine.first, mine.end)
    placed = [(pair.likeness((mine.first, mine.end), (one.first, one.end)), one) for one in theirs]
    agreeing = [near for near, one in placed if _agrees(mine, one, theirs, pair.span)]
    agreeing += [0.5] if not agreeing and _both_ends(mine, theirs) else []
    rivals = [(near, one) for near, one in placed if not _agrees(mine, one, theirs, pair.span)]
    near, rival = max(rivals, key=lambda r: r[0], default=(0.0, None))
    written = pair.span.between(rival.first, rival.end) if rival else ""
    if agreeing:
        moved = near >= _SAME_PLACE and max(agreeing) < near - _ELSEWHERE
        return Check("date", said, written) if rival and moved and _as_exact(mine, rival) else None
    if _verbatim(pair, mine):
        return None
    in_place = rival and pair.in_place((mine.first, mine.end), (rival.first, rival.end))
    if not in_place and _reckoned(pair, mine, theirs):
        return None
    return Check("date", said, written if near >= _MENTIONED and rival and not _within(mine, rival) else "")


def _as_exact(mine: Mention, rival: Mention) -> bool:
    """Of the same precision: a month and a year may both date one thing."""
    return (mine.day is None) == (rival.day is None) and (mine.month is None) == (rival.month is None)


def _agrees(mine: Mention, other: Mention, theirs: Sequence[Mention], span: Text) -> bool:
    if mine.days and other.days:
        return _intervals_agree(mine, other, span)
    if mine.month is None or other.month is None:
        return _month_within(mine, other)
    if mine.month != other.month or not _day_agrees(mine, other, span):
        return False
    if mine.year is None or other.year is None:
        known = {one.year for one in theirs if one.year}
        return mine.year is None or not known or mine.year in known
    return mine.year == other.year


def _month_within(mine: Mention, other: Mention) -> bool:
    """A month without a year against a range of months with one."""
    if mine.days is not None or mine.month is None or other.days is None:
        return False
    edges = (other.days.first.month, other.days.last.month)
    return mine.month in edges and other.days.precision < Precision.YEAR


def _day_agrees(mine: Mention, other: Mention, span: Text) -> bool:
    if mine.day is None or mine.day == other.day:
        return True
    if mine.day >= _LATE and other.day is None and "end" in span.folded[max(0, other.first - 3) : other.end]:
        return True
    return other.day is None and _day_beside(mine.day, other, span)


def _day_beside(day: int, other: Mention, span: Text) -> bool:
    """ "14 and 15 December": the first day stands before the date."""
    return any(other.first - 4 <= j < other.end + 3 for j in span.places.get(str(day), ()))


def _intervals_agree(mine: Mention, other: Mention, span: Text) -> bool:
    a, b = mine.days, other.days
    if a is None or b is None:
        return False
    if a.first <= b.first and b.last <= a.last and (a.precision > b.precision or not _has_two_ends(a)):
        return True
    if a.precision in (Precision.PART, Precision.DECADE) or (
        a.first != a.last and a.precision is Precision.DAY
    ):
        return a.overlaps(b) and b.precision <= a.precision
    if a.precision is Precision.DAY:
        return (a.first in (b.first, b.last) and b.precision is Precision.DAY) or (
            b.precision is Precision.MONTH
            and b.first <= a.first <= b.last
            and _day_beside(a.first.day, other, span)
        )
    if a.precision is Precision.MONTH:
        edges = {(b.first.year, b.first.month), (b.last.year, b.last.month)}
        return (
            b.precision <= Precision.MONTH
            and {
                (a.first.year, a.first.month),
                (a.last.year, a.last.month),
            }
            <= edges
        )
    return {a.first.year, a.last.year} <= {b.first.year, b.last.year} and b.precision is not Precision.DECADE


def _has_two_ends(days: DateSpan) -> bool:
    """A range that states its first and its last year or month ("between 1999 and 2003")."""
    first, last = days.first, days.last
    if days.precision is Precision.YEAR:
        return first.year != last.year
    return days.precision is Precision.MONTH and (first.year, first.month) != (last.year, last.month)


def _both_ends(mine: Mention, theirs: Sequence[Mention]) -> bool:
    """A range of months or years whose first and last are dated apart in the span."""
    if mine.days is None or mine.days.precision < Precision.MONTH:
        return False
    begin, end = mine.days.first, mine.days.last
    known = {(d.year, d.month) for one in theirs if one.days for d in (one.days.first, one.days.last)}
    if mine.days.precision is Precision.MONTH:
        return begin.month != end.month and {(begin.year, begin.month), (end.year, end.month)} <= known
    return begin.year != end.year and {begin.year, end.year} <= {year for year, _ in known}


def _within(mine: Mention, other: Mention) -> bool:
    """The claim says more exactly what the span says: silence, not a rival."""
    if mine.days and other.days:
        return other.days.first <= mine.days.first and mine.days.last <= other.days.last
    return mine.month is not None and mine.month == other.month and other.day is None


def _verbatim(pair: Alignment, mine: Mention) -> bool:
    """A year that stands in the span, though not as a date ("S-2014", "1995 tonnes")."""
    if mine.month is not None or mine.year is None or mine.end - mine.first > 1:
        return False
    written = pair.claim.folded[mine.first]
    dated = mentions(pair.span.text)
    return any(not any(one.first <= j < one.end for one in dated) for j in pair.span.places.get(written, ()))


def _reckoned(pair: Alignment, mine: Mention, theirs: Sequence[Mention]) -> bool:
    """A date that follows from another one and a length of time ("two years later")."""
    if not _RELATIVE.search(pair.span.text):
        return False
    lengths = [value for value in values(pair.span.text) if value.measure == "time"]
    if mine.day is not None:
        return any(_days_apart(mine, one, lengths) for one in theirs)
    if mine.year is None or mine.month is not None:
        return False
    steps = {round(value.size / 365.25) for value in lengths if value.size >= 365}
    steps |= {1} if _NEXT.search(pair.span.text) else set()
    known = {year for one in theirs if one.days for year in (one.days.first.year, one.days.last.year)}
    return any(abs(mine.year - year) in steps for year in known)


def _days_apart(mine: Mention, other: Mention, lengths: Sequence[Value]) -> bool:
    a, b = mine.on(2023), other.on(2023)
    if a is None or b is None:
        return False
    apart = abs(a - b)
    return any(abs(apart - timedelta(value.size)) <= timedelta(_slack(value)) for value in lengths)


def _slack(value: Value) -> float:
    """Days by which months and years are uneven."""
    return 0.01 if value.converted in (1, 7) and value.bound is Bound.EXACT else 2.0 + value.size / 300


def _apart_as_said(open_ones: Sequence[Mention], span: Text) -> bool:
    """An example with two made-up dates that lie as far apart as the span says."""
    if len(open_ones) != 2:
        return False
    lengths = [value for value in values(span.text) if value.measure == "time"]
    return _days_apart(open_ones[0].floored(), open_ones[1].floored(), lengths)


def _weekdays(pair: Alignment) -> Iterator[Check]:
    for found in WEEKDAY.finditer(pair.claim.text):
        said = {m[0] for m in WEEKDAY.finditer(pair.span.text)}
        dated = (one.days.first for one in mentions(pair.span.text) if one.days and one.day)
        computed = {WEEKDAYS[day.weekday()].title() for day in dated}
        if found[0] not in said | computed and (said or computed):
            yield Check("date", found[0], min(said) if len(said) == 1 else "")
