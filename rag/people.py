"""Names of people in text, as far as capitals tell (pure)."""

from __future__ import annotations

import re
from collections.abc import Collection

from rag.terms import STOP_WORDS, terms

_ASKED = re.compile(
    r"\bwho (?:is|was|are|were|leads?|led|heads?|headed|commands?|commanded)\b|\b(?:name of the|which|what) "
    r"(?:leader|commander|minister|president|ambassador|envoy|official|author|head|chief|person)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-Z][^\W\d_]+(?:[ -][A-Z][^\W\d_]+)+(?:-led)?\b")
_NO_PEOPLE = frozenset(
    """Agreement Alliance Army Asia Bank Border Ministry Minister Ministers Organisation Organization Republic State States
    Union University Valley Front Institute Dialogue Line Forum Council Summit Declaration Central East West North South
    Northern Southern Eastern Western Province Islamic Development Economic Corridor Road Highway Pass Structure Treaty
    Convention Committee Commission Party Force Forces Group Company New United Nations Prime Foreign President""".split()
)


def asks_for_a_person(question: str) -> bool:
    return _ASKED.search(question) is not None


def names_a_person(text: str, known: Collection[str]) -> bool:
    """True if the text holds two capitalised words in a row that are no institution or region and do
    not open with a small word ("In November"), none of them among the `known` terms."""
    names = (m.group().split() for m in _NAME.finditer(text))
    return any(
        not set(terms(" ".join(n))) & set(known)
        and not set(n) & _NO_PEOPLE
        and n[0].lower() not in STOP_WORDS
        for n in names
    )
