"""The numbers of a text as values to compare (pure): size, bound ("more than"), what they measure or count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from rag.alignment import Text, read
from rag.check_calendar import mentions
from rag.check_units import UNITS, comparable, dimension
from rag.numbers import Quantity, find_quantities
from rag.terms import stem

_ROUND = 0.1
"""Share by which "about 1,300" may differ from 1,280."""
_CONVERTED = 0.035
"""Share by which a value in another unit may differ: months are of uneven length."""


class Bound(StrEnum):
    EXACT = "exact"
    ABOUT = "about"
    NEARLY = "nearly"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Value:
    """A number at the words first…end. `size` is in the base unit of `measure`, `stated` as written;
    `nouns` are the stems that follow, one of which is usually what is counted."""

    first: int
    end: int
    stated: float
    size: float
    measure: str
    nouns: tuple[str, ...]
    bound: Bound
    converted: float = 1.0
    aside: bool = False
    """Said in passing ("a year", "one"): evidence for another number, no number to check."""


_SMALL = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_HINT = re.compile(
    rf"\d|\b(?:{_SMALL}|hundreds?|thousands?|millions?|billions?|dozens?|half|halves|halved|thirds?|quarters?|decades?|centur(?:y|ies)|both|\w+lateral|dual|twin|every \w+|sixths?|eighths?|"
    r"fortnight|couple|pair|fifths?|tenths?|year and a half)\b",
    re.IGNORECASE,
)
_SIGN = r"\s+(?:the |a |an )?(?:US\$|USD|\$|€|£|Rs\.? ?)?$"
_BOUND_BEFORE = re.compile(
    r"(?:(?P<above>more than|over|above|exceed(?:s|ed|ing)?|upwards? of|greater than|larger than|longer than|at least|no (?:fewer|less) than|not less than|"
    r"(?:a )?minimum of|in excess of|beyond|older than|better than|just over|slightly over)|(?P<nearly>nearly|almost|just under|close to|just short of)"
    r"|(?P<about>about|around|roughly|approximately|some|circa|ca?\.|an estimated|estimated at|in the region of|on the order of|approx\.?|~)"
    r"|(?P<below>(?:only )?up to|at most|no more than|not more than|no longer than|(?:a )?maximum of|not exceed(?:ing)?|less than|fewer than|"
    r"smaller than|shorter than|under|below|within|inside|no further than))" + _SIGN,
    re.IGNORECASE,
)
_BOUND_AFTER = re.compile(
    r"\s?(?:(?P<above>\+|(?:\w+ )?(?:or|and) (?:more|over|above|longer|older)\b)|(?P<about>or so\b|-odd\b|\w+ or so\b)|(?P<below>(?:\w+ )?or (?:less|fewer|under|younger)\b))"
)
_FRACTIONS = {
    "half": 50.0,
    "third": 100 / 3,
    "quarter": 25.0,
    "fifth": 20.0,
    "sixth": 100 / 6,
    "eighth": 12.5,
    "tenth": 10.0,
}
_FRACTION = re.compile(
    r"\b(?:(?P<many>one|two|three|four|five|six|seven|eight|nine)[-\s](?P<parts>thirds?|quarters?|fifths?|sixths?|eighths?|tenths?)\b"
    r"|(?P<part>(?:a |one )?(?:half|third|quarter|fifth|sixth|eighth|tenth))(?=\s+(?:of|the|its|their|as|that)\b)(?!\s+of\s+(?:the\s+)?(?:\d{4}|year|century|season))"
    r"|(?:(?<=by )|(?<=in )|(?<=than )|(?<=over )|(?<=nearly )|(?<=almost )|(?<=about )|(?<=around ))(?P<bare>(?:a |one )?(?:half|third|quarter|fifth|sixth|eighth|tenth))(?=[.,;]|\s+(?!(?:a |an )?(?:dozen|million|billion|year|hour|day|decade|month|century|thousand)\b)))",
    re.IGNORECASE,
)
_NOT_A_SHARE = re.compile(r"\b(?:first|second|the|last|other|and a|in|every|its|their)[\s-]+$", re.IGNORECASE)
_ONE_IN = re.compile(
    rf"\b(?P<part>one|two|three|\d{{1,2}}) (?:in|out of) (?:every )?(?P<whole>{_SMALL}|\d{{1,3}})\b",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    r"\b(?:(?P<sided>bilateral|mutual|dual|twin|both|trilateral|tripartite|quadrilateral|quadripartite|biennial|alone|single|sole)|(?P<dozen>(?:half )?a dozen|half-dozen)|(?P<pair>a couple of|a pair of)|(?P<round>(?:half )?a (?:hundred|thousand|million|billion))|(?P<nth>(?:every|each) (?P<step>second|third|fourth|fifth) (?P<period>day|week|month|year))"
    r"|(?P<time>(?:(?:a|half a) |half-)(?:year|decade|century|fortnight)(?: and a half)?)|(?P<aside>(?:one|another|every|each|per|this|first|last|full|entire|whole|previous|following|next) (?:day|week|month|year|decade|century|fortnight)))\b",
    re.IGNORECASE,
)
_SIDED = {
    "bil": 2.0,
    "mut": 2.0,
    "dua": 2.0,
    "twi": 2.0,
    "bot": 2.0,
    "bie": 2.0,
    "tri": 3.0,
    "qua": 4.0,
    "alo": 1.0,
    "sin": 1.0,
    "sol": 1.0,
}
_ROUND_NUMBERS = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_STEPS = ("", "first", "second", "third", "fourth", "fifth")
_LETTER_BEFORE = re.compile(r"(?:[^\W\d_][-/]|#)$")
_DIGIT = re.compile(r"\d")
_LIST_COMMA = re.compile(r",(?=\s|$)")
_SUFFIX = re.compile(r"(?:st|nd|rd|th|['’]?s)\b")
_JOINS = frozenset({"to", "and", "or"})
_JOINING = _JOINS | frozenset("-–—,")
_BREAKS = _JOINS | frozenset(
    "a an per each every against in at on by from for than before after with was were is are".split()
)
_LIMIT = 1.1


@lru_cache(maxsize=4096)
def values(text: str) -> tuple[Value, ...]:
    """Every number of a text that is no date or part of a name, in order; "one" written out is left to
    its noun."""
    if not _HINT.search(text):
        return ()
    whole = read(text)
    taken = [(one.first, one.end) for one in mentions(text)]
    found: list[Value] = []
    for value in (*_one_in(whole), *_fractions(whole), *_loose(whole), *_quantities(whole)):
        if not any(a < value.end and value.first < b for a, b in taken):
            taken.append((value.first, value.end))
            found.append(value)
    return _with_shared_units(whole, sorted(found, key=lambda value: value.first))


def _with_shared_units(whole: Text, found: list[Value]) -> tuple[Value, ...]:
    """ "from 19 to 8 per cent", "five or six years": the first takes the unit of the second."""
    for i in range(len(found) - 2, -1, -1):
        left, right = found[i], found[i + 1]
        between = whole.text[whole.ends[left.end - 1] : whole.starts[right.first]].strip().lower()
        if right.measure and not (left.measure or right.aside) and between in _JOINING:
            size = left.stated * right.converted
            found[i] = replace(
                left, size=size, measure=right.measure, converted=right.converted, nouns=right.nouns
            )
    for i, value in enumerate(found):
        if whole.folded[value.end : value.end + 3] == ("and", "a", "half"):
            found[i] = _and_a_half(whole, value)
    return tuple(found)


def _and_a_half(whole: Text, value: Value) -> Value:
    end = value.end + 3
    nouns = _nouns_after(whole, end)
    measure, size = dimension("", nouns)
    stated = value.stated + 0.5
    return replace(
        value, end=end, stated=stated, size=stated * size, measure=measure, converted=size, nouns=nouns
    )


def _quantities(whole: Text) -> Iterator[Value]:
    for quantity in find_quantities(_LIST_COMMA.sub(";", whole.text)):
        start = _start(whole.text, quantity)
        first, end = whole.stretch(start, quantity.end)
        written = whole.text[start : quantity.end].lower()
        if first < end and not _part_of_a_word(whole.text, start, quantity.end):
            unit = quantity.unit if start == quantity.start else ""
            value = _value(whole, quantity, unit, first, end)
            yield replace(value, aside=True) if written == "one" else value


def _start(text: str, quantity: Quantity) -> int:
    """Where a number begins: the "rs" of "covers 84" is no rupee."""
    at = quantity.start
    if not (text[at].isalpha() and text[at - 1 : at].isalpha()):
        return at
    digit = _DIGIT.search(text, at)
    return digit.start() if digit else at


def _part_of_a_word(text: str, start: int, end: int) -> bool:
    """ "COVID-19", "17th", "the 90s"."""
    if _LETTER_BEFORE.search(text[max(0, start - 2) : start]):
        return True
    return text[end - 1].isdigit() and _SUFFIX.match(text[end : end + 2]) is not None


def _value(whole: Text, quantity: Quantity, unit: str, first: int, end: int) -> Value:
    nouns = _nouns_after(whole, end)
    measure, size = dimension(unit, nouns)
    if unit == "%" and "point" in nouns[:2]:
        measure = "points"
    bound = _bound(whole.text, whole.starts[first], quantity.end, quantity.approximate)
    return Value(first, end, quantity.value, quantity.value * size, measure, nouns, bound, size)


def _nouns_after(whole: Text, end: int) -> tuple[str, ...]:
    """The content words right after a number, "of" and the like aside."""
    nouns: list[str] = []
    for i in range(end, min(end + 5, len(whole))):
        if (
            whole.clauses[i] != whole.clauses[end - 1]
            or whole.folded[i][0].isdigit()
            or whole.folded[i] in _BREAKS
        ):
            break
        if whole.content[i]:
            nouns.append(whole.stems[i])
    return tuple(nouns[:3])


def _bound(text: str, start: int, end: int, approximate: bool = False) -> Bound:
    before = _BOUND_BEFORE.search(text[max(0, start - 28) : start])
    found = before.lastgroup if before else None
    if found is None:
        after = _BOUND_AFTER.match(text, end)
        found = after.lastgroup if after else None
    if found is None and approximate:
        return Bound.ABOUT
    return Bound(found) if found else Bound.EXACT


def _fractions(whole: Text) -> Iterator[Value]:
    for found in _FRACTION.finditer(whole.text):
        if found["part"] and " " not in found["part"] and _NOT_A_SHARE.search(whole.text[: found.start()]):
            continue
        named = (found["parts"] or found["part"] or found["bare"]).lower().split()[-1].removesuffix("s")
        times = spelt_or_digits(found["many"]) if found["many"] else 1.0
        yield _share(whole, found.span(), _FRACTIONS[named] * times)


def _one_in(whole: Text) -> Iterator[Value]:
    for found in _ONE_IN.finditer(whole.text):
        part, of = (spelt_or_digits(found[name]) for name in ("part", "whole"))
        if part and of and part < of:
            yield _share(whole, found.span(), 100 * part / of)


def _share(whole: Text, span: tuple[int, int], size: float) -> Value:
    first, end = whole.stretch(*span)
    return Value(first, end, size, size, "%", _nouns_after(whole, end), _bound(whole.text, *span))


def spelt_or_digits(written: str) -> float:
    """A number as read by itself, 0 where it is none."""
    return next((quantity.value for quantity in find_quantities(written)), 0.0)


def _loose(whole: Text) -> Iterator[Value]:
    for found in _LOOSE.finditer(whole.text):
        written = found[0].lower()
        first, end = whole.stretch(*found.span())
        bound = _bound(whole.text, *found.span())
        half = 0.5 if written.startswith("half") else 1.0
        if found["sided"]:
            size = _SIDED[written[:3]]
            yield Value(first, end, size, size, "", (), Bound.EXACT, aside=True)
        elif found["dozen"]:
            yield Value(first, end, 12 * half, 12 * half, "", _nouns_after(whole, end), bound)
        elif found["pair"]:
            yield Value(first, end, 2.0, 2.0, "", _nouns_after(whole, end), Bound.ABOUT)
        elif found["round"]:
            stated, nouns = _ROUND_NUMBERS[written.split()[-1]] * half, _nouns_after(whole, end)
            measure, size = dimension("", nouns)
            yield Value(first, end, stated, stated * size, measure, nouns, bound, size)
        elif found["nth"]:
            yield _period(first, end, float(_STEPS.index(found["step"].lower())), found["period"], bound)
        elif found["time"]:
            unit = written.replace("-", " ").replace(" and a half", "").split()[-1]
            count = 1.5 if written.endswith("and a half") else half
            yield replace(_period(first, end, count, unit, bound), aside=unit == "year" and count == 1)
        else:
            yield replace(_period(first, end, 1.0, written.split()[-1], bound), aside=True)


def _period(first: int, end: int, count: float, unit: str, bound: Bound) -> Value:
    measure, size = UNITS[stem(unit.lower())]
    return Value(first, end, count, count * size, measure, (stem(unit.lower()),), bound, size)


def bears_out(other: Value, mine: Value) -> bool:
    """Whether a value of the span bears out one of the claim: equal, rounded, or within its bound."""
    if not comparable(mine.measure, other.measure):
        return False
    if mine.measure and other.measure:
        a, b, same_unit = mine.size, other.size, mine.converted == other.converted
    else:
        a, b, same_unit = mine.stated, other.stated, True
    if abs(a - b) <= (1e-6 if same_unit else _CONVERTED) * max(abs(a), abs(b), 1e-9):
        return mine.bound is not Bound.BELOW or other.bound is not Bound.ABOVE
    if mine.measure != other.measure:
        return False
    match mine.bound:
        case Bound.ABOUT:
            return abs(a - b) <= _ROUND * max(a, b)
        case Bound.NEARLY:
            return abs(a - b) <= 1.2 * _ROUND * max(a, b)
        case Bound.ABOVE:
            return a < b <= (_LIMIT if other.bound is Bound.ABOVE else _reach(mine, other)) * a
        case Bound.BELOW:
            return b < a <= (_LIMIT if other.bound is Bound.BELOW else _reach(mine, other)) * b
        case _:
            return _rounded(a / mine.converted, b / mine.converted) if mine.measure else _rounded(a, b)


def _reach(mine: Value, other: Value) -> float:
    """How many times larger than the bound a value may be and still be meant by it."""
    return 5.0 if mine.measure or set(mine.nouns[:2]) & set(other.nouns[:2]) else 2.0


def _rounded(short: float, long: float) -> bool:
    """Whether a number is a longer one written with fewer decimals: 3.7 for 3.68, 28 for 28.4."""
    written = f"{short:.6g}"
    decimals = len(written.partition(".")[2])
    if short >= 1e5:
        digits = len(written.partition("e")[0].replace(".", "").rstrip("0"))
        scale = 10.0 ** (len(str(int(short))) - max(digits, 2))
        return digits >= 2 and abs(long - short) <= scale / 2
    precise = abs(long * 10**decimals - round(long * 10**decimals)) > 1e-6
    return precise and short >= 1 and abs(long - short) <= 0.5 * 10.0**-decimals + 1e-9
