"""The dates of a text as what is stated of year, month and day (pure): "5 June" without a year, "the third of March"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from rag.alignment import Text, read
from rag.datespans import DateSpan, Precision, find_dates, last_day

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH_NAMES = "|".join(name.title() for name in _MONTHS)
_ANY_YEAR = 2023
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_LOOSE = re.compile(
    rf"(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?\b(?P<month>{_MONTH_NAMES})\b(?:\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?![,.]?\d))?"
)
_MAY = re.compile(
    r"(?:\b(?:in|since|until|by|of|last|next|early|late|mid|from|to|and|through|before|after|during|on)\s+|-|–)$",
    re.IGNORECASE,
)
WEEKDAY = re.compile(r"\b(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b")
_SPELT_DAY = re.compile(
    rf"\bthe\s+(?P<nth>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\w+teenth|twentieth|twenty-\w+|thirtieth|thirty-first)\s+(?:day\s+)?of\s+(?P<month>{_MONTH_NAMES})(?:,?\s+(?P<year>\d{{4}}))?"
)
_NTH = {
    word: n
    for n, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
        "seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth "
        "twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first".split(),
        start=1,
    )
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A date at the words first…end: what is stated of year, month and day; `days` is the interval where
    the year is stated."""

    first: int
    end: int
    year: int | None
    month: int | None
    day: int | None
    days: DateSpan | None

    def on(self, year: int) -> date | None:
        """The day, in a given year where none is stated; None where no day is."""
        if self.month is None or self.day is None:
            return None
        try:
            return date(self.year or year, self.month, self.day)
        except ValueError:
            return None

    def span_of_days(self) -> tuple[date, date] | None:
        """The first and the last day of what is stated, in one year for all where none is."""
        if self.days:
            return self.days.first, self.days.last
        if self.month is None:
            return None
        on = self.on(_ANY_YEAR)
        return (on, on) if on else (date(_ANY_YEAR, self.month, 1), last_day(_ANY_YEAR, self.month))

    def floored(self) -> Mention:
        """The first day of what is stated."""
        return replace(self, month=self.month or 1, day=self.day or 1)


@lru_cache(maxsize=4096)
def mentions(text: str) -> tuple[Mention, ...]:
    """The dates of a text, also those without a year ("5 June", "in June"), in order."""
    whole = read(text)
    found = [_mention(whole, span) for span in find_dates(text)] if _YEAR.search(text) else []
    taken = [(one.first, one.end) for one in found]
    found += _spelt(whole)
    taken += [(one.first, one.end) for one in found]
    found += [one for one in _loose(whole) if not any(a < one.end and one.first < b for a, b in taken)]
    return tuple(sorted(found, key=lambda one: one.first))


def _mention(whole: Text, span: DateSpan) -> Mention:
    first, end = whole.stretch(span.start, span.end)
    if span.precision is Precision.DECADE and span.first.year % 100 == 0 and span.last.year % 100 == 9:
        span = replace(span, last=span.last.replace(year=span.first.year + 99))  # "the 1900s"
    same_month = span.precision <= Precision.MONTH and span.first.month == span.last.month
    month = span.first.month if same_month else None
    day = span.first.day if span.precision is Precision.DAY and span.first == span.last else None
    return Mention(first, end, span.first.year, month, day, span)


def _spelt(whole: Text) -> Iterator[Mention]:
    for m in _SPELT_DAY.finditer(whole.text):
        day = _NTH.get(m["nth"].lower())
        if day:
            month = _MONTHS.index(m["month"].lower()) + 1
            year = int(m["year"]) if m["year"] else None
            try:
                on = date(year, month, day) if year else None
            except ValueError:
                continue
            days = DateSpan(m.start(), m.end(), on, on, Precision.DAY) if on else None
            yield Mention(*whole.stretch(*m.span()), year, month, day, days)


def _loose(whole: Text) -> Iterator[Mention]:
    for m in _LOOSE.finditer(whole.text):
        bare = not (m["d1"] or m["d2"])
        if (
            m["month"] in ("May", "March", "August")
            and bare
            and not _MAY.search(whole.text[: m.start("month")])
        ):
            continue
        if bare and re.match(r"\s+[A-Z][a-z]", whole.text[m.end() :]):
            continue
        first, end = whole.stretch(*m.span())
        day = int(m["d1"] or m["d2"] or 0) or None
        yield Mention(first, end, None, _MONTHS.index(m["month"].lower()) + 1, day, None)
