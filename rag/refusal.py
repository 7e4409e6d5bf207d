"""Do the sources answer? Signals of retrieval and wording → a probability.

A logistic regression over the signals below. Its weights were fitted by evals/fit_refusal.py on
clapnq_dev and half of the dev gold questions; figures in docs/decisions/0004.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rag.answerability import Answering
from rag.datespans import find_dates
from rag.logistic import Logistic, bundled, logistic
from rag.numbers import Quantity, find_quantities
from rag.people import asks_for_a_person, names_a_person
from rag.premises import Premise
from rag.questions import Asks, Question
from rag.reranking import Reading
from rag.selection import Candidate, Weighted
from rag.support import log_odds
from rag.terms import terms

_MONEY = re.compile(
    r"\b(?:costs?|prices?|budget|sums?|rent|fees?|fund(?:s|ing)|invest\w*|loan|paid|pay|dollars?|USD|worth|spend\w*|spent)\b",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    r"\bhow (?:wide|far|high|tall|deep|long is|long are)\b|\b(?:length|width|height|distance)\b",
    re.IGNORECASE,
)
_LENGTHS = frozenset({"km", "kilometr", "kilomet", "mile", "metr", "meter", "m", "feet", "foot", "ft"})

_OTHER = 0.5
SIGNALS: Mapping[str, int] = {
    "cosine": 1,
    "reach": 1,
    "margin": 1,
    "names_missing": -1,
    "names_unknown": -1,
    "names_apart": -1,
    "dates_apart": -1,
    "focus_missing": -1,
    "kind_missing": -1,
    "answered": 1,
    "answered_mean": 1,
    "answered_first": 1,
    "answered_alone": 1,
}
"""Each signal, with 1 where more of it speaks for an answer and -1 where it speaks against."""


@dataclass(frozen=True, slots=True)
class Signals:
    """How well the evidence fits the question, in the order of SIGNALS; each in [0, 1] or near it.

    cosine: of the best sentence; reach: share of the question's term weight that the best sentence
    holds with its neighbours and headings; margin: how far the best sentence stands out from the tenth; names_missing: weight share of the question's names that
    every one of the first passages lacks; names_unknown: share of names that no document holds;
    names_apart: weight share of names that every one of the best sentences lacks; dates_apart: share
    of the question's dates that none of them meets; focus_missing: weight share of the things asked
    for that the evidence lacks; kind_missing: how far the sentences with the date, number, amount, length
    or person that is asked for fall short of the others; answered: log-odds, by the support model, that the
    best sentence among its neighbours answers; answered_mean: their mean over all that are read;
    answered_first: over the first three; answered_alone: of the best sentence by itself.
    """

    values: tuple[float, ...]


def read_signals(reading: Reading, premises: Sequence[Premise], answers: Sequence[Answering]) -> Signals:
    """The signals of a reading with at least one sentence. Numbers of a premise that holds count as
    found."""
    question, weighted, ranked = reading.question, reading.weighted, reading.ranked
    accounted = {t for p in premises if p.holds for t in terms(p.text)}
    weighted = replace(weighted, weights={t: w for t, w in weighted.weights.items() if t not in accounted})
    names = [t for t in weighted.weights if t in question.names]
    focus = [t for t in question.focus if t in weighted.weights]
    best = [frozenset(terms(c.sentence.text)) | reading.dated[c.document] for c in ranked[:4]]
    everything = frozenset[str]().union(*reading.bags)
    unknown = [t for t in names if not reading.frequencies[t] and not weighted.holds(everything, t)]
    read = [log_odds(a.among) for a in answers]
    values = {
        "cosine": max(c.cosine for c in ranked[:5]),
        "reach": max(c.reach for c in ranked[:5]),
        "margin": ranked[0].score - ranked[min(9, len(ranked) - 1)].score,
        "names_missing": min(_missing(weighted, names, bag) for bag in reading.bags[:5]),
        "names_unknown": len(unknown) / max(1, len(names)),
        "names_apart": min(_missing(weighted, names, bag) for bag in best),
        "dates_apart": _dates_apart(question, ranked[:4]),
        "focus_missing": _missing(weighted, focus, everything),
        "kind_missing": _kind_missing(weighted, ranked[:4]),
        "answered": max(read),
        "answered_mean": sum(read) / len(read),
        "answered_first": sum(read[:3]) / len(read[:3]),
        "answered_alone": max(log_odds(a.alone) for a in answers),
    }
    return Signals(tuple(values[name] for name in SIGNALS))


def probability(signals: Signals) -> float:
    """That the evidence answers the question, in (0, 1)."""
    return _model().probability(signals.values)


def _missing(weighted: Weighted, wanted: Sequence[str], bag: frozenset[str]) -> float:
    total = sum(weighted.weights[t] for t in wanted)
    return sum(weighted.weights[t] for t in wanted if not weighted.holds(bag, t)) / total if total else 0.0


def _kind_missing(weighted: Weighted, best: Sequence[Candidate]) -> float:
    """How far the sentences that hold the kind of thing asked for fall short of the best fit in words:
    0 where the best one holds it or no kind is looked for, 1 where none does."""
    question = weighted.question
    if question.asks not in (Asks.WHEN, Asks.HOW_MANY, Asks.HOW_LONG) and not asks_for_a_person(
        question.text
    ):
        return 0.0
    most = max(c.coverage for c in best)
    held = max(_holds_kind(question, c.sentence.text) * (c.coverage / most if most else 1.0) for c in best)
    return 1.0 - held


def _holds_kind(question: Question, text: str) -> float:
    """1 if the text holds what is asked for, _OTHER if it counts something else, else 0."""
    if question.asks is Asks.WHEN:
        said = find_dates(question.text)
        return float(any(not any(d.overlaps(s) for s in said) for d in find_dates(text)))
    if question.asks in (Asks.HOW_MANY, Asks.HOW_LONG):
        return max((_counts(question, q) for q in find_quantities(text)), default=0.0)
    return float(names_a_person(text, question.terms))


def _counts(question: Question, quantity: Quantity) -> float:
    if _MONEY.search(question.text):
        return float(quantity.unit not in ("", "%"))
    if _LENGTH.search(question.text):
        return float(bool(set(quantity.nouns[:2]) & _LENGTHS))
    counted = set(question.focus) - question.names
    if not counted or quantity.unit or set(quantity.nouns) & counted:
        return float(bool(quantity.unit or quantity.nouns))
    return _OTHER if quantity.nouns else 0.0


def _dates_apart(question: Question, best: Sequence[Candidate]) -> float:
    asked = find_dates(question.text)
    found = [d for c in best for d in find_dates(c.sentence.text)]
    return sum(not any(a.overlaps(d) for d in found) for a in asked) / len(asked) if asked else 0.0


@lru_cache(maxsize=1)
def _model() -> Logistic:
    return logistic(bundled("refusal"), SIGNALS, "make fit-refusal")
