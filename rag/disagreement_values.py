"""Numbers and dates that statements may differ in, and when two of them cannot both hold (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import log10

from rag.check_units import dimension
from rag.datespans import DateSpan, Precision
from rag.numbers import Quantity, find_quantities
from rag.terms import STOP_WORDS, stem

_ROUNDED = 0.05
"""Share by which a number may differ from a shorter one that is its rounding: 333 and 330."""
ROUGHLY, ROUGHLY_STATED = 0.1, 0.07
"""Share by which "about 100" may differ from what it stands for; less where sources are said to differ."""
_CONVERTED = 0.015
"""Share by which a value in another unit may differ: 74 km and 46 miles."""
_RANGE = re.compile(r"\s?(?:[-–—]|to|up to)\s?(?:USD |US\$|\$|€|£)?", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s+(?:USD |US\$|\$|€|£)?$", re.IGNORECASE)
_ABOUT = re.compile(
    r"\b(?:more than|over|at least|nearly|almost|about|around|approximately|roughly|some|up to|fewer than|less than|"
    r"under|close to|just)\s+(?:USD |US\$|\$|€|£)?$",
    re.IGNORECASE,
)
_SCALE = re.compile(r"[-\s](?:hundred|thousand|lakh|million|mn|m|crore|billion|bn|trillion)$", re.IGNORECASE)
_CLOCK = re.compile(r":\d\d\b")
_COUNTED = re.compile(r"[-\s]([^\W\d_]+)(?:\s([^\W\d_]+))?")
_NO_COUNT = frozenset("after against among before during each every per than until while".split())
_DAYS = {Precision.DAY: 1, Precision.MONTH: 31, Precision.PART: 184, Precision.YEAR: 366}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number or range at text[start:end], from `low` to `high` in the base unit of `measure`; with
    measure "" it counts things, and `nouns` are the stems right after it. `written` is `low` in the
    text's own unit, where rounding shows."""

    start: int
    end: int
    low: float
    high: float
    measure: str
    nouns: tuple[str, ...]
    approximate: bool
    written: float


def amounts(text: str) -> list[Amount]:
    """The numbers of a text that are no dates, in order; "6,000-6,500" and "USD 5 billion to USD 7
    billion" are one each."""
    found: list[Amount] = []
    quantities = [q for q in find_quantities(text) if _is_amount(text, q)]
    i = 0
    while i < len(quantities):
        first = quantities[i]
        last = quantities[i + 1] if i + 1 < len(quantities) else None
        if last and _is_range(text, first, last):
            found.append(_range(text, first, last))
            i += 2
        else:
            found.append(_amount(text, first, first.value, first.value, first.unit))
            i += 1
    return found


def _is_amount(text: str, quantity: Quantity) -> bool:
    before, after = text[: quantity.start], quantity.end
    if text[quantity.start : after].lower() == "one":
        return False
    if _CLOCK.match(text, after) or re.search(r"\d:$|[A-Za-z]-$|[#/]$", before):
        return False
    return not (before.endswith("(") and text[after : after + 1] == ")")


def comparable(a: Amount, b: Amount) -> bool:
    """Whether two amounts may be the same thing measured or counted: of one measure, and where both
    name what they count, of one noun."""
    if a.measure != b.measure:
        return False
    return bool(a.measure) or not a.nouns or not b.nouns or bool(set(a.nouns) & set(b.nouns))


def amounts_differ(a: Amount, b: Amount, roughly: float = ROUGHLY) -> bool:
    """Neither equal, nor one the rounding of the other, nor one within the other's range, nor closer than
    the share `roughly` where one is approximate."""
    if a.low <= b.high and b.low <= a.high:
        return False
    near, far = (a.high, b.low) if a.high < b.low else (a.low, b.high)
    gap, size = abs(near - far), max(abs(near), abs(far))
    if a.approximate or b.approximate:
        return gap > roughly * size
    if abs(a.low * b.written - b.low * a.written) > 1e-9 * abs(a.low * b.written):
        return gap > _CONVERTED * size
    return not (
        gap <= _ROUNDED * size and (_rounds_to(a.written, b.written) or _rounds_to(b.written, a.written))
    )


def ranges_differ(a: Amount, b: Amount) -> bool:
    """Two ranges, or a range and a number, that overlap and yet are not the same."""
    return (a.low, a.high) != (b.low, b.high) and not (a.low == a.high and b.low == b.high)


def dates_differ(a: DateSpan, b: DateSpan) -> bool:
    """No day in common."""
    return not a.overlaps(b)


def periods_differ(a: DateSpan, b: DateSpan) -> bool:
    """Two periods that overlap and yet neither is a coarser way to write the other."""
    if (a.first, a.last) == (b.first, b.last):
        return False
    return is_period(a) or is_period(b)


def is_period(date: DateSpan) -> bool:
    """More than one day, month or year of its precision."""
    return (date.last - date.first).days >= _DAYS.get(date.precision, 3653)


def _is_range(text: str, first: Quantity, last: Quantity) -> bool:
    between = text[first.end : last.start]
    if _RANGE.fullmatch(between):
        return first.value < _scaled(text, first, last) or first.value < last.value
    joined = re.fullmatch(r"\s?(?:and|[^\W\d_]+ up to)\s", between)
    return bool(joined and (_BETWEEN.search(text[: first.start]) or "up to" in between))


def _range(text: str, first: Quantity, last: Quantity) -> Amount:
    unit = first.unit or last.unit
    low = first.value
    if _SCALE.search(text[last.start : last.end]) and not _SCALE.search(text[first.start : first.end]):
        low = _scaled(text, first, last)
    whole = Quantity(first.start, last.end, low, unit, last.nouns, first.approximate)
    return _amount(text, whole, low, last.value, unit)


def _scaled(text: str, first: Quantity, last: Quantity) -> float:
    """The first number of "70-100 million" in the scale of the second."""
    digits = re.search(r"\d[\d,]*(?:\.\d+)?", text[last.start : last.end])
    size = float(digits[0].replace(",", "")) if digits else 0.0
    return first.value * (last.value / size) if size else first.value


def _amount(text: str, quantity: Quantity, low: float, high: float, unit: str) -> Amount:
    after = _COUNTED.match(text, quantity.end)
    nouns = tuple(stem(w) for w in after.groups() if w and w not in STOP_WORDS) if after else ()
    if after and (after[1] in STOP_WORDS or after[1] in _NO_COUNT):
        nouns = ()
    measure, size = dimension(unit, nouns)
    about = quantity.approximate or bool(_ABOUT.search(text[max(0, quantity.start - 24) : quantity.start]))
    end = after.end(1) if after and measure and not unit else quantity.end
    return Amount(quantity.start, end, low * size, high * size, measure, nouns, about, low)


def _rounds_to(short: float, long: float) -> bool:
    """Whether the first is the second, written with fewer significant digits."""
    if not short or not long:
        return False
    digits = len(f"{short:.10g}".replace(".", "").strip("0"))
    step = 10.0 ** (int(log10(abs(long))) + 1 - digits)
    return abs(round(long / step) * step - short) < 1e-9 * abs(short) and short != long
