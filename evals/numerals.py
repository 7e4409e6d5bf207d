"""Numbers, amounts and dates in running text to one canonical spelling.

"July 3rd, 2024" and "2024-07-03" → "3 july 2024"; "twenty-eight" → "28"; "USD 120m" and
"120 million dollars" → "120 million usd"; "over 20" → ">20"; "20+" → "+20"; "at least 20" → "≥20".
Input is expected in lower case without diacritics; hyphens may stay.
"""

from __future__ import annotations

import re

MONTHS = ("january february march april may june july august september october november december").split()
_MONTH_OF = {name[:3]: name for name in MONTHS} | {name: name for name in MONTHS} | {"sept": "september"}
_MONTH = "(" + "|".join(sorted(_MONTH_OF, key=len, reverse=True)) + r")\.?"

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_SMALL = {word: value for value, word in enumerate(_UNITS)} | {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_ORDINALS = {
    word: f"{value}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(value, 'th') }"
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), start=1
    )
}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SHORT_SCALES = {"k": "thousand", "m": "million", "mn": "million", "bn": "billion", "b": "billion"} | {
    scale: scale for scale in _SCALES
}
_CURRENCIES = {"us$": "usd", "$": "usd", "usd": "usd", "dollar": "usd", "dollars": "usd"} | {
    "€": "eur", "eur": "eur", "euro": "eur", "euros": "eur", "£": "gbp", "gbp": "gbp", "pounds": "gbp",
}  # fmt: skip
_NUMBER = r"\d+(?:\.\d+)?"


def canonical_numbers(text: str) -> str:
    """The text with its numbers, amounts and dates respelt; other words untouched."""
    text = re.sub(r"(?<=\d)[,'](?=\d{3}(?!\d))", "", text)
    text = _dates(text)
    text = _number_words(text)
    text = _amounts(text)
    return _bounds(text)


def _dates(text: str) -> str:
    text = re.sub(r"\b(\d{4})-(\d\d)(?:-(\d\d))?\b", _iso_date, text)
    text = re.sub(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}(?![a-z])", _day_month, text)
    text = re.sub(
        rf"\b{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?(?![\w%]|\.\d)(?:,? (\d{{4}})\b)?", _month_day, text
    )
    return re.sub(rf"\b{_MONTH},? (?=\d{{4}}\b)", lambda found: _MONTH_OF[found[1]] + " ", text)


def _iso_date(found: re.Match[str]) -> str:
    month = int(found[2])
    if not 1 <= month <= 12:
        return found[0]
    day = f"{int(found[3])} " if found[3] else ""
    return f"{day}{MONTHS[month - 1]} {found[1]}"


def _day_month(found: re.Match[str]) -> str:
    return f"{int(found[1])} {_MONTH_OF[found[2]]}"


def _month_day(found: re.Match[str]) -> str:
    year = f" {found[3]}" if found[3] else ""
    return f"{int(found[2])} {_MONTH_OF[found[1]]}{year}"


_WORD = "|".join(sorted(_SMALL, key=len, reverse=True))
_WORD_NUMBER = re.compile(
    rf"\b(?:a |one )?(?:(?:{_WORD}|hundred)(?:[ -](?:and )?(?=(?:{_WORD}|hundred)\b))?)+\b"
)


def _number_words(text: str) -> str:
    text = re.sub(rf"\b({'|'.join(_ORDINALS)})\b", lambda found: _ORDINALS[found[1]], text)
    return _WORD_NUMBER.sub(lambda found: _spelt_out(found[0]), text)


def _spelt_out(phrase: str) -> str:
    """Digits for a run of number words; words that do not add up stay apart ("two three" → "2 3")."""
    values: list[int] = []
    for word in re.findall(r"[a-z]+", phrase):
        value = _SMALL.get(word)
        if word == "hundred":
            values = [*values[:-1], (values[-1] if values else 1) * 100]
        elif value is not None and values and _joins(values[-1], value):
            values[-1] += value
        elif value is not None:
            values.append(value)
    return " ".join(map(str, values))


def _joins(left: int, right: int) -> bool:
    return (left % 100 == 0 and left > 0 and right < 100) or (
        left % 100 >= 20 and left % 10 == 0 and 0 < right < 10
    )


_SYMBOL = r"us\$|\$|€|£|\b(?:usd|eur|gbp)"
_LONG_SCALE = "thousand|million|billion|trillion"
_PREFIXED = re.compile(rf"(?:{_SYMBOL})\s?({_NUMBER})(?:[ -]?({'|'.join(_SHORT_SCALES)}))?(?![a-z\d])")
_SUFFIXED = re.compile(
    rf"(?<![\d.])({_NUMBER})(?:[ -]?({_LONG_SCALE}|mn|bn))?[ -](?:us |u\.s\. )?(dollars?|euros?|usd|eur|gbp|pounds)\b"
)
_SCALED = re.compile(rf"(?<![\d.])({_NUMBER})[ -]?({_LONG_SCALE}|mn|bn)\b")
_LARGE = re.compile(r"(?<![\d.])(\d{7,15})(?![\d.]\d)")


def _amounts(text: str) -> str:
    text = _PREFIXED.sub(_prefixed_amount, text)
    text = _SUFFIXED.sub(lambda found: f"{_scaled(found[1], found[2])} {_CURRENCIES[found[3]]}", text)
    text = _SCALED.sub(lambda found: _scaled(found[1], found[2]), text)
    text = _LARGE.sub(lambda found: _scaled(found[1], None), text)
    return re.sub(rf"({_NUMBER})\s?(?:%|per cent\b|percent\b|pct\b)", r"\1 percent ", text)


def _prefixed_amount(found: re.Match[str]) -> str:
    symbol = found[0][: found.start(1) - found.start()].strip()
    return f"{_scaled(found[1], found[2])} {_CURRENCIES[symbol]}"


def _scaled(number: str, scale: str | None) -> str:
    value = float(number) * (_SCALES[_SHORT_SCALES[scale]] if scale else 1)
    for name in ("trillion", "billion", "million"):
        if value >= _SCALES[name]:
            return f"{_plain(value / _SCALES[name])} {name}"
    return _plain(value)


def _plain(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _bounds(text: str) -> str:
    text = re.sub(rf"\b(?:more than|over|above|upwards of|in excess of|exceeding) (?={_NUMBER})", ">", text)
    text = re.sub(rf"\b(?:at least|no fewer than|not less than|no less than) (?={_NUMBER})", "≥", text)
    return re.sub(rf"(?<![\d.])({_NUMBER})\+", r"+\1", text)
