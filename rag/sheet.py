"""A written answer while it grows: its claims, its citations numbered as they first appear, its notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answering import Draft
from rag.citations import cite
from rag.grounding import Grounded, Span
from rag.index import Index
from rag.types import Citation, Claim, Note, NoteKind, Verdict


class Sheet:
    """Starts with the notes that correct the question; numbers given once stay."""

    def __init__(self, index: Index, draft: Draft) -> None:
        self._index = index
        self._draft = draft
        self._numbers: dict[Span, int] = {}
        self.claims: list[Claim] = []
        self.struck: list[Claim] = []
        self.citations: list[Citation] = []
        self.notes: list[Note] = []
        self._add_notes([note for note in draft.notes if note.holds is False])

    def add(self, sentence: Grounded) -> None:
        numbers = tuple(dict.fromkeys(self._number(span) for span in sentence.spans))
        claim = Claim(sentence.text, sentence.verdict, sentence.support, numbers, sentence.checks)
        (self.claims if sentence.verdict is Verdict.SUPPORTED else self.struck).append(claim)

    def caution(self, text: str) -> None:
        self.notes.append(Note(NoteKind.CAUTION, text))

    def finish(self) -> None:
        """Adds the notes that stand at the end: premises that hold, disagreements."""
        self._add_notes([note for note in self._draft.notes if note.holds is not False])

    def quote_the_rest(self) -> None:
        """Adds the quotes of the draft that are not cited yet."""
        shown = {n for claim in self.claims for n in claim.citations}
        cited = [c for c in self.citations if c.n in shown]
        for claim in self._draft.claims:
            own = self._own(claim.citations)
            if not any(_overlap(a, b) for a in own for b in cited):
                self.claims.append(replace(claim, citations=self._renumbered(claim.citations)))

    def in_quotes(self) -> Sheet:
        """The draft's answer, with the struck sentences and the cautions of this one."""
        sheet = Sheet(self._index, replace(self._draft, notes=()))
        for citation in self._draft.citations:
            sheet._number(_span(citation))
        sheet.claims = list(self._draft.claims)
        sheet.notes = [*self._draft.notes, *(n for n in self.notes if n.kind is NoteKind.CAUTION)]
        by_number = {c.n: _span(c) for c in self.citations}
        for claim in self.struck:
            numbers = tuple(sheet._number(by_number[n]) for n in claim.citations)
            sheet.struck.append(replace(claim, citations=numbers))
        return sheet

    def _add_notes(self, notes: Sequence[Note]) -> None:
        for note in notes:
            sides = tuple(replace(s, citation=self._renumbered([s.citation])[0]) for s in note.sides)
            self.notes.append(replace(note, citations=self._renumbered(note.citations), sides=sides))

    def _own(self, numbers: Sequence[int]) -> list[Citation]:
        return [c for c in self._draft.citations if c.n in numbers]

    def _renumbered(self, numbers: Sequence[int]) -> tuple[int, ...]:
        return tuple(self._number(_span(citation)) for citation in self._own(numbers))

    def _number(self, span: Span) -> int:
        if span not in self._numbers:
            n = self._numbers[span] = len(self._numbers) + 1
            self.citations.append(cite(self._index.document(span.document), span.start, span.end, n))
        return self._numbers[span]


def _span(citation: Citation) -> Span:
    return Span(citation.document, citation.start, citation.end)


def _overlap(a: Citation, b: Citation) -> bool:
    return a.document == b.document and a.start < b.end and b.start < a.end
