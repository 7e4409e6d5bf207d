"""Numbers in text → values with units (pure): "28 years", "nearly 30-year", "USD 120 million", "twenty"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.datespans import find_dates
from rag.terms import STOP_WORDS, stem, words

_UNITS = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split(),
        range(20),
        strict=True,
    )
)
_TENS = dict(
    zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)
)
_SCALES = {"hundred": 100.0, "thousand": 1e3, "lakh": 1e5, "million": 1e6, "mn": 1e6, "m": 1e6, "crore": 1e7,
           "billion": 1e9, "bn": 1e9, "trillion": 1e12, "dozen": 12.0}  # fmt: skip
_CURRENCY = r"(?:US\$|USD|US dollars?|\$|€|EUR|£|GBP|Rs\.?|PKR|INR|₹)"
_SMALL = "|".join(sorted([*_UNITS, *_TENS], key=len, reverse=True))
_SPELLED = rf"(?:{_SMALL})(?:[-\s](?:{'|'.join(_UNITS)}))?"
_SCALE = r"(?:hundred|thousand|lakh|million|mn|m|crore|billion|bn|trillion|dozen)s?"
_APPROXIMATE = r"(?P<about>more than|over|at least|nearly|almost|about|around|approximately|some|up to|fewer than|less than|under|c\.|~)"
_NUMBER = re.compile(
    rf"(?:{_APPROXIMATE}\s+)?(?P<currency>{_CURRENCY}\s?)?"
    rf"(?<![\w.,])(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?![,\d])|\d{{1,2}}(?:,\d{{2}})+,\d{{3}}|\d+(?:\.\d+)?)(?P<plus>\+)?(?:[-\s]?(?P<scale>{_SCALE})\b)?"
    rf"|(?:{_APPROXIMATE.replace('about>', 'about2>')}\s+)?\b(?P<spelled>{_SPELLED})\b(?:[-\s](?P<scale2>{_SCALE})\b)?(?:(?<=hundred)\s+and\s+(?P<rest>{_SPELLED})\b)?",
    re.IGNORECASE,
)
_UNIT_AFTER = re.compile(r"\s?(?P<percent>%|per ?cent\b)|[-\s](?P<noun>[^\W\d_]+(?:[-\s][^\W\d_]+){0,2})")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at text[start:end]. `unit` is "%", a currency code, or "" ; `nouns` are the stemmed
    words right after it, of which one is usually what is counted."""

    start: int
    end: int
    value: float
    unit: str
    nouns: tuple[str, ...]
    approximate: bool

    def close_to(self, other: Quantity) -> bool:
        """Equal, or within a tenth where either is approximate ("nearly 30" and 28)."""
        if self.approximate or other.approximate:
            return abs(self.value - other.value) <= 0.1 * max(self.value, other.value)
        return abs(self.value - other.value) < 1e-9 * max(1.0, abs(self.value))


def find_quantities(text: str) -> list[Quantity]:
    """Every number of a text that is not part of a date, in order."""
    taken = [(d.start, d.end) for d in find_dates(text)]
    found: list[Quantity] = []
    for m in _NUMBER.finditer(text):
        start, end = _number_span(m)
        if any(a < end and start < b for a, b in taken):
            continue
        found.append(_quantity(text, m, start, end))
    return found


def _number_span(m: re.Match[str]) -> tuple[int, int]:
    start = (
        m.start("spelled") if m["spelled"] else m.start("currency") if m["currency"] else m.start("digits")
    )
    return start, m.end()


def _quantity(text: str, m: re.Match[str], start: int, end: int) -> Quantity:
    if m["spelled"]:
        value, scale = float(_spelled(m["spelled"])), m["scale2"]
    else:
        value, scale = float(m["digits"].replace(",", "")), m["scale"]
    if scale and scale.lower() == "m" and not m["currency"] and text[m.end("digits")] != scale:
        scale, end = None, m.end("digits")  # metres
    if scale:
        value *= _SCALES.get(scale.lower(), _SCALES.get(scale.lower().rstrip("s"), 1.0))
    value += _spelled(m["rest"]) if m["rest"] else 0
    unit = _currency(m["currency"])
    nouns: tuple[str, ...] = ()
    after = _UNIT_AFTER.match(text, end)
    if after and after["percent"]:
        unit, end = "%", after.end("percent")
    elif after:
        nouns = tuple(stem(w) for w, _, _ in words(after["noun"]) if w not in STOP_WORDS)
    about = bool(m["about"] or m["about2"] or m["plus"] or (scale or "").endswith("s"))
    return Quantity(start, end, value, unit, nouns, about)


def _spelled(text: str) -> int:
    return sum({**_UNITS, **_TENS}[part] for part in re.split(r"[-\s]", text.lower()))


def _currency(text: str | None) -> str:
    if not text:
        return ""
    symbol = text.strip().upper().rstrip(".")
    return {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "RS": "PKR", "₹": "INR"}.get(symbol, symbol[:3])
