"""Claims with another number, date or unit (pure)."""

from __future__ import annotations

import re
from random import Random

from evals.altering.edits import Change, Edit, says, swap

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
VALUES = {word: value for value, word in enumerate(_UNITS)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
VALUES |= {
    f"{ten}-{one}": 10 * i + j for i, ten in enumerate(_TENS, 2) for j, one in enumerate(_UNITS[1:10], 1)
}
SPELT = {value: word for word, value in VALUES.items()}
_ORDINALS = "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_FRACTIONS = {"a quarter": 0.25, "one quarter": 0.25, "a third": 1 / 3, "one third": 1 / 3, "half": 0.5,
              "two thirds": 2 / 3, "two-thirds": 2 / 3, "three quarters": 0.75, "three-quarters": 0.75}  # fmt: skip
_LARGE = ("dozens", "hundreds", "thousands", "millions")
_TIMES = ("twice", "three times", "four times", "five times")
NUMBER_WORDS = "|".join(sorted((word for word, value in VALUES.items() if value > 1), key=len, reverse=True))
MONTHS = "January February March April May June July August September October November December".split()
MONTH = f"(?:{'|'.join(MONTHS)})"
YEAR = r"(?:1[0-9]\d\d|20\d\d)"
_LOW_BOUND = r"(?:more than|over|at least|above|exceed(?:s|ed|ing)?|no (?:fewer|less) than|upwards of|minimum of|after|later than)"
_HIGH_BOUND = r"(?:less than|fewer than|under|at most|below|up to|no more than|not more than|within|maximum of|before|nearly|almost|by)"
_BOUND = re.compile(rf"\b(?:(?P<low>{_LOW_BOUND})|(?P<high>{_HIGH_BOUND})|(?P<about>about|around|some|approximately|roughly|circa|an estimated))\s+(?:the\s+)?(?:US)?[$€£]?\s?$", re.I)  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.,:/–—-])(?P<sign>US\$|[$€£])?(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d+)?(?![\w:/]|[.,]\d|[-–]\d|(?:st|nd|rd|th)\b)")  # fmt: skip
_RANGE = re.compile(r"(?<![\w.,:/-])(\d{1,3})(-|–| to )(\d{1,3})(?![\w:/-]|[.,]\d)")
_AFTER_NUMBER = rf"(?!\s+(?:{MONTH})\b)"
_BEFORE_NUMBER = re.compile(rf"(?:\b(?:{MONTH})\.?|\bNo\.?|#)\s*$")
_ANY_NUMBER = re.compile(rf"\d+(?:,\d{{3}})*(?:\.\d+)?|\b(?:{NUMBER_WORDS}|one)\b", re.I)


_FIRST_OF_TWO = re.compile(r"\b(?:between|from)\s(?:USD |US\$|[$€£])?$", re.I)
_AND_ANOTHER = re.compile(
    rf"\s?(?:%|per cent|percent)?\s(?:and|to)\s(?:USD |US\$|[$€£])?(?:\d|(?:{NUMBER_WORDS})\b)", re.I
)
_SECOND_OF_TWO = re.compile(
    r"\b(?:between|from)\s\S+(?:\s(?:per cent|percent|million|billion))?\s(?:and|to)\s(?:USD |US\$|[$€£])?$",
    re.I,
)


def number_edits(claim: str, span: str, rng: Random) -> list[Edit]:
    taken = _values(span) | _values(claim)
    edits = [*_numerals(claim, taken, rng), *_spelt(claim, taken, rng), *_ordinals(claim, span, rng)]
    return [
        *edits,
        *_ranges(claim, taken, rng),
        *_fractions(claim, span, rng),
        *_magnitudes(claim, span, rng),
    ]


def _numerals(claim: str, taken: set[float], rng: Random) -> list[Edit]:
    edits: list[Edit] = []
    for found in _NUMBER.finditer(claim):
        if _is_date_part(claim, found):
            continue
        decimals = len(found["decimals"] or ".") - 1
        value = float(found["digits"].replace(",", "") + (found["decimals"] or ""))
        percent = re.match(r"\s?(?:%|per ?cent)", claim[found.end() :]) is not None
        new = other_value(
            value, decimals, bound(claim, found.start(), found.end()), taken, rng, 100 if percent else None
        )
        if new is not None:
            grouped = (
                f"{new:,.{decimals}f}" if "," in found["digits"] or new >= 10000 else f"{new:.{decimals}f}"
            )
            edits.append((Change(found.start("digits"), found.end(), grouped),))
    return edits


def _is_date_part(claim: str, found: re.Match[str]) -> bool:
    year = re.fullmatch(YEAR, found[0]) is not None
    counted = re.match(
        r"\s?(?:%|per ?cent|km|kilomet|m\b|met|MW|people|soldiers|fighters|tonnes|miles)",
        claim[found.end() :],
    )
    month_near = re.match(rf"\s+(?:of\s+)?(?:{MONTH})\b", claim[found.end() :]) or _BEFORE_NUMBER.search(
        claim[: found.start()]
    )
    return (year and not counted) or month_near is not None


def bound(claim: str, start: int, end: int) -> str:
    """ "low" where a larger number would be another claim, "high" where a smaller one would, "about"
    where only one far off, "" where any other."""
    if _FIRST_OF_TWO.search(claim[:start]) and _AND_ANOTHER.match(claim[end:]):
        return "high"
    found = _BOUND.search(claim[:start])
    return (found.lastgroup or "") if found else "low" if _SECOND_OF_TWO.search(claim[:start]) else ""


def other_value(
    value: float, decimals: int, limit: str, taken: set[float], rng: Random, most: float | None = None
) -> float | None:
    """A value as round as the first that "more than", "up to" or "about" does not make true again."""
    step = _roundness(value, decimals)
    if value <= 12 and decimals == 0:
        choices = [float(n) for n in range(max(2, int(value) - 4), int(value) + 6)]
    else:
        shifts = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.2, 1.25, 1.3, 1.5, 1.75, 2, 2.5, 3)
        choices = [round(round(value * shift / step) * step, decimals) for shift in shifts]
        choices += [value + n * step for n in (-4, -3, -2, 2, 3, 4)] if not limit else []
    far = 0.3 if limit else 0.0
    kept = [
        one
        for one in dict.fromkeys(choices)
        if one > (0 if decimals else 1)
        and one not in taken
        and abs(one - value) >= far * value
        and (most is None or value > most or one < most)
        and not (limit == "low" and one <= value)
        and not (limit == "high" and one >= value)
    ]
    return rng.choice(kept) if kept else None


def _roundness(value: float, decimals: int) -> float:
    if decimals:
        return float(10**-decimals)
    step = 1
    while value and value % (step * 10) == 0:
        step *= 10
    return float(step if value / step >= 10 or step == 1 else step / 10 if value / step < 4 else step)


def _values(text: str) -> set[float]:
    found = (one[0].lower().replace(",", "") for one in _ANY_NUMBER.finditer(text))
    return {float(VALUES[one]) if one in VALUES else float(one) for one in found}


def _spelt(claim: str, taken: set[float], rng: Random) -> list[Edit]:
    edits: list[Edit] = []
    for found in re.finditer(
        rf"(?<![\w-])(?:{NUMBER_WORDS})(?![\w-]*\w)(?!\s+(?:thirds|quarters|of them\b|and \w+ thousand))",
        claim,
        re.I,
    ):
        value = VALUES[found[0].lower()]
        new = other_value(value, 0, bound(claim, found.start(), found.end()), taken, rng)
        if new is not None and int(new) in SPELT:
            edits.append(swap(found, SPELT[int(new)]))
    return edits


def _ordinals(claim: str, span: str, rng: Random) -> list[Edit]:
    pattern = re.compile(rf"\b(?P<word>{'|'.join(_ORDINALS)})\b(?!\s+(?:of\s+)?(?:{MONTH}|world|part(?:y|ies)|parties|person|country|countries))(?!-)|\b(?P<n>\d{{1,2}})(?P<th>st|nd|rd|th)\b(?!\s+(?:of\s+)?(?:{MONTH}))", re.I)  # fmt: skip
    edits: list[Edit] = []
    for found in pattern.finditer(claim):
        if re.search(rf"(?:{MONTH}|[A-Z]\w+ the|first\b.*)\s+$", claim[: found.start()]):
            continue
        if found["word"]:
            choices = [word for word in _ORDINALS[:6] if not says(span, word)]
            edits += [swap(found, rng.choice(choices))] if choices else []
        else:
            n = rng.choice([k for k in (int(found["n"]) + i for i in (-2, -1, 1, 2)) if k > 0])
            edits += [swap(found, ordinal(n))] if not says(span, ordinal(n)) else []
    return edits


def ordinal(n: int) -> str:
    return f"{n}{'th' if 10 < n % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def _ranges(claim: str, taken: set[float], rng: Random) -> list[Edit]:
    edits: list[Edit] = []
    for found in _RANGE.finditer(claim):
        low, high = int(found[1]), int(found[3])
        month = re.match(rf"\s+(?:{MONTH})", claim[found.end() :]) or _BEFORE_NUMBER.search(
            claim[: found.start()]
        )
        if low < high and not month:
            shift = (high - low) + rng.randint(1, 5) * int(_roundness(low, 0))
            edits.append(swap(found, f"{low + shift}{found[2]}{high + shift}"))
    return [edit for edit in edits if float(edit[0].new.split()[0].split("-")[0].split("–")[0]) not in taken]


def _fractions(claim: str, span: str, rng: Random) -> list[Edit]:
    edits: list[Edit] = []
    for found in re.finditer(r"(?<!first )(?<!second )(?<!latter )(?<!other )\b(?:a quarter|one quarter|a third|one third|half|two[ -]thirds|three[ -]quarters)\b(?=\s+(?:of|the)\b)", claim, re.I):  # fmt: skip
        value, limit = _FRACTIONS[found[0].lower()], bound(claim, found.start(), found.end())
        choices = [
            name
            for name, other in _FRACTIONS.items()
            if abs(other - value) > 0.05
            and name not in ("one quarter", "one third", "two-thirds", "three-quarters")
            and not says(span, name)
            and not (limit == "low" and other <= value)
            and not (limit == "high" and other >= value)
        ]
        edits += [swap(found, rng.choice(choices))] if choices else []
    return edits


def _magnitudes(claim: str, span: str, rng: Random) -> list[Edit]:
    edits: list[Edit] = []
    for names, after in ((_LARGE, r"(?=\s+of\b)"), (_TIMES, "")):
        for found in re.finditer(rf"(?<!of )\b(?:{'|'.join(names)})\b{after}", claim, re.I):
            choices = [name for name in names if name != found[0].lower() and not says(span, name)]
            edits += [swap(found, rng.choice(choices))] if choices else []
    return edits
