"""A written sentence + numbered passages → a Claim with exact spans, or a struck sentence and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from rag.foreign import foreign
from rag.parts import parts
from rag.prompts import Passage
from rag.sentence_stream import Written
from rag.terms import terms
from rag.types import Check, Verdict
from rag.verification import FIRED
from rag.windows import windows

if TYPE_CHECKING:
    from rag.verification import Finding

_REPAIRED = 4
"""Passages tried, those that share most words, where the cited ones do not support a sentence."""
_LEAST_SHARED = 0.3
"""Share of a sentence's words that a passage must hold to be tried."""
_VARIED = 0.65
"""Least share of different words among the content words of a sentence of _MANY such words."""
_MANY = 5
UNFINISHED, REPETITIVE = "unfinished", "repetitive"


class Verifies(Protocol):
    """What rag.verification.Verifier does."""

    @property
    def name(self) -> str: ...

    def verify_all(self, pairs: Sequence[tuple[str, str]]) -> list[Finding]: ...


@dataclass(frozen=True, slots=True)
class Span:
    """document.text[start:end]."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Grounded:
    """A sentence after verification. `spans` are what supports it, best first; where it is CONTRADICTED,
    what contradicts it; else none. `repaired` where a passage supports it that it does not cite."""

    text: str
    verdict: Verdict
    support: float
    checks: tuple[Check, ...]
    spans: tuple[Span, ...]
    repaired: bool = False


def ground(written: Written, passages: Sequence[Passage], verifier: Verifies) -> Grounded:
    """Each passage is read alone. A wrong number is repaired only by a passage that supports the sentence."""
    if not written.complete or _repeats(written.text):
        broken = Check(REPETITIVE if written.complete else UNFINISHED, written.text, "")
        return Grounded(written.text, Verdict.NOT_FOUND, 0.0, (broken,), ())
    numbered = {passage.n: passage for passage in passages}
    cited = [numbered[n] for n in written.cited if n in numbered]
    read = _findings(written.text, cited, verifier)
    supported = _located(written.text, read, verifier)
    if supported:
        return _supported(written.text, supported)
    borne_out = _by_parts(written.text, cited, verifier)
    if borne_out:
        return borne_out
    others = _likely(written.text, [p for p in passages if p not in cited])
    tried = _findings(written.text, others, verifier)
    repaired = _located(written.text, tried, verifier)
    if repaired:
        return replace(_supported(written.text, repaired[:1]), repaired=True)
    return _struck(written.text, read or tried)


def _repeats(text: str) -> bool:
    """Whether it says the same words over and over ("the head of the ISI was the head of the ISI")."""
    said = terms(text)
    return len(said) >= _MANY and len(set(said)) < _VARIED * len(said)


def _findings(text: str, passages: Sequence[Passage], verifier: Verifies) -> list[tuple[Passage, Finding]]:
    found = verifier.verify_all([(passage.text, text) for passage in passages])
    return [(passage, _held(text, passage, one)) for passage, one in zip(passages, found, strict=True)]


def _held(text: str, passage: Passage, finding: Finding) -> Finding:
    """The finding, but nothing is supported that names what the passage and its heading lack."""
    if finding.verdict is not Verdict.SUPPORTED:
        return finding
    about = (passage.title, passage.section, passage.date, passage.text)
    checks = foreign(". ".join(part for part in about if part), text)
    if not checks:
        return finding
    return replace(finding, verdict=Verdict.NOT_FOUND, support=finding.support * FIRED, checks=checks)


def _located(
    text: str, read: Iterable[tuple[Passage, Finding]], verifier: Verifies
) -> list[tuple[Span, Finding]]:
    """The stretches that support the text on their own, best first: what is shown as the quote must bear
    the sentence out without the rest of its passage."""
    found = [
        _bearing(text, passage, finding, verifier)
        for passage, finding in read
        if finding.verdict is Verdict.SUPPORTED
    ]
    return sorted(found, key=lambda one: -one[1].support)


def _by_parts(text: str, cited: Sequence[Passage], verifier: Verifies) -> Grounded | None:
    """A sentence that joins several statements, each of which a cited passage supports on its own; its
    support is that of the weakest."""
    found: list[tuple[Span, Finding]] = []
    for part in parts(text):
        located = _located(part, _findings(part, cited, verifier), verifier)
        if not located:
            return None
        found.append(located[0])
    if not found:
        return None
    spans = tuple(dict.fromkeys(span for span, _ in found))
    return Grounded(text, Verdict.SUPPORTED, min(finding.support for _, finding in found), (), spans)


def _bearing(text: str, passage: Passage, finding: Finding, verifier: Verifies) -> tuple[Span, Finding]:
    """The best stretch if it supports the text alone, else the shortest that does, else the passage."""
    best = (finding.start, finding.end)
    others = sorted(set(windows(passage.text, text)) - {best}, key=lambda one: one[1] - one[0])
    for stretches in ([best], others):
        cut = [replace(passage, text=passage.text[a:b]) for a, b in stretches]
        for (start, end), (_, own) in zip(stretches, _findings(text, cut, verifier), strict=True):
            if own.verdict is Verdict.SUPPORTED:
                return Span(passage.document, passage.start + start, passage.start + end), own
    return Span(passage.document, passage.start, passage.end), finding


def _supported(text: str, located: Sequence[tuple[Span, Finding]]) -> Grounded:
    best = located[0][1]
    return Grounded(text, Verdict.SUPPORTED, best.support, best.checks, tuple(span for span, _ in located))


def _struck(text: str, read: Sequence[tuple[Passage, Finding]]) -> Grounded:
    if not read:
        return Grounded(text, Verdict.NOT_FOUND, 0.0, (), ())
    against = [one for one in read if one[1].verdict is Verdict.CONTRADICTED]
    passage, finding = max(against or read, key=lambda one: one[1].support)
    spans = (_span(passage, finding),) if against else ()
    return Grounded(text, finding.verdict, finding.support, finding.checks, spans)


def _span(passage: Passage, finding: Finding) -> Span:
    if finding.start >= finding.end:
        return Span(passage.document, passage.start, passage.end)
    return Span(passage.document, passage.start + finding.start, passage.start + finding.end)


def _likely(text: str, passages: Sequence[Passage]) -> list[Passage]:
    said = frozenset(terms(text))
    shared: Mapping[int, float] = {
        p.n: len(said & frozenset(terms(p.text))) / max(1, len(said)) for p in passages
    }
    near = [p for p in passages if shared[p.n] >= _LEAST_SHARED]
    return sorted(near, key=lambda p: (-shared[p.n], p.n))[:_REPAIRED]
