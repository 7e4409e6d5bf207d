"""A question → what it asks for and what it presupposes (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rag.terms import STOP_WORDS, stem, words


class Asks(StrEnum):
    """The kind of thing that would answer."""

    WHEN = "when"
    WHO = "who"
    WHERE = "where"
    HOW_MANY = "how many"
    HOW_LONG = "how long"
    WHY = "why"
    HOW = "how"
    YES_NO = "yes-no"
    COMPARE = "compare"
    LIST = "list"
    WHAT = "what"


_LEAD = r"^(?:(?:and|but|so|ok|okay|well|please|also|then|according to [^,]{3,60},|in [^,]{3,60},)\s*)*"
_PATTERNS: tuple[tuple[Asks, str], ...] = (
    (Asks.COMPARE, r"\b(?:compar(?:e|ed|ison)|differ(?:s|ed|ence|ences)?|versus|vs\.?|contrast|disagree\w*|conflict(?:s|ing)?)\b"),
    (Asks.LIST, r"\b(?:list|name all|timeline|chronology|trace|summari[sz]e|outline|enumerate)\b"),
    (Asks.HOW_LONG, r"\bhow long (?:did|does|do|has|have|had|will|would|was|were|until|before|after|ago)\b|\bhow many (?:years|months|days|weeks|decades)\b"),
    (Asks.HOW_MANY, r"\bhow (?:many|much|large|big|high|wide|tall|far|often|old|long|deep)\b|\bwhat (?:number|share|percentage|amount|sum|sums|price|cost|budget|value|total|proportion|height|length|size)\b"),
    (Asks.WHEN, r"(?:^\W*|\band |\bsince |\buntil |\bby |[,;:] )when\b|\bwhen (?:did|was|were|is|are|do|does|will|had|has|have)\b|\b(?:what|which|in what|on what|on which|in which|until what|by what) (?:\w+ )?(?:year|date|day|month)\b|\bsince when\b|\bhow soon\b"),
    (Asks.WHO, r"\b(?:who|whom|whose)\b|\bwhat (?:is|was) the name of\b|\b(?:which|what) (?:person|leader|minister|president|official|author|envoy|ambassador|commander|group|firm|company|country|countries|party|parties|organi[sz]ation|agency|state|states)\b"),
    (Asks.WHERE, r"\bwhere\b|\b(?:which|what) (?:place|city|town|province|district|districts|location|region|port)\b"),
    (Asks.WHY, r"\bwhy\b|\bwhat (?:caused|causes|explains|took so long|is the reason|was the reason|were the reasons|are the reasons)\b|\breasons? (?:for|why|behind)\b|\bhow come\b"),
    (Asks.HOW, r"\bhow\b|\bin (?:what|which) ways?\b"),
    (Asks.YES_NO, _LEAD + r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must)(?:n't)?\b|,\s*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\s+\w+"),
)  # fmt: skip
_ASKING = frozenset(
    stem(w)
    for w in """accord article author text document source sources tell explain describe know mean give given mention
    mentioned state stated say happen happened kind type please list name compare comparison differ difference
    different main reason reasons way ways thing things passage corpus exactly actually really anyone today still
    according comparing timeline summary summarise summarize take took taken get got make made
    call called long many much ever see seem become became exist exists""".split()
)
_NAME = re.compile(
    r"[A-Z][\w’'.]*(?:-[\w’']+)*(?:\s+(?:(?:of|the|and|for|e|al|bin|ul|de)\s+)*[A-Z][\w’'.]*(?:-[\w’']+)*)*"
)
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]*[A-Z][A-Za-z]*(?:-\d+)?\b|\b[A-Z]{2,}\b")


_NOUNS = r"((?:[^\W_]+[\s-]+){0,3}?[^\W_]+)"
_AFTER = (
    r"(?=\s+(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|of|in|on|for|at|by|"
    r"that|which|who|to|with|between|under|behind|from|and|after|before|since|during|[^\W_]+ed)\b|[?,.;:]|$)"
)
_FOCUS = (
    rf"\b(?:what|which)\s+(?:is|are|was|were)\s+(?:the\s+|a\s+|an\s+)?{_NOUNS}{_AFTER}",
    rf"\b(?:what|which|how many|how much|whose)\s+(?!is\b|are\b|was\b|were\b|do\b|does\b|did\b|has\b|have\b|had\b){_NOUNS}{_AFTER}",
    rf"\bhow much (?:does|did|do|is|was) (?:a |an |the )?{_NOUNS}(?=\s+(?:cost|worth|by|in)\b)",
)


@dataclass(frozen=True, slots=True)
class Question:
    """`terms` are the distinct content terms in order; `names` those that belong to proper names,
    acronyms or numbers; `focus` those right after what/which/how many: what is asked for."""

    text: str
    asks: Asks
    terms: tuple[str, ...]
    names: frozenset[str]
    focus: tuple[str, ...]
    topic: frozenset[str]
    """Terms that only the conversation adds."""
    presupposes: bool
    """True where the wording takes its statement for granted (why, when, who, how …), False for yes-no."""


def read_question(text: str, topic: str = "") -> Question:
    """Read a question; `topic` adds terms and names from the conversation, but asks nothing."""
    asks = next((kind for kind, pattern in _PATTERNS if re.search(pattern, text, re.IGNORECASE)), Asks.WHAT)
    found = [stem(w) for w, _, _ in words(f"{text} {topic}") if w not in STOP_WORDS]
    content = tuple(dict.fromkeys(t for t in found if t not in _ASKING))
    return Question(
        text=text,
        asks=asks,
        terms=content or tuple(dict.fromkeys(found)),
        names=proper_terms(text) | proper_terms(topic),
        focus=tuple(t for t in _focus(text) if t not in _ASKING),
        topic=frozenset(stem(w) for w, _, _ in words(topic)) - frozenset(stem(w) for w, _, _ in words(text)),
        presupposes=asks is not Asks.YES_NO,
    )


def proper_terms(text: str) -> frozenset[str]:
    """The terms of proper names, acronyms and numbers; not of the word that opens the text."""
    found: set[str] = set()
    first = re.search(r"\w", text)
    for m in (*_NAME.finditer(text), *_ACRONYM.finditer(text)):
        opening = first is not None and m.start() == first.start()
        for word, start, _ in words(m.group()):
            if word not in STOP_WORDS and not (opening and start == 0 and not _ACRONYM.match(m.group())):
                found.add(stem(word))
    found |= {word for word, _, _ in words(text) if word[0].isdigit()}
    return frozenset(found)


def _focus(text: str) -> list[str]:
    """The terms of the noun phrases that are asked for, without adverbs and participles."""
    found = [m for pattern in _FOCUS for m in re.finditer(pattern, text, re.IGNORECASE)]
    wanted = [w for m in found for w, _, _ in words(m[1])]
    return list(
        dict.fromkeys(stem(w) for w in wanted if w not in STOP_WORDS and not w.endswith(("ly", "ed")))
    )
