"""Acronyms that a text defines: "National Resistance Front (NRF)" (pure).

After Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
text" (PSB 2003), kept to initials: each letter of the acronym begins a word of the long form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rag.terms import STOP_WORDS, stem, words

_DEFINED = re.compile(r"\(\s*([A-Z][A-Za-z]*[A-Z])s?\s*\)")


def acronyms(text: str) -> dict[str, str]:
    """Acronym → long form as written, for every acronym in parentheses right after its long form."""
    found: dict[str, str] = {}
    for m in _DEFINED.finditer(text):
        before = words(text[max(0, m.start() - 120) : m.start()])
        start = _long_form(m[1], before)
        if start is not None:
            found.setdefault(m[1], text[max(0, m.start() - 120) + start : m.start()].strip())
    return found


def term_variants(
    definitions: Mapping[str, str], question_terms: Iterable[str]
) -> dict[str, tuple[frozenset[str], ...]]:
    """Other ways to say a question's terms, each a set of terms that must all be there: for an acronym
    its long form, and for each word of a long form that the question writes out the acronym."""
    asked = set(question_terms)
    variants: dict[str, list[frozenset[str]]] = {}
    for acronym, long_form in definitions.items():
        short = stem(acronym.lower())
        long_terms = frozenset(stem(w) for w, _, _ in words(long_form) if w not in STOP_WORDS)
        if short in asked and long_terms:
            variants.setdefault(short, []).append(long_terms)
        if long_terms and long_terms <= asked:
            for term in long_terms:
                variants.setdefault(term, []).append(frozenset({short}))
    return {term: tuple(others) for term, others in variants.items()}


def _long_form(acronym: str, before: list[tuple[str, int, int]]) -> int | None:
    """Where the long form begins: first without its small words, then with them."""
    content = [word for word in before if word[0] not in STOP_WORDS]
    start = _initials(acronym.lower(), content)
    return start if start is not None else _initials(acronym.lower(), before)


def _initials(letters: str, before: list[tuple[str, int, int]]) -> int | None:
    at = len(letters) - 1
    for word, start, _ in reversed(before):
        if word.startswith(letters[at]):
            at -= 1
            if at < 0:
                return start
        elif word not in STOP_WORDS and len(word) > 1:
            return None
    return None
