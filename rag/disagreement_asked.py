"""Is a disagreement about what was asked? (pure)

By the score of its sentence, the names and dates of the question, the kind of value that would answer it,
and the property in dispute. Thresholds were chosen on the tuning questions of
evals/gold/disagreements.jsonl and on evals/gold/dev.jsonl, precision before recall.
"""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Mapping

from rag.datespans import find_dates
from rag.disagreement_said import Kind, content, like, named
from rag.questions import Asks
from rag.selection import Weighted
from rag.terms import stem, terms

NEAR, _UNNAMED, _NEAREST, _SURE = 0.6, 0.75, 0.85, 0.95
"""Least score, as a share of the best sentence's: where the question names something, where it names
nothing, where the disagreement is on something that the question does not name, and where only the score
speaks for it."""
_COVERED, _WHOLE = 0.65, 0.85
"""Share of the question's term weight: as a share of what the best sentence holds; and that which leaves
no doubt."""
_MEASURED = 0.45
"""As _COVERED, where both are on one measure ("how long", "the length of")."""
_NAMES_MISSED = 0.5
"""Share of the weight of the question's names that the document of a disagreement may lack."""
_ASKED: Mapping[Asks, tuple[Kind, re.Pattern[str]]] = {
    asks: (kind, re.compile(pattern))
    for asks, kind, pattern in (
        (
            Asks.HOW_MANY,
            Kind.NUMBER,
            r"^how (?:many|much|large|long|far)\b|^the (?:number|count|size|strength|length|width|height|depth|cost|population|toll|gap)\b",
        ),
        (Asks.HOW_LONG, Kind.NUMBER, r"^how long\b|^the (?:length|duration|term|time|gap)\b"),
        (Asks.WHEN, Kind.DATE, r"^when\b|^the (?:date|day|year|start|end)\b"),
        (Asks.WHO, Kind.NAME, r"^(?:who|whose|whom)\b"),
        (Asks.WHERE, Kind.NAME, r"^where\b|^the (?:place|base|seat|route)\b"),
        (Asks.YES_NO, Kind.POLARITY, r"^whether\b"),
    )
}
"""Kind of question → the kind of values, or the opening of what sources differ on, that fit it."""
_STRICT = frozenset(_ASKED) - {Asks.YES_NO}
_MEASURES = tuple(
    (re.compile(pattern, re.IGNORECASE), frozenset(map(stem, words.split())))
    for pattern, words in (
        (r"\bhow long\b|\blength\b|\bend to end\b", "length duration term time long"),
        (r"\bhow far\b|\bdistance\b", "length distance far"),
        (r"\bhow (?:wide|broad)\b|\bwidth\b", "width wide"),
        (r"\bhow (?:high|tall)\b|\bheight\b|\baltitude\b|\belevation\b", "height altitude elevation"),
        (r"\bhow deep\b|\bdepth\b", "depth draft"),
        (r"\bcosts?\b|\bprice\b|\bworth\b|\bsums?\b|\bmoney\b|\bhow much\b.*\b(?:spen[dt]|pa(?:y|id)|invest\w*)\b", "cost price spent value investment worth"),
        (r"\bhow many (?:people|fighters|members|men)\b|\bhow (?:big|large|strong)\b|\bstrength\b|\bsize\b", "size strength population"),
        (r"\bdie[ds]?\b|\bdead\b|\btoll\b|\bdeaths?\b|\bkill(?:ed|s)?\b", "death toll dead killed"),
    )
)  # fmt: skip
_ALL_MEASURES = frozenset[str]().union(*(words for _, words in _MEASURES))
_MONTHS = frozenset(stem(name.lower()) for name in month_name[1:])


def is_asked(
    weighted: Weighted,
    kind: Kind,
    about: str,
    bag: frozenset[str],
    around: frozenset[str],
    relevance: float,
    best: float,
    stated: bool,
) -> bool:
    """Whether a disagreement on `about` is on what is asked; `stated` where a sentence says on what it is.

    `bag` holds the terms of its statement and title, `around` those of all statements of its document;
    `relevance` is its score as a share of the best sentence's, `best` the greatest coverage of a sentence.
    """
    if relevance < _least(weighted, about) or _of_another(weighted, about, bag, relevance):
        return False
    fits, measured = _fits(weighted, kind, about), _same_measure(weighted, about)
    if weighted.question.asks in _STRICT and not fits:
        return stated and relevance >= _SURE and _same_aspect(weighted, _head(about))
    missed = _names_missed(weighted, bag) > 0
    if missed and not (
        relevance >= _NEAREST and (fits or measured) and _names_missed(weighted, around) <= _NAMES_MISSED
    ):
        return False
    covered = weighted.coverage(bag)
    if (fits or relevance >= _SURE) and covered >= _WHOLE:
        return True
    if fits and relevance >= _NEAREST and _has_names(weighted) and not missed:
        return True
    if covered < (_MEASURED if measured else _COVERED) * best and relevance < _NEAREST:
        return False
    if measured or _same_aspect(weighted, _head(about)) or not content(about) - named(about):
        return True
    return (fits or relevance >= _SURE) and _same_aspect(weighted, about)


def _of_another(weighted: Weighted, about: str, bag: frozenset[str], relevance: float) -> bool:
    """The question names, dates or counts something else, or asks for another measure."""
    question = weighted.question
    asked, told = find_dates(question.text), find_dates(about)
    if asked and told and not any(a.overlaps(b) for a in asked for b in told):
        return True
    own = [t for t in weighted.weights if t not in question.topic]
    if not any(weighted.holds(bag, t) for t in own):
        return True
    wanted = [t for t in question.focus if t in weighted.weights and content(t)]
    if not all(weighted.holds(bag, t) for t in wanted if t in question.names):
        return True
    measured = _same_measure(weighted, about)
    if measured is None and wanted and not any(like(t) & bag for t in wanted):
        return relevance < _SURE
    return measured is False and (relevance < _SURE or bool(_ALL_MEASURES & frozenset(terms(about))))


def _fits(weighted: Weighted, kind: Kind, about: str) -> bool:
    """What differs is of the kind that is asked for: by its values, or by the word that opens it."""
    asks = weighted.question.asks
    if asks not in _ASKED:
        return False
    wanted, opening = _ASKED[asks]
    return kind is wanted or opening.search(about) is not None


def _least(weighted: Weighted, about: str) -> float:
    if not _has_names(weighted):
        return _UNNAMED
    on = named(about)
    strange = [t for t in on if not t[0].isdigit() and not _said(weighted, t)]
    return _NEAREST if 2 * len(strange) > len(on) else NEAR


def _said(weighted: Weighted, term: str) -> bool:
    """The question holds a term, in these or other words."""
    return any(weighted.holds(frozenset({term}), t) for t in weighted.weights)


def _has_names(weighted: Weighted) -> bool:
    return any(t in weighted.question.names and not t[0].isdigit() for t in weighted.weights)


def _names_missed(weighted: Weighted, bag: frozenset[str]) -> float:
    """The share of the weight of the question's names that a bag lacks; months and numbers aside."""
    names = [
        t
        for t in weighted.weights
        if t in weighted.question.names and t not in _MONTHS and not t[0].isdigit()
    ]
    total = sum(weighted.weights[t] for t in names)
    return sum(weighted.weights[t] for t in names if not weighted.holds(bag, t)) / total if total else 0.0


def _head(about: str) -> str:
    """The property alone: "the end" of "the end of the waiver"."""
    return re.split(r"\s(?:of|for|at|on|in|to|from|between|during)\s", about, maxsplit=1)[0]


def _same_measure(weighted: Weighted, about: str) -> bool | None:
    """Whether both are on one measure, such as length; None where the question names none."""
    wanted = [words for pattern, words in _MEASURES if pattern.search(weighted.question.text)]
    if not wanted:
        return None
    return any(words & frozenset(terms(about)) for words in wanted)


def _same_aspect(weighted: Weighted, about: str) -> bool:
    """The question asks for a property of which the sources differ."""
    asked = frozenset(weighted.weights) - weighted.question.names
    aspect = content(about) - named(about)
    return any(like(t) & aspect for t in asked)
