"""Statements of one question's evidence that cannot all hold, side by side, never merged (pure).

A sentence may say itself that sources differ (rag.disagreement_stated: "A gives 91, B 94"); else two
sentences about the same thing are compared (rag.disagreement_across, rag.disagreement_wording).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from rag.disagreement_across import between
from rag.disagreement_asked import NEAR, is_asked
from rag.disagreement_said import Difference, Kind, read_sentence
from rag.disagreement_stated import inside
from rag.disagreement_wording import worded_apart
from rag.selection import Weighted
from rag.terms import terms
from rag.types import Sentence

__all__ = ["Disagreement", "Kind", "Statement", "find_disagreements"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of the evidence. `relevance` is its score as a share of the best sentence's; `said_by` is
    whom it names for a value, "" for nobody."""

    document: str
    title: str
    date: str | None
    sentence: Sentence
    relevance: float = 1.0
    said_by: str = ""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two values for one thing. The spans are where they stand in their documents' texts; both statements
    are one where a sentence sets its sources against each other. `about` may be ""."""

    kind: Kind
    left: Statement
    right: Statement
    left_value: str
    right_value: str
    left_span: tuple[int, int]
    right_span: tuple[int, int]
    about: str

    @property
    def relevance(self) -> float:
        """Of the one that says less to the question."""
        return min(self.left.relevance, self.right.relevance)


def find_disagreements(statements: Sequence[Statement], asked: Weighted | None = None) -> list[Disagreement]:
    """Every pair of values that cannot both hold, in the order of the statements, those inside one sentence
    first; with `asked`, only those on what the question asks."""
    if asked is None:
        return [*_inside(statements), *_between(statements)]
    found = [*_inside(s for s in statements if s.relevance >= NEAR), *_between(statements, NEAR)]
    best = max((asked.coverage(frozenset(terms(s.sentence.text))) for s in statements), default=0.0)
    around: dict[str, frozenset[str]] = {}
    for statement in statements:
        around[statement.document] = around.get(statement.document, frozenset()) | _bag(statement)
    return [d for d in found if _is_asked(asked, d, around, best)]


def _inside(statements: Iterable[Statement]) -> Iterator[Disagreement]:
    for statement in statements:
        for difference in inside(read_sentence(statement.sentence.text)):
            yield _of(statement, statement, difference)


def _between(statements: Sequence[Statement], near: float = 0.0) -> Iterator[Disagreement]:
    """Of any two statements that are both so relevant."""
    for left, right in combinations(statements, 2):
        if min(left.relevance, right.relevance) < near:
            continue
        a, b = read_sentence(left.sentence.text), read_sentence(right.sentence.text)
        one_document = left.document == right.document
        for difference in between(a, b, one_document):
            yield _of(left, right, difference)
        if not one_document:
            for difference in worded_apart(a, b):
                yield _of(left, right, difference)


def _of(left: Statement, right: Statement, d: Difference) -> Disagreement:
    a, b = left.sentence.start, right.sentence.start
    return Disagreement(
        d.kind,
        replace(left, said_by=d.left_source),
        replace(right, said_by=d.right_source),
        d.left_text,
        d.right_text,
        (a + d.left[0], a + d.left[1]),
        (b + d.right[0], b + d.right[1]),
        d.about,
    )


def _is_asked(asked: Weighted, d: Disagreement, around: Mapping[str, frozenset[str]], best: float) -> bool:
    """Judged by the statement that says less of the question: both must be on it."""
    lesser = min((d.left, d.right), key=lambda s: asked.coverage(_bag(s)))
    about = d.about or d.left.sentence.text
    stated = any(read_sentence(s.sentence.text).stated for s in (d.left, d.right))
    return is_asked(asked, d.kind, about, _bag(lesser), around[lesser.document], d.relevance, best, stated)


def _bag(statement: Statement) -> frozenset[str]:
    return frozenset(terms(f"{statement.sentence.text} {statement.title}"))
