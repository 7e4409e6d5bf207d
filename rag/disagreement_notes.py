"""Disagreements → notes with every side in its own words, who says it and when (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rag.check_words import ALIKE
from rag.datespans import DateSpan, Precision, find_dates
from rag.disagreement import Disagreement, Kind, Statement
from rag.disagreement_values import amounts, amounts_differ
from rag.terms import STOP_WORDS, stem
from rag.types import Note, NoteKind, NoteSide

_GAP = 0.08
"""How far below the most relevant disagreement another is shown."""
_SIDES = 6
"""Sides of one disagreement that are shown at most."""


@dataclass(frozen=True, slots=True)
class Position:
    """One side: a value at its span of the document, in the statement that holds it."""

    statement: Statement
    value: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Contested:
    """All that is said about one thing in dispute; at least two positions."""

    kind: Kind
    about: str
    positions: tuple[Position, ...]
    relevance: float

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Those that hold a position, each once."""
        found = {(p.statement.document, p.statement.sentence.start): p.statement for p in self.positions}
        return tuple(found.values())


def put_together(disagreements: Iterable[Disagreement]) -> list[Contested]:
    """Disagreements that share a side put together, the most relevant first, and
    only those nearly as relevant."""
    groups: list[list[Disagreement]] = []
    for one in disagreements:
        near = [g for g in groups if any(_linked(one, other) for other in g)]
        merged = [*(d for g in near for d in g), one]
        groups = [g for g in groups if g not in near] + [merged]
    found = sorted((c for g in groups if len((c := _group(g)).positions) > 1), key=lambda c: -c.relevance)
    return [c for c in found if c.relevance >= found[0].relevance - _GAP]


def note(one: Contested, number: Callable[[Statement], int]) -> Note:
    """The note; `number` gives the citation of a statement."""
    first, *others = _written(one)
    about = f" on {_lowered(one.about)}" if one.about else ""
    sides = tuple(
        NoteSide(
            p.statement.document,
            said_when(p.statement) if p.statement.said_by else p.statement.date,
            p.value,
            number(p.statement),
            p.statement.said_by,
        )
        for p in one.positions
    )
    citations = tuple(dict.fromkeys(side.citation for side in sides))
    text = f"Sources differ{about}: {first} against {', '.join(others)}."
    return Note(NoteKind.DISAGREEMENT, text, citations, sides=sides)


def said_when(statement: Statement) -> str | None:
    """When the source spoke, where the statement says so ("TASS in July 2025"), as an ISO date; of several
    the latest."""
    dates = find_dates(statement.said_by)
    return _iso(max(dates, key=lambda date: date.first)) if dates else None


def _iso(date: DateSpan) -> str:
    digits = {Precision.DAY: 10, Precision.MONTH: 7}
    return date.first.isoformat()[: digits.get(date.precision, 4)]


def _linked(a: Disagreement, b: Disagreement) -> bool:
    return a.kind is b.kind and bool(set(_ends(a)) & set(_ends(b)))


def _ends(d: Disagreement) -> tuple[tuple[str, int, int], tuple[str, int, int]]:
    return (d.left.document, *d.left_span), (d.right.document, *d.right_span)


def _group(disagreements: Sequence[Disagreement]) -> Contested:
    positions: list[Position] = []
    for d in disagreements:
        for one in (
            Position(d.left, d.left_value, d.left_span),
            Position(d.right, d.right_value, d.right_span),
        ):
            if not any(_repeats(one, other, d.kind) for other in positions):
                positions.append(one)
    return Contested(
        disagreements[0].kind,
        next((d.about for d in disagreements if d.about), ""),
        tuple(positions[:_SIDES]),
        max(d.relevance for d in disagreements),
    )


def _repeats(one: Position, other: Position, kind: Kind) -> bool:
    """The same place, the same words, or in another sentence the same value."""
    if one.statement.document == other.statement.document and one.span == other.span:
        return True
    if one.value.casefold() == other.value.casefold():
        return True
    return one.statement.sentence != other.statement.sentence and _same_value(one.value, other.value, kind)


def _same_value(a: str, b: str, kind: Kind) -> bool:
    if kind is Kind.DATE:
        return any(x.overlaps(y) for x in find_dates(a) for y in find_dates(b))
    if kind is Kind.NUMBER:
        return any(
            x.measure == y.measure and not amounts_differ(x, y) for x in amounts(a) for y in amounts(b)
        )
    return False


def _written(one: Contested) -> list[str]:
    """Each value and who gives it: the source that the document names, the document where it names none,
    both where there are several documents; one document without sources once, at the end."""
    sourced = any(p.statement.said_by for p in one.positions)
    several = len({s.document for s in one.statements}) > 1
    shown: list[str] = []
    for position in one.positions:
        last = not sourced and position is one.positions[-1]
        where = _where(position.statement) if several or last else ""
        by = "; ".join(filter(None, (position.statement.said_by, where)))
        shown.append(f"“{_unquoted(position.value)}”" + (f" ({by})" if by else ""))
    return shown


def _where(statement: Statement) -> str:
    return f"{statement.title}, {statement.date[:4] if statement.date else 'undated'}"


def _unquoted(value: str) -> str:
    """Without quotation marks around all of it; others become single."""
    whole = re.fullmatch(r"[\"“]([^\"“”]*)[\"”]", value)
    return whole[1] if whole else re.sub(r"[\"“”]", "'", value)


def _lowered(about: str) -> str:
    """Without the capital that only opened its sentence."""
    first = about.split()[0]
    common = first.lower() in STOP_WORDS or (first.isalpha() and stem(first.lower()) in ALIKE)
    return about[0].lower() + about[1:] if common else about
