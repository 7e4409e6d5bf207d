"""What a question takes for granted, compared with the evidence (pure).

Numbers, durations, dates, polarity. A premise is called false only where a sentence that speaks of
the same thing says something else; silence is never a contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from rag.datespans import DateSpan, Precision, find_dates, years
from rag.numbers import Quantity, find_quantities
from rag.questions import Asks, Question
from rag.selection import Candidate, Weighted
from rag.terms import stem, terms, words

_SAME_THING = 0.6
"""Share of a question's term weight that a sentence must hold to be about the same thing."""
_ALL = 0.99
_SCOPE = 9
"""Words after a negation that it reaches."""
_NEGATION = re.compile(
    r"\b(?:never|avoid(?:s|ed|ing)?|refus(?:e|es|ed|ing)|refrain(?:s|ed|ing)?|declin(?:es|ed|ing) to|den(?:y|ies|ied)|"
    r"has yet to|have yet to|had yet to|barely|hardly|no longer|lack(?:s|ed|ing)?|without|"
    r"(?:has|have|had|did|does|do|was|were|is|are|could|would|will|can)(?: still)?(?: not|n[’']t))\b(?! (?:least|only|just|merely))",
    re.IGNORECASE,
)
_QUESTION_NEGATION = re.compile(
    r"\b(?:not|never|no|n[’']t|without|avoid\w*|refus\w*|refrain\w*|den(?:y|ied)|lack\w*)\b", re.IGNORECASE
)
_OPPOSITES: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (frozenset(map(stem, left.split())), frozenset(map(stem, right.split())))
    for left, right in (
        ("cut sever reduce reduced decrease decreased drop dropped decline end ended", "increase increased raise raised expand expanded grow grew deepen deepened"),
        ("condemn condemned criticise criticised criticize criticized denounce denounced oppose opposed reject rejected", "celebrate celebrated celebratory welcome welcomed praise praised endorse endorsed"),
        ("shelter sheltered harbour harboured harbor harbored protect protected host hosted arm armed", "expel expelled evict evicted"),
        ("fall fell shrink shrank decline declined", "rise rose grow grew increase increased"),
        ("join joined enter entered accede", "leave left quit withdraw withdrew"),
        ("open opened reopen reopened", "close closed shut"),
        ("win won", "lose lost"),
        ("accept accepted approve approved", "reject rejected refuse refused"),
        ("strengthen strengthened", "weaken weakened undermine undermined"),
        ("allow allowed permit permitted", "ban banned prohibit prohibited forbid forbidden block blocked"),
        ("ease eased lift lifted relax relaxed", "tighten tightened impose imposed"),
    )
)  # fmt: skip
_HOSTED = frozenset(
    map(
        stem,
        "shelter sheltered harbour harboured harbor harbored protect protected support supported host".split(),
    )
)
_AGAINST = re.compile(
    r"\b(?:operations?|offensives?|campaigns?|fought|fighting|action|strikes?|measures) against\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Premise:
    """A finding about one premise; `shown_by` are the candidates that bear it out."""

    text: str
    holds: bool
    shown_by: tuple[Candidate, ...]


def check_premises(weighted: Weighted, ranked: Sequence[Candidate]) -> list[Premise]:
    """Findings on the question's premises, at most one a kind; `ranked` best first."""
    question, near = weighted.question, ranked[:8]
    found = [
        _duration(question, near),
        _quantity(weighted, near),
        _date(weighted, near),
        _polarity(weighted, ranked[:20]),
    ]
    return [premise for premise in found if premise]


def _duration(question: Question, near: Sequence[Candidate]) -> Premise | None:
    asked = next((q for q in find_quantities(question.text) if q.nouns[:1] == ("year",)), None)
    if asked is None or asked.value != int(asked.value):
        return None
    n = int(asked.value)
    pairs = list(_year_pairs(near))
    for first, last, shown_by in pairs:
        if last - first == n:
            return Premise(f"{first} to {last} is {n} years.", True, shown_by)
    spoken = [(q, c) for c in near[:3] for q in find_quantities(c.sentence.text) if q.nouns[:1] == ("year",)]
    if any(q.close_to(asked) for q, _ in spoken):
        return None
    for first, last, shown_by in pairs:
        if shown_by[0] in near[:2] and len(shown_by) == 1 and not _roughly(last - first, n):
            return Premise(f"Not {n} years: {first} to {last} is {last - first} years.", False, shown_by)
    return None


def _year_pairs(near: Sequence[Candidate]) -> Iterable[tuple[int, int, tuple[Candidate, ...]]]:
    """Pairs of years, first those that one sentence holds, then across sentences."""
    by_candidate = [(c, sorted({year for year, _ in years(c.sentence.text)})) for c in near]
    for candidate, found in by_candidate:
        for first, last in combinations(found, 2):
            yield first, last, (candidate,)
    for (a, left), (b, right) in combinations(by_candidate[:5], 2):
        for x in left:
            for y in right:
                if x != y:
                    yield min(x, y), max(x, y), (a, b)


def _roughly(a: int, b: int) -> bool:
    return abs(a - b) <= 0.1 * max(a, b)


def _quantity(weighted: Weighted, near: Sequence[Candidate]) -> Premise | None:
    for asked in find_quantities(weighted.question.text):
        if not (asked.nouns or asked.unit) or asked.nouns[:1] == ("year",):
            continue
        aside = {
            t for t in weighted.weights if t not in terms(weighted.question.text[asked.start : asked.end])
        }
        same = [
            (q, c)
            for c in near
            if _share(weighted, c, aside) >= _SAME_THING
            for q in find_quantities(c.sentence.text)
            if _same_kind(asked, q)
        ]
        if not same or any(q.close_to(asked) for q, _ in same):
            continue
        quantity, candidate = same[0]
        said = _phrase(candidate.sentence.text, quantity)
        return Premise(
            f"The source says “{said}”, not “{_phrase(weighted.question.text, asked)}”.", False, (candidate,)
        )
    return None


def _same_kind(a: Quantity, b: Quantity) -> bool:
    return bool(a.unit and a.unit == b.unit) or bool(a.nouns and b.nouns and a.nouns[0] in b.nouns[:2])


def _phrase(text: str, quantity: Quantity) -> str:
    noun = re.match(r"[-\s]?[^\W\d_]+", text[quantity.end :])
    return text[quantity.start : quantity.end + (noun.end() if noun and not quantity.unit else 0)].strip()


def _date(weighted: Weighted, near: Sequence[Candidate]) -> Premise | None:
    question = weighted.question
    if (
        question.asks in (Asks.WHEN, Asks.WHAT, Asks.LIST, Asks.COMPARE)
        or len(find_dates(question.text)) != 1
    ):
        return None
    asked = find_dates(question.text)[0]
    dated = [(d, c) for c in near for d in find_dates(c.sentence.text)]
    if any(d.overlaps(asked) for d, _ in dated) or asked.precision is Precision.DECADE:
        return None
    without = {t for t in weighted.weights if t not in terms(question.text[asked.start : asked.end])}
    for date, candidate in dated:
        if _share(weighted, candidate, without) >= 0.8 and date.precision <= Precision.YEAR:
            said = candidate.sentence.text[date.start : date.end]
            return Premise(
                f"The source dates this to {said}, not {_text(question.text, asked)}.", False, (candidate,)
            )
    return None


def _text(text: str, span: DateSpan) -> str:
    return text[span.start : span.end]


def _polarity(weighted: Weighted, near: Sequence[Candidate]) -> Premise | None:
    question = weighted.question
    if not question.presupposes or question.asks in (Asks.WHAT, Asks.COMPARE, Asks.LIST):
        return None
    if _QUESTION_NEGATION.search(question.text):
        return None
    for candidate in near:
        if _names_there(weighted, candidate) and (
            _negated(weighted, candidate) or _opposite(weighted, candidate)
        ):
            said = candidate.sentence.text
            return Premise(
                f"A source contradicts what the question takes for granted: “{said}”", False, (candidate,)
            )
    return None


def _names_there(weighted: Weighted, candidate: Candidate) -> bool:
    names = {t for t in weighted.weights if t in weighted.question.names and not t[0].isdigit()}
    return bool(names) and _share(weighted, candidate, names) > _ALL


def _negated(weighted: Weighted, candidate: Candidate) -> bool:
    """A term of the question that is no name stands in the scope of a negation, and nothing of it
    outside."""
    text = candidate.sentence.text
    asked = {t for t in weighted.weights if t not in weighted.question.names}
    scopes = [(m.end(), _scope_end(text, m.end())) for m in _NEGATION.finditer(text)]
    inside = outside = 0
    for word, start, _ in words(text):
        if any(weighted.holds(frozenset({stem(word)}), t) for t in asked):
            reached = any(a <= start < b for a, b in scopes)
            inside, outside = inside + reached, outside + (not reached)
    return inside > 0 and outside == 0


def _scope_end(text: str, start: int) -> int:
    following = [end for _, _, end in words(text[start:])][:_SCOPE]
    stop = re.search(r"[;:.]", text[start:])
    reach = start + (following[-1] if following else 0)
    return min(reach, start + stop.start()) if stop else reach


def _opposite(weighted: Weighted, candidate: Candidate) -> bool:
    """The sentence says the opposite of a word of the question, of something else that the question speaks of
    besides names: hosted talks are no contradiction to refugees expelled."""
    question = weighted.question
    asked, said = set(question.terms), set(terms(candidate.sentence.text))
    if asked & _HOSTED and _AGAINST.search(candidate.sentence.text) and not said & _HOSTED:
        return True
    bag = frozenset(said)
    for left, right in _OPPOSITES:
        for mine, theirs in ((left, right), (right, left)):
            if asked & mine and said & theirs and not (said & mine or asked & theirs):
                others = [t for t in weighted.weights if t not in question.names and t not in mine]
                return not others or any(weighted.holds(bag, t) for t in others)
    return False


def _share(weighted: Weighted, candidate: Candidate, wanted: set[str]) -> float:
    bag = frozenset(terms(candidate.sentence.text))
    total = sum(weighted.weights[t] for t in wanted)
    return sum(weighted.weights[t] for t in wanted if weighted.holds(bag, t)) / total if total else 0.0
