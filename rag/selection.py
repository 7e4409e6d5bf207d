"""Question + Evidence → scored sentences, and from them the ones to quote (pure).

A sentence's score is its cosine to the question, plus its share of the question's term weight, plus
small bonuses for the kind of thing asked for and for the place of its chunk in the ranking. The
weights were chosen on the dev half of the gold questions (docs/decisions/0003).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from rag.datespans import find_dates, years
from rag.numbers import find_quantities
from rag.people import asks_for_a_person, names_a_person
from rag.questions import Asks, Question
from rag.synonyms import SYNONYMS
from rag.terms import terms, words
from rag.types import Sentence, Vectors

_LEXICAL, _KIND, _CONTEXT, _RANK = 0.5, 0.10, 0.15, 0.10
_ENOUGH: Mapping[Asks, tuple[float, int]] = {
    Asks.WHY: (0.7, 4),
    Asks.HOW: (0.66, 5),
    Asks.COMPARE: (0.62, 6),
    Asks.LIST: (0.55, 8),
}
_ENOUGH_DEFAULT = (0.74, 4)
"""(share of the best score that a sentence must reach, sentences at most)."""
_SAME_SENTENCE = 0.95
_DOCUMENTS, _CAUSES, _CAUSES_EACH, _WHOLE = 3, 6, 3, 0.8
"""Of a why question: documents that may give causes, causes in all and from each, and the share of
the best reach that a document must have."""
_GAP = 40
"""Characters between neighbouring sentences: a space, a paragraph break, reference marks."""

_CAUSE = re.compile(
    r"\b(?:because|due to|owing to|as a result|result(?:s|ed)? (?:of|from|in)|therefore|thus|hence|reasons?|since|"
    r"caus(?:e|ed|es)|undermin\w+|blam\w+|led to|leads? to|driven by|in order to|so that|for fear|fear of|function of|"
    r"contingent|aims? (?:to|at)|to avoid|forc(?:ed|ing)|arguably|attribut\w+|explain\w*|prevent\w*|hamper\w*|delay\w*)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\b(?:in|at|from|to|via|through|near|into|across|between)\s+(?:the\s+)?[A-Z]\w+")
_NAME = re.compile(r"(?<!^)\b[A-Z][\w’'.-]+")
_ABOUT_ITSELF = 0.4
_SELF_DESCRIPTION = re.compile(
    r"^(?:This|The present|The following) (?:brief|article|paper|report|document|note|study|chapter|section|part|guide|page|"
    r"annex|memo(?:randum)?|overview|summary|analysis)\b(?: \w+){0,2} (?:covers?|describes?|sets? out|profiles?|traces?|"
    r"follows?|deals?|summari[sz]es?|explains?|presents?|provides?|discusses|outlines?|treats?|lists?|gives?|looks?|"
    r"examines?|reviews?|tells?|contains?|considers?)\b",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"^(?:(?:However|But|And|Yet|Still|Indeed|Hence|Thus|Therefore|Also|Moreover|Instead|Presently|Now|Meanwhile|"
    r"Nevertheless|Nonetheless|Consequently|In particular|In turn|In any case|By contrast|In contrast|Similarly|"
    r"Even so|Of these|At the same time|For (?:this|that) reason|As a result),?\s+)*"
    r"(?:it|its|it[’']s|he|she|his|her|they|their|them|this|these|those|such|both|the latter|the former|the same|"
    r"that (?:year|day|month|same|agreement|meeting|visit|decision|route|deal))\b"
    r"|^(?:In|On|At|By|From|After|Before|Since|With|Under|Despite|During|Of) (?:this|these|that|those|it|them|such|its|their)\b"
    r"|^(?:The (?:two|three|four|other|others|rest|move|change|delay|proposal)) (?!of)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Passage:
    """The sentences of one hit's chunk, with their vectors (n, d); `rank` counts from 1."""

    document: str
    heading: str
    sentences: Sequence[Sentence]
    vectors: Vectors
    rank: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be quoted. `coverage` is the share of the question's term weight that it
    holds, `reach` the share that it holds with its neighbours and headings; all in [0, 1]."""

    document: str
    sentence: Sentence
    cosine: float
    coverage: float
    reach: float
    score: float


@dataclass(frozen=True, slots=True)
class Weighted:
    """A question with the weight of each term (inverse document frequency) and other ways to write
    it in these documents (an acronym and its long form)."""

    question: Question
    weights: Mapping[str, float]
    variants: Mapping[str, tuple[frozenset[str], ...]]

    def coverage(self, bag: frozenset[str]) -> float:
        total = sum(self.weights.values())
        return sum(w for term, w in self.weights.items() if self.holds(bag, term)) / total if total else 0.0

    def holds(self, bag: frozenset[str], term: str) -> bool:
        return (
            term in bag
            or any(v <= bag for v in self.variants.get(term, ()))
            or bool(SYNONYMS.get(term, frozenset()) & bag and term not in self.question.names)
            or _compound(term, bag)
        )


def candidates(weighted: Weighted, query: Vectors, passages: Iterable[Passage]) -> list[Candidate]:
    """Every sentence of the passages once, best first. query (1, d)."""
    found: dict[tuple[str, int], Candidate] = {}
    for passage in passages:
        for candidate in _of_passage(weighted, query, passage):
            key = (candidate.document, candidate.sentence.start)
            if key not in found or candidate.score > found[key].score:
                found[key] = candidate
    return sorted(found.values(), key=lambda c: (-c.score, c.document, c.sentence.start))


def choose(weighted: Weighted, ranked: Sequence[Candidate]) -> list[Candidate]:
    """The candidates to quote, best first: those near the best score, no two alike; for a why
    question also the causes that its documents give."""
    if not ranked:
        return []
    share, most = _ENOUGH.get(weighted.question.asks, _ENOUGH_DEFAULT)
    if weighted.question.asks is not Asks.WHY:
        return _unlike([], ranked, most, _floor(ranked, share))
    ranked = of_whole_documents(ranked)
    return _unlike(
        _unlike([], ranked, most, _floor(ranked, share)), _causes(weighted, ranked), most + _CAUSES, 0.0
    )


def _floor(ranked: Sequence[Candidate], share: float) -> float:
    best = ranked[0].score
    return share * best if best > 0 else best


def of_whole_documents(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Only the documents that speak of the whole question, as far as any does, in neighbouring
    sentences, and that of the best sentence; a few at most."""
    reach = {d: max(c.reach for c in ranked if c.document == d) for d in {c.document for c in ranked}}
    least = _WHOLE * max(reach.values(), default=0.0)
    whole = [
        d for d in dict.fromkeys(c.document for c in ranked) if reach[d] >= least or d == ranked[0].document
    ]
    return [c for c in ranked if c.document in whole[:_DOCUMENTS]]


def _unlike(
    chosen: Sequence[Candidate], more: Iterable[Candidate], most: int, floor: float
) -> list[Candidate]:
    kept = list(chosen)
    for candidate in more:
        if len(kept) >= most or candidate.score < floor:
            break
        if not any(_alike(candidate, other) for other in kept):
            kept.append(candidate)
    return kept


def _causes(weighted: Weighted, ranked: Sequence[Candidate]) -> list[Candidate]:
    """Sentences that give a cause and name what the question names, or stand beside one that does:
    the first few of each of the best documents in turn."""
    documents = dict.fromkeys(c.document for c in ranked)
    named = [c for c in ranked if _names(weighted, c)]
    causes = [
        c
        for c in ranked
        if _gives_cause(c.sentence.text) and (c in named or any(_adjacent(c, other) for other in named))
    ]
    by_document = [[c for c in causes if c.document == d][:_CAUSES_EACH] for d in documents]
    return [c for group in by_document for c in group]


def _names(weighted: Weighted, candidate: Candidate) -> bool:
    names = [t for t in weighted.weights if t in weighted.question.names and not t[0].isdigit()]
    bag = frozenset(terms(candidate.sentence.text))
    return all(weighted.holds(bag, t) for t in names)


def _adjacent(a: Candidate, b: Candidate) -> bool:
    first, second = sorted((a.sentence, b.sentence), key=lambda s: s.start)
    return a.document == b.document and 0 <= second.start - first.end <= _GAP


def dangles(sentence: str) -> bool:
    """True if the sentence leans on the one before it: it opens with a pronoun or "This delay"."""
    return _DANGLING.match(sentence) is not None


def _of_passage(weighted: Weighted, query: Vectors, passage: Passage) -> Iterable[Candidate]:
    bags = [frozenset(terms(s.text)) | _quantities_met(weighted.question, s.text) for s in passage.sentences]
    above = frozenset(terms(passage.heading))
    cosines = passage.vectors @ query[0]
    for i, sentence in enumerate(passage.sentences):
        around = above.union(*bags[max(0, i - 1) : i + 2])
        coverage, reach = weighted.coverage(bags[i]), weighted.coverage(around)
        score = (
            float(cosines[i])
            + _LEXICAL * coverage
            + _CONTEXT * (reach - coverage)
            + _KIND * _fits(weighted.question, sentence.text)
            + _RANK / passage.rank
            - _ABOUT_ITSELF * bool(_SELF_DESCRIPTION.match(sentence.text))
        )
        yield Candidate(passage.document, sentence, float(cosines[i]), coverage, reach, score)


def _gives_cause(text: str) -> bool:
    return _CAUSE.search(re.sub(r"\([^()]*\)", " ", text)) is not None


def _quantities_met(question: Question, text: str) -> frozenset[str]:
    """The terms of the question's quantities that the text meets in other words: "28 years" by
    "nearly 30-year" or by two years that lie 28 apart."""
    asked = find_quantities(question.text)
    if not asked:
        return frozenset()
    said, found = find_quantities(text), sorted({year for year, _ in years(text)})
    apart = {b - a for a, b in combinations(found, 2)}
    met = [
        q
        for q in asked
        if q.nouns
        and (
            any(q.close_to(other) and q.nouns[0] in other.nouns for other in said)
            or (q.nouns[0] == "year" and q.value in apart)
        )
    ]
    return frozenset(t for q in met for t in (*terms(question.text[q.start : q.end]), q.nouns[0]))


def _fits(question: Question, text: str) -> float:
    """1 if the sentence holds the kind of thing that is asked for and that the question does not
    already say."""
    match question.asks:
        case Asks.WHEN | Asks.LIST:
            said = find_dates(question.text)
            return float(any(not any(d.overlaps(s) for s in said) for d in find_dates(text)))
        case Asks.HOW_MANY | Asks.HOW_LONG:
            said_values = {q.value for q in find_quantities(question.text)}
            return float(any(q.value not in said_values for q in find_quantities(text)))
        case Asks.WHY:
            return float(_gives_cause(text))
        case Asks.WHO if asks_for_a_person(question.text):
            return 2.0 * names_a_person(text, question.terms)
        case Asks.WHO:
            return float(any(w not in question.terms for n in _NAME.findall(text) for w in terms(n)))
        case Asks.WHERE:
            return float(bool(_PLACE.search(text)))
        case _:
            return 0.0


def _compound(term: str, bag: frozenset[str]) -> bool:
    """ "airstrike" and "strike": one is the end of the other, and that end is a word of its own."""
    end = term.rstrip("e")
    return len(end) >= 5 and any(_ends_alike(end, other.rstrip("e")) for other in bag)


def _ends_alike(a: str, b: str) -> bool:
    return len(b) >= 5 and a != b and (a.endswith(b) or b.endswith(a))


def _alike(a: Candidate, b: Candidate) -> bool:
    left, right = ({w for w, _, _ in words(c.sentence.text)} for c in (a, b))
    return len(left & right) >= _SAME_SENTENCE * len(left | right)
