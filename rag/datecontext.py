"""Dates that only their surroundings make certain → intervals of days (pure).

"three years later", "the following month", "on 3 July", "FY24", "the year ended June 2024". What the
surroundings leave open is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from rag.datespans import DateSpan, Precision, find_dates, last_day

_MONTHS = "January February March April May June July August September October November December".split()
_COUNTS = "one two three four five six seven eight nine ten eleven twelve".split()
_MONTH = rf"(?:{'|'.join(_MONTHS)})"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"

_RELATIVE = re.compile(
    rf"(?<![\w-])(?:(?P<n>an?|\d{{1,2}}|{'|'.join(_COUNTS)})\s+(?P<unit>day|month|year)s?\s+"
    r"(?P<way>later|afterwards?|earlier|before(?=\s*[,.;:)]|\s*$))"
    r"|(?:the|that)\s+(?P<step>following|next|previous|preceding)\s+(?P<unit2>day|month|year)"
    r"|(?:that|(?:the|that)\s+same)\s+(?P<unit3>day|month|year))\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"(?:\b(?:about|around|nearly|almost|over|under|some|within|than|and|hundred|(?:twen|thir|for|fif|six|seven|eigh|nine)ty)|-)\s*$",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?:against|than|compared (?:with|to)|from|on|over|versus)\b[^,;:]{0,40}$", re.IGNORECASE
)
_AT_ONCE = re.compile(r"[\s,(]*(?:(?:in|on|by|that is)\s+)*", re.IGNORECASE)
_YEARLESS = re.compile(
    rf"(?<![\w.,/-])(?:(?P<d1>{_DAY})(?:(?:\s?[-–—]\s?|\s+(?:to|and)\s+)(?P<d2>{_DAY}))?\s+(?:of\s+)?(?P<m1>{_MONTH})"
    rf"|(?P<m2>{_MONTH})\s+(?P<d3>{_DAY}))(?![\w-]|,?\s*\d|\s+to\s+\d)"
)
_RANGE_OPENS = re.compile(rf"\b{_DAY}\s+{_MONTH}(?:\s?[-–—]\s?|\s+(?:to|until|and)\s+)$")
_RECURRING = re.compile(
    r"\b(?:every|each|annual(?:ly)?|yearly|season\w*|once a year|anniversary)\b", re.IGNORECASE
)
_NAMES_A_THING = re.compile(r"\bof\s+$", re.IGNORECASE)
_RECENT = timedelta(days=60)
"""How far back a date without a year lies, at most, in a text that is dated to the day."""

_FISCAL = re.compile(r"\bFY\s?(?P<year>20\d\d|\d\d)\b(?!\s?[-–/]\s?\d)")
_FISCAL_DEFINED = re.compile(
    rf"{_FISCAL.pattern}[^.;|]{{0,25}}?\b(?P<m1>{_MONTH})\s+(?P<y1>20\d\d)\s*(?:to|[-–—])\s*(?P<m2>{_MONTH})\s+(?P<y2>20\d\d)"
)
_YEAR_ENDING = re.compile(
    rf"\byears?\s+(?:ending|ended)\s+(?:in\s+)?(?:{_MONTH}\s+\d{{4}}\s*(?:,|and)\s+)*$", re.IGNORECASE
)
_BOUND = re.compile(
    r"\b(?:(?P<word>since|by|before|after|until|till|up to|(?<!dating )from|beyond)\s+(?:the\s+)?(?:about\s+)?"
    r"|(?P<since_an_event>since|before|after)\s+(?!which)[^,;:.]{1,60}?\s(?:in|on|of)\s+)$",
    re.IGNORECASE,
)


class Bound(StrEnum):
    """How a date limits what is said: "since 2021", "by October 2007"."""

    SINCE = "since"
    BY = "by"
    BEFORE = "before"
    AFTER = "after"
    UNTIL = "until"


@dataclass(frozen=True, slots=True)
class FiscalYears:
    """How a document counts fiscal years: FY n begins in `month` of the year n - `lead`."""

    month: int
    lead: int


def fiscal_years(document_text: str) -> FiscalYears | None:
    """The fiscal year that a document defines ("FY24 stands for July 2023 to June 2024"), else None."""
    for m in _FISCAL_DEFINED.finditer(document_text):
        month, year = _MONTHS.index(m["m1"]) + 1, int(m["y1"])
        years = FiscalYears(month, _full_year(m["year"]) - year)
        end = _fiscal_span(years, _full_year(m["year"]))[1]
        if years.lead in (0, 1) and (end.year, end.month) == (int(m["y2"]), _MONTHS.index(m["m2"]) + 1):
            return years
    return None


def dates_in_context(
    text: str, previous: str = "", published: date | None = None, fiscal: FiscalYears | None = None
) -> list[DateSpan]:
    """Every date of a sentence, in order, those included that its surroundings make certain.

    `previous`: the sentence before it in the same paragraph; `published`: the day the document is
    dated, for a day and month that lie at most 60 days before it where no other year is near.
    """
    absolute = [_whole_year(text, span) for span in find_dates(text)]
    found = list(absolute)
    more = [
        *_fiscal(text, fiscal),
        *_relative(text, absolute, previous),
        *_yearless(text, absolute, previous, published),
    ]
    for span in more:
        if not any(span.start < other.end and other.start < span.end for other in found):
            found.append(span)
    return sorted(found, key=lambda span: span.start)


def bound_before(text: str, start: int) -> tuple[Bound, int] | None:
    """The word that makes a date a limit, with where it starts: "by October 2007", "since the fall of
    Kabul in 2021". None for a plain date."""
    m = _BOUND.search(text[:start])
    if m is None:
        return None
    word = (m["word"] or m["since_an_event"]).lower()
    named = {"from": Bound.SINCE, "till": Bound.UNTIL, "up to": Bound.UNTIL, "beyond": Bound.AFTER}
    return named.get(word) or Bound(word), m.start()


def _fiscal(text: str, years: FiscalYears | None) -> list[DateSpan]:
    if years is None:
        return []
    return [
        DateSpan(*m.span(), *_fiscal_span(years, _full_year(m["year"])), Precision.YEAR)
        for m in _FISCAL.finditer(text)
    ]


def _fiscal_span(years: FiscalYears, year: int) -> tuple[date, date]:
    first = date(year - years.lead, years.month, 1)
    return first, date(first.year + 1, first.month, 1) - timedelta(days=1)


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _whole_year(text: str, span: DateSpan) -> DateSpan:
    """ "the year ended June 2024" is twelve months, not one."""
    if span.precision is not Precision.MONTH or not _YEAR_ENDING.search(text[: span.start]):
        return span
    before = date(span.last.year - 1, span.last.month, 1)
    first = last_day(before.year, before.month) + timedelta(days=1)
    return replace(span, first=first, precision=Precision.YEAR)


def _relative(text: str, absolute: Sequence[DateSpan], previous: str) -> list[DateSpan]:
    spans: list[DateSpan] = []
    for m in _RELATIVE.finditer(text):
        anchor = _anchor(m, absolute, previous)
        if anchor is None or _VAGUE.search(text[: m.start()]) or _COMPARED.search(text[: m.start()]):
            continue
        if any(_AT_ONCE.fullmatch(text[m.end() : d.start]) for d in absolute if d.start >= m.end()):
            continue
        unit = (m["unit"] or m["unit2"] or m["unit3"]).lower()
        days = _shifted(anchor, _steps(m), unit)
        if days:
            spans.append(DateSpan(*m.span(), *days, Precision[unit.upper()]))
    return spans


def _anchor(m: re.Match[str], absolute: Sequence[DateSpan], previous: str) -> DateSpan | None:
    """The date that a relative one counts from: the nearest before it in the sentence, else the only
    one of the sentence before. "That year" after its own year says nothing new."""
    before = [d for d in absolute if d.end <= m.start()]
    if before:
        return None if m["unit3"] else before[-1]
    others = find_dates(previous)
    return others[0] if len(others) == 1 else None


def _steps(m: re.Match[str]) -> int:
    if m["unit3"]:
        return 0
    if m["step"]:
        return 1 if m["step"].lower() in ("following", "next") else -1
    word = m["n"].lower()
    n = 1 if word in ("a", "an") else int(word) if word.isdigit() else _COUNTS.index(word) + 1
    return -n if m["way"].lower() in ("earlier", "before") else n


def _shifted(anchor: DateSpan, steps: int, unit: str) -> tuple[date, date] | None:
    """The anchor moved by days, months or years; None where it is not exact enough for that."""
    first, last = anchor.first, anchor.last
    if unit == "day":
        day = first + timedelta(days=steps)
        return (day, day) if first == last else None
    if unit == "year":
        year = first.year + steps
        return (date(year, 1, 1), date(year, 12, 31)) if first.year == last.year else None
    if (first.year, first.month) != (last.year, last.month):
        return None
    year, month = divmod(first.year * 12 + first.month - 1 + steps, 12)
    return date(year, month + 1, 1), last_day(year, month + 1)


def _yearless(
    text: str, absolute: Sequence[DateSpan], previous: str, published: date | None
) -> list[DateSpan]:
    if _RECURRING.search(text):
        return []
    lenders = [_lent_year(text, absolute), _lent_year(previous, find_dates(previous))]
    near = absolute or find_dates(previous)
    spans: list[DateSpan] = []
    for m in _YEARLESS.finditer(text):
        if _RANGE_OPENS.search(text[: m.start()]):
            continue
        year = lenders[0] if absolute else lenders[1]
        if year is None and not near and published:
            year = _recent_year(m, published)
        span = _in_year(m, year) if year else None
        if span:
            spans.append(span)
    return spans


def _lent_year(text: str, absolute: Sequence[DateSpan]) -> int | None:
    """The one year of a sentence, unless it only names a thing ("a protocol of 1985")."""
    if any(_NAMES_A_THING.search(text[: d.start]) for d in absolute):
        return None
    years = {year for d in absolute for year in (d.first.year, d.last.year)}
    return years.pop() if len(years) == 1 else None


def _recent_year(m: re.Match[str], published: date) -> int | None:
    for year in (published.year, published.year - 1):
        span = _in_year(m, year)
        if span and timedelta(0) <= published - span.last <= _RECENT:
            return year
    return None


def _in_year(m: re.Match[str], year: int) -> DateSpan | None:
    month = _MONTHS.index(m["m1"] or m["m2"]) + 1
    days = [int(re.sub(r"\D", "", d)) for d in (m["d1"] or m["d3"], m["d2"]) if d]
    try:
        return DateSpan(*m.span(), date(year, month, days[0]), date(year, month, days[-1]), Precision.DAY)
    except ValueError:
        return None
