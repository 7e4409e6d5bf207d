"""Dates in running text → intervals of days (pure).

"3 July 2024", "July 3, 2024", "2024-07-03", "14-15 December 2022", "July 2024", "late 2023",
"2011-2016", "the 1990s". A day and month without a year is not resolved here.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sept sep", "october oct", "november nov", "december dec"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.?"
)
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:1[5-9]\d\d|20\d\d)"
_DASH = r"\s?[-–—]\s?"


def _part(n: int) -> str:
    return rf"(?:(?P<part{n}>early|mid|late|end of|beginning of|start of)(?:\s+|-)(?:the\s+)?)?"


_DATE = re.compile(
    rf"(?<![\w.,/-])(?:"
    rf"(?P<iso>{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?![\d-])"
    rf"|(?P<d1>{_DAY})(?:(?:{_DASH}|\s+(?:to|and|or)\s+)(?P<d2>{_DAY}))?\s+(?:of\s+)?(?P<m1>{_MONTH}),?\s+(?P<y1>{_YEAR})"
    rf"|(?P<m2>{_MONTH})\s+(?P<d3>{_DAY})(?:{_DASH}(?P<d4>{_DAY}))?,?\s+(?P<y2>{_YEAR})"
    rf"|{_part(1)}(?P<m3>{_MONTH})(?:\s+of)?,?\s+(?P<y3>{_YEAR})"
    rf"|{_part(2)}(?P<decade>(?:1[5-9]|20)\d0)['’]?s"
    rf"|(?P<y4>{_YEAR})(?:{_DASH}|\s+to\s+)(?P<y5>{_YEAR}|\d\d)(?![\d-])"
    rf"|{_part(3)}(?P<y6>{_YEAR})"
    rf")(?![\w%]|[.,]\d)",
    re.IGNORECASE,
)
_PARTS = {
    "early": (1, 4), "beginning of": (1, 4), "start of": (1, 4), "mid": (5, 8), "late": (9, 12), "end of": (9, 12)
}  # fmt: skip


class Precision(IntEnum):
    DAY = 1
    MONTH = 2
    PART = 3
    YEAR = 4
    DECADE = 5


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date at text[start:end], as the days `first`…`last`, both inclusive."""

    start: int
    end: int
    first: date
    last: date
    precision: Precision

    def overlaps(self, other: DateSpan) -> bool:
        return self.first <= other.last and other.first <= self.last


def find_dates(text: str) -> list[DateSpan]:
    """Every date of a text, in order. A year needs four digits between 1500 and 2099 and no unit or
    decimal point after it; impossible days ("31 June 2020") are left out."""
    found = (_read(match) for match in _DATE.finditer(text))
    return [span for span in found if span]


def years(text: str) -> list[tuple[int, DateSpan]]:
    """The years that begin or end a date of the text, each with its span."""
    return [(year, d) for d in find_dates(text) for year in sorted({d.first.year, d.last.year})]


def _read(m: re.Match[str]) -> DateSpan | None:
    g, span = m.groupdict(), m.span()
    try:
        if g["iso"]:
            day = date.fromisoformat(g["iso"])
            return DateSpan(*span, day, day, Precision.DAY)
        if g["y1"]:
            return _days(span, g["d1"], g["d2"], g["m1"], g["y1"])
        if g["y2"]:
            return _days(span, g["d3"], g["d4"], g["m2"], g["y2"])
    except ValueError:
        return None
    part = (g["part1"] or g["part2"] or g["part3"] or "").lower()
    if g["y3"]:
        month, year = _MONTHS[g["m3"].lower().rstrip(".")], int(g["y3"])
        return DateSpan(*span, date(year, month, 1), _last_day(year, month), Precision.MONTH)
    if g["decade"]:
        return _decade(span, int(g["decade"]), part)
    if g["y4"]:
        return _year_range(span, g["y4"], g["y5"])
    months = _PARTS.get(part, (1, 12))
    precision = Precision.PART if part else Precision.YEAR
    year = int(g["y6"])
    return DateSpan(*span, date(year, months[0], 1), _last_day(year, months[1]), precision)


def _days(span: tuple[int, int], first: str, last: str | None, month: str, year: str) -> DateSpan:
    number, at = _MONTHS[month.lower().rstrip(".")], int(year)
    begin = date(at, number, _day(first))
    return DateSpan(*span, begin, date(at, number, _day(last)) if last else begin, Precision.DAY)


def _day(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _decade(span: tuple[int, int], year: int, part: str) -> DateSpan:
    first, last = {"early": (0, 3), "mid": (3, 6), "late": (6, 9)}.get(part, (0, 9))
    return DateSpan(*span, date(year + first, 1, 1), date(year + last, 12, 31), Precision.DECADE)


def _year_range(span: tuple[int, int], first: str, last: str) -> DateSpan | None:
    end = int(last) if len(last) == 4 else int(first[:2] + last)
    if end < int(first):
        return None
    return DateSpan(*span, date(int(first), 1, 1), date(end, 12, 31), Precision.YEAR)


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
