"""Numbers that follow from those of a span (pure): 1995 and 2023 are 28 years apart, 61 less 38 is 23."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from rag.alignment import Alignment
from rag.check_calendar import mentions
from rag.check_values import Bound, Value, bears_out
from rag.datespans import years

_SUM = re.compile(
    r"\b(?:total\w*|altogether|together|combined|in all|sum|both|overall|between them|jointly|cost|persons|people)\b",
    re.I,
)
_DIFFERENCE = re.compile(
    r"\b(?:fewer|less|more|difference|gap|by|remain\w*|rest|other\w*|not|neither|without|later|earlier|lost|still|left|narrow\w*|"
    r"rose|fell|dropp\w*|increas\w*|decreas\w*|declin\w*|grew|growth|younger|older|smaller|larger|apart|longer|shorter|ahead|behind|margin)\b",
    re.I,
)
_SHARE = re.compile(
    r"\b(?:each|per|apiece|average|every|times|double\w*|twice|half|third|quarter|fifths?|share|proportion|in all|worth|cost)\b|%",
    re.I,
)
_AROUND = 6
_YEAR = 365.25
_MONTH, _WEEK = 30.44, 7
_LONGEST = 3 * _YEAR
"""Days up to which lengths of time are counted from days and months, not from years alone."""
_LIST = re.compile(
    r"[A-Z][\w’'.-]*(?: [\w’'.-]+){0,4}(?:, (?:[\w’'.-]+ ){0,4}[\w’'.-]+)*,? (?:and|or|as well as) (?:the |a )?[A-Z][\w’'.-]*"
    r"|[\w’'-]+(?: [\w’'-]+){0,2}(?:, [\w’'-]+(?: [\w’'-]+){0,2})+,? (?:and|or) [\w’'-]+"
)
_ITEMS = re.compile(r", (?:and |or )?| and | or | as well as ")
_ALLOWED = 0.02
_SIDE_BY_SIDE = 5
_ROUGHLY, _NEARLY = 0.06, 0.1
_REACH = 1.4
"""How many times larger than "more than N" a number that was worked out may be."""
_TWO = re.compile(r"\b(?:an?|one|another)\b[^.;]{1,50}?\band (?:an?|one|another)\b", re.I)
_REST = re.compile(
    r"\b(?:not|no|n't|never|without|rest|remain\w*|other\w*|fell|fall\w*|dropp\w*|declin\w*|shrank|shrunk|narrow\w*|reduc\w*|away|absent|stayed|lost|fail\w*|neither)\b",
    re.I,
)
_GROWTH = re.compile(
    r"\b(?:rose|rise\w*|grew|grow\w*|increas\w*|more|higher|larger|greater|up|exceed\w*|climb\w*|jump\w*|by)\b",
    re.I,
)
_COST = re.compile(r"\b(?:total\w*|cost|altogether|in all|worth|pays?|paid|contribut\w*)\b", re.I)


def derived(pair: Alignment, mine: Value, theirs: Sequence[Value]) -> bool:
    """Whether the claim's number follows from the span's dates, numbers or lists; a sum, difference or
    share only where the words near the number call for one."""
    around = pair.claim.between(max(0, mine.first - _AROUND), min(len(pair.claim), mine.end + _AROUND))
    made = [*_between_years(pair, mine), *_worked_out(pair, around, mine, theirs)]
    if any(_follows(one, mine) for one in made) or _between_days(pair, mine):
        return True
    return mine.bound is Bound.EXACT and mine.stated in set(_list_lengths(pair.span.text))


def _follows(made: Value, mine: Value) -> bool:
    near = abs(made.size - mine.size) / max(made.size, mine.size, 1e-9)
    match mine.bound:
        case Bound.EXACT:
            return bears_out(made, mine) or (mine.size >= 50 and near <= _ALLOWED)
        case Bound.ABOVE:
            return mine.size <= made.size <= _REACH * mine.size
        case Bound.BELOW:
            return mine.size >= made.size >= mine.size / _REACH
        case Bound.NEARLY:
            return made.size <= mine.size * (1 + _ALLOWED) and near <= _NEARLY
        case _:
            return near <= _ROUGHLY


def _between_years(pair: Alignment, mine: Value) -> Iterator[Value]:
    if mine.measure != "time" or mine.size < _YEAR:
        return
    stated = {year for year, _ in years(pair.span.text)} | {year for year, _ in years(pair.claim.text)}
    for a, b in combinations(sorted(stated), 2):
        yield replace(mine, size=(b - a) * _YEAR, bound=Bound.EXACT)
        if mine.bound is not Bound.EXACT:
            yield replace(mine, size=(b - a - 0.5) * _YEAR, bound=Bound.EXACT)


def _between_days(pair: Alignment, mine: Value) -> bool:
    """A length of time between two dates of the span, or of one range of days in it."""
    if mine.measure != "time" or mine.size > _LONGEST or mine.size < 1:
        return False
    dated = [(one.span_of_days(), one.day is not None) for one in mentions(pair.span.text)]
    known = [(days, exact) for days, exact in dated if days]
    slack = 1.01 if mine.converted <= _WEEK else _MONTH / 2 + mine.size / 20
    for (a, exact), (b, other) in combinations(known, 2):
        gaps = {
            abs((b[0] - a[0]).days),
            abs((b[1] - a[1]).days),
            abs((b[1] - a[0]).days) + 1,
            abs((b[0] - a[1]).days),
        }
        comparable = (exact and other) or mine.converted > _WEEK
        if comparable and any(abs(gap - mine.size) <= slack for gap in gaps):
            return True
    return any(
        abs((days[1] - days[0]).days + 1 - mine.size) <= min(slack, 16.0) - 0.5
        for days, _ in known
        if days[1] > days[0]
    )


def _worked_out(pair: Alignment, around: str, mine: Value, theirs: Sequence[Value]) -> Iterator[Value]:
    alike = [one for one in theirs if one.measure == mine.measure]
    sums, differences = _SUM.search(around), _DIFFERENCE.search(around)
    for a, b in combinations(alike, 2):
        if sums:
            yield _made(mine, a.size + b.size)
        if differences:
            yield _made(mine, abs(a.size - b.size))
    for a, b in pairwise(alike):
        between = pair.span.folded[a.end : b.first]
        if len(between) <= _SIDE_BY_SIDE and ("and" in between or "to" in between):
            yield _made(mine, a.size + b.size)
    if sums and alike:
        yield _made(mine, sum(one.size for one in alike))
    if _SHARE.search(around) or mine.measure == "%":
        yield from _shares(around, mine, theirs)
    if _COST.search(around) and mine.measure:
        yield from (_made(mine, a.stated * b.size) for a in theirs for b in alike if a is not b)


def _shares(around: str, mine: Value, theirs: Sequence[Value]) -> Iterator[Value]:
    for a, b in combinations(theirs, 2):
        high, low = max(a, b, key=lambda v: v.size), min(a, b, key=lambda v: v.size)
        if high.measure == low.measure and low.size > 0:
            if mine.measure == "%":
                shares = [low.size / high.size]
                shares += [high.size / low.size - 1] if _GROWTH.search(around) else []
                shares += [1 - shares[0]] if _REST.search(around) else []
                yield from (_made(mine, 100 * share) for share in shares)
            elif not mine.measure:
                yield _made(mine, high.size / low.size)
        for share, whole in ((a, b), (b, a)):
            if share.measure == "%" and whole.measure == mine.measure != "%" and _same_count(whole, mine):
                yield _made(mine, share.size * whole.size / 100)
    if mine.measure == "%" and _REST.search(around):
        yield from (_made(mine, 100 - one.size) for one in theirs if one.measure == "%")


def _same_count(one: Value, other: Value) -> bool:
    return bool(one.measure) or bool(set(one.nouns[:2]) & set(other.nouns))


def _made(mine: Value, size: float) -> Value:
    return replace(mine, size=size, stated=size / mine.converted, bound=Bound.EXACT)


def _list_lengths(text: str) -> Iterator[float]:
    """How many things the text lists: "A and B", "A, B and C"."""
    for found in _LIST.finditer(text):
        yield float(len(_ITEMS.split(found[0])))
    if _TWO.search(text):
        yield 2.0
