"""Claims with another date or another unit (pure)."""

from __future__ import annotations

import re
from random import Random

from evals.altering.edits import Change, Edit, like_case, says, swap
from evals.altering.numbers import MONTH, MONTHS, NUMBER_WORDS, YEAR, bound

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


_LATEST = 2026
"""A claim about the past is not moved into the future."""


def date_edits(claim: str, span: str, rng: Random) -> list[Edit]:
    edits = [*_years(claim, span, rng), *_months(claim, span, rng), *_days(claim, span, rng)]
    return [*edits, *_parts_of_time(claim, span, rng)]


def _years(claim: str, span: str, rng: Random) -> list[Edit]:
    edits: list[Edit] = []
    for found in re.finditer(rf"(?<![\w$€£.,/-])({YEAR})(s?)(?![\w/'’]|[.,]\d|-\d|-[a-z])", claim):
        counted = re.match(
            r"\s?(?:%|per ?cent|km|kilomet|MW|people|soldiers|fighters|tonnes|miles)", claim[found.end() :]
        )
        if counted or re.search(r"\bet al\.?,? \(?$|\b[A-Z]{3,} $", claim[: found.start()]):
            continue
        limit, year = bound(claim, found.start(), found.end()), int(found[1])
        steps = (10, 20) if found[2] else (1, 2, 3, 4, 5, 7)
        signs = (1,) if limit == "low" else (-1,) if limit == "high" else (-1, 1)
        choices = [
            year + sign * step for step in steps for sign in signs if year + sign * step <= max(year, _LATEST)
        ]
        choices = [one for one in choices if not says(span, f"{one}{found[2]}") and str(one) not in claim]
        edits += (
            [(Change(found.start(), found.end(), f"{rng.choice(choices)}{found[2]}"),)] if choices else []
        )
    return edits


_DATED_MONTH = re.compile(rf"\b({MONTH})\b(?=\s+\d|,?\s+{YEAR}|\s+of\b)|(?<=\d )\b({MONTH})\b|(?<=\b[Ii]n )\b({MONTH})\b|(?<=\b(?:since|until) )\b({MONTH})\b".replace(r"(?<=\b(?:since|until) )", r"(?:(?<=since )|(?<=until ))"))  # fmt: skip


def _months(claim: str, span: str, rng: Random) -> list[Edit]:
    edits: list[Edit] = []
    for found in _DATED_MONTH.finditer(claim):
        choices = [month for month in MONTHS if not says(span, month) and not says(span, month[:3])]
        edits += [swap(found, rng.choice(choices))] if choices else []
    return edits


def _days(claim: str, span: str, rng: Random) -> list[Edit]:
    edits: list[Edit] = []
    patterns = (rf"(?<![\w.,-])(\d{{1,2}})(?=(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{MONTH})\b)", rf"(?<=\b)(?:{MONTH})\s+(\d{{1,2}})(?!\w|-|:|[.,]\d)")  # fmt: skip
    for pattern in patterns:
        for found in re.finditer(pattern, claim):
            old = int(found[1])
            choices = [
                day for day in range(4, 29) if day not in (old, 21, 22, 23) and not says(span, str(day))
            ]
            edits += [swap(found, str(rng.choice(choices)), 1)] if choices else []
    for found in re.finditer(rf"\b(?:{'|'.join(_DAYS)})\b", claim):
        choices_of_week = [day for day in _DAYS if not says(span, day)]
        edits += [swap(found, rng.choice(choices_of_week))] if choices_of_week else []
    return edits


_PARTS = {"early": "late", "late": "early", "first half of": "second half of", "second half of": "first half of",
          "beginning of": "end of", "end of": "beginning of", "spring": "autumn", "autumn": "spring",
          "summer": "winter", "winter": "summer", "morning": "evening", "evening": "morning"}  # fmt: skip
_PART = re.compile(rf"\b(?:early|late|(?:first half|second half|beginning|end) of)(?=\s+(?:{YEAR}|{MONTH}|the (?:19|20)\d0s|this year|last year|next year))|(?<=\bin )(?:early|late)(?= {YEAR})|(?<=\bin the )(?:spring|autumn|summer|winter|morning|evening)\b|\b(?:spring|autumn|summer|winter|morning|evening)(?= (?:of )?(?:the )?\d)", re.I)  # fmt: skip


def _parts_of_time(claim: str, span: str, rng: Random) -> list[Edit]:
    return [
        swap(found, _PARTS[found[0].lower()])
        for found in _PART.finditer(claim)
        if not says(span, _PARTS[found[0].lower()]) and not found[0].istitle()
    ]


_UNIT_GROUPS = (
    ("kilometres", "miles", "metres"), ("kilometers", "miles", "meters"), ("kilometre", "mile"), ("kilometer", "mile"),
    ("km", "miles"), ("miles", "kilometres"), ("mile", "kilometre"), ("metres", "feet", "kilometres"), ("meters", "feet", "kilometers"),
    ("feet", "metres"), ("million", "billion"), ("billion", "million", "trillion"), ("trillion", "billion"), ("thousand", "million"),
    ("seconds", "minutes"), ("minutes", "hours"), ("hours", "days", "minutes"), ("days", "weeks", "months"), ("weeks", "months", "days"),
    ("months", "years", "weeks"), ("years", "months", "decades"), ("decades", "years", "centuries"), ("hour", "day"), ("day", "week"),
    ("week", "month"), ("month", "year"), ("year", "month"), ("decades-long", "years-long"),
    ("tonnes", "kilograms"), ("tons", "pounds"), ("kilograms", "tonnes"), ("kg", "tonnes"), ("pounds", "tons"), ("hectares", "square kilometres"),
    ("square kilometres", "hectares"), ("square miles", "acres"), ("acres", "square miles"), ("MW", "GW", "kW"), ("megawatts", "gigawatts", "kilowatts"), ("GW", "MW"), ("gigawatts", "megawatts"),
    ("kWh", "MWh"), ("GWh", "MWh"), ("TWh", "GWh"), ("kV", "MV"), ("dollars", "euros", "rupees"), ("euros", "dollars", "pounds"), ("rupees", "dollars"), ("USD", "EUR"), ("barrels", "litres"),
    ("litres", "gallons"), ("gallons", "litres"), )  # fmt: skip
_OTHER_UNITS = {first: others for first, *others in map(list, _UNIT_GROUPS)}
_UNIT = re.compile(rf"(?P<number>\d(?:[\d,.]*\d)?|\b(?:{NUMBER_WORDS}|one|hundred|several|few|many))(?P<gap>\s+|-)(?P<unit>{'|'.join(map(re.escape, sorted(_OTHER_UNITS, key=len, reverse=True)))})\b(?!\s*(?:,\s*)?ago\b)")  # fmt: skip
_RATES = {"annually": "monthly", "annual": "monthly", "monthly": "weekly", "weekly": "monthly", "daily": "weekly",
          "per year": "per month", "per month": "per year", "per day": "per week", "a year": "a month",
          "a month": "a year", "a day": "a week", "a week": "a month", "every year": "every month", "every day": "every month"}  # fmt: skip


def unit_edits(claim: str, span: str, rng: Random) -> list[Edit]:
    edits: list[Edit] = []
    for found in _UNIT.finditer(claim):
        unit, number = found["unit"], found["number"]
        choices = [new for new in _OTHER_UNITS[unit] if not says(span, f"{number}{found['gap']}{new}")]
        if re.fullmatch(r"[\d,.]+", number) and float(number.replace(",", "").strip(".") or 0) > 20:
            choices = [new for new in choices if new not in ("decades", "centuries")]
        if found["gap"] == "-":
            choices = [new for new in choices if " " not in new]
        edits += [swap(found, rng.choice(choices), "unit")] if choices else []
    for found in re.finditer(r"(?:US\$|[$€£])(?=\d)", claim):
        new = "€" if "$" in found[0] else "$"
        edits += [(Change(found.start(), found.end(), new),)] if new not in span else []
    for found in re.finditer(r"(?<=\d)(?:%| percent\b| per cent\b)(?! of\b)", claim):
        if re.search(r"\bby (?:\w+ ){0,2}[\d.]+$", claim[: found.start()]):
            edits.append((Change(found.start(), found.end(), " percentage points"),))
    return [*edits, *_rates(claim, span)]


def _rates(claim: str, span: str) -> list[Edit]:
    rate = re.compile(r"\b(?:annually|annual|monthly|weekly|daily|per (?:year|month|day)|every (?:year|day)|(?<=times )a (?:year|month|day|week)|(?<=\d )a (?:year|month|day|week))\b", re.I)  # fmt: skip
    new = {found: _RATES[found[0].lower()] for found in rate.finditer(claim)}
    return [(Change(f.start(), f.end(), like_case(f[0], n)),) for f, n in new.items() if not says(span, n)]
