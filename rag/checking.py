"""A text → its sentences, each verified against the indexed documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.citations import cite
from rag.errors import UsageError
from rag.statements import Statement, Unchecked, statements
from rag.types import Check, Citation, Document, Filters, Sentence, Turn, Verdict

if TYPE_CHECKING:
    from rag.grounding import Verifies
    from rag.pipeline import Pipeline
    from rag.verification import Finding

SPANS = 8
"""Passages that a sentence is verified against, one at a time."""
MAX_TEXT = 500_000
"""Characters of a text; more would take half an hour."""
_LONGEST = 1_500
"""Characters of a sentence that passages are looked for with."""

Progress = Callable[[int, int], None]
"""Told (sentences done, sentences in all)."""


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """Invariant: the text given, [start:end], == text. `claim` holds the words that were verified: without
    markup, and with those of the line above for an item that continues it.

    `citation` is the passage that decided, or for NOT_FOUND the nearest one; None where there was none.
    A sentence that states nothing to verify has no verdict and no support, and `unchecked` says why.
    """

    text: str
    start: int
    end: int
    claim: str
    verdict: Verdict | None
    support: float | None
    checks: tuple[Check, ...]
    citation: Citation | None
    unchecked: Unchecked | None = None


@dataclass(frozen=True, slots=True)
class CheckedText:
    sentences: tuple[CheckedSentence, ...]

    @property
    def groundedness(self) -> float | None:
        """Supported sentences / sentences that state something; None where none does."""
        stated = [sentence.verdict for sentence in self.sentences if sentence.verdict is not None]
        return stated.count(Verdict.SUPPORTED) / len(stated) if stated else None


def check_text(
    pipeline: Pipeline,
    verifier: Verifies,
    text: str,
    filters: Filters | None = None,
    progress: Progress | None = None,
) -> CheckedText:
    """Every sentence of the text, plain or Markdown, against the passages that fit it best, never joined.

    A sentence is SUPPORTED if one passage supports it alone; else CONTRADICTED if the passage that fits
    it best contradicts it; else NOT_FOUND. Raises UsageError for what is no text or too much of it.
    """
    _refuse_no_text(text)
    stated = statements(text)
    checked: list[CheckedSentence] = []
    for n, one in enumerate(stated, start=1):
        number = 1 + sum(sentence.citation is not None for sentence in checked)
        checked.append(_checked(pipeline, verifier, text, one, filters, number))
        if progress:
            progress(n, len(stated))
    return CheckedText(tuple(checked))


@dataclass(frozen=True, slots=True)
class _Span:
    document: Document
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.document.text[self.start : self.end]

    def holds(self, other: _Span) -> bool:
        return self.document is other.document and self.start <= other.start and other.end <= self.end


def _refuse_no_text(text: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UsageError("The text to check is not Unicode: save it as UTF-8 and check it again")
    if len(text) > MAX_TEXT:
        raise UsageError(
            f"The text has {len(text)} characters, more than {MAX_TEXT}: check it in parts, chapter by chapter"
        )


def _checked(
    pipeline: Pipeline,
    verifier: Verifies,
    text: str,
    stated: Statement,
    filters: Filters | None,
    number: int,
) -> CheckedSentence:
    place = (text[stated.start : stated.end], stated.start, stated.end, stated.claim)
    if stated.unchecked is not None:
        return CheckedSentence(*place, None, None, (), None, stated.unchecked)
    spans = _spans(pipeline, stated, filters)
    findings = verifier.verify_all([(span.text, stated.claim) for span in spans])
    if not findings:
        return CheckedSentence(*place, Verdict.NOT_FOUND, 0.0, (), None)
    at, verdict = _decided(findings)
    citation = _cited(spans[at], findings[at], number)
    return CheckedSentence(*place, verdict, findings[at].support, findings[at].checks, citation)


def _decided(findings: Sequence[Finding]) -> tuple[int, Verdict]:
    """Which finding decides, and the verdict; the first is that of the passage that fits best."""
    best = max(range(len(findings)), key=lambda i: _strength(findings[i]))
    if findings[best].verdict is Verdict.SUPPORTED:
        return best, Verdict.SUPPORTED
    if findings[0].verdict is Verdict.CONTRADICTED:
        return 0, Verdict.CONTRADICTED
    return 0, Verdict.NOT_FOUND


def _strength(finding: Finding) -> tuple[bool, float]:
    return finding.verdict is Verdict.SUPPORTED, finding.support


def _cited(span: _Span, found: Finding, number: int) -> Citation:
    if found.end <= found.start:
        return cite(span.document, span.start, span.end, number)
    return cite(span.document, span.start + found.start, span.start + found.end, number)


def _spans(pipeline: Pipeline, stated: Statement, filters: Filters | None) -> list[_Span]:
    """The best sentences with their neighbours, best first, none inside another."""
    before = [Turn("user", stated.topic)] if stated.topic else []
    documents: dict[str, Document] = {}
    spans: list[_Span] = []
    for candidate in pipeline.read(stated.claim[:_LONGEST], before, filters).ranked:
        if candidate.document not in documents:
            documents[candidate.document] = pipeline.index.document(candidate.document)
        span = _around(pipeline, documents[candidate.document], candidate.sentence)
        if not any(other.holds(span) for other in spans):
            spans.append(span)
        if len(spans) == SPANS:
            break
    return spans


def _around(pipeline: Pipeline, document: Document, sentence: Sentence) -> _Span:
    """The sentence with the one before and the one after it in its section."""
    section = document.section_at(sentence.start)
    start, end = (section.start, section.end) if section else (0, len(document.text))
    sentences = pipeline.index.sentences(document.path, start, end)
    at = next(i for i, one in enumerate(sentences) if one.start == sentence.start)
    near = sentences[max(0, at - 1) : at + 2]
    return _Span(document, near[0].start, near[-1].end)
