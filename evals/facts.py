"""Fact coverage: does an answer state the facts it must, in whatever wording of numbers and dates?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from evals.numerals import canonical_numbers

_TOKEN = re.compile(r"[>≥+]?\d+(?:\.\d+)?(?:st|nd|rd|th)?|[^\W\d_]+")
_ARTICLES = frozenset({"the", "a", "an"})
_BOUNDS = {">": ">+", "≥": "≥+", "+": ">≥+"}
_SHORTEST_PREFIX = 4
_CITATION_MARK = re.compile(r"\s?\[\d+\]")


def fact_coverage(text: str, must_include: Sequence[Sequence[str]]) -> float | None:
    """Stated facts / facts that must be stated, in [0, 1]; None when there are none to state.

    A fact is stated when one of its alternatives is (see `states`).
    """
    if not must_include:
        return None
    stated = sum(any(states(text, wording) for wording in wordings) for wordings in must_include)
    return stated / len(must_include)


def missing_facts(text: str, must_include: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(
        " | ".join(wordings)
        for wordings in must_include
        if not any(states(text, wording) for wording in wordings)
    )


def states(text: str, fact: str) -> bool:
    """Whether the fact's words stand in the text, one after the other.

    Case, diacritics, hyphens, articles and citation marks do not count; numbers, amounts and dates
    compare by value; a plain number also matches a bounded one ("20" in "more than 20", not the
    reverse); a word of four letters or more matches words that it begins, and words of its stem.
    """
    return any(_contains(words(text, joiner), words(fact, joiner)) for joiner in _joiners(text, fact))


def words(text: str, hyphen: str = " ") -> tuple[str, ...]:
    """The text's comparable words; `hyphen` is what a hyphen inside a word becomes."""
    return _words(text, hyphen)


@lru_cache(maxsize=4096)
def _words(text: str, hyphen: str) -> tuple[str, ...]:
    plain = canonical_numbers(plain_letters(_CITATION_MARK.sub("", text)))
    plain = re.sub(r"'s\b", "", plain)
    plain = re.sub(r"(?<=[a-z])-(?=[a-z])", hyphen, plain)
    return tuple(token for token in _TOKEN.findall(plain) if token not in _ARTICLES)


def plain_letters(text: str) -> str:
    """Lower case, without diacritics, with ASCII hyphens and apostrophes."""
    grouped = re.sub(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))", "", text)
    decomposed = unicodedata.normalize("NFKD", grouped)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    bare = re.sub("[‐‑‒–—−]", "-", bare)
    return re.sub("[‘’ʼ`]", "'", bare).casefold()


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The English Snowball stem."""
    import snowballstemmer

    return str(snowballstemmer.stemmer("english").stemWord(word))


def _joiners(text: str, fact: str) -> tuple[str, ...]:
    hyphenated = "-" in plain_letters(fact) or "-" in plain_letters(text)
    return (" ", "") if hyphenated else (" ",)


def _contains(text: tuple[str, ...], fact: tuple[str, ...]) -> bool:
    size = len(fact)
    return size > 0 and any(
        all(map(_same_word, fact, text[start : start + size])) for start in range(len(text) - size + 1)
    )


def _same_word(fact: str, word: str) -> bool:
    if fact[0] in _BOUNDS:
        return word[0] in _BOUNDS[fact[0]] and word[1:] == fact[1:]
    if fact[0].isdigit():
        return word.lstrip(">≥+") == fact
    if fact == word:
        return True
    long_enough = len(fact) >= _SHORTEST_PREFIX
    return (long_enough and word.startswith(fact)) or (len(word) > 2 and stem(fact) == stem(word))
