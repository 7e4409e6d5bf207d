"""What a question takes for granted, read against the evidence by the support model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.premises import Premise
from rag.presuppositions import presuppositions
from rag.selection import Candidate, Weighted
from rag.support import Probabilities, SupportModel
from rag.terms import terms

READ = 6
"""Sentences that are read, the best by words and cosine."""
_BEST = 3
"""Sentences one of which must contradict."""
_CONTRADICTED, _SUPPORTED, _SHARED = 0.9, 0.25, 0.6
"""The least P(contradicted) of that sentence, the greatest P(supported) of any, and the least share of
the statement's term weight that it holds: chosen on the dev gold questions so that no premise
that holds is called false."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What one sentence says of one statement; `named` where it names all that the statement names."""

    statement: str
    candidate: Candidate
    probabilities: Probabilities
    shared: float
    named: bool


def read_premises(model: SupportModel, weighted: Weighted, ranked: Sequence[Candidate]) -> list[Premise]:
    """The first statement that a sentence contradicts while none supports it, as a premise that does not
    hold; [] where there is none."""
    for statement in presuppositions(weighted.question.text, certain=True):
        against = contradicting(replies(model, statement, weighted, ranked))
        if against:
            said = against.candidate.sentence.text
            text = f"A source contradicts what the question takes for granted: “{said}”"
            return [Premise(text, False, (against.candidate,))]
    return []


def replies(
    model: SupportModel, statement: str, weighted: Weighted, ranked: Sequence[Candidate]
) -> list[Reply]:
    near = ranked[:READ]
    read = model.read([(candidate.sentence.text, statement) for candidate in near])
    return [
        Reply(
            statement,
            candidate,
            probabilities,
            _share(weighted, statement, candidate),
            _named(weighted, statement, candidate),
        )
        for candidate, probabilities in zip(near, read, strict=True)
    ]


def contradicting(replies: Sequence[Reply]) -> Reply | None:
    """The first reply of the best sentences that contradicts, where no reply supports."""
    if not replies or max(reply.probabilities.supported for reply in replies) > _SUPPORTED:
        return None
    against = (
        reply
        for reply in replies[:_BEST]
        if reply.shared >= _SHARED and reply.named and reply.probabilities.contradicted >= _CONTRADICTED
    )
    return next(against, None)


def _share(weighted: Weighted, statement: str, candidate: Candidate) -> float:
    said = [term for term in dict.fromkeys(terms(statement)) if term in weighted.weights]
    total = sum(weighted.weights[term] for term in said)
    bag = frozenset(terms(candidate.sentence.text))
    held = sum(weighted.weights[term] for term in said if weighted.holds(bag, term))
    return held / total if total else 0.0


def _named(weighted: Weighted, statement: str, candidate: Candidate) -> bool:
    bag = frozenset(terms(candidate.sentence.text))
    names = (term for term in terms(statement) if term in weighted.question.names)
    return all(weighted.holds(bag, term) for term in names)
