"""Dates as people and files write them → ISO 8601: "2024-07-20", "2024-07" or "2024". Pure."""

from __future__ import annotations

import re
from datetime import date, datetime

_MONTHS = "january february march april may june july august september october november december".split()
_NAMES = {name: i for i, full in enumerate(_MONTHS, 1) for name in (full, full[:3], full[:4])}
_MONTH = rf"(?P<month>{'|'.join(sorted(_NAMES, key=len, reverse=True))})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[5-9]|2[01])\d\d)"
_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)(?:[T ].*)?",
        rf"{_YEAR}[-/](?P<month>\d\d?)",
        rf"{_YEAR}/(?P<month>\d\d?)/(?P<day>\d\d?)",
        rf"(?:D:)?{_YEAR}(?P<month>[01]\d)(?P<day>[0-3]\d)(?:\d\d.*)?",
        rf"(?P<day>\d\d?)\.(?P<month>\d\d?)\.{_YEAR}",
        rf"(?:\w+day,?\s+)?{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"(?:\w+day,?\s+)?{_DAY}(?:\s+of)?\s+{_MONTH},?\s+{_YEAR}",
        rf"{_MONTH},?\s+{_YEAR}",
        _YEAR,
    )
]


def iso_date(written: object) -> str | None:
    """The ISO form of a date, a date-time, a year or a written date; None for anything else.

    "03/04/2024" is None: nobody can know whether it is in March or in April.
    """
    if isinstance(written, bool):
        return None
    if isinstance(written, datetime):
        return written.date().isoformat()
    if isinstance(written, date):
        return written.isoformat()
    text = str(written).strip() if isinstance(written, str | int) else ""
    for form in _FORMS:
        if found := form.fullmatch(text):
            return _valid(**found.groupdict())
    return None


def _valid(year: str, month: str | None = None, day: str | None = None) -> str | None:
    if month is None:
        return year
    number = _NAMES.get(month.lower()) or int(month if month.isdigit() else 0)
    if not 1 <= number <= 12:
        return None
    if day is None:
        return f"{year}-{number:02d}"
    try:
        return date(int(year), number, int(day)).isoformat()
    except ValueError:
        return None
