"""Dates in running text → intervals of days (pure).

"3 July 2024", "July 3, 2024", "2024-07-03", "14-15 December 2022", "July 2024", "late 2023",
"spring 2024", "the first half of 2024", "2011-2016", "between March 2024 and April 2026", "the 1990s".
What only its surroundings date ("three years later", "on 3 July") is left to rag.datecontext.
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
_UNIT = (
    r"(?:km|kilomet\w+|m|met(?:re|er)s?|miles?|feet|ft|hectares?|ha|tonnes?|tons?|t|kg|kilos?|lit(?:re|er)s?|barrels?"
    r"|[kMGT]Wh?|dollars?|rupees?|euros?|per cent|percent)"
)


def _part(n: int) -> str:
    return rf"(?:(?P<part{n}>early|mid|late|end of|beginning of|start of)(?:\s+|-)(?:the\s+)?)?"


_DATE = re.compile(
    rf"(?<![\w.,/€$£₹-])(?<!USD )(?<!EUR )(?<!PKR )(?<!INR )(?<!\bRs )(?<!\bRs\. )(?:"
    rf"(?P<iso>{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?![\d-])"
    rf"|(?P<d1>{_DAY})(?:(?:{_DASH}|\s+(?:to|and|or)\s+)(?P<d2>{_DAY}))?\s+(?:of\s+)?(?P<m1>{_MONTH}),?\s+(?P<y1>{_YEAR})"
    rf"|(?P<m2>{_MONTH})\s+(?P<d3>{_DAY})(?:{_DASH}(?P<d4>{_DAY}))?,?\s+(?P<y2>{_YEAR})"
    rf"|(?P<d5>{_DAY})\s+(?P<m4>{_MONTH})(?:{_DASH}|\s+to\s+|(?P<and1>\s+and\s+))(?P<d6>{_DAY})\s+(?P<m5>{_MONTH}),?\s+(?P<y7>{_YEAR})"
    rf"|(?P<m6>{_MONTH})(?:{_DASH}|\s+(?:to|through|until)\s+|(?P<and2>\s+and\s+))(?P<m7>{_MONTH}),?\s+(?P<y8>{_YEAR})"
    rf"|(?:the\s+)?(?P<edge>first|last)\s+day\s+of\s+(?:(?P<m8>{_MONTH})\s+)?(?P<y9>{_YEAR})"
    rf"|(?:(?P<nth>first|second|third|fourth|last)\s+(?P<share>half|quarter)\s+of|(?P<short>H[12]|Q[1-4]))\s+(?P<y10>{_YEAR})"
    rf"|(?P<season>spring|summer|autumn|(?<=in the )fall(?=\sof)|winter)(?:\s+of)?\s+(?P<y11>{_YEAR})(?:[-–/](?P<y12>{_YEAR}|\d\d))?"
    rf"|{_part(1)}(?P<m3>{_MONTH})(?:\s+of)?,?\s+(?P<y3>{_YEAR})"
    rf"|{_part(2)}(?P<decade>(?:1[5-9]|20)\d0)['’]?s"
    rf"|(?P<y4>{_YEAR})(?:{_DASH}|\s+to\s+)(?P<y5>{_YEAR}|\d\d)(?![\d-])"
    rf"|{_part(3)}(?P<y6>{_YEAR})(?!-\d\d-\d)"
    rf")(?![\w%]|[.,]\d)(?!\s{_UNIT}\b)",
    re.IGNORECASE,
)
_TO = re.compile(rf"(?:{_DASH}|\s+(?:to|until|till|through)\s+)(?:the\s+)?", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+(?:the\s+)?", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s+(?:the\s+)?$", re.IGNORECASE)
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
_ORDINALS = ("first", "second", "third", "fourth")
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
    decimal point after it; impossible days ("31 June 2020") are left out. Two dates joined by "to", or by
    "between … and …", are one range. Seasons are those of the northern hemisphere; which winter "the
    winter of 2023" was is not said, so that it stands for the whole year."""
    found = (_read(match) for match in _DATE.finditer(text))
    return _ranges(text, [span for span in found if span])


def years(text: str) -> list[tuple[int, DateSpan]]:
    """The years that begin or end a date of the text, each with its span."""
    return [(year, d) for d in find_dates(text) for year in sorted({d.first.year, d.last.year})]


def _ranges(text: str, spans: list[DateSpan]) -> list[DateSpan]:
    joined: list[DateSpan] = []
    for span in spans:
        if joined and _joins(text, joined[-1], span):
            left = joined.pop()
            precision = max(left.precision, span.precision)
            span = DateSpan(left.start, span.end, left.first, span.last, precision)
        joined.append(span)
    return joined


def _joins(text: str, left: DateSpan, right: DateSpan) -> bool:
    if not (left.first < right.first and left.last < right.last):
        return False
    between = text[left.end : right.start]
    if _TO.fullmatch(between):
        return True
    return bool(_AND.fullmatch(between) and _BETWEEN.search(text[: left.start]))


def _read(m: re.Match[str]) -> DateSpan | None:
    g, span = m.groupdict(), m.span()
    if (g["and1"] or g["and2"]) and not _BETWEEN.search(m.string, 0, m.start()):
        return _later_of_two(m)
    try:
        if g["iso"]:
            day = date.fromisoformat(g["iso"])
            return DateSpan(*span, day, day, Precision.DAY)
        if g["y1"]:
            return _days(span, g["d1"], g["d2"], g["m1"], g["y1"])
        if g["y2"]:
            return _days(span, g["d3"], g["d4"], g["m2"], g["y2"])
        if g["y7"]:
            return _days_apart(span, (g["d5"], g["m4"]), (g["d6"], g["m5"]), int(g["y7"]))
    except ValueError:
        return None
    if g["y8"]:
        return _months(span, _MONTHS[_folded(g["m6"])], _MONTHS[_folded(g["m7"])], int(g["y8"]))
    if g["y9"]:
        return _edge(span, g["edge"].lower(), g["m8"], int(g["y9"]))
    if g["y10"]:
        return _share(span, (g["short"] or g["share"]).lower(), (g["nth"] or "").lower(), int(g["y10"]))
    if g["y11"]:
        return _season(span, g["season"].lower(), int(g["y11"]), g["y12"])
    part = (g["part1"] or g["part2"] or g["part3"] or "").lower()
    if g["y3"]:
        month, year = _MONTHS[_folded(g["m3"])], int(g["y3"])
        return DateSpan(*span, date(year, month, 1), last_day(year, month), Precision.MONTH)
    if g["decade"]:
        return _decade(span, int(g["decade"]), part)
    if g["y4"]:
        return _year_range(span, g["y4"], g["y5"])
    months = _PARTS.get(part, (1, 12))
    precision = Precision.PART if part else Precision.YEAR
    year = int(g["y6"])
    return DateSpan(*span, date(year, months[0], 1), last_day(year, months[1]), precision)


def _days(span: tuple[int, int], first: str, last: str | None, month: str, year: str) -> DateSpan:
    number, at = _MONTHS[_folded(month)], int(year)
    begin = date(at, number, _day(first))
    return DateSpan(*span, begin, date(at, number, _day(last)) if last else begin, Precision.DAY)


def _days_apart(
    span: tuple[int, int], begin: tuple[str, str], end: tuple[str, str], year: int
) -> DateSpan | None:
    """ "28 June to 2 July 2021"; the first day lies a year earlier where its month is the later one."""
    first_month, last_month = _MONTHS[_folded(begin[1])], _MONTHS[_folded(end[1])]
    first = date(year - (first_month > last_month), first_month, _day(begin[0]))
    last = date(year, last_month, _day(end[0]))
    return DateSpan(*span, first, last, Precision.DAY) if first < last else None


def _months(span: tuple[int, int], first: int, last: int, year: int) -> DateSpan:
    return DateSpan(*span, date(year - (first > last), first, 1), last_day(year, last), Precision.MONTH)


def _edge(span: tuple[int, int], edge: str, month: str | None, year: int) -> DateSpan:
    at = _MONTHS[_folded(month)] if month else (1 if edge == "first" else 12)
    day = date(year, at, 1) if edge == "first" else last_day(year, at)
    return DateSpan(*span, day, day, Precision.DAY)


def _share(span: tuple[int, int], share: str, nth: str, year: int) -> DateSpan | None:
    """Halves and quarters: "the first half of 2024", "Q3 2024"."""
    months = 6 if share.startswith("h") else 3
    count = 12 // months
    named = count if nth == "last" else _ORDINALS.index(nth) + 1 if nth else 0
    n = named or int(share[1:])
    if n > count:
        return None
    last = last_day(year, n * months)
    return DateSpan(*span, date(year, (n - 1) * months + 1, 1), last, Precision.PART)


def _season(span: tuple[int, int], season: str, year: int, other: str | None) -> DateSpan | None:
    if other and (season != "winter" or int(other) % 100 != (year + 1) % 100):
        return None
    if other:
        return DateSpan(*span, date(year, 12, 1), last_day(year + 1, 2), Precision.PART)
    if season == "winter":
        return DateSpan(*span, date(year, 1, 1), date(year, 12, 31), Precision.YEAR)
    first, last = _SEASONS[season]
    return DateSpan(*span, date(year, first, 1), last_day(year, last), Precision.PART)


def _later_of_two(m: re.Match[str]) -> DateSpan | None:
    """ "3 July and 4 August 2024": the second; whether the first is of the same year is not said."""
    rest = _DATE.match(m.string, m.start("d6" if m["and1"] else "m7"))
    return _read(rest) if rest else None


def _folded(month: str) -> str:
    return month.lower().rstrip(".")


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


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])
