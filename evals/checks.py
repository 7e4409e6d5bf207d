"""Deterministic checks of a claim against a span: numbers, dates, names, negation.

Independent of the product's own checks, so that a defect in those shows in the figures.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

from evals.facts import plain_letters, stem, words
from evals.numerals import MONTHS, canonical_numbers
from rag.types import Check

_NEGATIONS = frozenset(
    "not no never neither nor none without cannot nobody nothing nowhere hardly barely t".split()
)
_DATE = re.compile(rf"(?:\b(\d{{1,2}}) )?\b({'|'.join(MONTHS)})\b(?: (\d{{4}})\b)?")
_NAME = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NEAR_QUOTE = 0.8
_SHARED_PREFIX = 4


def fired_checks(span: str, claim: str) -> tuple[Check, ...]:
    """The checks that tell claim and span apart; () when none does."""
    checks = (
        _numbers(span, claim),
        _dates(span, claim),
        _names(span, claim),
        _negation(span, claim),
    )
    return tuple(check for check in checks if check is not None)


def is_near_quote(span: str, claim: str) -> bool:
    """Whether the claim repeats a stretch of the span but for a few words."""
    said, given = words(claim), words(span)
    if not said or not given:
        return False
    blocks = SequenceMatcher(None, given, said, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size > 1) >= _NEAR_QUOTE * len(said)


def is_quote(span: str, claim: str) -> bool:
    """Whether the claim's words stand in the span one after the other."""
    said, given = words(claim), words(span)
    return bool(said) and f" {' '.join(said)} " in f" {' '.join(given)} "


def has_negation(text: str) -> bool:
    return not _NEGATIONS.isdisjoint(words(text))


def missing_names(span: str, claim: str) -> tuple[str, ...]:
    """Capitalised words of the claim, its first word aside, that begin no word of the span."""
    known = {name.casefold() for name in _NAME.findall(plain_case(span))}
    prefixes = {word[:_SHARED_PREFIX] for word in known}
    found = _NAME.findall(plain_case(claim))
    names = [name for name in found[1:] if name[0].isupper()]
    return tuple(name for name in names if not _known(name.casefold(), known, prefixes))


def missing_numbers(span: str, claim: str) -> tuple[str, ...]:
    given = {_bare(word) for word in words(span)}
    return tuple(
        _bare(word) for word in words(claim) if _bare(word)[:1].isdigit() and _bare(word) not in given
    )


def plain_case(text: str) -> str:
    """The text without diacritics, its case kept."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _numbers(span: str, claim: str) -> Check | None:
    """A claim that repeats a stretch of the span must repeat the numbers of that stretch."""
    missing = missing_numbers(_closest_stretch(span, claim) if is_near_quote(span, claim) else span, claim)
    return Check("number", ", ".join(missing), "") if missing else None


def _dates(span: str, claim: str) -> Check | None:
    given = _found_dates(span)
    for date in _found_dates(claim):
        if not any(_compatible(date, other) for other in given):
            return Check("date", _spelt(date), "; ".join(map(_spelt, given)))
    return None


def _names(span: str, claim: str) -> Check | None:
    missing = missing_names(span, claim)
    if not missing and is_near_quote(span, claim):
        missing = _strange_first_word(span, claim)
    return Check("name", ", ".join(missing), "") if missing else None


def _negation(span: str, claim: str) -> Check | None:
    """Only where the claim repeats the span: elsewhere the two may negate in other words."""
    if is_quote(span, claim) or not is_near_quote(span, claim):
        return None
    said = [word for word in words(claim) if word in _NEGATIONS]
    given = [word for word in words(_closest_stretch(span, claim)) if word in _NEGATIONS]
    return Check("negation", " ".join(said), " ".join(given)) if len(said) != len(given) else None


def _closest_stretch(span: str, claim: str) -> str:
    """The words of the span between the first and the last that the claim repeats."""
    given, said = words(span), words(claim)
    blocks = SequenceMatcher(None, given, said, autojunk=False).get_matching_blocks()
    kept = [block for block in blocks if block.size > 1]
    return " ".join(given[kept[0].a : kept[-1].a + kept[-1].size]) if kept else ""


def _strange_first_word(span: str, claim: str) -> tuple[str, ...]:
    first = _NAME.search(plain_case(claim))
    known = {stem(word) for word in words(span)}
    if first is None or any(stem(word) in known for word in words(first[0])):
        return ()
    return (first[0],)


def _known(name: str, known: set[str], prefixes: set[str]) -> bool:
    parts = re.split(r"['’-]", name)
    return all(
        part in known or (len(part) >= _SHARED_PREFIX and part[:_SHARED_PREFIX] in prefixes) or len(part) == 1
        for part in parts
    )


_Date = tuple[str, str, str]


def _found_dates(text: str) -> list[_Date]:
    return [
        (found[1] or "", found[2], found[3] or "")
        for found in _DATE.finditer(canonical_numbers(plain_letters(text)))
        if found[2] != "may" or found[1] or found[3]
    ]


def _compatible(claim: _Date, source: _Date) -> bool:
    """Every part that both dates state is the same, and the source states the claim's day."""
    return (
        claim[1] == source[1]
        and claim[0] in ("", source[0])
        and ("" in (claim[2], source[2]) or claim[2] == source[2])
    )


def _spelt(date: _Date) -> str:
    return " ".join(part for part in date if part)


def _bare(word: str) -> str:
    return word.lstrip(">≥+")
